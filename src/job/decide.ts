import type { Journal, OrderFiles, Store } from "../ports.ts";
import type { Forecast } from "../trading/forecast.ts";
import type { Instant } from "../trading/instant.ts";
import type { Plan } from "../trading/planner/plan.ts";
import { planRebalance } from "../trading/planner/plan-rebalance.ts";
import { all, notAsked, type Result, whenOk } from "../trading/result.ts";
import { ClearedOrders } from "../trading/risk/gate.ts";
import type { Review } from "../trading/risk/review.ts";
import type { Run } from "../trading/run.ts";
import type { Job } from "./job.ts";
import type { Market } from "./read-market.ts";
import type { Reconciled } from "./reconcile.ts";
import type { Recovered } from "./recover.ts";

/** What the run has learnt before it decides; one missing part and there is no plan. */
export interface Known {
  readonly recovered: Result<Recovered>;
  readonly cleared: Result<unknown>;
  readonly forecast: Result<Forecast>;
  readonly reconciled: Result<Reconciled>;
  readonly market: Result<Market>;
}

interface Desk {
  readonly run: Run;
  readonly now: Instant;
  readonly store: Store;
  readonly orderFiles: OrderFiles;
  readonly journal: Journal;
}

/** The plan, made of everything known; no part of it may be missing. */
export async function makePlan(job: Job, known: Known, desk: Desk): Promise<Result<Plan>> {
  const onRecord = await desk.store.orderRefsOf(desk.run.window);
  const plan = await whenOk(all({ ...known }), async ({ recovered, forecast, reconciled, market }) =>
    planRebalance(
      {
        run: desk.run,
        now: desk.now,
        account: reconciled.account,
        frozen: reconciled.frozen,
        forecast,
        instruments: market.instruments,
        quotes: market.quotes,
        usedOrderRefs: new Set([...onRecord, ...recovered.orderRefs]),
      },
      job.plan,
    ),
  );
  if (plan.ok) desk.journal.append({ kind: "planned", plan: plan.value });
  return plan;
}

/** The intent, on disk before anything is sent. */
export async function writeOrderFile(plan: Result<Plan>, desk: Desk): Promise<Result<string>> {
  const file = await whenOk(plan, (decided) => desk.orderFiles.write(desk.run, decided));
  if (file.ok) desk.journal.append({ kind: "order-file-written", file: file.value });
  return file;
}

export interface Gate {
  /** Every check with its numbers; undefined when there was no plan to check. */
  readonly review: Review | undefined;
  readonly cleared: Result<ClearedOrders>;
}

/** The error flag: orders come out only when nothing before is held and every limit is kept. */
export function passGate(job: Job, plan: Result<Plan>, orderFile: Result<string>, journal: Journal): Gate {
  if (!plan.ok) return { review: undefined, cleared: notAsked };
  const judged = ClearedOrders.clear(plan.value, job.limits);
  journal.append({ kind: "reviewed", review: judged.review, cleared: judged.cleared.ok });
  const cleared = judged.cleared.ok && !orderFile.ok ? notAsked : judged.cleared;
  return { review: judged.review, cleared };
}
