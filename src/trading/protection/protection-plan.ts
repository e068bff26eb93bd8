import type { OrderReport, PlannedOrder, RecordedIntent } from "../order.ts";
import type { ProtectionTerms } from "./protection-policy.ts";

/** A protective order of ours that works at the broker. */
export interface ProtectiveOrder {
  /** The last that the broker said of it. */
  readonly report: OrderReport;
  /** As we meant it; undefined when our own record does not know it. */
  readonly intent: RecordedIntent | undefined;
  /** Shares that it may still come to work for: those of a late change that the broker does not show. */
  readonly mayBecome?: number | undefined;
}

/** Why a protective order is withdrawn. */
export type WithdrawReason =
  /** Nothing is held any more, or the other way round. */
  | "nothing-to-protect"
  /** The owner does not want this instrument protected any more. */
  | "not-wanted"
  /** Everything that is held is being sold, or bought back, already. */
  | "all-being-closed"
  | "one-is-enough"
  /** Another type or other hours: these cannot be changed. The next look places the new one. */
  | "set-otherwise"
  /** A late change of its size that the broker does not show may still arrive. */
  | "change-unconfirmed"
  /** Only the client id that placed it could change it. The next look places the new one. */
  | "other-client"
  /** Without our own record of it, it cannot be changed. The next look places the new one. */
  | "not-on-record";

/** What becomes of one protective order, working or to come. */
export type ProtectionDecision =
  | { readonly kind: "new"; readonly order: PlannedOrder }
  | { readonly kind: "keep"; readonly report: OrderReport }
  /** Under its own name: its shares are those that were filled and those that are to be protected. */
  | { readonly kind: "replace"; readonly report: OrderReport; readonly order: PlannedOrder }
  | { readonly kind: "withdraw"; readonly report: OrderReport; readonly because: WithdrawReason };

/** Why a position is less protected than its owner asked for. */
export type GapReason =
  /** What is held is not explained: nothing of it is touched until a person has accepted it. */
  | "frozen"
  /** The market is beyond the stop already: it would trade at once, which is for a person to decide. */
  | "beyond-market"
  /** Neither average cost nor mark, or no price above zero so far away. */
  | "no-price"
  | "contract-unknown"
  /** An order of a person or another program works on the same side. */
  | "foreign-order"
  /** Rebalance orders that still work close this part of it. */
  | "being-closed"
  | "not-tradable"
  /** A halt, or the word to stop: nothing is sent. */
  | "brake"
  /** It was sent and does not work. */
  | "not-accepted"
  /** The run is held for what the account says of itself: stops become smaller at most. */
  | "account-held"
  /** It gave way to an order of the run, which could not put it back. */
  | "not-put-back";

/** A position that is less protected than its owner asked for, by so many shares. */
export interface ProtectionGap {
  readonly conId: number;
  readonly symbol: string;
  readonly shares: number;
  readonly reason: GapReason;
}

export interface ProtectionPlan {
  readonly decisions: readonly ProtectionDecision[];
  readonly gaps: readonly ProtectionGap[];
}

/** What makes a gap the same as that of another run. */
export function gapName({ symbol, reason }: Pick<ProtectionGap, "symbol" | "reason">): string {
  return `${symbol} ${reason}`;
}

/** What protects a position after a run, and what the run did for it. */
export interface Resting {
  readonly report: OrderReport;
  readonly protection: ProtectionTerms | undefined;
}

/** What a run came to that looked after protection. */
export interface ProtectionDone {
  /** Protective orders that work now. */
  readonly resting: readonly Resting[];
  /** What was done, in order: nothing where everything was in step. */
  readonly decisions: readonly ProtectionDecision[];
  readonly gaps: readonly ProtectionGap[];
}

/** What an order can still trade. */
export function remainingOf({ orderedShares, filledShares }: OrderReport): number {
  return Math.max(0, orderedShares - filledShares);
}
