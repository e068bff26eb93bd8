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

  it("let a caller overrule facts, but not of symbols without prices", () => {
    const [thin] = listingsOf(["AAPL"], [{ symbol: "AAPL", averageDailyShares: 5e5 }]);
    expect(thin).toMatchObject({ conId: 265598, averageDailyShares: 5e5, longName: "APPLE INC" });
    expect(() => listingsOf(["AAPL"], [{ symbol: "TSLA", conId: 1 }])).toThrow("no prices of TSLA");
  });
});
