import { accountWorth } from "../../testing/account-worth.ts";
import { scenarioNow, stock } from "../../testing/scenario.ts";
import { adaptiveWithin } from "../../trading/execution-policy.ts";
import { moneyFromNumber, zero } from "../../trading/money.ts";
import type { PlanInputs } from "../../trading/planner/plan-inputs.ts";
import { type PlanPolicy, plainRules } from "../../trading/planner/plan-policy.ts";
import { planRebalance } from "../../trading/planner/plan-rebalance.ts";
import { notional } from "../../trading/price.ts";
import { ClearedOrders } from "../../trading/risk/gate.ts";
import { noLimits } from "../../trading/risk/limits.ts";
import { nothingKnown, type RiskKnown, type RiskPolicy } from "../../trading/risk/review.ts";
import { emptyRiskRecord } from "../../trading/risk/risk-record.ts";

/**
 * `npm run bench:planner`: what a plan of 5,000 instruments and the gate's judgement of it cost, in microseconds per
 * instrument and as a multiple of a bare loop that only computes shares to trade from arrays of numbers. Every instrument is
 * held, wanted and off target.
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

/**
 * The fastest of several rounds, in microseconds of processor time per instrument: what else the machine does hardly
 * counts.
 */
function microsecondsOf(work: () => unknown): number {
  const times = Array.from({ length: rounds }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / count;
  });
  return Math.min(...times);
}

/** Every check has something to judge: marks to compare prices with, quotes, hours, groups; nothing fails. */
function risk(known: PlanInputs): { readonly known: RiskKnown; readonly policy: RiskPolicy } {
  const { account, forecast, instruments, quotes, now } = known;
  const record = { ...emptyRiskRecord, marks: new Map([...quotes].map(([conId, { mid }]) => [conId, mid])) };
  const market = { instruments, quotes, haltedConIds: new Set<number>() };
  const groups = Array.from({ length: 11 }, (_, n) => ({
    name: `group ${n}`,
    symbols: new Set(instruments.filter((_each, i) => i % 11 === n).map(({ symbol }) => symbol)),
    weightMax: 1,
  }));
  return {
    known: { ...nothingKnown(now), record, account, forecast, market },
    policy: {
      limits: { ...noLimits, grossLeverageMax: 2, weightMax: 0.5, orderValueMax: 1e9, groups, warnAt: 0.9 },
      maxNavMove: 0.2,
      quoteMaxAgeSeconds: 60,
      strategies: [{ strategy: "trend", maxAgeMinutes: 90, stopLoss: undefined, takeProfit: undefined }],
    },
  };
}

function told(what: string, each: number, bareOne: number): void {
  process.stdout.write(
    `${what}: ${each.toFixed(2)} µs per instrument, ${(each / bareOne).toFixed(0)} times a bare loop\n`,
  );
}

const known = inputs();
const judged = risk(known);
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
  const { value } = plan;
  told(
    `planner, ${name}, ${value.trades.length} orders of ${count} instruments`,
    microsecondsOf(() => planRebalance(known, policy)),
    bareOne,
  );
  const { cleared, review } = ClearedOrders.clear(value, judged.known, judged.policy);
  if (!cleared.ok) throw new Error(`not cleared: ${JSON.stringify(cleared.findings)}`);
  told(
    `gate, ${review.judged} checks of them`,
    microsecondsOf(() => ClearedOrders.clear(value, judged.known, judged.policy)),
    bareOne,
  );
}
process.stdout.write(`bare loop: ${bareOne.toFixed(5)} µs per instrument\n`);
