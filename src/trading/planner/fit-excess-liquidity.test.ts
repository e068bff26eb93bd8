import fc from "fast-check";
import { checkPlan } from "../../testing/check-plan.ts";
import { saleAndTwoBuys } from "../../testing/sale-and-two-buys.ts";
import { aPreview, planScenario, scenarioPolicy } from "../../testing/scenario.ts";
import { adaptiveWithin } from "../execution-policy.ts";
import { add, type Money, money, toNumber, zero } from "../money.ts";
import { isIncrease } from "./is-increase.ts";
import { marginSteps } from "./margin-steps.ts";
import { largestMarginUsers, withPreviews } from "./margin-users.ts";
import type { Plan, Trade } from "./plan.ts";
import type { Previewed } from "./plan-inputs.ts";
import type { PlanPolicy } from "./plan-policy.ts";

/**
 * By our estimate of a quarter of its value, and what its limit may cost beyond the mid, AAA takes 7,530 of the excess
 * liquidity and BBB 2,510.
 */
const both = `buy AAA 600 limit 50.05 open
      buy BBB 500 limit 20.02 open`;
const none = `leave AAA no-room excess-liquidity
      leave BBB no-room excess-liquidity`;
const half = `buy AAA 300 limit 50.05 open excess-liquidity-cut 600
      buy BBB 250 limit 20.02 open excess-liquidity-cut 500`;

const policy: Partial<PlanPolicy> = {
  bandWeight: 0,
  minOrderValue: 0,
  initialMarginRate: 0.25,
  excessLiquidityMin: 20_000,
};

describe("excess liquidity that must stay", () => {
  it.each<[string, Partial<PlanPolicy>, string, string]>([
    ["is left to the cent: nothing is cut", {}, "excess 30,040", both],
    ["is shared in proportion", {}, "excess 25,020.01", half],
    [
      "goes to the largest first",
      { scarce: "greedy" },
      "excess 28,000",
      `buy AAA 600 limit 50.05 open
       buy BBB 93 limit 20.02 open excess-liquidity-cut 500`,
    ],
    ["is all there is: increases wait, the sale does not", {}, "excess 20,000", none],
    ["is not there", {}, "excess 19,000", none],
    ["may be a share of net liquidation", { cushionMin: 0.025 }, "excess 30,020.01", half],
    ["is the larger of the two", { cushionMin: 0.015 }, "excess 25,020.01", half],
    [
      "is asked for without an amount too",
      { excessLiquidityMin: undefined, cushionMin: 0.02 },
      "excess 20,000",
      none,
    ],
    ["is no matter where none is asked for", { excessLiquidityMin: undefined }, "excess -5", both],
    [
      "comes after the available funds",
      {},
      `excess 25,020.01
       margin 5,000`,
      // 300 and 250 fit into the funds, and take 3,765 and 1,255.
      `buy AAA 300 limit 50.05 open margin-cut 600
       buy BBB 250 limit 20.02 open margin-cut 500`,
    ],
    [
      "is kept in whole lots",
      { instruments: new Map([["AAA", { mode: "trade", boardLot: 200 }]]) },
      "excess 25,020.01",
      `buy AAA 200 limit 50.05 open excess-liquidity-cut 600
       buy BBB 250 limit 20.02 open excess-liquidity-cut 500`,
    ],
    [
      "is not worth an order below the minimum",
      { minOrderValue: 5_001 },
      "excess 25,020.01",
      `buy AAA 300 limit 50.05 open excess-liquidity-cut 600
       leave BBB no-room excess-liquidity`,
    ],
  ])("%s", (_, change, facts, expected) => {
    checkPlan(saleAndTwoBuys(facts, expected), { ...policy, ...change });
  });

  it.each<[string, string, string]>([
    // 3,000 for 600 and 30 beyond the mid; BBB is estimated at 2,510.
    ["counts instead of the estimate", "preview AAA 600 3,000\nexcess 25,540", both],
    [
      "counts to the cent",
      "preview AAA 600 3,000\nexcess 25,539.99",
      `buy AAA 599 limit 50.05 open excess-liquidity-cut 600
      buy BBB 499 limit 20.02 open excess-liquidity-cut 500`,
    ],
    ["counts for the part that is ordered", "preview AAA 1200 6,000\nexcess 25,540", both],
    ["that frees margin takes nothing", "preview AAA 600 -500\nexcess 22,540", both],
    [
      "that is a refusal is not sent, nor does it take anything of the others",
      "preview AAA refused\nexcess 22,510",
      `buy BBB 500 limit 20.02 open
      leave AAA preview-refused`,
    ],
    [
      "that nobody gave is not sent either",
      "preview BBB unanswered\nexcess 27,530",
      `buy AAA 600 limit 50.05 open
      leave BBB preview-unanswered`,
    ],
    ["of a reduction holds nothing up", "preview OUT refused\nexcess 30,040", both],
  ])("a preview %s", (_, facts, expected) => {
    checkPlan(saleAndTwoBuys(facts, expected), policy);
  });

  it("is taken by new shorts too, at what their limit may cost; a cover is no increase", () => {
    checkPlan(
      `
      account  1,000,000 USD
      hold     OUT  -400
      quote    OUT  49.90 50.10
      quote    AAA  49.90 50.10
      target   OUT  -1%
      target   AAA  -3%
      excess   23,765.01
      ------------------------------------------
      buy  OUT 200 limit 50.05 reduce
      sell AAA 300 limit 49.95 open excess-liquidity-cut 600
    `,
      policy,
    );
  });
});

