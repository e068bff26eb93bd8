import { accountWorth } from "../../testing/account-worth.ts";
import { scenarioNow, stock } from "../../testing/scenario.ts";
import { adaptiveWithin } from "../../trading/execution-policy.ts";
import { moneyFromNumber, zero } from "../../trading/money.ts";
import type { PlanInputs } from "../../trading/planner/plan-inputs.ts";
import { type PlanPolicy, plainRules } from "../../trading/planner/plan-policy.ts";
import { planRebalance } from "../../trading/planner/plan-rebalance.ts";
import { notional } from "../../trading/price.ts";

/**
 * `npm run bench:planner`: what a plan of 5,000 instruments costs, in microseconds per instrument and as a multiple of a
 * bare loop that only computes shares to trade from arrays of numbers. Every instrument is held, wanted and off target.
 */
const count = 5000;
const rounds = 15;

const netLiquidation = 1e9;

const held = Float64Array.from({ length: count }, (_, i) => (i % 7 === 0 ? -1 : 1) * (1000 + (i % 977)));
const mids = Float64Array.from({ length: count }, (_, i) => 5 + ((i * 37) % 9000) / 100);
const weights = Float64Array.from({ length: count }, (_, i) => ((i % 11) - 3) / 40_000);

function at(list: Float64Array, i: number): number {
  return list[i] ?? 0;
}

function inputs(): PlanInputs {
  const indices = [...held.keys()];
  return {
    run: { id: "20220314T143000Z", startedAt: scenarioNow, window: "2022031414", account: "DU1234567" },
    now: scenarioNow,
    account: accountWorth(moneyFromNumber(netLiquidation, "USD"), {
      positions: indices.map((i) => ({
        conId: i + 1,
        symbol: `S${i}`,
        securityType: "STK",
        currency: "USD",
        shares: at(held, i),
        averageCost: 40,
        marketPrice: at(mids, i),
        marketValue: notional(at(held, i), at(mids, i), 1, "USD"),
        unrealizedPnl: undefined,
      })),
    }),
    frozen: new Set(),
    resting: new Map(),
    halted: new Set(),
    forecast: {
      asOf: scenarioNow,
      targets: indices.map((i) => ({
        symbol: `S${i}`,
        weight: at(weights, i),
        notional: 0,
        shares: 0,
        file: "f.csv",
        line: i + 5,
      })),
      targetLeverage: 1,
      parts: [],
      capped: [],
    },
    instruments: indices.map((i) => stock(`S${i}`, { conId: i + 1 })),
    quotes: new Map(
      indices.map((i) => {
        const mid = at(mids, i);
        return [i + 1, { conId: i + 1, bid: mid - 0.01, ask: mid + 0.01, mid, receivedAt: scenarioNow }];
      }),
    ),
    usedOrderRefs: new Set(),
    atWork: [],
    tried: new Set(),
    orderedBefore: zero("USD"),
    turnoverToday: undefined,
    averageDailyVolumes: new Map(),
    sessionsSinceTrade: undefined,
    ordersOfOthers: new Map(),
    previews: new Map(),
  };
}

const plain: PlanPolicy = { ...plainRules, execution: adaptiveWithin(10), bandWeight: 0, minOrderValue: 0 };
const everyRule: PlanPolicy = {
  ...plain,
  bandWeight: 1e-6,
  bandOfTarget: 0.01,
  tradeTo: 0.5,
  offTargetMax: 0.001,
  grossCap: 0.2,
  netCap: 0.1,
  maxOrderValue: 200_000,
  maxTurnoverPerRun: 0.15,
  borrowing: false,
  cashBuffer: 0.01,
};

/** Shares to trade, and nothing else: no exactness, no reasons, no orders. */
function bareLoop(): number {
  let traded = 0;
  for (let i = 0; i < count; i++) {
    const shares = Math.trunc(((weights[i] ?? 0) * netLiquidation) / (mids[i] ?? 1) - (held[i] ?? 0));
    traded += Math.abs(shares);
  }
  return traded;
}

/** The fastest of several rounds, in microseconds per instrument: what else the machine does only ever adds. */
function microsecondsOf(work: () => unknown): number {
  const times = Array.from({ length: rounds }, () => {
    const startedAt = process.hrtime.bigint();
    work();
    return Number(process.hrtime.bigint() - startedAt) / 1000 / count;
  });
  return Math.min(...times);
}

const known = inputs();
const bare = microsecondsOf(() => {
  for (let i = 0; i < 1000; i++) bareLoop();
});
const bareOne = bare / 1000;
for (const [name, policy] of [
  ["plain rules", plain],
  ["every rule", everyRule],
] as const) {
  const plan = planRebalance(known, policy);
  if (!plan.ok || plan.value.trades.length === 0) throw new Error(`no plan: ${JSON.stringify(plan)}`);
  const each = microsecondsOf(() => planRebalance(known, policy));
  process.stdout.write(
    `${name}: ${each.toFixed(2)} µs per instrument, ${(each / bareOne).toFixed(0)} times a bare loop, ${plan.value.trades.length} orders of ${count} instruments\n`,
  );
}
process.stdout.write(`bare loop: ${bareOne.toFixed(5)} µs per instrument\n`);
