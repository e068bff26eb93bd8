import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startChild } from "../testing/child.ts";
import { historyFolder } from "../testing/history-folder.ts";
import { outcomeOf, startedAt } from "../testing/history-sample.ts";
import { later } from "../trading/instant.ts";
import { knownFormat } from "./sqlite/open-database.ts";
import { Database } from "./sqlite/sqlite.ts";
import { openStore } from "./store.ts";

const history = historyFolder();

it("opens a new folder, and books each execution exactly once, with eight processes at the same instant (S01, S02)", async () => {
  const fresh = history.file("fresh");
  const children = Array.from({ length: 8 }, () =>
    startChild(`
      const { existsSync } = require("node:fs");
      const { openStore } = ours("storage/store.ts");
      const sample = ours("testing/history-sample.ts");
      console.log("ready");
      while (!existsSync(${JSON.stringify(history.file("go"))}));
      const store = openStore({ folder: ${JSON.stringify(fresh)}, version: "1" });
      const run = await store.begin({ startedAt: sample.startedAt, window: "2022031414", account: "DU1" });
      const order = sample.plannedOrderOf(run);
      let answered = 0;
      for (let i = 0; i < 20; i++)
        answered += (await store.book(run, [], [sample.executionOf(order, { execId: "a." + i + ".01" })])).length;
      store.close();
      console.log(JSON.stringify({ id: run.id, answered }));
    `),
  );
  try {
    await Promise.all(children.map((child) => child.line()));
    writeFileSync(history.file("go"), "");
    const answers = (await Promise.all(children.map((child) => child.line()))).map(
      (line) => JSON.parse(line) as { id: string; answered: number },
    );
    expect(await Promise.all(children.map((child) => child.ended()))).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(new Set(answers.map(({ id }) => id)).size).toBe(8);
    expect(answers.reduce((sum, { answered }) => sum + answered, 0)).toBe(20);
  } finally {
    await Promise.all(children.map((child) => child.kill()));
  }
  const db = new Database(join(fresh, "history.db"), { readonly: true });
  expect(db.prepare("SELECT count(*) AS n, sum(shares) AS shares FROM executions").get()).toEqual({
    n: 20,
    shares: 2400,
  });
  db.close();
}, 60_000);

it("survives kill -9 at any moment: a whole database, and whole files after the next run", async () => {
  for (let round = 0; round < 6; round++) {
    const child = startChild(`
      const { openStore } = ours("storage/store.ts");
      const { later } = ours("trading/instant.ts");
      const s = ours("testing/history-sample.ts");
      const store = openStore({ folder: ${JSON.stringify(history.path)}, version: "1" });
      for (let n = ${round} * 1000; ; n++) {
        const at = later(s.startedAt, n * 60_000);
        const run = await store.begin({ startedAt: at, window: "w" + n, account: "DU1" });
        const order = s.plannedOrderOf(run);
        await store.recordIntents(run, ours("testing/cleared-for-sure.ts").clearedForSure([order]));
        const executions = [1, 2, 3].map((i) => s.executionOf(order, { execId: [n, i, "01"].join(".") }));
        await store.book(run, [s.reportOf(order)], executions);
        await store.finish(s.outcomeOf(run, { executions }));
        if (n % 1000 === 3) console.log("going");
      }
    `);
    await child.line();
    await new Promise((resolve) => setTimeout(resolve, 7 * round + 3));
    await child.kill();
  }
  const last = await history.begin(later(startedAt, 10_000 * 60_000));
  await history.store.finish(outcomeOf(last));

  expect(history.query("PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
  expect(history.query("PRAGMA foreign_key_check")).toEqual([]);
  expect(history.query("SELECT * FROM csv_due")).toEqual([]);
  const executed = history.query<{ exec_id: string }>(
    "SELECT exec_id FROM execution_record ORDER BY booking",
  );
  expect(executed.length).toBeGreaterThan(6 * 3 * 3);
  expect(history.keys("trades.csv")).toEqual(["exec_id", ...executed.map((row) => row.exec_id)]);
  expect(history.lines("trades.csv").every((line) => line.split(",").length === 17)).toBe(true);
  const equity = history.query<{ run_id: string }>("SELECT run_id FROM equity ORDER BY run_id");
  expect(history.keys("equity.csv")).toEqual(["run_id", ...equity.map((row) => row.run_id)]);
  expect(equity.filter(({ run_id }) => !existsSync(history.file(`positions-${run_id}.csv`)))).toEqual([]);
}, 60_000);

it("refuses a history that a newer program wrote, in words that say what to do", () => {
  const setFormat = (format: number) => {
    const db = new Database(history.file("history.db"));
    db.pragma(`user_version = ${format}`);
    db.close();
  };
  setFormat(99);
  expect(() => openStore({ folder: history.path, version: "1" })).toThrow(
    /history\.db was written by a newer version .*its format is 99.*Update the program/,
  );
  setFormat(knownFormat);
  openStore({ folder: history.path, version: "1" }).close();
});
