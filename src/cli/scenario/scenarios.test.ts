import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Scenario } from "../../brokers/paper/fault.ts";
import { paperRig } from "../../testing/paper-rig.ts";
import { type ScenarioCase, scenarioCases } from "../../testing/scenario-cases.ts";
import { played } from "../../testing/scenario-player.ts";
import { instant, tradingDate } from "../../trading/instant.ts";
import { readScenario } from "./read-scenario.ts";

const folder = join(import.meta.dirname, "../../../scenarios");
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".toml"))
  .map((file) => file.replace(".toml", ""));

/** Every case that is known: how many there are of each letter. */
const incidents = Object.entries({ C: 27, O: 44, D: 19, A: 14, Z: 8, S: 25 }).flatMap(([letter, count]) =>
  Array.from({ length: count }, (_, index) => `${letter}${String(index + 1).padStart(2, "0")}`),
);

/** The rows of the table of incidents: id, its file when it is linked, and where it begins. */
function verdicts(): readonly { readonly id: string; readonly file: string; readonly begins: string }[] {
  const table = readFileSync(join(folder, "README.md"), "utf8");
  return [...table.matchAll(/^\| (?:\[)?([A-Z]\d\d)(?:\]\((.+)\))? \| (\w+) \| .+ \|$/gm)].map(
    ([, id = "", file = "", begins = ""]) => ({ id, file, begins }),
  );
}

test("every incident has its verdict, in order, and a scenario exactly if it begins in the gateway", () => {
  expect(incidents).toHaveLength(137);
  expect(verdicts().map(({ id }) => id)).toEqual(incidents);
  const wrong = verdicts().filter(({ id, file, begins }) =>
    begins === "gateway"
      ? file !== `${id}.toml` || !names.includes(id)
      : file !== "" || names.includes(id) || !/^(program|host|person)$/.test(begins),
  );
  expect(wrong).toEqual([]);
});

test("every scenario has a case, and its sentence in the table", () => {
  expect(Object.keys(scenarioCases).toSorted()).toEqual(names.toSorted());
  const table = readFileSync(join(folder, "README.md"), "utf8").replaceAll(" gateway |", "");
  for (const name of names)
    expect(table).toContain(
      `| [${name}](${name}.toml) | ${readScenario(join(folder, `${name}.toml`)).about} |`,
    );
});

/** What is missing, or heard and should not be; the whole conversation beside it. */
function wrongWith(heard: readonly string[], { hears, never }: ScenarioCase): readonly string[] {
  let from = 0;
  for (const line of hears) {
    const at = heard.indexOf(line, from);
    if (at === -1) return [`missing: ${line}`, ...heard];
    from = at + 1;
  }
  const forbidden = never && new RegExp(never.source, "m").exec(heard.join("\n"));
  return forbidden ? [`heard: ${forbidden[0]}`, ...heard] : [];
}

const bar = {
  startAt: instant("2022-03-11T14:30:00Z"),
  on: tradingDate("2022-03-11"),
  open: 58.25,
  high: 59,
  low: 57.5,
  close: 58,
  volumeShares: 70_000,
  averagePrice: 58.125,
  trades: 321,
};

async function playedWith(scenario: Scenario, steps: string): Promise<readonly string[]> {
  await using rig = await paperRig({ scenario });
  rig.venue.laidBars = [bar];
  return await played(rig, steps.split(" "));
}

test.each(Object.entries(scenarioCases))(
  "%s at the wire, and not without any of its faults",
  async (name, it) => {
    const scenario = readScenario(join(folder, `${name}.toml`));
    expect(wrongWith(await playedWith(scenario, it.steps), it)).toEqual([]);
    const idle: string[] = [];
    for (const fault of scenario.faults) {
      const faults = scenario.faults.filter((other) => other !== fault);
      const heard = await playedWith({ ...scenario, faults }, it.steps);
      if (wrongWith(heard, it).length === 0) idle.push(`${fault.when.on} ${fault.act.do}`);
    }
    expect(idle).toEqual([]);
  },
);
