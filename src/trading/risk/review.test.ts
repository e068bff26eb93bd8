import { anAccount, anUntouched, aSessionSoFar } from "../../testing/outcome-builder.ts";
import { aCheck, aMeasuredStrategy, riskKnownOf, riskPolicyOf } from "../../testing/risk-builder.ts";
import { planScenario, scenarioInputs, scenarioNow, stock } from "../../testing/scenario.ts";
import { instant, instantFromMs, tradingDate } from "../instant.ts";
import type { Instrument } from "../instrument.ts";
import { money } from "../money.ts";
import type { Plan } from "../planner/plan.ts";
import type { Quote } from "../quote.ts";
import { sessionOn } from "../session.ts";
import { type Check, type CheckName, checkNames } from "./check.ts";
import type { Limits } from "./limits.ts";
import { tradedToday } from "./portfolio-checks.ts";
import { allChecks, earlyChecks, findingsIn, type RiskKnown, type RiskPolicy, reviewOf } from "./review.ts";
import { emptyRiskRecord } from "./risk-record.ts";

const session = sessionOn(tradingDate("2022-03-14"), "09:30", "16:00", "America/New_York");
const conId = (symbol: string) => stock(symbol).conId;
const quote = (symbol: string, bid: number, ask: number, more: Partial<Quote> = {}): Quote => ({
  conId: conId(symbol),
  bid,
  ask,
  mid: (bid + ask) / 2,
  receivedAt: scenarioNow,
  ...more,
});
const marketOf = (quotes: readonly Quote[], instruments: readonly Instrument[], halted: number[] = []) => ({
  instruments,
  quotes: new Map(quotes.map((each) => [each.conId, each])),
  haltedConIds: new Set(halted),
});

function planOf(scenario: string): Plan {
  const plan = planScenario(scenario);
  if (!plan.ok) throw new Error(JSON.stringify(plan.findings));
  return plan.value;
}

/** "subject value verdict" of every check of that name. */
function told(
  name: CheckName,
  known: Partial<RiskKnown>,
  {
    plan,
    limits = {},
    policy = {},
  }: { plan?: Plan; limits?: Partial<Limits>; policy?: Partial<RiskPolicy> } = {},
): string[] {
  return allChecks(plan, riskKnownOf(known), riskPolicyOf(limits, policy))
    .filter((check) => check.name === name)
    .map(({ subject, value, verdict }) =>
      `${subject} ${value === undefined ? "?" : Number(value.toFixed(6))} ${verdict}`.trim(),
    );
}

it("runs every check whatever it knows, also when it knows nothing", () => {
  const limits = { groups: [{ name: "tech", symbols: new Set(["AAA"]), weightMax: 0.3 }] };
  const strategies = [{ strategy: "trend", maxAgeMinutes: 90, stopLoss: 0.2, takeProfit: 0.5 }];
  const names = (checks: readonly Check[]) => new Set(checks.map(({ name }) => name));
  const policy = riskPolicyOf(limits, { strategies });
  const nothing = allChecks(undefined, riskKnownOf(), policy);
  expect(names(nothing)).toEqual(new Set(checkNames));
  expect(nothing.filter(({ verdict }) => verdict === "fail")).toEqual([]);
  expect(nothing.filter(({ limit }) => typeof limit !== "number")).toEqual([]);
  const early = names(earlyChecks(riskKnownOf(), policy));
  expect([early.has("cushion"), early.has("price-jump"), early.has("weight")]).toEqual([true, true, false]);
  const inputs = scenarioInputs("account 1,000,000 USD\nquote AAA 49.95 50.05\ntarget AAA 30%");
  const plan = planOf("account 1,000,000 USD\nquote AAA 49.95 50.05\ntarget AAA 30%");
  const known = riskKnownOf({ account: inputs.account, forecast: inputs.forecast, session });
  expect(names(allChecks(plan, known, policy)).size).toBeGreaterThanOrEqual(checkNames.length - 1);
});

