import { type Instant, later } from "../trading/instant.ts";
import { invariant } from "../trading/invariant.ts";
import type { Session } from "../trading/session.ts";
import type { DailyCloses } from "./daily-closes.ts";
import { type ExchangeDay, isOpenAt } from "./exchange-days.ts";
import { displayedShares, halfSpread, type Touch, touchAround, tradesInSecond } from "./liquidity.ts";
import type { Listing } from "./listings.ts";
import { type NoiseKey, noiseKey } from "./noise.ts";
import { pricePath } from "./price-path.ts";
import { roundToTick } from "./tick.ts";

export interface LastTrade {
  readonly price: number;
  readonly tradedAt: Instant;
}

/**
 * What can be seen of the market, whole seconds at a time: a pure function of closes, seed, symbol and instant. What we
 * trade ourselves neither moves a price nor shows in the last trade.
 */
export interface Market {
  /** Undefined while the exchange is closed. */
  touch(listing: Listing, at: Instant): Touch | undefined;
  /** Shares on display at one side of the touch; none while the exchange is closed. */
  displayed(listing: Listing, side: keyof Touch, at: Instant): number;
  lastTrade(listing: Listing, at: Instant): LastTrade;
  /** The close of the last trading date before this day. */
  previousClose(listing: Listing, at: Instant): number;
}

/** One listing's day: its path, and where its noise comes from. */
interface ListingDay {
  readonly day: ExchangeDay;
  readonly session: Session;
  readonly sessionSeconds: number;
  readonly path: (second: number) => number;
  readonly close: number;
  readonly key: NoiseKey;
  /** The last trade as of the second that was asked for last: accounts are valued many times in one second. */
  last?: { readonly second: number; readonly trade: LastTrade };
}

const msPerSecond = 1000;

/** The market of these closes; the noise between them comes from the seed. */
export function market(parts: {
  readonly closes: DailyCloses;
  readonly dayOf: (at: Instant) => ExchangeDay;
  readonly seed: number;
}): Market {
  const { closes, dayOf, seed } = parts;
  const kept = new Map<number, ListingDay>();

  /** Throws unless the exchange opens on that day. */
  const listingDay = (listing: Listing, day: ExchangeDay): ListingDay => {
    const known = kept.get(listing.conId);
    if (known?.day.on === day.on) return known;
    const { session } = day;
    invariant(session, `a session on ${day.on}`);
    const { symbol } = listing;
    const index = closes.indexOf(day.on);
    const close = closes.close(symbol, index);
    const sessionSeconds = (session.closeAt - session.openAt) / msPerSecond;
    const path = pricePath({
      previousClose: closes.close(symbol, index - 1),
      close,
      dailyVolatility: closes.dailyVolatility(symbol, index),
      sessionSeconds,
      key: noiseKey(seed, symbol, day.on, "path"),
    });
    const key = noiseKey(seed, symbol, day.on, "display");
    const fresh: ListingDay = { day, session, sessionSeconds, path, close, key };
    kept.set(listing.conId, fresh);
    return fresh;
  };

  const touchIn = (listing: Listing, on: ListingDay, second: number): Touch => {
    const fair = on.path(second);
    return touchAround(fair, halfSpread(listing, fair, second), listing.priceSteps);
  };

  const touch = (listing: Listing, at: Instant): Touch | undefined => {
    const day = dayOf(at);
    if (!isOpenAt(day, at)) return undefined;
    const on = listingDay(listing, day);
    return touchIn(listing, on, secondIn(on, at));
  };

  const displayed = (listing: Listing, side: keyof Touch, at: Instant): number => {
    const day = dayOf(at);
    if (!isOpenAt(day, at)) return 0;
    const on = listingDay(listing, day);
    const second = secondIn(on, at);
    return displayedShares(
      listing,
      second / on.sessionSeconds,
      on.key,
      4 * second + (side === "bid" ? 0 : 1),
    );
  };

  const tradeUntil = (listing: Listing, on: ListingDay, now: number): LastTrade => {
    let second = now;
    // The opening trade always takes place.
    while (second > 0 && tradesInSecond(listing, on.key, second) === undefined) second -= 1;
    const { bid, ask } = touchIn(listing, on, second);
    const isAtAsk = tradesInSecond(listing, on.key, second) === "ask";
    return { price: isAtAsk ? ask : bid, tradedAt: later(on.session.openAt, second * msPerSecond) };
  };

  const closingTrade = (listing: Listing, session: Session): LastTrade => {
    const close = closes.close(listing.symbol, closes.indexOf(session.on));
    return { price: roundToTick(close, listing.priceSteps), tradedAt: session.closeAt };
  };

  const lastTrade = (listing: Listing, at: Instant): LastTrade => {
    const day = dayOf(at);
    const { session } = day;
    if (!session || at < session.openAt) return closingTrade(listing, day.previous);
    if (at >= session.closeAt) return closingTrade(listing, session);
    const on = listingDay(listing, day);
    const now = secondIn(on, at);
    if (on.last?.second !== now) on.last = { second: now, trade: tradeUntil(listing, on, now) };
    return on.last.trade;
  };

  const previousClose = (listing: Listing, at: Instant): number => {
    const close = closes.close(listing.symbol, closes.indexOf(dayOf(at).previous.on));
    return roundToTick(close, listing.priceSteps);
  };

  return { touch, displayed, lastTrade, previousClose };
}

function secondIn({ session }: ListingDay, at: Instant): number {
  return Math.floor((at - session.openAt) / msPerSecond);
}
