import { isIncrease } from "./is-increase.ts";
import { largestFirst } from "./largest-first.ts";
import type { Plan, Trade } from "./plan.ts";
import type { PlanInputs } from "./plan-inputs.ts";

/**
 * The increases that take most of the margin, the largest first, at most so many: those that the broker is asked about. By
 * our own estimate, which is one rate for all: so by value.
 */
export function largestMarginUsers({ trades }: Pick<Plan, "trades">, max: number): readonly Trade[] {
  return trades
    .filter(isIncrease)
    .toSorted(largestFirst(({ value }) => value))
    .slice(0, max);
}

/** The plan with what the broker says of its orders, which changes nothing of it. */
export function withPreviews(plan: Plan, answers: PlanInputs["previews"]): Plan {
  const trades = plan.trades.map((trade) => {
    const previewed = answers.get(trade.conId);
    return previewed?.kind === "told" ? { ...trade, previewed } : trade;
  });
  return { ...plan, trades };
}
