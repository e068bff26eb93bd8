import { DateTime, IANAZone } from "luxon";
import { type Instant, instantFromMs, type TradingDate, tradingDate } from "./instant.ts";

/** One exchange day's regular trading: half days simply close earlier. `midAt` is halfway between open and close. */
export interface Session {
  readonly on: TradingDate;
  readonly openAt: Instant;
  readonly midAt: Instant;
  readonly closeAt: Instant;
}

export interface KnownHours {
  readonly sessions: readonly Session[];
  /** The last calendar day that the hours say anything about, closed days included. */
  readonly knownThrough: TradingDate;
}

/** A session from wall-clock times of the exchange's zone. Throws RangeError on a zone or time that does not exist. */
export function sessionOn(on: TradingDate, open: string, close: string, zone: string): Session {
  const openAt = wallClock(on, open, zone);
  const closeAt = wallClock(on, close, zone);
  return { on, openAt, midAt: instantFromMs((openAt + closeAt) / 2), closeAt };
}

/** The instant of a wall-clock time ("09:30") on a date in an IANA zone; daylight saving is the zone's business (Z01). */
export function wallClock(on: TradingDate, time: string, zone: string): Instant {
  const at = DateTime.fromISO(`${on}T${time}`, { zone: knownZone(zone) });
  if (!at.isValid) throw new RangeError(`no such time: ${on} ${time} ${zone}`);
  return instantFromMs(at.toMillis());
}

/** Zones once found valid: asking costs more than a millisecond, and thousands of contracts share one. */
const zones = new Map<string, IANAZone>();

function knownZone(name: string): IANAZone {
  const known = zones.get(name);
  if (known) return known;
  if (!IANAZone.isValidZone(name)) throw new RangeError(`unknown time zone: ${name}`);
  const zone = IANAZone.create(name);
  zones.set(name, zone);
  return zone;
}

/** The calendar date that an instant falls on in a zone. */
export function dateIn(zone: string, at: Instant): TradingDate {
  const date = DateTime.fromMillis(at, { zone }).toISODate();
  if (date === null) throw new RangeError(`unknown time zone: ${zone}`);
  return tradingDate(date);
}

/** Minutes since midnight on the clocks of a zone, with their fraction: 09:35:30 is 575.5. Throws RangeError on no zone. */
export function minuteOfDay(at: Instant, zone: string): number {
  const { hour, minute, second, isValid } = DateTime.fromMillis(at, { zone: knownZone(zone) });
  if (!isValid) throw new RangeError(`unknown time zone: ${zone}`);
  return hour * 60 + minute + second / 60;
}

/** "2022-03-14 09:35 EDT": an instant as people at the exchange say it. */
export function spokenTime(at: Instant, zone: string): string {
  return DateTime.fromMillis(at, { zone, locale: "en-US" }).toFormat("yyyy-MM-dd HH:mm ZZZZ");
}

/** "15:55:00 US/Eastern": a time of the day as the broker reads it in an algorithm's parameters. */
export function timeWithZone(at: Instant, zone: string): string {
  return `${DateTime.fromMillis(at, { zone: knownZone(zone) }).toFormat("HH:mm:ss")} ${zone}`;
}

/**
 * Reads IB's hours text: `YYYYMMDD:HHMM-YYYYMMDD:HHMM` or `YYYYMMDD:CLOSED`, days joined by ";", several spans of one
 * day by ",". Spans of one day are one session from the first open to the last close. Throws RangeError on anything else.
 */
export function readHours(text: string, zone: string): KnownHours {
  const sessions: Session[] = [];
  let knownThrough = "";
  for (const day of text.split(";").filter((part) => part !== "")) {
    const closed = /^(\d{8}):CLOSED$/.exec(day);
    if (closed?.[1]) {
      knownThrough = later(knownThrough, dashed(closed[1]));
      continue;
    }
    const spans = day.split(",").map((span) => {
      const match = /^(\d{8}):(\d\d)(\d\d)-(\d{8}):(\d\d)(\d\d)$/.exec(span);
      if (!match) throw new RangeError(`not trading hours: "${day}"`);
      const [, openOn = "", openHour, openMinute, closeOn = "", closeHour, closeMinute] = match;
      return {
        on: dashed(closeOn),
        openAt: wallClock(dashed(openOn), `${openHour}:${openMinute}`, zone),
        closeAt: wallClock(dashed(closeOn), `${closeHour}:${closeMinute}`, zone),
      };
    });
    // A session belongs to the date on which it ends: an overnight session is the next day's (Z05, Z08).
    const on = spans.map((span) => span.on).reduce(later);
    const openAt = Math.min(...spans.map((span) => span.openAt)) as Instant;
    const closeAt = Math.max(...spans.map((span) => span.closeAt)) as Instant;
    if (!(openAt < closeAt)) throw new RangeError(`not trading hours: "${day}"`);
    sessions.push({ on, openAt, midAt: instantFromMs((openAt + closeAt) / 2), closeAt });
    knownThrough = later(knownThrough, on);
  }
  if (knownThrough === "") throw new RangeError(`no trading hours in "${text}"`);
  sessions.sort((a, b) => a.openAt - b.openAt);
  return { sessions, knownThrough: tradingDate(knownThrough) };
}

function later<D extends string>(a: D | "", b: D): D {
  return a > b ? (a as D) : b;
}

/** The session that is open at this instant; open at its first instant, closed at its last. */
export function sessionOpenAt(sessions: readonly Session[], at: Instant): Session | undefined {
  return sessions.find((session) => session.openAt <= at && at < session.closeAt);
}

/** The last session that has begun by this instant: today's when it is open or over, else an earlier day's. */
export function latestSession(sessions: readonly Session[], at: Instant): Session | undefined {
  return sessions.findLast((session) => session.openAt <= at);
}

/** The first session that opens after this instant. */
export function nextSession(sessions: readonly Session[], at: Instant): Session | undefined {
  return sessions.find((session) => session.openAt > at);
}

function dashed(yyyymmdd: string): TradingDate {
  return tradingDate(`${yyyymmdd.slice(0, 4)}-${yyyymmdd.slice(4, 6)}-${yyyymmdd.slice(6, 8)}`);
}
