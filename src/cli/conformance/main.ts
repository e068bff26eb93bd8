import { tableLines } from "../../reports/table.ts";
import { type ClientName, clientNames } from "./behaviour.ts";
import { behaviours } from "./behaviours/all.ts";
import { runConformance, type Verdict } from "./run.ts";

/**
 * `npm run conformance`: what a real gateway answers and does, driven over TCP by three clients, one table for each.
 * `npm run conformance -- "what-if" TRAIL` shows the rows whose area or name contains one of these words. Exit code 1 when
 * a row fails.
 */
async function conformance(words: readonly string[]): Promise<void> {
  const chosen = behaviours.filter(
    ({ area, name }) => words.length === 0 || words.some((word) => `${area} ${name}`.includes(word)),
  );
  const verdicts = await runConformance(chosen);
  for (const client of Object.keys(clientNames) as ClientName[]) print(client, verdicts);
  const failed = verdicts.filter(({ failure }) => failure !== undefined).length;
  process.stdout.write(`${verdicts.length - failed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
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
