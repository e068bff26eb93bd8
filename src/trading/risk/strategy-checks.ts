import { type Check, type CheckName, type Judging, judge } from "./check.ts";
import type { RiskKnown, RiskPolicy } from "./review.ts";
import { fallOf, riseOf, type StrategyMark } from "./strategy-value.ts";

/**
 * How far each strategy has fallen from its highest value, and risen since its start. One that has been stopped stays at
 * the value and the limit at which it was, whatever is configured since. No line for a limit that is not set.
 */
export function strategyLossChecks(
  { strategies }: RiskKnown,
  policy: RiskPolicy,
  judging: Judging,
): readonly Check[] {
  return policy.strategies.flatMap(({ strategy: subject, stopLoss, takeProfit }): readonly Check[] => {
    const mark = strategies.find(({ strategy }) => strategy === subject)?.mark;
    const judged = (name: CheckName, valueOf: (mark: StrategyMark) => number, set: number | undefined) => {
      const limit = mark?.stopped?.by === name ? mark.stopped.limit : set;
      return limit === undefined
        ? []
        : [judge(name, { subject, value: mark && valueOf(mark), limit }, judging)];
    };
    return [...judged("strategy-loss", fallOf, stopLoss), ...judged("strategy-profit", riseOf, takeProfit)];
  });
}
