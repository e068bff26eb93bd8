import type { Job, WhatIf } from "../job/job.ts";
import type { Config } from "./config/config.ts";

/**
 * Under its own client id and none of the run's, and always connected: who asks outside the session wants to see more than the
 * clock. It shows the plan as one wave: nothing is filled that another one could follow. The broker is asked for previews only when the owner says so; else our own estimate stands for all orders.
 */
export function dryRunJob({ job, dryRunClientId }: Config, asksPreviews: boolean): Job {
  const connection = { ...job.connection, clientId: dryRunClientId, spareClientIds: [] };
  const whatIf: WhatIf = { ...job.whatIf, purpose: purposeOf(job.whatIf, asksPreviews) };
  return { ...job, connection, whatIf, trustHostClock: false, wavesMax: 1, world: "dry run" };
}

/** A run that asks for none is shown them all the same: its plan stays what it is. */
function purposeOf({ purpose }: WhatIf, asksPreviews: boolean): WhatIf["purpose"] {
  if (!asksPreviews) return "none";
  return purpose === "none" ? "show" : purpose;
}
