import { type Instant, later, type TradingDate } from "../trading/instant.ts";
import { invariant } from "../trading/invariant.ts";
import { daysFrom, nyseSession, nyseTradingDatesEnding, nyseZone } from "../trading/nyse-calendar.ts";
import { dateIn, type Session, wallClock } from "../trading/session.ts";

/** One calendar day in the exchange's zone. */
export interface ExchangeDay {
  readonly on: TradingDate;
  /** Its midnight, and that of the next day. */
  readonly startAt: Instant;
  readonly endAt: Instant;
  /** Undefined on a closed day. */
  readonly session: Session | undefined;
  /** The last session before this day. */
  readonly previous: Session;
}

/** Finds the day of an instant. The last one found is kept: a market asks for one day many thousand times in a row. */
export function exchangeDays(): (at: Instant) => ExchangeDay {
  let kept: ExchangeDay | undefined;
  return (at) => {
    if (!kept || at < kept.startAt || at >= kept.endAt) kept = exchangeDay(dateIn(nyseZone, at));
    return kept;
  };
}

function exchangeDay(on: TradingDate): ExchangeDay {
  const [previousOn] = nyseTradingDatesEnding(daysFrom(on, -1), 1);
  const previous = previousOn && nyseSession(previousOn);
  invariant(previous, `a session before ${on}`);
  return {
    on,
    startAt: wallClock(on, "00:00", nyseZone),
    endAt: wallClock(daysFrom(on, 1), "00:00", nyseZone),
    session: nyseSession(on),
    previous,
  };
}

/** When the exchange next opens, after this instant. */
export function nextOpenAt(at: Instant, dayOf: (at: Instant) => ExchangeDay): Instant {
  let day = dayOf(at);
  while (!day.session || day.session.openAt <= at) day = dayOf(later(day.endAt, 0));
  return day.session.openAt;
}

/** Does this instant lie in the day's session? Open at its first instant, closed at its last. */
export function isOpenAt(day: ExchangeDay, at: Instant): boolean {
  return day.session !== undefined && day.session.openAt <= at && at < day.session.closeAt;
}

/** Regular: the session. Extended: from four in the morning to the open, and for four hours after the close. */
export type ExchangePhase = "closed" | "extended" | "regular";

const msPerHour = 3_600_000;

/** When a day's extended trading begins and ends; undefined on a closed day. No clock is changed on a trading day. */
export function extendedHours({
  session,
  startAt,
}: ExchangeDay): { readonly openAt: Instant; readonly closeAt: Instant } | undefined {
  if (!session) return undefined;
  return { openAt: later(startAt, 4 * msPerHour), closeAt: later(session.closeAt, 4 * msPerHour) };
}

export function phaseAt(day: ExchangeDay, at: Instant): ExchangePhase {
  if (isOpenAt(day, at)) return "regular";
  const hours = extendedHours(day);
  return hours && hours.openAt <= at && at < hours.closeAt ? "extended" : "closed";
}

/** When extended trading next begins, after this instant. */
export function nextExtendedOpenAt(at: Instant, dayOf: (at: Instant) => ExchangeDay): Instant {
  let day = dayOf(at);
  let hours = extendedHours(day);
  while (!hours || hours.openAt <= at) {
    day = dayOf(day.endAt);
    hours = extendedHours(day);
  }
  return hours.openAt;
}
