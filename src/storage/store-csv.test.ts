import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { historyFolder } from "../testing/history-folder.ts";
import { executionOf, outcomeOf, plannedOrderOf, startedAt } from "../testing/history-sample.ts";
import type { RunEvent } from "../trading/event.ts";
import { later } from "../trading/instant.ts";
import { money } from "../trading/money.ts";
import { Database } from "./sqlite/sqlite.ts";

const history = historyFolder();

/** One run with one execution of its own; answers with the execution's id. */
async function oneRun(n: number): Promise<string> {
  const run = await history.begin(later(startedAt, n * 3_600_000));
  const execId = `0000e0d5.${n}.01.01`;
  const executions = [executionOf(plannedOrderOf(run), { execId, shares: 100 + n })];
  await history.store.book(run, [], executions);
  await history.store.finish(outcomeOf(run, { executions }));
  return execId;
}

function sizeOf(name: string): number {
  return readFileSync(history.file(name)).length;
}

function asSpreadsheetsSave(name: string): void {
  const text = readFileSync(history.file(name), "utf8").replaceAll("\n", "\r\n");
  writeFileSync(history.file(name), `\uFEFF${text}`);
}

function byText(a: string, b: string): number {
  return a < b ? -1 : 1;
}

describe("the CSV files", () => {
  it("name every value of an execution", async () => {
    const run = await history.begin();
    const order = plannedOrderOf(run, { side: "sell" });
    await history.store.book(run, [], [executionOf(order, { realizedPnl: money("-3.25", "EUR") })]);
    await history.store.finish(outcomeOf(run));
    expect(history.lines("trades.csv")).toEqual([
      "exec_id,executed_at,run_id,account,symbol,con_id,side,shares,price,currency,exchange,commission,commission_currency,realized_pnl,realized_pnl_currency,order_ref,perm_id",
      `0000e0d5.6225a1b1.01.01,2022-03-14T14:35:07Z,20220314T143500Z,DU1234567,AAPL,265598,sell,120,150.71,USD,ISLAND,1.00,USD,-3.25,EUR,${order.orderRef},1234567890`,
    ]);
  });

  it("grow by what is new, with one header", async () => {
    const ids = [await oneRun(0), await oneRun(1), await oneRun(2)];
    expect(history.keys("trades.csv")).toEqual(["exec_id", ...ids]);
    expect(history.keys("equity.csv")).toEqual([
      "run_id",
      "20220314T143500Z",
      "20220314T153500Z",
      "20220314T163500Z",
    ]);
    expect(history.query("SELECT * FROM csv_due")).toEqual([]);
  });

  it.each([
    ["half a line", () => appendFileSync(history.file("trades.csv"), "0000e0d5.9.01.01,2022-03-14T1")],
    ["half of the last line", () => truncateSync(history.file("trades.csv"), sizeOf("trades.csv") - 30)],
    ["the last line but its end", () => truncateSync(history.file("trades.csv"), sizeOf("trades.csv") - 1)],
    ["zeros instead of data", () => appendFileSync(history.file("trades.csv"), Buffer.alloc(500))],
    ["half a header", () => truncateSync(history.file("trades.csv"), 20)],
    ["an empty file", () => truncateSync(history.file("trades.csv"), 0)],
    ["no file", () => rmSync(history.file("trades.csv"))],
    ["a byte-order mark and other line ends", () => asSpreadsheetsSave("trades.csv")],
  ])("are whole again at the next run after a power loss or an editor left %s", async (_what, damage) => {
    const ids = [await oneRun(0), await oneRun(1)];
    damage();
    ids.push(await oneRun(2), await oneRun(3));
    expect(history.keys("trades.csv")).toEqual(["exec_id", ...ids]);
    expect(history.lines("trades.csv").every((line) => line.split(",").length === 17)).toBe(true);
  });

  it("keep lines that only they have, when the database was lost", async () => {
    const lost = [await oneRun(0), await oneRun(1)];
    history.store.close();
    for (const name of readdirSync(history.path).filter((file) => file.startsWith("history.db")))
      rmSync(history.file(name));
    history.reopen();
    const ids = [await oneRun(2), await oneRun(3)];
    expect(history.keys("trades.csv")).toEqual(["exec_id", ...lost, ...ids]);
  });

  it("show a correction and a late commission in the line that is there, not in another one", async () => {
    const first = await oneRun(0);
    await oneRun(1);
    const run = await history.begin(later(startedAt, 7_200_000));
    const order = plannedOrderOf(run);
    await history.store.book(
      run,
      [],
      [executionOf(order, { execId: "0000e0d5.0.01.02", shares: 99, commission: undefined })],
    );
    await history.store.finish(outcomeOf(run));
    expect(history.keys("trades.csv")).toEqual(["exec_id", "0000e0d5.0.01.02", "0000e0d5.1.01.01"]);
    expect(history.lines("trades.csv")[1]).toContain(",99,150.71,USD,ISLAND,,,");
    expect(first).toBe("0000e0d5.0.01.01");

    const next = await history.begin(later(startedAt, 10_800_000));
    const priced = executionOf(order, {
      execId: "0000e0d5.0.01.02",
      shares: 99,
      commission: money("0.35", "USD"),
    });
    await history.store.book(next, [], [priced]);
    await history.store.finish(outcomeOf(next));
    expect(history.lines("trades.csv")[1]).toContain(",99,150.71,USD,ISLAND,0.35,USD,");
    expect(history.lines("trades.csv")).toHaveLength(3);
  });

  it("that begin with a header of another program are not touched, and the run is on record all the same", async () => {
    await oneRun(0);
    writeFileSync(history.file("trades.csv"), "my,own\n1,2\n");
    await expect(oneRun(1)).rejects.toMatchObject({
      errors: [expect.objectContaining({ message: expect.stringContaining("Move it away") })],
    });
    expect(readFileSync(history.file("trades.csv"), "utf8")).toBe("my,own\n1,2\n");
    expect(history.query("SELECT count(*) AS n FROM executions")).toEqual([{ n: 2 }]);
    rmSync(history.file("trades.csv"));
    await oneRun(2);
    expect(history.keys("trades.csv")).toEqual([
      "exec_id",
      "0000e0d5.0.01.01",
      "0000e0d5.1.01.01",
      "0000e0d5.2.01.01",
    ]);
  });

  it("that cannot be written are told to the journal, and follow at the next run", async () => {
    const events: RunEvent[] = [];
    history.reopen({ version: "1.2.3", journal: { append: (event) => events.push(event) } });
    // A folder stands where the files should be.
    mkdirSync(history.file("equity.csv"));
    mkdirSync(history.file("positions-20220314T143500Z.csv"));
    await oneRun(0);
    expect(events).toMatchObject([
      { kind: "finding", finding: { kind: "file-not-written", file: history.file("equity.csv") } },
      {
        kind: "finding",
        finding: { kind: "file-not-written", file: history.file("positions-20220314T143500Z.csv") },
      },
    ]);
    expect(history.keys("trades.csv")).toHaveLength(2);
    rmSync(history.file("equity.csv"), { recursive: true });
    rmSync(history.file("positions-20220314T143500Z.csv"), { recursive: true });
    await oneRun(1);
    expect(events).toHaveLength(2);
    expect(history.keys("equity.csv")).toHaveLength(3);
    expect(history.lines("positions-20220314T143500Z.csv")).toHaveLength(2);
    expect(history.query("SELECT * FROM csv_due")).toEqual([]);
  });

  it("are gone through from the start when writing them was cut short: zeros in the middle are found too", async () => {
    const ids = [await oneRun(0), await oneRun(1), await oneRun(2)];
    const [header, first, second, third] = history.lines("trades.csv");
    const zeros = "\0".repeat(second?.length ?? 0);
    writeFileSync(history.file("trades.csv"), [header, first, zeros, third, ""].join("\n"));
    const db = new Database(history.file("history.db"));
    db.exec("INSERT INTO csv_due (file) VALUES ('trades.csv')");
    db.close();
    ids.push(await oneRun(3));
    expect(history.keys("trades.csv").toSorted(byText)).toEqual([...ids, "exec_id"]);
  });

  it("hold each execution once, also when a run died between writing them and saying so", async () => {
    const ids = [await oneRun(0), await oneRun(1)];
    appendFileSync(history.file("trades.csv"), `${history.lines("trades.csv")[1]}\n`);
    const db = new Database(history.file("history.db"));
    db.exec("INSERT INTO csv_due (file) VALUES ('trades.csv')");
    db.close();
    ids.push(await oneRun(2));
    expect(history.keys("trades.csv")).toEqual(["exec_id", ...ids]);
  });

  it("are read only at their end when they are long", async () => {
    const run = await history.begin();
    const executions = Array.from({ length: 400 }, (_, n) =>
      executionOf(plannedOrderOf(run), { execId: `b.${n}.01` }),
    );
    await history.store.book(run, [], executions);
    await history.store.finish(outcomeOf(run));
    expect(sizeOf("trades.csv")).toBeGreaterThan(50_000);
    // A line that our program would mend if it went through the whole file.
    const marked = readFileSync(history.file("trades.csv"), "utf8").replace(",ISLAND,", ",MARKED,");
    writeFileSync(history.file("trades.csv"), `${marked}b.400.01,half a li`);
    const last = await oneRun(1);
    expect(history.keys("trades.csv")).toEqual(["exec_id", ...executions.map(({ execId }) => execId), last]);
    expect(history.lines("trades.csv")[1]).toContain(",MARKED,");
  });
});