describe("the portfolio", () => {
  const scenario = `
    account 1,000,000 USD
    hold   AAA 4000
    hold   BBB -1000
    quote  AAA 49.95 50.05
    quote  BBB 99.90 100.10
    quote  CCC 19.98 20.02
    target AAA 30%
    target BBB -25%
    target CCC 5%`;
  const plan = planOf(scenario);
  const { account } = scenarioInputs(scenario);
  const record = {
    ...emptyRiskRecord,
    today: {
      orders: { ...emptyRiskRecord.today.orders, sent: 17 },
      executions: {
        ...emptyRiskRecord.today.executions,
        bought: [money("250000", "USD")],
        sold: [money("40000", "USD")],
      },
    },
  };

  it.each([
    ["gross-leverage", { grossLeverageMax: 0.61 }, ["0.6 warn"]],
    ["gross-leverage", { grossLeverageMax: 0.59 }, ["0.6 fail"]],
    // 0.30 − 0.25 + 0.05
    ["net-leverage", { netLeverageMax: 0.11 }, ["0.1 warn"]],
    // As it was before: no worse.
    ["net-leverage", { netLeverageMax: 0.09 }, ["0.1 warn"]],
    ["weight", { weightMax: 0.26 }, ["BBB 0.25 warn", "AAA 0.3 fail", "CCC 0.05 pass"]],
    ["order-value", { orderValueMax: 120_000 }, ["BBB 150000 fail", "AAA 100000 pass", "CCC 50000 pass"]],
    ["orders-per-run", { ordersPerRunMax: 2 }, ["3 fail"]],
    ["orders-per-day", { ordersPerDayMax: 19 }, ["20 fail"]],
    ["orders-per-day", { ordersPerDayMax: 20 }, ["20 warn"]],
    ["turnover-per-run", { turnoverPerRunMax: 0.29 }, ["0.3 fail"]],
    ["turnover-per-day", { turnoverPerDayMax: 0.58 }, ["0.59 fail"]],
    ["turnover-per-day", { turnoverPerDayMax: 0.6 }, ["0.59 warn"]],
  ] as const)("%s within %j", (name, limits, expected) => {
    expect(told(name, { account, record }, { plan, limits })).toEqual(expected);
  });

  it("counts what earlier waves of the run have ordered, and what orders at work will turn over", () => {
    const orderedBefore = { orders: 4, value: money("210000", "USD") };
    const run = { plan, limits: { ordersPerRunMax: 6, turnoverPerRunMax: 0.5 } };
    expect(told("orders-per-run", { account, record, orderedBefore }, run)).toEqual(["7 fail"]);
    // 0.21 + 0.3
    expect(told("turnover-per-run", { account, record, orderedBefore }, run)).toEqual(["0.51 fail"]);
    const beside = planOf(`${scenario}\nquote EEE 9.99 10.01\ntarget EEE 4%\nworks EEE buy 2000 10.01`);
    // 0.29 before, 0.3 and 2,000 EEE at 10.
    expect(
      told("turnover-per-day", { account, record }, { plan: beside, limits: { turnoverPerDayMax: 0.6 } }),
    ).toEqual(["0.61 fail"]);
    expect(told("turnover-per-run", { account, record }, { plan: beside, limits: {} })).toEqual(["0.3 pass"]);
  });

  it("limits groups together, short positions as well", () => {
    const groups = [
      { name: "both", symbols: new Set(["AAA", "BBB"]), weightMax: 0.5 },
      { name: "small", symbols: new Set(["CCC", "ZZZ"]), weightMax: 0.06 },
      { name: "none", symbols: new Set(["ZZZ"]), weightMax: 0.01 },
    ];
    expect(told("group-weight", { account }, { plan, limits: { groups } })).toEqual([
      "both 0.55 fail",
      "small 0.05 pass",
      "none 0 pass",
    ]);
  });

  it("counts both lines of one symbol in its group, and of what is left alone only what works", () => {
    const again = anUntouched({
      symbol: "AAA",
      currentWeight: 0.07,
      plannedWeight: 0.09,
      reason: { kind: "on-target" },
    });
    const twice = { ...plan, untouched: [again] };
    const groups = [{ name: "a", symbols: new Set(["AAA"]), weightMax: 1 }];
    expect(told("group-weight", { account }, { plan: twice, limits: { groups } })).toEqual(["a 0.39 pass"]);
    expect(told("turnover-per-day", { account, record }, { plan: twice })).toEqual(["0.59 pass"]);
    const reason = { kind: "order-at-work", wantedShares: 9, isUncertain: false, orderRefs: ["x"] } as const;
    const working = { ...plan, untouched: [{ ...again, reason }] };
    expect(told("turnover-per-day", { account, record }, { plan: working })).toEqual(["0.61 pass"]);
  });

  it("of no orders has no value to judge", () => {
    const idle = { ...plan, trades: [] };
    expect(told("order-value", { account }, { plan: idle })).toEqual(["0 pass"]);
  });

  it("limits what each strategy asks for", () => {
    const targets = [{ symbol: "AAA", weight: 0.45, notional: 0, shares: 0 }];
    const part = { asOf: scenarioNow, grossWeight: 0.45, capitalShare: 0.5, targets };
    const forecast = {
      ...scenarioInputs(scenario).forecast,
      parts: [
        { ...part, strategy: "trend" },
        { ...part, strategy: "value", grossWeight: 0.51 },
      ],
    };
    expect(told("strategy-weight", { forecast }, { plan, limits: { strategyWeightMax: 0.5 } })).toEqual([
      "trend 0.45 pass",
      "value 0.51 fail",
    ]);
  });

  it("weighs what a strategy asks for in money and shares, short too, and knows nothing without their price", () => {
    const none = { weight: 0, notional: 0, shares: 0 };
    const part = {
      strategy: "trend",
      asOf: scenarioNow,
      grossWeight: 0.05,
      capitalShare: 0.5,
      targets: [
        { ...none, symbol: "AAA", shares: -1000 },
        { ...none, symbol: "BBB", weight: 0.05, notional: 70_000 },
        { ...none, symbol: "CCC", weight: -0.01 },
      ],
    };
    const forecast = { ...scenarioInputs(scenario).forecast, parts: [part] };
    const instruments = [stock("AAA"), stock("BBB")];
    const limits = { strategyWeightMax: 0.17 };
    const priced = marketOf([quote("AAA", 59.9, 60.1), quote("BBB", 99.9, 100.1)], instruments);
    const { account: told1 } = scenarioInputs("account 1,000,000 USD");
    const asked = (market: typeof priced) =>
      told("strategy-weight", { forecast, account: told1, market }, { limits });
    // 60,000, 50,000 + 70,000 and 10,000 of a million.
    expect(asked(priced)).toEqual(["trend 0.19 warn"]);
    expect(told("strategy-weight", { forecast, account: told1, market: priced }, { plan, limits })).toEqual([
      "trend 0.19 fail",
    ]);
    expect(asked(marketOf([quote("BBB", 99.9, 100.1)], instruments))).toEqual(["trend ? unknown"]);
    expect(told("strategy-weight", { forecast }, { limits })).toEqual(["trend ? unknown"]);
    expect(told("strategy-weight", { forecast, account: told1 }, { limits })).toEqual(["trend ? unknown"]);
    expect(told("strategy-weight", { forecast, market: priced }, { limits })).toEqual(["trend ? unknown"]);
    for (const amount of ["0", "-5"]) {
      const poor = { ...told1, netLiquidation: money(amount, "USD") };
      expect(told("strategy-weight", { forecast, account: poor, market: priced }, { limits })).toEqual([
        "trend ? unknown",
      ]);
    }
    const parts = part.targets.slice(0, 2).map((each) => ({ ...part, targets: [{ ...each, weight: 0 }] }));
    expect(told("strategy-weight", { forecast: { ...forecast, parts } }, { limits })).toEqual([
      "trend ? unknown",
      "trend ? unknown",
    ]);
  });

  it("is shown as it is when nothing is planned, over its limits too", () => {
    const limits = { grossLeverageMax: 0.2, weightMax: 0.15, netLeverageMax: 2 };
    expect(told("gross-leverage", { account }, { limits })).toEqual(["0.3 warn"]);
    expect(told("net-leverage", { account }, { limits })).toEqual(["0.1 pass"]);
    expect(told("weight", { account }, { limits })).toEqual(["AAA 0.2 warn", "BBB 0.1 pass"]);
    expect(told("orders-per-day", { account, record }, { limits: { ordersPerDayMax: 5 } })).toEqual([
      "17 warn",
    ]);
    expect(told("turnover-per-day", { account, record })).toEqual(["0.29 pass"]);
    expect(told("order-value", { account })).toEqual(["? unknown"]);
    const groups = [
      { name: "a", symbols: new Set(["AAA"]), weightMax: 0.1 },
      { name: "none", symbols: new Set(["ZZZ"]), weightMax: 0.1 },
    ];
    expect(told("group-weight", { account }, { limits: { groups } })).toEqual(["a 0.2 warn", "none 0 pass"]);
  });

  it("shows what is held, also when that is nothing, and does not know what has no value", () => {
    const weights = (differs: Partial<typeof account>) =>
      (["weight", "gross-leverage", "net-leverage"] as const).map((name) =>
        told(name, { account: { ...account, ...differs } }).join(),
      );
    const [aaa, bbb] = account.positions;
    if (!aaa || !bbb) throw new Error("two are held");
    expect(weights({ positions: [{ ...aaa, shares: 0 }, bbb] })).toEqual([
      "BBB 0.1 pass",
      "0.1 pass",
      "0.1 pass",
    ]);
    expect(weights({ positions: [] })).toEqual(["0 pass", "0 pass", "0 pass"]);
    expect(told("weight", {})).toEqual(["? unknown"]);
    const without = ["AAA ? unknown,BBB 0.1 pass", "? unknown", "? unknown"];
    expect(weights({ positions: [{ ...aaa, marketValue: undefined }, bbb] })).toEqual(without);
    expect(weights({ positions: [{ ...aaa, marketValue: money("9", "EUR") }, bbb] })).toEqual(without);
    for (const amount of ["0", "-5"])
      expect(weights({ netLiquidation: money(amount, "USD") })).toEqual([
        "AAA ? unknown,BBB ? unknown",
        "? unknown",
        "? unknown",
      ]);
  });
});

