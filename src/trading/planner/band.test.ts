import { checkPlan } from "../../testing/check-plan.ts";
import { planScenario, spoken } from "../../testing/scenario.ts";
import { bandOf, isWithin, stopShort } from "./band.ts";
import { type PlanPolicy, plainRules } from "./plan-policy.ts";

const rules = { ...plainRules, bandWeight: 0.005 };

describe("bandOf", () => {
  it.each<[string, Partial<PlanPolicy>, number, number]>([
    ["absolute alone", {}, 0.2, 0.005],
    ["the wider, which is relative", { bandOfTarget: 0.1 }, 0.2, 0.02],
    ["the wider, which is absolute", { bandOfTarget: 0.1 }, 0.02, 0.005],
    ["the narrower, which is absolute", { bandOfTarget: 0.1, bandChoice: "narrower" }, 0.2, 0.005],
    ["the narrower, which is relative", { bandOfTarget: 0.1, bandChoice: "narrower" }, 0.02, 0.002],
    ["relative of a short", { bandOfTarget: 0.1 }, -0.2, 0.02],
  ])("%s", (_, policy, target, expected) => {
    expect(bandOf(target, { ...rules, ...policy })).toBeCloseTo(expected, 12);
  });
});

it("a drift that equals the band but for the noise of a quotient is inside it", () => {
  const inside = [0.005, 0.005 + 1e-12, 0.005 + 2e-12].map((drift) => [
    isWithin(drift, 0.005),
    isWithin(-drift, 0.005),
  ]);
  expect(inside).toEqual([
    [true, true],
    [true, true],
    [false, false],
  ]);
});

describe("stopShort", () => {
  it.each([
    [1, 0.03, 0],
    [0, 0.03, 0.005],
    [0, -0.03, -0.005],
    [0.4, -0.03, -0.003],
  ])("with tradeTo %d and a drift of %d adds %d to the target", (tradeTo, drift, expected) => {
    expect(stopShort(drift, 0.005, { ...rules, tradeTo })).toBeCloseTo(expected, 12);
  });
});

/** 10 % of AAA held, a target of so much; the band is half a percent. */
const drifted = (target: string, expected: string, facts = "") => `
      account  1,000,000 USD
      hold     AAA  2000
      quote    AAA  49.95 50.05
      target   AAA  ${target}
      ${facts}
      ------------------------------------------
      ${expected}`;

describe("outside the band a trade goes", () => {
  it.each<[string, Partial<PlanPolicy>, string, string]>([
    ["to the target", {}, "12%", "buy AAA 400 limit 50.05 increase"],
    ["to the nearer edge, from below", { tradeTo: 0 }, "12%", "buy AAA 300 limit 50.05 increase trade-to 0"],
    ["to the nearer edge, from above", { tradeTo: 0 }, "8%", "sell AAA 300 limit 49.95 reduce trade-to 0"],
    ["part of the way", { tradeTo: 0.4 }, "8%", "sell AAA 340 limit 49.95 reduce trade-to 0.4"],
    [
      "to the edge that is nothing at all: that is no turn",
      { tradeTo: 0 },
      "-0.5%",
      "sell AAA 2000 limit 49.95 reduce trade-to 0",
    ],
    ["to zero when it closes", { tradeTo: 0 }, "0%", "sell AAA 2000 limit 49.95 close"],
    [
      "to the edge of a relative band",
      { tradeTo: 0, bandOfTarget: 0.25 },
      "16%",
      "buy AAA 400 limit 50.05 increase trade-to 0",
    ],
    ["nowhere inside a relative band", { bandOfTarget: 0.25 }, "13.33%", "leave AAA within-band"],
    [
      "where the narrower band says",
      { bandOfTarget: 0.02, bandChoice: "narrower" },
      "10.3%",
      "buy AAA 60 limit 50.05 increase",
    ],
  ])("%s", (_, policy, target, expected) => {
    checkPlan(drifted(target, expected), policy);
  });
});

describe("a cooldown", () => {
  const policy = { cooldownSessions: 2, hardBandWeight: 0.03 };
  it.each([
    ["rests after a trade", "12%", "rested AAA 1", policy, "leave AAA cooling-down"],
    ["rests in the same session", "12%", "rested AAA 0", policy, "leave AAA cooling-down"],
    ["ends after its sessions", "12%", "rested AAA 2", policy, "buy AAA 400 limit 50.05 increase"],
    ["is none for what was never traded", "12%", "rested BBB 0", policy, "buy AAA 400 limit 50.05 increase"],
    ["holds at the hard band", "13%", "rested AAA 1", policy, "leave AAA cooling-down"],
    ["does not hold beyond it", "13.01%", "rested AAA 1", policy, "buy AAA 602 limit 50.05 increase"],
    [
      "holds at any drift without a hard band",
      "40%",
      "rested AAA 1",
      { ...policy, hardBandWeight: undefined },
      "leave AAA cooling-down",
    ],
    ["does not keep from closing", "0%", "rested AAA 0", policy, "sell AAA 2000 limit 49.95 close"],
  ])("%s", (_, target, facts, cooldown, expected) => {
    checkPlan(drifted(target, expected, facts), cooldown);
  });
});

