import { aPreview, planScenario, scenarioPolicy } from "../testing/scenario.ts";
import { money } from "../trading/money.ts";
import type { Plan } from "../trading/planner/plan.ts";
import { adjustmentText, cutText } from "./adjustment-text.ts";
import { findingText } from "./finding-text.ts";
import { marginTable, previewText } from "./margin-table.ts";
import { reasonText } from "./reason-text.ts";

/** 300 OUT sold; 2,000 BBB previewed whole and 600 AAA estimated, cut to what leaves 60,000 of 90,000. */
function planOf(excess = "90,000", change: Partial<typeof scenarioPolicy> = {}): Plan {
  const scenario = `
    account  1,000,000 USD
    excess   ${excess}
    hold     OUT  300
    quote    OUT  9.99 10.01
    quote    AAA  49.90 50.10
    quote    BBB  99.90 100.10
    target   OUT  0%
    target   AAA  3%
    target   BBB  20%
    preview  BBB  2000 40,000`;
  const policy = { ...scenarioPolicy, initialMarginRate: 0.3, excessLiquidityMin: 60_000, ...change };
  const plan = planScenario(scenario, policy);
  if (!plan.ok) throw new Error(JSON.stringify(plan.findings));
  return plan.value;
}

it("shows what each order takes, what it leaves, and who says so, in the order in which they are sent", () => {
  expect(
    marginTable(planOf(), 170)
      .split("\n")
      .map((line) => line.trimEnd()),
  ).toEqual([
    "Margin         Takes, USD  Excess liquidity  Says",
    expect.stringMatching(/^[- ]+$/),
    "now                               90,000.00  the account",
    "sell 300 OUT                      90,000.00",
    // 1,218 of 2,000 of 40,000, and 0.10 beyond the mid for each.
    "buy 1,218 BBB   24,481.80         65,518.20  the broker, of 2,000: initial margin 300,000.00 to 380,000.00 USD, maintenance margin 200,000.00 to 226,666.67 USD",
    "buy 365 AAA      5,493.25         60,024.95  our estimate",
  ]);
});

it("is nothing where nobody has said anything, and admits what is not known", () => {
  const free = { initialMarginRate: undefined, excessLiquidityMin: undefined };
  const plan = planOf("90,000", free);
  const bare = {
    ...plan,
    trades: plan.trades.map(({ previewed: _told, marginUse: _use, ...trade }) => trade),
  };
  expect(marginTable(bare)).toBe("");
  expect(marginTable(plan).split("\n").at(-1)).toMatch(/^buy 600 AAA +not known$/);
});

it("says what was cut, and for what", () => {
  const [, bbb] = planOf().trades;
  expect(bbb && reasonText(bbb)).toContain(
    "; cut from 2,000 to 1,218 shares: 30,000.00 USD of the excess liquidity to take, 60,000.00 USD must stay",
  );
  const left = planOf("59,000").untouched.map((line) => reasonText(line));
  expect(left).toContain(
    "no room for an order: 2,000 shares wanted, nothing of the excess liquidity to take, 60,000.00 USD must stay",
  );
  const by = { kind: "excess-liquidity", left: money("-5", "USD"), least: money("7", "USD") } as const;
  expect(cutText(by)).toBe("nothing of the excess liquidity to take, 7.00 USD must stay");
  expect(adjustmentText({ kind: "cut", fromShares: -9, toShares: -4, by })).toMatch(
    /^cut from 9 to 4 shares: nothing/,
  );
});

it("a preview says its cost and what the broker remarked, on one line", () => {
  const commission = { least: money("1.20", "USD"), most: money("1.95", "USD") };
  expect(previewText({ ...aPreview("30"), commission, warning: "large\norder" })).toBe(
    "initial margin 300,000.00 to 300,060.00 USD, maintenance margin 200,000.00 to 200,020.00 USD, commission at most 1.95 USD, large order",
  );
});

it.each([
  [
    { kind: "preview-refused", code: 201, text: "too much", advice: "margin-or-permission" },
    "the broker would not take the BBB order: asked about sell 1,200 it said: 201 too much",
  ],
  [
    { kind: "preview-unanswered", why: "silence", deadlineSeconds: 15 },
    "the broker did not say what the BBB order would take: asked about sell 1,200, it said nothing for 15 s",
  ],
  [
    { kind: "preview-unanswered", why: "no-margins", deadlineSeconds: 15 },
    "the broker did not say what the BBB order would take: asked about sell 1,200, its answer had no margins in it, and none came within 15 s",
  ],
] as const)("tells a person why there is no preview: %j", (finding, what) => {
  expect(findingText({ symbol: "BBB", side: "sell", shares: 1200, ...finding }, "UTC").what).toBe(what);
});
