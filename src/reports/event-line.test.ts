import {
  anAccount,
  anExecution,
  anOutcome,
  aPlan,
  aPlannedOrder,
  aReport,
  aSale,
  aSession,
  newYork,
  theNextSession,
} from "../testing/outcome-builder.ts";
import { aCheck } from "../testing/risk-builder.ts";
import type { RunEvent } from "../trading/event.ts";
import { instant } from "../trading/instant.ts";
import { money } from "../trading/money.ts";
import { eventLine, eventLines } from "./event-line.ts";

const at = instant("2022-03-14T14:35:00Z");
const { run } = anOutcome();

const stop = aPlannedOrder({ side: "sell", style: { kind: "stop", stopPrice: 140.5 } });

const told: readonly (readonly [RunEvent, string])[] = [
  [
    { kind: "run-started", run, session: aSession, nextSession: theNextSession },
    "run 20220314T143500Z of account DU1234567, 2022-03-14 10:35 EDT, session 2022-03-14 09:30 to 16:00 EDT",
  ],
  [
    { kind: "run-started", run, session: undefined, nextSession: theNextSession },
    "run 20220314T143500Z of account DU1234567, 2022-03-14 10:35 EDT, next session 2022-03-15 09:30 to 16:00 EDT",
  ],
  [{ kind: "order-sent", order: stop }, "sent: sell 120 AAPL, stop 140.50 USD"],
  [
    {
      kind: "change-sent",
      order: { ...stop, style: { kind: "stop-limit", stopPrice: 140.5 }, limitPrice: 139.25 },
    },
    "changed: sell 120 AAPL, stop 140.50 USD, limit 139.25 USD",
  ],
  [
    { kind: "market-closed", nextSession: theNextSession },
    "the market is closed; next session 2022-03-15 09:30 to 16:00 EDT",
  ],
  [
    {
      kind: "connected",
      account: "DU1234567",
      clientId: 11,
      serverVersion: 176,
      marketTimeAt: at,
      skewSeconds: 0.2,
    },
    "connected to DU1234567 as client 11; the broker's time is 2022-03-14 10:35 EDT",
  ],
  [{ kind: "broker-notice", code: 2103, text: "farm is broken" }, "the gateway says: 2103 farm is broken"],
  [
    {
      kind: "order-settled",
      order: aReport(aSale(), { state: { life: "done", status: "cancelled" }, filledShares: 60 }),
    },
    "earlier order: sell 200 MSFT: cancelled, 60 of 200 filled at 276.69",
  ],
  [
    {
      kind: "order-settled",
      order: aReport(aSale(), {
        state: { life: "done", status: "cancelled" },
        filledShares: 0,
        messages: [{ code: 0, text: "The algorithm's time is over." }],
      }),
    },
    "earlier order: sell 200 MSFT: cancelled (The algorithm's time is over)",
  ],
  [
    {
      kind: "order-settled",
      order: aReport(aSale(), {
        state: { life: "done", status: "cancelled" },
        filledShares: 0,
        messages: [{ code: 0, text: "Cancelled" }],
      }),
    },
    "earlier order: sell 200 MSFT: cancelled",
  ],
  [
    { kind: "foreign-order-left-alone", order: aReport() },
    "not ours, left alone: buy 120 AAPL, limit 151.18",
  ],
  [
    {
      kind: "forecast-read",
      strategy: "momentum",
      file: "m.csv",
      asOf: at,
      rows: 20,
      leverage: 1.5,
      leverageAsWritten: 2,
    },
    "forecast momentum: 20 rows as of 2022-03-14 10:35 EDT, leverage 1.5 (2.0 asked for)",
  ],
  [
    { kind: "account-read", account: anAccount() },
    "account: net liquidation 1,012,345.67 USD, cash -123,456.78 USD, 1 position",
  ],
  [{ kind: "contracts-known", cached: 18, asked: 2 }, "contracts: 18 known, 2 asked for"],
  [{ kind: "quotes-read", count: 20, seconds: 11.2 }, "quotes: 20 in 11 s"],
  [
    { kind: "planned", plan: aPlan() },
    "plan: 2 orders (1 sell, 1 buy, 73,461.60 USD), 1 instrument left alone",
  ],
  [
    { kind: "reviewed", review: { checks: [], judged: 6, overrides: [] }, cleared: true },
    "risk: 6 checks, none failed",
  ],
  [
    { kind: "reviewed", review: { checks: [], judged: 6, overrides: [] }, cleared: false },
    "risk: 6 checks, none failed; nothing is sent",
  ],
  [
    {
      kind: "reviewed",
      review: {
        checks: [aCheck({ subject: "KO" }), aCheck({ name: "cushion", verdict: "warn" })],
        judged: 6,
        overrides: [],
      },
      cleared: false,
    },
    "risk: 1 of 6 checks failed: weight KO",
  ],
  [
    {
      kind: "reviewed",
      review: { checks: [aCheck({ name: "cushion", verdict: "warn" })], judged: 6, overrides: [] },
      cleared: true,
    },
    "risk: 6 checks, none failed, near or over: cushion",
  ],
  [
    { kind: "finding", finding: { kind: "holding-not-priced", symbol: "KO" } },
    "! the holding KO has no price: neither a quote nor the broker's mark",
  ],
  [
    {
      kind: "dropped-not-priced",
      symbols: ["KO", "PG"],
      because: [{ kind: "quote-unanswered", symbol: "PG", deadlineSeconds: 11 }],
    },
    "no price of KO, PG, which a forecast has dropped; until there is one, what the strategy is worth is not known: no quote for PG: nothing came within 11 s",
  ],
  [{ kind: "order-sent", order: aPlannedOrder() }, "sent: buy 120 AAPL, limit 151.18 USD"],
  [{ kind: "order-changed", order: aReport() }, "buy 120 AAPL: filled at 151.03"],
  [
    { kind: "order-changed", order: aReport(undefined, { state: { life: "unknown" }, filledShares: 0 }) },
    "buy 120 AAPL: UNKNOWN: not acknowledged",
  ],
  [
    { kind: "executed", execution: anExecution({ commission: money("-0.2", "USD") }) },
    "filled: buy 70 AAPL at 151.07 USD, commission -0.20 USD",
  ],
  [
    { kind: "executed", execution: anExecution({ commission: undefined }) },
    "filled: buy 70 AAPL at 151.07 USD",
  ],
  [
    { kind: "snapshot-saved", executions: 3, dayCommitted: "2022-03-14" },
    "snapshot saved, 3 new executions; the day 2022-03-14 is on record",
  ],
  [{ kind: "mail-kept", key: "k", subject: "s", reason: "no answer" }, "mail trouble: s: no answer"],
  [{ kind: "run-ended", verdict: "held", seconds: 12.6 }, "HELD: nothing was sent (13 s)"],
];

