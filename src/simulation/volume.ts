import type { Listing } from "./listings.ts";
import { type NoiseKey, normal } from "./noise.ts";

const secondsOfWholeDay = 23_400;
const secondsPerMinute = 60;

/**
 * Shares that all others trade in a session, as a rising count: most of them near open and close, unevenly from minute to
 * minute and from day to day, on a half day less by what it is shorter. Within a minute they come evenly.
 */
export function dayVolume(
  { averageDailyShares }: Pick<Listing, "averageDailyShares">,
  sessionSeconds: number,
  key: NoiseKey,
): (throughSecond: number) => number {
  let upToMinute: Float64Array | undefined;
  const usual = averageDailyShares * (sessionSeconds / secondsOfWholeDay);
  return (throughSecond) => {
    upToMinute ??= minutes(usual * Math.exp(0.3 * normal(key, 0) - 0.045), sessionSeconds, key);
    const second = Math.min(throughSecond + 1, sessionSeconds);
    const minute = Math.floor(second / secondsPerMinute);
    const before = upToMinute[minute] ?? 0;
    const after = upToMinute[minute + 1] ?? before;
    return Math.floor(before + ((after - before) * (second % secondsPerMinute)) / secondsPerMinute);
  };
}

/** Shares traded before each minute of the session; the last entry is the whole day's. */
function minutes(dayShares: number, sessionSeconds: number, key: NoiseKey): Float64Array {
  const count = Math.ceil(sessionSeconds / secondsPerMinute);
  const upTo = new Float64Array(count + 1);
  for (let minute = 0; minute < count; minute += 1) {
    const share = (minute + 0.5) / count;
    const uneven = Math.exp(0.5 * normal(key, minute + 1) - 0.125);
    const shares = (dayShares / count) * (0.7 + 0.9 * (2 * share - 1) ** 2) * uneven;
    upTo[minute + 1] = (upTo[minute] ?? 0) + Math.max(1, Math.round(shares));
  }
  return upTo;
}
