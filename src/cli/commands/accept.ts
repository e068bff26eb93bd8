import { findingText } from "../../reports/finding-text.ts";
import { type History, openStore } from "../../storage/store.ts";
import { findingOf, type OpenBreak } from "../../trading/reconciliation.ts";
import { type MeasuredStrategy, measureStrategies } from "../../trading/risk/strategy-value.ts";
import type { Config } from "../config/config.ts";
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
 * Nothing is settled unless every name is that of an open break. `trader accept strategy NAME` begins the measure of a
 * strategy anew, and with it what its stop loss had ended. Throws ConfigError.
 */
export async function accept({ config: file, what, note }: AcceptOptions, host: Host): Promise<number> {
  const config = readConfig(findConfig(file, host.env, host.cwd), host.env);
  if (refuseHistory(config, host)) return exitCode.held;
  const { account } = config.job.connection;
  const store = openStore({ folder: config.paths.snapshots, account, version: programVersion() });
  try {
    if (what[0] === "strategy") return await acceptStrategies(what.slice(1), { config, note, store, host });
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
        const told = findingText(findingOf(each, config.job.maxNavMove), config.mail.zone);
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

/** Nothing is begun anew unless every name is that of a strategy. */
async function acceptStrategies(
  names: readonly string[],
  { config, note, store, host }: { config: Config; note: string; store: History; host: Host },
): Promise<number> {
  const { strategies, connection } = config.job;
  const known = strategies.map(({ strategy }) => strategy);
  const unknown = names.find((name) => !known.includes(name));
  if (names.length === 0 || unknown !== undefined) {
    const mistake = unknown === undefined ? "say which strategy" : `there is no strategy called "${unknown}"`;
    host.stderr.write(`trader accept: ${mistake}; there are: ${known.join(", ")}\n`);
    return exitCode.usage;
  }
  const { strategies: records } = await store.riskRecord(connection.account, undefined);
  const standing = new Map(
    measureStrategies(strategies, records, undefined).map((each) => [each.strategy, each]),
  );
  for (const strategy of names) {
    store.resetStrategy(connection.account, { strategy, at: systemClock.now(), note });
    host.stdout.write(`Accepted: ${begunAnewText(strategy, standing.get(strategy))}.\n`);
  }
  return exitCode.done;
}

/** `before`: undefined of a strategy that nothing may stop. */
function begunAnewText(strategy: string, before: MeasuredStrategy | undefined): string {
  if (!before)
    return `strategy ${strategy} has neither stop_loss nor take_profit, so it is not measured; what it asks for counts as before`;
  const anew = `the measure of strategy ${strategy} begins anew with the next run`;
  return before.mark?.stopped
    ? `${anew}, and what it asks for counts again`
    : `${anew}; it was not stopped, what it asks for counts as before`;
}

function namesOf(open: OpenBreak): readonly string[] {
  return open.kind === "position" ? [open.symbol, String(open.conId)] : ["net-liquidation"];
}

function acceptedText(open: OpenBreak): string {
  return open.kind === "position"
    ? `${open.toldShares} shares of ${open.symbol}`
    : "net liquidation as the broker told it last";
}
