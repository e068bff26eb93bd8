import fc from "fast-check";
import { orderReport } from "../../testing/order-report.ts";
import { clearedPlan } from "../../testing/risk-builder.ts";
import { planScenario, scenarioInputs, scenarioPolicy, stock } from "../../testing/scenario.ts";
import { adaptiveWithin } from "../execution-policy.ts";
import { money, toNumber } from "../money.ts";
import type { AtWork } from "./at-work.ts";
import type { Plan, Trade } from "./plan.ts";
import type { InstrumentMode, PlanPolicy } from "./plan-policy.ts";
import { planRebalance } from "./plan-rebalance.ts";

/** One instrument: what is held, at which market, and what is wanted of it. */
const line = fc.record({
  held: fc.integer({ min: -3000, max: 3000 }),
  cents: fc.integer({ min: 120, max: 60_000 }),
  spread: fc.integer({ min: 1, max: 9 }),
  unit: fc.constantFrom("weight", "notional", "quantity", "none"),
  /** Ten-thousandths of net liquidation. */
  wanted: fc.oneof(fc.constant(0), fc.integer({ min: -4000, max: 4000 })),
  volume: fc.integer({ min: 1, max: 2_000_000 }),
  rested: fc.integer({ min: 0, max: 4 }),
  mode: fc.constantFrom<InstrumentMode>(
    "trade",
    "trade",
    "trade",
    "buy-only",
    "sell-only",
    "reduce-only",
    "do-not-trade",
    "close",
  ),
  boardLot: fc.constantFrom<number>(1, 1, 10, 100),
});
type Line = typeof line extends fc.Arbitrary<infer T> ? T : never;

const lines = fc.array(line, { minLength: 1, maxLength: 6 });
const netLiquidation = 1_000_000;
const money1 = fc.integer({ min: -50_000, max: 900_000 });

/** Everything that lets a plan be smaller than its targets ask for. */
const anyPolicy = fc.record({
  bandWeight: fc.constantFrom(0, 0.002, 0.01),
  bandOfTarget: fc.constantFrom(undefined, 0.05, 0.3),
  bandChoice: fc.constantFrom<"wider" | "narrower">("wider", "narrower"),
  hardBandWeight: fc.constantFrom(undefined, 0.05),
  tradeTo: fc.constantFrom(1, 0, 0.37),
  cooldownSessions: fc.constantFrom(0, 2),
  offTargetMax: fc.constantFrom(0, 0.03),
  minOrderValue: fc.constantFrom(0, 500, 7_000),
  minOrderShares: fc.constantFrom(1, 25),
  maxOrderValue: fc.constantFrom(undefined, 40_000),
  maxTurnoverPerRun: fc.constantFrom(undefined, 0.13),
  maxTurnoverPerDay: fc.constantFrom(undefined, 0.2),
  maxVolumeShare: fc.constantFrom(undefined, 0.01),
  grossCap: fc.constantFrom(undefined, 0.8),
  netCap: fc.constantFrom(undefined, 0.3),
  borrowing: fc.boolean(),
  initialMarginRate: fc.constantFrom(undefined, 0.5),
  scarce: fc.constantFrom<"in-proportion" | "greedy">("in-proportion", "greedy"),
  cashBuffer: fc.constantFrom(0, 0.02),
  cashBufferBand: fc.constantFrom(0, 0.03),
  unlisted: fc.constantFrom<"report" | "close" | "leave">("report", "close", "leave"),
});

/** Nothing that leaves a rest for the next run. */
const uncut = {
  maxOrderValue: undefined,
  maxTurnoverPerRun: undefined,
  maxTurnoverPerDay: undefined,
  maxVolumeShare: undefined,
  borrowing: true,
  initialMarginRate: undefined,
  cooldownSessions: 0,
};

const nameOf = (index: number) => `S${index}`;
const midOf = ({ cents }: Line) => cents / 100;

