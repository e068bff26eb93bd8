import type { Instant } from "../trading/instant.ts";
import { halfSpread, type Touch, touchAround } from "./liquidity.ts";
import type { Listing } from "./listings.ts";
import { noiseKey, normal } from "./noise.ts";

/** Spreads outside the session are several times as wide as in its middle. */
const spreadFactor = 6;
const minuteMs = 60_000;
/** How far a price strays from the last close, as a standard deviation. */
const strayShare = 0.0006;
/** Of the day's volume, the part that stands on one side of the touch in a second of extended trading. */
const displayedShare = 2e-6;
const lot = 100;
/** A second late enough in a session for its spread to be the usual one. */
const usualSecond = 10_000;

/** Bid and ask of extended trading: round the last close, wide, moving once a minute; a stand-in without news. */
export function extendedTouch(
  listing: Listing,
  seen: { readonly lastClose: number; readonly at: Instant; readonly seed: number },
): Touch {
  const stray = normal(
    noiseKey(seen.seed, listing.series, "extended hours"),
    Math.floor(seen.at / minuteMs) % 2 ** 20,
  );
  const fair = seen.lastClose * (1 + strayShare * stray);
  return touchAround(fair, spreadFactor * halfSpread(listing, fair, usualSecond), listing.priceSteps);
}

/** Shares on one side of that touch. */
export function extendedDisplayed({ averageDailyShares }: Listing): number {
  return lot * Math.max(1, Math.round((averageDailyShares * displayedShare) / lot));
}
