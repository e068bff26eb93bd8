import type { World } from "../ports.ts";
import { exitCodeOf, type Outcome } from "../trading/outcome.ts";
import { brokenOff } from "./broken-off.ts";
import type { Day } from "./day.ts";
import type { Findings } from "./findings.ts";

/** The run's end on record, and its session's row when the session is over. What cannot be kept is in the outcome. */
export async function keep(
  outcome: Outcome,
  desk: Pick<World, "store" | "journal"> & { readonly day: Day; readonly findings: Findings },
): Promise<Outcome> {
  return await write(outcome, desk).catch((error: unknown) => notKept(outcome, error, desk.findings));
}

async function write(
  outcome: Outcome,
  { store, journal, day: { toCommit } }: Pick<World, "store" | "journal"> & { readonly day: Day },
): Promise<Outcome> {
  await store.finish(outcome);
  const committed = toCommit && outcome.account ? await store.commitDay(outcome, toCommit) : false;
  journal.append({
    kind: "snapshot-saved",
    executions: outcome.executions.length,
    dayCommitted: committed ? toCommit?.on : undefined,
  });
  return outcome;
}

/** What the run did is told all the same: its mail may be all that is left of it. */
function notKept(outcome: Outcome, error: unknown, findings: Findings): Outcome {
  const { crash, verdict } = brokenOff(error, findings);
  const wentWell = exitCodeOf(outcome.verdict) === 0;
  return {
    ...outcome,
    verdict: wentWell || crash !== undefined ? verdict : outcome.verdict,
    crash: outcome.crash ?? crash,
    findings: findings.all(),
  };
}
