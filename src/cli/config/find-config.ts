import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { ConfigError } from "./mistake.ts";
import type { Env } from "./read-config.ts";

/**
 * The configuration file of this call: `--config`, else the variable TRADER_CONFIG, else trader.toml in the working
 * folder. The first that is given is the one; throws ConfigError when it does not exist, and never looks further.
 */
export function findConfig(asked: string | undefined, env: Env, cwd: string): string {
  const fromEnv = env["TRADER_CONFIG"];
  const [file, how] =
    asked !== undefined
      ? [asked, "--config"]
      : fromEnv
        ? [fromEnv, "the environment variable TRADER_CONFIG"]
        : ["trader.toml", "default, in the working folder"];
  const absolute = resolve(cwd, file);
  if (existsSync(absolute)) return absolute;
  throw new ConfigError(
    [
      `no configuration: there is no file ${absolute} (looked for by ${how}).`,
      "A configuration is named in one of three ways, the first that is given counts:",
      "  --config FILE",
      "  the environment variable TRADER_CONFIG",
      "  a file trader.toml in the working folder",
      "To write one, copy trader.example.toml, which explains every key.",
    ].join("\n"),
  );
}
