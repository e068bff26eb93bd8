import { checkPlan } from "../../testing/check-plan.ts";
import { saleAndTwoBuys } from "../../testing/sale-and-two-buys.ts";
import type { PlanPolicy } from "./plan-policy.ts";

const still: Partial<PlanPolicy> = { bandWeight: 0, minOrderValue: 0, borrowing: false };

const both = `buy AAA 600 limit 50.05 open
      buy BBB 500 limit 20.02 open`;
const none = `leave AAA no-room cash
      leave BBB no-room cash`;

describe("cash, borrowing off", () => {
  it.each<[string, Partial<PlanPolicy>, string, string]>([
    ["suffices for the limits to the cent", {}, "cash 40,040", both],
    [
      "is short of a cent",
      { scarce: "greedy" },
      "cash 40,039.99",
      `buy AAA 600 limit 50.05 open
       buy BBB 499 limit 20.02 open cash-cut 500`,
    ],
    [
      "does not count what the plan's own sells will bring",
      {},
      "cash 20,020",
      `buy AAA 300 limit 50.05 open cash-cut 600
       buy BBB 250 limit 20.02 open cash-cut 500`,
    ],
    [
      "goes to the largest first",
      { scarce: "greedy" },
      "cash 20,020",
      `buy AAA 400 limit 50.05 open cash-cut 600
       leave BBB no-room cash`,
    ],
    [
      "says so where there is as much as the broker makes available",
      {},
      "cash 20,020\nmargin 20,020",
      `buy AAA 300 limit 50.05 open cash-cut 600
       buy BBB 250 limit 20.02 open cash-cut 500`,
    ],
    ["is a loan already", {}, "cash -1", none],
    ["is not asked for where borrowing is on", { borrowing: true }, "cash -1", both],
    [
      "is spent down to the buffer",
      { cashBuffer: 0.02 },
      "cash 40,020",
      `buy AAA 300 limit 50.05 open cash-cut 600
       buy BBB 250 limit 20.02 open cash-cut 500`,
    ],
    [
      "within the buffer's band buys nothing",
      { cashBuffer: 0.02, cashBufferBand: 0.01 },
      "cash 30,000",
      none,
    ],
    [
      "beyond the buffer's band is spent down to the buffer",
      { cashBuffer: 0.02, cashBufferBand: 0.01, scarce: "greedy" },
      "cash 30,000.01",
      `buy AAA 199 limit 50.05 open cash-cut 600
       buy BBB 2 limit 20.02 open cash-cut 500`,
    ],
    ["below the buffer sells nothing", { cashBuffer: 0.5 }, "cash 30,000", none],
  ])("%s", (_, policy, facts, expected) => {
    checkPlan(saleAndTwoBuys(facts, expected), { ...still, ...policy });
  });

  it("covers shorts first, and what a short brought buys nothing else", () => {
    const facts = (cash: string, expected: string) => `
      account  1,000,000 USD
      hold     SSS  -1000
      quote    SSS  29.97 30.03
      quote    AAA  49.90 50.10
      target   SSS  -1.5%
      target   AAA  3%
      cash     ${cash}
      ------------------------------------------
      ${expected}`;
    // 500 SSS cost 15,015 at their limit and free 15,000 of the 30,000 that the short holds.
    checkPlan(
      facts(
        "60,045",
        `buy SSS 500 limit 30.03 reduce
         buy AAA 600 limit 50.05 open`,
      ),
      still,
    );
    checkPlan(
      facts(
        "60,044.99",
        `buy SSS 500 limit 30.03 reduce
         buy AAA 599 limit 50.05 open cash-cut 600`,
      ),
      still,
    );
    checkPlan(
      facts(
        "9,009",
        `buy SSS 300 limit 30.03 reduce cash-cut 500
         leave AAA no-room cash`,
      ),
      still,
    );
  });
});

describe("margin, borrowing on", () => {
  const policy: Partial<PlanPolicy> = { ...still, borrowing: true, initialMarginRate: 0.25 };
  it.each<[string, Partial<PlanPolicy>, string, string]>([
    ["suffices", {}, "margin 10,000", both],
    [
      "is spread in proportion",
      {},
      "margin 5,000",
      `buy AAA 300 limit 50.05 open margin-cut 600
       buy BBB 250 limit 20.02 open margin-cut 500`,
    ],
    [
      "goes to the largest first",
      { scarce: "greedy" },
      "margin 8,000",
      `buy AAA 600 limit 50.05 open
       buy BBB 100 limit 20.02 open margin-cut 500`,
    ],
    ["is not ours to reckon with", { initialMarginRate: undefined }, "margin 0", both],
    ["is used up", {}, "margin -5", none.replaceAll("cash", "margin")],
  ])("%s", (_, change, facts, expected) => {
    checkPlan(saleAndTwoBuys(facts, expected), { ...policy, ...change });
  });

  it("is taken by new shorts too, not by what reduces", () => {
    checkPlan(
      `
      account  1,000,000 USD
      hold     OUT  -400
      quote    OUT  49.90 50.10
      quote    AAA  49.90 50.10
      target   OUT  -1%
      target   AAA  -3%
      margin   3,750
      ------------------------------------------
      buy  OUT 200 limit 50.05 reduce
      sell AAA 300 limit 49.95 open margin-cut 600
    `,
      policy,
    );
  });
});
