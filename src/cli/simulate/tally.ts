import { tableLines } from "../../reports/table.ts";
import { allFaults } from "./trouble.ts";
import type { WeekWord } from "./week-process.ts";

/** What many weeks came to. */
export class Tally {
  weeks = 0;
  runs = 0;
  violations = 0;
  /** Weeks that end waiting for a person, by their seeds. */
  readonly waiting: number[] = [];
  readonly #faults = new Map<string, number>(allFaults.map((fault) => [fault, 0]));
  readonly #endings = new Map<string, number>();

  add({ request, endings, faults, violations, waitsForPerson }: WeekWord): void {
    this.weeks += 1;
    this.violations += violations.length;
    if (waitsForPerson) this.waiting.push(request.seed);
    addAll(this.#faults, faults);
    addAll(this.#endings, endings);
    for (const [, count] of endings) this.runs += count;
  }

  lines(): readonly string[] {
    return [...table("fault", this.#faults), "", ...table("runs that ended", this.#endings), ""];
  }
}

function addAll(sums: Map<string, number>, counts: readonly (readonly [string, number])[]): void {
  for (const [name, count] of counts) sums.set(name, (sums.get(name) ?? 0) + count);
}

function table(title: string, counts: ReadonlyMap<string, number>): readonly string[] {
  const columns = [
    { title, align: "left" },
    { title: "count", align: "right" },
  ] as const;
  return tableLines({ columns, rows: [...counts].map(([name, count]) => [name, String(count)]) });
}
