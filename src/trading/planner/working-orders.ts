import { type OrderReport, type PlannedOrder, roleOf, sentLimitOf } from "../order.ts";
import type { AtWork } from "./at-work.ts";
import { byText } from "./largest-first.ts";
import type { Plan, Trade } from "./plan.ts";

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

/** Orders of earlier runs of which a plan must know: those that it may keep, and those that nobody can change now. */
export function leftToPlan(left: readonly OrderReport[], policy: OnOpenOrders): readonly AtWork[] {
  return left
    .filter(({ orderRef }) => roleOf(orderRef) === "rebalance")
    .map((report): AtWork => {
      const uncertain = isUncertain({ report });
      return { report, sentBy: "earlier-run", isUncertain: uncertain, isWithdrawable: !uncertain };
    })
    .filter((each) => policy === "keep" || each.isUncertain);
}

/** What the plan wants beyond the positions, and the working orders that it leaves as they are. */
export interface Wanted {
  readonly trades: readonly Trade[];
  /** References. Nothing is wanted beside them in their instruments. */
  readonly atWork: ReadonlySet<string>;
}

/** What a plan wants of the orders that work. */
export function wantedIn({ trades, untouched }: Plan): Wanted {
  const refs = untouched.flatMap(({ reason }) => (reason.kind === "order-at-work" ? reason.orderRefs : []));
  return { trades, atWork: new Set(refs) };
}

/**
 * What to do with each working order and each wanted trade, so that both together never trade more than the plan wants.
 * What working orders may still fill is not in the trades. Protective orders and orders of others are none of its
 * business and come out nowhere. Does not depend on the order of the inputs.
 */
export function decideOrders(
  { trades, atWork }: Wanted,
  left: readonly LeftWorking[],
  policy: OnOpenOrders,
): OrderDecisions {
  const ours = left.filter(({ report }) => roleOf(report.orderRef) === "rebalance").toSorted(largestFirst);
  const filled = ours.filter(({ report, filledAtRead }) => report.filledShares !== filledAtRead);
  if (filled.length > 0) return { kind: "plan-again", filled: filled.map(({ report }) => report) };

  const unended = ours.filter(({ report }) => report.state.life !== "done");
  const [staying, others] = parted(unended, ({ report }) => atWork.has(report.orderRef));
  const wanted = new Set(trades.map(({ conId }) => conId));
  const [unwanted, inTrades] = parted(others, ({ report }) => !wanted.has(report.conId));
  const decisions = [
    ...staying.map(stays),
    ...unwanted.flatMap((each) => withdrawn([each], whyUnwanted(each, staying, policy))),
    ...trades.flatMap((trade) =>
      decideOne(
        trade.order,
        inTrades.filter(({ report }) => report.conId === trade.conId),
        policy,
      ),
    ),
  ];
  return { kind: "decided", decisions: decisions.toSorted(cancelsFirst) };
}

function stays(each: LeftWorking): OrderDecision {
  return { kind: isUncertain(each) ? "wait" : "keep", report: each.report };
}

function whyUnwanted(
  { report }: LeftWorking,
  staying: readonly LeftWorking[],
  policy: OnOpenOrders,
): CancelReason {
  const beside = staying.filter((other) => other.report.conId === report.conId);
  if (policy === "cancel" || beside.some(isUncertain)) return "policy";
  if (beside.length === 0) return "not-wanted";
  return beside.some((other) => other.report.side === report.side) ? "too-large" : "other-side";
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
  // What the plan keeps has no trade in it: these are too much, or there is no room for them.
  if (policy === "keep") return [...away, ...withdrawn(sameSide, "too-large"), newAfter(order, working)];
  return [...away, ...withdrawn(more, "one-is-enough"), ...changed(order, first, [...otherSide, ...more])];
}

/** Brings one working order to the size and the limit that are wanted now; what cannot be changed is replaced by a new one. */
function changed(
  order: PlannedOrder,
  working: LeftWorking,
  ending: readonly LeftWorking[],
): readonly OrderDecision[] {
  const { report, intent, filledAtRead } = working;
  const replaced = (because: CancelReason) => [
    ...withdrawn([working], because),
    newAfter(order, [working, ...ending]),
  ];
  if (!intent) return replaced("not-on-record");
  if (!isWorkedAlike(intent, order)) return replaced("worked-otherwise");
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
export function isUncertain({ report: { state } }: Pick<LeftWorking, "report">): boolean {
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

function parted<T>(all: readonly T[], isFirst: (each: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [all.filter(isFirst), all.filter((each) => !isFirst(each))];
}

function refsOf(orders: readonly LeftWorking[]): readonly string[] {
  return orders.map(({ report }) => report.orderRef);
}

function remainingOf({ report, filledAtRead }: LeftWorking): number {
  return report.orderedShares - filledAtRead;
}

function largestFirst(a: LeftWorking, b: LeftWorking): number {
  return remainingOf(b) - remainingOf(a) || byText(a.report.orderRef, b.report.orderRef);
}

/** What ends comes before what begins; otherwise the plan's own order stays. */
function cancelsFirst(a: OrderDecision, b: OrderDecision): number {
  const rank = ({ kind }: OrderDecision) => (kind === "cancel" ? 0 : 1);
  return rank(a) - rank(b);
}
