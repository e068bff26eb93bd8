import { type OrderReport, type PlannedOrder, roleOf, sentLimitOf } from "../order.ts";
import type { Trade } from "./plan.ts";

/**
 * What becomes of orders that earlier runs left working: all cancelled, changed to what is wanted now, or left at work
 * where they do no harm.
 */
export type OnOpenOrders = "cancel" | "modify" | "keep";

/** An order of ours that an earlier run left working. */
export interface LeftWorking {
  /** The last that the broker said of it. */
  readonly report: OrderReport;
  /** What was filled of it when the positions were read that the plan was made of. */
  readonly filledAtRead: number;
  /** As we meant it, from our own record; undefined when that does not know it. */
  readonly intent: PlannedOrder | undefined;
}

/** Why a working order is withdrawn. */
export type CancelReason =
  | "policy"
  | "not-wanted"
  | "other-side"
  | "too-large"
  | "one-is-enough"
  /** Another style or time in force: what works an order cannot be changed, only its size and limit. */
  | "worked-otherwise"
  /** The broker's copy of an algorithm's order cannot be sent back, and we have none of our own. */
  | "not-on-record";

/** `after`: references of orders that must have ended first, for certain; what they fill meanwhile asks for a new plan. */
export type OrderDecision =
  | { readonly kind: "new"; readonly order: PlannedOrder; readonly after: readonly string[] }
  | { readonly kind: "keep"; readonly report: OrderReport }
  /** The order as it shall be, under its own name: its shares are those that were filled and those that are wanted. */
  | {
      readonly kind: "replace";
      readonly report: OrderReport;
      readonly order: PlannedOrder;
      readonly after: readonly string[];
    }
  | { readonly kind: "cancel"; readonly report: OrderReport; readonly because: CancelReason }
  /** Nobody can say what it will do: nothing is sent for its contract in this run. */
  | { readonly kind: "wait"; readonly report: OrderReport };

export type OrderDecisions =
  | { readonly kind: "decided"; readonly decisions: readonly OrderDecision[] }
  /** Shares that the plan does not know of: it is made anew from the positions, never guessed on. */
  | { readonly kind: "plan-again"; readonly filled: readonly OrderReport[] };

/**
 * What to do with each working order and each wanted trade, so that both together never trade more than the plan wants.
 * The trades are what is wanted beyond the positions; what working orders may still fill is not yet in them. Protective
 * orders and orders of others are none of its business and come out nowhere. Does not depend on the order of the inputs.
 */
export function decideOrders(
  trades: readonly Trade[],
  left: readonly LeftWorking[],
  policy: OnOpenOrders,
): OrderDecisions {
  const ours = left.filter(({ report }) => roleOf(report.orderRef) === "rebalance").toSorted(largestFirst);
  const filled = ours.filter(({ report, filledAtRead }) => report.filledShares !== filledAtRead);
  if (filled.length > 0) return { kind: "plan-again", filled: filled.map(({ report }) => report) };

  const unended = ours.filter(({ report }) => report.state.life !== "done");
  const wanted = new Set(trades.map(({ conId }) => conId));
  const others = unended.filter(({ report }) => !wanted.has(report.conId));
  const decisions = [
    ...others.flatMap((each) => withdrawn([each], policy === "cancel" ? "policy" : "not-wanted")),
    ...trades.flatMap((trade) =>
      decideOne(
        trade.order,
        unended.filter(({ report }) => report.conId === trade.conId),
        policy,
      ),
    ),
  ];
  return { kind: "decided", decisions: decisions.toSorted(cancelsFirst) };
}

/** One wanted order and what works of its contract. */
function decideOne(
  order: PlannedOrder,
  working: readonly LeftWorking[],
  policy: OnOpenOrders,
): readonly OrderDecision[] {
  const uncertain = working.filter(isUncertain);
  if (uncertain.length > 0)
    return working.map((each) =>
      uncertain.includes(each)
        ? { kind: "wait", report: each.report }
        : { kind: "cancel", report: each.report, because: "policy" },
    );
  if (policy === "cancel") return [...withdrawn(working, "policy"), newAfter(order, working)];
  const otherSide = working.filter(({ report }) => report.side !== order.side);
  const sameSide = working.filter(({ report }) => report.side === order.side);
  const away = withdrawn(otherSide, "other-side");
  const [first, ...more] = sameSide;
  if (!first) return [...away, newAfter(order, working)];
  if (policy === "keep") return [...away, ...kept(order, sameSide, otherSide)];
  return [...away, ...withdrawn(more, "one-is-enough"), ...changed(order, first, [...otherSide, ...more])];
}

