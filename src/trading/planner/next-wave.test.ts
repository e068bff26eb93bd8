import { orderReport } from "../../testing/order-report.ts";
import { anExecution } from "../../testing/outcome-builder.ts";
import { planScenario, stock } from "../../testing/scenario.ts";
import { money } from "../money.ts";
import type { Side } from "../side.ts";
import { increasesLater, whyNextWave } from "./next-wave.ts";
import type { Adjustment, CutBy, Plan } from "./plan.ts";

const still = { bandWeight: 0, minOrderValue: 0 };

/** 400 OUT to sell; 500 more AAA and 500 BBB to buy; SHUT is closed. */
const scenario = `
  account  1,000,000 USD
  hold     OUT  400
  hold     AAA  100
  closed   SHUT
  quote    OUT  49.90 50.10
  quote    AAA  49.90 50.10
  quote    BBB  19.98 20.02
  target   OUT  0%
  target   AAA  3%
  target   BBB  1%
  target   SHUT 1%`;

function planOf(facts = scenario): Plan {
  const plan = planScenario(facts, still);
  if (!plan.ok) throw new Error(JSON.stringify(plan.findings));
  return plan.value;
}

const refOf = (plan: Plan, symbol: string) =>
  plan.trades.find((trade) => trade.symbol === symbol)?.order.orderRef ?? "";
const symbolsOf = ({ trades }: Plan) => trades.map(({ symbol }) => symbol);

describe("where buys may be paid with a loan", () => {
  it("what adds waits until what reduces is sent, and stands where it is", () => {
    const plan = planOf();
    const first = increasesLater(plan, new Set());
    expect(symbolsOf(first)).toEqual(["OUT"]);
    expect(
      first.untouched.map(({ symbol, targetShares, plannedWeight, reason }) => [
        symbol,
        targetShares,
        plannedWeight,
        reason,
      ]),
    ).toEqual([
      ["SHUT", 0, 0, { kind: "market-closed" }],
      ["AAA", 100, 0.005, { kind: "next-wave", wantedShares: 500 }],
      ["BBB", 0, 0, { kind: "next-wave", wantedShares: 500 }],
    ]);
    expect(first.netLiquidation).toEqual(plan.netLiquidation);
  });

  it("orders that work already keep their place", () => {
    const plan = planOf();
    const first = increasesLater(plan, new Set([refOf(plan, "BBB")]));
    expect(symbolsOf(first)).toEqual(["OUT", "BBB"]);
    expect(first.untouched.map(({ symbol }) => symbol)).toEqual(["SHUT", "AAA"]);
  });

  it("nothing waits where nothing reduces, or nothing would wait", () => {
    const adding = planOf(scenario.replace("target   OUT  0%", "target   OUT  3%"));
    expect(increasesLater(adding, new Set([refOf(adding, "AAA")]))).toBe(adding);
    const plan = planOf();
    expect(increasesLater(plan, new Set([refOf(plan, "AAA"), refOf(plan, "BBB")]))).toBe(plan);
  });
});

const left = money("100", "USD");
const cut = (by: CutBy): Adjustment => ({ kind: "cut", fromShares: 900, toShares: 500, by });
const waits: Adjustment = { kind: "rest-waits", shares: -70 };

/** The plan with these adjustments of AAA. */
function adjusted(plan: Plan, ...adjustments: readonly Adjustment[]): Plan {
  const trades = plan.trades.map((trade) => (trade.symbol === "AAA" ? { ...trade, adjustments } : trade));
  return { ...plan, trades };
}

const filled = (symbol: string, side: Side) => anExecution({ conId: stock(symbol).conId, symbol, side });

