import { instant } from "../instant.ts";
import { type CheckName, checkNames, type Judging, judge, kindOf, nameOf, type Override } from "./check.ts";

const now = instant("2022-03-14T14:30:00Z");
const judging: Judging = { now, overrides: [], currency: "USD", warnAt: 0.9 };

describe("a check", () => {
  it.each([
    ["weight", 0.2249, 0.25, "pass"],
    ["weight", 0.2251, 0.25, "warn"],
    ["weight", 0.25, 0.25, "warn"],
    ["weight", 0.2501, 0.25, "fail"],
    ["order-value", 100_000.01, 100_000, "fail"],
    ["order-value", 100_000, 100_000, "warn"],
    ["orders-per-run", 61, 60, "fail"],
    ["orders-per-run", 54, 60, "pass"],
    ["trading-halt", 0, 0, "pass"],
    ["trading-halt", 1, 0, "fail"],
    ["daily-loss", -0.3, 0.1, "pass"],
    // The least that it may be.
    ["excess-liquidity", 20_000, 20_000, "warn"],
    ["excess-liquidity", 19_999.99, 20_000, "fail"],
    ["excess-liquidity", 22_300, 20_000, "pass"],
    ["excess-liquidity", 0, 0, "pass"],
    ["excess-liquidity", -0.01, 0, "fail"],
    ["cushion", 0.049, 0.05, "fail"],
    ["cushion", 0.055, 0.05, "warn"],
    ["cushion", 0.06, 0.05, "pass"],
    // Within a billionth of the limit, or of the amount, it is at the limit.
    ["order-value", 100_000.00005, 100_000, "warn"],
    ["weight", 0.25 + 5e-10, 0.25, "warn"],
    ["weight", 0.5 + 1e-9, 0.5, "warn"],
    ["weight", 0.5 * 0.9 + 1e-9, 0.5, "pass"],
    ["cushion", 0.5 - 1e-9, 0.5, "warn"],
    ["cushion", 0.5, 0.45, "pass"],
    ["cushion", 0.5, 0.45 + 1e-9, "pass"],
    ["weight", undefined, 0.25, "unknown"],
    ["weight", Number.NaN, 0.25, "unknown"],
    ["weight", 1e9, Number.POSITIVE_INFINITY, "pass"],
    ["cushion", -5, Number.NEGATIVE_INFINITY, "pass"],
  ] as const)("of %s with %p against %p comes to %s", (name, value, limit, verdict) => {
    expect(judge(name, { value, limit }, judging).verdict).toBe(verdict);
  });

  it("bears the account's currency where it is of amounts, and its subject in its name", () => {
    const currencyOf = (name: CheckName) => judge(name, { value: 1, limit: 2 }, judging).currency;
    expect([currencyOf("order-value"), currencyOf("weight")]).toEqual(["USD", ""]);
    expect([nameOf({ name: "weight", subject: "KO" }), nameOf({ name: "cushion", subject: "" })]).toEqual([
      "weight KO",
      "cushion",
    ]);
  });

  it("takes the noise of a sum of weights for no breach", () => {
    expect(judge("gross-leverage", { value: 0.1 + 0.2, limit: 0.3 }, judging).verdict).toBe("warn");
  });

  it("does not fail for what the plan makes no worse: it warns", () => {
    const facts = { value: 0.6, limit: 0.25, isNoWorse: true };
    expect(judge("weight", facts, judging).verdict).toBe("warn");
    expect(judge("weight", { ...facts, value: 0.1 }, judging).verdict).toBe("pass");
  });
});

describe("an override", () => {
  const given: Override = {
    name: "weight",
    subject: "KO",
    givenAt: instant("2022-03-14T14:00:00Z"),
    untilAt: instant("2022-03-14T15:00:00Z"),
    why: "merger",
    by: "owner",
  };
  const verdict = (override: Partial<Override>, name: CheckName, subject: string, at = now) => {
    const overrides = [{ ...given, ...override }];
    const limit = kindOf(name).bound === "max" ? 0.25 : 0.7;
    return judge(name, { subject, value: 0.6, limit }, { ...judging, now: at, overrides });
  };

  it.each([
    ["the subject that is meant", {}, "weight", "KO", "warn"],
    ["another subject", {}, "weight", "PG", "fail"],
    ["any subject where none is named", { subject: "" }, "weight", "PG", "warn"],
    ["another check", {}, "price-jump", "KO", "fail"],
    ["a check that is never overridden", { name: "cushion", subject: "" }, "cushion", "", "fail"],
    ["a value whose limit is kept", { subject: "" }, "daily-loss", "", "fail"],
  ] as const)("lets pass or not: %s", (_, change, name, subject, expected) => {
    expect(verdict(change, name, subject).verdict).toBe(expected);
  });

  it("is in the check that it lets pass, and ends by itself", () => {
    expect(verdict({}, "weight", "KO").override).toEqual(given);
    expect(verdict({}, "weight", "KO", instant("2022-03-14T14:59:59Z")).verdict).toBe("warn");
    const over = verdict({}, "weight", "KO", instant("2022-03-14T15:00:00Z"));
    expect([over.verdict, over.override]).toEqual(["fail", undefined]);
  });

  it("is not used where nothing is broken", () => {
    const overrides = [{ ...given, subject: "" }];
    const passed = judge("weight", { value: 0.2, limit: 0.25 }, { ...judging, overrides });
    expect([passed.verdict, passed.override]).toEqual(["pass", undefined]);
  });

  it("cannot be given where the data are in doubt or the broker is about to liquidate", () => {
    expect(checkNames.filter((name) => !kindOf(name).canBeOverridden)).toEqual([
      "quote-age",
      "trading-halt",
      "session-hours",
      "forecast-age",
      "nav-jump",
      "excess-liquidity",
      "cushion",
      "strategy-loss",
      "strategy-profit",
    ]);
  });
});
