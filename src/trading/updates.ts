import type { Instant } from "./instant.ts";
import type { UpdateSlot } from "./notice.ts";
import { latestSession, type Session } from "./session.ts";

export interface UpdateDue {
  readonly key: string;
  readonly session: Session;
  readonly slot: UpdateSlot;
  readonly missed: readonly UpdateSlot[];
}

const slots = [
  { slot: "open", at: (session: Session) => session.openAt },
  { slot: "middle", at: (session: Session) => session.midAt },
  { slot: "close", at: (session: Session) => session.closeAt },
] as const;

/** Names one update of one session for ever: "2022-03-14 middle". */
export function updateKey(session: Session, slot: UpdateSlot): string {
  return `${session.on} ${slot}`;
}

/**
 * The update that the latest session owes at this instant: the last of its moments that has passed, unless that one was
 * handled. Moments before it that no run served are named in it instead of being mailed beside it. A session that began
 * before our first run owes nothing: there was nobody to report on.
 */
export function updateDue(
  sessions: readonly Session[],
  now: Instant,
  handled: ReadonlySet<string>,
  firstRunAt: Instant | undefined,
): UpdateDue | undefined {
  const session = latestSession(sessions, now);
  if (!session || (firstRunAt ?? now) >= session.closeAt) return undefined;
  const passed = slots.filter(({ at }) => at(session) <= now).map(({ slot }) => slot);
  const slot = passed.at(-1);
  if (!slot || handled.has(updateKey(session, slot))) return undefined;
  const missed = passed.slice(0, -1).filter((earlier) => !handled.has(updateKey(session, earlier)));
  return { key: updateKey(session, slot), session, slot, missed };
}

/** The session whose day is over and not yet on record. */
export function dayToCommit(
  sessions: readonly Session[],
  now: Instant,
  committed: ReadonlySet<string>,
  firstRunAt: Instant | undefined,
): Session | undefined {
  const session = latestSession(sessions, now);
  if (!session || now < session.closeAt || (firstRunAt ?? now) >= session.closeAt) return undefined;
  return committed.has(session.on) ? undefined : session;
}
