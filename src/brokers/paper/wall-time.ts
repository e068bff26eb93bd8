import { type Instant, instantFromMs, type TradingDate, tradingDate } from "../../trading/instant.ts";
import { wallClock } from "../../trading/session.ts";

interface WallParts {
  readonly date: string;
  readonly time: string;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a format costs far more than using it. */
function formatFor(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      timeZoneName: "short",
    });
    formats.set(zone, format);
  }
  return format;
}

function partsOf(at: Instant, zone: string): WallParts & { zoneName: string } {
  const parts = new Map(
    formatFor(zone)
      .formatToParts(at)
      .map((part) => [part.type, part.value]),
  );
  const of = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? "";
  return {
    date: `${of("year")}${of("month")}${of("day")}`,
    time: `${of("hour")}:${of("minute")}:${of("second")}`,
    zoneName: of("timeZoneName"),
  };
}

/** "20220314 09:30:00 EDT": when the connection was made, in the first answer to every client. */
export function connectionTime(at: Instant, zone: string): string {
  const { date, time, zoneName } = partsOf(at, zone);
  return `${date} ${time} ${zoneName}`;
}

/** When something was executed: with two blanks and no zone before server version 174, with the zone's name from it on. */
export function executionTime(at: Instant, zone: string, serverVersion: number): string {
  const { date, time } = partsOf(at, zone);
  return serverVersion < 174 ? `${date}  ${time}` : `${date} ${time} ${zone}`;
}

/** "20220314 09:30:00 US/Eastern": when a completed order ended; its zone was there already before 174. */
export function zonedTime(at: Instant, zone: string): string {
  const { date, time } = partsOf(at, zone);
  return `${date} ${time} ${zone}`;
}

/** "2022-03-14 09:30:00 US/Eastern", as warnings say it. */
export function spelledTime(at: Instant, zone: string): string {
  const { date, time } = partsOf(at, zone);
  return `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)} ${time} ${zone}`;
}

/** "09:30": when the account's values were last brought up to date. */
export function clockTime(at: Instant, zone: string): string {
  return partsOf(at, zone).time.slice(0, 5);
}

/** "20220314:0930": one end of a trading session. */
export function sessionTime(at: Instant, zone: string): string {
  const { date, time } = partsOf(at, zone);
  return `${date}:${time.slice(0, 2)}${time.slice(3, 5)}`;
}

/** "20220314-13:30:00": an instant of UTC. */
export function utcTime(at: Instant): string {
  const { date, time } = partsOf(at, "UTC");
  return `${date}-${time}`;
}

/** "20220314" */
export function compactDate(on: TradingDate): string {
  return on.replaceAll("-", "");
}

/**
 * Reads the time of an execution filter: "20220314 09:30:00" or "20220314-09:30:00" in the gateway's zone, with another zone
 * behind it in that one; undefined when it is none of these.
 */
export function readFilterTime(text: string, zone: string): Instant | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)[ -]+(\d\d:\d\d:\d\d)(?: +(\S+))?$/.exec(text.trim());
  if (!match) return undefined;
  const [, year, month, day, time = "", otherZone = zone] = match;
  try {
    return wallClock(tradingDate(`${year}-${month}-${day}`), time, otherZone);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/**
 * Reads a good-till date: "20220314 15:30:00", with another zone behind it in that one; "20220314-15:30:00" is UTC, and a
 * date alone lasts until its midnight. Undefined when it is none of these.
 */
export function readGoodTill(text: string, zone: string): Instant | undefined {
  const said = text.trim();
  if (/^\d{8}$/.test(said)) return readFilterTime(`${said} 23:59:59`, zone);
  return readFilterTime(said, /^\d{8}-/.test(said) ? "UTC" : zone);
}

/** The calendar date so many days later. */
export function daysAfter(date: TradingDate, days: number): TradingDate {
  const noonMs = Date.parse(`${date}T12:00:00Z`) + days * 86_400_000;
  return tradingDate(new Date(instantFromMs(noonMs)).toISOString().slice(0, 10));
}
