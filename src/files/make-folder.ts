import { closeSync, existsSync, fsyncSync, mkdirSync, openSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { systemErrorCode } from "./system-error.ts";

/**
 * Makes a folder and those above it that are missing, so that they last through a power loss; no group may write them,
 * whatever the umask. Does nothing when it is there. Throws what the file system throws.
 */
export function makeFolder(folder: string): void {
  const first = madeFirst(folder);
  if (first === undefined) return;
  const above = dirname(resolve(first));
  for (let made = resolve(folder); made !== above; made = dirname(made)) syncFolderNow(dirname(made));
}

function madeFirst(folder: string): string | undefined {
  try {
    return mkdirSync(folder, { recursive: true, mode: 0o755 });
  } catch (error) {
    // Of a read-only disk and of a link that leads nowhere Node says "no such file": the plain call says what it is.
    if (systemErrorCode(error) !== "ENOENT" || !existsSync(dirname(folder))) throw error;
    mkdirSync(folder, { mode: 0o755 });
    return folder;
  }
}

/** Makes what was created, renamed or removed in a folder last. Windows has no handle on a folder to sync. */
export function syncFolderNow(folder: string): void {
  if (process.platform === "win32") return;
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
