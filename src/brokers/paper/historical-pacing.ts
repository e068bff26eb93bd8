import type { Instant } from "../../trading/instant.ts";

/** What counts of a request for small bars, or for the beginning of a contract's data. */
export interface SmallRequest {
  /** All that was asked for: the same again is identical. */
  readonly whole: string;
  /** Contract, exchange and kind of price. */
  readonly series: string;
  /** BID_ASK counts twice. */
  readonly weight: 1 | 2;
}

interface Counted extends SmallRequest {
  readonly at: Instant;
}

const identicalMs = 15_000;
const seriesMs = 2000;
const seriesMax = 5;
const windowMs = 600_000;
const windowMax = 60;

/** Bars of so many seconds and less are paced by hard limits, longer ones only softly. */
export const smallBarSeconds = 30;

/**
 * The limits of the historical data service, over all clients: of small bars no identical request within 15 seconds, fewer
 * than six of one series within two, at most 60 within ten minutes; longer bars are answered more slowly above that. Time is
 * the gateway's, so that a stepped gateway says the same at each run; who waits for a place there moves its clock.
 */
export class HistoricalPacing {
  #small: readonly Counted[] = [];
  /** When the last of the longer requests came, the oldest first. */
  #long: readonly Instant[] = [];

  /** Counts a request that the limits let pass; false is a pacing violation, which itself does not count. */
  take(request: SmallRequest, at: Instant): boolean {
    this.#small = this.#small.filter((earlier) => at - earlier.at < windowMs);
    const sum = (requests: readonly Counted[]): number =>
      requests.reduce<number>((total, { weight }) => total + weight, request.weight);
    const isIdentical = this.#small.some(
      ({ whole, at: earlier }) => whole === request.whole && at - earlier < identicalMs,
    );
    const ofSeries = this.#small.filter(
      ({ series, at: earlier }) => series === request.series && at - earlier < seriesMs,
    );
    if (isIdentical || sum(ofSeries) > seriesMax || sum(this.#small) > windowMax) return false;
    this.#small = [...this.#small, { ...request, at }];
    return true;
  }

  /** Counts a request for longer bars. Is it to be answered slowly? */
  isSlow(at: Instant): boolean {
    const [oldest] = this.#long;
    const isSlow = this.#long.length === windowMax && oldest !== undefined && at - oldest < windowMs;
    this.#long = [...this.#long.slice(1 - windowMax), at];
    return isSlow;
  }
}
