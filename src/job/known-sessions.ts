import type { ContractCache } from "../ports.ts";
import { type Instant, later } from "../trading/instant.ts";
import { nyseSessions, nyseZone } from "../trading/nyse-calendar.ts";
import { dateIn, type Session } from "../trading/session.ts";

const dayMs = 86_400_000;

/**
 * The sessions round this instant, as far as they are known without asking anybody: the hours that the broker told of
 * our instruments where they cover the day, else the exchange calendar. A week back, so that the last session is among
 * them after any holiday; ten days ahead, so that the next one is.
 */
export async function knownSessions(now: Instant, contracts: ContractCache): Promise<readonly Session[]> {
  const calendar = nyseSessions(
    dateIn(nyseZone, later(now, -7 * dayMs)),
    dateIn(nyseZone, later(now, 10 * dayMs)),
  );
  const instruments = await contracts.load();
  const told = new Map<string, Session>();
  for (const instrument of instruments)
    for (const session of instrument.sessions) told.set(session.on, session);
  const through = instruments.map((instrument) => instrument.hoursKnownThrough).reduce(laterDate, "");
  const from = [...told.keys()].reduce(earlierDate, "9999-12-31");
  const covered = (on: string) => from <= on && on <= through;
  return [...calendar.filter((session) => !covered(session.on)), ...told.values()].toSorted(
    (a, b) => a.openAt - b.openAt,
  );
}

function laterDate(a: string, b: string): string {
  return a > b ? a : b;
}

function earlierDate(a: string, b: string): string {
  return a < b ? a : b;
}