describe("the market", () => {
  const aaa = stock("AAA");
  const bbb = stock("BBB");
  const quotes = [quote("AAA", 99, 101, { close: 140 }), quote("BBB", 49.9, 50.1, { close: 49 })];
  const market = marketOf(quotes, [aaa, bbb]);

  it("compares prices with the last mark, else with the close before", () => {
    const record = { ...emptyRiskRecord, marks: new Map([[aaa.conId, 80]]) };
    const limits = { priceJumpMax: 0.24 };
    expect(told("price-jump", { market, record }, { limits })).toEqual([
      "AAA 0.25 fail",
      "BBB 0.020408 pass",
    ]);
    expect(told("price-jump", { market }, { limits })).toEqual(["AAA 0.285714 fail", "BBB 0.020408 pass"]);
    const unknown = marketOf([quote("AAA", 99, 101, { close: -1 })], [aaa]);
    expect(told("price-jump", { market: unknown }, { limits })).toEqual(["AAA ? unknown"]);
  });

  it("measures spreads in basis points of the mid", () => {
    expect(told("spread", { market }, { limits: { spreadBpsMax: 199 } })).toEqual([
      "AAA 200 fail",
      "BBB 40 pass",
    ]);
    expect(told("spread", { market: marketOf([], [aaa]) })).toEqual(["? unknown"]);
    expect(told("spread", { market: marketOf(quotes.slice(0, 1), [aaa, bbb]) })).toEqual(["AAA 200 pass"]);
  });

  it("tells the age of quotes, of those too that were refused for it", () => {
    const old = marketOf([quote("AAA", 99, 101, { receivedAt: instantFromMs(scenarioNow - 58_000) })], [aaa]);
    expect(told("quote-age", { market: old })).toEqual(["AAA 58 warn"]);
    const stale = { kind: "quote-stale", symbol: "BBB", ageSeconds: 75, limitSeconds: 60 } as const;
    expect(told("quote-age", { findings: [stale] })).toEqual(["BBB 75 fail"]);
    const other = { kind: "holding-not-priced", symbol: "BBB" } as const;
    expect(told("quote-age", { findings: [other], market: old })).toEqual(["AAA 58 warn"]);
  });

  it("knows which of the open instruments are halted", () => {
    const closed = stock("CCC", { sessions: [] });
    const halted = marketOf([], [aaa, bbb, closed], [bbb.conId, closed.conId]);
    expect(told("trading-halt", { market: halted })).toEqual(["AAA 0 pass", "BBB 1 fail"]);
  });

  it.each([
    ["as the calendar has them", "2022-03-14", "09:30", "16:00", "14:30", "AAA 0 pass"],
    ["closing earlier than the calendar knows", "2022-03-14", "09:30", "13:00", "14:30", "AAA 0 warn"],
    ["closing later", "2022-03-14", "09:30", "16:15", "14:30", "AAA 15 fail"],
    ["opening later", "2022-03-14", "10:00", "16:00", "14:30", "AAA 0 warn"],
    ["opening later and closing later", "2022-03-14", "10:00", "16:15", "14:30", "AAA 15 fail"],
    ["opening earlier", "2022-03-14", "09:00", "16:00", "14:30", "AAA 30 fail"],
    ["on a half day kept as a whole one", "2022-11-25", "09:30", "16:00", "15:30", "AAA 180 fail"],
    ["on a half day", "2022-11-25", "09:30", "13:00", "15:30", "AAA 0 pass"],
    ["on a holiday", "2022-07-04", "09:30", "16:00", "14:30", "AAA 390 fail"],
  ])(
    "compares the contract's hours with the exchange's calendar: %s",
    (_, on, open, close, utc, expected) => {
      const sessions = [sessionOn(tradingDate(on), open, close, "America/New_York")];
      const now = instant(`${on}T${utc}:00Z`);
      const hours = marketOf([], [stock("AAA", { sessions })]);
      expect(told("session-hours", { market: hours, now })).toEqual([expected]);
    },
  );
});

