import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, syncFolderNow } from "../../files/make-folder.ts";
import { busyTimeoutMs, Database } from "./sqlite.ts";

/** So many are kept: two weeks of sessions, in which somebody notices that the newest is no good either. */
export const backupsKept = 10;

/**
 * Copies a history, as it is at this moment, whole, to `history-<name>.db` in a folder, which is made when it is missing;
 * of older copies the last `backupsKept` by name stay. A reader for SQLite: nobody waits for it. Costs a tenth of a
 * second for a year of hourly runs. Throws what SQLite and the file system throw; then no copy has that name.
 */
export function backUp(file: string, folder: string, name: string): void {
  makeFolder(folder);
  const copy = join(folder, `history-${name}.db`);
  const temporary = `${copy}.${process.pid}-0.tmp`;
  rmSync(temporary, { force: true });
  try {
    copyInto(file, temporary);
    renameSync(temporary, copy);
  } finally {
    rmSync(temporary, { force: true });
  }
  syncFolderNow(folder);
  for (const old of backupsIn(folder).slice(0, -backupsKept)) rmSync(join(folder, old));
}

function backupsIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((entry) => /^history-\d{4}-\d\d-\d\d\.db$/.test(entry))
    .toSorted();
}

/** VACUUM INTO takes over format and mark of the file, but does not wait until the copy is on disk. */
function copyInto(file: string, temporary: string): void {
  const db = new Database(file, { readonly: true, timeout: busyTimeoutMs });
  try {
    db.prepare("VACUUM INTO ?").run(temporary);
  } finally {
    db.close();
  }
  const descriptor = openSync(temporary, "r+");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
