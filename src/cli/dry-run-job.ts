import type { Job } from "../job/job.ts";
import type { Config } from "./config/config.ts";

/** Under its own client id and none of the run's, and always connected: who asks outside the session wants to see more than the clock. */
export function dryRunJob({ job, dryRunClientId }: Config): Job {
  const connection = { ...job.connection, clientId: dryRunClientId, spareClientIds: [] };
  return { ...job, connection, trustHostClock: false, world: "dry run" };
}
