import fc from "fast-check";
import { checkPlan } from "../../testing/check-plan.ts";
import { saleAndTwoBuysWith } from "../../testing/sale-and-two-buys.ts";
import { planScenario, scenarioInputs, scenarioPolicy, spoken } from "../../testing/scenario.ts";
import { toNumber } from "../money.ts";
import { sign } from "../side.ts";
import type { PlanPolicy } from "./plan-policy.ts";
import { planRebalance } from "./plan-rebalance.ts";

const still: Partial<PlanPolicy> = { bandWeight: 0, minOrderValue: 0, borrowing: false, scarce: "greedy" };

const facts = (...more: readonly string[]) => factsWith("2%", ...more);
const factsWith = (out: string, ...more: readonly string[]) => saleAndTwoBuysWith(out, more);
const planned = (known: string, expected: string) => `${known}
      ------------------------------------------
      ${expected}`;

describe("what works on claims", () => {
  it.each<[string, Partial<PlanPolicy>, string, string]>([
    [
      "the cash of what is left of it, at its own limit",
      {},
      facts("cash 34,000", "works AAA buy 500 51.02"),
      // 34,000 - 500 x 51.02 = 8,490, which are 424 BBB at 20.02.
      `buy BBB 424 limit 20.02 open cash-cut 500
       leave OUT within-band
       leave AAA order-at-work`,
    ],
    [
      "at the mid where its limit is lower: it may be changed by nobody, but what it is worth is gone with it",
      {},
      facts("cash 34,000", "works AAA buy 500 49.00"),
      // 34,000 - 500 x 50 = 9,000.
      `buy BBB 449 limit 20.02 open cash-cut 500
       leave OUT within-band
       leave AAA order-at-work`,
    ],
    [
      "none for a sale: what it brings is a hope",
      {},
      factsWith("0%", "cash 10,009", "works OUT sell 100 49.95"),
      `buy AAA 199 limit 50.05 open cash-cut 600
       buy BBB 2 limit 20.02 open cash-cut 500
       leave OUT order-at-work`,
    ],
    [
      "so much that it cannot stay: then its instrument is planned as if it were gone",
      {},
      facts("cash 25,509.99", "works AAA buy 500 51.02"),
      `buy AAA 509 limit 50.05 open cash-cut 600
       buy BBB 1 limit 20.02 open cash-cut 500
       leave OUT within-band`,
    ],
    [
      "the cash beyond the buffer only",
      { cashBuffer: 0.01, cashBufferBand: 0.02 },
      facts("cash 35,509.99", "works AAA buy 500 51.02"),
      `buy AAA 509 limit 50.05 open cash-cut 600
       buy BBB 1 limit 20.02 open cash-cut 500
       leave OUT within-band`,
    ],
    [
      "whatever there is, when this run has sent it or nobody knows its state",
      {},
      facts("cash 20,000", "works AAA buy 500 51.02 this-run", "works BBB buy 900 20.02 uncertain"),
      `leave OUT within-band
       leave AAA order-at-work
       leave BBB order-at-work`,
    ],
    [
      "what the broker makes available, where that is less than the cash",
      {},
      facts("cash 90,000", "margin 33,000", "works AAA buy 500 51.02"),
      // 33,000 - 25,510 = 7,490.
      `buy BBB 374 limit 20.02 open available-funds-cut 500
       leave OUT within-band
       leave AAA order-at-work`,
    ],
    [
      "margin, unless it reduces",
      { borrowing: true, initialMarginRate: 0.5 },
      factsWith("1%", "margin 14,000", "works AAA buy 500 51.02", "works OUT sell 100 49.95"),
      // 14,000 - half of 500 x 50 = 1,500, half of 150 BBB at 20.
      `buy BBB 150 limit 20.02 open margin-cut 500
       leave OUT order-at-work
       leave AAA order-at-work`,
    ],
    [
      "margin when two sales together go through zero, though each alone reduces",
      { borrowing: true, initialMarginRate: 0.5 },
      facts("margin 16,000", "works OUT sell 300 49.95 uncertain", "works OUT sell 300 49.90 uncertain"),
      // 16,000 - half of 600 x 50, for AAA at 25 of margin.
      `buy AAA 40 limit 50.05 open margin-cut 600
       leave OUT order-at-work
       leave BBB no-room margin`,
    ],
    [
      "margin when it is a buy beside a sale, not with that sale: neither it nor another contract's counts in it",
      { borrowing: true, initialMarginRate: 0.5 },
      facts(
        "margin 20,000",
        "hold CCC 400",
        "quote CCC 49.90 50.10",
        "target CCC 2%",
        "works OUT sell 400 49.95 uncertain",
        "works OUT buy 200 50.05 uncertain",
        "works CCC sell 300 49.95 uncertain",
      ),
      // 20,000 - half of 200 x 50 = 15,000, for 600 AAA at 25 of margin.
      `buy AAA 600 limit 50.05 open
       leave OUT order-at-work
       leave BBB no-room margin
       leave CCC order-at-work`,
    ],
    [
      "with others of its contract, as far as they are wanted together",
      {},
      facts("cash 34,000", "works AAA buy 300 51.02", "works AAA buy 200 51.02"),
      `buy BBB 424 limit 20.02 open cash-cut 500
       leave OUT within-band
       leave AAA order-at-work`,
    ],
    ...[
      ["works AAA buy 300 50.05", "works BBB buy 300 20.02"],
      ["works BBB buy 300 20.02", "works AAA buy 300 50.05"],
    ].map((works): [string, Partial<PlanPolicy>, string, string] => [
      `before another of its size by its name, however they are listed: ${works.join()}`,
      {},
      facts("cash 20,019", ...works),
      // 20,019 - 300 x 50.05 = 5,004, which are 249 BBB.
      `buy BBB 249 limit 20.02 open cash-cut 500
       leave OUT within-band
       leave AAA order-at-work`,
    ]),
    [
      "excess liquidity, with what its limit costs beyond the mid",
      { borrowing: true, initialMarginRate: 0.5, excessLiquidityMin: 5_000 },
      facts("margin 900,000", "excess 20,010", "works AAA buy 500 51.02"),
      // 15,010 - half of 500 x 50 - 500 x 1.02 = 2,000, for BBB at 10 of margin and 0.02 beyond the mid.
      `buy BBB 199 limit 20.02 open excess-liquidity-cut 500
       leave OUT within-band
       leave AAA order-at-work`,
    ],
    [
      "turnover of run and day",
      { borrowing: true, maxTurnoverPerRun: 0.031, maxTurnoverPerDay: 0.04 },
      facts("traded 12,000", "ordered 1,000", "works AAA buy 500 51.02"),
      // Of the day 40,000 - 12,000 - 25,000 are left, of the run 31,000 - 1,000 - 25,000.
      `buy BBB 150 limit 20.02 open turnover-cut 500
       leave OUT within-band
       leave AAA order-at-work`,
    ],
    [
      "margin to the last cent of it",
      { borrowing: true, initialMarginRate: 0.5 },
      facts("margin 12,500", "works AAA buy 500 51.02"),
      `leave OUT within-band
       leave AAA order-at-work
       leave BBB no-room margin`,
    ],
    [
      "no margin that there is not: it is withdrawn",
      { borrowing: true, initialMarginRate: 0.5 },
      facts("margin 12,499.99", "works AAA buy 500 51.02"),
      `buy AAA 499 limit 50.05 open margin-cut 600
       buy BBB 2 limit 20.02 open margin-cut 500
       leave OUT within-band`,
    ],
    [
      "excess liquidity to the last cent of it",
      { borrowing: true, initialMarginRate: 0.5, excessLiquidityMin: 5_000 },
      facts("margin 900,000", "excess 18,010", "works AAA buy 500 51.02"),
      `leave OUT within-band
       leave AAA order-at-work
       leave BBB no-room excess-liquidity`,
    ],
    [
      "no excess liquidity that there is not: it is withdrawn",
      { borrowing: true, initialMarginRate: 0.5, excessLiquidityMin: 5_000 },
      facts("margin 900,000", "excess 17,999", "works AAA buy 500 51.02"),
      `buy AAA 518 limit 50.05 open excess-liquidity-cut 600
       buy BBB 2 limit 20.02 open excess-liquidity-cut 500
       leave OUT within-band`,
    ],
    [
      "no excess liquidity when it reduces",
      { borrowing: true, initialMarginRate: 0.5, excessLiquidityMin: 5_000 },
      factsWith("1%", "margin 900,000", "excess 20,031", "works OUT sell 100 49.95"),
      `buy AAA 600 limit 50.05 open
       leave OUT order-at-work
       leave BBB no-room excess-liquidity`,
    ],
    [
      "the cash to the last cent of it",
      {},
      facts("cash 25,510", "works AAA buy 500 51.02"),
      `leave OUT within-band
       leave AAA order-at-work
       leave BBB no-room cash`,
    ],
    [
      "what is available to the last cent of it",
      {},
      facts("cash 90,000", "margin 25,510", "works AAA buy 500 51.02"),
      `leave OUT within-band
       leave AAA order-at-work
       leave BBB no-room available-funds`,
    ],
    [
      "nothing that is not available: it is withdrawn",
      {},
      facts("cash 90,000", "margin 25,509.99", "works AAA buy 500 51.02"),
      `buy AAA 509 limit 50.05 open available-funds-cut 600
       buy BBB 1 limit 20.02 open available-funds-cut 500
       leave OUT within-band`,
    ],
    [
      "turnover of the run, of what an earlier run has sent",
      { borrowing: true, maxTurnoverPerRun: 0.031, maxTurnoverPerDay: 0.09 },
      facts("traded 12,000", "ordered 1,000", "works AAA buy 500 51.02"),
      // Of the run 31,000 - 1,000 - 25,000 are left.
      `buy BBB 250 limit 20.02 open turnover-cut 500
       leave OUT within-band
       leave AAA order-at-work`,
    ],
    [
      "turnover to the last cent of it",
      { borrowing: true, maxTurnoverPerRun: 0.025 },
      facts("works AAA buy 500 51.02"),
      `leave OUT within-band
       leave AAA order-at-work
       leave BBB no-room turnover`,
    ],
    [
      "no turnover that there is not: it is withdrawn",
      { borrowing: true, maxTurnoverPerRun: 0.02 },
      facts("works AAA buy 500 51.02"),
      `buy AAA 400 limit 50.05 open turnover-cut 600
       leave OUT within-band
       leave BBB no-room turnover`,
    ],
    [
      "turnover of the day alone, when it is an order of this run: there it counts whole already",
      { borrowing: true, maxTurnoverPerRun: 0.035, maxTurnoverPerDay: 0.04 },
      facts("traded 12,000", "ordered 30,000", "works AAA buy 500 51.02 this-run"),
      `buy BBB 150 limit 20.02 open turnover-cut 500
       leave OUT within-band
       leave AAA order-at-work`,
    ],
  ])("%s", (_, policy, known, expected) => {
    checkPlan(planned(known, expected), { ...still, ...policy });
  });

  it("is kept where it covers a short, with the cash that the short has brought", () => {
    const short = (cash: string) => `
      account  1,000,000 USD
      hold     SSS  -1000
      quote    SSS  29.97 30.03
      quote    AAA  49.90 50.10
      target   SSS  -1.5%
      target   AAA  3%
      cash     ${cash}
      works    SSS  buy 500 30.10`;
    // It costs 15,050 and frees 15,000 of the 30,000 that the short holds: 60,080 leave 30,030 for 600 AAA.
    checkPlan(planned(short("60,080"), "buy AAA 600 limit 50.05 open\n leave SSS order-at-work"), still);
    checkPlan(
      planned(short("60,079"), "buy AAA 599 limit 50.05 open cash-cut 600\n leave SSS order-at-work"),
      still,
    );
  });

  const covering = (cash: string, ...more: readonly string[]) => `
      account  1,000,000 USD
      hold     SSS  -1000
      quote    SSS  29.97 30.03
      quote    AAA  49.90 50.10
      target   SSS  -1.5%
      target   AAA  3%
      cash     ${cash}
      works    SSS  buy 500 30.10
      ${more.join("\n")}`;
  it.each([
    // It costs 15,050, and no cash is left of what the rest of the short holds.
    ["stays alone to the last cent", covering("15,050"), "leave SSS order-at-work\n leave AAA no-room cash"],
    [
      "is withdrawn for want of a cent",
      covering("15,049.99"),
      "buy SSS 500 limit 30.03 reduce\n leave AAA no-room cash",
    ],
    [
      "stays where a buy that does not cover cannot",
      covering("25,000", "works AAA buy 100 51.02"),
      "leave SSS order-at-work\n leave AAA no-room cash",
    ],
    [
      "stays beside a new short",
      covering("15,050", "works AAA sell 100 49.95 this-run"),
      "leave SSS order-at-work\n leave AAA order-at-work",
    ],
  ])("what covers a short %s", (_, known, expected) => {
    checkPlan(planned(known, expected), still);
  });

  it("stands where it will be when it is filled", () => {
    const plan = planScenario(facts("cash 34,000", "works AAA buy 500 51.02"), still);
    expect(plan.ok && plan.value.untouched.find(({ symbol }) => symbol === "AAA")).toMatchObject({
      currentShares: 0,
      targetShares: 500,
      plannedWeight: 0.025,
      reason: { wantedShares: 600, orderRefs: ["trader.reb.2022031413.AAA.B500.1.0000"] },
    });
  });

  it("is counted at the mid where it has no limit", () => {
    const known = scenarioInputs(facts("margin 900,000", "excess 20,010", "works AAA buy 500 51.02"));
    const atWork = known.atWork.map((each) => ({
      ...each,
      report: { ...each.report, limitPrice: undefined },
    }));
    const change = { borrowing: true, initialMarginRate: 0.5, excessLiquidityMin: 5_000 };
    // 15,010 - half of 500 x 50 = 2,510: 250 BBB at 10.02 but for half a cent of rounding.
    expect(spoken(planRebalance({ ...known, atWork }, { ...scenarioPolicy, ...still, ...change }))[0]).toBe(
      "buy BBB 250 limit 20.02 open excess-liquidity-cut 500",
    );
  });

  it("is in doubt as soon as one of its orders is", () => {
    const known = facts(
      "works OUT sell 100 49.95 this-run",
      "works OUT sell 90 49.95 uncertain",
      "works AAA buy 9 50 this-run",
    );
    const plan = planScenario(known, still);
    const doubts = plan.ok
      ? plan.value.untouched.map(({ symbol, reason }) => [
          symbol,
          reason.kind === "order-at-work" && reason.isUncertain,
        ])
      : [];
    expect(doubts).toEqual([
      ["OUT", true],
      ["AAA", false],
    ]);
  });

  it("holds the run when nobody can say what it will do nor what it is worth", () => {
    const plan = planScenario(facts("works CCC buy 500 51.02 uncertain"), still);
    expect(plan).toMatchObject({ ok: false, findings: [{ kind: "order-unknown", symbol: "CCC" }] });
    const unpriced = facts("closed CCC", "target CCC 1%", "works CCC buy 500 51.02 uncertain");
    expect(planScenario(unpriced, still)).toMatchObject({
      ok: false,
      findings: [{ kind: "order-unknown", symbol: "CCC" }],
    });
  });
});

