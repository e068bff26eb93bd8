import type { Instant, TradingDate } from "../trading/instant.ts";
import type { FinishedBars } from "./finished-bars.ts";
import { instantOf, type ListingDay, secondIn } from "./listing-day.ts";
import type { Listing } from "./listings.ts";
import type { VenueBar, VenueBarRequest } from "./venue.ts";

/** What bars are made of. */
export interface BarSource {
  /** Trading dates that have bars, oldest first, ending with the one before or on which an instant lies. */
  datesUntil(until: Instant): readonly TradingDate[];
  day(listing: Listing, on: TradingDate): ListingDay;
  /** When the session of a trading date ends. */
  closeAt(on: TradingDate): Instant;
  /** What has been found of days that are over. */
  readonly finished: FinishedBars;
  /** When the venue's life began: from that session on each second counts in a bar's high and low. */
  readonly startAt: Instant;
  /** Midnight of the exchange's date, from which bars of hours are counted. */
  midnight(on: TradingDate): Instant;
}

/** In sessions that ended before the venue's life nobody saw a price: every fifteenth second stands for all of them. */
const sampledSeconds = 15;

type OnePrice = Exclude<VenueBarRequest["price"], "bid and ask">;

/** Bars of a day or longer. */
type LongSize = Exclude<VenueBarRequest["size"], number>;

/**
 * Finds the bars of a listing, oldest first; what was not yet at `now` is in none of them. Each day that had to be lived
 * through for it is a step: years of them take seconds, and who has others to serve does so between two steps.
 */
export function* findBars(
  source: BarSource,
  listing: Listing,
  request: VenueBarRequest,
  now: Instant,
): BarSearch {
  const until = Math.min(request.until, now) as Instant;
  const dates = wantedDates(source.datesUntil(until), request, until);
  const { size } = request;
  const bars: VenueBar[] = [];
  for (const on of dates) {
    const known = typeof size === "number" ? undefined : knownDay(source, on, request, until);
    if (known) bars.push(known);
    else {
      const day = source.day(listing, on);
      const found =
        typeof size === "number"
          ? intradayBars(source, day, size, request, until)
          : wholeDay(source, day, request, until);
      for (const bar of found) bars.push(bar);
      yield;
    }
  }
  if (typeof size !== "number") return size === "day" ? bars : grouped(bars, size);
  const { unit, count } = request.length;
  return unit === "seconds" ? bars.slice(-Math.ceil(count / size)) : bars;
}

/** Bars as they are found: the answer comes after the last step. */
export type BarSearch = Generator<undefined, readonly VenueBar[], undefined>;

/** All steps of a search at once. */
export function allOf(search: BarSearch): readonly VenueBar[] {
  let step = search.next();
  while (step.done !== true) step = search.next();
  return step.value;
}

function knownDay(
  source: BarSource,
  on: TradingDate,
  request: VenueBarRequest,
  until: Instant,
): VenueBar | undefined {
  return source.closeAt(on) <= until ? source.finished.get(request, on) : undefined;
}

/** The bar of a day as far as it has come; none before its open. */
function wholeDay(
  source: BarSource,
  day: ListingDay,
  request: VenueBarRequest,
  until: Instant,
): readonly VenueBar[] {
  const end = Math.min(day.sessionSeconds, secondIn(day, until) + 1);
  if (end <= 0) return [];
  const bar = barBetween(source, day, 0, end, request.price);
  if (end === day.sessionSeconds) source.finished.keep(request, bar);
  return [bar];
}

/** The first and the last date of which there are bars within the length asked for. */
export function wantedDates(
  dates: readonly TradingDate[],
  { length, size }: VenueBarRequest,
  until: Instant,
): readonly TradingDate[] {
  const { unit, count } = length;
  if (unit === "days") return dates.slice(-count);
  // A session has 12,600 seconds at least.
  if (unit === "seconds") return dates.slice(-Math.ceil(count / 12_600) - 1);
  const since = calendarDateBefore(until, unit, count);
  const from = typeof size === "number" || size === "day" ? since : startOf(since, size);
  return dates.filter((on) => on > from);
}

/** The date so many weeks, months or years before an instant; the months' ends are the calendar's own. */
function calendarDateBefore(at: Instant, unit: "weeks" | "months" | "years", count: number): string {
  const date = new Date(at);
  if (unit === "weeks") date.setUTCDate(date.getUTCDate() - 7 * count);
  else date.setUTCMonth(date.getUTCMonth() - count * (unit === "years" ? 12 : 1));
  return date.toISOString().slice(0, 10);
}

/** The day before a week's Monday or a month's first. */
function startOf(on: string, size: LongSize): string {
  const date = new Date(`${on}T00:00:00Z`);
  if (size === "week") date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7) - 1);
  else date.setUTCDate(0);
  return date.toISOString().slice(0, 10);
}

