import type { Clock } from "../ports.ts";
import { type Instant, later } from "../trading/instant.ts";

/**
 * The broker's time, from an instant at which it was told: counted by the clock that never jumps, so that a host's clock that
 * is set in the middle of a run changes nothing (Z07). How old an order is decides whether it may be called void.
 */
export function marketClock(clock: Pick<Clock, "monotonicMs">, toldAt: Instant): () => Instant {
  const fromMs = clock.monotonicMs();
  return () => later(toldAt, clock.monotonicMs() - fromMs);
}
