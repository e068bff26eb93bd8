import type { Instant } from "../trading/instant.ts";
import { invariant } from "../trading/invariant.ts";
import { toNumber } from "../trading/money.ts";
import type { BaseCurrency } from "./account-terms.ts";
import { averageCostOf, type Books } from "./books.ts";
import { buyingPower, type Exposure, initialMargin, maintenanceMargin } from "./margin.ts";
import type { VenueBalances, VenueLedger, VenuePosition } from "./venue.ts";

/** Price at which a contract is valued now. */
export type MarkOf = (conId: number) => number;

/** A contract's position at its mark; undefined when it is flat. `realizedPnl` is today's, of this contract. */
export function positionOf(
  books: Books,
  conId: number,
  { markOf, realizedPnl }: { readonly markOf: MarkOf; readonly realizedPnl: number },
): VenuePosition | undefined {
  const holding = books.holdings.get(conId);
  if (!holding) return undefined;
  const { shares } = holding;
  return { conId, shares, averageCost: averageCostOf(holding), marketPrice: markOf(conId), realizedPnl };
}

/** When balances are told, and at which rate. */
export interface Valuation {
  readonly markOf: MarkOf;
  /** Dollars for one unit of a base currency. */
  readonly dollarsPer: (currency: BaseCurrency) => number;
  readonly now: Instant;
  /** Today's, in dollars. */
  readonly realizedDollars: number;
}

/**
 * The account's sums at the marks, in its base currency. Net liquidation is cash plus the signed value of all positions. A
 * cash account has nothing on margin: what it holds is paid, and its funds are what is settled.
 */
export function balancesOf(
  books: Books,
  { markOf, dollarsPer, now, realizedDollars }: Valuation,
): VenueBalances {
  const { kind, baseCurrency, otherCash } = books.terms;
  const exposures = exposuresOf(books, markOf);
  const inBase = 1 / dollarsPer(baseCurrency);
  const cash = toNumber(books.cash) * inBase + otherCash;
  const settledCash = toNumber(books.settledCash(now)) * inBase + otherCash;
  const stockMarketValue = sum(exposures, ({ shares, price }) => shares * price) * inBase;
  const costs = sum([...books.holdings.values()], ({ cost }) => toNumber(cost)) * inBase;
  const netLiquidation = cash + stockMarketValue;
  const grossPositionValue = sum(exposures, ({ shares, price }) => Math.abs(shares) * price) * inBase;
  const isCash = kind === "cash";
  const initial = isCash ? grossPositionValue : initialMargin(exposures) * inBase;
  const maintenance = isCash ? grossPositionValue : maintenanceMargin(exposures) * inBase;
  const availableFunds = isCash ? settledCash : netLiquidation - initial;
  const realizedPnl = realizedDollars * inBase;
  return {
    accountKind: kind,
    baseCurrency,
    ledgers: ledgersOf(books, inBase, { stockMarketValue, costs, realizedPnl }),
    cash,
    settledCash,
    netLiquidation,
    stockMarketValue,
    grossPositionValue,
    equityWithLoan: netLiquidation,
    initialMargin: initial,
    maintenanceMargin: maintenance,
    availableFunds,
    excessLiquidity: isCash ? settledCash : netLiquidation - maintenance,
    buyingPower: isCash ? Math.max(0, availableFunds) : buyingPower(availableFunds),
    unrealizedPnl: stockMarketValue - costs,
    realizedPnl,
  };
}

/** The ledger of each currency: dollars hold the stocks, another base currency holds nothing but its cash. */
function ledgersOf(
  books: Books,
  inBase: number,
  base: { readonly stockMarketValue: number; readonly costs: number; readonly realizedPnl: number },
): readonly VenueLedger[] {
  const { baseCurrency, otherCash } = books.terms;
  const dollars: VenueLedger = {
    currency: "USD",
    exchangeRate: inBase,
    cash: toNumber(books.cash),
    stockMarketValue: base.stockMarketValue / inBase,
    unrealizedPnl: (base.stockMarketValue - base.costs) / inBase,
    realizedPnl: base.realizedPnl / inBase,
  };
  if (baseCurrency === "USD") return [dollars];
  const other = { exchangeRate: 1, cash: otherCash, stockMarketValue: 0, unrealizedPnl: 0, realizedPnl: 0 };
  return [{ currency: baseCurrency, ...other }, dollars];
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
