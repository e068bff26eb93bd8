import { isOnTick, isPrice } from "../trading/price.ts";
import type { Listing } from "./listings.ts";
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

/** Has the account too many orders on this side of the contract already? `active` are those that work there. */
export function judgeCount(request: VenueOrderRequest, active: readonly VenueOrder[]): Refusal | undefined {
  if (active.filter(({ side }) => side === request.side).length < activeOrdersMax) return undefined;
  return {
    code: 201,
    text: `Order rejected - reason:no more than ${activeOrdersMax} orders may work on one side of a contract in one account.`,
  };
}
