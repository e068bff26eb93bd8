import fc from "fast-check";
import { checkPlan } from "../../testing/check-plan.ts";
import { planScenario, scenarioInputs, scenarioPolicy, spoken, stock } from "../../testing/scenario.ts";
import { isOnTick } from "../price.ts";
import type { PlanInputs } from "./plan-inputs.ts";
import { planRebalance } from "./plan-rebalance.ts";

describe("planRebalance", () => {
  it("closes what is not wanted, opens what is, sells before buys", () => {
    checkPlan(`
      account  1,000,000 USD
      hold     MSFT  200
      quote    AAPL  184.90 185.10
      quote    MSFT  409.50 410.50
      target   AAPL  50%
      ------------------------------------------
      sell MSFT 200  limit 409.59 close-unlisted
      buy  AAPL 2702 limit 185.18 open
    `);
  });

  it("cuts every trade to whole shares towards doing less, long and short", () => {
    checkPlan(`
      account  100,000 USD
      hold     AAA   100
      hold     BBB   -50
      quote    AAA   99.90 100.10
      quote    BBB   69.90 70.10
      quote    CCC   32.95 33.05
      target   AAA   5.07%
      target   BBB   -7.07%
      target   CCC   -10%
      ------------------------------------------
      sell AAA 49  limit 99.90 reduce
      sell CCC 303 limit 32.97 open
      sell BBB 51  limit 69.93 increase
    `);
  });

  it("goes to zero first when the sign of the target turns; the rest waits for the next run", () => {
    checkPlan(`
      account  100,000 USD
      hold     AAA   100
      hold     BBB   -30
      quote    AAA   99.90 100.10
      quote    BBB   49.95 50.05
      target   AAA   -10%
      target   BBB   2%
      ------------------------------------------
      sell AAA 100 limit 99.90 reverse rest-waits -100
      buy  BBB 30  limit 50.05 reverse rest-waits 40
    `);
  });

  it("takes less than a share through zero with the rest, which could not be closed alone", () => {
    checkPlan(`
      account  100,000 USD
      hold     AAA   0.5
      quote    AAA   99.90 100.10
      target   AAA   -10%
      ------------------------------------------
      sell AAA 100 limit 99.90 reverse
    `);
  });

  it("leaves alone what is near enough, too small, off session or nobody's forecast, and says why", () => {
    checkPlan(
      `
      account  1,000,000 USD
      hold     NEAR   503
      hold     SHUT   10
      closed   SHUT
      hold     OTHER  7
      hold     CALL   3 option
      hold     GONE   0
      quote    NEAR   99.99 100.01
      quote    TINY   0.41 0.43
      quote    DEAR   5999 6001
      quote    SMALL  99.99 100.01
      target   NEAR   50%
      target   SHUT   40%
      target   TINY   0.00002%
      target   DEAR   0.5%
      target   SMALL  0.04%
      target   ZERO   0%
      quote    ZERO   9.99 10.01
      ------------------------------------------
      buy   NEAR   4497 limit 100.10 increase
      leave SHUT   market-closed
      leave TINY   less-than-one-share
      leave DEAR   less-than-one-share
      leave SMALL  below-minimum-value
      leave ZERO   on-target
      leave OTHER  not-in-any-forecast
      leave CALL   not-in-any-forecast
    `,
      { unlisted: "report", bandWeight: 0 },
    );
  });

  it("does not trade inside the band, and trades to the target outside it", () => {
    const facts = (percent: number) => `
      account  1,000,000 USD
      hold     AAA   1000
      quote    AAA   99.99 100.01
      target   AAA   ${percent}%`;
    expect(spoken(planScenario(facts(10.5)))).toEqual(["leave AAA within-band"]);
    expect(spoken(planScenario(facts(9.5)))).toEqual(["leave AAA within-band"]);
    expect(spoken(planScenario(facts(10.51)))).toEqual(["buy AAA 51 limit 100.10 increase"]);
    expect(spoken(planScenario(facts(9.49)))).toEqual(["sell AAA 51 limit 99.90 reduce"]);
  });

  it("prices and works each order by the first rule that fits its symbol and its value", () => {
    const execution = {
      ...scenarioPolicy.execution,
      rules: [
        {
          symbols: new Set(["WIDE", "RULED"]),
          orderValueMin: 50_000,
          terms: { style: "twap", spreadMaxBps: 30 } as const,
        },
        {
          symbols: new Set(["RULED"]),
          orderValueMin: 0,
          terms: { reference: "ask", collarBps: 50 } as const,
        },
      ],
    };
    const facts = `
      account  1,000,000 USD
      quote    WIDE  49.80 50.20
      quote    RULED 49.96 50.04
      quote    LARGE 49.96 50.04
      target   WIDE  6%
      target   RULED 1%
      target   LARGE 6%`;
    const plan = planScenario(facts, { execution });
    expect(spoken(plan)).toEqual([
      "buy LARGE 1200 limit 50.05 open",
      "buy RULED 200 limit 50.29 open",
      "leave WIDE spread-too-wide",
    ]);
    const ruled = planScenario(facts.replace("RULED 1%", "RULED 7%"), { execution });
    const styles = ruled.ok
      ? ruled.value.trades.map(({ order }) => `${order.instrument.symbol} ${order.style.kind}`)
      : [];
    expect(styles).toEqual(["RULED twap", "LARGE adaptive"]);
  });

  it("trades at the minimum value, not below it", () => {
    const facts = (percent: number) => `
      account  1,000,000 USD
      quote    AAA   99.99 100.01
      target   AAA   ${percent}%`;
    expect(spoken(planScenario(facts(0.05), { bandWeight: 0 }))).toEqual(["buy AAA 5 limit 100.10 open"]);
    expect(spoken(planScenario(facts(0.0499), { bandWeight: 0 }))).toEqual(["leave AAA below-minimum-value"]);
  });

  it("counts the multiplier into shares, values and weights, and orders for the run's account (O22)", () => {
    const inputs = scenarioInputs(`
      account  1,000,000 USD
      hold     AAA   10
      quote    AAA   49.95 50.05
      target   AAA   20%`);
    const instruments = inputs.instruments.map((known) => ({ ...known, multiplier: 10 }));
    const plan = planRebalance({ ...inputs, instruments }, scenarioPolicy);
    expect(plan.ok && plan.value.trades).toMatchObject([
      {
        currentWeight: 0.005,
        plannedWeight: 0.2,
        value: { currency: "USD", e6: 195_000_000_000n },
        order: { role: "rebalance", shares: 390, account: "DU1234567", decisionPrice: 50 },
      },
    ]);
  });

  it("closes a position to the last share whatever band and minimum say", () => {
    checkPlan(`
      account  1,000,000 USD
      hold     AAA   1
      hold     BBB   -2
      quote    AAA   99.99 100.01
      quote    BBB   49.99 50.01
      target   AAA   0%
      target   BBB   0%
      ------------------------------------------
      sell AAA 1 limit 99.90 close
      buy  BBB 2 limit 50.05 close
    `);
  });

  it("takes no float noise for a share: 10 % of a million at 100 is 1,000 shares", () => {
    checkPlan(`
      account  1,000,000 USD
      quote    AAA   99.90 100.10
      target   AAA   10%
      ------------------------------------------
      buy AAA 1000 limit 100.10 open
    `);
  });

  it("values a foreign instrument in the account's currency (A02)", () => {
    checkPlan(`
      account  1,000,000 AUD
      listing  SAP EUR
      rate     EUR 1.60
      rate     USD 1.50
      quote    SAP 99.90 100.10
      quote    AAA 49.95 50.05
      target   SAP 10%
      target   AAA 20%
      ------------------------------------------
      buy AAA 2666 limit 50.05  open
      buy SAP 625  limit 100.10 open
    `);
  });

  it("holds on what it cannot value, with every reason (D06, D07, A02)", () => {
    checkPlan(`
      account  1,000,000 USD
      listing  SAP EUR
      hold     SAP 10
      hold     ODD 5 unpriced
      quote    AAA 49.95 50.05
      target   AAA 20%
      target   BBB 20%
      ------------------------------------------
      held exchange-rate-missing
      held holding-not-priced
      held quote-side-missing
    `);
  });

  it("holds on what it would trade and cannot: no contract, no quote, no price that is one", () => {
    const findingsOf = (facts: string, differs: Partial<PlanInputs> = {}) => {
      const plan = planRebalance(
        { ...scenarioInputs(`account 1,000,000 USD\n${facts}`), ...differs },
        scenarioPolicy,
      );
      return plan.ok ? [] : plan.findings;
    };
    const { conId } = stock("AAA");
    expect(findingsOf("hold AAA 7", { instruments: [] })).toEqual([
      { kind: "holding-unknown", symbol: "AAA", conId, detail: "" },
    ]);
    expect(findingsOf("hold AAA 7\ntarget AAA 5%")).toEqual([
      { kind: "quote-side-missing", symbol: "AAA", side: "bid", value: "no quote" },
    ]);
    expect(findingsOf("quote AAA 0.001 0.003\ntarget AAA 5%")).toMatchObject([
      { kind: "limit-price-impossible", symbol: "AAA" },
    ]);
  });

  it("leaves alone what was tried, is halted, or is less than one share, with nothing adjusted", () => {
    const inputs = scenarioInputs(`
      account  1,000,000 USD
      hold     CCC 0.5
      quote    AAA 49.95 50.05
      quote    BBB 49.95 50.05
      quote    CCC 49.95 50.05
      target   AAA 5%
      target   BBB 5%
      target   CCC 0%
      tried    AAA`);
    const plan = planRebalance({ ...inputs, halted: new Set([stock("BBB").conId]) }, scenarioPolicy);
    expect(
      plan.ok && plan.value.untouched.map(({ symbol, reason, adjustments }) => [symbol, reason, adjustments]),
    ).toEqual([
      ["AAA", { kind: "tried-already" }, []],
      ["BBB", { kind: "check-failed", check: "trading-halt" }, []],
      ["CCC", { kind: "less-than-one-share" }, []],
    ]);
  });

  it("holds on a net liquidation that is not positive (A05)", () => {
    checkPlan(`
      account  0 USD
      target   AAA 20%
      quote    AAA 49.95 50.05
      ------------------------------------------
      held net-liquidation-not-positive
    `);
  });

  it("holds on a target that was looked up under another name: it is neither passed over nor closed (D06)", () => {
    const inputs = scenarioInputs(`
      account  1,000,000 USD
      hold     FB 100
      quote    FB 49.95 50.05
      target   FB 20%`);
    const instruments = inputs.instruments.map((known) => ({ ...known, symbol: "META" }));
    const plan = planRebalance({ ...inputs, instruments }, scenarioPolicy);
    expect(!plan.ok && plan.findings).toMatchObject([
      {
        kind: "forecast-unknown-symbol",
        file: "f.csv",
        line: 3,
        symbol: "FB",
        detail: "the broker lists it under another symbol",
      },
    ]);
  });

  it("never closes a holding of a kind that it does not know (D17)", () => {
    checkPlan(`
      account  1,000,000 USD
      hold     CALL 3 option
      ------------------------------------------
      leave CALL not-tradable
    `);
  });

  it("names the same order of the same hour as the next attempt", () => {
    const facts = `
      account  1,000,000 USD
      quote    AAA   99.90 100.10
      target   AAA   10%`;
    const refOf = (text: string) => {
      const plan = planScenario(text);
      return plan.ok ? plan.value.trades[0]?.order.orderRef : undefined;
    };
    const first = refOf(facts);
    expect(first).toMatch(/^trader\.reb\.2022031414\.AAA\.B1000\.1\.[0-9a-f]{4}$/);
    const second = refOf(`${facts}\nused ${first}`);
    expect(second).toBe(first?.replace(".1.", ".2."));
    expect(refOf(`${facts}\nused ${first} ${second}`)).toBe(first?.replace(".1.", ".3."));
  });
});

