import type { Trade } from "./plan.ts";

/** Does the trade take the position further from zero, or to the other side of it? */
export function isIncrease(trade: Pick<Trade, "currentShares" | "targetShares">): boolean {
  const turns = trade.targetShares * trade.currentShares < 0;
  return turns || Math.abs(trade.targetShares) > Math.abs(trade.currentShares);
}
