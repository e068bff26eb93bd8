import { smallHistory, smallVenue } from "../testing/small-venue.ts";
import { listingsOf } from "./listings.ts";

describe("listings", () => {
  it("know the shipped stocks", () => {
    const listings = listingsOf(["PEP", "RRC", "AAPL", "WMT"]);
    expect(
      listings.map(({ symbol, primaryExchange, longName }) => [symbol, primaryExchange, longName]),
    ).toEqual([
      ["PEP", "NASDAQ", "PEPSICO INC"],
      ["RRC", "NYSE", "RANGE RESOURCES CORP"],
      ["AAPL", "NASDAQ", "APPLE INC"],
      ["WMT", "NYSE", "WALMART INC"],
    ]);
    expect(listings.find(({ symbol }) => symbol === "AAPL")?.conId).toBe(265598);
    expect(listings[0]?.priceSteps).toEqual([{ lowEdge: 0, increment: 0.01 }]);
  });

  it("give a symbol the same conId in every venue, and no two symbols one", () => {
    const symbols = Array.from({ length: 5000 }, (_, i) => `S${String(i + 1).padStart(4, "0")}`);
    const conIds = listingsOf(symbols).map(({ conId }) => conId);
    expect(new Set(conIds).size).toBe(5000);
    expect(Math.max(...conIds)).toBeLessThan(2 ** 31);
    expect(listingsOf(["S4711"])[0]?.conId).toBe(conIds[4710]);
    const taken = conIds[4710] ?? 0;
    const facts = [{ symbol: "TWIN", conId: taken }];
    expect(listingsOf(["S4711", "TWIN"], facts).map(({ conId }) => conId)).toEqual([taken + 1, taken]);
  });

  it("read a symbol that is listed more than once from its columns; each listing has noise of its own", () => {
    const listed = listingsOf(["TWIN", "TWIN@NASDAQ", "TWIN@IBIS/EUR", "BRK B"]);
    expect(
      listed.map(({ symbol, primaryExchange, currency }) => [symbol, primaryExchange, currency]),
    ).toEqual([
      ["TWIN", "NYSE", "USD"],
      ["TWIN", "NASDAQ", "USD"],
      ["TWIN", "IBIS", "EUR"],
      ["BRK B", "NYSE", "USD"],
    ]);
    const { dates, closes } = smallHistory();
    const same = closes.get("AAPL") ?? new Float64Array();
    const columns = ["TWIN", "TWIN@NASDAQ"];
    const venue = smallVenue({
      history: { dates, closes: new Map(columns.map((column) => [column, same])) },
      contracts: columns.map((symbol) => ({ symbol, averageDailyShares: 5e6 })),
    });
    const [one, other] = venue.contracts().map(({ conId }) => venue.quote(conId).ask);
    expect(one).not.toBe(other);
  });

  it("let a caller overrule facts, but not of symbols without prices", () => {
    const [thin] = listingsOf(["AAPL"], [{ symbol: "AAPL", averageDailyShares: 5e5 }]);
    expect(thin).toMatchObject({ conId: 265598, averageDailyShares: 5e5, longName: "APPLE INC" });
    expect(() => listingsOf(["AAPL"], [{ symbol: "TSLA", conId: 1 }])).toThrow("no prices of TSLA");
  });
});