it("knows no calendar of other exchanges, nor asks ours for years that it does not have", () => {
  const sessions = [sessionOn(tradingDate("2150-03-16"), "09:30", "16:00", "America/New_York")];
  const hours = marketOf([], [stock("AAA", { sessions, timeZone: "MET" })]);
  const now = instant("2150-03-16T14:30:00Z");
  expect(told("session-hours", { market: hours, now })).toEqual(["? unknown"]);
  expect(told("trading-halt", { market: hours, now })).toEqual(["AAA 0 pass"]);
});

describe("forecasts", () => {
  const strategies = [
    { strategy: "trend", maxAgeMinutes: 90, stopLoss: undefined, takeProfit: undefined },
    { strategy: "value", maxAgeMinutes: 600, stopLoss: undefined, takeProfit: undefined },
  ];
  const minutesAgo = (minutes: number) => instantFromMs(scenarioNow - minutes * 60_000);

  it("warn before they fail", () => {
    const forecast = {
      ...scenarioInputs("account 1 USD").forecast,
      parts: [
        { strategy: "trend", asOf: minutesAgo(82), grossWeight: 1, capitalShare: 0.5, targets: [] },
        { strategy: "value", asOf: minutesAgo(601), grossWeight: 1, capitalShare: 0.5, targets: [] },
      ],
    };
    expect(told("forecast-age", { forecast }, { policy: { strategies } })).toEqual([
      "trend 82 warn",
      "value 601 fail",
    ]);
  });

  it("that were refused for their age are told all the same", () => {
    const stale = {
      kind: "forecast-stale",
      file: "t.csv",
      line: 1,
      ageMinutes: 95,
      limitMinutes: 90,
    } as const;
    const other = { kind: "holding-not-priced", symbol: "BBB" } as const;
    expect(told("forecast-age", { findings: [other, stale] }, { policy: { strategies } })).toEqual([
      "t.csv 95 fail",
      "? unknown",
    ]);
    const [none] = allChecks(undefined, riskKnownOf(), riskPolicyOf({}, { strategies })).filter(
      ({ name }) => name === "forecast-age",
    );
    expect(none?.limit).toBe(90);
  });
});

