import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startChild } from "../testing/child.ts";

/** Another process, since it uses up all of its files. */
it("a process that may open no more files holds its run, whatever it was about to read or write", async () => {
  const folder = mkdtempSync(join(tmpdir(), "trader-files-"));
  const child = startChild(
    `
    const { openSync, closeSync } = require("node:fs");
    const { forecastFiles } = ours("forecasts/forecast-files.ts");
    const { ownFiles } = ours("files/trust.ts");
    const { orderFilesIn } = ours("storage/order-files.ts");
    const { inspectHistory } = ours("storage/sqlite/inspect-history.ts");
    const { contractCacheIn } = ours("storage/contract-cache.ts");
    const { runLockIn } = ours("storage/sqlite/run-lock.ts");
    const { openStore } = ours("storage/store.ts");
    const { HoldingPorts } = ours("cli/holding-ports.ts");
    const { planOf, runOf, startedAt } = ours("testing/history-sample.ts");
    const at = (name) => require("node:path").join(${JSON.stringify(folder)}, name);
    require("node:fs").writeFileSync(at("f.csv"), "symbol,weight");
    openStore({ folder: at("."), version: "1" }).close();
    const full = [];
    try { for (;;) full.push(openSync("/dev/null", "r")); } catch (error) { if (error.code !== "EMFILE") throw error; }
    const finding = (error) => error.finding;
    const found = [
      (await forecastFiles({ strategies: [{ strategy: "s", file: at("f.csv") }], trust: ownFiles }).read(startedAt)).findings[0],
      (await orderFilesIn(at("orders"), { reasonText: () => "" }).write(runOf(), [planOf([])])).findings[0],
      inspectHistory(at("history.db"), at("none")),
      await new HoldingPorts().contracts(contractCacheIn(at("f.csv")), at("f.csv")).load().catch(finding),
      await new HoldingPorts().lock(runLockIn(at("."), { pid: 1, host: "h" }), at("run.lock")).take({ runStartedAt: startedAt }).catch(finding),
    ];
    for (const descriptor of full) closeSync(descriptor);
    console.log(JSON.stringify(found.map(({ kind, detail }) => [kind, detail])));
    `,
    { shell: 'ulimit -n 200; exec "$@"' },
  );
  try {
    const tooMany = "this process has too many files open (EMFILE)";
    expect(JSON.parse(await child.line())).toEqual([
      ["forecast-unreadable", tooMany],
      ["file-not-written", tooMany],
      ["history-unusable", "it cannot be opened (SQLITE_CANTOPEN)"],
      ["file-not-read", tooMany],
      ["file-not-written", expect.stringMatching(/it cannot be opened \(SQLITE_CANTOPEN\)|EMFILE/)],
    ]);
    expect(await child.ended()).toBe(0);
    expect(readdirSync(join(folder, "orders"))).toEqual([]);
  } finally {
    await child.kill();
    rmSync(folder, { recursive: true });
  }
});
