import type { PriceStep } from "../trading/price.ts";
import type { Listing } from "./listings.ts";
import { type NoiseKey, normal, uniform } from "./noise.ts";
import { onTick, tickAt } from "./tick.ts";

/** The best bid and ask. */
export interface Touch {
  readonly bid: number;
  readonly ask: number;
}

const secondsOfWholeDay = 23_400;
const lot = 100;
/** Of what trades in a second, the part that stands on one side of the touch. */
const shareOnOneSide = 0.5;
/** A name that trades so much prints in every second; the thinnest in every tenth. */
const dailySharesForTradeEachSecond = 20e6;
const tradeProbabilityMin = 0.1;

/**
 * Half the distance between bid and ask before rounding, in price: 0.5 bps for the names that trade most, some 5 bps for
 * thin ones, five times that at the open, back to normal within a quarter of an hour.
 */
export function halfSpread(listing: Listing, fair: number, second: number): number {
  const usualBps = 0.3 + 2.5 / Math.sqrt(listing.averageDailyShares / 1e6);
  const atOpen = 1 + 4 * Math.exp(-second / 300);
  return (fair * usualBps * atOpen) / 10_000;
}

/** Bid and ask round a fair price, each on its tick and away from it: never crossed, never locked, never zero. */
export function touchAround(fair: number, half: number, steps: readonly PriceStep[]): Touch {
  const tick = tickAt(fair, steps);
  const bidTicks = Math.max(1, Math.floor((fair - half) / tick));
  const askTicks = Math.max(bidTicks + 1, Math.ceil((fair + half) / tick));
  return { bid: onTick(bidTicks, tick), ask: onTick(askTicks, tick) };
}

/**
 * Shares on one side of the touch in one second, in round lots: a part of the day's volume, more near open and close
 * (`share` of the session passed), unevenly from second to second. Nobody can take more in that second.
 */
export function displayedShares(listing: Listing, share: number, key: NoiseKey, index: number): number {
  const smile = 0.7 + 0.9 * (2 * share - 1) ** 2;
  const usual = (listing.averageDailyShares / secondsOfWholeDay) * shareOnOneSide * smile;
  const uneven = Math.exp(0.7 * normal(key, index) - 0.245);
  return lot * Math.max(1, Math.round((usual * uneven) / lot));
}

/** Did others trade in this second, and on which side of the touch last? */
export function tradesInSecond(listing: Listing, key: NoiseKey, second: number): "bid" | "ask" | undefined {
  const probability = Math.max(
    tradeProbabilityMin,
    listing.averageDailyShares / dailySharesForTradeEachSecond,
  );
  const draw = uniform(key, 8 * second + 4);
  if (draw >= probability) return undefined;
  return uniform(key, 8 * second + 5) < 0.5 ? "bid" : "ask";
}