describe("where borrowing is off, whatever fills of kept and new orders", () => {
  const instruments = ["AAA", "BBB", "CCC"] as const;
  const drawn = fc.record({
    lines: fc.tuple(
      ...instruments.map((symbol) =>
        fc.record({
          symbol: fc.constant(symbol),
          held: fc.integer({ min: -800, max: 1200 }),
          cents: fc.integer({ min: 1_500, max: 9_000 }),
          wanted: fc.integer({ min: -1_000, max: 4_000 }),
          works: fc.option(
            fc.record({
              side: fc.constantFrom("buy", "sell"),
              shares: fc.integer({ min: 1, max: 900 }),
              offTicks: fc.integer({ min: -60, max: 60 }),
              how: fc.constantFrom("", "", "", "this-run"),
            }),
          ),
          fills: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
      ),
    ),
    cash: fc.integer({ min: 0, max: 400_000 }),
    cashBuffer: fc.constantFrom(0, 0.03),
    scarce: fc.constantFrom<"greedy" | "in-proportion">("greedy", "in-proportion"),
  });

  it("cash stays beyond the buffer and what shorts have brought, unless what nobody may withdraw spends it", () => {
    fc.assert(
      fc.property(drawn, ({ lines, cash, cashBuffer, scarce }) => {
        const known = [
          "account 1,000,000 USD",
          `cash ${cash}`,
          ...lines.flatMap(({ symbol, held, cents, wanted, works }) => [
            `quote ${symbol} ${(cents - 2) / 100} ${(cents + 2) / 100}`,
            ...(held === 0 ? [] : [`hold ${symbol} ${held}`]),
            `target ${symbol} ${wanted / 100}%`,
            ...(works
              ? [
                  `works ${symbol} ${works.side} ${works.shares} ${(cents + works.offTicks) / 100} ${works.how}`,
                ]
              : []),
          ]),
        ].join("\n");
        const inputs = scenarioInputs(known);
        const planning = planRebalance(inputs, { ...scenarioPolicy, ...still, cashBuffer, scarce });
        if (!planning.ok) throw new Error(JSON.stringify(planning.findings));
        const { trades, untouched } = planning.value;
        const refs = untouched.flatMap(({ reason }) =>
          reason.kind === "order-at-work" ? reason.orderRefs : [],
        );
        const kept = inputs.atWork.filter(({ report }) => refs.includes(report.orderRef));
        const lineOf = (symbol: string) => {
          const line = lines.find((each) => each.symbol === symbol);
          if (!line) throw new Error(symbol);
          return line;
        };
        const buys = [
          ...trades.map(({ symbol, order }) => ({ symbol, ...order })),
          ...kept.map(({ report }) => ({
            symbol: report.symbol,
            side: report.side,
            shares: report.orderedShares,
            limitPrice: report.limitPrice ?? 0,
          })),
        ].filter(({ side }) => side === "buy");

        const theirs = kept.filter(({ sentBy, report }) => sentBy === "this-run" && report.side === "buy");
        const needed = theirs.reduce(
          (sum, { report }) => sum + report.orderedShares * (report.limitPrice ?? 0),
          0,
        );
        if (needed > cash) {
          expect(trades.filter(({ order }) => order.side === "buy")).toEqual([]);
          return;
        }
        // Sells may never fill, buys in any part: only what was there pays.
        const fillOf = (symbol: string, shares: number) => Math.floor(lineOf(symbol).fills * shares);
        const spent = buys.reduce(
          (sum, { symbol, shares, limitPrice }) => sum + fillOf(symbol, shares) * limitPrice,
          0,
        );
        expect(cash - spent).toBeGreaterThan(-0.001);
        const isNewLong = ({ symbol, side }: { readonly symbol: string; readonly side: "buy" | "sell" }) =>
          sign(side) * lineOf(symbol).held >= 0;
        if (!buys.some(isNewLong) || theirs.length > 0) return;
        const all = buys.reduce((sum, { shares, limitPrice }) => sum + shares * limitPrice, 0);
        const owed = lines.reduce((sum, { symbol, held, cents }) => {
          const bought = buys.filter((each) => each.symbol === symbol);
          const left = held + bought.reduce((shares, each) => shares + each.shares, 0);
          return sum + (Math.max(0, -left) * cents) / 100;
        }, 0);
        const buffer = cashBuffer * toNumber(inputs.account.netLiquidation);
        expect(cash - all - owed).toBeGreaterThan(buffer - 0.01);
      }),
      { numRuns: 300 },
    );
  });
});
