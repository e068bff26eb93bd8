import { spokenTime } from "../../trading/session.ts";
import { counted } from "../plain-text.ts";
import { writtenTime } from "../time-text.ts";
import type { FindingWords } from "./words.ts";

/** What went before this run, and who keeps it from trading. */
export const runsWords = {
  "run-in-progress": (finding, zone) => ({
    title: "another run is in progress",
    detail: finding.by
      ? `process ${finding.by.pid} on ${finding.by.host} has worked in this data folder since ${writtenTime(finding.by.since, zone)}`
      : "another process works in this data folder; it did not leave its name",
    remedy:
      "Let it finish. If it hangs, end that process: the system frees the lock at once and the next run settles what it left behind.",
  }),
  "run-died": (finding, zone) => ({
    title: "an earlier run died",
    detail: `the run that began at ${spokenTime(finding.startedAt, zone)} never wrote its end${
      finding.ordersInDoubt === 0 ? "" : `; ${counted(finding.ordersInDoubt, "order")} may have been leaving`
    }`,
    remedy:
      "This run has settled what it left behind. What was not sent is planned anew, by the next hour's run where some orders had left. See the system's log for why: killed, out of memory, power lost.",
  }),
  "runs-missed": (finding, zone) => ({
    title: `${counted(finding.count, "hourly run")} did not happen`,
    detail: `none since ${spokenTime(finding.lastRunAt, zone)}`,
    remedy: "See whether cron and this machine were running, and whether the crontab's line is still there.",
  }),
  halted: (finding, zone) => ({
    title: "trading is halted",
    detail: `"${finding.why}", by ${finding.by} since ${writtenTime(finding.since, zone)}`,
    remedy: "Nothing is sent until `trader resume`.",
  }),
  interrupted: (finding) => ({
    title: "the run was told to stop",
    detail: finding.signal,
    remedy: "What it had sent is on record; the next run goes on from there.",
  }),
} satisfies Partial<FindingWords>;