function targetOf(one: Line, scale = 1): string | undefined {
  const value = (one.wanted / 10_000) * netLiquidation * scale;
  if (one.unit === "none") return undefined;
  if (one.unit === "weight") return `${one.wanted / 100}%`;
  return one.unit === "notional"
    ? `${value} USD`
    : `${Math.trunc(value / midOf(one) / scale) * scale} shares`;
}

function factsOf(all: readonly Line[], more: readonly string[] = [], scale = 1): string {
  const facts = all.flatMap((one, index) => {
    const symbol = nameOf(index);
    const target = targetOf(one, scale);
    return [
      ...(one.held === 0 ? [] : [`hold ${symbol} ${one.held * scale}`]),
      `quote ${symbol} ${(one.cents - one.spread) / 100} ${(one.cents + one.spread) / 100}`,
      `volume ${symbol} ${one.volume}`,
      ...(one.rested < 3 ? [`rested ${symbol} ${one.rested}`] : []),
      ...(target === undefined ? [] : [`target ${symbol} ${target}`]),
    ];
  });
  return [`account ${netLiquidation * scale} USD`, ...facts, ...more].join("\n");
}

function policyOf(all: readonly Line[], policy: Partial<PlanPolicy>): PlanPolicy {
  const instruments = all.map(({ mode, boardLot }, index) => [nameOf(index), { mode, boardLot }] as const);
  return { ...scenarioPolicy, ...policy, instruments: new Map(instruments) };
}

function planOf(all: readonly Line[], policy: Partial<PlanPolicy>, more: readonly string[] = []): Plan {
  const plan = planScenario(factsOf(all, more), policyOf(all, policy));
  if (!plan.ok) throw new Error(`held: ${JSON.stringify(plan.findings)}`);
  return plan.value;
}

const signed = ({ order }: Trade) => (order.side === "buy" ? order.shares : -order.shares);
const valueOf = (trades: readonly Trade[]) => trades.reduce((sum, { value }) => sum + toNumber(value), 0);

/** The account after all orders were filled at the prices that the plan was made with. */
function afterFills(all: readonly Line[], plan: Plan): Line[] {
  return all.map((one, index) => {
    const trade = plan.trades.find(({ symbol }) => symbol === nameOf(index));
    return trade ? { ...one, held: one.held + signed(trade) } : one;
  });
}

const runs = { numRuns: 60 };

it("planning again after the fills changes nothing, but for the second order of a reversal", () => {
  fc.assert(
    fc.property(lines, anyPolicy, (all, drawn) => {
      const policy = { ...drawn, ...uncut };
      const first = planOf(all, policy);
      const turned = first.trades.filter(({ adjustments }) =>
        adjustments.some(({ kind }) => kind === "rest-waits"),
      );
      const filled = afterFills(all, first);
      const second = planOf(filled, policy);
      // A rest that waited may be small enough to be saved, and then what was saved before may not be.
      if (turned.length > 0 && drawn.offTargetMax > 0) return;
      const again = second.trades.filter(({ symbol }) => !turned.some((trade) => trade.symbol === symbol));
      expect(again.map(({ symbol, order }) => `${order.side} ${symbol} ${order.shares}`)).toEqual([]);
    }),
    runs,
  );
});

it("whatever cuts it, planning and filling comes to rest", () => {
  fc.assert(
    fc.property(lines, anyPolicy, (all, drawn) => {
      const policy = {
        ...drawn,
        maxTurnoverPerDay: undefined,
        cooldownSessions: 0,
        borrowing: true,
        initialMarginRate: undefined,
      };
      let now: readonly Line[] = all;
      for (let run = 0; run < 400; run++) {
        const plan = planOf(now, policy);
        if (plan.trades.length === 0) return;
        now = afterFills(now, plan);
      }
      throw new Error("it trades for ever");
    }),
    { numRuns: 20 },
  );
});