describe("after its stop has filled", () => {
  it.each([
    ["nothing more is taken on", "12%", "leave AAA resting-after-stop"],
    ["a part may go", "5%", "sell AAA 1000 limit 49.95 reduce"],
    ["all may go", "0%", "sell AAA 2000 limit 49.95 close"],
    [
      "it may go to the other side of zero as far as zero",
      "-5%",
      "sell AAA 2000 limit 49.95 reverse rest-waits -1000",
    ],
    ["what is on target is on target", "10%", "leave AAA within-band"],
  ])("%s", (_, target, expected) => {
    checkPlan(drifted(target, expected, "stopped AAA 1 5"), {});
  });

  it("nothing is opened, and what is less than a share is just that", () => {
    const flat = "account 1,000,000 USD\nquote AAA 49.95 50.05\ntarget AAA 12%\nstopped AAA 1 5";
    expect(spoken(planScenario(flat))).toEqual(["leave AAA resting-after-stop"]);
    checkPlan(drifted("10.0001%", "leave AAA less-than-one-share", "stopped AAA 1 5"), { bandWeight: 0 });
  });

  it.each([
    ["takes on nothing", "12%", "leave AAA stop-filling"],
    ["may be helped along", "5%", "sell AAA 1000 limit 49.95 reduce"],
  ])("while it is still being filled %s", (_, target, expected) => {
    checkPlan(drifted(target, expected, "stopped AAA filling"), {});
  });
});

describe("the fewest trades", () => {
  const facts = `
      account  1,000,000 USD
      hold     DDD  20
      quote    AAA  49.95 50.05
      quote    BBB  19.98 20.02
      quote    CCC  99.90 100.10
      quote    DDD  9.99 10.01
      target   AAA  3%
      target   BBB  -1%
      target   CCC  2%
      target   DDD  0%
      ------------------------------------------
      sell DDD 20  limit 9.99   close`;
  it.each([
    [0, ["sell BBB 500 limit 19.98 open", "buy AAA 600 limit 50.05 open", "buy CCC 200 limit 100.10 open"]],
    [
      0.0099,
      ["sell BBB 500 limit 19.98 open", "buy AAA 600 limit 50.05 open", "buy CCC 200 limit 100.10 open"],
    ],
    [0.01, ["buy AAA 600 limit 50.05 open", "buy CCC 200 limit 100.10 open", "leave BBB trade-saved"]],
    [0.0299, ["buy AAA 600 limit 50.05 open", "buy CCC 200 limit 100.10 open", "leave BBB trade-saved"]],
    [0.03, ["buy AAA 600 limit 50.05 open", "leave BBB trade-saved", "leave CCC trade-saved"]],
    [1, ["leave AAA trade-saved", "leave BBB trade-saved", "leave CCC trade-saved"]],
  ])("leave out the smallest up to %d, and close all the same", (offTargetMax, others) => {
    const close = "sell DDD 20 limit 9.99 close";
    const table = facts.replace(/\n[^\n]*close$/, `\n${[close, ...others].join("\n")}`);
    checkPlan(table, { bandWeight: 0, offTargetMax });
  });

  it("leave out what adds or takes away a little too, and of two that are the same the first by name", () => {
    const listed = ["target AAA 5.5%", "target BBB 4.7%"];
    for (const targets of [listed, listed.toReversed()])
      checkPlan(
        `account 1,000,000 USD
         hold   AAA 1000
         hold   BBB 2500
         quote  AAA 49.95 50.05
         quote  BBB 19.98 20.02
         ${targets.join("\n")}
         ------------------------------------------
         leave ${targets === listed ? "AAA" : "BBB"} trade-saved
         leave ${targets === listed ? "BBB" : "AAA"} trade-saved`,
        { bandWeight: 0, offTargetMax: 0.0081 },
      );
    const same = ["target BBB 1%", "target AAA 1%"];
    for (const targets of [same, same.toReversed()])
      checkPlan(
        `account 1,000,000 USD
         quote  AAA 49.95 50.05
         quote  BBB 19.98 20.02
         ${targets.join("\n")}
         ------------------------------------------
         buy BBB 500 limit 20.02 open
         leave AAA trade-saved`,
        { bandWeight: 0, offTargetMax: 0.01 },
      );
  });
});
