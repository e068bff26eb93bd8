import { stock } from "../testing/scenario.ts";
import { adaptiveWithin, type ExecutionTerms, executeNow, termsFor } from "./execution-policy.ts";
import { instant, tradingDate } from "./instant.ts";
import type { Quote } from "./quote.ts";
import { sessionOn } from "./session.ts";
import type { Side } from "./side.ts";

const session = sessionOn(tradingDate("2022-03-14"), "09:30", "16:00", "America/New_York");
const noon = instant("2022-03-14T16:00:00Z");
const { rules: _none, ...usual } = adaptiveWithin(20);
/** Every price another one, and an odd mid. */
const quote: Quote = {
  conId: 1,
  bid: 49.91,
  ask: 50.12,
  mid: 50.015,
  last: 50.07,
  close: 48.4,
  receivedAt: noon,
};

function execute(side: Side, terms: Partial<ExecutionTerms>, now = noon, given: Quote = quote) {
  const order = { instrument: stock("AAA"), side, quote: given };
  const result = executeNow(order, session, now, { ...usual, ...terms });
  return result.ok ? result.value : result.findings;
}

describe("the limit is counted from the chosen price", () => {
  it.each<[Side, Partial<ExecutionTerms>, number]>([
    ["buy", {}, 50.11],
    ["sell", {}, 49.92],
    ["buy", { reference: "bid" }, 50],
    ["sell", { reference: "bid" }, 49.82],
    ["buy", { reference: "ask" }, 50.22],
    ["sell", { reference: "ask" }, 50.02],
    ["buy", { reference: "last" }, 50.17],
    ["sell", { reference: "close" }, 48.31],
    // From the other side of the market, whatever the reference is.
    ["buy", { style: "marketable-limit", reference: "close" }, 50.22],
    ["sell", { style: "marketable-limit", reference: "close" }, 49.82],
    ["buy", { collarBps: 0, collarTicks: 3 }, 50.04],
    ["sell", { collarBps: 0, collarTicks: 3 }, 49.99],
  ])("%s with %j: %d", (side, terms, expected) => {
    expect(execute(side, terms)).toMatchObject({ limitPrice: expected });
  });

  it("holds where no price above zero is left", () => {
    expect(execute("buy", {}, noon, { ...quote, mid: 0.004 })).toEqual([
      { kind: "limit-price-impossible", symbol: "AAA", side: "buy", mid: 0.004 },
    ]);
  });

  it("goes there by the steps of its side", () => {
    expect(execute("buy", { repriceSteps: 1 })).toMatchObject({ approach: [50.06], limitPrice: 50.11 });
    expect(execute("sell", { repriceSteps: 1 })).toMatchObject({ approach: [49.97], limitPrice: 49.92 });
  });

  it("holds when that price is missing, and does not mind another one", () => {
    const { last: _last, close: _close, ...bare } = quote;
    expect(execute("buy", { reference: "mid" }, noon, bare)).toMatchObject({ limitPrice: 50.11 });
    expect(execute("buy", { reference: "last" }, noon, bare)).toEqual([
      { kind: "quote-side-missing", symbol: "AAA", side: "last", value: "undefined" },
    ]);
    expect(execute("sell", { reference: "close" }, noon, { ...quote, close: -1 })).toEqual([
      { kind: "quote-side-missing", symbol: "AAA", side: "close", value: "-1" },
    ]);
  });
});

