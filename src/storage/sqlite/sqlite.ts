import { createRequire } from "node:module";
import type BetterSqlite3 from "better-sqlite3";

const require = createRequire(import.meta.url);
const nodeMajor = Number(process.versions.node.split(".")[0]);

/** The SQLite driver. No single release serves all of Node: 13 aborts on Node 20, and 12 does on Node 24.19 and later. */
export const Database = require(
  nodeMajor >= 22 ? "better-sqlite3-13" : "better-sqlite3",
) as typeof BetterSqlite3;

export type Db = BetterSqlite3.Database;

/**
 * Did SQLite refuse because another process has the file? Every extended code of it counts (S01). Told by the code, not
 * by the error's class: the native part may throw the class of another module instance.
 */
export function isBusy(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" && code.startsWith("SQLITE_BUSY");
}

/** So long a statement waits for another process, and so long all tries of `whileBusy` together, within one of them. */
export const busyTimeoutMs = 5_000;
const pauseMs = 20;

/**
 * Does it again while another process is in the way. The switch to WAL, and the recovery after a crash, answer "busy" at
 * once, without waiting as other statements do (S01).
 */
export function whileBusy<T>(work: () => T): T {
  const untilMs = performance.now() + busyTimeoutMs;
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || performance.now() >= untilMs) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
    }
  }
}
