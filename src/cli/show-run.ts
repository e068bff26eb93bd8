import { systemErrorText } from "../files/system-error.ts";
import type { Clock, Journal } from "../ports.ts";
import { eventLines } from "../reports/event-line.ts";
import { eventJson, outcomeJson } from "../reports/outcome-json.ts";
import { outcomeReport, type Report } from "../reports/outcome-report.ts";
import { reportText } from "../reports/outcome-text.ts";
import { ansiPaint, noPaint, type Paint } from "../reports/paint.ts";
import { timeOfDay } from "../reports/time-text.ts";
import { exitCodeOf, type Outcome } from "../trading/outcome.ts";
import type { Config } from "./config/config.ts";
import type { Host, Output } from "./host.ts";
import { journalTo, type Sink } from "./journals.ts";
import type { RunLog } from "./run-log.ts";

/** What people, scripts and the log see of a run. */
export interface Shown {
  readonly journal: Journal;
  /** Tells how the run ended, in the report's words where one is given, and answers with the exit code. */
  end(outcome: Outcome, report?: Report): number;
}

export interface ShowOptions {
  readonly host: Host;
  readonly clock: Clock;
  /** Where times are told. */
  readonly zone: string;
  readonly json: boolean;
  readonly log?: RunLog;
}

/**
 * Progress goes to stdout as lines, coloured only on a terminal, or as JSON; every event goes to the log. The summary of
 * a run that needs a person goes to stderr, so that a crontab line with `>/dev/null` mails that and nothing else.
 */
export function showRun(options: ShowOptions): Shown {
  const { host, json, log } = options;
  const sinks = [...(log ? [logSink(log)] : []), json ? jsonSink(host.stdout) : lineSink(options)];
  return {
    journal: journalTo(sinks, host.stderr),
    end(outcome, report = outcomeReport(outcome, options)) {
      const code = exitCodeOf(outcome.verdict);
      if (log) writeEnd(log, outcome, host.stderr);
      if (json) {
        host.stdout.write(`${JSON.stringify(outcomeJson(outcome))}\n`);
        return code;
      }
      const output = code === 0 ? host.stdout : host.stderr;
      const where = log && code !== 0 ? `\nLog: ${log.file}\n` : "";
      output.write(`\n${reportText(report, { paint: paintOn(output, host) })}${where}`);
      return code;
    },
  };
}

/** What the configuration keeps secret, for the log to leave out. */
export function secretsOf({ mail }: Config): readonly string[] {
  return mail.smtp?.login ? [mail.smtp.login.password] : [];
}

/** Orders were sent or not, whatever becomes of the log: its failure is told and changes no exit code (S17). */
function writeEnd(log: RunLog, outcome: Outcome, stderr: Output): void {
  try {
    log.write(asObject(outcomeJson(outcome)));
  } catch (error) {
    stderr.write(`trader: the log fails, it lacks how the run ended: ${systemErrorText(error)}\n`);
  }
}

export function logSink(log: RunLog): Sink {
  return { name: "the log", see: (event) => log.write(asObject(eventJson(event))) };
}

function jsonSink(stdout: Output): Sink {
  return { name: "--json", see: (event) => void stdout.write(`${JSON.stringify(eventJson(event))}\n`) };
}

function lineSink({ host, clock, zone }: ShowOptions): Sink {
  const lineOf = eventLines();
  return {
    name: "the terminal",
    see(event) {
      // A mail that did not leave cannot tell of itself: under cron, stderr is what reaches the owner.
      const output = event.kind === "mail-kept" ? host.stderr : host.stdout;
      const paint = paintOn(output, host);
      const line = lineOf(event, { zone, paint });
      if (line !== undefined) output.write(`${paint("dim", timeOfDay(clock.now(), zone))}  ${line}\n`);
    },
  };
}

/** Colours on a terminal alone, and not where the user wants none (no-color.org). */
export function paintOn(output: Output, { env }: Host): Paint {
  return output.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb" ? ansiPaint : noPaint;
}

function asObject(json: unknown): Record<string, unknown> {
  return json as Record<string, unknown>;
}
