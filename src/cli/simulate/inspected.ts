import type { Job } from "../../job/job.ts";
import type { Instant } from "../../trading/instant.ts";
import type { Money } from "../../trading/money.ts";
import { type PlannedOrder, roleOf } from "../../trading/order.ts";
import type { Gateway } from "./gateway.ts";
import type { Host } from "./host.ts";
import type { Truth } from "./truth.ts";
import type { Invariant } from "./violation.ts";
import type { SentInRun, SentOrder } from "./within-limits.ts";
import type { Written } from "./written.ts";

/** What inspections look at, and where they tell what must not be. */
export interface Inspected {
  readonly truth: Truth;
  readonly host: Host;
  readonly gateway: Gateway;
  /** As the owner configured it. */
  readonly job: Job;
  readonly account: string;
  readonly written: Written;
  readonly violates: (invariant: Invariant, detail: string) => void;
}

/** One process under inspection. */
export interface Watch {
  readonly number: number;
  readonly startedAt: Instant;
  readonly struckBefore: number;
  /** What earlier runs were told last. */
  readonly netLiquidationBefore: Money | undefined;
  /** The owner asked for another round in the same window. */
  readonly again: boolean;
  /** New orders, and orders with new terms. */
  readonly sent: PlannedOrder[];
  sentAfterBrake: number;
  /** For its limits, from its first order on. */
  limits: LimitWatch | undefined;
}

export interface LimitWatch extends SentInRun {
  readonly expected: Map<number, number>;
  readonly orders: Map<string, SentOrder>;
  readonly earlier: Set<string>;
}

/** Longer than any run: every wait has its deadline. */
export const runMinutesMax = 20;

export const sides = ["buy", "sell"] as const;

/** References of the program's own orders. */
export function isOurs(orderRef: string): boolean {
  return roleOf(orderRef) !== undefined;
}

/** Of those that bring positions to their targets. */
export function isRebalance(orderRef: string): boolean {
  return roleOf(orderRef) === "rebalance";
}

/** Of those that rest until the market reaches their stop. */
export function isProtective(orderRef: string): boolean {
  return roleOf(orderRef) === "protect";
}
