import { checkPlan } from "../../testing/check-plan.ts";
import { aStoppedStrategy } from "../../testing/risk-builder.ts";
import { planScenario, scenarioInputs, scenarioPolicy, spoken } from "../../testing/scenario.ts";
import { boardLotOf, type InstrumentMode, modeOf, type PlanPolicy } from "./plan-policy.ts";
import { planRebalance } from "./plan-rebalance.ts";

const still: Partial<PlanPolicy> = { bandWeight: 0, minOrderValue: 0 };

describe("targets", () => {
  it("are weights, amounts of money or shares, long and short", () => {
    checkPlan(
      `
      account  400,000 USD
      hold     CCC  20
      quote    AAA  49.90 50.10
      quote    BBB  19.98 20.02
      quote    CCC  99.90 100.10
      quote    DDD  9.99  10.01
      target   AAA  12.5%
      target   BBB  -30,010 USD
      target   CCC  75 shares
      target   DDD  -33 shares
      ------------------------------------------
      sell BBB 1500 limit 19.98  open
      sell DDD 33   limit 9.99   open
      buy  AAA 1000 limit 50.05  open
      buy  CCC 55   limit 100.10 increase
    `,
      still,
    );
  });

  it("of money and shares of a foreign instrument count at its rate", () => {
    checkPlan(
      `
      account  400,000 AUD
      listing  SAP EUR
      listing  BMW EUR
      rate     EUR 1.60
      quote    SAP 99.90 100.10
      quote    BMW 79.92 80.08
      target   SAP 32,000 AUD
      target   BMW 120 shares
      ------------------------------------------
      buy SAP 200 limit 100.10 open
      buy BMW 120 limit 80.08 open
    `,
      still,
    );
  });

  it("that are shares of an instrument whose market is closed need no price", () => {
    checkPlan(
      `
      account  400,000 USD
      closed   AAA
      target   AAA  75 shares
      ------------------------------------------
      leave AAA market-closed
    `,
      { ...still, grossCap: 1 },
    );
  });
});

it("whose leverage was cut say so, and by whom, in each symbol that the strategy names", () => {
  const inputs = scenarioInputs(`account 1,000,000 USD
    quote  AAA 49.95 50.05
    quote  BBB 99.90 100.10
    target AAA 10%
    target BBB 5%`);
  const none = { notional: 0, shares: 0 };
  const part = (strategy: string, symbol: string, weight: number) => ({
    strategy,
    asOf: inputs.now,
    capitalShare: 0.5,
    grossWeight: weight,
    targets: [{ symbol, weight, ...none }],
  });
  const cut = { strategy: "trend", written: 2.5, used: 1.5 };
  const parts = [part("value", "AAA", 0.1), part("trend", "BBB", 0.05)];
  const stop = aStoppedStrategy("value");
  const stopped = { strategies: [stop], isReduceOnly: false };
  const targets = inputs.forecast.targets.map((each) =>
    each.symbol === "BBB" ? { ...each, stopped } : each,
  );
  const plan = planRebalance(
    { ...inputs, forecast: { ...inputs.forecast, targets, parts, capped: [cut] } },
    scenarioPolicy,
  );
  expect(plan.ok && plan.value.trades.map(({ symbol, adjustments }) => [symbol, adjustments])).toEqual([
    ["AAA", []],
    [
      "BBB",
      [
        { kind: "leverage-cut", ...cut },
        { kind: "strategy-stopped", strategies: [stop] },
      ],
    ],
  ]);
});

