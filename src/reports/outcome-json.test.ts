import { aHeldOutcome, anOutcome, aPlannedOrder } from "../testing/outcome-builder.ts";
import { instant } from "../trading/instant.ts";
import { eventJson, outcomeJson } from "./outcome-json.ts";

// Scripts read this: a test that must be changed here means that `format` must be raised.

it("tells an outcome with amounts as decimals, instants as ISO, and what is not known as null", () => {
  const json = JSON.parse(JSON.stringify(outcomeJson(anOutcome()))) as object;
  expect(Object.keys(json)).toEqual([
    "format",
    "kind",
    "exitCode",
    "run",
    "verdict",
    "endedAt",
    "session",
    "nextSession",
    "findings",
    "accepted",
    "settledOrders",
    "foreignOrders",
    "plan",
    "earlierWaves",
    "lookedOn",
    "review",
    "orders",
    "protection",
    "executions",
    "account",
    "orderFile",
    "crash",
  ]);
  expect(json).toMatchObject({
    format: 1,
    kind: "outcome",
    exitCode: 0,
    verdict: "done",
    endedAt: "2022-03-14T14:36:05.000Z",
    run: {
      id: "20220314T143500Z",
      startedAt: "2022-03-14T14:35:00.000Z",
      window: "2022031414",
      account: "DU1234567",
    },
    session: { on: "2022-03-14", openAt: "2022-03-14T13:30:00.000Z", closeAt: "2022-03-14T20:00:00.000Z" },
    account: {
      netLiquidation: { amount: "1012345.67", currency: "USD" },
      cashByCurrency: [{ currency: "USD" }, { amount: "1000.10", currency: "EUR" }],
      exchangeRates: { USD: 1, EUR: 1.111 },
      positions: [{ symbol: "TSLA", shares: -30, averageCost: 801.2345, marketPrice: 766.37 }],
    },
    executions: [
      {
        price: 151.07,
        executedAt: "2022-03-14T14:35:12.000Z",
        commission: { amount: "0.61" },
        realizedPnl: null,
      },
    ],
    crash: null,
  });
});

it("gives the exit code of the verdict, and findings with their data", () => {
  expect(outcomeJson(aHeldOutcome())).toMatchObject({
    exitCode: 3,
    findings: [
      {
        kind: "forecast-truncated",
        file: "forecasts/momentum.csv",
        line: 3,
        declaredRows: 20,
        foundRows: 17,
      },
    ],
    plan: null,
  });
});

it("tells an event, with the instrument but without its hours and price steps", () => {
  expect(eventJson({ kind: "order-sent", order: aPlannedOrder() })).toEqual({
    format: 1,
    kind: "order-sent",
    order: {
      orderRef: "trader.reb.2022031414.AAPL.B120.1.5f0a",
      role: "rebalance",
      account: "DU1234567",
      instrument: { conId: 265598, symbol: "AAPL", primaryExchange: "NASDAQ", currency: "USD" },
      side: "buy",
      shares: 120,
      limitPrice: 151.18,
      decisionPrice: 151.03,
      style: { kind: "adaptive", priority: "Normal" },
      timeInForce: "DAY",
      outsideRegularHours: false,
    },
  });
  const asOf = instant("2022-03-14T13:00:00Z");
  expect(
    eventJson({
      kind: "forecast-read",
      strategy: "m",
      file: "f",
      asOf,
      rows: 2,
      leverage: 1,
      leverageAsWritten: 1,
    }),
  ).toMatchObject({ asOf: "2022-03-14T13:00:00.000Z", rows: 2 });
});

it("does not turn what is no number into null", () => {
  const crossed = { kind: "quote-crossed", symbol: "KO", bid: Number.POSITIVE_INFINITY, ask: 58.65 } as const;
  expect(eventJson({ kind: "finding", finding: crossed })).toMatchObject({
    finding: { bid: "Infinity", ask: 58.65 },
  });
});
