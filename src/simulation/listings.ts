import { invariant } from "../trading/invariant.ts";
import type { PriceStep } from "../trading/price.ts";
import { madeFacts } from "./made-listings.ts";
import { bits, noiseKey, uniform } from "./noise.ts";
import type { VenueContract } from "./venue.ts";

/** A contract and how much of it changes hands on a usual day: what decides its spread and the sizes on display. */
export interface Listing extends VenueContract {
  /** The column of the price history that it follows: its symbol, when that is listed once. */
  readonly series: string;
  readonly averageDailyShares: number;
}

/** What a caller knows better of one listing than the derived facts. */
export interface ListingFacts {
  /** As the price history names its column: AAPL, or where a symbol is listed more than once TWIN@NYSE, TWIN@IBIS/EUR. */
  readonly symbol: string;
  readonly stockType?: "COMMON" | "ETF";
  readonly conId?: number;
  readonly longName?: string;
  readonly primaryExchange?: string;
  readonly averageDailyShares?: number;
  readonly marketRuleId?: number;
  readonly priceSteps?: readonly PriceStep[];
  readonly sizeIncrementShares?: number;
  readonly borrowableShares?: number;
}

/**
 * The shipped stocks at the end of their data, December 2022. Volumes are of that time's order of magnitude; RRC, BBY and
 * LLY are the thin ones. The conIds are IB's real ones where public recordings show them, else derived.
 */
const known: readonly ListingFacts[] = [
  {
    symbol: "AAPL",
    conId: 265598,
    longName: "APPLE INC",
    primaryExchange: "NASDAQ",
    averageDailyShares: 90e6,
  },
  {
    symbol: "AMD",
    conId: 4391,
    longName: "ADVANCED MICRO DEVICES",
    primaryExchange: "NASDAQ",
    averageDailyShares: 75e6,
  },
  { symbol: "BAC", longName: "BANK OF AMERICA CORP", averageDailyShares: 45e6 },
  { symbol: "BBY", longName: "BEST BUY CO INC", averageDailyShares: 3e6 },
  { symbol: "CVX", longName: "CHEVRON CORP", averageDailyShares: 10e6 },
  { symbol: "GE", longName: "GENERAL ELECTRIC CO", averageDailyShares: 7e6 },
  { symbol: "HD", longName: "HOME DEPOT INC", averageDailyShares: 4e6 },
  { symbol: "JNJ", longName: "JOHNSON & JOHNSON", averageDailyShares: 8e6 },
  { symbol: "JPM", longName: "JPMORGAN CHASE & CO", averageDailyShares: 13e6 },
  { symbol: "KO", conId: 8894, longName: "COCA-COLA CO/THE", averageDailyShares: 15e6 },
  { symbol: "LLY", longName: "ELI LILLY & CO", averageDailyShares: 3e6 },
  { symbol: "MRK", longName: "MERCK & CO. INC.", averageDailyShares: 10e6 },
  {
    symbol: "MSFT",
    conId: 272093,
    longName: "MICROSOFT CORP",
    primaryExchange: "NASDAQ",
    averageDailyShares: 30e6,
  },
  { symbol: "PEP", longName: "PEPSICO INC", primaryExchange: "NASDAQ", averageDailyShares: 5e6 },
  { symbol: "PFE", longName: "PFIZER INC", averageDailyShares: 25e6 },
  { symbol: "PG", longName: "PROCTER & GAMBLE CO/THE", averageDailyShares: 7e6 },
  { symbol: "RRC", longName: "RANGE RESOURCES CORP", averageDailyShares: 3e6 },
  { symbol: "UNH", longName: "UNITEDHEALTH GROUP INC", averageDailyShares: 3.5e6 },
  { symbol: "WMT", conId: 13824, longName: "WALMART INC", averageDailyShares: 7e6 },
  { symbol: "XOM", conId: 13977, longName: "EXXON MOBIL CORP", averageDailyShares: 22e6 },
  ...madeFacts,
];

/** IB's market rule 26: one cent at every price. */
const wholeCents = { marketRuleId: 26, priceSteps: [{ lowEdge: 0, increment: 0.01 }] };

/**
 * The listings of these columns of a price history, in their order. A column is a symbol; "TWIN@NYSE" adds the primary
 * exchange, and "TWIN@IBIS/EUR" the currency, where one symbol is listed more than once. A column has the same conId in
 * every venue, unless two of one venue would share it. Facts about what is not listed are a mistake: RangeError.
 */
export function listingsOf(
  symbols: readonly string[],
  facts: readonly ListingFacts[] = [],
): readonly Listing[] {
  const stranger = facts.find(({ symbol }) => !symbols.includes(symbol));
  if (stranger) throw new RangeError(`there are no prices of ${stranger.symbol}`);
  const factsOf = new Map(known.map((fact) => [fact.symbol, fact]));
  for (const fact of facts) factsOf.set(fact.symbol, { ...factsOf.get(fact.symbol), ...fact });
  const taken = new Set([...factsOf.values()].flatMap(({ conId }) => conId ?? []));
  return symbols.map((symbol) => {
    const fact = factsOf.get(symbol);
    const conId = fact?.conId ?? derivedConId(symbol, taken);
    taken.add(conId);
    const { averageDailyShares = derivedDailyShares(symbol) } = fact ?? {};
    invariant(averageDailyShares > 0, `${symbol} trades ${averageDailyShares} shares a day`);
    const names = namesIn(symbol);
    return {
      longName: names.symbol,
      primaryExchange: "NYSE",
      ...wholeCents,
      ...fact,
      ...names,
      series: symbol,
      conId,
      averageDailyShares,
    };
  });
}

/** What a column's name says: "TWIN", "TWIN@NYSE" or "TWIN@IBIS/EUR". */
function namesIn(
  column: string,
): Pick<Listing, "symbol" | "currency"> & Partial<Pick<Listing, "primaryExchange">> {
  const [, symbol = column, primaryExchange, currency = "USD"] =
    /^(.+)@([A-Z]+)(?:\/([A-Z]{3}))?$/.exec(column) ?? [];
  return { symbol, currency, ...(primaryExchange !== undefined && { primaryExchange }) };
}

/** Above the numbers that IB has given to US stocks which trade much, below 2³¹. */
function derivedConId(symbol: string, taken: ReadonlySet<number>): number {
  let conId = 900_000_000 + (bits(noiseKey(symbol, "conId"), 0) % 1_000_000_000);
  while (taken.has(conId)) conId += 1;
  return conId;
}

/** Between 0.3 and 30 million shares a day. */
function derivedDailyShares(symbol: string): number {
  return Math.round(3e5 * 100 ** uniform(noiseKey(symbol, "volume"), 0));
}
