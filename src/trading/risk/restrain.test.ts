import { aCheck, aStoppedStrategy } from "../../testing/risk-builder.ts";
import { planScenario, scenarioInputs } from "../../testing/scenario.ts";
import { noLimits } from "./limits.ts";
import { restrained, restraintOf, scaled } from "./restrain.ts";

const scenario = `
  account 1,000,000 USD
  hold   AAA 10000
  hold   BBB -3000
  hold   DDD 4000
  quote  AAA 49.95 50.05
  quote  BBB 99.90 100.10
  quote  CCC 19.98 20.02
  quote  DDD 9.99 10.01
  target AAA 30%
  target BBB -45%
  target CCC 10%
  target DDD -5%`;

function left(...failed: Parameters<typeof aCheck>[0][]): string[] {
  const plan = planScenario(scenario);
  if (!plan.ok) throw new Error(JSON.stringify(plan.findings));
  const limits = { ...noLimits, drawdown: { ...noLimits.drawdown, deRiskFactor: 0.4 } };
  const result = restrained(plan.value, restraintOf(failed.map(aCheck), limits, undefined));
  const refused = result.untouched.flatMap(({ symbol, reason, currentWeight, plannedWeight }) =>
    reason.kind === "check-failed" ? [`${symbol} ${reason.check} ${plannedWeight === currentWeight}`] : [],
  );
  return [...result.trades.map(({ symbol }) => symbol), ...refused];
}

describe("a plan under restraint", () => {
  it("is what it was when no check failed", () => {
    expect(left()).toEqual(["AAA", "DDD", "BBB", "CCC"]);
    expect(left({ name: "cushion", verdict: "warn" })).toEqual(left());
  });

  it.each([["cushion"], ["excess-liquidity"], ["daily-loss"], ["drawdown-de-risk"]] as const)(
    "keeps its reductions alone when %s failed; of a turn to the other side its close",
    (name) => {
      expect(left({ name })).toEqual(["AAA", "DDD", `BBB ${name} true`, `CCC ${name} true`]);
    },
  );

  it("keeps no working order that would take a position further from zero, unless nobody can end it", () => {
    const refsLeft = (works: string, failed: Parameters<typeof aCheck>[0]) => {
      const plan = planScenario(`${scenario}\n${works}`);
      if (!plan.ok) throw new Error(JSON.stringify(plan.findings));
      const result = restrained(plan.value, restraintOf([aCheck(failed)], noLimits, undefined));
      return result.untouched.map(({ symbol, reason, plannedWeight, currentWeight }) => [
        symbol,
        reason.kind,
        plannedWeight === currentWeight,
      ]);
    };
    const cushion = { name: "cushion" } as const;
    expect(refsLeft("works CCC buy 900 20.02", cushion)).toContainEqual(["CCC", "check-failed", true]);
    expect(refsLeft("works CCC buy 900 20.02 uncertain", cushion)).toContainEqual([
      "CCC",
      "order-at-work",
      false,
    ]);
    expect(refsLeft("works AAA sell 900 49.95", cushion)).toContainEqual(["AAA", "order-at-work", false]);
    expect(refsLeft("works AAA sell 900 49.95", { name: "spread", subject: "AAA" })).toContainEqual([
      "AAA",
      "check-failed",
      true,
    ]);
  });

  it("leaves single instruments alone, reductions too", () => {
    expect(left({ name: "price-jump", subject: "AAA" }, { name: "spread", subject: "CCC" })).toEqual([
      "DDD",
      "BBB",
      "AAA price-jump true",
      "CCC spread true",
    ]);
  });

  it("says no more of an instrument that is left alone anyway", () => {
    const plan = planScenario(`${scenario}\nhold EEE 100\nquote EEE 99.90 100.10\ntarget EEE 1%`);
    if (!plan.ok) throw new Error(JSON.stringify(plan.findings));
    const failed = [aCheck({ name: "price-jump", subject: "EEE" })];
    const { untouched } = restrained(plan.value, restraintOf(failed, noLimits, undefined));
    expect(untouched.map(({ symbol, reason }) => [symbol, reason.kind])).toEqual([["EEE", "within-band"]]);
  });

  it("takes nothing further from zero that a stopped strategy held alone or against the others", () => {
    const plan = planScenario(scenario);
    if (!plan.ok) throw new Error(JSON.stringify(plan.findings));
    const { forecast } = scenarioInputs(scenario);
    const reduceOnly = { strategies: ["trend", "value"].map(aStoppedStrategy), isReduceOnly: true };
    const targets = forecast.targets.map((target) =>
      target.symbol === "CCC" ? target : { ...target, stopped: reduceOnly },
    );
    const limits = { ...noLimits, drawdown: { ...noLimits.drawdown } };
    const failed = [aCheck({ name: "strategy-profit", subject: "value" })];
    const result = restrained(plan.value, restraintOf(failed, limits, { targets }));
    // AAA and DDD are reduced, BBB would be sold further short, CCC is none of its business.
    expect(result.trades.map(({ symbol }) => symbol)).toEqual(["AAA", "DDD", "CCC"]);
    expect(result.untouched.map(({ symbol, reason }) => [symbol, reason])).toEqual([
      ["BBB", { kind: "check-failed", check: "strategy-profit" }],
    ]);
    const others = [aCheck({ name: "strategy-profit", subject: "another" })];
    expect(restrained(plan.value, restraintOf(others, limits, { targets })).trades).toHaveLength(4);
    // Another failure of the same name, and a stop without a forecast, forbid nothing of it.
    const heavy = [aCheck({ name: "strategy-weight", subject: "value" })];
    expect(restrained(plan.value, restraintOf(heavy, limits, { targets })).trades).toHaveLength(4);
    expect(restrained(plan.value, restraintOf(failed, limits, undefined)).trades).toHaveLength(4);
  });

  it("is left to the gate where the whole run is held", () => {
    expect(left({ name: "weight", subject: "AAA" })).toEqual(left());
  });
});

describe("targets", () => {
  it("are multiplied by the factor only when the de-risk level is passed", () => {
    const limits = { ...noLimits, drawdown: { ...noLimits.drawdown, deRiskFactor: 0.4 } };
    expect(restraintOf([aCheck({ name: "drawdown-de-risk" })], limits, undefined).targetFactor).toBe(0.4);
    expect(
      restraintOf([aCheck({ name: "drawdown-de-risk", verdict: "warn" })], limits, undefined).targetFactor,
    ).toBe(1);
    expect(restraintOf([aCheck({ name: "daily-loss" })], limits, undefined).targetFactor).toBe(1);
  });

  it("shrink on both sides, and so does the leverage that is told", () => {
    const { forecast } = scenarioInputs(scenario);
    expect(scaled(forecast, 1)).toBe(forecast);
    const less = scaled(forecast, 0.4);
    expect(less.targets.map(({ symbol, weight }) => [symbol, Number(weight.toFixed(9))])).toEqual([
      ["AAA", 0.12],
      ["BBB", -0.18],
      ["CCC", 0.04],
      ["DDD", -0.02],
    ]);
    const amounts = {
      ...forecast,
      targets: forecast.targets.map((each) => ({ ...each, notional: 500, shares: -70 })),
    };
    expect(scaled(amounts, 0.4).targets[0]).toMatchObject({ notional: 200, shares: -28 });
    expect(less.targetLeverage).toBeCloseTo(0.36, 12);
  });
});
