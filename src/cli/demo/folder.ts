import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "../config/mistake.ts";

const marker = ".trader-demo";

/**
 * An empty folder for the demo. What an earlier demo left in it is removed; a folder with anything else in it is not
 * touched: throws ConfigError.
 */
export function freshDemoFolder(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    if (!existsSync(join(folder, marker)))
      throw new ConfigError(`${folder} is not empty and not from an earlier demo: choose another with --dir`);
    rmSync(folder, { recursive: true });
  }
  mkdirSync(join(folder, "forecasts"), { recursive: true, mode: 0o755 });
  writeFileSync(
    join(folder, marker),
    "Made by `trader demo`, which removes this folder's content when it starts again.\n",
  );
}
