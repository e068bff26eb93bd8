import { checkPlan } from "../../testing/check-plan.ts";
import { saleAndTwoBuysWith } from "../../testing/sale-and-two-buys.ts";
import { planScenario, scenarioInputs, scenarioPolicy, spoken } from "../../testing/scenario.ts";
import { money } from "../money.ts";
import type { PlanPolicy } from "./plan-policy.ts";
import { planRebalance } from "./plan-rebalance.ts";

const still: Partial<PlanPolicy> = { bandWeight: 0, minOrderValue: 0 };
const lots = (boardLot: number) => new Map([["AAA", { mode: "trade", boardLot } as const]]);

describe("one order", () => {
  const facts = (target: string, more: string, expected: string) => `
      account  1,000,000 USD
      hold     AAA  950
      quote    AAA  49.90 50.10
      target   AAA  ${target}
      ${more}
      ------------------------------------------
      ${expected}`;
  it.each<[string, Partial<PlanPolicy>, string, string, string]>([
    ["of whole lots", { instruments: lots(100) }, "20%", "", "buy AAA 3000 limit 50.05 increase"],
    [
      "of whole lots, the smaller trade",
      { instruments: lots(100) },
      "1%",
      "",
      "sell AAA 700 limit 49.95 reduce",
    ],
    ["of less than a lot", { instruments: lots(1000) }, "0%", "", "leave AAA no-room board-lot"],
    ["cut in lots when it closes", { instruments: lots(100) }, "0%", "", "sell AAA 900 limit 49.95 close"],
    [
      "cut to the largest value",
      { maxOrderValue: 20_049 },
      "20%",
      "",
      "buy AAA 400 limit 50.05 increase order-value-cut 3050",
    ],
    [
      "that closes is cut too",
      { maxOrderValue: 20_000 },
      "0%",
      "",
      "sell AAA 400 limit 49.95 close order-value-cut 950",
    ],
    [
      "at the largest value itself",
      { maxOrderValue: 152_500 },
      "20%",
      "",
      "buy AAA 3050 limit 50.05 increase",
    ],
    [
      "cut to lots of the largest value",
      { maxOrderValue: 22_499, instruments: lots(200) },
      "20%",
      "",
      "buy AAA 400 limit 50.05 increase order-value-cut 3000",
    ],
    [
      "cut to a share of the volume",
      { maxVolumeShare: 0.01 },
      "20%",
      "volume AAA 77,799",
      "buy AAA 777 limit 50.05 increase volume-cut 3050",
    ],
    [
      "cut by the tighter of value and volume",
      { maxVolumeShare: 0.01, maxOrderValue: 20_000 },
      "20%",
      "volume AAA 77,799",
      "buy AAA 400 limit 50.05 increase order-value-cut 3050",
    ],
    [
      "cut by the tighter of volume and value",
      { maxVolumeShare: 0.01, maxOrderValue: 40_000 },
      "20%",
      "volume AAA 77,799",
      "buy AAA 777 limit 50.05 increase volume-cut 3050",
    ],
    ["of an unknown volume", { maxVolumeShare: 0.01 }, "20%", "volume BBB 77", "held plan-input-missing"],
    [
      "cut to less than is worth it",
      { maxVolumeShare: 0.01, minOrderValue: 500 },
      "20%",
      "volume AAA 999",
      "leave AAA no-room volume",
    ],
    ["of too few shares", { minOrderShares: 51 }, "5%", "", "leave AAA below-minimum-shares"],
    ["of just enough shares", { minOrderShares: 50 }, "5%", "", "buy AAA 50 limit 50.05 increase"],
    [
      "that closes has no minimum",
      { minOrderShares: 9999, minOrderValue: 1e9 },
      "0%",
      "",
      "sell AAA 950 limit 49.95 close",
    ],
    [
      "that turns has no minimum on the way to zero",
      { minOrderShares: 9999, minOrderValue: 1e9 },
      "-20%",
      "",
      "sell AAA 950 limit 49.95 reverse rest-waits -4000",
    ],
  ])("%s", (_, policy, target, more, expected) => {
    checkPlan(facts(target, more, expected), { ...still, ...policy });
  });
});

it("of an unknown volume says what is missing, and of whom", () => {
  const plan = planScenario("account 1,000,000 USD\nquote AAA 49.95 50.05\ntarget AAA 5%", {
    maxVolumeShare: 0.01,
  });
  expect(plan).toEqual({
    ok: false,
    findings: [{ kind: "plan-input-missing", input: "average-volume", symbol: "AAA" }],
  });
});

it("what nobody has counted holds where a limit asks for it, each by its name", () => {
  const inputs = {
    ...scenarioInputs("account 1,000,000 USD\nquote AAA 49.95 50.05\ntarget AAA 5%"),
    sessionsSinceTrade: undefined,
  };
  const plan = (policy: Partial<PlanPolicy>) => planRebalance(inputs, { ...scenarioPolicy, ...policy });
  expect(plan({ cooldownSessions: 1, maxTurnoverPerDay: 0.1 })).toEqual({
    ok: false,
    findings: [
      { kind: "plan-input-missing", input: "turnover-today", symbol: undefined },
      { kind: "plan-input-missing", input: "last-trades", symbol: undefined },
    ],
  });
  expect(plan({ cooldownSessions: 0 }).ok).toBe(true);
});

