import type { Forecast } from "../trading/forecast.ts";
import type { Instant } from "../trading/instant.ts";
import type { Plan } from "../trading/planner/plan.ts";
import { planRebalance } from "../trading/planner/plan-rebalance.ts";
import { all, ok, type Result, whenOk } from "../trading/result.ts";
import { tradedToday } from "../trading/risk/portfolio-checks.ts";
import { restrained, restraintOf, scaled } from "../trading/risk/restrain.ts";
import { earlyChecks, type RiskKnown } from "../trading/risk/review.ts";
import type { Desk } from "./desk.ts";
import type { Job } from "./job.ts";
import { sessionsSinceTrade, volumesOf } from "./plan-inputs.ts";
import type { Market } from "./read-market.ts";
import type { Reconciled } from "./reconcile.ts";
import type { Recovered } from "./recover.ts";
import { riskPolicyOf } from "./review-risk.ts";

/** What the run has learnt before it decides; one missing part and there is no plan. */
export interface Known {
  readonly recovered: Result<Recovered>;
  readonly cleared: Result<unknown>;
  readonly forecast: Result<Forecast>;
  readonly reconciled: Result<Reconciled>;
  readonly market: Result<Market>;
}

interface Needs extends Pick<Desk, "run" | "store" | "orderFiles" | "journal"> {
  readonly now: Instant;
  readonly risk: RiskKnown;
}

/**
 * The plan, made of everything known; no part of it may be missing. What checks forbid that need no plan is taken out
 * before it is written down: an order file names what is meant to be sent.
 */
export async function makePlan(job: Job, known: Known, desk: Needs): Promise<Result<Plan>> {
  const onRecord = await desk.store.orderRefsOf(desk.run.window);
  const restraint = restraintOf(earlyChecks(desk.risk, riskPolicyOf(job)), job.limits);
  const { account } = desk.run;
  const sessions = await sessionsSinceTrade(job, { store: desk.store, account, now: desk.now });
  const planned = await whenOk(all({ ...known }), async ({ recovered, forecast, reconciled, market }) =>
    planRebalance(
      {
        run: desk.run,
        now: desk.now,
        account: reconciled.account,
        frozen: reconciled.frozen,
        halted: market.haltedConIds,
        forecast: scaled(forecast, restraint.targetFactor),
        instruments: market.instruments,
        quotes: market.quotes,
        usedOrderRefs: new Set([...onRecord, ...recovered.orderRefs]),
        turnoverToday: tradedToday(desk.risk.record.today, reconciled.account),
        averageDailyVolumes: volumesOf(job, market.instruments),
        sessionsSinceTrade: sessions,
      },
      job.plan,
    ),
  );
  const plan = planned.ok ? ok(restrained(planned.value, restraint)) : planned;
  if (plan.ok) desk.journal.append({ kind: "planned", plan: plan.value });
  return plan;
}

/** The intent, on disk before anything is sent. */
export async function writeOrderFile(plan: Result<Plan>, desk: Needs): Promise<Result<string>> {
  const file = await whenOk(plan, (decided) => desk.orderFiles.write(desk.run, decided));
  if (file.ok) desk.journal.append({ kind: "order-file-written", file: file.value });
  return file;
}
