import type { PlannedOrder } from "../order.ts";
import type { Plan } from "../planner/plan.ts";
import { held, ok, type Result } from "../result.ts";
import { type Limits, type Review, review } from "./review.ts";

/**
 * Orders that passed the gate. Only `clear` can make one, and `Broker.place` accepts nothing else: the error flag is not
 * a variable that somebody must remember to set.
 */
export class ClearedOrders {
  readonly #orders: readonly PlannedOrder[];

  private constructor(orders: readonly PlannedOrder[]) {
    this.#orders = orders;
  }

  get orders(): readonly PlannedOrder[] {
    return this.#orders;
  }

  /** The only door: a plan whose every check passes. Answers with all reasons otherwise. */
  static clear(plan: Plan, limits: Limits): { review: Review; cleared: Result<ClearedOrders> } {
    const judged = review(plan, limits);
    const findings = judged.checks.flatMap((check) => (check.finding ? [check.finding] : []));
    const cleared =
      findings.length === 0
        ? ok(new ClearedOrders(plan.trades.map((trade) => trade.order)))
        : held(...findings);
    return { review: judged, cleared };
  }
}
