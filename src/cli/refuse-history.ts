import { findingText } from "../reports/finding-text.ts";
import { inspectHistory } from "../storage/sqlite/inspect-history.ts";
import type { Config } from "./config/config.ts";
import type { Host } from "./host.ts";

/** Tells on stderr what is wrong with a history that nobody should rely on, and answers whether there is something. */
export function refuseHistory({ paths, mail }: Config, { stderr }: Host): boolean {
  const unusable = inspectHistory(paths.database, paths.orders);
  if (!unusable) return false;
  const { what, remedy } = findingText(unusable, mail.zone);
  stderr.write(`! ${what}\n  ${remedy}\n`);
  return true;
}