function intradayBars(
  source: BarSource,
  day: ListingDay,
  barSeconds: number,
  { price }: VenueBarRequest,
  until: Instant,
): readonly VenueBar[] {
  const bars: VenueBar[] = [];
  const openSecond = (day.session.openAt - source.midnight(day.on)) / 1000;
  const last = Math.min(day.sessionSeconds, secondIn(day, until) + 1);
  // Bars begin on whole multiples of their size: hourly ones at 9:30, then at 10:00, 11:00.
  for (let from = 0, end = 0; from < last; from = end) {
    end = from + barSeconds - ((openSecond + from) % barSeconds);
    bars.push(barBetween(source, day, from, Math.min(end, last), price, bars.at(-1)?.close));
  }
  return bars;
}

/** One bar of a session's seconds, `end` not included; with the session's last second comes the closing trade. */
function barBetween(
  source: BarSource,
  day: ListingDay,
  from: number,
  end: number,
  price: VenueBarRequest["price"],
  closeBefore?: number,
): VenueBar {
  const isLived = day.session.closeAt > source.startAt;
  const step = isLived ? 1 : sampledSeconds;
  if (price === "bid and ask") return barOfBoth(day, from, end, step);
  const prices = pricesBetween(day, from, end, price, step);
  const [open = closeBefore ?? day.touch(0).bid] = prices;
  const bar = { startAt: instantOf(day, from), on: day.on, open };
  const high = prices.reduce((a, b) => Math.max(a, b), open);
  const low = prices.reduce((a, b) => Math.min(a, b), open);
  const close = prices.at(-1) ?? open;
  if (price !== "trades") return { ...bar, high, low, close, volumeShares: 0, averagePrice: 0, trades: 0 };
  const before = from === 0 ? 0 : day.volumeThrough(from - 1);
  const volumeShares = prices.length === 0 ? 0 : day.volumeThrough(end - 1) - before;
  const averagePrice = prices.length === 0 ? open : mean(prices);
  return {
    ...bar,
    high,
    low,
    close,
    volumeShares,
    averagePrice,
    trades: Math.max(prices.length, Math.round(volumeShares / sharesPerTrade)),
  };
}

/** From the average bid to the average ask. */
function barOfBoth(day: ListingDay, from: number, end: number, step: number): VenueBar {
  const bids = pricesBetween(day, from, end, "bid", step);
  const asks = pricesBetween(day, from, end, "ask", step);
  return {
    startAt: instantOf(day, from),
    on: day.on,
    open: toFivePlaces(mean(bids)),
    high: asks.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
    low: bids.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    close: toFivePlaces(mean(asks)),
    volumeShares: 0,
    averagePrice: 0,
    trades: 0,
  };
}

/** Averages are told in hundred-thousandths. */
function toFivePlaces(price: number): number {
  return Math.round(price * 1e5) / 1e5;
}

function mean(prices: readonly number[]): number {
  return prices.reduce((a, b) => a + b, 0) / prices.length;
}

/** A usual trade in the shares of large companies. */
const sharesPerTrade = 120;

function pricesBetween(
  day: ListingDay,
  from: number,
  end: number,
  price: OnePrice,
  step: number,
): readonly number[] {
  const prices: number[] = [];
  const next = step * Math.ceil(from / step);
  // A bar between two samples has the price of the one before it.
  const first = next < end ? next : step * Math.floor(from / step);
  for (let second = first; second < end; second += step) {
    const seen = priceAt(day, second, price, step === 1);
    if (seen !== undefined) prices.push(seen);
  }
  if (price === "trades" && end === day.sessionSeconds) prices.push(day.close);
  return prices;
}

function priceAt(day: ListingDay, second: number, price: OnePrice, onlyTrades: boolean): number | undefined {
  if (price === "trades" && onlyTrades) return day.tradedAt(second);
  const { bid, ask } = day.touch(second);
  if (price === "midpoint") return (bid + ask) / 2;
  if (price === "trades") return day.tradedAt(second) ?? (second % 2 === 0 ? bid : ask);
  return price === "bid" ? bid : ask;
}

/** Daily bars put together to weeks from Monday on or to months; each begins with its first session. */
export function grouped(daily: readonly VenueBar[], size: LongSize): readonly VenueBar[] {
  const groups = new Map<string, VenueBar>();
  for (const bar of daily) {
    const key = startOf(bar.on, size);
    const before = groups.get(key);
    groups.set(key, before ? joined(before, bar) : bar);
  }
  return [...groups.values()];
}

function joined(a: VenueBar, b: VenueBar): VenueBar {
  const volumeShares = a.volumeShares + b.volumeShares;
  const value = a.averagePrice * a.volumeShares + b.averagePrice * b.volumeShares;
  return {
    ...a,
    high: Math.max(a.high, b.high),
    low: Math.min(a.low, b.low),
    close: b.close,
    volumeShares,
    averagePrice: volumeShares > 0 ? value / volumeShares : a.averagePrice,
    trades: a.trades + b.trades,
  };
}
