import type { Job } from "../../job/job.ts";
import { rebalance } from "../../rebalance.ts";
import { findingText } from "../../reports/finding-text.ts";
import { marginTable } from "../../reports/margin-table.ts";
import { outcomeReport, type Report } from "../../reports/outcome-report.ts";
import { counted } from "../../reports/plain-text.ts";
import { planTable } from "../../reports/plan-table.ts";
import type { Finding } from "../../trading/finding.ts";
import type { Outcome } from "../../trading/outcome.ts";
import { isIncrease } from "../../trading/planner/is-increase.ts";
import type { Plan } from "../../trading/planner/plan.ts";
import { findingsOf } from "../../trading/result.ts";
import { findConfig } from "../config/find-config.ts";
import { readConfig } from "../config/read-config.ts";
import { dryRunJob } from "../dry-run-job.ts";
import type { Host } from "../host.ts";
import { showRun } from "../show-run.ts";
import { systemClock } from "../system-clock.ts";
import { openDryRunWorld } from "../world.ts";
import type { RunOptions } from "./run.ts";

export interface DryRunOptions extends RunOptions {
  /** Ask the broker what the largest increases would do, which a dry run does not do by itself. */
  readonly whatIf?: true;
}

/**
 * `trader dry-run`: the same job in a world that neither cancels nor submits, and writes nothing. Answers with the exit
 * code that a run would have now; throws ConfigError.
 */
export async function dryRun(options: DryRunOptions, host: Host): Promise<number> {
  const config = readConfig(findConfig(options.config, host.env, host.cwd), host.env);
  const clock = systemClock;
  const json = options.json === true;
  const shown = showRun({ host, clock, zone: config.mail.zone, json });
  const asksPreviews = options.whatIf === true;
  const opened = openDryRunWorld(config, { clock, journal: shown.journal, asksPreviews });
  if (!json)
    host.stdout.write("Dry run: what a run would do now. Nothing is cancelled, sent, written or mailed.\n");
  try {
    const job = dryRunJob(config, asksPreviews);
    const outcome = { ...(await rebalance(job, opened.world)), orderFile: undefined };
    if (outcome.plan && !json) host.stdout.write(planText(outcome.plan, config.job, asksPreviews));
    const unread =
      outcome.verdict === "closed" ? findingsOf(await opened.world.forecasts.read(outcome.endedAt)) : [];
    return shown.end(
      outcome,
      withForecasts(whatWouldBe(outcome, config.mail.zone), unread, config.mail.zone),
    );
  } finally {
    opened.close();
  }
}

/** The plan, and what it takes of the excess liquidity where that is known. */
function planText(plan: Plan, { whatIf }: Job, asksPreviews: boolean): string {
  const margin = marginTable(plan);
  const asked = Math.min(whatIf.max, plan.trades.filter(isIncrease).length);
  const asks = whatIf.purpose === "fit" && asked > 0 && !asksPreviews;
  const note = `A run would ask the broker about the ${counted(asked, "largest increase")}, where this dry run estimates: dry-run --what-if asks too.`;
  return [planTable(plan), ...(margin === "" ? [] : [margin]), ...(asks ? [note] : [])]
    .map((part) => `\n${part}\n`)
    .join("");
}

/** In a closed market a run does not read the forecasts; who tries out at a weekend wants to hear of their mistakes. */
function withForecasts(report: Report, mistakes: readonly Finding[], zone: string): Report {
  if (mistakes.length === 0) return report;
  const title = `Forecast files as they are now: ${counted(mistakes.length, "problem")}`;
  const problems = mistakes.map((mistake) => findingText(mistake, zone));
  return { ...report, sections: [...report.sections, { kind: "problems", title, problems }] };
}

/** The outcome in the conditional: nothing of it has happened, and the plan is in its own table already. */
function whatWouldBe(outcome: Outcome, zone: string): Report {
  const report = outcomeReport({ ...outcome, plan: undefined }, { zone });
  const wouldSend = `a run would send ${counted(outcome.plan?.trades.length ?? 0, "order")} now`;
  const headlines: Partial<Record<Outcome["verdict"], string>> = {
    done: wouldSend,
    attention: `${wouldSend}; ATTENTION: something needs a look, ${counted(outcome.findings.length, "problem")}`,
    held: "a run would be HELD now: it would send nothing",
  };
  const earlier = "Orders of earlier runs";
  const sections = report.sections.map((section) =>
    section.title === earlier ? { ...section, title: "Working orders that a run would take back" } : section,
  );
  return { ...report, headline: headlines[outcome.verdict] ?? report.headline, sections };
}