it("parts that do not come out even are rounded against the order, not against what must stay", () => {
  const facts = ["AAA", "BBB"]
    .flatMap((symbol) => [
      `quote ${symbol} 49.90 50.10`,
      `target ${symbol} 3 shares`,
      `preview ${symbol} 3 1.00`,
    ])
    .join("\n");
  // One of three shares takes a third of a dollar: two of them, rounded up, a millionth more than there is.
  const atMid = { ...policy, excessLiquidityMin: 0, execution: adaptiveWithin(0) };
  const sizes = (excess: string) =>
    planOf(`account 1,000,000 USD\nexcess ${excess}\n${facts}`, atMid).trades.map(
      ({ order }) => order.shares,
    );
  expect(sizes("0.666667")).toEqual([]);
  expect(sizes("0.666670")).toEqual([1, 1]);
  const [one] = planOf(`account 1,000,000 USD\nexcess 0.666670\n${facts}`, atMid).trades;
  expect(one?.marginUse?.amount.e6).toBe(333_334n);
});

it("an order that the broker was asked about in vain shows no answer", () => {
  const facts = "account 1,000,000 USD\nquote AAA 49.90 50.10\ntarget AAA 3%\npreview AAA unanswered";
  const [one] = planOf(facts, { ...policy, excessLiquidityMin: undefined, borrowing: false }).trades;
  expect([one?.marginUse?.source, one?.previewed]).toEqual(["estimate", undefined]);
});

it("each order says what it takes and leaves, in the order in which they are sent, and who says so", () => {
  const facts = saleAndTwoBuys("preview AAA 1200 6,000\nexcess 30,040", "").split("---")[0] ?? "";
  const plan = planOf(facts, policy);
  expect(
    marginSteps(plan).map(({ trade, use, before, after }) => [
      trade.symbol,
      use && toNumber(use.amount),
      use?.source,
      before && toNumber(before),
      after && toNumber(after),
      trade.previewed?.shares,
    ]),
  ).toEqual([
    ["OUT", undefined, undefined, 30_040, 30_040, undefined],
    ["AAA", 3_030, "broker", 30_040, 27_010, 1200],
    ["BBB", 2_510, "estimate", 27_010, 24_500, undefined],
  ]);
  const unknown = planOf(facts, { ...policy, initialMarginRate: undefined });
  expect(marginSteps(unknown).map(({ after }) => after && toNumber(after))).toEqual([
    30_040,
    27_010,
    undefined,
  ]);
});

it("the broker is asked about the largest increases, and what it says of a plan is shown and changes nothing", () => {
  const facts = saleAndTwoBuys("excess 30,040", "").split("---")[0] ?? "";
  const plan = planOf(facts, { ...policy, initialMarginRate: undefined, excessLiquidityMin: undefined });
  expect(largestMarginUsers(plan, 1).map(({ symbol }) => symbol)).toEqual(["AAA"]);
  const [aaa, bbb, ...others] = largestMarginUsers(plan, 9);
  expect([aaa?.symbol, bbb?.symbol, others]).toEqual(["AAA", "BBB", []]);
  const shown = withPreviews(
    plan,
    new Map<number, Previewed>([
      [aaa?.conId ?? 0, { kind: "told", shares: 600, preview: aPreview("3000") }],
      [bbb?.conId ?? 0, { kind: "unanswered" }],
    ]),
  );
  expect(
    marginSteps(shown).map(({ trade, use, after }) => [
      trade.symbol,
      trade.previewed?.shares,
      use?.source,
      after && toNumber(after),
    ]),
  ).toEqual([
    ["OUT", undefined, undefined, 30_040],
    ["AAA", 600, "broker", 27_040],
    ["BBB", undefined, undefined, undefined],
  ]);
  const trades = shown.trades.map(({ previewed: _told, ...trade }) => trade);
  expect({ ...shown, trades }).toEqual(plan);
});