describe("an order waits", () => {
  it.each<[number, boolean]>([
    // The spread is 0.21 of 50.015: 41.987… bps.
    [41.98, true],
    [41.99, false],
  ])("while the spread is wider than %d bps: %p", (spreadMaxBps, waits) => {
    const answer = execute("buy", { spreadMaxBps });
    if (waits)
      expect(answer).toEqual({
        kind: "spread-too-wide",
        spreadBps: expect.closeTo(41.9874, 3),
        limitBps: 41.98,
      });
    else expect(answer).toMatchObject({ limitPrice: 50.11 });
  });

  it.each<[string, Partial<ExecutionTerms>, object]>([
    [
      "13:36:59",
      { minutesAfterOpen: 7 },
      { edge: "open", minutes: expect.closeTo(6.983, 2), limitMinutes: 7 },
    ],
    ["13:37:00", { minutesAfterOpen: 7 }, { limitPrice: 50.11 }],
    ["13:36:59", { minutesAfterOpen: 7 }, { kind: "near-session-edge" }],
    // Only a closing order minds the auction's own time.
    ["19:51:00", {}, { limitPrice: 50.11 }],
    ["19:48:00", { minutesBeforeClose: 12 }, { limitPrice: 50.11 }],
    ["19:48:30", { minutesBeforeClose: 12 }, { edge: "close", minutes: 11.5, limitMinutes: 12 }],
    // The auction takes no more orders then (judge-auction has the exchanges' own times).
    ["19:50:00", { style: "market-on-close" }, { style: { kind: "market-on-close" } }],
    ["19:51:00", { style: "market-on-close" }, { edge: "close", minutes: 9, limitMinutes: 10 }],
    ["19:44:00", { style: "market-on-close", minutesBeforeClose: 17 }, { edge: "close", limitMinutes: 17 }],
  ])("at %s UTC with %j: %j", (time, terms, expected) => {
    expect(execute("buy", terms, instant(`2022-03-14T${time}Z`))).toMatchObject(expected);
  });
});

it("counts the minutes to the close of a half day by its own close, early as it is", () => {
  const halfDay = sessionOn(tradingDate("2022-11-25"), "09:30", "13:00", "America/New_York");
  const terms: ExecutionTerms = { ...usual, minutesBeforeClose: 30 };
  const at = (time: string) =>
    executeNow(
      { instrument: stock("AAA"), side: "sell", quote },
      halfDay,
      instant(`2022-11-25T${time}Z`),
      terms,
    );
  expect(at("17:30:00")).toMatchObject({ ok: true, value: { limitPrice: 49.92 } });
  expect(at("17:31:00")).toEqual({
    ok: true,
    value: { kind: "near-session-edge", edge: "close", minutes: 29, limitMinutes: 30 },
  });
});

it("is an adaptive order of its priority, or a plain one", () => {
  const styleOf = (terms: Partial<ExecutionTerms>) => {
    const answer = execute("buy", terms);
    return "style" in answer ? answer.style : answer;
  };
  expect(styleOf({ adaptivePriority: "Patient" })).toEqual({ kind: "adaptive", priority: "Patient" });
  expect(styleOf({ style: "limit" })).toEqual({ kind: "limit" });
  expect(styleOf({ style: "limit", spreadMaxBps: (0.21 / 50.015) * 10_000 })).toEqual({ kind: "limit" });
});

it("slices until its minutes are over, at most until the close", () => {
  const terms = { algoMinutes: 40, volumePartMax: 0.03 } as const;
  expect(execute("sell", { ...terms, style: "vwap" })).toMatchObject({
    style: { kind: "vwap", endAt: instant("2022-03-14T16:40:00Z"), volumePartMax: 0.03 },
  });
  expect(execute("sell", { ...terms, style: "twap" }, instant("2022-03-14T19:31:00Z"))).toMatchObject({
    style: { kind: "twap", endAt: instant("2022-03-14T20:00:00Z") },
  });
});

describe("the first rule that fits counts, and what it leaves open is as everywhere", () => {
  const policy = {
    ...adaptiveWithin(20),
    rules: [
      {
        symbols: new Set(["THIN", "AAA"]),
        orderValueMin: 5_000,
        terms: { style: "vwap", collarBps: 35 } as const,
      },
      { symbols: new Set(["THIN"]), orderValueMin: 0, terms: { collarTicks: 4 } },
      { symbols: undefined, orderValueMin: 80_000, terms: { style: "twap", algoMinutes: 25 } as const },
    ],
  };

  it.each<[string, number, Partial<ExecutionTerms>]>([
    ["THIN", 5_000, { style: "vwap", collarBps: 35, collarTicks: 0 }],
    ["THIN", 4_999, { style: "adaptive", collarBps: 20, collarTicks: 4 }],
    ["BBB", 79_999, { style: "adaptive", collarBps: 20, algoMinutes: 45 }],
    ["BBB", 80_000, { style: "twap", collarBps: 20, algoMinutes: 25 }],
    ["AAA", 90_000, { style: "vwap", algoMinutes: 45 }],
  ])("%s worth %d: %j", (symbol, value, expected) => {
    expect(termsFor(symbol, value, policy)).toMatchObject(expected);
  });
});
