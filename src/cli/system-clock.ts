import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../ports.ts";
import { instantFromMs } from "../trading/instant.ts";

/** This machine's clock: the one place where the program looks at it. */
export const systemClock: Clock = {
  now: () => instantFromMs(Date.now()),
  monotonicMs: () => performance.now(),
  sleep: async (ms) => {
    await sleep(ms);
  },
};
