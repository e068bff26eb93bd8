import { type Instant, later } from "../trading/instant.ts";
import type { Session } from "../trading/session.ts";
import type { VenueOrder } from "./venue.ts";

/** A slice of an order is let go so often. IB tells nobody how its own algorithms slice; a minute is our choice. */
const sliceMs = 60_000;

/** What an algorithm sees of a session: its hours, and how many shares others have traded in it before an instant. */
export interface SeenSession {
  readonly session: Session;
  readonly now: Instant;
  readonly volumeBefore: (at: Instant) => number;
}

/**
 * How many of its shares an order may have traded by now: all of them without a schedule, else one slice a minute over its
 * window within the session, the slices even (Twap) or as large as what others trade in them (Vwap). What the market did
 * not take in one slice is tried again in the next.
 */
export function scheduledShares(order: VenueOrder, seen: SeenSession): number {
  const { schedule, shares } = order;
  if (!schedule) return shares;
  const { session, now, volumeBefore } = seen;
  const startAt = latest(schedule.startAt ?? order.placedAt, order.placedAt, session.openAt);
  const endAt = Math.min(schedule.endAt ?? session.closeAt, session.closeAt) as Instant;
  if (now < startAt) return 0;
  const most =
    schedule.volumePartMax === undefined
      ? shares
      : Math.floor(schedule.volumePartMax * (volumeBefore(now) - volumeBefore(startAt)));
  if (now >= endAt) return Math.min(shares, most);
  const slices = Math.floor((now - startAt) / sliceMs) + 1;
  const until = Math.min(later(startAt, slices * sliceMs), endAt) as Instant;
  const progress = (at: Instant): number => (schedule.slices === "even" ? at : volumeBefore(at));
  const part = (progress(until) - progress(startAt)) / (progress(endAt) - progress(startAt));
  return Math.min(Math.round(shares * part), most);
}

/** Has its window ended, with nothing that lets it go on? */
export function isWindowOver({ schedule }: VenueOrder, now: Instant): boolean {
  return schedule?.endAt !== undefined && !schedule.tradesPastEnd && schedule.endAt <= now;
}

function latest(...instants: readonly Instant[]): Instant {
  return Math.max(...instants) as Instant;
}