describe("any plan", () => {
  const target = fc.record({
    symbol: fc.constantFrom("AAA", "BBB", "CCC", "DDD", "EEE"),
    weight: fc.integer({ min: -6000, max: 6000 }),
    held: fc.integer({ min: -3000, max: 3000 }),
    cents: fc.integer({ min: 12, max: 90_000 }),
    spread: fc.integer({ min: 1, max: 9 }),
  });
  const targets = fc.uniqueArray(target, { selector: (t) => t.symbol, maxLength: 5 });
  type Target = typeof target extends fc.Arbitrary<infer T> ? T : never;
  const facts = (list: readonly Target[], nlv = 1_000_000) =>
    [
      `account ${nlv} USD`,
      ...list.flatMap((t) => [
        `quote ${t.symbol} ${(t.cents - t.spread) / 100} ${(t.cents + t.spread) / 100}`,
        `target ${t.symbol} ${t.weight / 100}%`,
        ...(t.held === 0 ? [] : [`hold ${t.symbol} ${t.held}`]),
      ]),
    ].join("\n");
  const good = (t: Target) => t.cents > t.spread;

  it("has a line for every instrument, on ticks, in whole shares, and does not depend on the order of input", () => {
    fc.assert(
      fc.property(targets, (list) => {
        const known = list.filter(good);
        const plan = planScenario(facts(known));
        const turned = planScenario(facts(known.toReversed()));
        if (!plan.ok || !turned.ok) return;
        expect(turned.value.trades).toEqual(plan.value.trades);
        const lines = [...plan.value.trades, ...plan.value.untouched].map((line) => line.symbol);
        expect(lines.toSorted()).toEqual(known.map((t) => t.symbol).toSorted());
        for (const { order } of plan.value.trades) {
          expect(Number.isInteger(order.shares) && order.shares > 0).toBe(true);
          expect(isOnTick(order.limitPrice, stock("X").priceSteps)).toBe(true);
        }
      }),
    );
  });

  it("never trades past the target, and planning again after the fills changes nothing", () => {
    fc.assert(
      fc.property(targets, (list) => {
        const known = list.filter(good);
        const plan = planScenario(facts(known));
        if (!plan.ok) return;
        const after = known.map((t) => {
          const trade = plan.value.trades.find((line) => line.symbol === t.symbol);
          const goal = trade?.reason === "reverse" ? 0 : t.weight / 10_000;
          if (trade) expect(Math.abs(trade.plannedWeight - goal)).toBeLessThan(0.001);
          return { ...t, held: trade?.targetShares ?? t.held };
        });
        const again = planScenario(facts(after));
        const turned = plan.value.trades.filter(({ reason }) => reason === "reverse").map((t) => t.symbol);
        const traded = again.ok ? again.value.trades.map((trade) => trade.symbol) : ["held"];
        expect(traded.filter((symbol) => !turned.includes(symbol))).toEqual([]);
      }),
    );
  });

  it("trades less or as much with a wider band", () => {
    fc.assert(
      fc.property(
        targets,
        fc.integer({ min: 0, max: 500 }),
        fc.integer({ min: 0, max: 500 }),
        (list, a, b) => {
          const inputs = scenarioInputs(facts(list.filter(good)));
          const [narrow, wide] = [Math.min(a, b), Math.max(a, b)].map((bps) =>
            planRebalance(inputs, { ...scenarioPolicy, bandWeight: bps / 10_000 }),
          );
          if (!narrow?.ok || !wide?.ok) return;
          expect(wide.value.trades.length).toBeLessThanOrEqual(narrow.value.trades.length);
        },
      ),
    );
  });
});
