import type { Venue, VenueBalances, VenueLedger } from "../../simulation/venue.ts";
import { dateIn } from "../../trading/session.ts";
import { amountText, decimalText } from "./fields.ts";
import { pnlOf } from "./position-pnl.ts";

/** One line of an account's state. The currency is empty for what is no amount, "BASE" for sums over all currencies. */
export interface AccountValue {
  readonly key: string;
  readonly value: string;
  readonly currency: string;
}

type Line = readonly [key: string, value: string];

/**
 * Everything that account updates tell, with the keys that the real gateway has for an account that trades stocks: the
 * balances, each of them again for securities (-S) and for commodities (-C), where there is nothing, and the ledger of every
 * currency and of their sum.
 */
export function accountValues(venue: Venue, account: string): readonly AccountValue[] {
  const balances = venue.balances(account);
  const { baseCurrency } = balances;
  const inBase = ([key, amount]: Amount): AccountValue => ({
    key,
    value: amountText(amount),
    currency: baseCurrency,
  });
  const plain = ([key, value]: Line): AccountValue => ({ key, value, currency: "" });
  const segmented = [...segmentAmounts(balances), ...nothing.map((key) => [key, 0] as const)];
  return [
    ...(
      [
        ["AccountCode", account],
        ["AccountReady", "true"],
        ["AccountType", accountType],
        ["Cushion", cushionOf(balances)],
        ["DayTradesRemaining", dayTradesRemaining],
        ...[1, 2, 3, 4].map((days): Line => [`DayTradesRemainingT+${days}`, dayTradesRemaining]),
        ["LookAheadNextChange", "0"],
        ["NLVAndMarginInReview", "false"],
        ["WhatIfPMEnabled", "true"],
        ["Leverage-S", leverageOf(balances)],
        ["SegmentTitle-C", "US Commodities"],
        ["SegmentTitle-S", "Securities"],
        ["TradingType-S", balances.accountKind === "cash" ? "STKCASH" : "STKNOPT"],
      ] satisfies Line[]
    ).map(plain),
    inBase(["BuyingPower", balances.buyingPower]),
    ...segmented.map(inBase),
    ...segmented.flatMap(([key, amount]) => [inBase([`${key}-C`, 0]), inBase([`${key}-S`, amount])]),
    ...securities(venue, account, balances).flatMap(([key, amount]) => [
      inBase([key, amount]),
      inBase([`${key}-S`, amount]),
    ]),
    ...allLedgers(balances),
  ];
}

/** The light answer of account updates for models: the net liquidation value and the ledgers. */
export function ledgerAndNetLiquidation(venue: Venue, account: string): readonly AccountValue[] {
  const balances = venue.balances(account);
  const { baseCurrency, netLiquidation } = balances;
  const value = amountText(netLiquidation);
  return [{ key: "NetLiquidation", value, currency: baseCurrency }, ...allLedgers(balances)];
}

/** The sum of all currencies, then each. */
function allLedgers(balances: VenueBalances): readonly AccountValue[] {
  return [sumOf(balances), ...balances.ledgers].flatMap((ledger) => ledgerValues(ledger));
}

/** The tags of an account summary, in their order. "$LEDGER" is the ledger's sum, ":USD" that currency, ":ALL" everything. */
export function summaryValues(
  venue: Venue,
  account: string,
  tags: readonly string[],
): readonly AccountValue[] {
  const balances = venue.balances(account);
  const texts = new Map<string, string>([
    ["AccountType", accountType],
    ["Cushion", cushionOf(balances)],
    ["DayTradesRemaining", dayTradesRemaining],
    // Nobody is about to be liquidated here.
    ["HighestSeverity", "0"],
    ["Leverage", leverageOf(balances)],
    ["LookAheadNextChange", "0"],
  ]);
  const amounts = new Map<string, number>([
    ...segmentAmounts(balances),
    ["BuyingPower", balances.buyingPower],
    ["SettledCash", balances.settledCash],
  ]);
  if (tags.some((tag) => /^(Re[gq]T|SMA|Previous)/.test(tag)))
    for (const [key, amount] of securities(venue, account, balances))
      amounts.set(key, amount).set(nameInSummary.get(key) ?? key, amount);
  return tags.flatMap((tag) => {
    const amount = amounts.get(tag);
    if (amount !== undefined)
      return [{ key: tag, value: amountText(amount), currency: balances.baseCurrency }];
    const text = texts.get(tag);
    if (text !== undefined) return [{ key: tag, value: text, currency: "" }];
    if (tag === "$LEDGER") return ledgerValues(sumOf(balances));
    const ledgers = balances.ledgers.filter(
      ({ currency }) => tag === "$LEDGER:ALL" || tag === `$LEDGER:${currency}`,
    );
    const sum = tag === "$LEDGER:ALL" ? ledgerValues(sumOf(balances)) : [];
    // As at the real gateway: a tag that it does not know simply has no line.
    return [...ledgers.flatMap((ledger) => ledgerValues(ledger)), ...sum];
  });
}