it("every trade brings its position nearer to the target, never past it, and never through zero", () => {
  fc.assert(
    fc.property(lines, anyPolicy, money1, (all, policy, cash) => {
      const plan = planOf(all, policy, [`cash ${cash}`, "margin 200,000", "traded 40,000"]);
      for (const trade of plan.trades) {
        const { symbol, currentShares, targetShares, reason } = trade;
        const one = all[Number(symbol.slice(1))];
        if (!one) throw new Error(symbol);
        const scaling = trade.adjustments.find(({ kind }) => kind === "scaled");
        const factor = scaling?.kind === "scaled" ? scaling.factor : 1;
        const isClose = reason.startsWith("close");
        const goal = isClose ? 0 : (trade.targetWeight ?? 0) * factor * (netLiquidation / midOf(one));
        const noise = 1e-6;
        expect(Math.abs(goal - targetShares)).toBeLessThan(Math.abs(goal - currentShares) + noise);
        expect((goal - targetShares) * (goal - currentShares)).toBeGreaterThan(-noise);
        expect(currentShares * targetShares).toBeGreaterThanOrEqual(0);
      }
    }),
    runs,
  );
});

it("no limit of the plan is exceeded, and no mode is broken", () => {
  fc.assert(
    fc.property(lines, anyPolicy, money1, (all, policy, cash) => {
      const plan = planOf(all, policy, [`cash ${cash}`, "margin 90,000", "traded 40,000"]);
      const cent = 0.01;
      const total = valueOf(plan.trades);
      if (policy.maxTurnoverPerRun !== undefined)
        expect(total).toBeLessThanOrEqual(policy.maxTurnoverPerRun * netLiquidation + cent);
      if (policy.maxTurnoverPerDay !== undefined)
        expect(total).toBeLessThanOrEqual(policy.maxTurnoverPerDay * netLiquidation - 40_000 + cent);
      for (const trade of plan.trades) {
        const one = all[Number(trade.symbol.slice(1))];
        if (!one) throw new Error(trade.symbol);
        const { shares, side } = trade.order;
        expect(shares % one.boardLot).toBe(0);
        if (policy.maxOrderValue !== undefined)
          expect(toNumber(trade.value)).toBeLessThanOrEqual(policy.maxOrderValue + cent);
        if (policy.maxVolumeShare !== undefined)
          expect(shares).toBeLessThanOrEqual(policy.maxVolumeShare * one.volume);
        expect(one.mode).not.toBe("do-not-trade");
        if (one.mode === "buy-only") expect(side).toBe("buy");
        if (one.mode === "sell-only") expect(side).toBe("sell");
        if (one.mode === "reduce-only" || one.mode === "close")
          expect(Math.abs(trade.targetShares)).toBeLessThan(Math.abs(trade.currentShares));
      }
    }),
    runs,
  );
});

it("buys never cost more than the cash at hand where borrowing is off, nor new positions more margin than there is", () => {
  fc.assert(
    fc.property(lines, anyPolicy, money1, (all, drawn, cash) => {
      // A wide collar: what is reckoned at the mid shows.
      const wide = { ...drawn, borrowing: false, execution: adaptiveWithin(150) };
      const off = planOf(all, wide, [`cash ${cash}`, "traded 0.01"]);
      const buys = off.trades.filter(({ order }) => order.side === "buy");
      const cost = buys.reduce((sum, { order }) => sum + order.shares * order.limitPrice, 0);
      expect(cost).toBeLessThanOrEqual(Math.max(0, cash) + 0.001);
      const longs = buys.filter(({ currentShares }) => currentShares >= 0);
      const spent = longs.reduce((sum, { order }) => sum + order.shares * order.limitPrice, 0);
      if (spent > 0) expect(cash - cost).toBeGreaterThanOrEqual(drawn.cashBuffer * netLiquidation - 0.001);

      const rate = drawn.initialMarginRate ?? 0.5;
      const on = planOf(all, { ...drawn, borrowing: true, initialMarginRate: rate }, [
        "margin 70,000",
        "traded 0.01",
      ]);
      const grown = on.trades.filter((trade) => Math.abs(trade.targetShares) > Math.abs(trade.currentShares));
      expect(valueOf(grown) * rate).toBeLessThanOrEqual(70_000 + 0.001);
    }),
    runs,
  );
});

