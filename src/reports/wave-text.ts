import { unreachable } from "../trading/invariant.ts";
import { add } from "../trading/money.ts";
import type { WaveReason } from "../trading/planner/next-wave.ts";
import type { Plan } from "../trading/planner/plan.ts";
import { moneyText } from "./numbers.ts";
import { counted } from "./plain-text.ts";

/** Why a run planned again after its orders had settled. */
export function waveReasonText(because: WaveReason): string {
  switch (because) {
    case "reductions-sent":
      return "what takes risk away was sent, now what waited for it";
    case "money-came":
      return "fills have brought money that orders were cut for want of";
    case "closed-to-turn":
      return "a position is closed, now its other side";
    default:
      return unreachable(because);
  }
}

/** "3 orders (1 sell, 2 buys, 12,345.00 USD)", "no orders": what a plan wants sent. */
export function tradesText({ trades }: Plan): string {
  const [first, ...others] = trades.map(({ value }) => value);
  if (!first) return "no orders";
  const sells = trades.filter(({ order }) => order.side === "sell").length;
  const sides = [
    ...(sells > 0 ? [counted(sells, "sell")] : []),
    ...(sells < trades.length ? [counted(trades.length - sells, "buy")] : []),
  ].join(", ");
  const value = others.reduce((sum, each) => add(sum, each), first);
  return `${counted(trades.length, "order")} (${sides}, ${moneyText(value)})`;
}
