import type { Venue } from "../../simulation/venue.ts";
import { type Instant, later } from "../../trading/instant.ts";
import { dateIn } from "../../trading/session.ts";
import { compactDate, daysAfter, sessionTime } from "./wall-time.ts";

/** Calendar days that contract details tell the hours of, today among them. */
const hoursDays = 6;
const millisecondsPerHour = 3_600_000;

/** The hours of all stocks, as contract details write them. */
export interface HoursText {
  readonly trading: string;
  readonly liquid: string;
}

const told = new WeakMap<Venue, { readonly at: Instant; readonly hours: HoursText }>();

/** The hours at the venue's present. Kept until time moves: a client asks for thousands of contracts at once. */
export function hoursText(venue: Venue): HoursText {
  const at = venue.now();
  const known = told.get(venue);
  if (known?.at === at) return known.hours;
  const hours = hoursNow(venue);
  told.set(venue, { at, hours });
  return hours;
}

/** Six days of hours from today on, closed ones named. Trading begins at four and goes on for four hours after the close. */
function hoursNow(venue: Venue): HoursText {
  const today = dateIn(venue.zone, venue.now());
  const sessions = new Map(venue.sessions(hoursDays).map((session) => [session.on, session]));
  const trading: string[] = [];
  const liquid: string[] = [];
  for (let day = 0; day < hoursDays; day += 1) {
    const on = daysAfter(today, day);
    const compact = on.replaceAll("-", "");
    const session = sessions.get(on);
    if (!session) {
      trading.push(`${compact}:CLOSED`);
      liquid.push(`${compact}:CLOSED`);
      continue;
    }
    const lateEnd = sessionTime(later(session.closeAt, 4 * millisecondsPerHour), venue.zone);
    trading.push(`${compact}:0400-${lateEnd}`);
    liquid.push(`${sessionTime(session.openAt, venue.zone)}-${sessionTime(session.closeAt, venue.zone)}`);
  }
  return { trading: trading.join(";"), liquid: liquid.join(";") };
}

/** Six days of the hours of currencies: from a quarter past five to five of the next day, nothing from Friday to Sunday. */
export function roundTheClock(venue: Venue): string {
  const today = dateIn(venue.zone, venue.now());
  const days: string[] = [];
  for (let day = 0; day < hoursDays; day += 1) {
    const on = daysAfter(today, day);
    const weekday = new Date(`${on}T12:00:00Z`).getUTCDay();
    days.push(
      weekday === 0 || weekday === 6
        ? `${compactDate(on)}:CLOSED`
        : `${compactDate(daysAfter(on, -1))}:1715-${compactDate(on)}:1700`,
    );
  }
  return days.join(";");
}