describe("caps", () => {
  const facts = `
      account  1,000,000 USD
      quote    AAA  49.95 50.05
      quote    BBB  19.98 20.02
      quote    CCC  99.90 100.10
      target   AAA  80%
      target   BBB  -300,000 USD
      target   CCC  1000 shares
      hold     OLD  5000`;

  it("scale all targets together when their gross is over one; what is held beside them does not count", () => {
    checkPlan(
      `${facts}
      ------------------------------------------
      sell BBB 12500 limit 19.98  open gross-scaled 0.8333
      buy  AAA 13333 limit 50.05  open gross-scaled 0.8333
      buy  CCC 833   limit 100.10 open gross-scaled 0.8333
      leave OLD not-in-any-forecast
    `,
      { ...still, grossCap: 1, netCap: 0.51, unlisted: "report" },
    );
  });

  it("scale to the net cap where that is tighter, long and short", () => {
    checkPlan(
      `${facts}
      ------------------------------------------
      sell BBB 6250 limit 19.98  open net-scaled 0.4167
      buy  AAA 6666 limit 50.05  open net-scaled 0.4167
      buy  CCC 416  limit 100.10 open net-scaled 0.4167
      leave OLD left-to-owner
    `,
      { ...still, grossCap: 1.1, netCap: 0.25, unlisted: "leave" },
    );
    checkPlan(
      `
      account  1,000,000 USD
      quote    AAA  49.95 50.05
      target   AAA  -60%
      ------------------------------------------
      sell AAA 10000 limit 49.95 open net-scaled 0.8333
    `,
      { ...still, netCap: 0.5 },
    );
  });

  it("name the gross where both ask for the same", () => {
    checkPlan(
      `
      account  1,000,000 USD
      quote    AAA  49.95 50.05
      target   AAA  60%
      ------------------------------------------
      buy AAA 10000 limit 50.05 open gross-scaled 0.8333
    `,
      { ...still, grossCap: 0.5, netCap: 0.5 },
    );
  });

  it("sum the same whatever the order of the targets, to the last digit", () => {
    const targets = ["target AAA 10%", "target BBB 20%", "target CCC 30%"];
    const scaled = [targets, targets.toReversed()].map((each) => {
      const quotes = "quote AAA 49.95 50.05\nquote BBB 19.98 20.02\nquote CCC 99.90 100.10";
      const plan = planScenario(`account 1,000,000 USD\n${quotes}\n${each.join("\n")}`, {
        ...still,
        grossCap: 0.5,
      });
      return plan.ok && plan.value.trades;
    });
    expect(scaled[0]).toEqual(scaled[1]);
  });

  it("change nothing at the cap itself, and do not count what is to be closed", () => {
    checkPlan(
      `
      account  1,000,000 USD
      hold     BBB  5000
      quote    AAA  49.95 50.05
      quote    BBB  19.98 20.02
      target   AAA  60%
      target   BBB  40%
      ------------------------------------------
      sell BBB 5000  limit 19.98 close-by-mode
      buy  AAA 12000 limit 50.05 open
    `,
      { ...still, grossCap: 0.6, instruments: new Map([["BBB", { mode: "close", boardLot: 1 }]]) },
    );
  });

  it("weigh money without a price, and ask for none where there is no cap", () => {
    const beside = (target: string) => `
      account  1,000,000 USD
      closed   BBB
      quote    AAA  49.95 50.05
      target   AAA  60%
      target   BBB  ${target}
      ------------------------------------------
      buy AAA 12000 limit 50.05 open
      leave BBB market-closed`;
    checkPlan(beside("40,000 USD"), { ...still, grossCap: 0.7 });
    checkPlan(beside("40 shares"), still);
  });

  it("hold when shares that cannot be weighed stand beside what is to be traded", () => {
    checkPlan(
      `
      account  1,000,000 USD
      closed   BBB
      quote    AAA  49.95 50.05
      target   AAA  60%
      target   BBB  40 shares
      ------------------------------------------
      held target-not-priced
    `,
      { ...still, grossCap: 0.7 },
    );
  });
});

it("a symbol of which the owner has set nothing is traded, share by share", () => {
  expect([modeOf(scenarioPolicy, "AAA"), boardLotOf(scenarioPolicy, "AAA")]).toEqual(["trade", 1]);
});

