import type { Execution } from "../execution.ts";
import type { OrderReport } from "../order.ts";
import { sign } from "../side.ts";
import { isIncrease } from "./is-increase.ts";
import type { CutBy, Plan, Standing, Trade, Untouched } from "./plan.ts";
import { standingOf } from "./standing-of.ts";

/**
 * Why a run plans again after its orders have settled: increases wait until what reduces has been sent; fills have brought
 * money that orders were cut for want of; or a position was closed whose other side is wanted.
 */
export type WaveReason = "reductions-sent" | "money-came" | "closed-to-turn";

/**
 * The plan that is sent first where buys may be paid with a loan: what brings positions nearer to zero, when there is any.
 * What takes them further from it waits until the account shows what became of that. Orders that work already
 * (`changes`) keep their place and do not wait.
 */
export function increasesLater(plan: Plan, changes: ReadonlySet<string>): Plan {
  const waits = (trade: Trade) => isIncrease(trade) && !changes.has(trade.order.orderRef);
  const first = plan.trades.filter((trade) => !waits(trade));
  if (!first.some((trade) => !isIncrease(trade)) || first.length === plan.trades.length) return plan;
  return {
    ...plan,
    trades: first,
    untouched: [...plan.untouched, ...plan.trades.filter(waits).map(waiting)],
  };
}

function waiting(trade: Trade): Untouched {
  const { currentShares: targetShares, currentWeight: plannedWeight, order } = trade;
  const reason = { kind: "next-wave", wantedShares: order.shares } as const;
  return { ...standingOf(trade), targetShares, plannedWeight, reason };
}

/**
 * Why another wave is worth its questions, once the orders of this plan have settled; undefined when it is not. Never
 * because something is hoped for: `executions` are those that were told since the plan's account was.
 */
export function whyNextWave(
  plan: Plan,
  reports: readonly OrderReport[],
  executions: readonly Execution[],
): WaveReason | undefined {
  if (plan.untouched.some(({ reason }) => reason.kind === "next-wave")) return "reductions-sent";
  const cuts = cutsIn(plan);
  const isMargin = cuts.some(({ kind }) => kind === "margin" || kind === "excess-liquidity");
  if (cuts.length > 0 && executions.some((execution) => freesMoney(execution, plan, isMargin)))
    return "money-came";
  return plan.trades.some((trade) => isTurned(trade, reports)) ? "closed-to-turn" : undefined;
}

const ofMoney: ReadonlySet<CutBy["kind"]> = new Set([
  "cash",
  "available-funds",
  "margin",
  "excess-liquidity",
]);

/** Every want of money that has made the plan smaller. */
function cutsIn({ trades, untouched }: Plan): readonly CutBy[] {
  const adjusted = [...trades, ...untouched].flatMap(({ adjustments }) =>
    adjustments.flatMap((each) => (each.kind === "cut" ? [each.by] : [])),
  );
  const leftOut = untouched.flatMap(({ reason }) => (reason.kind === "no-room" ? [reason.by] : []));
  return [...adjusted, ...leftOut].filter(({ kind }) => ofMoney.has(kind));
}

/** A sale of what was held brings cash; whatever brings a position nearer to zero frees margin. */
function freesMoney({ conId, side }: Execution, { trades, untouched }: Plan, isMargin: boolean): boolean {
  const line: Standing | undefined = [...trades, ...untouched].find((each) => each.conId === conId);
  const reduces = line !== undefined && line.currentShares * sign(side) < 0;
  return reduces && (isMargin || side === "sell");
}

/** Closed to the last share that can be sold alone, on the way to the other side. */
function isTurned({ adjustments, order }: Trade, reports: readonly OrderReport[]): boolean {
  const report = reports.find(({ orderRef }) => orderRef === order.orderRef);
  return report?.filledShares === order.shares && adjustments.some(({ kind }) => kind === "rest-waits");
}
