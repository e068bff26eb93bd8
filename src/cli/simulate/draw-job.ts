import type { Job } from "../../job/job.ts";
import { connectionOf } from "../../testing/connection-of.ts";
import { jobOf } from "../../testing/job-of.ts";
import { adaptiveWithin } from "../../trading/execution-policy.ts";
import { plainRules } from "../../trading/planner/plan-policy.ts";
import type { ProtectionRule } from "../../trading/protection/protection-policy.ts";
import { type Limits, noLimits } from "../../trading/risk/limits.ts";
import type { Draws } from "./draws.ts";

/** What an owner may have configured: how orders are worked, what becomes of old ones, and every limit of the plan. */
export function drawJob(
  draws: Draws,
  { account, symbols }: { readonly account: string; readonly symbols: readonly string[] },
): Job {
  return jobOf({
    connection: connectionOf({ account }),
    strategies: [trend],
    leverageMax: 2,
    plan: {
      ...plainRules,
      execution: {
        ...adaptiveWithin(draws.pick([1, 2, 3, 10, 25])),
        repriceSteps: draws.pick([0, 0, 1, 2]),
      },
      bandWeight,
      minOrderValue,
      unlisted: draws.chance(0.5) ? "close" : "report",
      borrowing: draws.chance(0.6),
      cashBuffer: draws.pick([0, 0, 0.02]),
      scarce: draws.pick(["in-proportion", "greedy"]),
    },
    protection: draws.chance(0.35) ? [drawProtection(draws)] : [],
    limits: drawLimits(draws, symbols),
    settleSeconds: draws.whole(2, 40),
    unfilled: {
      repriceSeconds: draws.whole(1, 10),
      afterSettle: draws.chance(0.7) ? "leave" : "cancel",
      replacesRejected: draws.chance(0.5),
    },
    onOpenOrders: draws.pick(["cancel", "modify", "keep"]),
    wavesMax: draws.pick([1, 2, 3]),
    world: "simulation",
  });
}

/** The whole account's strategy; its forecasts live as long as the week. */
export const trend: Job["strategies"][number] = {
  strategy: "trend",
  capitalShare: 1,
  maxAgeMinutes: 10_000,
  stopLoss: undefined,
  takeProfit: undefined,
};

/** Half-width of the range round a target in which nothing is traded, of net liquidation. */
export const bandWeight = 0.01;
/** In the account's currency. */
export const minOrderValue = 500;

/** For every position: a stop that fixed prices or trailing ones reach now and then. */
function drawProtection(draws: Draws): ProtectionRule {
  return {
    symbols: undefined,
    terms: {
      kind: draws.pick(["stop", "trailing-stop"]),
      reference: draws.pick(["average-cost", "price"]),
      distanceBps: draws.pick([100, 300, 1000]),
      limitOffsetBps: draws.chance(0.5) ? 50 : undefined,
      outsideRegularHours: false,
    },
    restSessions: draws.pick([0, 1]),
  };
}

/** Each limit is tight in some weeks, so that forecasts run into it, and wide in most. */
function drawLimits(draws: Draws, symbols: readonly string[]): Limits {
  const tightOr = (tight: number, wide: number): number => (draws.chance(0.1) ? tight : wide);
  const pair = { name: "pair", symbols: new Set(symbols.slice(0, 2)), weightMax: tightOr(0.2, 0.7) };
  return {
    ...noLimits,
    grossLeverageMax: tightOr(0.6, 1.3),
    netLeverageMax: tightOr(0.4, 1.2),
    weightMax: tightOr(0.18, 0.5),
    groups: [pair],
    strategyWeightMax: tightOr(0.6, 1.8),
    orderValueMax: tightOr(120_000, 600_000),
    ordersPerRunMax: tightOr(4, 5),
    ordersPerDayMax: tightOr(14, 60),
    turnoverPerRunMax: tightOr(0.4, 1.5),
    turnoverPerDayMax: tightOr(1, 5),
  };
}
