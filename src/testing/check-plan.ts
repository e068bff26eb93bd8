import type { PlanPolicy } from "../trading/planner/plan-policy.ts";
import { planScenario, spoken } from "./scenario.ts";

/** A scenario above a line of dashes, the plan below it in the words of `spoken`. */
export function checkPlan(table: string, policy: Partial<PlanPolicy> = {}): void {
  const [facts = "", expected = ""] = table.split(/^\s*-{5,}\s*$/m);
  const lines = expected.split("\n").map((line) => line.trim().replace(/\s+/g, " "));
  expect(spoken(planScenario(facts, policy))).toEqual(lines.filter((line) => line !== ""));
}
