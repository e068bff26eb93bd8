import type { OrderReport, PlannedOrder } from "../order.ts";
import { sign } from "../side.ts";
import type { Plan, Trade, Untouched } from "./plan.ts";
import { standingOf } from "./standing-of.ts";

/**
 * The plan in which orders that still work go to their next limit. An order keeps its name and its size: what it has filled
 * counts, so that only its remainder is offered at the new limit. Undefined when there is none to go further.
 */
export function withNextLimits(plan: Plan, reports: readonly OrderReport[]): Plan | undefined {
  return changedPlan(plan, reports, nextLimit);
}

function nextLimit(order: PlannedOrder, { state, filledShares }: OrderReport): PlannedOrder | undefined {
  const isWorking = state.life === "working" && state.status !== "pending-cancel";
  if (!isWorking || filledShares >= order.shares || !order.approach?.length) return undefined;
  return { ...order, approach: order.approach.slice(1) };
}

/**
 * The plan of some other orders in the place of those that were sent, for the gate; everything else stands where it has
 * come to. Undefined when there is none.
 */
export function changedPlan(
  plan: Plan,
  reports: readonly OrderReport[],
  change: (order: PlannedOrder, report: OrderReport) => PlannedOrder | undefined,
): Plan | undefined {
  const reportOf = new Map(reports.map((report) => [report.orderRef, report]));
  const trades: Trade[] = [];
  const untouched: Untouched[] = [...plan.untouched];
  for (const trade of plan.trades) {
    const report = reportOf.get(trade.order.orderRef);
    const order = report && change(trade.order, report);
    if (order) trades.push({ ...trade, order });
    else untouched.push(standing(trade, report));
  }
  return trades.length === 0 ? undefined : { ...plan, trades, untouched };
}

/** An order that works on comes to what was planned of it; one that has ended, to what it has filled since it was planned. */
function standing(trade: Trade, report: OrderReport | undefined): Untouched {
  const there = report?.state.life === "done" ? filledOf(trade, report) : {};
  return { ...standingOf(trade), ...there, reason: { kind: "on-target" } };
}

function filledOf(
  { order, changes, currentShares, currentWeight, plannedWeight }: Trade,
  { filledShares }: OrderReport,
): Pick<Untouched, "targetShares" | "plannedWeight"> {
  const filledBefore = changes?.filledShares ?? 0;
  const filled = filledShares - filledBefore;
  const part = filled / (order.shares - filledBefore);
  return {
    targetShares: currentShares + sign(order.side) * filled,
    plannedWeight: currentWeight + (plannedWeight - currentWeight) * part,
  };
}