it.each(told)("%# says it in one line", (event, line) => {
  expect(eventLine(event, { zone: newYork })).toBe(line);
});

it("tells once of an earlier run's order that is taken back, and of this run's own orders as they end", () => {
  const cancelled = { state: { life: "done", status: "cancelled" }, filledShares: 0 } as const;
  const earlier = aReport(undefined, { ...cancelled, orderRef: "trader.reb.2022031413.KO.B12.1.aaaa" });
  const { orderRef } = aPlannedOrder();
  const lineOf = eventLines();
  const lines = (events: readonly RunEvent[]) => events.map((event) => lineOf(event, { zone: newYork }));
  expect(
    lines([
      { kind: "order-changed", order: earlier },
      { kind: "working-order-cancelled", order: earlier },
      { kind: "order-changed", order: aReport(undefined, { orderRef: earlier.orderRef }) },
      { kind: "order-sent", order: aPlannedOrder() },
      { kind: "order-changed", order: aReport(undefined, { ...cancelled, orderRef }) },
    ]),
  ).toEqual([
    undefined,
    "working order taken back: buy 120 AAPL: cancelled",
    "buy 120 AAPL: filled at 151.03",
    "sent: buy 120 AAPL, limit 151.18 USD",
    "buy 120 AAPL: cancelled",
  ]);
});

it("tells times in the reader's zone, with the zone's own summer", () => {
  expect(
    eventLine({ kind: "market-closed", nextSession: theNextSession }, { zone: "Europe/Berlin" }),
  ).toContain("2022-03-15 14:30 to 21:00");
});

it("keeps quiet where a person would learn nothing", () => {
  const quiet: readonly RunEvent[] = [
    { kind: "broker-notice", code: 2104, text: "Market data farm connection is OK:usfarm" },
    { kind: "contracts-known", cached: 20, asked: 0 },
    { kind: "quotes-read", count: 0, seconds: 0 },
    { kind: "order-changed", order: aReport(undefined, { state: { life: "working", status: "submitted" } }) },
  ];
  for (const event of quiet) expect(eventLine(event, { zone: newYork })).toBeUndefined();
});

it("lets no escape sequence of the wire through, and colours by request only", () => {
  const event: RunEvent = { kind: "broker-notice", code: 1, text: "\u001b[2Jgone\nforged line" };
  expect(eventLine(event, { zone: newYork })).toBe("the gateway says: 1 [2Jgone forged line");
  const ended: RunEvent = { kind: "run-ended", verdict: "held", seconds: 1 };
  const painted = eventLine(ended, { zone: newYork, paint: (tone, text) => `<${tone}>${text}` });
  expect(painted).toMatch(/^<bad>HELD/);
});
