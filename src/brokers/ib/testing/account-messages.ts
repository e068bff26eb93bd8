import { account, type Peer } from "./peer.ts";

const usualValues: readonly (readonly [tag: string, value: string, currency: string])[] = [
  ["AccountReady", "true", ""],
  ["NetLiquidation", "1012345.67", "USD"],
  ["TotalCashValue", "961000.11", "USD"],
  ["GrossPositionValue", "51345.56", "USD"],
  ["InitMarginReq", "25672.78", "USD"],
  ["MaintMarginReq", "12836.39", "USD"],
  ["AvailableFunds", "986672.89", "USD"],
  ["ExcessLiquidity", "999509.28", "USD"],
  ["ExcessLiquidity-S", "1.00", "USD"],
  ["CashBalance", "960000.11", "USD"],
  ["CashBalance", "1500.00", "AUD"],
  ["CashBalance", "961000.11", "BASE"],
  ["ExchangeRate", "1.00", "USD"],
  ["ExchangeRate", "0.66667", "AUD"],
  ["ExchangeRate", "1.00", "BASE"],
];

/** The account's values; those named here replace the usual ones, an undefined one is left out. */
export function sendValues(peer: Peer, changed: Readonly<Record<string, string | undefined>> = {}): void {
  for (const [tag, value, currency] of usualValues) {
    const said = tag in changed ? changed[tag] : value;
    if (said !== undefined) peer.send(6, 2, tag, said, currency, account);
  }
}

interface Holding {
  readonly conId: number;
  readonly symbol: string;
  readonly shares: number;
  readonly currency?: string;
}

export function sendPortfolio(peer: Peer, { conId, symbol, shares, currency = "USD" }: Holding): void {
  const [price, cost] = [171.25, 160.5];
  const value = (shares * price).toFixed(2);
  const unrealized = (shares * (price - cost)).toFixed(2);
  peer.send(
    7,
    8,
    conId,
    symbol,
    "STK",
    "",
    0,
    "",
    "",
    "NASDAQ",
    currency,
    symbol,
    "NMS",
    shares,
    price,
    value,
    cost,
    unrealized,
    77.5,
    account,
  );
}

export function sendPosition(
  peer: Peer,
  { conId, symbol, shares, currency = "USD" }: Holding,
  of = account,
): void {
  peer.send(61, 3, of, conId, symbol, "STK", "", 0, "", "", "NASDAQ", currency, symbol, "NMS", shares, 160.5);
}
