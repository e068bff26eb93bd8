import type { Money } from "./money.ts";

/** Shares held of one instrument, signed, with what the broker says they are worth. */
export interface Position {
  readonly conId: number;
  readonly symbol: string;
  readonly securityType: string;
  readonly currency: string;
  readonly shares: number;
  /** The broker's average cost per share, commissions included. */
  readonly averageCost: number;
  /** The broker's mark; undefined when it has none. */
  readonly marketPrice: number | undefined;
  /** In the instrument's currency, signed; undefined without a mark. */
  readonly marketValue: Money | undefined;
  readonly unrealizedPnl: Money | undefined;
}

/** Signed shares of a contract among the positions of an account; what is not listed is not held. */
export function sharesIn(positions: readonly Pick<Position, "conId" | "shares">[], conId: number): number {
  return positions.find((position) => position.conId === conId)?.shares ?? 0;
}

/** The account as the broker states it. All sums are in the base currency unless they say otherwise. */
export interface Account {
  readonly id: string;
  readonly baseCurrency: string;
  readonly netLiquidation: Money;
  readonly cash: Money;
  readonly grossPositionValue: Money;
  readonly initialMargin: Money;
  readonly maintenanceMargin: Money;
  readonly availableFunds: Money;
  readonly excessLiquidity: Money;
  /** Cash per real currency, each in its own; shown, never traded away. */
  readonly cashByCurrency: readonly Money[];
  /** Units of base currency for one unit of the named one; the base currency itself is 1. */
  readonly exchangeRates: ReadonlyMap<string, number>;
  readonly positions: readonly Position[];
}
