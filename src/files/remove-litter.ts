import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { systemErrorCode } from "./system-error.ts";

const litter = /\.\d+-\d+\.tmp(-journal|-wal|-shm)?$/;

/**
 * Removes the temporary files that killed processes left in these folders. Call it only while nobody else writes there:
 * a living process's file cannot be told from litter. A folder that cannot be read or changed is passed over: the next
 * write to it says so, and litter harms nobody.
 */
export async function removeLitter(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    try {
      const names = (await readdir(folder)).filter((name) => litter.test(name));
      for (const name of names) await rm(join(folder, name), { force: true });
    } catch (error) {
      if (systemErrorCode(error) === undefined) throw error;
    }
  }
}
