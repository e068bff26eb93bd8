import fc from "fast-check";
import { riskKnownOf, riskPolicyOf } from "../../testing/risk-builder.ts";
import { planScenario } from "../../testing/scenario.ts";
import { isIncrease } from "../planner/is-increase.ts";
import type { Plan } from "../planner/plan.ts";
import { kindOf } from "./check.ts";
import { ClearedOrders } from "./gate.ts";
import type { Limits } from "./limits.ts";
import { allChecks, type RiskPolicy } from "./review.ts";

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

/** Limits of the portfolio that many plans keep: a property of what is cleared says nothing when nothing is. */
const looser: fc.Arbitrary<Partial<Limits>> = fc.record({
  grossLeverageMax: fc.integer({ min: 5, max: 24 }).map((tenths) => tenths / 10),
  netLeverageMax: fc.integer({ min: 3, max: 20 }).map((tenths) => tenths / 10),
  weightMax: fc.integer({ min: 30, max: 60 }).map((percent) => percent / 100),
  ordersPerRunMax: fc.integer({ min: 3, max: 4 }),
  groups: fc
    .tuple(fc.integer({ min: 30, max: 120 }), fc.integer({ min: 30, max: 120 }))
    .map(([first, second]) => [
      { name: "first", symbols: new Set(["AAA", "BBB"]), weightMax: first / 100 },
      { name: "second", symbols: new Set(["BBB", "CCC"]), weightMax: second / 100 },
    ]),
});

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const gross = (values: readonly number[]) => sum(values.map(Math.abs));
const net = (values: readonly number[]) => Math.abs(sum(values));

/** No limit is broken that was not broken before, or more than before. Weights are those of `symbols`. */
function mustBeWithin({ limits: tightest }: RiskPolicy, now: readonly number[], before: readonly number[]) {
  const within = (value: number, was: number, max: number) =>
    expect(value).toBeLessThanOrEqual(Math.max(max, was) + 1e-6);
  within(gross(now), gross(before), tightest.grossLeverageMax);
  for (const [index, weight] of now.entries())
    within(Math.abs(weight), Math.abs(before[index] ?? 0), tightest.weightMax);
  for (const { symbols: members, weightMax } of tightest.groups) {
    const ofGroup = (weights: readonly number[]) =>
      gross(weights.filter((_, index) => members.has(symbols[index] ?? "")));
    within(ofGroup(now), ofGroup(before), weightMax);
  }
}

it("clears nothing of which a limit is broken that was not broken before, however many of its orders were sent", () => {
  let drawn = 0;
  let clearedPlans = 0;
  fc.assert(
    fc.property(portfolios, looser, (portfolio, loose) => {
      drawn += 1;
      const plan = planOf(portfolio, (_, target) => target);
      const policy = riskPolicyOf(loose);
      const { cleared } = ClearedOrders.clear(plan, riskKnownOf(), policy);
      if (!cleared.ok) return;
      const { orders } = cleared.value;
      const weightsAfter = (sent: number) => {
        const filled = new Set(orders.slice(0, sent).map(({ instrument }) => instrument.symbol));
        return symbols.map((symbol) => {
          const standing = [...plan.trades, ...plan.untouched].find((each) => each.symbol === symbol);
          const weight = filled.has(symbol) ? standing?.plannedWeight : standing?.currentWeight;
          return weight ?? 0;
        });
      };
      const before = weightsAfter(0);
      // A run may break off behind any of its orders: then the rest is never sent.
      for (let sent = 1; sent <= orders.length; sent += 1) mustBeWithin(policy, weightsAfter(sent), before);
      if (!plan.trades.some(isIncrease)) return;
      clearedPlans += 1;
      // Sales and purchases cannot go out at the same moment: net of both is true of the whole only.
      const after = net(weightsAfter(orders.length));
      expect(after).toBeLessThanOrEqual(Math.max(policy.limits.netLeverageMax, net(before)) + 1e-6);
      expect(orders.length).toBeLessThanOrEqual(policy.limits.ordersPerRunMax);
    }),
    { numRuns: 800 },
  );
  expect(clearedPlans / drawn).toBeGreaterThan(0.025);
});

it("agrees with its checks: cleared exactly when none fails that holds the run", () => {
  fc.assert(
    fc.property(portfolios, fc.oneof(limits, looser), (portfolio, drawn) => {
      const plan = planOf(portfolio, (_, target) => target);
      const policy = riskPolicyOf(drawn);
      const failed = allChecks(plan, riskKnownOf(), policy).filter(({ verdict }) => verdict === "fail");
      const holds = failed.filter(({ name }) => kindOf(name).effect === "hold");
      const { cleared } = ClearedOrders.clear(plan, riskKnownOf(), policy);
      expect(cleared.ok).toBe(holds.length === 0);
    }),
  );
});
