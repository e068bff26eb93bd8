import type { Journal } from "../ports.ts";
import type { Finding } from "../trading/finding.ts";
import type { Plan } from "../trading/planner/plan.ts";
import { notAsked, type Result, valueOf } from "../trading/result.ts";
import { ClearedOrders } from "../trading/risk/gate.ts";
import {
  allChecks,
  findingsIn,
  type Review,
  type RiskKnown,
  type RiskPolicy,
  reviewOf,
} from "../trading/risk/review.ts";
import type { Job } from "./job.ts";

export interface Gate {
  /** Every check with its numbers, of a held run too, as far as it has learnt them. */
  readonly review: Review;
  /** What a person must hear of. */
  readonly findings: readonly Finding[];
  readonly cleared: Result<ClearedOrders>;
}

/** The error flag: orders come out only when nothing before is held and no check forbids them. */
export function passGate(
  job: Job,
  plan: Result<Plan>,
  orderFile: Result<string>,
  { risk, journal }: { readonly risk: RiskKnown; readonly journal: Journal },
): Gate {
  const decided = valueOf(plan);
  const judged = decided
    ? ClearedOrders.clear(decided, risk, riskPolicyOf(job))
    : { review: reviewOf(allChecks(undefined, risk, riskPolicyOf(job)), risk), cleared: notAsked };
  const { review } = judged;
  journal.append({ kind: "reviewed", review, cleared: judged.cleared.ok });
  const cleared = judged.cleared.ok && !orderFile.ok ? notAsked : judged.cleared;
  return { review, findings: findingsIn(review, risk), cleared };
}

/** The same gate for orders that work and are to be changed: what is cleared is what may be sent. */
export function clearChange(job: Job, plan: Plan, risk: RiskKnown): Result<ClearedOrders> {
  return ClearedOrders.clear(plan, risk, riskPolicyOf(job)).cleared;
}

/** What the job's risk is judged by. */
export function riskPolicyOf({ limits, maxNavMove, quotes, strategies }: Job): RiskPolicy {
  return { limits, maxNavMove, quoteMaxAgeSeconds: quotes.quoteMaxAgeSeconds, strategies };
}
