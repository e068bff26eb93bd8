import { hostname } from "node:os";
import { rebalance } from "../../rebalance.ts";
import { findConfig } from "../config/find-config.ts";
import { readConfig } from "../config/read-config.ts";
import type { Host } from "../host.ts";
import { openRunLog } from "../run-log.ts";
import { secretsOf, showRun } from "../show-run.ts";
import { systemClock } from "../system-clock.ts";
import { programVersion } from "../version.ts";
import { openRunWorld } from "../world.ts";

export interface RunOptions {
  readonly config?: string;
  readonly json?: true;
}

/** `trader run`: one hourly run. Answers with its exit code; throws ConfigError. */
export async function run(options: RunOptions, host: Host): Promise<number> {
  const config = readConfig(findConfig(options.config, host.env, host.cwd), host.env);
  const clock = systemClock;
  const version = programVersion();
  const log = openRunLog({
    folder: config.paths.logs,
    startedAt: clock.now(),
    pid: host.pid,
    version,
    configDigest: config.digest,
    secrets: secretsOf(config),
  });
  const shown = showRun({ host, clock, zone: config.mail.zone, json: options.json === true, log });
  const { journal } = shown;
  const opened = openRunWorld(config, {
    clock,
    journal,
    pid: host.pid,
    hostName: hostname(),
    version,
  });
  try {
    return shown.end(await rebalance(config.job, opened.world));
  } finally {
    opened.close();
  }
}
