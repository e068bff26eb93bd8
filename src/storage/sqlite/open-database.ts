import { existsSync, linkSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { syncFolderNow } from "../../files/make-folder.ts";
import { historyTables } from "./migrations/0001-history.ts";
import { intentsAndBooks } from "./migrations/0002-intents-and-books.ts";
import { riskTables } from "./migrations/0003-risk.ts";
import { orderChanges } from "./migrations/0004-order-changes.ts";
import { strategyTables } from "./migrations/0005-strategies.ts";
import { protection } from "./migrations/0006-protection.ts";
import { busyTimeoutMs, Database, type Db, whileBusy } from "./sqlite.ts";

/** In order; the count of those applied is the file's `user_version`. A released one is never edited, only followed. */
const migrations: readonly string[] = [
  historyTables,
  intentsAndBooks,
  riskTables,
  orderChanges,
  strategyTables,
  protection,
];

const inMemory = ":memory:";

/** The newest format that this program knows. */
export const knownFormat = migrations.length;

/** "TRDR", in the file's header since its first migration by this version: no other program's database is taken for ours. */
export const applicationId = 0x54_52_44_52;

/**
 * Opens the history database, making it or bringing it up to date. Integers are read as bigint, so that money beyond
 * 2^53 millionths stays exact. Throws when a newer program wrote the file, and what SQLite throws otherwise.
 */
export function openDatabase(file: string): Db {
  if (file !== inMemory && !existsSync(file)) create(file);
  return opened(file);
}

function opened(file: string): Db {
  // The timeout comes first: the very next statement may meet another process (S01).
  const db = new Database(file, { timeout: busyTimeoutMs });
  try {
    db.defaultSafeIntegers(true);
    whileBusy(() => setUp(db));
    migrate(db, file);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * A new database comes into its place whole, so that an empty file there is one that has lost its content. Of several
 * processes that make it at once one wins.
 */
function create(file: string): void {
  const temporary = `${file}.${process.pid}-0.tmp`;
  rmSync(temporary, { force: true });
  opened(temporary).close();
  try {
    linkSync(temporary, file);
  } catch (error) {
    if ((error as { code?: unknown }).code !== "EEXIST") throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
  syncFolderNow(dirname(file));
}

/** WAL for readers beside the writer; FULL because WAL alone would lose the last commits with the power. */
function setUp(db: Db): void {
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = FULL");
  db.pragma("foreign_keys = ON");
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
    db.pragma(`application_id = ${applicationId}`);
  }).immediate();
}

/** Does this program read the file as it is? */
export function isOfThisFormat(db: Db): boolean {
  return versionOf(db) === migrations.length;
}

function versionOf(db: Db): number {
  return Number(db.pragma("user_version", { simple: true }));
}
