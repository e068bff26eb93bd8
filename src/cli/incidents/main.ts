import { readdirSync } from "node:fs";
import { join } from "node:path";
import { isAsExpected } from "./incident-runs.ts";
import { liveThrough } from "./live-through.ts";

/** At the same time: a run waits for most of its life. */
const workers = 4;

/**
 * `npm run incidents [ID …]`: every scenario, or those named, lived through by the built program. Prints what each of its
 * runs came to. Exit code 1 when one differs from `incident-runs.ts`, or when an order or a fill is lost or doubled.
 */
async function main(only: readonly string[]): Promise<void> {
  process.umask(0o022);
  const folder = join(import.meta.dirname, "../../../scenarios");
  const names = readdirSync(folder)
    .filter((file) => file.endsWith(".toml"))
    .map((file) => file.replace(".toml", ""))
    .filter((name) => only.length === 0 || only.includes(name));
  const work = async (): Promise<void> => {
    for (let name = names.shift(); name !== undefined; name = names.shift()) {
      const { runs, violations } = await liveThrough(name);
      process.stdout.write(`${name}: ${JSON.stringify(runs)}\n`);
      const wrong = [...violations];
      if (!isAsExpected(name, runs)) wrong.push("not as incident-runs.ts says");
      for (const each of wrong) process.stdout.write(`VIOLATION ${name}: ${each}\n`);
      if (wrong.length > 0) process.exitCode = 1;
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
}

await main(process.argv.slice(2));
