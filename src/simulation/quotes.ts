import type { Instant } from "../trading/instant.ts";
import { euroInDollars, euroQuote } from "./currency-pair.ts";
import type { Touch } from "./liquidity.ts";
import type { Listing } from "./listings.ts";
import type { Market } from "./market.ts";
import type { VenueQuote, VenueQuotes } from "./venue.ts";

/** What a market shows at the instant that `at` says, listings by number. */
export function quotesOf(parts: {
  readonly market: Market;
  readonly listing: (conId: number) => Listing;
  readonly at: () => Instant;
  readonly seed: number;
  /** Shares that we took ourselves from one side of the touch in that second. */
  readonly takenShares: (conId: number, side: keyof Touch) => number;
}): VenueQuotes {
  const { market, listing, at, seed, takenShares } = parts;

  const quote = (conId: number): VenueQuote => {
    const now = at();
    if (conId === euroInDollars.conId) return euroQuote(seed, now);
    const of = listing(conId);
    const touch = market.touch(of, now);
    const last = market.lastTrade(of, now);
    const untaken = (side: keyof Touch): number =>
      touch ? market.displayed(of, side, now) - takenShares(conId, side) : 0;
    return {
      bid: touch?.bid,
      ask: touch?.ask,
      bidShares: untaken("bid"),
      askShares: untaken("ask"),
      last: last.price,
      lastTradedAt: last.tradedAt,
      previousClose: market.previousClose(of, now),
      halt: market.halt(of, now),
    };
  };

  const frozenQuote = (conId: number): VenueQuote => {
    const now = quote(conId);
    if (now.bid !== undefined || now.halt) return now;
    return { ...now, ...market.closingTouch(listing(conId), at()), isFrozen: true };
  };

  return {
    quote,
    frozenQuote,
    today: (conId) => (conId === euroInDollars.conId ? undefined : market.today(listing(conId), at())),
  };
}
