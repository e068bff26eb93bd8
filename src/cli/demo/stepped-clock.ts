import { setTimeout as realSleep } from "node:timers/promises";
import type { PaperGateway } from "../../brokers/paper/gateway.ts";
import type { Clock } from "../../ports.ts";
import { later } from "../../trading/instant.ts";

/** Longer than a message needs from socket to socket on this machine; nothing waits on it but a demo. */
const deliveryMs = 5;

/**
 * The gateway's own time as the job's clock: sleeping moves it forward. What the exchange does meanwhile is on the wire
 * when `sleep` answers, and has had a moment to arrive.
 */
export function steppedClock(gateway: PaperGateway): Clock {
  const startedAt = gateway.venue.now();
  return {
    now: () => gateway.venue.now(),
    monotonicMs: () => gateway.venue.now() - startedAt,
    sleep: async (ms) => {
      await gateway.advanceTo(later(gateway.venue.now(), ms));
      await realSleep(deliveryMs);
    },
  };
}
