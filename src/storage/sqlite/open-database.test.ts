import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startChild } from "../../testing/child.ts";
import { inspectHistory } from "./inspect-history.ts";
import { knownFormat, openDatabase } from "./open-database.ts";
import type { Db } from "./sqlite.ts";

let file = "";
let db: Db | undefined;
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), "trader-db-")), "history.db");
});
afterEach(() => {
  db?.close();
  rmSync(join(file, ".."), { recursive: true });
});

it("survives a power loss, keeps references whole, and waits for others", () => {
  db = openDatabase(file);
  const setting = (name: string) => db?.pragma(name, { simple: true });
  expect(setting("journal_mode")).toBe("wal");
  // 2 is FULL. WAL alone would mean NORMAL, which forgets the last commits.
  expect(setting("synchronous")).toBe(2n);
  expect(setting("foreign_keys")).toBe(1n);
  expect(setting("busy_timeout")).toBe(5_000n);
});

it("has tables that hold to their types", () => {
  db = openDatabase(file);
  const loose = db
    .prepare(
      "SELECT name FROM pragma_table_list WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND strict = 0",
    )
    .all();
  expect(loose).toEqual([]);
  db.exec(
    "INSERT INTO run_record (run_id, started_at, account, window, version) VALUES ('r', 't', 'a', 'w', 'v')",
  );
  expect(() =>
    db?.exec("INSERT INTO currency_record (run_id, currency, cash_e6) VALUES ('r', 'USD', 1.5)"),
  ).toThrow(expect.objectContaining({ code: "SQLITE_CONSTRAINT_DATATYPE" }));
});

it("opens what is there without changing it", () => {
  openDatabase(file).close();
  db = openDatabase(file);
  db.exec("INSERT INTO csv_due VALUES ('trades.csv')");
  db.close();
  db = openDatabase(file);
  expect(db.prepare("SELECT * FROM csv_due").all()).toEqual([{ file: "trades.csv" }]);
  expect(db.pragma("user_version", { simple: true })).toBe(BigInt(knownFormat));
});

it("waits while another process has a new database for itself (S01)", async () => {
  const child = startChild(`
    const { Database } = ours("storage/sqlite/sqlite.ts");
    const db = new Database(${JSON.stringify(file)});
    db.exec("BEGIN EXCLUSIVE; CREATE TABLE other (x)");
    console.log("locked");
    setTimeout(() => { db.exec("ROLLBACK"); db.close(); }, 400);
  `);
  try {
    await child.line();
    db = openDatabase(file);
    expect(db.pragma("journal_mode", { simple: true })).toBe("wal");
  } finally {
    await child.kill();
  }
});

it("is made by one of eight processes that open forty new ones side by side, and opened by the others (S01)", async () => {
  const children = Array.from({ length: 8 }, () =>
    startChild(`
      const { existsSync } = require("node:fs");
      const { openDatabase } = ours("storage/sqlite/open-database.ts");
      console.log("ready");
      while (!existsSync(${JSON.stringify(`${file}.go`)}));
      for (let n = 0; n < 40; n++) openDatabase(${JSON.stringify(file)} + n).close();
      console.log("opened");
    `),
  );
  try {
    await Promise.all(children.map((child) => child.line()));
    writeFileSync(`${file}.go`, "");
    const answers = await Promise.all(children.map((child) => child.line()));
    expect(answers).toEqual(children.map(() => "opened"));
  } finally {
    await Promise.all(children.map((child) => child.kill()));
  }
}, 60_000);

it("is there whole or not at all when its maker is killed: an empty one means that something else emptied it", async () => {
  let made = 0;
  for (let round = 0; round < 6; round++) {
    const child = startChild(`
      const { openDatabase } = ours("storage/sqlite/open-database.ts");
      console.log("ready");
      for (let n = 0; ; n++) openDatabase(${JSON.stringify(`${file}.${round}.`)} + n).close();
    `);
    await child.line();
    // The first two are whole by then, and the kill meets a later one, wherever in its making it is.
    while (!existsSync(`${file}.${round}.2`)) await sleep(1);
    await sleep(3 * round);
    await child.kill();
    for (let n = 0; existsSync(`${file}.${round}.${n}`); n++) {
      expect([n, inspectHistory(`${file}.${round}.${n}`, `${file}.orders`)]).toEqual([n, undefined]);
      made++;
    }
  }
  expect(made).toBeGreaterThan(12);
}, 60_000);
