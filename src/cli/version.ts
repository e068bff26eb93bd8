import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The root of the installed package: what ships with the program is found from here. */
export const packageFolder = join(import.meta.dirname, "../..");

/** The program's own version, as package.json states it. */
export function programVersion(): string {
  const { version } = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8")) as {
    version: string;
  };
  return version;
}