describe("another wave is worth its questions", () => {
  it("when increases have waited", () => {
    expect(whyNextWave(increasesLater(planOf(), new Set()), [], [])).toBe("reductions-sent");
    expect(whyNextWave(planOf(), [], [])).toBeUndefined();
  });

  const short = planOf(scenario.replace("hold     OUT  400", "hold     OUT  -400"));
  const cash = cut({ kind: "cash", left });
  const margin = cut({ kind: "margin", left });
  it.each<[string, Plan, [string, Side][], string | undefined]>([
    ["a sale brought the cash that was short", adjusted(planOf(), cash), [["OUT", "sell"]], "money-came"],
    [
      "it brought what was not available",
      adjusted(planOf(), cut({ kind: "available-funds", left })),
      [["OUT", "sell"]],
      "money-came",
    ],
    [
      "among fills that brought none",
      adjusted(planOf(), cash),
      [
        ["AAA", "buy"],
        ["OUT", "sell"],
      ],
      "money-came",
    ],
    ["nothing was filled", adjusted(planOf(), cash), [], undefined],
    ["a buy brings no cash", adjusted(planOf(), cash), [["AAA", "buy"]], undefined],
    ["a cover brings no cash", adjusted(short, cash), [["OUT", "buy"]], undefined],
    ["a cover frees margin", adjusted(short, margin), [["OUT", "buy"]], "money-came"],
    [
      "a cover frees excess liquidity",
      adjusted(short, cut({ kind: "excess-liquidity", left, least: left })),
      [["OUT", "buy"]],
      "money-came",
    ],
    ["margin beside cash was short", adjusted(short, cash, margin), [["OUT", "buy"]], "money-came"],
    ["a new short frees nothing", adjusted(planOf(), margin), [["BBB", "sell"]], undefined],
    ["what nobody planned frees nothing", adjusted(planOf(), margin), [["ZZZ", "sell"]], undefined],
    ["nothing was cut", adjusted(planOf(), waits), [["OUT", "sell"]], undefined],
    [
      "what was cut was not short of money",
      adjusted(
        planOf(),
        cut({ kind: "turnover", per: "run", left }),
        cut({ kind: "board-lot", boardLot: 7 }),
      ),
      [["OUT", "sell"]],
      undefined,
    ],
  ])("%s", (_, plan, executions, expected) => {
    const reports = plan.trades.map(({ order }) => orderReport({ orderRef: order.orderRef }));
    expect(
      whyNextWave(
        plan,
        reports,
        executions.map(([symbol, side]) => filled(symbol, side)),
      ),
    ).toBe(expected);
  });

  it("when what was left out altogether for want of money can be bought now, with what works on too", () => {
    const facts = scenario.replace("target   OUT  0%", "works OUT sell 400 49.95\ntarget OUT 0%\ncash 0");
    const plan = planScenario(facts, { ...still, borrowing: false });
    if (!plan.ok) throw new Error(JSON.stringify(plan.findings));
    expect(plan.value.trades).toEqual([]);
    expect(whyNextWave(plan.value, [], [filled("OUT", "sell")])).toBe("money-came");
    expect(whyNextWave(plan.value, [], [])).toBeUndefined();
  });

  it("when a position was closed to the last share whose other side is wanted", () => {
    const plan = adjusted(planOf(), { kind: "mode", mode: "trade" }, waits);
    const reports = (filledOf: Readonly<Record<string, number>>) =>
      plan.trades.map(({ order, symbol }) =>
        orderReport({ orderRef: order.orderRef, filledShares: filledOf[symbol] ?? 0 }),
      );
    expect(whyNextWave(plan, reports({ AAA: 500 }), [])).toBe("closed-to-turn");
    expect(whyNextWave(plan, reports({ AAA: 499, OUT: 500, BBB: 500 }), [])).toBeUndefined();
    expect(whyNextWave(plan, [], [])).toBeUndefined();
    const allowed = adjusted(planOf(), { kind: "mode", mode: "trade" });
    expect(whyNextWave(allowed, reports({ AAA: 500 }), [])).toBeUndefined();
    expect(whyNextWave(planOf(), reports({ OUT: 400, AAA: 500, BBB: 500 }), [])).toBeUndefined();
  });
});
