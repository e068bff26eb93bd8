import type { BandPolicy } from "./plan-policy.ts";

/** Weights are quotients of exact amounts: a drift that equals the band to a trillionth is inside it. */
const floatNoise = 1e-12;

/** Half-width of the no-trade range round a target, as a share of net liquidation. */
export function bandOf(targetWeight: number, policy: BandPolicy): number {
  const { bandWeight, bandOfTarget, bandChoice } = policy;
  if (bandOfTarget === undefined) return bandWeight;
  const relative = bandOfTarget * Math.abs(targetWeight);
  return bandChoice === "wider" ? Math.max(bandWeight, relative) : Math.min(bandWeight, relative);
}

export function isWithin(drift: number, band: number): boolean {
  return Math.abs(drift) <= band + floatNoise;
}

/** What is added to the target so that the trade stops where the policy says: 0 when it goes to the target itself. */
export function stopShort(drift: number, band: number, { tradeTo }: BandPolicy): number {
  return Math.sign(drift) * (1 - tradeTo) * band;
}
