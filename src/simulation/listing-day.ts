import { type Instant, later, type TradingDate } from "../trading/instant.ts";
import { invariant } from "../trading/invariant.ts";
import type { Session } from "../trading/session.ts";
import type { DailyCloses } from "./daily-closes.ts";
import type { ExchangeDay } from "./exchange-days.ts";
import { type Halt, isHalted } from "./halt.ts";
import { limitBand, touchWithin } from "./limit-band.ts";
import { displayedShares, halfSpread, type Touch, touchAround, tradesInSecond } from "./liquidity.ts";
import type { Listing } from "./listings.ts";
import { noiseKey } from "./noise.ts";
import { pricePath } from "./price-path.ts";
import { roundToTick } from "./tick.ts";
import { dayVolume } from "./volume.ts";

/** One listing's session, second by second: 0 is the open, `sessionSeconds` the close. */
export interface ListingDay {
  readonly on: ExchangeDay["on"];
  readonly session: Session;
  readonly sessionSeconds: number;
  /** The price of the closing trade. */
  readonly close: number;
  touch(second: number): Touch;
  /** Does trading pause because prices left their band? */
  isPausedIn(second: number): boolean;
  /** Shares on display at one side of the touch. */
  displayed(side: keyof Touch, second: number): number;
  /** The price at which others traded last in this second; undefined when nobody did. The opening trade always takes place. */
  tradedAt(second: number): number | undefined;
  /** Shares that have changed hands from the open through this second. */
  volumeThrough(second: number): number;
}

const msPerSecond = 1000;

/** What decides every day of every listing. */
export interface DayParts {
  readonly closes: DailyCloses;
  readonly seed: number;
  readonly halts: readonly Halt[];
  /** How far prices may go from their reference before trading pauses, as a share of it, and from which day on. */
  readonly band?: { readonly share: number; readonly from: TradingDate } | undefined;
}

/** A pure function of its parts, listing and day. Throws unless the exchange opens on that day. */
export function listingDay(
  { closes, seed, halts, band }: DayParts,
  listing: Listing,
  { on, session }: Pick<ExchangeDay, "on" | "session">,
): ListingDay {
  invariant(session, `a session on ${on}`);
  const { symbol, series, priceSteps } = listing;
  const index = closes.indexOf(on);
  const close = closes.close(series, index);
  const sessionSeconds = (session.closeAt - session.openAt) / msPerSecond;
  const path = pricePath({
    previousClose: closes.close(series, index - 1),
    close,
    dailyVolatility: closes.dailyVolatility(series, index),
    sessionSeconds,
    key: noiseKey(seed, series, on, "path"),
  });
  const key = noiseKey(seed, series, on, "display");
  const volume = dayVolume(listing, sessionSeconds, noiseKey(seed, series, on, "volume"));

  const isHaltedIn = (second: number): boolean =>
    halts.length > 0 && isHalted(halts, symbol, later(session.openAt, second * msPerSecond));

  const banded = band && on >= band.from ? limitBand(path, band.share) : undefined;
  const isPausedIn = (second: number): boolean => banded?.(second).isPaused ?? false;

  const touch = (second: number): Touch => {
    const fair = path(second);
    const free = touchAround(fair, halfSpread(listing, fair, second), priceSteps);
    return banded ? touchWithin(free, banded(second), priceSteps) : free;
  };

  return {
    on,
    session,
    sessionSeconds,
    close: roundToTick(close, priceSteps),
    touch,
    isPausedIn,
    displayed: (side, second) =>
      displayedShares(listing, second / sessionSeconds, key, 4 * second + (side === "bid" ? 0 : 1)),
    tradedAt: (second) => {
      if (second > 0 && (isHaltedIn(second) || isPausedIn(second))) return undefined;
      const side = tradesInSecond(listing, key, second) ?? (second === 0 ? "bid" : undefined);
      return side && touch(second)[side];
    },
    volumeThrough: volume,
  };
}

/** The whole second of the session that an instant lies in. */
export function secondIn({ session }: ListingDay, at: Instant): number {
  return Math.floor((at - session.openAt) / msPerSecond);
}

/** The instant at which a second of the session begins. */
export function instantOf({ session }: ListingDay, second: number): Instant {
  return later(session.openAt, second * msPerSecond);
}
