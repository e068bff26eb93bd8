import { orderReport } from "../../testing/order-report.ts";
import { aPlannedOrder, aPosition } from "../../testing/outcome-builder.ts";
import {
  aMeasuredStrategy,
  aStoppedStrategy,
  riskKnownOf,
  riskPolicyOf,
} from "../../testing/risk-builder.ts";
import { planScenario, scenarioInputs } from "../../testing/scenario.ts";
import { money } from "../money.ts";
import type { OrderReport, PlannedOrder } from "../order.ts";
import type { PlanPolicy } from "../planner/plan-policy.ts";
import { ClearedOrders } from "./gate.ts";
import type { Limits } from "./limits.ts";

const limits = { grossLeverageMax: 1.5, weightMax: 0.4, orderValueMax: 300_000, ordersPerRunMax: 3 };

/** What the gate says to a scenario: "cleared" with the number of orders, or every check that failed. */
function gate(scenario: string, change: Partial<Limits> = {}, policy: Partial<PlanPolicy> = {}): string[] {
  const plan = planScenario(scenario, policy);
  if (!plan.ok) throw new Error(`the scenario has no plan: ${JSON.stringify(plan.findings)}`);
  const { cleared } = ClearedOrders.clear(plan.value, riskKnownOf(), riskPolicyOf({ ...limits, ...change }));
  if (cleared.ok) return [`cleared ${cleared.value.orders.length}`];
  return cleared.findings.map((finding) =>
    finding.kind === "check-failed" ? `${finding.check.name} ${finding.check.subject}`.trim() : finding.kind,
  );
}

