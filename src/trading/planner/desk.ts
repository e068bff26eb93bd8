import type { Forecast, LeverageCut } from "../forecast.ts";
import type { Claim } from "./at-work.ts";
import type { PlanInputs } from "./plan-inputs.ts";
import type { PlanPolicy } from "./plan-policy.ts";
import type { Scaling } from "./scaling.ts";

/** What every step of the planner looks at. */
export interface Desk {
  readonly inputs: PlanInputs;
  readonly policy: PlanPolicy;
  /** By symbol, what was cut of the leverage of strategies that name it. */
  readonly leverageCuts: ReadonlyMap<string, readonly LeverageCut[]>;
  /** Undefined when no cap is exceeded. */
  readonly scaling: Scaling | undefined;
  /** What orders that work on may still take. */
  readonly claims: readonly Claim[];
}

/** By symbol, what was cut of the leverage of the strategies that ask for something of it. */
export function leverageCutsOf({ capped, parts }: Forecast): Desk["leverageCuts"] {
  const cuts = new Map<string, readonly LeverageCut[]>();
  for (const cut of capped)
    for (const { targets } of parts.filter(({ strategy }) => strategy === cut.strategy))
      for (const { symbol } of targets) cuts.set(symbol, [...(cuts.get(symbol) ?? []), cut]);
  return cuts;
}
