import { type Instant, instantFromMs } from "../trading/instant.ts";

const msPerSecond = 1000;

/** The second that an instant lies in, counted since 1970. */
export function secondOf(at: Instant): number {
  return Math.floor(at / msPerSecond);
}

/** The first instant of such a second. */
export function instantOfSecond(second: number): Instant {
  return instantFromMs(second * msPerSecond);
}
