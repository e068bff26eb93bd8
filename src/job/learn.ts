import { all, ok, valueOf, whenOk } from "../trading/result.ts";
import type { RiskKnown } from "../trading/risk/review.ts";
import type { Known } from "./decide.ts";
import type { Desk } from "./desk.ts";
import type { Job } from "./job.ts";
import { lookAtStrategies } from "./look-at-strategies.ts";
import { readDropped } from "./read-dropped.ts";
import { readMarket } from "./read-market.ts";
import { takeStock } from "./take-stock.ts";
import { executionsHeard, orderedIn, ordersBeside, type Settled, type Wave } from "./waves.ts";

/** What a wave is decided from. */
export interface Learnt {
  /** By the planner; one missing part and there is no plan. */
  readonly known: Known;
  /** By the gate, as far as it was told. */
  readonly risk: RiskKnown;
  /** Executions that had been heard before the account was asked for. */
  readonly executionsBefore: ReadonlySet<string>;
}

/**
 * What works beside the wave, what the account holds, what the market says, and what is left of the forecast once strategies that
 * have lost too much are taken out of it. Every finding is noted.
 */
export async function learn(
  job: Job,
  { recovered, cleared, forecast, rested }: Settled,
  before: Wave["before"],
  desk: Desk,
): Promise<Learnt> {
  const { broker, books, session, findings } = desk;
  const { note } = findings;
  const executionsBefore = executionsHeard(broker);
  const beside = note(await whenOk(cleared, ({ left }) => ordersBeside(left, before?.wave, desk)));
  const { record, reconciled, account } = await takeStock(beside, desk);
  const market = note(await whenOk(all({ forecast, reconciled }), (known) => readMarket(job, known, desk)));
  const dropped = await whenOk(all({ market, reconciled }), async (known) =>
    ok(await readDropped(job, { market: known.market, account: known.reconciled.account, record }, desk)),
  );

  const now = broker.marketTime();
  const seen = { forecast, market, dropped, reconciled };
  const strategies = await lookAtStrategies(job, seen, { record, now, books, findings: findings.all() });
  findings.add(...strategies.findings);
  return {
    known: { recovered, cleared, beside, forecast: strategies.forecast, reconciled, market, rested },
    risk: {
      now,
      session,
      record,
      account,
      forecast: valueOf(strategies.forecast),
      market: valueOf(market),
      strategies: strategies.measured,
      orderedBefore: before && orderedIn(before.wave),
      findings: findings.all(),
    },
    executionsBefore,
  };
}