const three = (facts: string, expected: string) => `${saleAndTwoBuysWith("0%", [facts])}
      ------------------------------------------
      ${expected}`;
const sell = "sell OUT 400 limit 49.95 close";

describe("turnover", () => {
  it.each<[string, Partial<PlanPolicy>, string, string]>([
    [
      "is enough for all at its limit",
      { maxTurnoverPerRun: 0.06 },
      "",
      `${sell}
       buy AAA 600 limit 50.05 open
       buy BBB 500 limit 20.02 open`,
    ],
    [
      "goes to reductions first, then in proportion",
      { maxTurnoverPerRun: 0.03 },
      "",
      `${sell}
       buy AAA 150 limit 50.05 open turnover-cut 600
       buy BBB 125 limit 20.02 open turnover-cut 500`,
    ],
    [
      "goes to reductions first, then to the largest",
      { maxTurnoverPerRun: 0.055, scarce: "greedy" },
      "",
      `${sell}
       buy AAA 600 limit 50.05 open
       buy BBB 250 limit 20.02 open turnover-cut 500`,
    ],
    [
      "does not suffice for the reduction",
      { maxTurnoverPerRun: 0.015 },
      "",
      `sell OUT 300 limit 49.95 close turnover-cut 400
       leave AAA no-room turnover
       leave BBB no-room turnover`,
    ],
    [
      "of the day is what is left of it",
      { maxTurnoverPerDay: 0.05, maxTurnoverPerRun: 0.04 },
      "traded 20,000",
      `${sell}
       buy AAA 150 limit 50.05 open turnover-cut 600
       buy BBB 125 limit 20.02 open turnover-cut 500`,
    ],
    [
      "of the day is used up",
      { maxTurnoverPerDay: 0.05 },
      "traded 50,001",
      `leave OUT no-room turnover
       leave AAA no-room turnover
       leave BBB no-room turnover`,
    ],
    ["of the day is not known", { maxTurnoverPerDay: 0.05 }, "", "held plan-input-missing"],
  ])("%s", (_, policy, facts, expected) => {
    checkPlan(three(facts, expected), { ...still, ...policy });
  });

  it("says which of run and day has no room", () => {
    const policy = { ...still, maxTurnoverPerRun: 0.03, maxTurnoverPerDay: 0.04 };
    const plan = planScenario(three("traded 15,000", ""), policy);
    const cuts = plan.ok ? plan.value.trades.flatMap(({ adjustments }) => adjustments) : [];
    expect(cuts.map((cut) => cut.kind === "cut" && cut.by)).toEqual([
      { kind: "turnover", per: "day", left: money("5000", "USD") },
      { kind: "turnover", per: "day", left: money("5000", "USD") },
    ]);
    const rooms = (facts: string, change: Partial<PlanPolicy>) => {
      const made = planScenario(three(facts, "").split("---")[0] ?? "", { ...policy, ...change });
      const lines = made.ok ? made.value.untouched : [];
      return lines.map(({ reason }) => reason.kind === "no-room" && reason.by);
    };
    const nothing = { kind: "turnover", left: money("0", "USD") };
    expect(rooms("traded 1,000", { maxTurnoverPerRun: 0 })[0]).toEqual({ ...nothing, per: "run" });
    // More than may be: there is nothing left, and not less.
    expect(rooms("traded 50,000", { maxTurnoverPerRun: 0.01 })[0]).toEqual({ ...nothing, per: "day" });
    // As much of either: the run comes first.
    expect(rooms("traded 40,000", { maxTurnoverPerRun: 0 })[0]).toEqual({ ...nothing, per: "run" });
  });

  it.each([
    // Half of 20,000 and 10,000.
    ["an addition", "hold AAA 2000", "12%", "buy AAA 200 limit 50.05 increase turnover-cut 400"],
    ["a way through zero", "hold AAA 0.5", "-2%", "sell AAA 200 limit 49.95 reverse turnover-cut 400"],
  ])("has no first call on it for %s", (_, facts, target, expected) => {
    checkPlan(
      `
      account  1,000,000 USD
      quote    AAA  49.95 50.05
      quote    BBB  19.98 20.02
      ${facts}
      target   AAA  ${target}
      target   BBB  1%
      ------------------------------------------
      ${expected}
      buy BBB 250 limit 20.02 open turnover-cut 500`,
      { ...still, maxTurnoverPerRun: 0.015 },
    );
  });
});

describe("orders of others on the same side of a contract", () => {
  const of = (others: string, held = "") =>
    spoken(
      planScenario(
        `account 1,000,000 USD\nquote AAA 49.95 50.05\ntarget AAA 10%\n${held}\nothers AAA ${others}`,
      ),
    );

  it("leave room for ours up to the broker's limit, each side by itself", () => {
    expect(of("19 20")).toEqual(["buy AAA 2000 limit 50.05 open"]);
    expect(of("20 0")).toEqual(["leave AAA side-is-full"]);
    expect(of("20 19", "hold AAA 3000")).toEqual(["sell AAA 1000 limit 49.95 reduce"]);
    expect(of("0 20", "hold AAA 3000")).toEqual(["leave AAA side-is-full"]);
  });
});
