import { hostname } from "node:os";
import { systemErrorCode, systemErrorText } from "../../files/system-error.ts";
import { rebalance } from "../../rebalance.ts";
import { HeldError } from "../../trading/held-error.ts";
import { findConfig } from "../config/find-config.ts";
import { readConfig } from "../config/read-config.ts";
import type { Host } from "../host.ts";
import { logFileOf, openRunLog, type RunLog, type RunLogOptions } from "../run-log.ts";
import { secretsOf, showRun } from "../show-run.ts";
import { systemClock } from "../system-clock.ts";
import { programVersion } from "../version.ts";
import { openRunWorld } from "../world.ts";

export interface RunOptions {
  readonly config?: string;
  readonly json?: true;
  readonly again?: true;
}

/** `trader run`: one hourly run. Answers with its exit code; throws ConfigError. */
export async function run(options: RunOptions, host: Host): Promise<number> {
  const config = readConfig(findConfig(options.config, host.env, host.cwd), host.env);
  const clock = systemClock;
  const version = programVersion();
  const begun = begin({
    folder: config.paths.logs,
    startedAt: clock.now(),
    pid: host.pid,
    version,
    configDigest: config.digest,
    secrets: secretsOf(config),
  });
  const { log } = begun;
  const shown = showRun({
    host,
    clock,
    zone: config.mail.zone,
    json: options.json === true,
    ...(log && { log }),
  });
  const { journal } = shown;
  const opened = openRunWorld(config, {
    clock,
    journal,
    pid: host.pid,
    hostName: hostname(),
    version,
    mayNotBegin: begun.mayNotBegin,
    stop: host.stopSignal(),
  });
  try {
    return shown.end(await rebalance({ ...config.job, again: options.again === true }, opened.world));
  } finally {
    opened.close();
    closeLog(log, host);
  }
}

/** A run that leaves no trace does not start; why not is told as any other finding. */
function begin(options: RunLogOptions): { readonly log?: RunLog; readonly mayNotBegin?: HeldError } {
  try {
    return { log: openRunLog(options) };
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    const finding = {
      kind: "file-not-written",
      file: logFileOf(options),
      detail: systemErrorText(error),
    } as const;
    return { mayNotBegin: new HeldError(finding, { cause: error }) };
  }
}

/** The run is over, whatever becomes of its log. */
function closeLog(log: RunLog | undefined, { stderr }: Host): void {
  try {
    log?.close();
  } catch (error) {
    stderr.write(`trader: ${log?.file ?? "the log"} may not be whole: ${systemErrorText(error)}\n`);
  }
}
