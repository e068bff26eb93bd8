import type { Job } from "../job/job.ts";
import { noLimits } from "../trading/risk/limits.ts";
import { connectionOf } from "./connection-of.ts";
import { scenarioPolicy } from "./scenario.ts";

/** The job of the tests: one strategy, a 25 bps collar, generous limits. */
export function jobOf(changes: Partial<Job> = {}): Job {
  return {
    connection: connectionOf(),
    trustHostClock: true,
    strategies: [
      {
        strategy: "trend",
        capitalShare: 1,
        maxAgeMinutes: 1_500,
        stopLoss: undefined,
        takeProfit: undefined,
      },
    ],
    leverageMax: 1,
    currency: "USD",
    listings: [],
    quotes: { allowDelayedQuotes: false, quoteMaxAgeSeconds: 60, feedMaxSilenceMinutes: 15 },
    plan: { ...scenarioPolicy, unlisted: "report" },
    averageDailyVolumes: new Map(),
    protection: [],
    limits: {
      ...noLimits,
      grossLeverageMax: 1,
      weightMax: 0.5,
      orderValueMax: 600_000,
      ordersPerRunMax: 50,
      warnAt: 0.9,
    },
    maxNavMove: 0.2,
    voidAfterMinutes: 10,
    again: false,
    settleSeconds: 30,
    wavesMax: 1,
    unfilled: { repriceSeconds: 10, afterSettle: "leave", replacesRejected: false },
    whatIf: { purpose: "none", max: 3, onSilence: "leave" },
    onOpenOrders: "cancel",
    world: "test",
    ...changes,
  };
}
