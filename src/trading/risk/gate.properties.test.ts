import fc from "fast-check";
import { riskKnownOf, riskPolicyOf } from "../../testing/risk-builder.ts";
import { planScenario } from "../../testing/scenario.ts";
import { isIncrease } from "../planner/is-increase.ts";
import type { Plan } from "../planner/plan.ts";
import { kindOf } from "./check.ts";
import { ClearedOrders } from "./gate.ts";
import type { Limits } from "./limits.ts";
import { allChecks } from "./review.ts";

const symbols = ["AAA", "BBB", "CCC", "DDD"] as const;
const holding = fc.record({
  cents: fc.integer({ min: 101, max: 40_000 }),
  heldPercent: fc.integer({ min: -60, max: 60 }),
  targetPercent: fc.integer({ min: -60, max: 60 }),
});
const portfolios = fc.tuple(holding, holding, holding, holding);
type Portfolio = typeof portfolios extends fc.Arbitrary<infer T> ? T : never;

const limits: fc.Arbitrary<Partial<Limits>> = fc.record({
  grossLeverageMax: fc.double({ min: 0.01, max: 2, noNaN: true }),
  netLeverageMax: fc.double({ min: 0.01, max: 2, noNaN: true }),
  weightMax: fc.double({ min: 0.01, max: 0.6, noNaN: true }),
  orderValueMax: fc.double({ min: 100, max: 600_000, noNaN: true }),
  ordersPerRunMax: fc.integer({ min: 0, max: 4 }),
  ordersPerDayMax: fc.integer({ min: 0, max: 4 }),
  turnoverPerRunMax: fc.double({ min: 0.001, max: 2, noNaN: true }),
  turnoverPerDayMax: fc.double({ min: 0.001, max: 2, noNaN: true }),
  groups: fc.constant([
    { name: "first", symbols: new Set(["AAA", "BBB"]), weightMax: 0.3 },
    { name: "second", symbols: new Set(["BBB", "CCC"]), weightMax: 0.5 },
  ]),
});

function planOf(portfolio: Portfolio, targetOf: (held: number, target: number) => number): Plan {
  const lines = portfolio.flatMap(({ cents, heldPercent, targetPercent }, index) => {
    const symbol = symbols[index];
    const price = cents / 100;
    const shares = Math.trunc((heldPercent * 10_000) / price);
    return [
      ...(shares === 0 ? [] : [`hold ${symbol} ${shares}`]),
      `quote ${symbol} ${(price - 0.01).toFixed(2)} ${(price + 0.01).toFixed(2)}`,
      `target ${symbol} ${targetOf(heldPercent, targetPercent)}%`,
    ];
  });
  const plan = planScenario(["account 1,000,000 USD", ...lines].join("\n"), {
    bandWeight: 0,
    minOrderValue: 0,
  });
  if (!plan.ok) throw new Error(JSON.stringify(plan.findings));
  return plan.value;
}

it("never refuses a plan of reductions, whatever the limits of the portfolio and of a day are (A14)", () => {
  const towardsZero = (held: number, target: number) =>
    held === 0 ? 0 : Math.sign(held) * Math.min(Math.abs(held), Math.abs(target));
  fc.assert(
    fc.property(portfolios, limits, (portfolio, tight) => {
      const plan = planOf(portfolio, towardsZero);
      fc.pre(!plan.trades.some(isIncrease));
      const { cleared } = ClearedOrders.clear(plan, riskKnownOf(), riskPolicyOf(tight));
      expect(cleared.ok && cleared.value.orders.length).toBe(plan.trades.length);
    }),
    { numRuns: 300 },
  );
});

it("clears nothing after whose fills a limit is broken that was not broken before, or more than before", () => {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  fc.assert(
    fc.property(portfolios, limits, (portfolio, tight) => {
      const plan = planOf(portfolio, (_, target) => target);
      const policy = riskPolicyOf(tight);
      const { cleared } = ClearedOrders.clear(plan, riskKnownOf(), policy);
      if (!cleared.ok || !plan.trades.some(isIncrease)) return;
      const all = [...plan.trades, ...plan.untouched];
      const before = all.map(({ currentWeight }) => currentWeight);
      const after = all.map(({ plannedWeight }) => plannedWeight);
      const within = (value: number, was: number, max: number) =>
        expect(value).toBeLessThanOrEqual(Math.max(max, was) + 1e-6);
      within(sum(after.map(Math.abs)), sum(before.map(Math.abs)), policy.limits.grossLeverageMax);
      within(Math.abs(sum(after)), Math.abs(sum(before)), policy.limits.netLeverageMax);
      for (const { plannedWeight, currentWeight } of all)
        within(Math.abs(plannedWeight), Math.abs(currentWeight), policy.limits.weightMax);
      for (const { symbols: members, weightMax } of policy.limits.groups) {
        const ours = all.filter(({ symbol }) => members.has(symbol));
        within(
          sum(ours.map(({ plannedWeight }) => Math.abs(plannedWeight))),
          sum(ours.map(({ currentWeight }) => Math.abs(currentWeight))),
          weightMax,
        );
      }
      expect(plan.trades.length).toBeLessThanOrEqual(policy.limits.ordersPerRunMax);
    }),
    { numRuns: 500 },
  );
});

it("agrees with its checks: cleared exactly when none fails that holds the run", () => {
  fc.assert(
    fc.property(portfolios, limits, (portfolio, tight) => {
      const plan = planOf(portfolio, (_, target) => target);
      const policy = riskPolicyOf(tight);
      const failed = allChecks(plan, riskKnownOf(), policy).filter(({ verdict }) => verdict === "fail");
      const holds = failed.filter(({ name }) => kindOf(name).effect === "hold");
      const { cleared } = ClearedOrders.clear(plan, riskKnownOf(), policy);
      expect(cleared.ok).toBe(holds.length === 0);
    }),
  );
});
