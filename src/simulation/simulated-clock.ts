import type { Clock } from "../ports.ts";
import { type Instant, later } from "../trading/instant.ts";
import type { Venue } from "./venue.ts";

/**
 * A host's clock in simulated time: sleeping moves the venue. `skewMs` is how far the host's wall clock is ahead of the
 * venue's; it is asked at every look, so a host whose clock jumps is one that answers differently. Deadlines count in
 * the venue's time and never jump.
 */
export function simulatedClock(
  venue: Pick<Venue, "now" | "advanceTo">,
  skewMs: () => number = () => 0,
): Clock {
  const startAt: Instant = venue.now();
  return {
    now: () => later(venue.now(), skewMs()),
    monotonicMs: () => venue.now() - startAt,
    async sleep(ms) {
      // Instants are whole milliseconds: a fraction that was rounded away would be slept for ever.
      venue.advanceTo(later(venue.now(), Math.ceil(ms)));
    },
  };
}
