import type { Instant } from "../trading/instant.ts";
import type { Session } from "../trading/session.ts";
import { type ExchangeDay, isOpenAt, phaseAt } from "./exchange-days.ts";
import { extendedDisplayed, extendedTouch } from "./extended-touch.ts";
import { isHalted } from "./halt.ts";
import type { Touch } from "./liquidity.ts";
import { type DayParts, instantOf, type ListingDay, listingDay, secondIn } from "./listing-day.ts";
import type { Listing } from "./listings.ts";
import { roundToTick } from "./tick.ts";
import type { VenueHalt, VenueToday } from "./venue.ts";

export interface LastTrade {
  readonly price: number;
  readonly tradedAt: Instant;
}

/**
 * What can be seen of the market, whole seconds at a time: a pure function of closes, seed, symbol and instant. What we
 * trade ourselves neither moves a price nor shows in the last trade.
 */
export interface Market {
  /** Undefined while nobody quotes: outside extended hours, and while trading is halted. */
  touch(listing: Listing, at: Instant): Touch | undefined;
  /** Shares on display at one side of the touch; none while nobody quotes. */
  displayed(listing: Listing, side: keyof Touch, at: Instant): number;
  /** Why trading in the listing stands still; undefined when it does not. */
  halt(listing: Listing, at: Instant): VenueHalt | undefined;
  lastTrade(listing: Listing, at: Instant): LastTrade;
  /** What has been traded today; undefined before the open and on closed days. */
  today(listing: Listing, at: Instant): VenueToday | undefined;
  /** Shares that others trade in the day's session before an instant of it; 0 before its open. */
  volumeBefore(listing: Listing, at: Instant): number;
  /** Bid and ask as they stood when the last session ended. */
  closingTouch(listing: Listing, at: Instant): Touch;
  /** The close of the last trading date before this day. */
  previousClose(listing: Listing, at: Instant): number;
}

/** A listing's day with its last trade as of the second asked for last: accounts are valued many times in one second. */
interface KeptDay {
  readonly day: ListingDay;
  last?: { readonly second: number; readonly trade: LastTrade };
  /** The prices from the open through a second: only what came later is looked at again. */
  range?: { readonly second: number; readonly open: number; readonly high: number; readonly low: number };
}

/** The market of these closes; the noise between them comes from the seed. */
export function market(parts: {
  readonly dayParts: DayParts;
  readonly dayOf: (at: Instant) => ExchangeDay;
}): Market {
  const { dayParts, dayOf } = parts;
  const { closes, seed, halts } = dayParts;
  const kept = new Map<number, KeptDay>();

  const keptDay = (listing: Listing, day: ExchangeDay): KeptDay => {
    const known = kept.get(listing.conId);
    if (known?.day.on === day.on) return known;
    const fresh: KeptDay = { day: listingDay(dayParts, listing, day) };
    kept.set(listing.conId, fresh);
    return fresh;
  };

  const halt = (listing: Listing, at: Instant): VenueHalt | undefined => {
    if (isHalted(halts, listing.symbol, at)) return "regulatory";
    const exchangeDay = dayOf(at);
    if (!dayParts.band || !isOpenAt(exchangeDay, at)) return undefined;
    const { day } = keptDay(listing, exchangeDay);
    return day.isPausedIn(secondIn(day, at)) ? "volatility" : undefined;
  };

  const touch = (listing: Listing, at: Instant): Touch | undefined => {
    const exchangeDay = dayOf(at);
    const phase = phaseAt(exchangeDay, at);
    if (phase === "closed" || halt(listing, at)) return undefined;
    if (phase === "extended")
      return extendedTouch(listing, { lastClose: lastTrade(listing, at).price, at, seed });
    const { day } = keptDay(listing, exchangeDay);
    return day.touch(secondIn(day, at));
  };

  const displayed = (listing: Listing, side: keyof Touch, at: Instant): number => {
    const exchangeDay = dayOf(at);
    const phase = phaseAt(exchangeDay, at);
    if (phase === "closed" || halt(listing, at)) return 0;
    if (phase === "extended") return extendedDisplayed(listing);
    const { day } = keptDay(listing, exchangeDay);
    return day.displayed(side, secondIn(day, at));
  };

  const closingTrade = (listing: Listing, session: Session): LastTrade => {
    const close = closes.close(listing.series, closes.indexOf(session.on));
    return { price: roundToTick(close, listing.priceSteps), tradedAt: session.closeAt };
  };

  const lastTrade = (listing: Listing, at: Instant): LastTrade => {
    const day = dayOf(at);
    const { session } = day;
    if (!session || at < session.openAt) return closingTrade(listing, day.previous);
    if (at >= session.closeAt) return closingTrade(listing, session);
    const on = keptDay(listing, day);
    const now = secondIn(on.day, at);
    if (on.last?.second !== now) on.last = { second: now, trade: tradeUntil(on.day, now) };
    return on.last.trade;
  };

  const closingTouch = (listing: Listing, at: Instant): Touch => {
    const { session, previous } = dayOf(at);
    const last = session && at >= session.closeAt ? session : previous;
    const day = listingDay(dayParts, listing, { on: last.on, session: last });
    return day.touch(day.sessionSeconds - 1);
  };

  const today = (listing: Listing, at: Instant): VenueToday | undefined => {
    const exchangeDay = dayOf(at);
    const { session } = exchangeDay;
    if (!session || at < session.openAt) return undefined;
    const on = keptDay(listing, exchangeDay);
    const { day } = on;
    const now = Math.min(secondIn(day, at), day.sessionSeconds);
    const opened = day.tradedAt(0) ?? day.close;
    on.range ??= { second: 0, open: opened, high: opened, low: opened };
    let { high, low } = on.range;
    for (let second = on.range.second + 1; second <= now; second += 1) {
      const price = second === day.sessionSeconds ? day.close : day.tradedAt(second);
      if (price === undefined) continue;
      high = Math.max(high, price);
      low = Math.min(low, price);
    }
    on.range = { second: Math.max(now, on.range.second), open: on.range.open, high, low };
    return { open: on.range.open, high, low, volumeShares: day.volumeThrough(now) };
  };

  const volumeBefore = (listing: Listing, at: Instant): number => {
    const exchangeDay = dayOf(at);
    const { session } = exchangeDay;
    if (!session || at <= session.openAt) return 0;
    const { day } = keptDay(listing, exchangeDay);
    return day.volumeThrough(Math.min(secondIn(day, at), day.sessionSeconds) - 1);
  };

  const previousClose = (listing: Listing, at: Instant): number => {
    const close = closes.close(listing.series, closes.indexOf(dayOf(at).previous.on));
    return roundToTick(close, listing.priceSteps);
  };

  return { halt, touch, displayed, lastTrade, closingTouch, today, volumeBefore, previousClose };
}

/** The last trade of others as of a second of the session. */
function tradeUntil(day: ListingDay, now: number): LastTrade {
  let second = now;
  let price = day.tradedAt(second);
  while (price === undefined) {
    second -= 1;
    price = day.tradedAt(second);
  }
  return { price, tradedAt: instantOf(day, second) };
}
