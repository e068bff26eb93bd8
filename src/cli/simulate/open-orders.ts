import { parseArgs } from "node:util";
import { tableLines } from "../../reports/table.ts";
import type { OnOpenOrders } from "../../trading/planner/working-orders.ts";
import { type QuietFigures, quietWeek } from "./quiet-week.ts";

/**
 * `npm run simulate:open-orders -- --weeks N --seed S`: N weeks without faults in thin markets, each lived through three
 * times, with what still works cancelled, changed and kept. Prints what each came to; exit code 1 when an invariant broke.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { weeks: { type: "string", default: "20" }, seed: { type: "string", default: "1" } },
  });
  const first = Number(values.seed);
  const seeds = Array.from({ length: Number(values.weeks) }, (_, index) => first + index);
  const columns: (readonly string[])[] = [];
  for (const mode of modes) {
    const weeks: QuietFigures[] = [];
    for (const seed of seeds) weeks.push(await quietWeek(seed, mode));
    for (const { invariant, detail } of weeks.flatMap(({ violations }) => violations)) {
      process.stdout.write(`VIOLATED in ${mode}: ${invariant}\n  ${detail}\n`);
      process.exitCode = 1;
    }
    columns.push(Object.values(rowsOf(weeks)));
  }
  process.stdout.write(`seeds ${first} to ${seeds.at(-1)}\n`);
  const rows = Object.keys(rowsOf([])).map((name, row) => [
    name,
    ...columns.map((cells) => cells[row] ?? ""),
  ]);
  const titles = ["", ...modes];
  const table = {
    columns: titles.map((title, index) => ({
      title,
      align: index === 0 ? ("left" as const) : ("right" as const),
    })),
    rows,
  };
  for (const line of tableLines(table)) process.stdout.write(`${line}\n`);
}

const modes: readonly OnOpenOrders[] = ["cancel", "modify", "keep"];

function rowsOf(weeks: readonly QuietFigures[]): Record<string, string> {
  const sum = (of: (week: QuietFigures) => number): number =>
    weeks.reduce((total, week) => total + of(week), 0);
  const runs = sum((week) => week.runs);
  return {
    runs: whole(runs),
    "order messages": whole(sum(({ placed, changed, cancelled }) => placed + changed + cancelled)),
    "  new orders": whole(sum(({ placed }) => placed)),
    "  changes": whole(sum(({ changed }) => changed)),
    "  cancels": whole(sum(({ cancelled }) => cancelled)),
    fills: whole(sum(({ fills }) => fills)),
    "shares filled": whole(sum(({ sharesFilled }) => sharesFilled)),
    "value filled, USD": whole(sum(({ valueFilled }) => valueFilled)),
    "commission, USD": whole(sum(({ commission }) => commission)),
    "slippage against the mid of the plan, bps": (
      sum((week) => week.valueTimesSlippageBps) / sum((week) => week.valueFilled)
    ).toFixed(2),
    "off target before a run, % of net liquidation": (
      (sum((week) => week.offTargetSum) / runs) *
      100
    ).toFixed(2),
    "off target at the week's end, %": ((sum((week) => week.offTargetAtEnd) / weeks.length) * 100).toFixed(2),
  };
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

await main();
