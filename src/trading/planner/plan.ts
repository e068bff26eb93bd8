import type { BrokerMessage } from "../broker-message.ts";
import type { WaitReason } from "../execution-policy.ts";
import type { LeverageCut, StoppedStrategy } from "../forecast.ts";
import type { MarginPreview, MarginUse } from "../margin.ts";
import type { Money } from "../money.ts";
import type { PlannedOrder } from "../order.ts";
import type { CheckName } from "../risk/check.ts";
import type { Side } from "../side.ts";
import type { InstrumentMode } from "./plan-policy.ts";

/** Why an instrument is traded. */
export type TradeReason =
  | "open"
  | "increase"
  | "reduce"
  | "close"
  | "close-unlisted"
  | "close-by-mode"
  | "reverse";

/** What did not let a trade be as large as the target asks for. */
export type CutBy =
  | { readonly kind: "order-value"; readonly max: Money }
  | { readonly kind: "volume"; readonly averageDailyVolume: number; readonly maxVolumeShare: number }
  | { readonly kind: "board-lot"; readonly boardLot: number }
  | { readonly kind: "turnover"; readonly per: "run" | "day"; readonly left: Money }
  | { readonly kind: "cash"; readonly left: Money }
  /** The broker makes less available than there is in cash: what sales have brought has not settled. */
  | { readonly kind: "available-funds"; readonly left: Money }
  | { readonly kind: "margin"; readonly left: Money }
  /** `left`: what increases may take of the excess liquidity; `least`: what must stay of it. */
  | { readonly kind: "excess-liquidity"; readonly left: Money; readonly least: Money };

/** What the plan changed on the way from the forecast's target to this line, in the order in which it did. */
export type Adjustment =
  | {
      readonly kind: "scaled";
      readonly cap: "gross" | "net";
      /** What the targets add up to, of net liquidation. */
      readonly wanted: number;
      readonly max: number;
      /** What every target was multiplied with. */
      readonly factor: number;
    }
  | { readonly kind: "mode"; readonly mode: InstrumentMode }
  /** The forecast of this strategy asks for more leverage than the owner allows. */
  | ({ readonly kind: "leverage-cut" } & LeverageCut)
  /** What these strategies ask for counts as nothing: they have been stopped. */
  | { readonly kind: "strategy-stopped"; readonly strategies: readonly StoppedStrategy[] }
  /** It stops before the target: at the band's edge (0) or part of the way (up to 1). */
  | { readonly kind: "trade-to"; readonly band: number; readonly tradeTo: number }
  /** The target lies on the other side of zero: these signed shares wait until the position is closed. */
  | { readonly kind: "rest-waits"; readonly shares: number }
  | { readonly kind: "cut"; readonly fromShares: number; readonly toShares: number; readonly by: CutBy };

/** Why an instrument is left as it is, with the numbers that decided it. */
export type UntouchedReason =
  | { readonly kind: "on-target" }
  | { readonly kind: "less-than-one-share" }
  | { readonly kind: "within-band"; readonly drift: number; readonly band: number }
  | { readonly kind: "below-minimum-value"; readonly value: Money; readonly minimum: Money }
  | { readonly kind: "below-minimum-shares"; readonly shares: number; readonly minimum: number }
  | { readonly kind: "cooling-down"; readonly sessions: number; readonly cooldownSessions: number }
  /** Its protective order has filled: nothing more of it is taken on for a while. */
  | { readonly kind: "stop-filling" }
  | { readonly kind: "resting-after-stop"; readonly sessions: number; readonly restSessions: number }
  /** Left out to save a trade: what is left out in all, and what may be, of net liquidation. */
  | { readonly kind: "trade-saved"; readonly leftOut: number; readonly max: number }
  | { readonly kind: "no-room"; readonly wantedShares: number; readonly by: CutBy }
  | { readonly kind: "mode"; readonly mode: InstrumentMode }
  | { readonly kind: "not-in-any-forecast" }
  | { readonly kind: "left-to-owner" }
  | { readonly kind: "market-closed" }
  /** A check that failed keeps it from being traded now. */
  | { readonly kind: "check-failed"; readonly check: CheckName }
  /** What is held of it is not what our books expect, and a person has not accepted it yet. */
  | { readonly kind: "frozen" }
  | { readonly kind: "not-tradable"; readonly securityType: string }
  /** The broker, asked what the order would do, says that it would not take it. */
  | ({ readonly kind: "preview-refused" } & BrokerMessage)
  /** The broker was asked what the order would do, and did not say. */
  | { readonly kind: "preview-unanswered" }
  /** The broker takes no further order for this side of the contract: so many work on it, of people or other programs. */
  | { readonly kind: "side-is-full"; readonly side: Side; readonly atWork: number; readonly max: number }
  /** Orders work on it, sent before this plan; `isUncertain`: nobody can say what one of them will still do. */
  | {
      readonly kind: "order-at-work";
      readonly wantedShares: number;
      readonly isUncertain: boolean;
      readonly orderRefs: readonly string[];
    }
  /** It takes the position further from zero, and what brings others nearer goes first. */
  | { readonly kind: "next-wave"; readonly wantedShares: number }
  /** It has had its order in this run: the next run decides what becomes of the rest. */
  | { readonly kind: "tried-already" }
  | WaitReason;

/** Where an instrument stands and where it should stand. Weights are of net liquidation, leverage included. */
export interface Standing {
  readonly conId: number;
  readonly symbol: string;
  readonly currency: string;
  readonly currentShares: number;
  readonly targetShares: number;
  readonly currentWeight: number;
  /** What the forecast asks for; undefined for a number of shares without a price. */
  readonly targetWeight: number | undefined;
  /** What the position will weigh when the plan is filled, whole shares and bands considered. */
  readonly plannedWeight: number;
  /** The price that the weights were calculated with: the mid where a quote was asked, else the broker's mark. */
  readonly price: number | undefined;
  readonly adjustments: readonly Adjustment[];
}

export interface Trade extends Standing {
  readonly reason: TradeReason;
  readonly order: PlannedOrder;
  /** Unsigned, in the account's base currency. */
  readonly value: Money;
  /** What it takes of the excess liquidity; undefined for a reduction, and where neither broker nor owner has told. */
  readonly marginUse?: MarginUse;
  /** What the broker said when it was asked about an order of so many shares; it may be more than are ordered now. */
  readonly previewed?: { readonly shares: number; readonly preview: MarginPreview };
  /** The order works already and gets new terms; its shares are those that it had filled and those that are wanted now. */
  readonly changes?: WorkingTerms;
}

/** A working order as it stood when the plan was made. */
export interface WorkingTerms {
  readonly orderedShares: number;
  readonly filledShares: number;
  readonly limitPrice: number | undefined;
}

export interface Untouched extends Standing {
  readonly reason: UntouchedReason;
}

/** All intended orders, sells first, and all instruments left alone, each with its why. */
export interface Plan {
  readonly netLiquidation: Money;
  /** When the plan was made; what its increases take of it is with them. */
  readonly excessLiquidity?: Money;
  readonly targetLeverage: number;
  readonly trades: readonly Trade[];
  readonly untouched: readonly Untouched[];
}
