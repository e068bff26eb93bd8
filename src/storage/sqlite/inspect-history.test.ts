import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startChild } from "../../testing/child.ts";
import { executionOf, outcomeOf, plannedOrderOf, startedAt } from "../../testing/history-sample.ts";
import { later } from "../../trading/instant.ts";
import { openStore } from "../store.ts";
import { inspectHistory } from "./inspect-history.ts";
import { openDatabase } from "./open-database.ts";
import { Database } from "./sqlite.ts";

let folder = "";
let file = "";
let orders = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trader-inspect-"));
  file = join(folder, "history.db");
  orders = join(folder, "orders");
  mkdirSync(orders);
});
afterEach(() => rmSync(folder, { recursive: true }));

const inspect = () => inspectHistory(file, orders);

/** A history of some runs with their executions; answers with the last run's id. */
async function live(runs: number, from = 0): Promise<string> {
  const store = openStore({ folder, version: "1" });
  let id = "";
  for (let n = from; n < from + runs; n++) {
    const run = await store.begin({
      startedAt: later(startedAt, n * 60_000),
      window: `w${n}`,
      account: "DU1",
    });
    id = run.id;
    const order = plannedOrderOf(run);
    const executions = Array.from({ length: 20 }, (_, i) => executionOf(order, { execId: `${n}.${i}.01` }));
    await store.book(run, [], executions);
    await store.finish(outcomeOf(run));
  }
  store.close();
  return id;
}

/** What is wrong, when looking at it has changed no byte. */
function untouched() {
  const before = readFileSync(file);
  const found = inspect();
  expect(readFileSync(file).equals(before)).toBe(true);
  return found;
}

it("finds nothing wrong with a new folder, a history, and one whose run was killed before its end", async () => {
  expect(inspect()).toBeUndefined();
  expect(readdirSync(folder)).toEqual(["orders"]);
  const id = await live(3);
  writeFileSync(join(orders, `${id}.csv`), "");
  writeFileSync(join(orders, "latest.csv"), "");
  expect(inspect()).toBeUndefined();
  const child = startChild(`
    const { openStore } = ours("storage/store.ts");
    const s = ours("testing/history-sample.ts");
    const { later } = ours("trading/instant.ts");
    const store = openStore({ folder: ${JSON.stringify(folder)}, version: "1" });
    console.log((await store.begin({ startedAt: later(s.startedAt, 3600_000), window: "w", account: "DU1" })).id);
    setInterval(() => {}, 1000);
  `);
  writeFileSync(join(orders, `${await child.line()}.csv`), "");
  await child.kill();
  expect(statSync(`${file}-wal`).size).toBeGreaterThan(0);
  expect(inspect()).toBeUndefined();
});

describe("finds it damaged", () => {
  it("when its beginning is something else", async () => {
    await live(1);
    const bytes = readFileSync(file);
    bytes.write("not a database at all", 0);
    writeFileSync(file, bytes);
    expect(untouched()).toMatchObject({
      trouble: "damaged",
      file,
      detail: expect.stringContaining("SQLITE_NOTADB"),
    });
  });

  it("when its end is cut off", async () => {
    await live(20);
    truncateSync(file, statSync(file).size / 2);
    expect(untouched()).toMatchObject({ trouble: "damaged" });
  });

  it("when any page of it is another one", async () => {
    await live(20);
    const whole = readFileSync(file);
    const pages = whole.length / 4096;
    expect(pages).toBeGreaterThan(20);
    for (let page = 1; page < pages; page++) {
      const bytes = Buffer.from(whole);
      bytes.fill(0x5a, page * 4096, page * 4096 + 64);
      writeFileSync(file, bytes);
      expect([page, untouched()?.trouble]).toEqual([page, "damaged"]);
    }
  });

  it("when a table and its index disagree", async () => {
    await live(2);
    const bytes = readFileSync(file);
    // The execution's id stands in its row, and its key in the row and in the index: one letter less in the first of the three.
    const at = bytes.indexOf("1.7.01") - "1.7".length;
    expect(bytes.toString("latin1", at, at + 9)).toBe("1.71.7.01");
    bytes.write("8", at + 2);
    writeFileSync(file, bytes);
    expect(untouched()).toMatchObject({ trouble: "damaged", detail: expect.stringContaining("index") });
  });
});

it("finds it empty, newer, or not ours", async () => {
  writeFileSync(file, "");
  expect(untouched()).toMatchObject({ trouble: "empty" });

  rmSync(file);
  await live(1);
  const db = openDatabase(file);
  db.pragma("user_version = 99");
  db.close();
  expect(untouched()).toMatchObject({ trouble: "newer", detail: expect.stringContaining("99") });

  rmSync(file);
  const other = new Database(file);
  other.exec("CREATE TABLE tracks (name)");
  other.close();
  expect(untouched()).toMatchObject({ trouble: "not-ours" });
  const stamped = new Database(file);
  stamped.exec("CREATE TABLE run_record (run_id)");
  stamped.pragma("application_id = 252006673");
  stamped.close();
  expect(untouched()).toMatchObject({ trouble: "not-ours", detail: expect.stringContaining("252006673") });
  expect(readdirSync(folder).toSorted()).toEqual(expect.arrayContaining(["history.db", "orders"]));
});

it("takes a history of the first version, which bore no mark", async () => {
  await live(1);
  const db = openDatabase(file);
  db.pragma("application_id = 0");
  db.close();
  expect(inspect()).toBeUndefined();
});

it("finds it locked when another process has it for itself", async () => {
  await live(1);
  const child = startChild(`
    const { Database } = ours("storage/sqlite/sqlite.ts");
    const db = new Database(${JSON.stringify(file)});
    db.pragma("locking_mode = EXCLUSIVE");
    db.exec("BEGIN EXCLUSIVE");
    console.log("locked");
    setInterval(() => {}, 1000);
  `);
  try {
    await child.line();
    expect(inspect()).toMatchObject({ trouble: "locked" });
  } finally {
    await child.kill();
  }
}, 20_000);

describe("finds it behind", () => {
  it("when it is gone, and the order file of a run is there", async () => {
    const id = await live(2);
    writeFileSync(join(orders, `${id}.csv`), "");
    for (const name of readdirSync(folder)) if (name.startsWith("history.db")) rmSync(join(folder, name));
    expect(inspect()).toMatchObject({
      trouble: "behind",
      detail: `it does not know the run ${id}, whose order file is ${join(orders, `${id}.csv`)}`,
    });
  });

  it("when its -wal was left behind by whoever copied it", async () => {
    await live(1);
    const copy = join(folder, "copy.db");
    const store = openStore({ folder, version: "1" });
    const run = await store.begin({ startedAt: later(startedAt, 3_600_000), window: "w", account: "DU1" });
    copyFileSync(file, copy);
    writeFileSync(join(orders, `${run.id}.csv`), "");
    expect(inspectHistory(file, orders)).toBeUndefined();
    expect(inspectHistory(copy, orders)).toMatchObject({ trouble: "behind", file: copy });
    store.close();
  });
});

it("says what stands in the way: a folder, or a link that leads nowhere", () => {
  mkdirSync(file);
  expect(inspect()).toMatchObject({
    trouble: "out-of-reach",
    detail: "it is not a file",
  });
  rmSync(file, { recursive: true });
  symlinkSync("nowhere.db", file);
  expect(inspect()).toMatchObject({ trouble: "out-of-reach", detail: expect.stringContaining("ENOENT") });
  expect(readdirSync(folder).toSorted()).toEqual(["history.db", "orders"]);
});