it("a smaller band never trades less, in any instrument", () => {
  fc.assert(
    fc.property(lines, anyPolicy, fc.double({ min: 0, max: 1, noNaN: true }), (all, drawn, part) => {
      const policy = { ...drawn, ...uncut, offTargetMax: 0 };
      const wide = planOf(all, policy);
      const bandOfTarget = policy.bandOfTarget === undefined ? undefined : policy.bandOfTarget * part;
      const narrow = planOf(all, { ...policy, bandWeight: policy.bandWeight * part, bandOfTarget });
      for (const trade of wide.trades) {
        const same = narrow.trades.find(({ symbol }) => symbol === trade.symbol);
        expect(same?.order.side).toBe(trade.order.side);
        expect(same?.order.shares).toBeGreaterThanOrEqual(trade.order.shares);
      }
    }),
    runs,
  );
});

it("scaling all money scales quantities", () => {
  fc.assert(
    fc.property(lines, anyPolicy, fc.integer({ min: 2, max: 9 }), (all, drawn, scale) => {
      const single = all.map((one) => ({ ...one, boardLot: 1 }));
      const { maxOrderValue } = drawn;
      const policy = { ...drawn, ...uncut, maxOrderValue, minOrderShares: 1, offTargetMax: 0 };
      const plan = planOf(single, policy);
      const scaled = planScenario(
        factsOf(single, [], scale),
        policyOf(single, {
          ...policy,
          minOrderValue: policy.minOrderValue * scale,
          maxOrderValue: maxOrderValue === undefined ? undefined : maxOrderValue * scale,
        }),
      );
      if (!scaled.ok) throw new Error(`held: ${JSON.stringify(scaled.findings)}`);
      const sharesIn = ({ trades }: Plan, symbol: string) => {
        const trade = trades.find((each) => each.symbol === symbol);
        return trade ? signed(trade) : 0;
      };
      for (const { symbol } of [...plan.trades, ...(policy.minOrderValue === 0 ? scaled.value.trades : [])]) {
        const [few, many] = [sharesIn(plan, symbol), sharesIn(scaled.value, symbol)];
        if (few !== 0) expect(Math.sign(many)).toBe(Math.sign(few));
        expect(Math.abs(many)).toBeGreaterThanOrEqual(Math.abs(few) * scale);
        expect(Math.abs(many)).toBeLessThan((Math.abs(few) + 1) * scale);
      }
    }),
    runs,
  );
});

function lineAt(all: readonly Line[], index: number): Line {
  const found = all[index];
  if (!found) throw new Error(`no line ${index}`);
  return found;
}

const worksBeside = fc.array(
  fc.record({
    line: fc.nat(1),
    side: fc.constantFrom("buy", "sell"),
    shares: fc.oneof(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 100, max: 3_000 })),
    isWithdrawable: fc.constantFrom(true, true, true, false),
    isUncertain: fc.boolean(),
  }),
  { maxLength: 6 },
);

/** Orders of ours that work on beside the plan, of instruments that are there. */
function atWorkOf(
  all: readonly Line[],
  working: typeof worksBeside extends fc.Arbitrary<infer T> ? T : never,
): AtWork[] {
  return working.map(({ line: index, side, shares, isWithdrawable, isUncertain }, n) => {
    const { conId, symbol } = stock(nameOf(index % all.length));
    const order = {
      orderRef: `trader.reb.2022031413.${symbol}.${n}`,
      conId,
      symbol,
      side,
      orderedShares: shares,
    };
    const limitPrice = midOf(lineAt(all, index % all.length));
    return {
      report: orderReport({ ...order, limitPrice }),
      sentBy: "earlier-run",
      isWithdrawable,
      isUncertain,
    };
  });
}

