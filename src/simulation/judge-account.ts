import type { Instant } from "../trading/instant.ts";
import { toNumber } from "../trading/money.ts";
import { sign } from "../trading/side.ts";
import { type Claims, pendingShares } from "./account-claims.ts";
import type { Books } from "./books.ts";
import type { Refusal } from "./judge-order.ts";
import { initialMarginOf } from "./margin.ts";
import type { VenueOrder, VenueOrderRequest } from "./venue.ts";

/** What an account has when an order comes. */
export interface AccountState {
  readonly books: Books;
  /** Its other working orders of the same contract. */
  readonly inContract: readonly VenueOrder[];
  /** What positions, working orders and this order would ask of it. */
  readonly claims: Claims;
  /** Cash in another currency than dollars, in dollars. */
  readonly otherDollars: number;
  /** Dollars for one unit of the base currency. */
  readonly dollarsPerBase: number;
  readonly now: Instant;
}

/** Can the account carry the order? A margin account by its equity, a cash account by its cash and shares. */
export function judgeAccount(request: VenueOrderRequest, account: AccountState): Refusal | undefined {
  if (account.books.terms.kind === "margin") return judgeMargin(request, account);
  return request.side === "buy" ? judgePurchase(account) : judgeSale(request, account);
}

/**
 * The account's equity must exceed the initial margin of all positions as they would be in the worst case: with the order
 * and every working order of the account filled that makes them larger. An order that only reduces a position is never
 * refused (A14).
 */
function judgeMargin(request: VenueOrderRequest, account: AccountState): Refusal | undefined {
  const { books, inContract, claims, otherDollars } = account;
  const held = books.sharesOf(request.conId);
  const isReducing =
    Math.sign(held) === -sign(request.side) &&
    request.shares + pendingShares(inContract, request.side) <= Math.abs(held);
  if (isReducing) return undefined;
  const equity = toNumber(books.cash) + otherDollars + toNumber(claims.positions);
  const needed = initialMarginOf(toNumber(claims.gross));
  if (equity > needed) return undefined;
  return {
    code: 201,
    text: `Order rejected - reason:YOUR ORDER IS NOT ACCEPTED. In order to obtain the desired position your Equity with Loan Value [${equity.toFixed(2)} USD] must exceed the new total Initial Margin of [${needed.toFixed(2)} USD].`,
  };
}

/** Settled cash must pay this purchase and every other that waits; a commission comes on top of it (A10). */
function judgePurchase({
  books,
  claims,
  otherDollars,
  dollarsPerBase,
  now,
}: AccountState): Refusal | undefined {
  const available = toNumber(books.settledCash(now)) + otherDollars;
  const needed = toNumber(claims.purchases);
  if (available > needed) return undefined;
  const inBase = (dollars: number): string =>
    `${(dollars / dollarsPerBase).toFixed(2)} ${books.terms.baseCurrency}`;
  return {
    code: 201,
    text: `Order rejected - reason:Available settled cash converted to base: ${inBase(available)} Cash needed for this order and other pending orders: <br>${inBase(needed)}`,
  };
}

/** What is sold must be held, and not be on sale already. */
function judgeSale(request: VenueOrderRequest, { books, inContract }: AccountState): Refusal | undefined {
  if (request.shares + pendingShares(inContract, "sell") <= books.sharesOf(request.conId)) return undefined;
  return {
    code: 201,
    text: "Order rejected - reason:This account may not hold short stock positions.",
  };
}
