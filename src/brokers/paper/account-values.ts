import type { Venue, VenueBalances } from "../../simulation/venue.ts";
import { amountText } from "./fields.ts";

/** One line of an account's state. The currency is empty for what is no amount, "BASE" for sums over all currencies. */
export interface AccountValue {
  readonly key: string;
  readonly value: string;
  readonly currency: string;
}

/** Everything that account updates tell: the balances, their part in securities (-S), and the ledger of every currency. */
export function accountValues(venue: Venue, account: string): readonly AccountValue[] {
  const balances = venue.balances(account);
  const amounts = amountsOf(balances).map(([key, amount]) => inBase(balances, key, amount));
  const segment = amountsOf(balances)
    .filter(([key]) => segmentKeys.has(key))
    .map(([key, amount]) => inBase(balances, `${key}-S`, amount));
  return [
    { key: "AccountCode", value: account, currency: "" },
    { key: "AccountReady", value: "true", currency: "" },
    { key: "AccountType", value: accountType, currency: "" },
    { key: "Cushion", value: cushionOf(balances), currency: "" },
    ...amounts,
    ...segment,
    ...ledgerValues(balances, "BASE"),
    ...ledgerValues(balances, balances.baseCurrency),
  ];
}

/** The tags of an account summary, in their order. "$LEDGER" is the ledger's sum, ":USD" that currency, ":ALL" everything. */
export function summaryValues(
  venue: Venue,
  account: string,
  tags: readonly string[],
): readonly AccountValue[] {
  const balances = venue.balances(account);
  const amounts = new Map(amountsOf(balances));
  return tags.flatMap((tag) => {
    const amount = amounts.get(tag);
    if (amount !== undefined) return [inBase(balances, tag, amount)];
    if (tag === "AccountType") return [{ key: tag, value: accountType, currency: "" }];
    if (tag === "Cushion") return [{ key: tag, value: cushionOf(balances), currency: "" }];
    if (tag === "$LEDGER") return ledgerValues(balances, "BASE");
    if (tag === "$LEDGER:ALL")
      return [...ledgerValues(balances, balances.baseCurrency), ...ledgerValues(balances, "BASE")];
    if (tag === `$LEDGER:${balances.baseCurrency}`) return ledgerValues(balances, balances.baseCurrency);
    // As at the real gateway: a tag that it does not know simply has no line.
    return [];
  });
}

const accountType = "INDIVIDUAL";

const segmentKeys = new Set([
  "AvailableFunds",
  "EquityWithLoanValue",
  "ExcessLiquidity",
  "GrossPositionValue",
  "InitMarginReq",
  "MaintMarginReq",
  "NetLiquidation",
  "TotalCashValue",
]);

/** Look-ahead and full margins are those of now: the simulation changes no margin overnight. Nothing accrues in it. */
function amountsOf(balances: VenueBalances): readonly (readonly [string, number])[] {
  const { initialMargin, maintenanceMargin, availableFunds, excessLiquidity } = balances;
  return [
    ["AccruedCash", 0],
    ["AvailableFunds", availableFunds],
    ["BuyingPower", balances.buyingPower],
    ["EquityWithLoanValue", balances.equityWithLoan],
    ["ExcessLiquidity", excessLiquidity],
    ["FullAvailableFunds", availableFunds],
    ["FullExcessLiquidity", excessLiquidity],
    ["FullInitMarginReq", initialMargin],
    ["FullMaintMarginReq", maintenanceMargin],
    ["GrossPositionValue", balances.grossPositionValue],
    ["InitMarginReq", initialMargin],
    ["LookAheadAvailableFunds", availableFunds],
    ["LookAheadExcessLiquidity", excessLiquidity],
    ["LookAheadInitMarginReq", initialMargin],
    ["LookAheadMaintMarginReq", maintenanceMargin],
    ["MaintMarginReq", maintenanceMargin],
    ["NetLiquidation", balances.netLiquidation],
    ["TotalCashValue", balances.cash],
  ];
}

/** One currency of the ledger, or with "BASE" the sum of all, which is not one more of them (A03). */
function ledgerValues(balances: VenueBalances, currency: string): readonly AccountValue[] {
  const amounts: readonly (readonly [string, number])[] = [
    ["CashBalance", balances.cash],
    ["NetLiquidationByCurrency", balances.netLiquidation],
    ["RealizedPnL", balances.realizedPnl],
    ["StockMarketValue", balances.stockMarketValue],
    ["TotalCashBalance", balances.cash],
    ["UnrealizedPnL", balances.unrealizedPnl],
  ];
  return [
    { key: "Currency", value: currency, currency },
    { key: "RealCurrency", value: currency, currency },
    { key: "ExchangeRate", value: "1.00", currency },
    ...amounts.map(([key, amount]) => ({ key, value: amountText(amount), currency })),
  ];
}

function inBase(balances: VenueBalances, key: string, amount: number): AccountValue {
  return { key, value: amountText(amount), currency: balances.baseCurrency };
}

/** Excess liquidity ÷ net liquidation, with four places. */
function cushionOf(balances: VenueBalances): string {
  const { netLiquidation, excessLiquidity } = balances;
  return netLiquidation > 0 ? (excessLiquidity / netLiquidation).toFixed(4) : "0.0000";
}
