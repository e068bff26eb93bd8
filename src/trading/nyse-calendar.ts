import { instant, type TradingDate, tradingDate } from "./instant.ts";
import { type Session, sessionOn } from "./session.ts";

/**
 * The regular sessions of the New York Stock Exchange by its published rules, with every one-off change since 1990. It
 * serves the simulation and the hours before a broker was asked; for real money the contract's own hours rule.
 *
 * Sources: NYSE Rule 7.2 (holidays; one that falls on a Sunday is observed on Monday, on a Saturday on the Friday before,
 * "unless unusual business conditions exist, such as the ending of a monthly or the yearly accounting period": so no
 * New Year's Day is observed on a 31st of December); the exchange's list "NYSE special closings since 1885"; its yearly
 * "Holidays & Trading Hours" notices for the early closes; all compared with the calendar project
 * pandas_market_calendars. Holidays proclaimed later must be added to the tables below.
 *
 * Not here: halts within a session, and late opens of a few minutes (moments of silence).
 */
export const nyseZone = "America/New_York";

/** The calendar does not know days outside these: an answer there would be a guess (Z03). */
export const nyseKnownFrom = tradingDate("1990-01-01");
export const nyseKnownThrough = tradingDate("2049-12-31");

/**
 * The session of a calendar day; undefined when the exchange is closed on it. Half days close at 13:00 (until 1992 at
 * 14:00). Throws RangeError outside 1990 to 2049.
 */
export function nyseSession(on: TradingDate): Session | undefined {
  const day = dayOf(on);
  if (!isTradingDay(day)) return undefined;
  const known = sessions.get(on) ?? sessionOfDay(on, day);
  sessions.set(on, known);
  return known;
}

/** Sessions once found: every run looks at the same weeks, and asking a zone costs more than all the rest. */
const sessions = new Map<TradingDate, Session>();

function sessionOfDay(on: TradingDate, day: Day): Session {
  const unusual = unusualHours.get(on);
  const close = unusual?.close ?? (isHalfDay(day) ? (day.year < 1993 ? "14:00" : "13:00") : "16:00");
  return sessionOn(on, unusual?.open ?? "09:30", close, nyseZone);
}

/** The sessions of the calendar days from one to another, both included, oldest first. Throws RangeError as above. */
export function nyseSessions(from: TradingDate, through: TradingDate): Session[] {
  return nyseTradingDates(from, through).flatMap((on) => nyseSession(on) ?? []);
}

/** Only the dates of those sessions: a hundred times as fast, because no zone is asked. */
export function nyseTradingDates(from: TradingDate, through: TradingDate): TradingDate[] {
  const dates: TradingDate[] = [];
  for (let on = from; on <= through; on = daysFrom(on, 1)) if (isTradingDay(dayOf(on))) dates.push(on);
  return dates;
}

/** The last `count` trading dates up to and including `through`, oldest first. */
export function nyseTradingDatesEnding(through: TradingDate, count: number): TradingDate[] {
  const dates: TradingDate[] = [];
  for (let on = through; dates.length < count; on = daysFrom(on, -1))
    if (isTradingDay(dayOf(on))) dates.push(on);
  return dates.toReversed();
}

/** The calendar day so many days later; earlier when negative. */
export function daysFrom(on: TradingDate, days: number): TradingDate {
  const at = instant(`${on}T00:00:00Z`) + days * msPerDay;
  return new Date(at).toISOString().slice(0, 10) as TradingDate;
}

const msPerDay = 86_400_000;

interface Day {
  readonly on: TradingDate;
  readonly year: number;
  readonly month: number;
  readonly date: number;
  readonly weekday: Weekday;
}

type Weekday = "Sun" | "Mon" | "Tue" | "Wed" | "Thu" | "Fri" | "Sat";
const weekdays: readonly Weekday[] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

function dayOf(on: TradingDate): Day {
  if (on < nyseKnownFrom || on > nyseKnownThrough)
    throw new RangeError(`the NYSE calendar knows ${nyseKnownFrom} to ${nyseKnownThrough}, not ${on}`);
  const [year = 0, month = 0, date = 0] = on.split("-").map(Number);
  const weekday = weekdays[new Date(Date.UTC(year, month - 1, date)).getUTCDay()] ?? "Sun";
  return { on, year, month, date, weekday };
}

function isTradingDay(day: Day): boolean {
  const isWeekend = day.weekday === "Sat" || day.weekday === "Sun";
  return !isWeekend && !isHoliday(day) && !oneOffClosures.has(day.on);
}

