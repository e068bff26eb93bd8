import type { Claim } from "./at-work.ts";
import type { PlanInputs } from "./plan-inputs.ts";
import type { PlanPolicy } from "./plan-policy.ts";
import type { Scaling } from "./scaling.ts";

/** What every step of the planner looks at. */
export interface Desk {
  readonly inputs: PlanInputs;
  readonly policy: PlanPolicy;
  /** Undefined when no cap is exceeded. */
  readonly scaling: Scaling | undefined;
  /** What orders that work on may still take. */
  readonly claims: readonly Claim[];
}