describe("the gate", () => {
  it("clears a plan within its limits, at the limit too", () => {
    expect(gate(`account 1,000,000 USD\nquote AAA 49.95 50.05\ntarget AAA 30%`)).toEqual(["cleared 1"]);
    expect(
      gate(`account 1,000,000 USD\nquote AAA 49.95 50.05\ntarget AAA 40%`, {
        orderValueMax: 400_000,
        grossLeverageMax: 0.4,
        ordersPerRunMax: 1,
      }),
    ).toEqual(["cleared 1"]);
  });

  it("tells every reason, not the first", () => {
    const scenario = `
      account 1,000,000 USD
      quote  AAA 49.95 50.05
      quote  BBB 99.90 100.10
      quote  CCC 19.98 20.02
      quote  DDD 9.99 10.01
      target AAA 90%
      target BBB -45%
      target CCC 10%
      target DDD 10%`;
    expect(gate(scenario)).toEqual([
      "gross-leverage",
      "weight BBB",
      "weight AAA",
      "order-value BBB",
      "order-value AAA",
      "orders-per-run",
    ]);
  });

  it("never refuses a reduction for being over a limit still (A14)", () => {
    const scenario = `
      account 1,000,000 USD
      hold   AAA 20000
      hold   BBB -12000
      quote  AAA 49.95 50.05
      quote  BBB 99.90 100.10
      target AAA 60%
      target BBB -100%`;
    const tight = { grossLeverageMax: 0.5, weightMax: 0.1, orderValueMax: 1000, ordersPerRunMax: 0 };
    expect(gate(scenario, tight)).toEqual(["cleared 2"]);
  });

  it("refuses an increase further over a limit, long and short", () => {
    const scenario = (target: string) => `
      account 1,000,000 USD
      hold   AAA ${target.startsWith("-") ? "-" : ""}10000
      quote  AAA 49.95 50.05
      target AAA ${target}`;
    expect(gate(scenario("55%"))).toEqual(["weight AAA"]);
    expect(gate(scenario("-55%"))).toEqual(["weight AAA"]);
    expect(gate(scenario("45%"))).toEqual(["cleared 1"]);
  });

  it("judges a turn to the other side in its two orders: the way to zero passes, the new position is judged", () => {
    const scenario = (held: number) => `
      account 1,000,000 USD
      hold   AAA ${held}
      quote  AAA 49.95 50.05
      target AAA -41%`;
    const tight = { orderValueMax: 1000 };
    expect(gate(scenario(10_000), tight)).toEqual(["cleared 1"]);
    expect(gate(scenario(0), { orderValueMax: 1_000_000 })).toEqual(["weight AAA"]);
    expect(gate(scenario(0), { weightMax: 0.5 })).toEqual(["order-value AAA"]);
    // Less than a share is sold with the rest, in one order through zero.
    expect(gate(scenario(0.5), { weightMax: 0.5 })).toEqual(["order-value AAA"]);
  });

  it("counts what is left alone into gross leverage", () => {
    const scenario = `
      account 1,000,000 USD
      hold   OLD 13000
      quote  AAA 49.95 50.05
      target AAA 25%`;
    expect(gate(scenario, {}, { unlisted: "report" })).toEqual(["gross-leverage"]);
  });

  it("clears no trade that a failed check forbids, whoever planned it", () => {
    const plan = planScenario(`
      account 1,000,000 USD
      hold   AAA 6000
      quote  AAA 49.95 50.05
      quote  BBB 99.90 100.10
      target AAA 20%
      target BBB 10%`);
    if (!plan.ok) throw new Error("the scenario has no plan");
    const { account } = scenarioInputs("account 1,000,000 USD");
    const known = riskKnownOf({ account: { ...account, excessLiquidity: money("30000", "USD") } });
    const failing = riskPolicyOf({ cushionMin: 0.04 });
    const { review, cleared } = ClearedOrders.clear(plan.value, known, failing);
    expect(review.checks).toContainEqual(expect.objectContaining({ name: "cushion", verdict: "fail" }));
    expect(cleared).toMatchObject({
      ok: false,
      findings: [{ kind: "check-failed", check: { name: "cushion" } }],
    });

    const reductions = { ...plan.value, trades: plan.value.trades.filter(({ symbol }) => symbol === "AAA") };
    const passed = ClearedOrders.clear(reductions, known, failing).cleared;
    expect(passed.ok && passed.value.orders.map(({ side, shares }) => `${side} ${shares}`)).toEqual([
      "sell 2000",
    ]);
  });

  describe("excess liquidity as planned", () => {
    // AAA takes 50,000 + 50 by our estimate, BBB 10,000 + 200 by the broker's preview; OLD is sold and frees nothing yet.
    const scenario = `
      account 1,000,000 USD
      excess 100,000
      hold   OLD 100
      quote  AAA 49.95 50.05
      quote  BBB 99.90 100.10
      quote  OLD 10.00 10.02
      target AAA 5%
      target BBB 20%
      preview BBB 2000 10,000`;
    const planned = () => {
      const plan = planScenario(scenario, { initialMarginRate: 0.999, bandWeight: 0, minOrderValue: 0 });
      if (!plan.ok) throw new Error("the scenario has no plan");
      return plan.value;
    };
    const known = riskKnownOf({ account: scenarioInputs(scenario).account });
    const room = 100_000 - 49_950 - 50 - 10_000 - 200;

    it.each<[string, Parameters<typeof riskPolicyOf>[0], string]>([
      ["is shown beside what it is now", { excessLiquidityMin: room / 2 }, `100000 ${room} pass`],
      ["may come to the limit itself", { excessLiquidityMin: room }, `100000 ${room} warn`],
      [
        "fails a cent beyond it, though there is enough now",
        { excessLiquidityMin: room + 0.01 },
        `100000 ${room} fail`,
      ],
    ])("%s", (_, asked, expected) => {
      const { review, cleared } = ClearedOrders.clear(planned(), known, riskPolicyOf(asked));
      const check = review.checks.find(({ name }) => name === "excess-liquidity");
      expect(`${check?.present} ${check?.value} ${check?.verdict}`).toBe(expected);
      expect(cleared.ok).toBe(!expected.endsWith("fail"));
    });

    it("is a cushion too", () => {
      const { review } = ClearedOrders.clear(planned(), known, riskPolicyOf({ cushionMin: 0.0398001 }));
      const check = review.checks.find(({ name }) => name === "cushion");
      expect(check).toMatchObject({ present: 0.1, value: room / 1_000_000, verdict: "fail" });
    });

    it("of reductions alone is what it is now, and holds them up no more than now", () => {
      const plan = planned();
      const sale = { ...plan, trades: plan.trades.filter(({ symbol }) => symbol === "OLD") };
      const { review, cleared } = ClearedOrders.clear(
        sale,
        known,
        riskPolicyOf({ excessLiquidityMin: 100_001 }),
      );
      expect(review.checks).toContainEqual(
        expect.objectContaining({
          name: "excess-liquidity",
          present: 100_000,
          value: 100_000,
          verdict: "fail",
        }),
      );
      expect(cleared.ok).toBe(true);
    });

    it("is judged as it is now where nobody knows the margin of an increase", () => {
      const plan = planned();
      const trades = plan.trades.map(({ marginUse, ...trade }) =>
        marginUse?.source === "estimate" ? trade : { ...trade, ...(marginUse && { marginUse }) },
      );
      const { review } = ClearedOrders.clear(
        { ...plan, trades },
        known,
        riskPolicyOf({ excessLiquidityMin: 99_000 }),
      );
      expect(review.checks).toContainEqual(
        expect.objectContaining({
          name: "excess-liquidity",
          present: undefined,
          value: 100_000,
          verdict: "warn",
        }),
      );
    });
  });

  it("cannot be gone round: only it makes cleared orders", () => {
    // @ts-expect-error the constructor is private
    expect(() => new ClearedOrders([])).not.toThrow();
    // @ts-expect-error a look-alike has no private field
    const alike: ClearedOrders = { orders: [] };
    expect(alike).toBeDefined();
  });
});

