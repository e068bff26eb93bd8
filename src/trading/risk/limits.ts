/** What the owner allows. Amounts are in the account's base currency, ratios plain numbers (0.25 is a quarter). */
export interface Limits {
  /** Σ |market value| ÷ net liquidation. */
  readonly grossLeverageMax: number;
  /** |Σ signed market value| ÷ net liquidation. */
  readonly netLeverageMax: number;
  /** |market value| ÷ net liquidation of one instrument. */
  readonly weightMax: number;
  readonly groups: readonly Group[];
  /** Σ |weight| that one strategy asks for, of the account's net liquidation, its leverage included. */
  readonly strategyWeightMax: number;
  readonly orderValueMax: number;
  readonly ordersPerRunMax: number;
  /** Orders of all runs of a trading session. */
  readonly ordersPerDayMax: number;
  /** Σ order values ÷ net liquidation. */
  readonly turnoverPerRunMax: number;
  /** Everything that the account has traded in the session, and what is planned, ÷ net liquidation. */
  readonly turnoverPerDayMax: number;
  /** |mid ÷ last known price − 1|. */
  readonly priceJumpMax: number;
  /** (ask − bid) ÷ mid. */
  readonly spreadBpsMax: number;
  readonly excessLiquidityMin: number;
  /** Excess liquidity ÷ net liquidation. */
  readonly cushionMin: number;
  /** Loss since the session before, deposits and withdrawals taken out. */
  readonly dailyLossMax: number;
  readonly drawdown: DrawdownLevels;
  /** A value beyond this share of its limit is a warning: 0.9 warns at 90 %. */
  readonly warnAt: number;
}

/** Instruments that are limited together: a sector, a country, a theme. */
export interface Group {
  readonly name: string;
  readonly symbols: ReadonlySet<string>;
  /** Σ |market value| ÷ net liquidation of its instruments. */
  readonly weightMax: number;
}

/** Drawdowns, as ratios, from which on the run warns, takes risk off, and sends nothing. */
export interface DrawdownLevels {
  readonly warnAt: number;
  readonly deRiskAt: number;
  /** Targets are multiplied by this while the account is beyond `deRiskAt`. */
  readonly deRiskFactor: number;
  readonly haltAt: number;
}

/** For worlds without an owner: the back of a simulation, a test's orders. */
export const noLimits: Limits = {
  grossLeverageMax: Number.POSITIVE_INFINITY,
  netLeverageMax: Number.POSITIVE_INFINITY,
  weightMax: Number.POSITIVE_INFINITY,
  groups: [],
  strategyWeightMax: Number.POSITIVE_INFINITY,
  orderValueMax: Number.POSITIVE_INFINITY,
  ordersPerRunMax: Number.POSITIVE_INFINITY,
  ordersPerDayMax: Number.POSITIVE_INFINITY,
  turnoverPerRunMax: Number.POSITIVE_INFINITY,
  turnoverPerDayMax: Number.POSITIVE_INFINITY,
  priceJumpMax: Number.POSITIVE_INFINITY,
  spreadBpsMax: Number.POSITIVE_INFINITY,
  excessLiquidityMin: Number.NEGATIVE_INFINITY,
  cushionMin: Number.NEGATIVE_INFINITY,
  dailyLossMax: Number.POSITIVE_INFINITY,
  drawdown: {
    warnAt: Number.POSITIVE_INFINITY,
    deRiskAt: Number.POSITIVE_INFINITY,
    deRiskFactor: 1,
    haltAt: Number.POSITIVE_INFINITY,
  },
  warnAt: 1,
};
