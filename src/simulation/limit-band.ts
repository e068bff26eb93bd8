import type { PriceStep } from "../trading/price.ts";
import type { Touch } from "./liquidity.ts";
import { onTick, tickAt } from "./tick.ts";

/** Between which prices a second may trade, and whether it may at all. */
export interface BandedSecond {
  readonly low: number;
  readonly high: number;
  readonly isPaused: boolean;
}

/** How often the reference price is renewed, how long a limit state lasts, and how long a pause. */
const referenceSeconds = 300;
const limitStateSeconds = 15;
const pauseSeconds = 300;

/**
 * Limit-up and limit-down, made simple: no trade further than a share from the reference price. That is the opening price,
 * renewed every five minutes. While the market would be outside, quotes stand at the band; if it still is after fifteen
 * seconds, trading pauses for five minutes, and its price at the end of them is the next reference. The share is the same for
 * every listing at every hour; the closing auction knows no band.
 *
 * A pure function of the path, found by walking from the open once: seconds may be asked for in any order.
 */
export function limitBand(
  fairAt: (second: number) => number,
  share: number,
): (second: number) => BandedSecond {
  const from: number[] = [];
  const states: BandedSecond[] = [];
  let walked = -1;
  let reference = 0;
  let renewedAt = 0;
  let outsideSince: number | undefined;
  let pausedUntil: number | undefined;

  const around = (isPaused: boolean): BandedSecond => ({
    low: reference * (1 - share),
    high: reference * (1 + share),
    isPaused,
  });
  const renew = (second: number, price: number): BandedSecond => {
    reference = price;
    renewedAt = second;
    outsideSince = undefined;
    pausedUntil = undefined;
    return around(false);
  };
  const step = (second: number, now: BandedSecond | undefined): BandedSecond => {
    if (now && pausedUntil !== undefined && second < pausedUntil) return now;
    const price = fairAt(second);
    if (!now || pausedUntil !== undefined) return renew(second, price);
    if (price >= now.low && price <= now.high) {
      outsideSince = undefined;
      return second - renewedAt >= referenceSeconds ? renew(second, price) : now;
    }
    outsideSince ??= second;
    if (second - outsideSince < limitStateSeconds) return now;
    pausedUntil = second + pauseSeconds;
    return around(true);
  };

  return (second) => {
    for (; walked < second; walked += 1) {
      const next = step(walked + 1, states.at(-1));
      if (next === states.at(-1)) continue;
      from.push(walked + 1);
      states.push(next);
    }
    let index = from.length - 1;
    while ((from[index] ?? 0) > second) index -= 1;
    return states[index] ?? around(false);
  };
}

/** Bid and ask with none of them beyond the band, each on its tick. */
export function touchWithin(
  { bid, ask }: Touch,
  { low, high }: BandedSecond,
  steps: readonly PriceStep[],
): Touch {
  const tick = tickAt(low, steps);
  const lowest = onTick(Math.ceil(low / tick - 1e-6), tick);
  const highest = onTick(Math.floor(high / tick + 1e-6), tick);
  if (ask > highest)
    return { bid: Math.min(bid, onTick(Math.round(highest / tick) - 1, tick)), ask: highest };
  if (bid < lowest) return { bid: lowest, ask: Math.max(ask, onTick(Math.round(lowest / tick) + 1, tick)) };
  return { bid, ask };
}
