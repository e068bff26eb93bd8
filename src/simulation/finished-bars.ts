import type { TradingDate } from "../trading/instant.ts";
import type { VenueBar, VenueBarRequest } from "./venue.ts";

/** Whose days these are. */
export type BarSeries = Pick<VenueBarRequest, "conId" | "price">;

const numbersPerBar = 8;
/** Room is made for so many bars at a time: some four years. */
const barsPerStep = 1024;

/**
 * The bars of whole days that are over: to find one, every second of its day is looked at, and it never changes. Kept as
 * plain numbers, 64 bytes a day, of the series that were asked for last.
 */
export class FinishedBars {
  readonly #seriesMax: number;
  readonly #slots = new Map<TradingDate, number>();
  readonly #bars = new Map<string, Float64Array>();

  /** Of 64 series when not said: with 32 years of each that is 34 MB. */
  constructor(seriesMax = 64) {
    this.#seriesMax = seriesMax;
  }

  /** The bar of a day, when it is known. */
  get(series: BarSeries, on: TradingDate): VenueBar | undefined {
    const slot = this.#slots.get(on);
    const bars = this.#bars.get(nameOf(series));
    if (slot === undefined || !bars) return undefined;
    const from = slot * numbersPerBar;
    const [
      startAt = 0,
      open = 0,
      high = 0,
      low = 0,
      close = 0,
      volumeShares = 0,
      averagePrice = 0,
      trades = 0,
    ] = bars.subarray(from, from + numbersPerBar);
    // No bar has begun in 1970: here is none yet.
    if (startAt === 0) return undefined;
    return {
      startAt: startAt as VenueBar["startAt"],
      on,
      open,
      high,
      low,
      close,
      volumeShares,
      averagePrice,
      trades,
    };
  }

  keep(series: BarSeries, bar: VenueBar): void {
    const slot = this.#slots.get(bar.on) ?? this.#slots.size;
    this.#slots.set(bar.on, slot);
    const bars = this.#roomFor(nameOf(series), slot);
    const { startAt, open, high, low, close, volumeShares, averagePrice, trades } = bar;
    bars.set([startAt, open, high, low, close, volumeShares, averagePrice, trades], slot * numbersPerBar);
  }

  /** A series' numbers with room for one more; it is then the one that was used last, and the oldest goes when there are too many. */
  #roomFor(name: string, slot: number): Float64Array {
    const before = this.#bars.get(name) ?? new Float64Array(0);
    const room = (Math.floor(slot / barsPerStep) + 1) * barsPerStep * numbersPerBar;
    const bars = before.length >= room ? before : new Float64Array(room);
    if (bars !== before) bars.set(before);
    this.#bars.delete(name);
    this.#bars.set(name, bars);
    const [oldest] = this.#bars.keys();
    if (this.#bars.size > this.#seriesMax && oldest !== undefined) this.#bars.delete(oldest);
    return bars;
  }
}

function nameOf({ conId, price }: BarSeries): string {
  return `${conId} ${price}`;
}
