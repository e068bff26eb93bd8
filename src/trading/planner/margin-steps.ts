import { type MarginUse, useOf } from "../margin.ts";
import { type Money, subtract } from "../money.ts";
import { isIncrease } from "./is-increase.ts";
import type { Plan, Trade } from "./plan.ts";

/** An order of a plan, and the excess liquidity before and after it, when all orders above it are filled. */
export interface MarginStep {
  readonly trade: Trade;
  /** What it takes; undefined when nobody has told, and for a reduction. */
  readonly use: MarginUse | undefined;
  /** Undefined once an increase above it takes what nobody has told. */
  readonly before: Money | undefined;
  readonly after: Money | undefined;
}

/** The plan's orders in the order in which they are sent, each with what it leaves; reductions free nothing before they are filled. */
export function marginSteps({ trades, excessLiquidity }: Plan): readonly MarginStep[] {
  let before = excessLiquidity;
  return trades.map((trade) => {
    const use = trade.marginUse ?? previewedUse(trade);
    const after = !before || !isIncrease(trade) ? before : use && subtract(before, use.amount);
    const step = { trade, use, before, after };
    before = after;
    return step;
  });
}

/** The broker's word alone, where it is only shown. */
function previewedUse({ previewed }: Trade): MarginUse | undefined {
  return previewed && { amount: useOf(previewed.preview), source: "broker" };
}
