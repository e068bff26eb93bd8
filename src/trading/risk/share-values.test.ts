import { anAccount, aPosition } from "../../testing/outcome-builder.ts";
import { scenarioNow, stock } from "../../testing/scenario.ts";
import { shareValues } from "./share-values.ts";

const quoteOf = (symbol: string, bid: number, ask: number) => {
  const { conId } = stock(symbol);
  return { conId, bid, ask, mid: (bid + ask) / 2, receivedAt: scenarioNow };
};
const held = (symbol: string, currency: string, marketPrice: number | undefined) =>
  aPosition({ conId: stock(symbol).conId, symbol, currency, marketPrice });

it("are the mid, else the broker's mark, in base currency; nothing without a price, a rate or a contract", () => {
  const account = anAccount({
    baseCurrency: "USD",
    exchangeRates: new Map([["EUR", 1.1]]),
    positions: [
      held("OLD", "EUR", 50),
      held("AAA", "USD", 7),
      held("CHF", "CHF", 9),
      held("BARE", "USD", undefined),
    ],
  });
  const market = {
    instruments: [stock("AAA", { multiplier: 10 }), stock("SAP", { currency: "EUR" }), stock("MUTE")],
    quotes: new Map([quoteOf("AAA", 19, 21), quoteOf("SAP", 99, 102)].map((quote) => [quote.conId, quote])),
    haltedConIds: new Set<number>(),
  };
  const told = ["AAA", "SAP", "OLD", "CHF", "BARE", "MUTE", "ZZZ"].map((symbol) =>
    shareValues(account, market)(symbol),
  );
  expect(told).toEqual([
    { conId: stock("AAA").conId, unit: { price: 20, multiplier: 10, rate: 1 } },
    { conId: stock("SAP").conId, unit: { price: 100.5, multiplier: 1, rate: 1.1 } },
    { conId: stock("OLD").conId, unit: { price: 50, multiplier: 1, rate: 1.1 } },
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
