import type { Store } from "../ports.ts";
import type { Account } from "../trading/account.ts";
import type { Instant } from "../trading/instant.ts";
import type { Instrument } from "../trading/instrument.ts";
import { absolute, add, convert, type Money, zero } from "../trading/money.ts";
import { nyseTradingDatesEnding, nyseZone } from "../trading/nyse-calendar.ts";
import type { RiskRecord } from "../trading/risk/risk-record.ts";
import { dateIn, wallClock } from "../trading/session.ts";
import type { Job } from "./job.ts";

/** What was bought and sold in this session until now, a person's trades too; undefined when a rate is missing. */
export function turnoverToday({ today }: Pick<RiskRecord, "today">, account: Account): Money | undefined {
  const { baseCurrency, exchangeRates } = account;
  let sum: Money = zero(baseCurrency);
  for (const amount of [...today.executions.bought, ...today.executions.sold]) {
    const rate = amount.currency === baseCurrency ? 1 : exchangeRates.get(amount.currency);
    if (rate === undefined) return undefined;
    sum = add(sum, absolute(convert(amount, rate, baseCurrency)));
  }
  return sum;
}

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
