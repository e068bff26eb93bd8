import { findingText } from "../../reports/finding-text.ts";
import { openStore } from "../../storage/store.ts";
import { findingOf, type OpenBreak } from "../../trading/reconciliation.ts";
import { findConfig } from "../config/find-config.ts";
import { readConfig } from "../config/read-config.ts";
import { exitCode } from "../exit-code.ts";
import type { Host } from "../host.ts";
import { refuseHistory } from "../refuse-history.ts";
import { systemClock } from "../system-clock.ts";
import { programVersion } from "../version.ts";

export interface AcceptOptions {
  readonly config?: string;
  readonly what: readonly string[];
  readonly note: string;
}

/**
 * `trader accept WHAT`: our books take over what the broker told where the two differ, and the next run trades it again.
 * Nothing is settled unless every name is that of an open break. Throws ConfigError.
 */
export async function accept({ config: file, what, note }: AcceptOptions, host: Host): Promise<number> {
  const config = readConfig(findConfig(file, host.env, host.cwd), host.env);
  if (refuseHistory(config, host)) return exitCode.held;
  const { account } = config.job.connection;
  const store = openStore({ folder: config.paths.snapshots, account, version: programVersion() });
  try {
    const open = await store.openBreaks(account);
    if (open.length === 0)
      host.stdout.write("Our books and the broker's agree: there is nothing to accept.\n");
    for (const name of what.filter((asked) => !open.some((each) => namesOf(each).includes(asked)))) {
      const names = open.map((each) => namesOf(each)[0]).join(", ") || "none";
      host.stderr.write(`trader accept: nothing called "${name}" is open; open: ${names}\n`);
      return exitCode.usage;
    }
    if (what.length === 0) {
      for (const each of open) {
        const told = findingText(findingOf(each, config.job.maxNavMove));
        host.stdout.write(`! ${told.what}\n  ${told.remedy}\n`);
      }
      return open.length === 0 ? exitCode.done : exitCode.held;
    }
    const isMeant = (each: OpenBreak) => what.some((name) => namesOf(each).includes(name));
    for (const each of store.accept(account, { isMeant, at: systemClock.now(), note }))
      host.stdout.write(`Accepted: ${acceptedText(each)}.\n`);
    return exitCode.done;
  } finally {
    store.close();
  }
}

function namesOf(open: OpenBreak): readonly string[] {
  return open.kind === "position" ? [open.symbol, String(open.conId)] : ["net-liquidation"];
}

function acceptedText(open: OpenBreak): string {
  return open.kind === "position"
    ? `${open.toldShares} shares of ${open.symbol}`
    : "net liquidation as the broker told it last";
}