const accountType = "INDIVIDUAL";
/** There is no limit on day trades here. */
const dayTradesRemaining = "-1";

type Amount = readonly [key: string, amount: number];

/** Look-ahead and full margins are those of now: the simulation changes no margin overnight. Nothing accrues in it. */
function segmentAmounts(balances: VenueBalances): readonly Amount[] {
  const { initialMargin, maintenanceMargin, availableFunds, excessLiquidity } = balances;
  return [
    ["AccruedCash", 0],
    ["AvailableFunds", availableFunds],
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

/** What a real account has lines of even where there is none. */
const nothing: readonly string[] = [
  "AccruedDividend",
  "Billable",
  "Guarantee",
  "IndianStockHaircut",
  "NetLiquidationUncertainty",
  "PASharesValue",
  "PhysicalCertificateValue",
  "PostExpirationExcess",
  "PostExpirationMargin",
  "TotalDebitCardPendingCharges",
];

/** What only securities have: Regulation T's sums, and yesterday's equity. */
function securities(venue: Venue, account: string, balances: VenueBalances): readonly Amount[] {
  const { equityWithLoan, initialMargin } = balances;
  return [
    ["PreviousDayEquityWithLoanValue", previousEquity(venue, account, balances)],
    ["RegTEquity", equityWithLoan],
    ["RegTMargin", initialMargin],
    ["SMA", Math.max(0, equityWithLoan - initialMargin)],
  ];
}

/** Account summaries spell some keys otherwise than account updates. */
const nameInSummary: ReadonlyMap<string, string> = new Map([
  ["PreviousDayEquityWithLoanValue", "PreviousEquityWithLoanValue"],
  ["RegTEquity", "ReqTEquity"],
  ["RegTMargin", "ReqTMargin"],
]);

interface KnownEquity {
  readonly on: string;
  readonly amount: number;
}

/** Yesterday's equity does not change any more: it is reckoned once a day. */
const knownEquities = new WeakMap<Venue, Map<string, KnownEquity>>();

/** The equity at the last close before today: that of now without what today has brought. */
function previousEquity(venue: Venue, account: string, { equityWithLoan }: VenueBalances): number {
  const known = knownEquities.get(venue) ?? new Map<string, KnownEquity>();
  const on = dateIn(venue.zone, venue.now());
  const kept = known.get(account);
  if (kept?.on === on) return kept.amount;
  const today = pnlOf(venue, account).reduce((sum, { daily }) => sum + daily, 0);
  const fresh = { on, amount: equityWithLoan - today };
  knownEquities.set(venue, known.set(account, fresh));
  return fresh.amount;
}

/** The sum of all currencies, which is not one more of them (A03). */
function sumOf(balances: VenueBalances): VenueLedger {
  const { cash, stockMarketValue, unrealizedPnl, realizedPnl } = balances;
  return { currency: "BASE", exchangeRate: 1, cash, stockMarketValue, unrealizedPnl, realizedPnl };
}

/** What a ledger has lines of even where there is none. */
const noneInLedger: readonly string[] = [
  "AccruedCash",
  "AccruedDividend",
  "CorporateBondValue",
  "Cryptocurrency",
  "FundValue",
  "FutureOptionValue",
  "FuturesPNL",
  "FxCashBalance",
  "IssuerOptionValue",
  "MoneyMarketFundValue",
  "MutualFundValue",
  "NetDividend",
  "OptionMarketValue",
  "TBillValue",
  "TBondValue",
  "WarrantValue",
];

/** One currency of the ledger. */
function ledgerValues(ledger: VenueLedger): readonly AccountValue[] {
  const { currency, exchangeRate, cash, stockMarketValue } = ledger;
  const amounts: readonly Amount[] = [
    ["CashBalance", cash],
    ["NetLiquidationByCurrency", cash + stockMarketValue],
    ["RealizedPnL", ledger.realizedPnl],
    ["StockMarketValue", stockMarketValue],
    ["TotalCashBalance", cash],
    ["UnrealizedPnL", ledger.unrealizedPnl],
    ...noneInLedger.map((key) => [key, 0] as const),
  ];
  return [
    { key: "Currency", value: currency, currency },
    { key: "RealCurrency", value: currency, currency },
    { key: "ExchangeRate", value: rateText(exchangeRate), currency },
    ...amounts.map(([key, amount]) => ({ key, value: amountText(amount), currency })),
  ];
}

/** "1.00", or seven places. */
function rateText(rate: number): string {
  return rate === 1 ? "1.00" : decimalText(Math.round(rate * 1e7) / 1e7);
}

/** Excess liquidity ÷ net liquidation, with four places. */
function cushionOf({ netLiquidation, excessLiquidity }: VenueBalances): string {
  return netLiquidation > 0 ? (excessLiquidity / netLiquidation).toFixed(4) : "0.0000";
}

/** Gross position value ÷ net liquidation, with two places. */
function leverageOf({ netLiquidation, grossPositionValue }: VenueBalances): string {
  return netLiquidation > 0 ? (grossPositionValue / netLiquidation).toFixed(2) : "0.00";
}