it("the gate clears no plan that forgot a stop: nothing grows that a stopped strategy held against another", () => {
  const scenario = `
    account 1,000,000 USD
    hold   AAA 2000
    quote  AAA 49.95 50.05
    target AAA 30%`;
  const inputs = scenarioInputs(scenario);
  const plan = planScenario(scenario);
  if (!plan.ok) throw new Error(JSON.stringify(plan.findings));
  const measured = aMeasuredStrategy(inputs.now);
  const known = (isReduceOnly: boolean) =>
    riskKnownOf({
      strategies: [measured],
      forecast: {
        ...inputs.forecast,
        targets: inputs.forecast.targets.map((target) => ({
          ...target,
          stopped: { strategies: [aStoppedStrategy("trend")], isReduceOnly },
        })),
      },
    });
  const policy = riskPolicyOf(limits, {
    strategies: [{ strategy: "trend", maxAgeMinutes: 90, stopLoss: 0.15, takeProfit: undefined }],
  });
  const { cleared } = ClearedOrders.clear(plan.value, known(true), policy);
  expect(cleared.ok).toBe(false);
  expect(cleared.ok ? [] : cleared.findings).toMatchObject([
    { kind: "check-failed", check: { name: "strategy-loss", subject: "trend", limit: 0.15 } },
  ]);
  expect(ClearedOrders.clear(plan.value, known(false), policy).cleared.ok).toBe(true);
});

it("what is cleared together is cleared alone", () => {
  const plan = planScenario(`account 1,000,000 USD
    quote  AAA 49.95 50.05
    quote  BBB 99.90 100.10
    target AAA 5%
    target BBB 5%`);
  if (!plan.ok) throw new Error(JSON.stringify(plan.findings));
  const { cleared } = ClearedOrders.clear(plan.value, riskKnownOf(), riskPolicyOf(limits));
  const few = cleared.ok ? cleared.value.only(({ instrument }) => instrument.symbol === "BBB").orders : [];
  expect(few.map(({ instrument, shares }) => `${instrument.symbol} ${shares}`)).toEqual(["BBB 500"]);
});

