import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { makeFolder } from "./make-folder.ts";

let temporaries = 0;

/**
 * Writes a file so that after a crash or power loss it is either the old one or the new one, whole (S06): a temporary
 * file in the same folder, fsync, rename, fsync of the folder. Makes the folder when it is missing. Throws what the
 * file system throws; the file is then as it was. What a killed process leaves behind is named `*.<pid>-<n>.tmp`, which
 * nobody takes for a file of ours and `removeLitter` removes. Whatever the umask, no group may write what we make.
 */
export async function writeDurably(file: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
  makeFolder(dirname(file));
  const temporary = `${file}.${process.pid}-${++temporaries}.tmp`;
  try {
    const handle = await open(temporary, "w", mode);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    // The first error is the one that tells; a temporary file that cannot be removed either is litter.
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
  await syncFolder(dirname(file));
}

/** Renames within a file system; the new name is on disk when this answers. */
export async function moveDurably(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncFolder(dirname(to));
  if (dirname(from) !== dirname(to)) await syncFolder(dirname(from));
}

/** Appends one line and waits until it is on disk. A line that an earlier power loss tore is closed first. */
export async function appendLineDurably(file: string, line: string): Promise<void> {
  const handle = await open(file, "a+", 0o600);
  try {
    const { size } = await handle.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await handle.read(last, 0, 1, size - 1);
    const isTorn = size > 0 && last.toString() !== "\n";
    await handle.appendFile(`${isTorn ? "\n" : ""}${line}\n`);
    await handle.sync();
    if (size === 0) await syncFolder(dirname(file));
  } finally {
    await handle.close();
  }
}

/** Makes what was created, renamed or removed in a folder last. Windows has no handle on a folder to sync. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
