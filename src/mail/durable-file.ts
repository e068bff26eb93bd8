import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";

/** Writes a file so that it is there as a whole or not at all, after a power loss too: temporary file, fsync, rename. */
export async function writeDurably(path: string, content: Uint8Array): Promise<void> {
  const temporary = `${path}.tmp`;
  const file = await open(temporary, "w", 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await moveDurably(temporary, path);
}

/** Renames within a file system; the new name is on disk when this answers. */
export async function moveDurably(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncFolder(dirname(to));
  if (dirname(from) !== dirname(to)) await syncFolder(dirname(from));
}

/** Appends one line and waits until it is on disk. A line that an earlier power loss tore is closed first. */
export async function appendLineDurably(path: string, line: string): Promise<void> {
  const file = await open(path, "a+", 0o600);
  try {
    const { size } = await file.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await file.read(last, 0, 1, size - 1);
    const isTorn = size > 0 && last.toString() !== "\n";
    await file.appendFile(`${isTorn ? "\n" : ""}${line}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Windows has no handle on a folder to sync. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** The code of a failed system call (ENOSPC, EACCES …), or undefined for any other error. */
export function systemErrorCode(error: unknown): string | undefined {
  const { code, syscall } = error as { code?: unknown; syscall?: unknown };
  return typeof code === "string" && typeof syscall === "string" ? code : undefined;
}
