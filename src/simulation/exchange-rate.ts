import type { Instant } from "../trading/instant.ts";
import { noiseKey, uniform } from "./noise.ts";

const msPerDay = 86_400_000;
/** Long and short waves, in days, and how far each carries the rate, as a share of it. */
const waves: readonly { readonly days: number; readonly share: number }[] = [
  { days: 400, share: 0.05 },
  { days: 41, share: 0.015 },
  { days: 7.3, share: 0.005 },
  { days: 1.1, share: 0.002 },
  { days: 0.07, share: 0.0004 },
];

/**
 * Dollars for one euro at an instant: about 1.08, at every hour of every day, a pure function of the seed. It is a sum of
 * waves and no record of the past.
 */
export function dollarsPerEuro(seed: number, at: Instant): number {
  const begins = phases(seed);
  let drift = 0;
  for (const [index, { days, share }] of waves.entries())
    drift += share * Math.sin(2 * Math.PI * (at / (days * msPerDay) + (begins[index] ?? 0)));
  return 1.08 * Math.exp(drift);
}

let kept: { readonly seed: number; readonly phases: readonly number[] } | undefined;

/** Where each wave begins. Those of the last seed are kept: bars of a year ask a hundred thousand times. */
function phases(seed: number): readonly number[] {
  if (kept?.seed !== seed) {
    const key = noiseKey(seed, "EUR.USD");
    kept = { seed, phases: waves.map((_, index) => uniform(key, index)) };
  }
  return kept.phases;
}
