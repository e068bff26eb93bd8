import type { ConnectionRequest } from "../ports.ts";
import type { PlanPolicy } from "../trading/planner/plan-policy.ts";
import type { OnOpenOrders } from "../trading/planner/working-orders.ts";
import type { ProtectionPolicy } from "../trading/protection/protection-policy.ts";
import type { QuotePolicy } from "../trading/quote.ts";
import type { Limits } from "../trading/risk/limits.ts";

/** What the owner has configured for every run; amounts are in the account's base currency. */
export interface Job {
  readonly connection: ConnectionRequest;
  /**
   * May the host's clock say that the market is closed, before the broker was asked? Not where the gateway lives at
   * another time than the host (a paper gateway in the past): then every run connects to learn the time.
   */
  readonly trustHostClock: boolean;
  readonly strategies: readonly StrategyShare[];
  /** A forecast file may ask for less leverage, never for more. */
  readonly leverageMax: number;
  /** Currency of forecast symbols that have no listing of their own. */
  readonly currency: string;
  /** Where a symbol alone is ambiguous, or in another currency. */
  readonly listings: readonly Listing[];
  readonly quotes: QuotePolicy;
  readonly plan: PlanPolicy;
  /** Shares that an average day trades, by symbol, as far as the owner has told. */
  readonly averageDailyVolumes: ReadonlyMap<string, number>;
  readonly limits: Limits;
  /** Which positions orders that rest at the broker protect, and how. */
  readonly protection: ProtectionPolicy;
  /** By how much net liquidation may move between two runs before a person must look; 0.2 is 20 %. */
  readonly maxNavMove: number;
  /** How old an order must be, of which nobody knows anything, before it can be called void. */
  readonly voidAfterMinutes: number;
  /** Trade a window again in which orders were sent already. */
  readonly again: boolean;
  /** How often a run may plan and send; 1 leaves what waits for money or for another order's end to the next run. */
  readonly wavesMax: number;
  /** How long fills are waited for after the last order of a wave was sent. */
  readonly settleSeconds: number;
  readonly unfilled: Unfilled;
  readonly whatIf: WhatIf;
  /** What becomes of orders that earlier runs left working. */
  readonly onOpenOrders: OnOpenOrders;
  /** A line for the outcome's reader: which world this is ("live", "paper", "dry run", "demo"). */
  readonly world: string;
}

/** What becomes of orders that do not find their fill. */
export interface Unfilled {
  /** How long each limit on the way to the collar is given. */
  readonly repriceSeconds: number;
  /** After the settle time: they work on until the next run, or are cancelled. */
  readonly afterSettle: "leave" | "cancel";
  /** May a rejected order be sent once more, otherwise, where its reason says how? */
  readonly replacesRejected: boolean;
}

/** The broker's previews of orders that are not sent. */
export interface WhatIf {
  /** To cut the plan to what they say, only to show them, or none at all: then our own estimate stands for all orders. */
  readonly purpose: "fit" | "show" | "none";
  /** How many orders of a plan are asked about, the largest margin users: IB wants few. */
  readonly max: number;
  /** What becomes of an increase about which the broker says nothing: left alone, or reckoned with our own estimate. */
  readonly onSilence: "leave" | "estimate";
}

export interface StrategyShare {
  readonly strategy: string;
  /** Share of the account's net liquidation that follows this strategy. */
  readonly capitalShare: number;
  /** A forecast that is older holds the run. */
  readonly maxAgeMinutes: number;
  /** Most that it may have fallen from its highest value before it is stopped; undefined for no stop. */
  readonly stopLoss: number | undefined;
  /** Most that it may have risen since its start before it is stopped. */
  readonly takeProfit: number | undefined;
}

export interface Listing {
  readonly symbol: string;
  readonly primaryExchange: string | undefined;
  readonly currency: string | undefined;
}
