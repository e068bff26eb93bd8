import { userInfo } from "node:os";
import { writtenTime } from "../../reports/time-text.ts";
import { type Halt, haltFileIn } from "../../storage/halt-file.ts";
import { findConfig } from "../config/find-config.ts";
import { readPaths, readZone } from "../config/read-config.ts";
import { exitCode } from "../exit-code.ts";
import type { Host } from "../host.ts";
import { systemClock } from "../system-clock.ts";

interface Options {
  readonly config?: string;
}

/**
 * `trader halt [WHY]`: needs no lock and no broker, so that it works in the middle of a run, and no reason, so that it works at
 * the first try of somebody in a hurry. Throws ConfigError.
 */
export async function halt(options: Options & { readonly why: string }, host: Host): Promise<number> {
  const { haltFile, zone } = haltOf(options, host);
  const why = options.why.trim() || "no reason given";
  const before = await haltFile.read();
  const standing = await haltFile.write({ why, by: userInfo().username, at: systemClock.now() });
  host.stdout.write(
    before
      ? `Trading was halted already: ${haltText(standing, zone)}.\n`
      : `Trading is halted: ${haltText(standing, zone)}.\nRuns go on looking and booking, cancel our working orders, and send nothing until \`trader resume\`.\n`,
  );
  return exitCode.done;
}

/** `trader resume`: lifts the halt. Throws ConfigError. */
export async function resume(options: Options, host: Host): Promise<number> {
  const { haltFile, zone } = haltOf(options, host);
  const lifted = await haltFile.remove();
  host.stdout.write(
    lifted
      ? `Trading goes on with the next run. It was halted: ${haltText(lifted, zone)}.\n`
      : "Trading was not halted.\n",
  );
  return exitCode.done;
}

export function haltText({ why, by, since }: Halt, zone: string): string {
  return `"${why}", by ${by} since ${writtenTime(since, zone)}`;
}

function haltOf({ config }: Options, { env, cwd }: Host) {
  const file = findConfig(config, env, cwd);
  return { haltFile: haltFileIn(readPaths(file).state), zone: readZone(file) };
}
