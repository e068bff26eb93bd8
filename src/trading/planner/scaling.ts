import { held, ok, type Result } from "../result.ts";
import type { Adjustment } from "./plan.ts";
import { modeOf, type TargetPolicy } from "./plan-policy.ts";
import type { Valued } from "./valued.ts";

/** By how much all targets are scaled down, and because of which cap. */
export type Scaling = Adjustment & { readonly kind: "scaled" };

/** Float noise in a sum of weights is no breach. */
const tolerance = 1e-9;

/**
 * The targets together may not weigh more than the caps: beyond one, all are multiplied with the same factor, so that
 * they keep their proportions. What is held beside them does not count, or a position of the owner's own would move
 * every target; the risk limits judge the whole account. Undefined when no cap is exceeded.
 */
export function scalingOf(lines: readonly Valued[], policy: TargetPolicy): Result<Scaling | undefined> {
  const { grossCap, netCap } = policy;
  if (grossCap === undefined && netCap === undefined) return ok(undefined);
  const wanted = lines.filter(
    ({ candidate }) => candidate.target && modeOf(policy, candidate.symbol) !== "close",
  );
  const unknown = wanted.filter(({ standing }) => standing.targetWeight === undefined);
  if (unknown.length > 0 && lines.some(({ quote }) => quote))
    return held(
      ...unknown.map(({ candidate: { symbol } }) => ({ kind: "target-not-priced", symbol }) as const),
    );
  // In one order, whatever that of the inputs: a sum of doubles depends on it in its last digit.
  const weights = wanted.map(({ standing }) => standing.targetWeight ?? 0).toSorted((a, b) => a - b);
  const gross = weights.reduce((sum, weight) => sum + Math.abs(weight), 0);
  const net = Math.abs(weights.reduce((sum, weight) => sum + weight, 0));
  const [byGross, byNet] = [scaled("gross", gross, grossCap), scaled("net", net, netCap)];
  if (!byGross || !byNet) return ok(byGross ?? byNet);
  return ok(byNet.factor < byGross.factor ? byNet : byGross);
}

function scaled(cap: Scaling["cap"], wanted: number, max: number | undefined): Scaling | undefined {
  if (max === undefined || wanted <= max + tolerance) return undefined;
  return { kind: "scaled", cap, wanted, max, factor: max / wanted };
}
