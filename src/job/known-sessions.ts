import type { ContractCache } from "../ports.ts";
import { type Instant, instantFromMs, later } from "../trading/instant.ts";
import type { Instrument } from "../trading/instrument.ts";
import { nyseSessions, nyseZone } from "../trading/nyse-calendar.ts";
import { dateIn, type Session } from "../trading/session.ts";

const dayMs = 86_400_000;

/**
 * The sessions round this instant, as far as they are known without asking anybody: the hours that the broker told of
 * our instruments where they cover the day, else the exchange calendar. A week back, so that the last session is among
 * them after any holiday, or back to `since` where that is longer ago; ten days ahead, so that the next one is.
 * Instruments of two exchanges make one day, from the first open to the last close: which of them trades at an instant
 * is for its own hours to say.
 */
export async function knownSessions(
  now: Instant,
  contracts: ContractCache,
  since: Instant = now,
): Promise<readonly Session[]> {
  const aWeekBack = later(now, -7 * dayMs);
  const calendar = nyseSessions(
    dateIn(nyseZone, since < aWeekBack ? since : aWeekBack),
    dateIn(nyseZone, later(now, 10 * dayMs)),
  );
  const instruments = await contracts.load();
  const told = new Map<string, Session>();
  for (const { sessions } of instruments)
    for (const session of sessions) told.set(session.on, joined(told.get(session.on) ?? session, session));
  const untold = calendar.filter(({ on }) => !instruments.some((instrument) => covers(instrument, on)));
  return [...untold, ...told.values()].toSorted((a, b) => a.openAt - b.openAt);
}

/** What is said of the days before its first session is not kept: they are not covered. */
function covers({ sessions: [first], hoursKnownThrough }: Instrument, on: string): boolean {
  return first !== undefined && first.on <= on && on <= hoursKnownThrough;
}

function joined(a: Session, b: Session): Session {
  const openAt = Math.min(a.openAt, b.openAt);
  const closeAt = Math.max(a.closeAt, b.closeAt);
  return {
    on: a.on,
    openAt: instantFromMs(openAt),
    midAt: instantFromMs((openAt + closeAt) / 2),
    closeAt: instantFromMs(closeAt),
  };
}
