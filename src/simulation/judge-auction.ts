import { type Instant, later } from "../trading/instant.ts";
import { nyseZone } from "../trading/nyse-calendar.ts";
import { spokenTime } from "../trading/session.ts";
import type { ExchangeDay } from "./exchange-days.ts";
import type { Refusal } from "./judge-order.ts";
import type { Listing } from "./listings.ts";
import { isForClose, isForOpen } from "./order-kinds.ts";
import type { VenueOrderRequest } from "./venue.ts";

const msPerMinute = 60_000;

/** When an auction takes no more orders, and from when on those that it has are bound to it. */
interface CutOff {
  readonly auctionAt: Instant;
  readonly enteredBy: Instant;
  readonly boundFrom: Instant;
}

/**
 * Of the auction of this day that an order is for; undefined when it is for none, or the day has none. NYSE's markets take
 * closing orders until ten minutes before the close and Nasdaq until five, and neither lets them be changed or cancelled
 * in the last ten; Nasdaq takes opening orders until two minutes before the open (IBKR's pages of order types MOC, LOC and
 * MOO). On a half day the close is earlier, and the cut-offs with it. NYSE lets opening orders come until its open.
 */
function cutOffOf(order: VenueOrderRequest, listing: Listing, { session }: ExchangeDay): CutOff | undefined {
  if (!session || !(isForClose(order) || isForOpen(order))) return undefined;
  const isNasdaq = listing.primaryExchange === "NASDAQ";
  const auctionAt = isForClose(order) ? session.closeAt : session.openAt;
  const before = (minutes: number): Instant => later(auctionAt, -minutes * msPerMinute);
  if (isForClose(order)) return { auctionAt, enteredBy: before(isNasdaq ? 5 : 10), boundFrom: before(10) };
  return { auctionAt, enteredBy: before(isNasdaq ? 2 : 0), boundFrom: before(isNasdaq ? 2 : 0) };
}

/** Does it come in time for its auction? The code is IB's; its words for this are on no record that we know. */
export function judgeAuction(
  order: VenueOrderRequest,
  listing: Listing | undefined,
  day: ExchangeDay,
  now: Instant,
): Refusal | undefined {
  const cutOff = listing && cutOffOf(order, listing, day);
  if (!listing || !cutOff || now < cutOff.enteredBy || now >= cutOff.auctionAt) return undefined;
  const until = spokenTime(cutOff.enteredBy, nyseZone);
  return {
    code: 201,
    text: `Order rejected - reason:${listing.primaryExchange} takes orders for this auction until ${until}.`,
  };
}

/** Is an order held fast by its auction, so that it can be neither changed nor cancelled? */
export function isBound(
  order: VenueOrderRequest,
  listing: Listing | undefined,
  day: ExchangeDay,
  now: Instant,
): boolean {
  const cutOff = listing && cutOffOf(order, listing, day);
  return cutOff !== undefined && cutOff.boundFrom <= now && now < cutOff.auctionAt;
}