describe("modes", () => {
  const facts = (held: number, target: string) => `
      account  1,000,000 USD
      hold     AAA  ${held}
      quote    AAA  49.95 50.05
      target   AAA  ${target}
      ------------------------------------------
      `;
  const up = "buy AAA 500 limit 50.05";
  const down = "sell AAA 500 limit 49.95";
  it.each<[InstrumentMode, number, string, string]>([
    ["trade", 1000, "7.5%", `${up} increase`],
    ["buy-only", 1000, "7.5%", `${up} increase`],
    ["sell-only", 1000, "7.5%", "leave AAA mode"],
    ["reduce-only", 1000, "7.5%", "leave AAA mode"],
    ["do-not-trade", 1000, "7.5%", "leave AAA mode"],
    ["close", 1000, "7.5%", "sell AAA 1000 limit 49.95 close-by-mode"],

    ["buy-only", 1000, "2.5%", "leave AAA mode"],
    ["sell-only", 1000, "2.5%", `${down} reduce`],
    ["reduce-only", 1000, "2.5%", `${down} reduce`],
    ["close", -1000, "-2.5%", "buy AAA 1000 limit 50.05 close-by-mode"],

    ["buy-only", 1000, "0%", "leave AAA mode"],
    ["sell-only", 1000, "0%", "sell AAA 1000 limit 49.95 close"],
    ["sell-only", -1000, "0%", "leave AAA mode"],
    ["reduce-only", -1000, "0%", "buy AAA 1000 limit 50.05 close"],

    ["buy-only", -1000, "-2.5%", `${up} reduce`],
    ["sell-only", -1000, "-7.5%", `${down} increase`],
    ["reduce-only", -1000, "-7.5%", "leave AAA mode"],
    ["reduce-only", 0, "-2.5%", "leave AAA mode"],
    ["buy-only", 0, "2.5%", `${up} open`],

    ["reduce-only", 1000, "-2.5%", "sell AAA 1000 limit 49.95 reduce reduce-only"],
    ["sell-only", 1000, "-2.5%", "sell AAA 1000 limit 49.95 reverse rest-waits -500"],
    ["buy-only", 1000, "-2.5%", "leave AAA mode"],
    // A fiftieth of a share.
    ["buy-only", 1000, "4.9999%", "leave AAA less-than-one-share"],
    ["sell-only", 1000, "5.0001%", "leave AAA less-than-one-share"],
    ["reduce-only", 1000, "4.9999%", "leave AAA less-than-one-share"],
  ])("%s with %d held and a target of %s", (mode, held, target, expected) => {
    checkPlan(facts(held, target) + expected, {
      ...still,
      instruments: new Map([["AAA", { mode, boardLot: 1 }]]),
    });
  });

  it("reduce-only says what else has made the target another", () => {
    checkPlan(`${facts(1000, "-60%")}sell AAA 1000 limit 49.95 reduce gross-scaled 0.8333 reduce-only`, {
      ...still,
      grossCap: 0.5,
      instruments: new Map([["AAA", { mode: "reduce-only", boardLot: 1 }]]),
    });
  });

  it("reduce-only never goes through zero with a fraction of a share", () => {
    const modes = new Map([["AAA", { mode: "reduce-only", boardLot: 1 }]] as const);
    const of = (held: string, target: string) =>
      spoken(
        planScenario(
          `account 1,000,000 USD
           hold   AAA ${held}
           quote  AAA 49.95 50.05
           target AAA ${target}`,
          { instruments: modes },
        ),
      );
    expect(of("0.5", "-5%")).toEqual(["leave AAA mode"]);
    expect(of("-0.5", "5%")).toEqual(["leave AAA mode"]);
    expect(of("70.5", "-5%")).toEqual(["sell AAA 70 limit 49.95 reduce reduce-only"]);
  });

  it("close also what no forecast names, and leave alone what unlisted = close would sell", () => {
    checkPlan(
      `
      account  1,000,000 USD
      hold     AAA  100
      hold     BBB  -30
      quote    AAA  49.95 50.05
      quote    BBB  19.98 20.02
      ------------------------------------------
      buy BBB 30 limit 20.02 close-by-mode
      leave AAA not-in-any-forecast
    `,
      { ...still, unlisted: "report", instruments: new Map([["BBB", { mode: "close", boardLot: 1 }]]) },
    );
    checkPlan(
      `
      account  1,000,000 USD
      hold     AAA  100
      quote    AAA  49.95 50.05
      ------------------------------------------
      leave AAA mode
    `,
      { ...still, unlisted: "close", instruments: new Map([["AAA", { mode: "do-not-trade", boardLot: 1 }]]) },
    );
  });

  it("come after a freeze: what is not explained is not even closed", () => {
    checkPlan(
      `
      account  1,000,000 USD
      hold     AAA  100
      frozen   AAA
      quote    AAA  49.95 50.05
      ------------------------------------------
      leave AAA frozen
    `,
      { ...still, instruments: new Map([["AAA", { mode: "close", boardLot: 1 }]]) },
    );
  });
});

it("what no forecast names has a target of nothing, and what it is planned to weigh", () => {
  const plan = planScenario(`
    account  1,000,000 USD
    hold     OLD  300
    quote    OLD  49.95 50.05`);
  expect(plan.ok && plan.value.trades).toMatchObject([
    { currentWeight: 0.015, targetWeight: 0, plannedWeight: 0, targetShares: 0 },
  ]);
});

it("a target of shares weighs what its price says, and money what it is of net liquidation", () => {
  const plan = planScenario(
    `
    account  1,000,000 AUD
    listing  SAP EUR
    rate     EUR 1.60
    rate     USD 1.25
    hold     OLD 3
    quote    SAP 99.90 100.10
    quote    AAA 49.95 50.05
    target   SAP 120 shares
    target   AAA -25,000 AUD`,
    { unlisted: "leave" },
  );
  const lines = plan.ok ? [...plan.value.trades, ...plan.value.untouched] : [];
  expect(lines.map(({ symbol, targetWeight }) => [symbol, targetWeight])).toEqual([
    ["AAA", -0.025],
    ["SAP", 0.0192],
    ["OLD", 0],
  ]);
});
