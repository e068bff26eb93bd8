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

it("are never those of an option or of another contract that bears the symbol (D17)", () => {
  const option = { ...held("AAA", "USD", 3), conId: 99, securityType: "OPT" };
  const renamed = { ...held("BBB", "USD", 4), conId: 98 };
  const account = anAccount({ baseCurrency: "USD", positions: [option, renamed] });
  const unquoted = { quotes: new Map(), haltedConIds: new Set<number>() };
  const none = shareValues(account, { instruments: [], ...unquoted });
  expect([none("AAA"), none("BBB")?.conId]).toEqual([undefined, 98]);
  const listed = shareValues(account, { instruments: [stock("AAA"), stock("BBB")], ...unquoted });
  expect([listed("AAA"), listed("BBB")]).toEqual([undefined, undefined]);
});
