import type { Instant } from "../trading/instant.ts";
import { toNumber } from "../trading/money.ts";
import type { Books } from "./books.ts";
import { judgeMargin, type Refusal } from "./judge-order.ts";
import type { MarkOf } from "./simulated-account.ts";
import type { VenueOrder, VenueOrderRequest } from "./venue.ts";

/** What an account has when an order comes. */
export interface AccountState {
  readonly books: Books;
  /** Its working orders. */
  readonly working: readonly VenueOrder[];
  readonly markOf: MarkOf;
  /** Cash in another currency than dollars, in dollars. */
  readonly otherDollars: number;
  /** Dollars for one unit of the base currency. */
  readonly dollarsPerBase: number;
  readonly now: Instant;
}

/** Can the account carry the order? A margin account by its equity, a cash account by its cash and shares. */
export function judgeAccount(request: VenueOrderRequest, account: AccountState): Refusal | undefined {
  if (account.books.terms.kind === "margin") return judgeMargin(request, account);
  return request.side === "buy" ? judgePurchase(request, account) : judgeSale(request, account);
}

/** Settled cash must pay this purchase and every other that waits; a commission comes on top of it (A10). */
function judgePurchase(request: VenueOrderRequest, account: AccountState): Refusal | undefined {
  const available = toNumber(account.books.settledCash(account.now)) + account.otherDollars;
  const waiting = account.working.filter((order) => order.side === "buy");
  const needed = [...waiting, { ...request, filledShares: 0 }].reduce(
    (sum, { conId, shares, filledShares, limitPrice }) =>
      sum + (shares - filledShares) * Math.max(limitPrice ?? 0, account.markOf(conId)),
    0,
  );
  if (available > needed) return undefined;
  const inBase = (dollars: number): string =>
    `${(dollars / account.dollarsPerBase).toFixed(2)} ${account.books.terms.baseCurrency}`;
  return {
    code: 201,
    text: `Order rejected - reason:Available settled cash converted to base: ${inBase(available)} Cash needed for this order and other pending orders: <br>${inBase(needed)}`,
  };
}

/** What is sold must be held, and not be on sale already. */
function judgeSale(request: VenueOrderRequest, { books, working }: AccountState): Refusal | undefined {
  const onSale = working
    .filter((order) => order.side === "sell" && order.conId === request.conId)
    .reduce((shares, order) => shares + order.shares - order.filledShares, 0);
  if (request.shares + onSale <= books.sharesOf(request.conId)) return undefined;
  return {
    code: 201,
    text: "Order rejected - reason:This account may not hold short stock positions.",
  };
}
