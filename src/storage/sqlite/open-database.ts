import { historyTables } from "./migrations/0001-history.ts";
import { Database, type Db, isBusy } from "./sqlite.ts";

/** In order; the count of those applied is the file's `user_version`. A released one is never edited, only followed. */
const migrations: readonly string[] = [historyTables];

const waitMs = 20;
const busyTimeoutMs = 5_000;

/**
 * Opens the history database, making it or bringing it up to date. Integers are read as bigint, so that money beyond
 * 2^53 millionths stays exact. Throws when a newer program wrote the file, and what SQLite throws otherwise.
 */
export function openDatabase(file: string): Db {
  // The timeout comes first: the very next statement may meet another process (S01).
  const db = new Database(file, { timeout: busyTimeoutMs });
  try {
    db.defaultSafeIntegers(true);
    setUp(db);
    migrate(db, file);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * WAL for readers beside the writer; FULL because WAL alone would lose the last commits with the power. The switch to
 * WAL, and the recovery after a crash, can answer "busy" at once without waiting, so it is asked again (S01).
 */
function setUp(db: Db): void {
  for (let waitedMs = 0; ; waitedMs += waitMs) {
    try {
      db.pragma("journal_mode = WAL");
      db.pragma("synchronous = FULL");
      db.pragma("foreign_keys = ON");
      return;
    } catch (error) {
      if (!isBusy(error) || waitedMs >= busyTimeoutMs) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, waitMs);
    }
  }
}

function migrate(db: Db, file: string): void {
  if (versionOf(db) === migrations.length) return;
  db.transaction(() => {
    // Asked again inside: another process may have migrated while this one waited for its turn.
    const version = versionOf(db);
    if (version > migrations.length)
      throw new Error(
        `${file} was written by a newer version of this program (its format is ${version}, known here are formats up to ${migrations.length}). Update the program; the file was not touched.`,
      );
    for (const migration of migrations.slice(version)) db.exec(migration);
    db.pragma(`user_version = ${migrations.length}`);
  }).immediate();
}

function versionOf(db: Db): number {
  return Number(db.pragma("user_version", { simple: true }));
}
