import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { historyFolder } from "../../testing/history-folder.ts";
import { executionOf, outcomeOf, plannedOrderOf, startedAt } from "../../testing/history-sample.ts";
import { later } from "../../trading/instant.ts";
import { openStore } from "../store.ts";
import { backUp, backupsKept } from "./back-up.ts";
import { inspectHistory } from "./inspect-history.ts";
import { Database } from "./sqlite.ts";

const history = historyFolder();
const backups = () => readdirSync(history.file("backup")).toSorted();
const copyOf = (name: string) => history.file(`backup/history-${name}.db`);

it("copies what is committed, also what only the -wal has, and is a history as it stands", async () => {
  const run = await history.begin();
  await history.store.book(run, [], [executionOf(plannedOrderOf(run), { execId: "a.1.01" })]);
  backUp(history.file("history.db"), history.file("backup"), "2022-03-14");
  expect(backups()).toEqual(["history-2022-03-14.db"]);

  const restored = mkdtempSync(join(tmpdir(), "trader-restored-"));
  try {
    copyFileSync(copyOf("2022-03-14"), join(restored, "history.db"));
    mkdirSync(join(restored, "orders"));
    writeFileSync(join(restored, "orders", `${run.id}.csv`), "");
    expect(inspectHistory(join(restored, "history.db"), join(restored, "orders"))).toBeUndefined();
    const store = openStore({ folder: restored, version: "1", account: run.account });
    expect(await store.book(run, [], [executionOf(plannedOrderOf(run), { execId: "a.1.01" })])).toEqual([]);
    await store.finish(outcomeOf(run));
    expect((await store.begin({ startedAt: run.startedAt, window: "w", account: run.account })).id).toBe(
      `${run.id}-2`,
    );
    store.close();
  } finally {
    rmSync(restored, { recursive: true });
  }
});

it("replaces the copy of the same day, keeps the last of them and what is not its own", async () => {
  mkdirSync(history.file("backup"));
  writeFileSync(history.file("backup/history-before-update.db"), "");
  for (let day = 1; day <= backupsKept + 2; day++)
    backUp(history.file("history.db"), history.file("backup"), `2022-03-${String(day).padStart(2, "0")}`);
  await history.begin(later(startedAt, 60_000));
  backUp(history.file("history.db"), history.file("backup"), "2022-03-12");
  const [first = "", ...others] = backups().filter((name) => name !== "history-before-update.db");
  expect([first, others.length + 1]).toEqual(["history-2022-03-03.db", backupsKept]);
  expect(backups()).toContain("history-before-update.db");
  const db = new Database(copyOf("2022-03-12"), { readonly: true });
  expect(db.prepare("SELECT count(*) AS runs FROM run_record").get()).toEqual({ runs: 1 });
  db.close();
});

it("leaves no copy that is not whole, and the older one as it was", () => {
  backUp(history.file("history.db"), history.file("backup"), "2022-03-14");
  expect(() => backUp(history.file("none.db"), history.file("backup"), "2022-03-14")).toThrow(
    /unable to open|directory does not exist|not exist/,
  );
  expect(backups()).toEqual(["history-2022-03-14.db"]);
  const db = new Database(copyOf("2022-03-14"), { readonly: true });
  expect(db.pragma("integrity_check", { simple: true })).toBe("ok");
  db.close();
});
