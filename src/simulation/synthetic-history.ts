import type { TradingDate } from "../trading/instant.ts";
import { nyseTradingDatesEnding } from "../trading/nyse-calendar.ts";
import type { PriceHistory } from "../trading/price-history.ts";
import { noiseKey, normal, uniform } from "./noise.ts";

/** A market of any size for benches and tests: symbols "S0001" …, whole cents, a common factor, 1 to 3 % a day each. */
export function syntheticHistory(options: {
  readonly symbols: number;
  readonly days: number;
  readonly endOn: TradingDate;
  readonly seed: number;
}): PriceHistory {
  const dates = nyseTradingDatesEnding(options.endOn, options.days);
  const marketKey = noiseKey(options.seed, "market");
  const market = dates.map((_, day) => 0.008 * normal(marketKey, day));
  const closes = new Map<string, Float64Array>();
  for (let i = 1; i <= options.symbols; i += 1) {
    const symbol = `S${String(i).padStart(4, "0")}`;
    const own = noiseKey(options.seed, symbol);
    const volatility = 0.01 + 0.02 * uniform(own, 0);
    let price = 10 * 50 ** uniform(own, 1);
    const series = new Float64Array(dates.length);
    for (let day = 0; day < series.length; day += 1) {
      price *= Math.exp((market[day] ?? 0) + volatility * normal(own, day + 1));
      series[day] = Math.max(1, Math.round(price * 100) / 100);
    }
    closes.set(symbol, series);
  }
  return { dates, closes };
}
