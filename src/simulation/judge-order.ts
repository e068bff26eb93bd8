import { toNumber } from "../trading/money.ts";
import { isOnTick, isPrice } from "../trading/price.ts";
import { sign } from "../trading/side.ts";
import type { Books } from "./books.ts";
import type { Listing } from "./listings.ts";
import { type Exposure, initialMargin } from "./margin.ts";
import type { MarkOf } from "./simulated-account.ts";
import type { VenueOrder, VenueOrderRequest, VenueOrderType } from "./venue.ts";

export type Refusal = NonNullable<VenueOrder["reason"]>;

/** Is the order itself sound? The codes and texts are the real gateway's. */
export function judgeTerms(request: VenueOrderRequest, listing: Listing | undefined): Refusal | undefined {
  const { shares, orderType, limitPrice } = request;
  if (!listing) return { code: 200, text: "No security definition has been found for the request" };
  if (!(shares > 0)) return { code: 434, text: "The order size cannot be zero." };
  if (!Number.isSafeInteger(shares))
    return { code: 10243, text: "Fractional-sized order cannot be placed via API." };
  if (shares % (listing.sizeIncrementShares ?? 1) !== 0)
    return { code: 321, text: `${bookSays}Order size does not conform to market rule.` };
  const isOffTick = (price: number | undefined): boolean =>
    !isPrice(price) || !isOnTick(price, listing.priceSteps);
  const needed: readonly (number | undefined)[] = [
    ...(needsLimit.has(orderType) ? [limitPrice] : []),
    ...(needsStop.has(orderType) ? [request.stopPrice] : []),
  ];
  const given = [limitPrice, request.stopPrice, request.trailStopPrice].filter(
    (price) => price !== undefined,
  );
  if ([...needed, ...given].some(isOffTick))
    return {
      code: 110,
      text: "The price does not conform to the minimum price variation for this contract.",
    };
  return undefined;
}

const bookSays = "Error validating request.-'bW' : cause - ";
const needsLimit: ReadonlySet<VenueOrderType> = new Set(["LMT", "STP LMT", "LOC"]);
const needsStop: ReadonlySet<VenueOrderType> = new Set(["STP", "STP LMT"]);
/** IB's order limitation for one contract, side and account. */
const activeOrdersMax = 20;

/** Has the account too many orders on this side of the contract already? Those that await a parent do not count. */
export function judgeCount(request: VenueOrderRequest, working: readonly VenueOrder[]): Refusal | undefined {
  const active = working.filter(
    ({ conId, side, awaitsParent }) => conId === request.conId && side === request.side && !awaitsParent,
  );
  if (active.length < activeOrdersMax) return undefined;
  return {
    code: 201,
    text: `Order rejected - reason:no more than ${activeOrdersMax} orders may work on one side of a contract in one account.`,
  };
}

/**
 * Can the account carry it? Its equity must exceed the initial margin of all positions as they would be in the worst
 * case: with the order and every working order of the account filled that makes them larger. An order that only reduces a
 * position is never refused (A14).
 */
export function judgeMargin(
  request: VenueOrderRequest,
  account: {
    readonly books: Books;
    readonly working: readonly VenueOrder[];
    readonly markOf: MarkOf;
    /** Cash in another currency than dollars, in dollars. */
    readonly otherDollars: number;
  },
): Refusal | undefined {
  const { books, working, markOf, otherDollars } = account;
  const bought = pendingShares(working, "buy");
  const sold = pendingShares(working, "sell");
  const held = books.sharesOf(request.conId);
  const alreadyReducing = (request.side === "buy" ? bought : sold).get(request.conId) ?? 0;
  const isReducing =
    Math.sign(held) === -sign(request.side) && request.shares + alreadyReducing <= Math.abs(held);
  if (isReducing) return undefined;
  const pending = request.side === "buy" ? bought : sold;
  pending.set(request.conId, alreadyReducing + request.shares);
  const exposures: Exposure[] = [];
  let equity = toNumber(books.cash) + otherDollars;
  for (const conId of new Set([...books.holdings.keys(), ...bought.keys(), ...sold.keys()])) {
    const shares = books.sharesOf(conId);
    const price = markOf(conId);
    const most = Math.max(
      Math.abs(shares + (bought.get(conId) ?? 0)),
      Math.abs(shares - (sold.get(conId) ?? 0)),
      Math.abs(shares),
    );
    equity += shares * price;
    exposures.push({ shares: most, price });
  }
  const needed = initialMargin(exposures);
  if (equity > needed) return undefined;
  return {
    code: 201,
    text: `Order rejected - reason:YOUR ORDER IS NOT ACCEPTED. In order to obtain the desired position your Equity with Loan Value [${dollars(equity)}] must exceed the new total Initial Margin of [${dollars(needed)}].`,
  };
}

function pendingShares(working: readonly VenueOrder[], side: VenueOrder["side"]): Map<number, number> {
  const pending = new Map<number, number>();
  for (const order of working)
    if (order.side === side)
      pending.set(order.conId, (pending.get(order.conId) ?? 0) + order.shares - order.filledShares);
  return pending;
}

function dollars(amount: number): string {
  return `${amount.toFixed(2)} USD`;
}
