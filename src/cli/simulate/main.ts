import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { tableLines } from "../../reports/table.ts";
import { plantedBugs } from "./planted.ts";
import { Tally } from "./tally.ts";
import { simulateWeek } from "./week.ts";
import type { WeekRequest } from "./week-process.ts";
import { Workers } from "./workers.ts";

/** So many weeks are given to a planted bug to be found. */
const plantedWeeksMax = 400;

/**
 * `npm run simulate -- --runs N --seed S`: N trading weeks from seed S on, a fresh one when none is said.
 * `--week SEED` lives through one of them, with `--verbose` line by line. `--planted` looks for the planted bugs, with
 * `--bug PART` for those with that in their name.
 * Ends with exit code 1 when an invariant was violated, or a planted bug was not found.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: "100" },
      seed: { type: "string" },
      week: { type: "string" },
      bug: { type: "string" },
      verbose: { type: "boolean", default: false },
      planted: { type: "boolean", default: false },
      workers: { type: "string", default: String(availableParallelism()) },
    },
  });
  const seed = Number(values.seed ?? Date.now() % 2 ** 31);
  if (values.week !== undefined) return await oneWeek(Number(values.week), values.verbose, values.bug);
  print(`seed ${seed}`);
  const workers = new Workers(Number(values.workers));
  try {
    if (values.planted) await lookForPlanted(workers, { seed, namePart: values.bug ?? "" });
    else await manyWeeks(workers, { seed, count: Number(values.runs) });
  } finally {
    workers.end();
  }
}

async function oneWeek(seed: number, isVerbose: boolean, bugName: string | undefined): Promise<void> {
  const bug = plantedBugs.find(({ name }) => name === bugName)?.bug ?? {};
  const { violations } = await simulateWeek(seed, { tell: isVerbose ? print : undefined, bug });
  for (const { invariant, detail } of violations) print(`VIOLATED: ${invariant}\n  ${detail}`);
  if (violations.length > 0) process.exitCode = 1;
  else print("no violation");
}

async function manyWeeks(
  workers: Workers,
  { seed, count }: { readonly seed: number; readonly count: number },
): Promise<void> {
  const began = process.hrtime.bigint();
  const seconds = (): number => Number(process.hrtime.bigint() - began) / 1e9;
  const tally = new Tally();
  await workers.live(weeksFrom(seed, count, undefined), (word) => {
    tally.add(word);
    const { seed: week } = word.request;
    for (const { invariant, detail } of word.violations)
      print(
        `VIOLATED in week ${week}: ${invariant}\n  ${detail}\n  npm run simulate -- --week ${week} --verbose`,
      );
    if (tally.weeks % 500 === 0)
      print(`${tally.weeks} weeks, ${(tally.weeks / seconds()).toFixed(1)} a second`);
    return true;
  });
  for (const line of tally.lines()) print(line);
  if (tally.waiting.length > 0) print(`waiting for a person: ${tally.waiting.slice(0, 10).join(" ")} …`);
  print(
    `${tally.weeks} weeks from seed ${seed}, ${tally.runs} runs, ${tally.violations} violations, ${tally.waiting.length} weeks that end waiting for a person, ${(tally.weeks / seconds()).toFixed(1)} weeks a second`,
  );
  if (tally.violations > 0) process.exitCode = 1;
}

async function lookForPlanted(
  workers: Workers,
  { seed, namePart }: { readonly seed: number; readonly namePart: string },
): Promise<void> {
  const rows: string[][] = [];
  for (const { name, breaks } of plantedBugs.filter((bug) => bug.name.includes(namePart))) {
    let weeks = 0;
    let found: number | undefined;
    await workers.live(weeksFrom(seed, plantedWeeksMax, name), ({ request, violations }) => {
      weeks += 1;
      if (violations.some(({ invariant }) => invariant === breaks)) found ??= request.seed;
      return found === undefined;
    });
    rows.push([name, breaks, found === undefined ? "not found" : String(weeks), String(found ?? "")]);
    if (found === undefined) process.exitCode = 1;
    print(`${name}: ${found === undefined ? "NOT FOUND" : `found within ${weeks} weeks`}`);
  }
  const columns = [
    { title: "planted bug", align: "left" },
    { title: "invariant that it breaks", align: "left" },
    { title: "weeks", align: "right" },
    { title: "week", align: "right" },
  ] as const;
  for (const line of tableLines({ columns, rows }, 140)) print(line);
}

function* weeksFrom(seed: number, count: number, bugName: string | undefined): Generator<WeekRequest> {
  for (let week = 0; week < count; week += 1) yield { seed: seed + week, bugName };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

await main();
