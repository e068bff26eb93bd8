import type { SessionSoFar } from "../session-so-far.ts";
import type { Override } from "./check.ts";
import type { CashFlow, EquityPoint } from "./equity.ts";
import type { StrategyRecord } from "./strategy-value.ts";

/** What our own records say of the account's risk: all that a run compares with. */
export interface RiskRecord {
  /** The ends of earlier sessions, then every run since, oldest first; without what was never believed. */
  readonly equity: readonly EquityPoint[];
  /** Oldest first. */
  readonly flows: readonly CashFlow[];
  readonly today: Pick<SessionSoFar, "orders" | "executions">;
  /** The broker's marks in the last snapshot, by contract. */
  readonly marks: ReadonlyMap<number, number>;
  /** The newest first; those that have ended may be among them. */
  readonly overrides: readonly Override[];
  /** Checks that failed in the run before: what is known is not mailed again. */
  readonly failedBefore: ReadonlySet<string>;
  /** What each strategy that may be stopped was worth at the last look. */
  readonly strategies: readonly StrategyRecord[];
}

/** Of an account that no run has seen. */
export const emptyRiskRecord: RiskRecord = {
  equity: [],
  flows: [],
  today: {
    orders: { sent: 0, filled: 0, partlyFilled: 0, cancelled: 0, rejected: 0, unknown: 0, working: 0 },
    executions: { count: 0, bought: [], sold: [], commission: [], withoutCommission: 0 },
  },
  marks: new Map(),
  overrides: [],
  failedBefore: new Set(),
  strategies: [],
};
