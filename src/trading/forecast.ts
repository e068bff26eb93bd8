import type { Instant } from "./instant.ts";

/** One weight as a strategy wrote it, with the line it stands on. */
export interface ForecastRow {
  readonly symbol: string;
  readonly weight: number;
  readonly line: number;
}

/** One strategy's forecast file, read and found good. Weights are shares of the strategy's own capital, before leverage. */
export interface StrategyForecast {
  readonly strategy: string;
  readonly file: string;
  /** The instant that the weights hold for, by the file's own word. */
  readonly asOf: Instant;
  readonly leverage: number;
  readonly rows: readonly ForecastRow[];
}
