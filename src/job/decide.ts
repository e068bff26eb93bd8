import type { Forecast } from "../trading/forecast.ts";
import { zero } from "../trading/money.ts";
import { withPreviews } from "../trading/planner/margin-users.ts";
import type { Plan } from "../trading/planner/plan.ts";
import type { PlanInputs } from "../trading/planner/plan-inputs.ts";
import type { PlanPolicy } from "../trading/planner/plan-policy.ts";
import { planRebalance } from "../trading/planner/plan-rebalance.ts";
import { all, ok, type Result, whenOk } from "../trading/result.ts";
import { tradedToday } from "../trading/risk/portfolio-checks.ts";
import { restrained, restraintOf, scaled } from "../trading/risk/restrain.ts";
import { earlyChecks, type RiskKnown } from "../trading/risk/review.ts";
import { askPreviews } from "./ask-previews.ts";
import type { Cleared } from "./clear-open-orders.ts";
import type { Desk } from "./desk.ts";
import type { Job } from "./job.ts";
import { countedBySide, restingAfterStop, volumesOf } from "./plan-inputs.ts";
import type { Market } from "./read-market.ts";
import type { Reconciled } from "./reconcile.ts";
import type { Recovered } from "./recover.ts";
import { riskPolicyOf } from "./review-risk.ts";
import type { Beside } from "./waves.ts";

/** What the run has learnt before it decides; one missing part and there is no plan. */
export interface Known {
  readonly recovered: Result<Recovered>;
  readonly beside: Result<Beside>;
  readonly cleared: Result<Pick<Cleared, "staying">>;
  readonly forecast: Result<Forecast>;
  readonly reconciled: Result<Reconciled>;
  readonly market: Result<Market>;
  /** Sessions since contracts were last traded, as it was before the run's first order: its own trades need no rest. */
  readonly rested: ReadonlyMap<number, number> | undefined;
}

interface Needs extends Pick<Desk, "run" | "broker" | "findings" | "store" | "orderFiles" | "journal"> {
  readonly risk: RiskKnown;
}

/**
 * The plan, made of everything known; no part of it may be missing. Where increases must leave some excess liquidity, the
 * broker is asked what the largest of them would do, and the plan is made again with its answers.
 */
export async function makePlan(job: Job, known: Known, desk: Needs): Promise<Result<Plan>> {
  const maker = await planMakerOf(job, known, desk);
  const plan = await whenOk(maker, (make) => fitToPreviews(make, job, desk));
  const made = maker.ok ? plan : maker;
  if (made.ok) desk.journal.append({ kind: "planned", plan: made.value });
  return made;
}

/** Makes a plan of what is known, by a policy and with what the broker has said of single orders. */
type PlanMaker = (policy: PlanPolicy, previews: PlanInputs["previews"]) => Result<Plan>;

/**
 * What checks forbid that need no plan is taken out before anything is written down or asked about: an order file names what
 * is meant to be sent.
 */
async function planMakerOf(job: Job, known: Known, desk: Needs): Promise<Result<PlanMaker>> {
  const onRecord = await desk.store.orderRefsOf(desk.run.window);
  const restraint = restraintOf(earlyChecks(desk.risk, riskPolicyOf(job)), job.limits, desk.risk.forecast);
  const { account } = desk.run;
  const { rested, ...needed } = known;
  return await whenOk(all(needed), async ({ recovered, cleared, beside, forecast, reconciled, market }) => {
    const inputs = {
      run: desk.run,
      now: desk.risk.now,
      account: reconciled.account,
      frozen: reconciled.frozen,
      halted: market.haltedConIds,
      forecast: scaled(forecast, restraint.targetFactor),
      instruments: market.instruments,
      quotes: market.quotes,
      usedOrderRefs: new Set([...onRecord, ...recovered.orderRefs]),
      atWork: beside.atWork,
      tried: beside.tried,
      orderedBefore: desk.risk.orderedBefore?.value ?? zero(reconciled.account.baseCurrency),
      turnoverToday: tradedToday(desk.risk.record.today, reconciled.account),
      averageDailyVolumes: volumesOf(job, market.instruments),
      sessionsSinceTrade: rested,
      resting: await restingAfterStop(job, market.instruments, {
        store: desk.store,
        account,
        now: desk.risk.now,
      }),
      ordersOfOthers: countedBySide(cleared.staying),
    };
    return ok((policy, previews) => {
      const planned = planRebalance({ ...inputs, previews }, policy);
      return planned.ok ? ok(restrained(planned.value, restraint)) : planned;
    });
  });
}

/**
 * The broker is asked about the plan as it is before it is cut to the excess liquidity: what is left of it afterwards is never
 * more than what it has judged. Where previews are only to be shown, the plan stays what it is without them.
 */
async function fitToPreviews(
  make: PlanMaker,
  { plan: policy, whatIf }: Job,
  desk: Needs,
): Promise<Result<Plan>> {
  const { purpose, max } = whatIf;
  if (purpose === "none" || max === 0) return make(policy, new Map());
  const uncut = { ...policy, excessLiquidityMin: undefined, cushionMin: undefined };
  const first = make(purpose === "fit" ? uncut : policy, new Map());
  if (!first.ok) return first;
  const asked = await askPreviews(first.value, whatIf, desk);
  if (!asked.ok) return asked;
  const { answers, findings } = asked.value;
  desk.findings.add(...findings);
  return purpose === "fit" ? make(policy, answers) : ok(withPreviews(first.value, answers));
}

/** The intent, on disk before anything is sent, behind those of the waves before. */
export async function writeOrderFile(
  plan: Result<Plan>,
  earlier: readonly Plan[],
  desk: Needs,
): Promise<Result<string>> {
  const file = await whenOk(plan, (decided) => desk.orderFiles.write(desk.run, [...earlier, decided]));
  if (file.ok) desk.journal.append({ kind: "order-file-written", file: file.value });
  return file;
}
