import type { ExecutionPolicy } from "../execution-policy.ts";

/** What the plan may choose between; amounts in the account's base currency, shares of net liquidation as ratios. */
export interface PlanPolicy extends TargetPolicy, BandPolicy, SizePolicy, MoneyPolicy {
  readonly execution: ExecutionPolicy;
}

/** What may be done with an instrument, whatever the forecasts say. */
export type InstrumentMode = "trade" | "buy-only" | "sell-only" | "reduce-only" | "do-not-trade" | "close";

/** What the owner has set for one symbol. */
export interface InstrumentPolicy {
  readonly mode: InstrumentMode;
  /** Orders are for multiples of so many shares. */
  readonly boardLot: number;
}

export interface TargetPolicy {
  /** Most that the absolute targets may add up to, of net liquidation; undefined for no cap. Beyond it all are scaled. */
  readonly grossCap: number | undefined;
  /** Most that the signed targets may add up to, either way, of net liquidation. */
  readonly netCap: number | undefined;
  /** What becomes of a position that no forecast names: told and left, sold, or the owner's own business. */
  readonly unlisted: "report" | "close" | "leave";
  /** By symbol; what is not in it is traded in single shares. */
  readonly instruments: ReadonlyMap<string, InstrumentPolicy>;
}

/** When a drift is worth a trade, and how far the trade goes. */
export interface BandPolicy {
  /** Half-width of the no-trade range round a target weight, as a share of net liquidation (0.005 is half a percent). */
  readonly bandWeight: number;
  /** Half-width as a share of the target itself (0.1 is a tenth of it); undefined for none. */
  readonly bandOfTarget: number | undefined;
  /** Which of the two half-widths counts. */
  readonly bandChoice: "wider" | "narrower";
  /** Half-width beyond which a cooldown no longer counts, as a share of net liquidation; undefined: it always counts. */
  readonly hardBandWeight: number | undefined;
  /** How far a trade goes: 1 to the target, 0 to the band's nearer edge, between them that part of the way. */
  readonly tradeTo: number;
  /** Sessions that an instrument rests after it was traded; 0 for none. */
  readonly cooldownSessions: number;
  /** The smallest trades are left out while they add up to no more than this share of net liquidation; 0 leaves out none. */
  readonly offTargetMax: number;
}

/** How small and how large a trade may be. */
export interface SizePolicy {
  readonly minOrderValue: number;
  readonly minOrderShares: number;
  readonly maxOrderValue: number | undefined;
  /** Σ of traded values ÷ net liquidation. */
  readonly maxTurnoverPerRun: number | undefined;
  readonly maxTurnoverPerDay: number | undefined;
  /** Share of an average day's volume that one order may ask for. */
  readonly maxVolumeShare: number | undefined;
}

/** What buys may cost. */
export interface MoneyPolicy {
  /** May buys be paid with a loan? Else the cash at hand is all that they may cost. */
  readonly borrowing: boolean;
  /** Initial margin that a new position takes, as a share of its value; undefined leaves margin to the broker. */
  readonly initialMarginRate: number | undefined;
  /** Excess liquidity that increases must leave; undefined for none. Only with an `initialMarginRate`. */
  readonly excessLiquidityMin: number | undefined;
  /** So too, as a share of net liquidation. */
  readonly cushionMin: number | undefined;
  /** Who gets money or turnover that does not suffice for all: everyone the same part, or the furthest off target first. */
  readonly scarce: "in-proportion" | "greedy";
  /** Share of net liquidation in cash that buys never spend. */
  readonly cashBuffer: number;
  /** Cash beyond the buffer, as a share of net liquidation, that starts no buys: when there is more, all of it may be spent. */
  readonly cashBufferBand: number;
}

/** Every rule that an owner may leave out, left out. */
export const plainRules = {
  grossCap: undefined,
  netCap: undefined,
  unlisted: "report",
  instruments: new Map(),
  bandOfTarget: undefined,
  bandChoice: "wider",
  hardBandWeight: undefined,
  tradeTo: 1,
  cooldownSessions: 0,
  offTargetMax: 0,
  minOrderShares: 1,
  maxOrderValue: undefined,
  maxTurnoverPerRun: undefined,
  maxTurnoverPerDay: undefined,
  maxVolumeShare: undefined,
  borrowing: true,
  initialMarginRate: undefined,
  excessLiquidityMin: undefined,
  cushionMin: undefined,
  scarce: "in-proportion",
  cashBuffer: 0,
  cashBufferBand: 0,
} as const satisfies Omit<PlanPolicy, "execution" | "bandWeight" | "minOrderValue">;

/** The mode of a symbol; "trade" unless the owner has set another. */
export function modeOf({ instruments }: TargetPolicy, symbol: string): InstrumentMode {
  return instruments.get(symbol)?.mode ?? "trade";
}

/** Orders for a symbol are multiples of so many shares; 1 unless the owner has set more. */
export function boardLotOf({ instruments }: TargetPolicy, symbol: string): number {
  return instruments.get(symbol)?.boardLot ?? 1;
}