/** The ten holidays of Rule 7.2; the date given is that of a working day. */
function isHoliday(day: Day): boolean {
  const { year, month, weekday } = day;
  const isMondayOfMonth = (nth: number): boolean => weekday === "Mon" && weekOfMonth(day) === nth;
  switch (month) {
    case 1:
      return isOrMondayAfter(day, 1) || (year >= 1998 && isMondayOfMonth(3)); // New Year; Martin Luther King Jr.
    case 2:
      return isMondayOfMonth(3); // Washington's Birthday
    case 3:
    case 4:
      return weekday === "Fri" && day.on === goodFriday(year);
    case 5:
      return weekday === "Mon" && day.date > 24; // Memorial Day
    case 6:
      return year >= 2022 && isObserved(day, 19); // Juneteenth
    case 7:
      return isObserved(day, 4);
    case 9:
      return isMondayOfMonth(1); // Labor Day
    case 11:
      return weekday === "Thu" && weekOfMonth(day) === 4; // Thanksgiving
    case 12:
      return isObserved(day, 25);
    default:
      return false;
  }
}

function weekOfMonth(day: Day): number {
  return Math.ceil(day.date / 7);
}

/** On the date itself, or on the Monday after when that is a Sunday. */
function isOrMondayAfter({ date, weekday }: Day, holiday: number): boolean {
  return date === holiday || (weekday === "Mon" && date === holiday + 1);
}

/** As above, or on the Friday before when the date is a Saturday. */
function isObserved(day: Day, holiday: number): boolean {
  return isOrMondayAfter(day, holiday) || (day.weekday === "Fri" && day.date === holiday - 1);
}

/** Two days before Easter Sunday, which the Gregorian computus gives (Meeus, Jones and Butcher). */
function goodFriday(year: number): TradingDate {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3);
  const h = (19 * a + b - Math.floor(b / 4) - d + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const sum = h + l - 7 * m + 114;
  const easterMs = Date.UTC(year, Math.floor(sum / 31) - 1, (sum % 31) + 1);
  return new Date(easterMs - 2 * msPerDay).toISOString().slice(0, 10) as TradingDate;
}

/** Days that close early by custom. Exceptions stand in `unusualHours`. */
function isHalfDay({ year, month, date, weekday }: Day): boolean {
  const isEarlyInWeek = weekday === "Mon" || weekday === "Tue";
  if (month === 7 && date === 3)
    return year >= 1995 && (isEarlyInWeek || weekday === "Thu" || (weekday === "Wed" && year >= 2013));
  // Until 2012 a 4th of July on a Thursday shortened the Friday after it, since 2013 the Wednesday before.
  if (month === 7 && date === 5) return weekday === "Fri" && year >= 1996 && year <= 2012;
  if (month === 11) return weekday === "Fri" && date >= 23 && date <= 29 && year >= 1992;
  // The years 1993 and 1994 had no half day before Christmas, and 1995 was a Sunday.
  if (month === 12 && date === 24) return weekday !== "Fri" && (year <= 1992 || year >= 1996);
  return false;
}

/** Closed all day, outside the rules. */
const oneOffClosures: ReadonlySet<string> = new Set([
  "1994-04-27", // funeral of President Nixon
  "2001-09-11", // attacks on the World Trade Center, until the 14th
  "2001-09-12",
  "2001-09-13",
  "2001-09-14",
  "2004-06-11", // mourning of President Reagan
  "2007-01-02", // mourning of President Ford
  "2012-10-29", // hurricane Sandy
  "2012-10-30",
  "2018-12-05", // mourning of President Bush
  "2025-01-09", // mourning of President Carter
]);

/** Hours outside the rules. */
const unusualHours: ReadonlyMap<string, { readonly open?: string; readonly close?: string }> = new Map([
  ["1990-12-27", { open: "11:00" }], // power failure
  ["1994-02-11", { close: "14:30" }], // snow
  ["1995-12-18", { open: "10:30" }], // computers
  ["1996-01-08", { open: "11:00", close: "14:00" }], // snow
  ["1997-10-27", { close: "15:30" }], // second halt of the day: 30 minutes before the close it ended it
  ["1997-12-26", { close: "13:00" }],
  ["1999-12-31", { close: "13:00" }],
  ["2002-09-11", { open: "12:00" }], // first anniversary
  ["2003-12-26", { close: "13:00" }],
  ["2005-06-01", { close: "15:56" }], // communications
]);
