import type { Store } from "../ports.ts";
import type { Finding } from "../trading/finding.ts";
import type { Run } from "../trading/run.ts";
import type { Day } from "./day.ts";

/** What happened, or did not, before this run: runs that died and runs that never were. */
export async function storyOf(run: Run, day: Day, store: Store): Promise<readonly Finding[]> {
  const dead = await store.deadRuns(run);
  const missed: readonly Finding[] =
    day.missedRuns > 0 && day.lastRunAt !== undefined
      ? [{ kind: "runs-missed", count: day.missedRuns, lastRunAt: day.lastRunAt }]
      : [];
  return [...dead.map(({ id, ...died }): Finding => ({ kind: "run-died", runId: id, ...died })), ...missed];
}
