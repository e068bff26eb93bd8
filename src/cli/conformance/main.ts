import { parseArgs } from "node:util";
import { tableLines } from "../../reports/table.ts";
import { noiseKey, uniform } from "../../simulation/noise.ts";
import { type Behaviour, type ClientName, clientNames } from "./behaviour.ts";
import { behaviours } from "./behaviours/all.ts";
import { runConformance, type Verdict } from "./run.ts";

/**
 * `npm run conformance`: what a real gateway answers and does, driven over TCP by three clients, one table for each.
 * `npm run conformance -- "what-if" TRAIL` shows the rows whose area or name contains one of these words,
 * `-- --sample 100 --seed 7` as many rows as that, drawn by the seed, or by a fresh one that it tells. Exit code 1 when a row
 * fails.
 */
async function conformance(args: readonly string[]): Promise<void> {
  const { values, positionals: words } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { sample: { type: "string" }, seed: { type: "string" } },
  });
  const named = behaviours.filter(
    ({ area, name }) => words.length === 0 || words.some((word) => `${area} ${name}`.includes(word)),
  );
  const seed = Number(values.seed ?? process.hrtime.bigint() % 1_000_000n);
  if (values.sample !== undefined) process.stdout.write(`seed ${seed}\n`);
  const chosen = values.sample === undefined ? named : drawn(named, Number(values.sample), seed);
  const verdicts = await runConformance(chosen);
  for (const client of Object.keys(clientNames) as ClientName[]) print(client, verdicts);
  const failed = verdicts.filter(({ failure }) => failure !== undefined).length;
  process.stdout.write(`${verdicts.length - failed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}

/** So many of the rows, in their order: the same ones for the same seed. */
function drawn(rows: readonly Behaviour[], count: number, seed: number): readonly Behaviour[] {
  const places = rows.map((row, at) => ({ row, place: uniform(noiseKey(String(seed), "sample"), at) }));
  const limit = places.map(({ place }) => place).toSorted((one, other) => one - other)[count] ?? 1;
  return places.flatMap(({ row, place }) => (place < limit ? [row] : []));
}

function print(client: ClientName, verdicts: readonly Verdict[]): void {
  const own = verdicts.filter((verdict) => verdict.client === client);
  if (own.length === 0) return;
  const rows = own.map(({ area, name, failure }) => [area, failure === undefined ? "pass" : "FAIL", name]);
  const columns = ["area", "", "behaviour"].map((title) => ({ title, align: "left" }) as const);
  const seen = own.flatMap(({ name, failure }) =>
    failure === undefined ? [] : [`  ${name}: ${failure.replaceAll(/\s+/g, " ").slice(0, 700)}`],
  );
  const lines = [clientNames[client], "", ...tableLines({ columns, rows }, 140), "", ...seen];
  process.stdout.write(`${lines.join("\n")}\n`);
}

// ib-tws-api prints every message that it has no use for.
console.log = () => {};
await conformance(process.argv.slice(2));
// A client library may keep a timer of a request that was not answered.
process.exit();