/**
 * Leaves at work what does not trade more than is wanted. Nothing is sent beside it: what it does not cover is the next
 * run's, when it has ended.
 */
function kept(
  order: PlannedOrder,
  sameSide: readonly LeftWorking[],
  otherSide: readonly LeftWorking[],
): readonly OrderDecision[] {
  let room = order.shares;
  const decisions = sameSide.map((each): OrderDecision => {
    const remaining = remainingOf(each);
    if (remaining > room) return { kind: "cancel", report: each.report, because: "too-large" };
    room -= remaining;
    return { kind: "keep", report: each.report };
  });
  const stays = decisions.some(({ kind }) => kind === "keep");
  return stays ? decisions : [...decisions, newAfter(order, [...otherSide, ...sameSide])];
}

/** Brings one working order to the size and the limit that are wanted now; what cannot be changed is replaced by a new one. */
function changed(
  order: PlannedOrder,
  working: LeftWorking,
  ending: readonly LeftWorking[],
): readonly OrderDecision[] {
  const { report, intent, filledAtRead } = working;
  const because = !intent ? "not-on-record" : isWorkedAlike(intent, order) ? undefined : "worked-otherwise";
  if (!intent || because)
    return [...withdrawn([working], because ?? "not-on-record"), newAfter(order, [working, ...ending])];
  const sentLimit = sentLimitOf(order);
  const isAtLimit = sentLimit === undefined || report.limitPrice === sentLimit;
  if (isAtLimit && remainingOf(working) === order.shares) return [{ kind: "keep", report }];
  const { limitPrice, approach = [], decisionPrice } = order;
  const shares = filledAtRead + order.shares;
  const replacement = { ...intent, shares, limitPrice, approach, decisionPrice };
  return [{ kind: "replace", report, order: replacement, after: refsOf(ending) }];
}

function isWorkedAlike(a: PlannedOrder, b: PlannedOrder): boolean {
  return (
    a.style.kind === b.style.kind &&
    a.timeInForce === b.timeInForce &&
    a.outsideRegularHours === b.outsideRegularHours
  );
}

/** Not acknowledged yet, on its way out, or not heard of: what it still trades cannot be said. */
function isUncertain({ report: { state } }: LeftWorking): boolean {
  return (
    state.life === "unknown" ||
    (state.life === "working" && (state.status === "pending-submit" || state.status === "pending-cancel"))
  );
}

function withdrawn(orders: readonly LeftWorking[], because: CancelReason): readonly OrderDecision[] {
  return orders.map((each) =>
    each.report.state.life === "unknown"
      ? { kind: "wait", report: each.report }
      : { kind: "cancel", report: each.report, because },
  );
}

function newAfter(order: PlannedOrder, ending: readonly LeftWorking[]): OrderDecision {
  return { kind: "new", order, after: refsOf(ending) };
}

function refsOf(orders: readonly LeftWorking[]): readonly string[] {
  return orders.map(({ report }) => report.orderRef);
}

function remainingOf({ report, filledAtRead }: LeftWorking): number {
  return report.orderedShares - filledAtRead;
}

function largestFirst(a: LeftWorking, b: LeftWorking): number {
  const bySize = remainingOf(b) - remainingOf(a);
  return bySize !== 0 ? bySize : a.report.orderRef < b.report.orderRef ? -1 : 1;
}

/** What ends comes before what begins; otherwise the plan's own order stays. */
function cancelsFirst(a: OrderDecision, b: OrderDecision): number {
  const rank = ({ kind }: OrderDecision) => (kind === "cancel" ? 0 : 1);
  return rank(a) - rank(b);
}
