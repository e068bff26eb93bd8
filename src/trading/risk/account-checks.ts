import { ratio, toNumber } from "../money.ts";
import { type Check, type Judging, judge } from "./check.ts";
import { drawdownOf, growthOf, lossSince, netLiquidationMove } from "./equity.ts";
import type { RiskKnown, RiskPolicy } from "./review.ts";

/** How the account stands: net liquidation against what it was, room before the broker liquidates, losses. */
export function accountChecks(
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
      { value: account && toNumber(account.excessLiquidity), limit: limits.excessLiquidityMin },
      judging,
    ),
    judge(
      "cushion",
      {
        value: isWorthSomething ? ratio(account.excessLiquidity, account.netLiquidation) : undefined,
        limit: limits.cushionMin,
      },
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
