import { invariant } from "../trading/invariant.ts";
import { toNumber } from "../trading/money.ts";
import { averageCostOf, type Books } from "./books.ts";
import { buyingPower, type Exposure, initialMargin, maintenanceMargin } from "./margin.ts";
import type { VenueBalances, VenueExecution, VenuePosition } from "./venue.ts";

/** Price at which a contract is valued now. */
export type MarkOf = (conId: number) => number;

/** Positions at their marks; realized P&L is today's. `executions` are today's of this account. */
export function positionsOf(
  books: Books,
  markOf: MarkOf,
  executions: readonly VenueExecution[],
): readonly VenuePosition[] {
  const realized = new Map<number, number>();
  for (const { conId, realizedPnl = 0 } of executions)
    realized.set(conId, (realized.get(conId) ?? 0) + realizedPnl);
  return [...books.holdings].map(([conId, holding]) => ({
    conId,
    shares: holding.shares,
    averageCost: averageCostOf(holding),
    marketPrice: markOf(conId),
    realizedPnl: realized.get(conId) ?? 0,
  }));
}

/** The account's sums at the marks. Net liquidation is cash plus the signed value of all positions. */
export function balancesOf(
  books: Books,
  markOf: MarkOf,
  executions: readonly VenueExecution[],
): VenueBalances {
  const exposures = exposuresOf(books, markOf);
  const cash = toNumber(books.cash);
  const stockMarketValue = sum(exposures, ({ shares, price }) => shares * price);
  const netLiquidation = cash + stockMarketValue;
  const initial = initialMargin(exposures);
  const maintenance = maintenanceMargin(exposures);
  const costs = sum([...books.holdings.values()], ({ cost }) => toNumber(cost));
  return {
    baseCurrency: "USD",
    cash,
    netLiquidation,
    stockMarketValue,
    grossPositionValue: sum(exposures, ({ shares, price }) => Math.abs(shares) * price),
    equityWithLoan: netLiquidation,
    initialMargin: initial,
    maintenanceMargin: maintenance,
    availableFunds: netLiquidation - initial,
    excessLiquidity: netLiquidation - maintenance,
    buyingPower: buyingPower(netLiquidation - initial),
    unrealizedPnl: stockMarketValue - costs,
    realizedPnl: sum(executions, ({ realizedPnl = 0 }) => realizedPnl),
  };
}

/** What the account owns and owes in shares, at the marks. */
export function exposuresOf(books: Books, markOf: MarkOf): readonly Exposure[] {
  return [...books.holdings].map(([conId, { shares }]) => {
    const price = markOf(conId);
    invariant(price > 0, `a mark of ${price} for contract ${conId}`);
    return { shares, price };
  });
}

function sum<T>(values: readonly T[], amount: (value: T) => number): number {
  return values.reduce((total, value) => total + amount(value), 0);
}
