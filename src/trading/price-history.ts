import type { TradingDate } from "./instant.ts";

/** Daily closes of several symbols on common trading dates, oldest first. A missing close is NaN. */
export interface PriceHistory {
  readonly dates: readonly TradingDate[];
  readonly closes: ReadonlyMap<string, Float64Array>;
}