/** One instrument: what is held, at which market, what is wanted, and what the broker says of it, if it was asked. */
const line = fc.record({
  held: fc.integer({ min: -900, max: 900 }),
  cents: fc.integer({ min: 120, max: 60_000 }),
  spread: fc.integer({ min: 1, max: 9 }),
  /** Ten-thousandths of net liquidation. */
  wanted: fc.integer({ min: -3000, max: 3000 }),
  preview: fc.option(
    fc.record({
      shares: fc.integer({ min: 1, max: 50_000 }),
      cents: fc.integer({ min: -100, max: 20_000_000 }),
    }),
  ),
});
const lines = fc.array(line, { minLength: 1, maxLength: 6 });
const excess = fc.integer({ min: -20_000, max: 900_000 });
const how = fc.record({
  scarce: fc.constantFrom<"in-proportion" | "greedy">("in-proportion", "greedy"),
  initialMarginRate: fc.constantFrom(0.15, 0.3337, 1),
  cushionMin: fc.constantFrom(undefined, 0.013, 0.11),
  minOrderValue: fc.constantFrom(0, 3_000),
});

function factsOf(
  all: readonly (typeof line extends fc.Arbitrary<infer T> ? T : never)[],
  more: string,
): string {
  const facts = all.flatMap(({ held, cents, spread, wanted, preview }, index) => [
    ...(held === 0 ? [] : [`hold S${index} ${held}`]),
    `quote S${index} ${(cents - spread) / 100} ${(cents + spread) / 100}`,
    `target S${index} ${wanted / 100}%`,
    ...(preview ? [`preview S${index} ${preview.shares} ${(preview.cents / 100).toFixed(2)}`] : []),
  ]);
  return ["account 1,000,000 USD", ...facts, more].join("\n");
}

function planOf(facts: string, change: Partial<PlanPolicy>): Plan {
  const plan = planScenario(facts, { ...scenarioPolicy, bandWeight: 0, ...change });
  if (!plan.ok) throw new Error(JSON.stringify(plan.findings));
  return plan.value;
}

const unfitted = { excessLiquidityMin: undefined, cushionMin: undefined };
const sized = (trades: readonly Trade[]) =>
  new Map(trades.map(({ symbol, order }) => [symbol, `${order.side} ${order.shares}`]));
const used = (plan: Plan): Money =>
  plan.trades.reduce<Money>(
    (sum, { marginUse }) => (marginUse ? add(sum, marginUse.amount) : sum),
    zero("USD"),
  );
const runs = { numRuns: 150 };

describe("whatever is wanted and whatever the broker says", () => {
  it("what must stay, stays, to the millionth", () => {
    fc.assert(
      fc.property(lines, excess, how, (all, room, drawn) => {
        const plan = planOf(factsOf(all, `excess ${room}`), { ...drawn, excessLiquidityMin: 12_345.67 });
        const least = Math.max(12_345.67, (drawn.cushionMin ?? 0) * 1_000_000);
        const may = money(Math.max(0, room - least).toFixed(2), "USD");
        expect(used(plan).e6).toBeLessThanOrEqual(may.e6);
      }),
      runs,
    );
  });

  it("reductions are the same as without it, and no increase is larger", () => {
    fc.assert(
      fc.property(lines, excess, how, (all, room, drawn) => {
        const facts = factsOf(all, `excess ${room}`);
        const fitted = planOf(facts, { ...drawn, excessLiquidityMin: 12_345.67 });
        const free = planOf(facts, { ...drawn, ...unfitted });
        const reductions = ({ trades }: Plan) => sized(trades.filter((trade) => !isIncrease(trade)));
        expect(reductions(fitted)).toEqual(reductions(free));
        for (const { symbol, order } of fitted.trades) {
          const before = free.trades.find((trade) => trade.symbol === symbol);
          expect(before?.order.side).toBe(order.side);
          expect(order.shares).toBeLessThanOrEqual(before?.order.shares ?? 0);
        }
      }),
      runs,
    );
  });

  it("nothing changes where there is room", () => {
    fc.assert(
      fc.property(lines, excess, how, (all, room, drawn) => {
        const facts = factsOf(all, `excess ${room}`);
        const free = planOf(facts, { ...drawn, ...unfitted });
        const least = room - Math.ceil(toNumber(used(free)));
        fc.pre(least >= 0);
        const fitted = planOf(facts, { ...drawn, ...unfitted, excessLiquidityMin: least });
        expect(fitted).toEqual(free);
      }),
      runs,
    );
  });

  it("more room never makes an order smaller, when all get the same part", () => {
    fc.assert(
      fc.property(lines, excess, fc.integer({ min: 0, max: 90_000 }), how, (all, room, more, drawn) => {
        const policyOf = { ...drawn, scarce: "in-proportion", excessLiquidityMin: 12_345.67 } as const;
        const [less, larger] = [room, room + more].map((sum) =>
          planOf(factsOf(all, `excess ${sum}`), policyOf),
        );
        for (const { symbol, order } of less?.trades ?? [])
          expect(
            larger?.trades.find((trade) => trade.symbol === symbol)?.order.shares,
          ).toBeGreaterThanOrEqual(order.shares);
      }),
      runs,
    );
  });
});
