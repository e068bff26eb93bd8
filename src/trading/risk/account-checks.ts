import type { Account } from "../account.ts";
import { type Money, ratio, subtract, toNumber } from "../money.ts";
import { isIncrease } from "../planner/is-increase.ts";
import type { Plan } from "../planner/plan.ts";
import { type Check, type Judging, judge } from "./check.ts";
import { drawdownOf, growthOf, lossSince, netLiquidationMove } from "./equity.ts";
import type { RiskKnown, RiskPolicy } from "./review.ts";

/**
 * How the account stands: net liquidation against what it was, room before the broker liquidates, losses. That room is judged
 * as the plan's increases would leave it, where their margins are known; else as it is.
 */
export function accountChecks(
  plan: Plan | undefined,
  { account, record, session, now }: RiskKnown,
  { limits, maxNavMove }: RiskPolicy,
  judging: Judging,
): readonly Check[] {
  const { equity, flows } = record;
  const points = account ? [...equity, { at: now, netLiquidation: account.netLiquidation }] : [];
  const growth = growthOf(points, flows);
  const drawdown = drawdownOf(growth);
  const isWorthSomething = account !== undefined && account.netLiquidation.e6 > 0n;
  const { deRiskAt, haltAt, warnAt } = limits.drawdown;
  const present = account?.excessLiquidity;
  const planned = account && plan && plannedExcess(plan, account);
  const excess = planned ?? present;
  const cushionOf = (room: Money | undefined): number | undefined =>
    room && isWorthSomething ? ratio(room, account.netLiquidation) : undefined;
  return [
    judge(
      "nav-jump",
      {
        value:
          account &&
          netLiquidationMove(equity.at(-1), flows, { at: now, netLiquidation: account.netLiquidation }),
        limit: maxNavMove,
      },
      judging,
    ),
    judge(
      "excess-liquidity",
      {
        present: planned && present && toNumber(present),
        value: excess && toNumber(excess),
        limit: limits.excessLiquidityMin,
      },
      judging,
    ),
    judge(
      "cushion",
      { present: planned && cushionOf(present), value: cushionOf(excess), limit: limits.cushionMin },
      judging,
    ),
    judge(
      "daily-loss",
      { value: session && lossSince(growth, session.openAt), limit: limits.dailyLossMax },
      judging,
    ),
    judge(
      "drawdown-de-risk",
      { value: drawdown, limit: deRiskAt },
      { ...judging, warnAt: warnAt / deRiskAt },
    ),
    judge("drawdown-halt", { value: drawdown, limit: haltAt }, judging),
  ];
}

/**
 * What the account's excess liquidity is once the plan's increases are filled; undefined while the margin of one of them is
 * not known. Reductions count nothing: what they free is there when they are filled.
 */
export function plannedExcess({ trades }: Plan, { excessLiquidity }: Account): Money | undefined {
  let planned = excessLiquidity;
  for (const trade of trades.filter(isIncrease)) {
    if (!trade.marginUse) return undefined;
    planned = subtract(planned, trade.marginUse.amount);
  }
  return planned;
}
