import type { Position } from "../account.ts";
import type { Finding } from "../finding.ts";
import type { OrderReport, PlannedOrder } from "../order.ts";
import type { Plan } from "../planner/plan.ts";
import { remainingOf } from "../protection/protection-plan.ts";
import { closingSide } from "../protection/stop-price.ts";
import { held, ok, okUnless, type Result } from "../result.ts";
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

  /**
   * The door of protective orders, which no limit concerns, because they only take risk away: each lies on the closing side of
   * a position, and all that works there together closes no more than is held, whoever made the orders. Of a position that is
   * not explained none becomes larger.
   */
  static protect(orders: readonly PlannedOrder[], known: ProtectionKnown): Result<ClearedOrders> {
    const findings = orders.flatMap((order) =>
      isWithinPosition(order, orders, known) ? [] : [tooMuch(order)],
    );
    return okUnless(findings, () => new ClearedOrders(orders));
  }
}

/** What protective orders are judged by. */
export interface ProtectionKnown {
  readonly positions: readonly Position[];
  readonly frozen: ReadonlySet<number>;
  /** Everything that works in the account. */
  readonly working: readonly OrderReport[];
}

function isWithinPosition(
  order: PlannedOrder,
  orders: readonly PlannedOrder[],
  { positions, frozen, working }: ProtectionKnown,
): boolean {
  const { conId } = order.instrument;
  const position = positions.find((each) => each.conId === conId);
  const isProtective = order.role === "protect" && order.timeInForce === "GTC";
  if (!isProtective || !position || order.side !== closingSide(position)) return false;
  const before = working.find(({ orderRef }) => orderRef === order.orderRef);
  if (frozen.has(conId) && order.shares >= (before?.orderedShares ?? 0)) return false;
  const isThere = (each: OrderReport) => each.conId === conId && each.side === order.side;
  const wanted = orders.filter(({ instrument }) => instrument.conId === conId);
  const changed = new Set(wanted.map(({ orderRef }) => orderRef));
  const others = working.filter((each) => isThere(each) && !changed.has(each.orderRef));
  const filledOf = (orderRef: string) =>
    working.find((each) => each.orderRef === orderRef)?.filledShares ?? 0;
  const shares =
    others.reduce((sum, each) => sum + remainingOf(each), 0) +
    wanted.reduce((sum, each) => sum + each.shares - filledOf(each.orderRef), 0);
  return shares <= Math.abs(position.shares);
}

function tooMuch({ orderRef, side, shares, instrument: { symbol } }: PlannedOrder): Finding {
  return { kind: "protection-too-large", orderRef, symbol, side, shares };
}
