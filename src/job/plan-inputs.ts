import type { Store } from "../ports.ts";
import type { Instant } from "../trading/instant.ts";
import type { Instrument } from "../trading/instrument.ts";
import { nyseTradingDatesEnding, nyseZone } from "../trading/nyse-calendar.ts";
import { dateIn, wallClock } from "../trading/session.ts";
import type { Job } from "./job.ts";

/** What the owner has told of volumes, by contract. */
export function volumesOf(job: Job, instruments: readonly Instrument[]): ReadonlyMap<number, number> {
  return new Map(
    instruments.flatMap(({ conId, symbol }) => {
      const shares = job.averageDailyVolumes.get(symbol);
      return shares === undefined ? [] : [[conId, shares] as const];
    }),
  );
}

/**
 * How many sessions have begun since each contract was last traded, as far back as a cooldown reaches: 0 is today's.
 * Asks nothing, and answers nothing, where there is no cooldown.
 */
export async function sessionsSinceTrade(
  { plan: { cooldownSessions } }: Job,
  { store, account, now }: { readonly store: Store; readonly account: string; readonly now: Instant },
): Promise<ReadonlyMap<number, number> | undefined> {
  if (cooldownSessions === 0) return undefined;
  const dates = nyseTradingDatesEnding(dateIn(nyseZone, now), cooldownSessions);
  const [first] = dates;
  if (first === undefined) return new Map();
  const traded = await store.lastTrades(account, wallClock(first, "00:00", nyseZone));
  return new Map(
    [...traded].map(([conId, at]) => {
      const tradedOn = dateIn(nyseZone, at);
      return [conId, dates.filter((date) => date > tradedOn).length];
    }),
  );
}