describe("the account", () => {
  const account = {
    ...scenarioInputs("account 800,000 USD").account,
    excessLiquidity: money("36000", "USD"),
  };
  const at = (iso: string, amount: string) => ({ at: instant(iso), netLiquidation: money(amount, "USD") });
  const record = {
    ...emptyRiskRecord,
    equity: [
      at("2022-03-10T20:00:00Z", "1250000"),
      at("2022-03-11T21:05:00Z", "900000"),
      at("2022-03-14T13:35:00Z", "850000"),
    ],
  };
  const known = { account, record, session };

  it.each([
    ["nav-jump", {}, "0.058824 pass"],
    ["excess-liquidity", { excessLiquidityMin: 35_000 }, "36000 warn"],
    ["excess-liquidity", { excessLiquidityMin: 36_001 }, "36000 fail"],
    ["cushion", { cushionMin: 0.046 }, "0.045 fail"],
    ["cushion", { cushionMin: 0.04 }, "0.045 pass"],
    // 1 − 800 ÷ 900: since Friday's close
    ["daily-loss", { dailyLossMax: 0.11 }, "0.111111 fail"],
    ["daily-loss", { dailyLossMax: 0.12 }, "0.111111 warn"],
    // 1 − 800 ÷ 1250
    [
      "drawdown-de-risk",
      { drawdown: { warnAt: 0.1, deRiskAt: 0.35, deRiskFactor: 0.5, haltAt: 0.5 } },
      "0.36 fail",
    ],
    [
      "drawdown-de-risk",
      { drawdown: { warnAt: 0.3, deRiskAt: 0.4, deRiskFactor: 0.5, haltAt: 0.5 } },
      "0.36 warn",
    ],
    [
      "drawdown-de-risk",
      { drawdown: { warnAt: 0.37, deRiskAt: 0.4, deRiskFactor: 0.5, haltAt: 0.5 } },
      "0.36 pass",
    ],
    [
      "drawdown-halt",
      { drawdown: { warnAt: 0.1, deRiskAt: 0.2, deRiskFactor: 0.5, haltAt: 0.35 } },
      "0.36 fail",
    ],
  ] as const)("%s within %j: %s", (name, limits, expected) => {
    expect(told(name, known, { limits })).toEqual([expected]);
  });

  it("is not excused by a deposit that was not declared, and is by one that was", () => {
    const policy = { maxNavMove: 0.2 };
    const richer = { ...account, netLiquidation: money("1850000", "USD") };
    expect(told("nav-jump", { ...known, account: richer }, { policy })).toEqual(["1.176471 fail"]);
    const flows = [{ at: instant("2022-03-14T14:00:00Z"), amount: money("1000000", "USD"), note: "" }];
    const declared = { ...known, account: richer, record: { ...record, flows } };
    expect(told("nav-jump", declared, { policy })).toEqual(["0 pass"]);
  });
});

