import type { PlannedOrder } from "../order.ts";
import type { Plan } from "../planner/plan.ts";
import { held, ok, type Result } from "../result.ts";
import { kindOf } from "./check.ts";
import { forbidden, restraintOf } from "./restrain.ts";
import { allChecks, findingsIn, type Review, type RiskKnown, type RiskPolicy, reviewOf } from "./review.ts";

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

  /** Those that are wanted: what is cleared together is cleared alone. */
  only(isWanted: (order: PlannedOrder) => boolean): ClearedOrders {
    return new ClearedOrders(this.#orders.filter(isWanted));
  }

  /**
   * The only door: a plan of which no failed check forbids a part. What holds the whole run, an increase where only
   * reductions may be sent, and an instrument that must be left alone do not pass, whoever made the plan.
   */
  static clear(
    plan: Plan,
    known: RiskKnown,
    policy: RiskPolicy,
  ): { review: Review; cleared: Result<ClearedOrders> } {
    const checks = allChecks(plan, known, policy);
    const failed = checks.filter(({ verdict }) => verdict === "fail");
    const restraint = restraintOf(failed, policy.limits, known.forecast);
    const isHeld =
      failed.some(({ name }) => kindOf(name).effect === "hold") ||
      plan.trades.some((trade) => forbidden(trade, restraint) !== undefined);
    const judged = reviewOf(checks, known);
    const cleared = isHeld
      ? held(...findingsIn(judged, known))
      : ok(new ClearedOrders(plan.trades.map((trade) => trade.order)));
    return { review: judged, cleared };
  }
}
