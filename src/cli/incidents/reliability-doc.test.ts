import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { incidentRuns, isAsExpected } from "./incident-runs.ts";

const repository = join(import.meta.dirname, "../../..");
const read = (file: string) => readFileSync(join(repository, file), "utf8");

interface Row {
  readonly id: string;
  readonly what: string;
  readonly result: string;
  readonly tests: readonly { readonly file: string; readonly title: string }[];
}

/** The table of docs/reliability.md. */
const rows: readonly Row[] = [
  ...read("docs/reliability.md").matchAll(/^\| ([A-Z]\d\d) \| ([^|]+) \| ([^|]+) \| ([^|]*) \|$/gm),
].map(([, id = "", what = "", result = "", tests = ""]) => ({
  id,
  what,
  result,
  tests: [...tests.matchAll(/`([^`]+)` (.+?)(?:<br>|$)/g)].map(([, file = "", title = ""]) => ({
    file,
    title,
  })),
}));

const numbered = (letter: string, count: number) =>
  Array.from({ length: count }, (_, at) => `${letter}${String(at + 1).padStart(2, "0")}`);

it("every scenario says what its runs come to", () => {
  const scenarios = readdirSync(join(repository, "scenarios")).filter((file) => file.endsWith(".toml"));
  expect(scenarios.map((file) => file.replace(".toml", "")).filter((name) => !incidentRuns[name])).toEqual(
    [],
  );
});

it("runs are as expected in their sequence, and where either may come", () => {
  const lost = "exit 3, 0 orders, connection-lost";
  expect(isAsExpected("Z06", [lost, lost, "exit 0, 4 orders"])).toBe(true);
  expect(isAsExpected("Z06", [lost, "exit 0, 4 orders", lost])).toBe(false);
  expect(isAsExpected("Z06", [lost, lost])).toBe(false);
  expect(isAsExpected("Z99", [])).toBe(false);
});

describe("the table of incidents in docs/reliability.md", () => {
  it("has every incident of connections, orders, state and accounts", () => {
    const known = new Set(rows.map(({ id }) => id));
    const all = [...numbered("C", 27), ...numbered("O", 44), ...numbered("S", 25), ...numbered("A", 14)];
    expect(all.filter((id) => !known.has(id))).toEqual([]);
  });

  it("says what goes wrong in the words of the scenarios, and what the runs come to as they do", () => {
    const scenarios = read("scenarios/README.md");
    const wrong = rows.filter(
      ({ id, what, result }) =>
        !scenarios.includes(` | ${what} |`) || (incidentRuns[id] && incidentRuns[id].join("; ") !== result),
    );
    expect(wrong.map(({ id }) => id)).toEqual([]);
  });

  it("names tests that there are, at least one where no scenario speaks for it", () => {
    const isThere = ({ file, title }: Row["tests"][number]) =>
      existsSync(join(repository, "src", file)) && read(`src/${file}`).includes(title);
    const wrong = rows.flatMap(({ id, tests }) => [
      ...tests.filter((test) => !isThere(test)).map(({ file, title }) => `${id} ${file}: ${title}`),
      // Logging in is no part of the program (C05).
      ...(tests.length === 0 && !incidentRuns[id] && id !== "C05" ? [`${id}: no test`] : []),
    ]);
    expect(wrong).toEqual([]);
  });
});
