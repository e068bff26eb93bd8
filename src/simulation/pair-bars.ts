import { type Instant, instantFromMs, later, type TradingDate } from "../trading/instant.ts";
import { daysFrom, nyseZone } from "../trading/nyse-calendar.ts";
import { dateIn, wallClock } from "../trading/session.ts";
import { type BarSearch, grouped, wantedDates } from "./bars.ts";
import { euroQuote } from "./currency-pair.ts";
import type { FinishedBars } from "./finished-bars.ts";
import type { VenueBar, VenueBarRequest } from "./venue.ts";

/** A day of currency trading: from a quarter past five in the afternoon before until five, New York's time. */
interface PairDay {
  readonly on: TradingDate;
  readonly startAt: Instant;
  readonly endAt: Instant;
  /** From which bars are counted. */
  readonly midnight: Instant;
}

const msPerSecond = 1000;
/** Longer bars are put together of pieces so long, each seen at its beginning and at its end. */
const pieceSeconds = 300;

interface PairSource {
  readonly seed: number;
  readonly firstOn: TradingDate;
  readonly now: Instant;
  /** What has been found of days that are over. */
  readonly finished: FinishedBars;
}

/**
 * Finds bars of EUR.USD from a date on, oldest first; what was not yet at `now` is in none of them. Nobody trades it here, so
 * there are none of trades. Each day is a step, as with listings.
 */
export function* pairSearch(source: PairSource, request: VenueBarRequest): BarSearch {
  if (request.price === "trades") return [];
  const until = instantFromMs(Math.min(request.until, source.now));
  const { size } = request;
  const days = wantedDates(weekdays(source.firstOn, until, request), request, until);
  if (typeof size === "number") return yield* intradayBars(source.seed, days, { ...request, size, until });
  const today = dateIn(nyseZone, until);
  const daily: VenueBar[] = [];
  for (const on of days) {
    const known = on < today ? source.finished.get(request, on) : undefined;
    if (known) daily.push(known);
    else {
      const day = pairDay(on);
      const bar = barBetween(source.seed, day, day.startAt, endOf(day, until), request.price);
      if (on < today) source.finished.keep(request, bar);
      daily.push(bar);
      yield;
    }
  }
  return size === "day" ? daily : grouped(daily, size);
}

/** From the last one backwards, until there are enough. */
function* intradayBars(
  seed: number,
  days: readonly TradingDate[],
  { size, length, until, price }: VenueBarRequest & { readonly size: number },
): BarSearch {
  const most = length.unit === "seconds" ? Math.ceil(length.count / size) : Number.POSITIVE_INFINITY;
  const bars: VenueBar[] = [];
  for (const on of days.toReversed()) {
    if (bars.length >= most) break;
    const day = pairDay(on);
    for (const from of beginnings(day, size, until).toReversed()) {
      if (bars.length >= most) break;
      const to = Math.min(nextBeginning(day, from, size), endOf(day, until));
      bars.push(barBetween(seed, day, from, instantFromMs(to), price));
    }
    yield;
  }
  return bars.toReversed();
}

/** When the first bar of EUR.USD begins. */
export function firstPairBarAt(firstOn: TradingDate): Instant {
  const [on = firstOn] = weekdaysFrom(firstOn, daysFrom(firstOn, 3));
  return pairDay(on).startAt;
}

function pairDay(on: TradingDate): PairDay {
  return {
    on,
    startAt: wallClock(daysFrom(on, -1), "17:15", nyseZone),
    endAt: wallClock(on, "17:00", nyseZone),
    midnight: wallClock(on, "00:00", nyseZone),
  };
}

/** Days that have begun at an instant, as far back as a request can reach. */
function weekdays(
  firstOn: TradingDate,
  until: Instant,
  { length: { unit, count } }: VenueBarRequest,
): readonly TradingDate[] {
  const today = dateIn(nyseZone, until);
  const since = daysFrom(today, -Math.ceil(count * daysIn[unit]) - 40);
  const all = weekdaysFrom(since > firstOn ? since : firstOn, daysFrom(today, 1));
  const last = all.at(-1);
  return last !== undefined && pairDay(last).startAt > until ? all.slice(0, -1) : all;
}

/** Calendar days for which a unit stands, at most. */
const daysIn = { seconds: 1 / 8_000, days: 7 / 5, weeks: 7, months: 31, years: 366 } as const;

function weekdaysFrom(from: TradingDate, through: TradingDate): readonly TradingDate[] {
  const days: TradingDate[] = [];
  for (let on = from; on <= through; on = daysFrom(on, 1)) {
    const weekday = new Date(`${on}T12:00:00Z`).getUTCDay();
    if (weekday !== 0 && weekday !== 6) days.push(on);
  }
  return days;
}

/** The end of what has been seen of a day, not included. */
function endOf({ endAt }: PairDay, until: Instant): Instant {
  return instantFromMs(Math.min(endAt, (Math.floor(until / msPerSecond) + 1) * msPerSecond));
}

/** The first bar begins with the day, the others on whole multiples of their size. */
function beginnings(day: PairDay, size: number, until: Instant): readonly Instant[] {
  const all: Instant[] = [];
  const end = endOf(day, until);
  for (let at = day.startAt; at < end; at = nextBeginning(day, at, size)) all.push(at);
  return all;
}

function nextBeginning({ midnight }: PairDay, at: Instant, size: number): Instant {
  const sizeMs = size * msPerSecond;
  return later(midnight, (Math.floor((at - midnight) / sizeMs) + 1) * sizeMs);
}

function barBetween(
  seed: number,
  { on, midnight }: PairDay,
  from: Instant,
  to: Instant,
  price: VenueBarRequest["price"],
): VenueBar {
  const bids: number[] = [];
  const asks: number[] = [];
  const look = (at: Instant): void => {
    const { bid = Number.NaN, ask = Number.NaN } = euroQuote(seed, at);
    bids.push(bid);
    asks.push(ask);
  };
  const pieceMs = pieceSeconds * msPerSecond;
  for (let at = from; at < to; ) {
    const next = later(midnight, (Math.floor((at - midnight) / pieceMs) + 1) * pieceMs);
    look(at);
    look(later(instantFromMs(Math.min(next, to)), -msPerSecond));
    at = next;
  }
  return { ...pricesOf(bids, asks, price), startAt: from, on, volumeShares: 0, averagePrice: 0, trades: 0 };
}

function pricesOf(
  bids: readonly number[],
  asks: readonly number[],
  price: VenueBarRequest["price"],
): Pick<VenueBar, "open" | "high" | "low" | "close"> {
  if (price === "bid and ask")
    return { open: mean(bids), high: highest(asks), low: lowest(bids), close: mean(asks) };
  const middles = bids.map((bid, index) => toSixPlaces((bid + (asks[index] ?? bid)) / 2));
  const prices = price === "midpoint" ? middles : price === "bid" ? bids : asks;
  const [open = Number.NaN] = prices;
  return { open, high: highest(prices), low: lowest(prices), close: prices.at(-1) ?? open };
}

function highest(prices: readonly number[]): number {
  return prices.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
}

function lowest(prices: readonly number[]): number {
  return prices.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
}

function mean(prices: readonly number[]): number {
  return toSixPlaces(prices.reduce((a, b) => a + b, 0) / prices.length);
}

/** Half a tick of a pair is a quarter of a ten-thousandth. */
function toSixPlaces(price: number): number {
  return Math.round(price * 1e6) / 1e6;
}
