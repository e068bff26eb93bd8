import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { packageFolder } from "../version.ts";

/** Median wall time of `trader --help` and of an empty node, each started `times` times, turn by turn. */
export function measureColdStart(times: number): { readonly helpMs: number; readonly emptyMs: number } {
  const empty = ["-e", "0"];
  const help = [join(packageFolder, "bin", "trader.js"), "--help"];
  const walls = { helpMs: [] as number[], emptyMs: [] as number[] };
  for (let i = 0; i < times; i++) {
    walls.emptyMs.push(wallMs(empty));
    walls.helpMs.push(wallMs(help));
  }
  return { helpMs: median(walls.helpMs), emptyMs: median(walls.emptyMs) };
}

function wallMs(args: readonly string[]): number {
  const startedMs = performance.now();
  const { status } = spawnSync(process.execPath, args, { stdio: "ignore" });
  if (status !== 0) throw new Error(`node ${args.join(" ")} ended with ${status}`);
  return performance.now() - startedMs;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
