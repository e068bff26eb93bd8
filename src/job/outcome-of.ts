import type { Instant } from "../trading/instant.ts";
import { windowOf } from "../trading/order.ts";
import type { Outcome } from "../trading/outcome.ts";
import type { Job } from "./job.ts";

/** What a run comes to, as far as it went. */
export type Done = Partial<Outcome> & Pick<Outcome, "verdict">;

/** An outcome from what is known of it; everything else is "nothing", which is what did not happen. */
export function outcomeOf(job: Job, endedAt: Instant, known: Done): Outcome {
  const window = windowOf(endedAt);
  return {
    run: { id: `${window}-not-recorded`, startedAt: endedAt, window, account: job.connection.account },
    endedAt,
    session: undefined,
    nextSession: undefined,
    findings: [],
    accepted: [],
    settledOrders: [],
    foreignOrders: [],
    plan: undefined,
    lookedOn: undefined,
    earlierWaves: [],
    review: undefined,
    orders: [],
    protection: undefined,
    executions: [],
    account: undefined,
    orderFile: undefined,
    crash: undefined,
    ...known,
  };
}
