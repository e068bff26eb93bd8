import { rebalance } from "../../rebalance.ts";
import { outcomeReport, type Report } from "../../reports/outcome-report.ts";
import type { Outcome } from "../../trading/outcome.ts";
import { findConfig } from "../config/find-config.ts";
import { readConfig } from "../config/read-config.ts";
import { dryRunJob } from "../dry-run-job.ts";
import { exitCode } from "../exit-code.ts";
import type { Host } from "../host.ts";
import { showRun } from "../show-run.ts";
import { systemClock } from "../system-clock.ts";
import { openDryRunWorld } from "../world.ts";
import type { RunOptions } from "./run.ts";

/**
 * `trader check-risk`: every check of what a run would do now, from a world that neither cancels nor submits. Exit code 3
 * when a check fails or a run would be held. Throws ConfigError.
 */
export async function checkRisk(options: RunOptions, host: Host): Promise<number> {
  const config = readConfig(findConfig(options.config, host.env, host.cwd), host.env);
  const clock = systemClock;
  const json = options.json === true;
  const shown = showRun({ host, clock, zone: config.mail.zone, json });
  const journal = json ? shown.journal : { append: () => {} };
  const opened = openDryRunWorld(config, { clock, journal, asksPreviews: false });
  try {
    // Also when an earlier run has traded this hour: asked is what the plan would be judged like.
    const job = { ...dryRunJob(config, false), again: true };
    const outcome = { ...(await rebalance(job, opened.world)), orderFile: undefined };
    const code = shown.end(outcome, riskReport(outcome, config.mail.zone));
    const hasFailed = outcome.review?.checks.some(({ verdict }) => verdict === "fail") === true;
    return code === exitCode.done && hasFailed ? exitCode.held : code;
  } finally {
    opened.close();
  }
}

const titlesOfRisk = /^(risk|overrides|\d+ problem|account|what broke)/i;

/** Of the run's report only what is of its risk, and what would hold it. */
function riskReport(outcome: Outcome, zone: string): Report {
  const report = outcomeReport(
    { ...outcome, plan: undefined, settledOrders: [], foreignOrders: [] },
    { zone },
  );
  const orders = outcome.plan?.trades.length;
  const planned =
    orders === undefined ? "no plan was made; the portfolio is judged as it is" : `${orders} orders planned`;
  return {
    ...report,
    headline: `risk of what a run would do now: ${planned}; nothing is sent, written or mailed`,
    sections: report.sections.filter(({ title }) => titlesOfRisk.test(title)),
  };
}