it("a cushion is not known of an account that is worth nothing, or less", () => {
  const { account } = scenarioInputs("account 1,000 USD");
  for (const amount of ["0", "-5"])
    expect(told("cushion", { account: { ...account, netLiquidation: money(amount, "USD") } })).toEqual([
      "? unknown",
    ]);
});

it("strategies are judged each by its own mark; what has stopped one stays as it was", () => {
  const trend = aMeasuredStrategy(scenarioNow);
  if (!trend.mark) throw new Error("it is measured");
  const mark = { ...trend.mark, value: 1.2, highest: 1.5, stopped: undefined };
  const set = { maxAgeMinutes: 90, stopLoss: 0.5, takeProfit: 0.1 };
  const strategies = [
    { ...set, strategy: "value", stopLoss: 0.3, takeProfit: undefined },
    { ...set, strategy: "trend" },
    { ...set, strategy: "unseen", takeProfit: undefined },
  ];
  const known = riskKnownOf({ strategies: [trend, { ...trend, strategy: "value", mark }] });
  const judged = allChecks(undefined, known, riskPolicyOf({}, { strategies })).filter(({ name }) =>
    name.startsWith("strategy-"),
  );
  expect(
    judged
      .filter(({ name }) => name !== "strategy-weight")
      .map(({ name, subject, value, limit, verdict }) => [name, subject, value?.toFixed(3), limit, verdict]),
  ).toEqual([
    ["strategy-loss", "value", "0.200", 0.3, "pass"],
    ["strategy-loss", "trend", "0.200", 0.15, "fail"],
    ["strategy-profit", "trend", "-0.100", 0.1, "pass"],
    ["strategy-loss", "unseen", undefined, 0.5, "unknown"],
  ]);
});

