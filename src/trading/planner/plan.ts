import type { ExecutionPolicy, WaitReason } from "../execution-policy.ts";
import type { Money } from "../money.ts";
import type { PlannedOrder } from "../order.ts";
import type { CheckName } from "../risk/check.ts";

/** Why an instrument is traded. */
export type TradeReason = "open" | "increase" | "reduce" | "close" | "close-unlisted" | "reverse";

/** Why an instrument is left as it is, with the numbers that decided it. */
export type UntouchedReason =
  | { readonly kind: "on-target" }
  | { readonly kind: "less-than-one-share" }
  | { readonly kind: "within-band"; readonly drift: number; readonly band: number }
  | { readonly kind: "below-minimum-value"; readonly value: Money; readonly minimum: Money }
  | { readonly kind: "not-in-any-forecast" }
  | { readonly kind: "market-closed" }
  /** A check that failed keeps it from being traded now. */
  | { readonly kind: "check-failed"; readonly check: CheckName }
  /** What is held of it is not what our books expect, and a person has not accepted it yet. */
  | { readonly kind: "frozen" }
  | { readonly kind: "not-tradable"; readonly securityType: string }
  | WaitReason;

/** Where an instrument stands and where it should stand. Weights are of net liquidation, leverage included. */
export interface Standing {
  readonly conId: number;
  readonly symbol: string;
  readonly currency: string;
  readonly currentShares: number;
  readonly targetShares: number;
  readonly currentWeight: number;
  /** What the forecast asks for. */
  readonly targetWeight: number;
  /** What the position will weigh when the plan is filled, whole shares and bands considered. */
  readonly plannedWeight: number;
  /** The price that the weights were calculated with: the mid where a quote was asked, else the broker's mark. */
  readonly price: number | undefined;
}

export interface Trade extends Standing {
  readonly reason: TradeReason;
  readonly order: PlannedOrder;
  /** Unsigned, in the account's base currency. */
  readonly value: Money;
}

export interface Untouched extends Standing {
  readonly reason: UntouchedReason;
}

/** All intended orders, sells first, and all instruments left alone, each with its why. */
export interface Plan {
  readonly netLiquidation: Money;
  readonly targetLeverage: number;
  readonly trades: readonly Trade[];
  readonly untouched: readonly Untouched[];
}

/** What the plan may choose between; amounts in the account's base currency. */
export interface PlanPolicy {
  readonly execution: ExecutionPolicy;
  /** Half-width of the no-trade range round a target weight, as a share of net liquidation (0.005 is half a percent). */
  readonly bandWeight: number;
  readonly minOrderValue: number;
  readonly closeUnlisted: boolean;
}
