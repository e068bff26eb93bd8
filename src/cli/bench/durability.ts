import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { tableLines } from "../../reports/table.ts";
import { openStore } from "../../storage/store.ts";
import { clearedForSure } from "../../testing/cleared-for-sure.ts";
import { plannedOrderOf, startedAt } from "../../testing/history-sample.ts";
import { later } from "../../trading/instant.ts";

const orders = 500;
/** What durability may add to each order, and what pacing (40 messages a second) takes for it anyway. */
const limitMs = 5;
const pacingMs = 25;

/**
 * `npm run bench:durability -- FOLDER`: what it costs that each order is on disk before it leaves: one UPDATE in one
 * transaction, WAL and synchronous = FULL, as a run does it. Beside it a bare fsync of 4 KiB, which is what the disk takes.
 * Exit code 1 when the median order costs more than 5 ms.
 */
async function durability(folder: string): Promise<number> {
  const store = openStore({ folder, version: "bench" });
  const run = await store.begin({ startedAt, window: "2022031414", account: "DU1234567" });
  const planned = Array.from({ length: orders }, (_, n) => plannedOrderOf(run, { orderRef: `bench.${n}` }));
  const intentsMs = await timed(() => store.recordIntents(run, clearedForSure(planned)));
  const marks: number[] = [];
  for (const [n, { orderRef }] of planned.entries())
    marks.push(await timed(() => store.markSending(orderRef, later(startedAt, n * pacingMs))));
  store.close();

  const rows = [
    rowOf("order marked as leaving", marks),
    rowOf("bare fsync of 4 KiB", bareSyncs(join(folder, "bare"))),
  ];
  process.stdout.write(
    `${orders} orders in ${folder}; all intents in one transaction: ${intentsMs.toFixed(1)} ms\n\n`,
  );
  process.stdout.write(
    `${tableLines({ columns, rows }, 120).join("\n")}\n\nlimit: ${limitMs} ms for each order\n`,
  );
  return quantile(marks, 0.5) <= limitMs ? 0 : 1;
}

const columns = ["", "median ms", "p99 ms", "max ms", "median ÷ pacing"].map(
  (title, n) => ({ title, align: n === 0 ? "left" : "right" }) as const,
);

function rowOf(what: string, ms: readonly number[]): string[] {
  const figures = [quantile(ms, 0.5), quantile(ms, 0.99), Math.max(...ms)].map((each) => each.toFixed(2));
  return [what, ...figures, (quantile(ms, 0.5) / pacingMs).toFixed(3)];
}

function bareSyncs(file: string): number[] {
  const descriptor = openSync(file, "w");
  try {
    const page = Buffer.alloc(4096, 1);
    return Array.from({ length: orders }, () => {
      const startedMs = performance.now();
      writeSync(descriptor, page);
      fsyncSync(descriptor);
      return performance.now() - startedMs;
    });
  } finally {
    closeSync(descriptor);
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

const folder = mkdtempSync(join(resolve(process.argv[2] ?? tmpdir()), "trader-durability-"));
try {
  process.exitCode = await durability(folder);
} finally {
  rmSync(folder, { recursive: true });
}
