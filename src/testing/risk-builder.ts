import type { StoppedStrategy } from "../trading/forecast.ts";
import type { Instant } from "../trading/instant.ts";
import type { Plan } from "../trading/planner/plan.ts";
import type { Result } from "../trading/result.ts";
import type { Check } from "../trading/risk/check.ts";
import { ClearedOrders } from "../trading/risk/gate.ts";
import { type Limits, noLimits } from "../trading/risk/limits.ts";
import { nothingKnown, type RiskKnown, type RiskPolicy } from "../trading/risk/review.ts";
import type { MeasuredStrategy } from "../trading/risk/strategy-value.ts";
import { scenarioNow } from "./scenario.ts";

// A risk policy that refuses nothing and a run that knows nothing; a test says only what differs.

export function riskPolicyOf(limits: Partial<Limits> = {}, differs: Partial<RiskPolicy> = {}): RiskPolicy {
  return {
    limits: { ...noLimits, warnAt: 0.9, ...limits },
    maxNavMove: 0.2,
    quoteMaxAgeSeconds: 60,
    strategies: [],
    ...differs,
  };
}

export function riskKnownOf(differs: Partial<RiskKnown> = {}): RiskKnown {
  return { ...nothingKnown(scenarioNow), ...differs };
}

/** A plan through the only door there is. */
export function clearedPlan(plan: Plan, limits: Partial<Limits> = {}): Result<ClearedOrders> {
  return ClearedOrders.clear(plan, riskKnownOf(), riskPolicyOf(limits)).cleared;
}

/** A weight that failed. */
export function aCheck(differs: Partial<Check> = {}): Check {
  return {
    name: "weight",
    subject: "",
    present: undefined,
    value: 0.22,
    limit: 0.25,
    currency: "",
    verdict: "fail",
    override: undefined,
    ...differs,
  };
}

/** A strategy that has lost a fifth of its highest value and was stopped for it. */
export function aMeasuredStrategy(markedAt: Instant): MeasuredStrategy {
  const target = { symbol: "AAPL", weight: 0.3, notional: 0, shares: 0 };
  return {
    strategy: "trend",
    resets: 0,
    mark: {
      markedAt,
      value: 0.9,
      highest: 1.125,
      startedAt: markedAt,
      basis: { value: 1.125, holdings: [{ conId: 265598, target, weight: 0.6, price: 150.25 }] },
      stopped: { by: "strategy-loss", limit: 0.15 },
    },
    notPriced: [],
    look: "other-basis",
  };
}

/** A strategy as the forecast knows it that has been stopped. */
export function aStoppedStrategy(strategy: string): StoppedStrategy {
  return { strategy, by: "strategy-loss", value: 0.17, limit: 0.15 };
}