it("does not depend on the order of its inputs", () => {
  fc.assert(
    fc.property(
      lines,
      anyPolicy,
      money1,
      worksBeside,
      fc.infiniteStream(fc.double({ noNaN: true })),
      (all, drawn, cash, working, keys) => {
        const inputs = {
          ...scenarioInputs(factsOf(all, [`cash ${cash}`, "margin 90,000", "traded 40,000"])),
          atWork: atWorkOf(all, working),
        };
        const shuffled = <T>(list: Iterable<T>): T[] =>
          [...list]
            .map((value) => ({ value, key: keys.next().value ?? 0 }))
            .toSorted((a, b) => a.key - b.key)
            .map(({ value }) => value);
        const other = {
          ...inputs,
          account: { ...inputs.account, positions: shuffled(inputs.account.positions) },
          forecast: { ...inputs.forecast, targets: shuffled(inputs.forecast.targets) },
          instruments: shuffled(inputs.instruments),
          quotes: new Map(shuffled(inputs.quotes)),
          atWork: shuffled(inputs.atWork),
        };
        const policy = policyOf(all, drawn);
        const [plan, again] = [planRebalance(inputs, policy), planRebalance(other, policy)];
        if (!plan.ok || !again.ok) throw new Error("held");
        expect(again.value.trades).toEqual(plan.value.trades);
        const bySymbol = (a: { symbol: string }, b: { symbol: string }) => (a.symbol < b.symbol ? -1 : 1);
        expect(again.value.untouched.toSorted(bySymbol)).toEqual(plan.value.untouched.toSorted(bySymbol));
      },
    ),
    runs,
  );
});

it("speaks of every instrument once", () => {
  fc.assert(
    fc.property(lines, anyPolicy, money1, (all, policy, cash) => {
      const plan = planOf(all, policy, [`cash ${cash}`, "margin 90,000", "traded 40,000"]);
      const named = all.flatMap((one, index) =>
        one.held !== 0 || one.unit !== "none" ? [nameOf(index)] : [],
      );
      const told = [...plan.trades, ...plan.untouched].map(({ symbol }) => symbol);
      expect(told.toSorted()).toEqual(named);
      expect(plan.netLiquidation).toEqual(money("1000000", "USD"));
    }),
    runs,
  );
});

it("after the fills of a plan that the gate cleared no limit is broken that was not broken before", () => {
  const limit = fc.record({
    grossLeverageMax: fc.double({ min: 0.1, max: 2, noNaN: true }),
    netLeverageMax: fc.double({ min: 0.1, max: 2, noNaN: true }),
    weightMax: fc.double({ min: 0.02, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(lines, anyPolicy, limit, (all, policy, limits) => {
      const plan = planOf(all, policy, ["cash 300,000", "margin 300,000", "traded 0.01"]);
      if (!clearedPlan(plan, limits).ok) return;
      const after = afterFills(all, plan);
      const weights = (of: readonly Line[]) => of.map((one) => (one.held * midOf(one)) / netLiquidation);
      const gross = (of: readonly number[]) => of.reduce((sum, weight) => sum + Math.abs(weight), 0);
      const net = (of: readonly number[]) => Math.abs(of.reduce((sum, weight) => sum + weight, 0));
      const [before, then] = [weights(all), weights(after)];
      const noise = 1e-8;
      expect(gross(then)).toBeLessThanOrEqual(Math.max(limits.grossLeverageMax, gross(before)) + noise);
      for (const [index, weight] of then.entries())
        expect(Math.abs(weight)).toBeLessThanOrEqual(
          Math.max(limits.weightMax, Math.abs(before[index] ?? 0)) + noise,
        );
      // Reductions alone are never refused, also where covering shorts leaves more net.
      const isReducing = plan.trades.every(
        (trade) => Math.abs(trade.targetShares) < Math.abs(trade.currentShares),
      );
      if (!isReducing)
        expect(net(then)).toBeLessThanOrEqual(Math.max(limits.netLeverageMax, net(before)) + noise);
    }),
    runs,
  );
});
