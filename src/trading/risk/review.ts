import type { Finding } from "../finding.ts";
import { moneyFromNumber, toNumber } from "../money.ts";
import type { Plan, Standing, Trade } from "../planner/plan.ts";

/** The limits that a planned portfolio may not newly break. Amounts are in the account's base currency. */
export interface Limits {
  /** Σ |market value| ÷ net liquidation. */
  readonly grossLeverageMax: number;
  /** |market value| ÷ net liquidation of one instrument. */
  readonly weightMax: number;
  readonly orderValueMax: number;
  readonly ordersPerRunMax: number;
}

/** One limit with its numbers. `present` is the value before the plan: a reduction towards a limit always passes. */
export interface Check {
  readonly limit: keyof Limits;
  /** The instrument it is about; undefined when it is about the portfolio. */
  readonly symbol: string | undefined;
  readonly present: number;
  readonly planned: number;
  readonly max: number;
  readonly finding: Finding | undefined;
}

/** Every check of a plan, passed ones included. */
export interface Review {
  readonly checks: readonly Check[];
}

/** Float noise in a sum of weights is no breach. */
const tolerance = 1e-9;

/**
 * Judges the *planned* portfolio. What is over a limit and further from zero than at present fails; what comes nearer
 * passes even when it is still over: a reduction is never refused.
 */
export function review(plan: Plan, limits: Limits): Review {
  const standings: readonly Standing[] = [...plan.trades, ...plan.untouched];
  const checks: Check[] = [];

  const present = sum(standings.map((s) => Math.abs(s.currentWeight)));
  const planned = sum(standings.map((s) => Math.abs(s.plannedWeight)));
  const grossFails = planned > limits.grossLeverageMax + tolerance && planned > present + tolerance;
  checks.push({
    limit: "grossLeverageMax",
    symbol: undefined,
    present,
    planned,
    max: limits.grossLeverageMax,
    finding: grossFails
      ? { kind: "gross-leverage-over-limit", planned, present, limit: limits.grossLeverageMax }
      : undefined,
  });

  for (const trade of plan.trades) checks.push(weightCheck(trade, limits.weightMax));
  for (const trade of plan.trades) checks.push(valueCheck(trade, limits.orderValueMax));

  const count = plan.trades.length;
  const anyIncrease = plan.trades.some(isIncrease);
  checks.push({
    limit: "ordersPerRunMax",
    symbol: undefined,
    present: 0,
    planned: count,
    max: limits.ordersPerRunMax,
    finding:
      count > limits.ordersPerRunMax && anyIncrease
        ? { kind: "orders-over-limit", count, limit: limits.ordersPerRunMax }
        : undefined,
  });
  return { checks };
}

/** Does the trade take the position further from zero, or to the other side of it? */
export function isIncrease(trade: Trade): boolean {
  const turns = Math.sign(trade.targetShares) * Math.sign(trade.currentShares) < 0;
  return turns || Math.abs(trade.targetShares) > Math.abs(trade.currentShares);
}

function weightCheck(trade: Trade, max: number): Check {
  const present = Math.abs(trade.currentWeight);
  const planned = Math.abs(trade.plannedWeight);
  const fails = planned > max + tolerance && isIncrease(trade);
  return {
    limit: "weightMax",
    symbol: trade.symbol,
    present,
    planned,
    max,
    finding: fails
      ? { kind: "weight-over-limit", symbol: trade.symbol, planned, present, limit: max }
      : undefined,
  };
}

function valueCheck(trade: Trade, max: number): Check {
  const planned = toNumber(trade.value);
  const fails = planned > max && isIncrease(trade);
  return {
    limit: "orderValueMax",
    symbol: trade.symbol,
    present: 0,
    planned,
    max,
    finding: fails
      ? {
          kind: "order-value-over-limit",
          symbol: trade.symbol,
          value: trade.value,
          limit: moneyFromNumber(max, trade.value.currency),
        }
      : undefined,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
