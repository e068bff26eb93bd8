import type { World } from "../ports.ts";
import { type Instant, later } from "../trading/instant.ts";
import { missedHours } from "../trading/missed-runs.ts";
import { nyseZone } from "../trading/nyse-calendar.ts";
import { roleOf, type UnsettledOrder } from "../trading/order.ts";
import { dateIn, latestSession, nextSession, type Session, sessionOpenAt } from "../trading/session.ts";
import { dayToCommit, type UpdateDue, updateDue } from "../trading/updates.ts";
import { knownSessions } from "./known-sessions.ts";

/** Where a run stands in the trading day, and what the day still wants of it. */
export interface Day {
  readonly now: Instant;
  readonly isOpen: boolean;
  /** Open now, or the last one that began. */
  readonly session: Session | undefined;
  readonly next: Session | undefined;
  readonly update: UpdateDue | undefined;
  /** The session that is over and has no row in the history yet. */
  readonly toCommit: Session | undefined;
  /** Are there orders whose end is not on record, beside protective ones that rest as they are meant to? */
  readonly hasUnsettledOrders: boolean;
  /** Is it the last hour in which the broker tells of the session's executions? It forgets them at its midnight. */
  readonly isLastHour: boolean;
  /** When the last run was that is on record. */
  readonly lastRunAt: Instant | undefined;
  /** Hours of trading since then in which there was none. */
  readonly missedRuns: number;
}

/** Reads the day from what is known without connecting: hours told earlier, the calendar, and our own records. */
export async function readDay(
  now: Instant,
  account: string,
  { contracts, store, mailer }: World,
): Promise<Day> {
  const { firstRunAt, lastRunAt, committedDays } = await store.history();
  const sessions = await knownSessions(now, contracts, lastRunAt);
  // A mail folder that cannot be read stops no run: it connects as if the update were due, and tells when it mails.
  const handled = await mailer.handled().catch(() => new Set<string>());
  return {
    now,
    isOpen: sessionOpenAt(sessions, now) !== undefined,
    session: latestSession(sessions, now),
    next: nextSession(sessions, now),
    update: updateDue(sessions, now, handled, firstRunAt),
    toCommit: dayToCommit(sessions, now, committedDays, firstRunAt),
    hasUnsettledOrders: (await store.unsettledOrders(account)).some((order) => !isResting(order)),
    isLastHour: isLastHour(sessions, now),
    lastRunAt,
    missedRuns: missedHours(sessions, lastRunAt, now),
  };
}

/** A protective order outlives its session. */
export function isResting({ orderRef, life }: Pick<UnsettledOrder, "orderRef" | "life">): boolean {
  return roleOf(orderRef) === "protect" && (life === "working" || life === "acknowledged");
}

/**
 * Outside the session, with every mail sent, the day on record and every order ended, there is nothing to connect for; but
 * once before the broker's midnight for what was traded by hand in the evening.
 */
export function isOver(day: Day): boolean {
  const owesNothing = day.update === undefined && day.toCommit === undefined && !day.hasUnsettledOrders;
  return !day.isOpen && owesNothing && !day.isLastHour;
}

const hourMs = 3_600_000;

function isLastHour(sessions: readonly Session[], now: Instant): boolean {
  const today = dateIn(nyseZone, now);
  const isSession = sessions.some(({ on }) => on === today);
  return isSession && dateIn(nyseZone, later(now, hourMs)) !== today;
}
