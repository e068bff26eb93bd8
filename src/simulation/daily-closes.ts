import type { TradingDate } from "../trading/instant.ts";
import { invariant } from "../trading/invariant.ts";
import { daysFrom, nyseTradingDates } from "../trading/nyse-calendar.ts";
import type { PriceHistory } from "../trading/price-history.ts";
import { noiseKey, uniform } from "./noise.ts";

/**
 * The closes that the simulated market reaches: those of the history, and after its last date a future that repeats
 * days of it in a seeded order. A drawn day lends its returns to all symbols at once, so that what moved together still
 * does.
 */
export interface DailyCloses {
  /** The number of a trading date, the history's first being 0. Throws RangeError before it. */
  indexOf(on: TradingDate): number;
  close(symbol: string, index: number): number;
  /** Root mean square of the latest daily log returns up to this one: how far a usual day goes now. */
  dailyVolatility(symbol: string, index: number): number;
}

const volatilityDays = 20;
/** A stock that has not moved for weeks still has a path. */
const volatilityMin = 0.004;

/** Throws RangeError for a history with a missing close or with dates that are not the exchange's trading dates. */
export function dailyCloses(history: PriceHistory, seed: number): DailyCloses {
  refuseBadHistory(history);
  const key = noiseKey(seed, "future days");
  const historyDays = history.dates.length;
  const closes = new Map([...history.closes].map(([symbol, series]) => [symbol, [...series]]));
  const indexes = new Map(history.dates.map((on, index) => [on, index]));
  let knownThrough = lastOf(history.dates);

  const append = (on: TradingDate): void => {
    const index = indexes.size;
    const drawn = 1 + Math.floor(uniform(key, index) * (historyDays - 1));
    for (const series of closes.values())
      series.push(at(series, index - 1) * (at(series, drawn) / at(series, drawn - 1)));
    indexes.set(on, index);
  };

  const indexOf = (on: TradingDate): number => {
    if (on > knownThrough) {
      for (const next of nyseTradingDates(daysFrom(knownThrough, 1), on)) append(next);
      knownThrough = on;
    }
    const index = indexes.get(on);
    if (index === undefined)
      throw new RangeError(`no closes of ${on}: the history begins on ${history.dates[0]}`);
    return index;
  };

  const close = (symbol: string, index: number): number => at(closes.get(symbol) ?? [], index);

  const dailyVolatility = (symbol: string, index: number): number => {
    const first = Math.max(1, index - volatilityDays + 1);
    let squares = 0;
    for (let day = first; day <= index; day += 1)
      squares += Math.log(close(symbol, day) / close(symbol, day - 1)) ** 2;
    return Math.max(volatilityMin, Math.sqrt(squares / (index - first + 1)));
  };

  return { indexOf, close, dailyVolatility };
}

function refuseBadHistory({ dates, closes }: PriceHistory): void {
  const [first] = dates;
  if (first === undefined || dates.length < 2)
    throw new RangeError("a price history needs two days at least");
  const expected = nyseTradingDates(first, lastOf(dates));
  const wrong = dates.findIndex((on, index) => on !== expected[index]);
  if (wrong >= 0)
    throw new RangeError(
      `the price history has ${dates[wrong]} where the exchange's next trading date is ${expected[wrong]}`,
    );
  for (const [symbol, series] of closes) {
    if (series.length !== dates.length)
      throw new RangeError(
        `the price history has ${series.length} closes of ${symbol} for ${dates.length} dates`,
      );
    const missing = series.findIndex((price) => !(Number.isFinite(price) && price > 0));
    if (missing >= 0)
      throw new RangeError(`the price history has no close of ${symbol} on ${dates[missing]}`);
  }
}

function at(series: readonly number[], index: number): number {
  const value = series[index];
  invariant(value !== undefined, `a close of day ${index}`);
  return value;
}

function lastOf(dates: readonly TradingDate[]): TradingDate {
  const last = dates.at(-1);
  invariant(last !== undefined, "an empty price history");
  return last;
}
