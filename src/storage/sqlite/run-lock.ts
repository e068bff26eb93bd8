import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "../../files/make-folder.ts";
import { systemErrorCode } from "../../files/system-error.ts";
import { writeDurably } from "../../files/write-durably.ts";
import type { LockHeld, RunLock } from "../../ports.ts";
import { type Instant, isoSecondsOf } from "../../trading/instant.ts";
import { Database, type Db, isBusy } from "./sqlite.ts";

/** Two processes that try at the same instant may block each other for a moment: long enough for one of them to win. */
const collisionTimeoutMs = 200;

/** Locks that this process holds: a database that nobody refers to would be closed by the garbage collector. */
const heldHere = new Set<Db>();

/**
 * The one lock of a data folder: an exclusive SQLite transaction on `run.lock`, which the system ends when the process
 * dies, however it dies (S08, S09). A process that is stopped still holds it. Only for local disks.
 *
 * Who holds it is told by another file, `run.lock.holder.json`: a process that opens and closes its own lock file by any
 * other way than SQLite loses the lock (POSIX locks), so nothing may ever read `run.lock`.
 */
export function runLockIn(
  stateFolder: string,
  self: { readonly pid: number; readonly host: string },
): RunLock {
  const holderFile = join(stateFolder, "run.lock.holder.json");
  return {
    async take({ runStartedAt }) {
      makeFolder(stateFolder);
      const db = lock(join(stateFolder, "run.lock"));
      if (!db) return { taken: false, by: await holderIn(holderFile), [Symbol.asyncDispose]: async () => {} };
      try {
        await writeDurably(holderFile, holderText({ ...self, since: runStartedAt }));
      } catch (error) {
        unlock(db);
        throw error;
      }
      return {
        taken: true,
        async [Symbol.asyncDispose]() {
          if (!heldHere.has(db)) return;
          try {
            // The name goes first: behind the lock it could already be the next holder's.
            await rm(holderFile, { force: true });
          } catch (error) {
            // A name that stays on a disk that takes no change misleads nobody: the lock itself is what counts.
            if (systemErrorCode(error) === undefined) throw error;
          } finally {
            unlock(db);
          }
        },
      };
    },
  };
}

function lock(file: string): Db | undefined {
  const db = new Database(file, { timeout: collisionTimeoutMs });
  try {
    db.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    db.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
  heldHere.add(db);
  return db;
}

function unlock(db: Db): void {
  heldHere.delete(db);
  db.exec("ROLLBACK");
  db.close();
}

function holderText(holder: { pid: number; host: string; since: Instant }): string {
  return `${JSON.stringify({ ...holder, since: isoSecondsOf(holder.since) })}\n`;
}

/** Undefined when there is no such file (yet) or it does not say: the lock itself is what counts. */
async function holderIn(file: string): Promise<LockHeld["by"]> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if ((error as { code?: unknown }).code === "ENOENT") return "";
    throw error;
  });
  const match = /^\{"pid":(\d+),"host":("(?:[^"\\]|\\.)*"),"since":"([^"]+)"\}\n$/.exec(text);
  if (!match) return undefined;
  const [, pid, host = "", since = ""] = match;
  return { pid: Number(pid), host: JSON.parse(host) as string, since };
}
