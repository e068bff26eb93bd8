import type { PriceHistory } from "../trading/price-history.ts";
import type { ListingFacts } from "./listings.ts";

/** A listing whose prices are another series' prices times a number. */
interface MadeListing extends ListingFacts {
  readonly of: string;
  readonly times: number;
}

/**
 * Listings that the shipped stocks are no example of. SPY is a tenth of its index, as the fund is. The others are no
 * companies: each is there for one thing that contracts of the real world have, at prices that come with it.
 */
const made: readonly MadeListing[] = [
  {
    symbol: "SPY",
    of: "SP500",
    times: 0.1,
    conId: 756733,
    longName: "SPDR S&P 500 ETF TRUST",
    primaryExchange: "ARCA",
    stockType: "ETF",
    averageDailyShares: 80e6,
  },
  // Round one dollar, below which the ticks of US stocks are a hundredth of a cent.
  {
    symbol: "PENNY",
    of: "RRC",
    times: 1 / 28,
    longName: "EXAMPLE OF A PENNY STOCK",
    averageDailyShares: 2e6,
    marketRuleId: 9002,
    priceSteps: [
      { lowEdge: 0, increment: 0.0001 },
      { lowEdge: 1, increment: 0.01 },
    ],
  },
  // Round 50 in 2022, where its tick goes from two cents to five.
  {
    symbol: "TIERS",
    of: "AMD",
    times: 0.49,
    longName: "EXAMPLE OF THREE TICKS",
    averageDailyShares: 4e6,
    marketRuleId: 9003,
    priceSteps: [
      { lowEdge: 0, increment: 0.01 },
      { lowEdge: 20, increment: 0.02 },
      { lowEdge: 50, increment: 0.05 },
    ],
  },
  {
    symbol: "LOTS",
    of: "BAC",
    times: 0.5,
    longName: "EXAMPLE OF BOARD LOTS",
    averageDailyShares: 6e6,
    sizeIncrementShares: 100,
  },
  {
    symbol: "TWIN@NYSE",
    of: "GE",
    times: 0.5,
    longName: "EXAMPLE OF A SYMBOL LISTED TWICE",
    averageDailyShares: 5e6,
  },
  {
    symbol: "TWIN@NASDAQ",
    of: "PFE",
    times: 1.5,
    longName: "ANOTHER COMPANY OF THE SAME SYMBOL",
    averageDailyShares: 4e6,
  },
  {
    symbol: "TWIN@IBIS/EUR",
    of: "PG",
    times: 0.6,
    longName: "EXAMPLE OF A LISTING IN EUROS",
    averageDailyShares: 1e6,
  },
];

export const madeFacts: readonly ListingFacts[] = made.map(({ of: _of, times: _times, ...facts }) => facts);

/** The history with the listings that are made of its series, and without the series of an index, which is not traded. */
export function withMadeListings({ dates, closes }: PriceHistory): PriceHistory {
  const all = new Map(closes);
  for (const { symbol, of, times } of made) {
    const series = closes.get(of);
    if (series)
      all.set(
        symbol,
        series.map((close) => close * times),
      );
  }
  all.delete("SP500");
  return { dates, closes: all };
}