it("amounts are in the account's currency, where there is an account", () => {
  const currencyOf = (known: Partial<RiskKnown>) =>
    allChecks(undefined, riskKnownOf(known), riskPolicyOf()).find(({ name }) => name === "excess-liquidity")
      ?.currency;
  expect([currencyOf({ account: scenarioInputs("account 9 AUD").account }), currencyOf({})]).toEqual([
    "AUD",
    "",
  ]);
});

describe("what is told", () => {
  it("is every check that does not simply pass, and of those that do the nearest to its limit", () => {
    const checks = [
      aCheck({ subject: "A", value: 0.1, verdict: "pass" }),
      aCheck({ subject: "B", value: 0.2, verdict: "pass" }),
      aCheck({ subject: "C", value: 0.24, verdict: "warn" }),
      aCheck({ subject: "D", value: 0.3 }),
      aCheck({ subject: "E", value: 0.31 }),
      aCheck({ name: "cushion", subject: "far", value: 0.5, limit: 0.05, verdict: "pass" }),
      aCheck({ name: "cushion", subject: "near", value: 0.1, limit: 0.05, verdict: "pass" }),
      aCheck({ name: "group-weight", subject: "A", value: 0, limit: 0, verdict: "pass" }),
      aCheck({ name: "group-weight", subject: "B", value: 0.1, limit: 0.2, verdict: "pass" }),
      aCheck({ name: "spread", subject: "A", value: undefined, verdict: "unknown" }),
      aCheck({ name: "spread", subject: "B", value: undefined, verdict: "unknown" }),
    ];
    const { checks: shown, judged } = reviewOf(checks, riskKnownOf());
    expect(judged).toBe(11);
    expect(shown.map(({ name, subject }) => `${name} ${subject}`.trim())).toEqual([
      "weight B",
      "weight C",
      "weight D",
      "weight E",
      "cushion near",
      "group-weight B",
      "spread A",
    ]);
  });

  it("is beside it what persons have taken on, as long as it counts", () => {
    const given = { name: "weight", subject: "", givenAt: scenarioNow, why: "", by: "owner" } as const;
    const [over, counts] = [
      { ...given, untilAt: scenarioNow },
      { ...given, untilAt: instantFromMs(scenarioNow + 1) },
    ];
    const known = riskKnownOf({ record: { ...emptyRiskRecord, overrides: [over, counts] } });
    expect(reviewOf([], known).overrides).toEqual([counts]);
  });

  it("calls a person for what failed, once, and not for a wide or halted market", () => {
    const checks = [
      aCheck({ subject: "A" }),
      aCheck({ subject: "B" }),
      aCheck({ name: "spread", subject: "A" }),
      aCheck({ name: "trading-halt", subject: "A" }),
      aCheck({ name: "quote-age", subject: "A" }),
      aCheck({ name: "daily-loss", verdict: "warn" }),
    ];
    const record = { ...emptyRiskRecord, failedBefore: new Set(["weight B"]) };
    const stale = { kind: "quote-stale", symbol: "A", ageSeconds: 75, limitSeconds: 60 } as const;
    const calls = (findings: RiskKnown["findings"]) => {
      const known = riskKnownOf({ record, findings });
      return findingsIn(reviewOf(checks, known), known).map(
        (finding) =>
          finding.kind === "check-failed" && [finding.check.name, finding.check.subject, finding.isNew],
      );
    };
    expect(calls([stale])).toEqual([
      ["weight", "A", true],
      ["weight", "B", false],
    ]);
    // A quote that grew old between its step and the gate: nobody else tells.
    expect(calls([])).toContainEqual(["quote-age", "A", true]);
  });
});

describe("what was traded today", () => {
  const today = aSessionSoFar();
  it("is what was bought and sold, in base currency", () => {
    // 812,345.67 + 1,000.50 EUR at 1.111 + 531,000.12
    expect(tradedToday(today, anAccount())).toEqual(money("1344457.3455", "USD"));
  });

  it("is not known without a rate", () => {
    expect(tradedToday(today, anAccount({ exchangeRates: new Map() }))).toBeUndefined();
  });
});
