import type { Instant } from "./instant.ts";
import type { Session } from "./session.ts";

const hourMs = 3_600_000;

/**
 * Hours of trading in which there was no run: whole hours of the clock inside a session, behind the last run's hour and
 * before this one's. An hour that lies only partly in a session is not counted: the minute at which cron fires may be
 * outside.
 */
export function missedHours(
  sessions: readonly Session[],
  lastRunAt: Instant | undefined,
  now: Instant,
): number {
  if (lastRunAt === undefined) return 0;
  const from = hourOf(lastRunAt) + 1;
  const until = hourOf(now);
  let missed = 0;
  for (const { openAt, closeAt } of sessions) {
    const firstWhole = Math.max(Math.ceil(openAt / hourMs), from);
    const behindLast = Math.min(Math.floor(closeAt / hourMs), until);
    missed += Math.max(0, behindLast - firstWhole);
  }
  return missed;
}

function hourOf(at: Instant): number {
  return Math.floor(at / hourMs);
}
