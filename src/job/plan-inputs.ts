import type { Store } from "../ports.ts";
import type { Instant } from "../trading/instant.ts";
import type { Instrument } from "../trading/instrument.ts";
import { nyseTradingDatesEnding, nyseZone } from "../trading/nyse-calendar.ts";
import type { OrderReport } from "../trading/order.ts";
import type { AfterStop } from "../trading/planner/plan-inputs.ts";
import { modeOf } from "../trading/planner/plan-policy.ts";
import { protectionRuleFor } from "../trading/protection/protection-policy.ts";
import { dateIn, wallClock } from "../trading/session.ts";
import type { Side } from "../trading/side.ts";
import type { Job } from "./job.ts";
import { isProtective } from "./protective-orders.ts";

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
  return await sessionsSince(cooldownSessions, now, (since) => store.lastTrades(account, since));
}

interface StopsOnRecord {
  readonly store: Store;
  readonly account: string;
  readonly now: Instant;
}

/**
 * Contracts of which nothing more is taken on, because a protective order is being filled, or has filled so few sessions ago: the
 * desk was taken out by its own rule, and the forecast that still wants them may be the reason.
 */
export async function restingAfterStop(
  job: Pick<Job, "protection" | "plan">,
  instruments: readonly Instrument[],
  onRecord: StopsOnRecord,
): Promise<ReadonlyMap<number, AfterStop>> {
  const unsettled = await onRecord.store.unsettledOrders(onRecord.account);
  const filling = unsettled.filter((order) => isProtective(order) && order.filledShares > 0);
  return new Map<number, AfterStop>([
    ...(await restingFor(job, instruments, onRecord)),
    ...filling.map(({ conId }) => [conId, "filling"] as const),
  ]);
}

async function restingFor(
  { protection, plan }: Pick<Job, "protection" | "plan">,
  instruments: readonly Instrument[],
  { store, account, now }: StopsOnRecord,
): Promise<ReadonlyMap<number, AfterStop>> {
  const longest = Math.max(0, ...protection.map(({ restSessions }) => restSessions));
  if (longest === 0) return new Map();
  const filled = await sessionsSince(longest, now, (since) => store.lastProtectionFills(account, since));
  return new Map(
    instruments.flatMap(({ conId, symbol }) => {
      const sessions = filled.get(conId);
      const mayTrade = modeOf(plan, symbol) !== "do-not-trade";
      const restSessions = protectionRuleFor(symbol, protection, mayTrade)?.restSessions ?? 0;
      return sessions === undefined || sessions >= restSessions ? [] : [[conId, { sessions, restSessions }]];
    }),
  );
}

/** Sessions that have begun since each contract was last heard of, as far back as so many sessions reach. */
async function sessionsSince(
  sessions: number,
  now: Instant,
  lastOf: (since: Instant) => Promise<ReadonlyMap<number, Instant>>,
): Promise<ReadonlyMap<number, number>> {
  const dates = nyseTradingDatesEnding(dateIn(nyseZone, now), sessions);
  const [first] = dates;
  if (first === undefined) return new Map();
  const last = await lastOf(wallClock(first, "00:00", nyseZone));
  return new Map(
    [...last].map(([conId, at]) => {
      const on = dateIn(nyseZone, at);
      return [conId, dates.filter((date) => date > on).length];
    }),
  );
}

/** How many orders work on each side of each contract. */
export function countedBySide(
  orders: readonly OrderReport[],
): ReadonlyMap<number, Readonly<Record<Side, number>>> {
  const counted = new Map<number, Record<Side, number>>();
  for (const { conId, side, state } of orders) {
    if (state.life === "done") continue;
    const count = counted.get(conId) ?? { buy: 0, sell: 0 };
    count[side] += 1;
    counted.set(conId, count);
  }
  return counted;
}
