import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageLayouts } from "../../brokers/paper/fault-messages.ts";
import { paperRig } from "../../testing/paper-rig.ts";
import { instant } from "../../trading/instant.ts";
import { ConfigError } from "../config/mistake.ts";
import { readFault, readScenario } from "./read-scenario.ts";
import { faultSchema } from "./schema.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trader-scenario-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function written(text: string): string {
  const file = join(folder, "wrong.toml");
  writeFileSync(file, text);
  return file;
}

test("a table says when, how often and what; what it leaves out is the first time, once", () => {
  const file = written(`about = "two faults"
[[fault]]
name = "night"
on = "time"
at = 2022-03-14T23:45:00-04:00
do = "restart"
down_seconds = 79
roll_back_ids = 4
[[fault]]
on = "orderStatus"
nth = 3
times = "always"
for_seconds = 1.5
where = { symbol = "AAPL", status = "Filled" }
after = "night"
do = "repeat"
count = 2
set = { filled = "0" }
`);
  expect(readScenario(file)).toEqual({
    about: "two faults",
    faults: [
      {
        name: "night",
        when: { on: "time", at: instant("2022-03-15T03:45:00Z"), nth: 1, times: 1, where: {} },
        act: { do: "restart", downSeconds: 79, downConnections: 0, rollBackIds: 4 },
      },
      {
        when: {
          on: "orderStatus",
          nth: 3,
          times: Number.POSITIVE_INFINITY,
          forSeconds: 1.5,
          where: { symbol: "AAPL", status: "Filled" },
          after: "night",
        },
        act: { do: "repeat", times: 2, set: { filled: "0" } },
      },
    ],
  });
});

test.each([
  ['about = "a"\n[[fault]]\non = "placeOrdr"\ndo = "lose"\n', ":3:1: fault[1].on: no such message or moment"],
  [
    'about = "a"\n[[fault]]\non = "placeOrder"\ndo = "explode"\n',
    ":4:1: fault[1].do: expected one of the things",
  ],
  [
    'about = "a"\n[[fault]]\non = "placeOrder"\ndo = "repeat"\n',
    ":4:1: fault[1].do: at placeOrder expected one of",
  ],
  [
    'about = "a"\n[[fault]]\non = "tickPrice"\ndo = "change"\nset = { prize = "1" }\n',
    "fault[1].set.prize: no such",
  ],
  [
    'about = "a"\n[[fault]]\non = "tickPrice"\ndo = "lose"\nafter = "x"\n',
    ":5:1: fault[1].after: no fault has",
  ],
  [
    'about = "a"\n[[fault]]\non = "ready"\ndo = "notice"\ncode = "x"\ntext = "t"\n',
    ":5:1: fault[1].code: expected",
  ],
  ['about = "a"\n[[fault]]\non = "time"\ndo = "restart"\n', "fault[1].at: expected with on"],
  [
    'about = "a"\n[[fault]]\non = "tickPrice"\ndo = "lose"\nnht = 2\n',
    ":5:1: fault[1].nht: no such key here",
  ],
  ['[[fault]]\non = "tickPrice"\ndo = "lose"\n', "about: expected a sentence"],
  ["about = ", ":1:9: not TOML"],
])("%j is refused where it is wrong: %s", (text, says) => {
  const file = written(text);
  expect(() => readScenario(file)).toThrow(ConfigError);
  expect(() => readScenario(file)).toThrow(says);
});

const documentation = readFileSync(join(import.meta.dirname, "../../../docs/scenarios.md"), "utf8");
/** Keys that every fault has. */
const whenKeys = new Set(["on", "name", "at", "nth", "times", "for_seconds", "where", "after", "until"]);
const verbs = faultSchema.options.map(({ shape }) => shape.do.value);

test("the documentation's examples are scenarios, and show everything that can go wrong", () => {
  const examples = [...documentation.matchAll(/^```toml\n(.*?)^```$/gms)].map(([, text = ""]) => text);
  const faults = examples.flatMap((text) => readScenario(written(text)).faults);
  expect([...new Set(faults.map(({ act }) => act.do))].toSorted()).toEqual(verbs.toSorted());
});

test("the documentation's commands arm an order by hand, and give it", async () => {
  const commands = /^arm .*\n.*$/m.exec(documentation)?.[0].split("\n") ?? [];
  await using rig = await paperRig({ readFault });
  for (const command of commands) await expect(rig.tell(command)).resolves.toMatchObject({ ok: true });
  const [order] = rig.venue.openOrders();
  expect(order).toMatchObject({ conId: 8894, side: "sell", shares: 40, clientId: 0, orderId: 0 });
  await expect(rig.tell(`${commands[0]}`.replace("KO", "K0"))).resolves.toEqual({
    ok: false,
    error: "an order by hand: no contract has the symbol K0",
  });
});

test("the documentation has a row for everything that can go wrong, with its keys", () => {
  const rowOf = (verb: string): string =>
    documentation.split("\n").find((line) => line.startsWith(`| \`${verb}\` | `)) ?? "";
  for (const { shape } of faultSchema.options) {
    const row = rowOf(shape.do.value);
    const keys = Object.keys(shape).filter((key) => key !== "do" && !whenKeys.has(key));
    for (const key of keys) expect(row).toContain(`\`${key}\``);
    expect(row).not.toBe("");
  }
  for (const key of whenKeys) expect(documentation).toContain(`\`${key}\``);
});

test("the documentation names every message and moment", () => {
  for (const name of messageLayouts.keys()) expect(documentation).toContain(`\`${name}\``);
  for (const moment of ["connect", "start", "ready", "time", "command"])
    expect(documentation).toContain(`\`${moment}\``);
});

test("a file that is not there is named", () => {
  expect(() => readScenario(join(folder, "none.toml"))).toThrow("none.toml: cannot be read (ENOENT)");
});

test("the control port arms a fault, makes a named one happen, and tells how often each has struck", async () => {
  const scenario = {
    about: "on command",
    faults: [
      {
        name: "lost",
        when: { on: "command", nth: 1, times: 1, where: {} },
        act: { do: "notice" as const, code: 1100, text: "lost" },
      },
    ],
  };
  await using rig = await paperRig({ scenario, readFault });
  const client = await rig.client(3);
  await expect(rig.tell("trigger lost")).resolves.toMatchObject({ ok: true });
  expect(await client.heard()).toContain("4|2|-1|1100|lost||");
  await expect(rig.tell("trigger nothing")).resolves.toEqual({
    ok: false,
    error: "no fault is named nothing",
  });
  await expect(rig.tell('arm {"on": "positionEnd", "do": "lose"}')).resolves.toEqual({
    ok: true,
    faults: ["lost: 1", "positionEnd lose: 0"],
  });
  expect(await client.ask("61|1|")).toEqual([]);
  await expect(rig.tell("faults")).resolves.toEqual({ ok: true, faults: ["lost: 1", "positionEnd lose: 1"] });
  await expect(rig.tell('arm {"on": "positionEnd"}')).resolves.toMatchObject({ ok: false });
  await expect(rig.tell("arm nonsense")).resolves.toMatchObject({ ok: false });
});
