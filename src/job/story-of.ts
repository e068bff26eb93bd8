import type { Store } from "../ports.ts";
import type { Finding } from "../trading/finding.ts";
import { isMeasured } from "../trading/risk/strategy-value.ts";
import type { Run } from "../trading/run.ts";
import type { Day } from "./day.ts";
import type { Job } from "./job.ts";

/** What happened, or did not, before this run: runs that died and runs that never were. */
export async function storyOf(run: Run, day: Day, store: Store): Promise<readonly Finding[]> {
  const dead = await store.deadRuns(run);
  const missed: readonly Finding[] =
    day.missedRuns > 0 && day.lastRunAt !== undefined
      ? [{ kind: "runs-missed", count: day.missedRuns, lastRunAt: day.lastRunAt }]
      : [];
  return [...dead.map(({ id, ...died }): Finding => ({ kind: "run-died", runId: id, ...died })), ...missed];
}

/** Who was let trade again. Of a strategy that nothing may stop any more there would never be the look that ends this news. */
export async function acceptedBefore({ account }: Run, { strategies }: Job, store: Store) {
  const measured = new Set(strategies.filter(isMeasured).map(({ strategy }) => strategy));
  return (await store.acceptedStrategies(account)).filter(({ strategy }) => measured.has(strategy));
}
