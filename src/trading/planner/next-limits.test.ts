import { orderReport } from "../../testing/order-report.ts";
import { planScenario, scenarioPolicy } from "../../testing/scenario.ts";
import type { OrderReport, OrderState } from "../order.ts";
import { withNextLimits } from "./next-limits.ts";
import type { Plan, Untouched } from "./plan.ts";

const working: OrderState = { life: "working", status: "submitted" };

/** Three orders that begin a third and two thirds into a collar of 30 bps. */
function plan(): Plan {
  const facts = `
    account  1,000,000 USD
    hold     CCC   500
    quote    AAA   99.90 100.10
    quote    BBB   49.95 50.05
    quote    CCC   19.99 20.01
    target   AAA   10%
    target   BBB   10%
    target   CCC   0%`;
  const execution = { ...scenarioPolicy.execution, collarBps: 30, repriceSteps: 2 };
  const made = planScenario(facts, { execution });
  if (!made.ok) throw new Error(JSON.stringify(made.findings));
  return made.value;
}

function reportsOf({ trades }: Plan, told: Readonly<Record<string, Partial<OrderReport>>>): OrderReport[] {
  return trades.map(({ order, symbol }) =>
    orderReport({ orderRef: order.orderRef, orderedShares: order.shares, state: working, ...told[symbol] }),
  );
}

const standsAlone: Untouched = {
  conId: 4,
  symbol: "DDD",
  currency: "USD",
  currentShares: 7,
  targetShares: 7,
  currentWeight: 0.03,
  targetWeight: 0,
  plannedWeight: 0.03,
  price: undefined,
  adjustments: [],
  reason: { kind: "market-closed" },
};

const limitsOf = (made: Plan | undefined) =>
  made?.trades.map(({ order }) => [order.instrument.symbol, order.approach, order.limitPrice]);

it("begins inside the collar and goes to it, sides apart", () => {
  expect(limitsOf(plan())).toEqual([
    ["CCC", [19.98, 19.96], 19.94],
    ["AAA", [100.1, 100.2], 100.3],
    ["BBB", [50.05, 50.1], 50.15],
  ]);
});

it("takes what still works to its next limit, under the same name and for the same whole size", () => {
  const before = plan();
  const next = withNextLimits(before, reportsOf(before, { BBB: { filledShares: 700 } }));
  expect(limitsOf(next)).toEqual([
    ["CCC", [19.96], 19.94],
    ["AAA", [100.2], 100.3],
    ["BBB", [50.1], 50.15],
  ]);
  expect(next?.trades.map(({ order }) => [order.orderRef, order.shares])).toEqual(
    before.trades.map(({ order }) => [order.orderRef, order.shares]),
  );
  const last = next && withNextLimits(next, reportsOf(next, {}));
  expect(limitsOf(last)).toEqual([
    ["CCC", [], 19.94],
    ["AAA", [], 100.3],
    ["BBB", [], 50.15],
  ]);
  expect(last && withNextLimits(last, reportsOf(last, {}))).toBeUndefined();
});

it("leaves alone what was sent at its collar at once", () => {
  const before = plan();
  const trades = before.trades.map((trade) => {
    const { approach: _none, ...order } = trade.order;
    return { ...trade, order };
  });
  expect(withNextLimits({ ...before, trades }, reportsOf(before, {}))).toBeUndefined();
});

it("leaves alone what is done, on its way out, unanswered or full, and says where it stands", () => {
  const before = plan();
  const told = {
    AAA: { state: { life: "done", status: "rejected" } },
    BBB: { filledShares: 2000 },
    CCC: { state: { life: "done", status: "cancelled" }, filledShares: 30 },
  } as const;
  expect(withNextLimits(before, reportsOf(before, told))).toBeUndefined();
  const one = withNextLimits(before, reportsOf(before, { ...told, CCC: {} }));
  expect(limitsOf(one)).toEqual([["CCC", [19.96], 19.94]]);
  const stands = (symbol: string, of = one) => {
    const line = of?.untouched.find((each) => each.symbol === symbol);
    return [line?.targetShares, line?.plannedWeight.toFixed(3), line?.reason.kind];
  };
  // A rejected order comes to nothing, a filled one to what was planned of it.
  expect(stands("AAA")).toEqual([0, "0.000", "on-target"]);
  expect(stands("BBB")).toEqual([2000, "0.100", "on-target"]);
  // So do one that may still fill on its way out, one that nobody told of, and what was left alone before.
  const leaving = {
    BBB: { filledShares: 700, state: { life: "working", status: "pending-cancel" } },
  } as const;
  const few = reportsOf(before, leaving).filter(({ orderRef }) => !orderRef.includes(".AAA."));
  const rest = withNextLimits({ ...before, untouched: [standsAlone] }, few);
  expect(limitsOf(rest)).toEqual([["CCC", [19.96], 19.94]]);
  expect(stands("AAA", rest)).toEqual([1000, "0.100", "on-target"]);
  expect(stands("BBB", rest)).toEqual([2000, "0.100", "on-target"]);
  expect(stands("DDD", rest)).toEqual([7, "0.030", "market-closed"]);
  const other = withNextLimits(before, reportsOf(before, { CCC: told.CCC }));
  const part = other?.untouched.find(({ symbol }) => symbol === "CCC");
  // 30 of 500 were sold before it ended: 470 are left, not none.
  expect([part?.targetShares, part?.plannedWeight.toFixed(4)]).toEqual([470, "0.0094"]);
  for (const state of [{ life: "unknown" }, { life: "working", status: "pending-cancel" }] as const) {
    const none = withNextLimits(before, reportsOf(before, { ...told, CCC: { state } }));
    expect(none).toBeUndefined();
  }
});

it("of an order of an earlier run that has ended, what it had filled before the plan is held already", () => {
  const before = plan();
  const trades = before.trades.map((trade) =>
    trade.symbol === "AAA"
      ? {
          ...trade,
          order: { ...trade.order, shares: 1300 },
          changes: { orderedShares: 900, filledShares: 300, limitPrice: 99 },
        }
      : trade,
  );
  const changed = { ...before, trades };
  const endsWith = (filledShares: number) => {
    const told = { AAA: { state: { life: "done", status: "cancelled" }, filledShares } } as const;
    const line = withNextLimits(changed, reportsOf(changed, told))?.untouched[0];
    return [line?.symbol, line?.targetShares, line?.plannedWeight.toFixed(3)];
  };
  expect(endsWith(300)).toEqual(["AAA", 0, "0.000"]);
  expect(endsWith(550)).toEqual(["AAA", 250, "0.025"]);
  expect(endsWith(1300)).toEqual(["AAA", 1000, "0.100"]);
});