describe("the door of protective orders", () => {
  const long = aPosition({ conId: 265598, symbol: "AAPL", shares: 120 });
  const stop = aPlannedOrder({
    orderRef: "trader.pro.2022031414.AAPL.S120.1.5f0a",
    role: "protect",
    side: "sell",
    shares: 120,
    timeInForce: "GTC",
    style: { kind: "stop", stopPrice: 140.11 },
  });
  const working = (changes: Partial<OrderReport>) =>
    orderReport({ conId: 265598, symbol: "AAPL", side: "sell", orderRef: "x", ...changes });

  it.each<
    [
      string,
      Partial<PlannedOrder>,
      { held?: number; frozen?: boolean; working?: readonly OrderReport[] },
      boolean,
    ]
  >([
    ["closes all that is held", {}, {}, true],
    ["closes a short", { side: "buy" }, { held: -120 }, true],
    ["is not for protection", { role: "rebalance" }, {}, false],
    ["ends with its day", { timeInForce: "DAY" }, {}, false],
    ["closes more than is held", { shares: 121 }, {}, false],
    ["adds to a position", { side: "buy" }, {}, false],
    ["adds to a short", {}, { held: -120 }, false],
    ["is for nothing held", {}, { held: 0 }, false],
    ["is for a frozen position", {}, { frozen: true }, false],
    [
      "moves a stop of a frozen position",
      {},
      { frozen: true, working: [working({ orderRef: stop.orderRef, orderedShares: 120 })] },
      false,
    ],
    [
      "makes one smaller",
      { shares: 119 },
      { frozen: true, working: [working({ orderRef: stop.orderRef, orderedShares: 120 })] },
      true,
    ],
    [
      "works beside an order that closes a part",
      {},
      { working: [working({ orderedShares: 30, filledShares: 29 })] },
      false,
    ],
    [
      "works beside what is left of one",
      { shares: 119 },
      { working: [working({ orderedShares: 30, filledShares: 29 })] },
      true,
    ],
    [
      "works beside one of another side",
      {},
      { working: [working({ side: "buy", orderedShares: 500 })] },
      true,
    ],
    [
      "is the changed form of what works",
      {},
      { working: [working({ orderRef: stop.orderRef, orderedShares: 90 })] },
      true,
    ],
    [
      "counts what it has filled",
      { shares: 150 },
      { working: [working({ orderRef: stop.orderRef, orderedShares: 90, filledShares: 30 })] },
      true,
    ],
    [
      "counts no more than that",
      { shares: 151 },
      { working: [working({ orderRef: stop.orderRef, orderedShares: 90, filledShares: 30 })] },
      false,
    ],
  ])("%s", (_what, changes, { held = 120, frozen = false, working: atWork = [] }, isCleared) => {
    const known = {
      positions: held === 0 ? [] : [{ ...long, shares: held }],
      frozen: new Set(frozen ? [265598] : []),
      working: atWork,
    };
    expect(ClearedOrders.protect([{ ...stop, ...changes }], known).ok).toBe(isCleared);
  });

  it("judges each position by itself, and clears what it was given", () => {
    const ko = { ...stop.instrument, conId: 4, symbol: "KO" };
    const cover = {
      ...stop,
      instrument: ko,
      side: "buy",
      shares: 70,
      orderRef: "trader.pro.2022031414.KO.B70.1.5f0a",
    } as const;
    const judged = ClearedOrders.protect([stop, cover], {
      positions: [aPosition({ conId: 4, symbol: "KO", shares: -70 }), long],
      frozen: new Set(),
      working: [
        working({ conId: 9, orderedShares: 500 }),
        working({ conId: 4, side: "sell", orderedShares: 500, orderRef: "y" }),
      ],
    });
    expect(judged.ok && judged.value.orders).toEqual([stop, cover]);
  });

  it("makes a frozen one smaller beside others of its contract", () => {
    const judged = ClearedOrders.protect([{ ...stop, shares: 119 }], {
      positions: [long],
      frozen: new Set([265598]),
      working: [
        working({ orderedShares: 1, orderRef: "y" }),
        working({ orderRef: stop.orderRef, orderedShares: 120 }),
      ],
    });
    expect(judged.ok).toBe(true);
  });

  it("judges all orders of one position together, and names each", () => {
    const half = { ...stop, shares: 61 };
    const other = { ...half, orderRef: "trader.pro.2022031414.AAPL.S61.2.5f0a" };
    const judged = ClearedOrders.protect([half, other], {
      positions: [long],
      frozen: new Set(),
      working: [],
    });
    expect(judged).toMatchObject({
      ok: false,
      findings: [
        { kind: "protection-too-large", orderRef: half.orderRef, shares: 61 },
        { kind: "protection-too-large", orderRef: other.orderRef, shares: 61 },
      ],
    });
  });
});
