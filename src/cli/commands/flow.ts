import { userInfo } from "node:os";
import { moneyText } from "../../reports/numbers.ts";
import { openStore } from "../../storage/store.ts";
import type { Instant } from "../../trading/instant.ts";
import { absolute, type Money, money } from "../../trading/money.ts";
import type { CashFlow } from "../../trading/risk/equity.ts";
import { spokenTime } from "../../trading/session.ts";
import { findConfig } from "../config/find-config.ts";
import { readConfig } from "../config/read-config.ts";
import { exitCode } from "../exit-code.ts";
import type { Host } from "../host.ts";
import { refuseHistory } from "../refuse-history.ts";
import { systemClock } from "../system-clock.ts";
import { programVersion } from "../version.ts";
import { whenIn } from "../when.ts";

export interface FlowOptions {
  readonly config?: string;
  /** Signed: a withdrawal is negative. Without it the flows on record are listed. */
  readonly amount?: string;
  readonly at?: string;
  readonly note: string;
}

/**
 * `trader flow AMOUNT`: puts a deposit or withdrawal on record, so that it is no profit, no loss and no jump of net
 * liquidation. Throws ConfigError.
 */
export async function flow(options: FlowOptions, host: Host): Promise<number> {
  const config = readConfig(findConfig(options.config, host.env, host.cwd), host.env);
  if (refuseHistory(config, host)) return exitCode.held;
  const { account } = config.job.connection;
  const { zone } = config.mail;
  const refuse = (why: string) => {
    host.stderr.write(`trader flow: ${why}\n`);
    return exitCode.usage;
  };
  const store = openStore({ folder: config.paths.snapshots, account, version: programVersion() });
  try {
    if (options.amount === undefined) {
      const known = store.flows(account).map((each) => `${flowText(each, zone)}\n`);
      host.stdout.write(known.length > 0 ? known.join("") : "No deposit or withdrawal has been declared.\n");
      return exitCode.done;
    }
    const { equity } = await store.riskRecord(account, undefined);
    const currency = equity.at(-1)?.netLiquidation.currency;
    if (currency === undefined)
      return refuse("no run has seen the account yet: what is in it then is what it begins with");
    const amount = amountOf(options.amount, currency);
    if (!amount)
      return refuse(`expected an amount of ${currency} such as 25000 or -1500.50, not "${options.amount}"`);
    const now = systemClock.now();
    const jump = (await store.openBreaks(account)).find(({ kind }) => kind === "net-liquidation");
    const at = options.at === undefined ? jump?.foundAt : whenIn(options.at, { zone, now });
    if (options.at !== undefined && at === undefined)
      return refuse(`--at: expected a time such as 2022-03-14T09:30, not "${options.at}"`);
    if (at === undefined && !config.job.trustHostClock)
      return refuse("say --at: the gateway lives at another time than this machine");
    const bookedAt: Instant = at ?? now;
    if (config.job.trustHostClock && bookedAt > now)
      return refuse("--at lies in the future: declare a flow when it is in the account");
    const declared = { at: bookedAt, amount, note: options.note, declaredAt: now, by: userInfo().username };
    store.declareFlow(account, declared);
    const why = options.at === undefined && jump ? " (when the jump of net liquidation was found)" : "";
    host.stdout.write(
      `Declared: ${flowText(declared, zone)}${why}.\nRuns take it out of drawdown, daily loss and the jump check from now on.\n`,
    );
    return exitCode.done;
  } finally {
    store.close();
  }
}

function flowText({ at, amount, note }: CashFlow, zone: string): string {
  const what = amount.e6 < 0n ? "withdrawal" : "deposit";
  const why = note === "" ? "" : `: ${note}`;
  return `${what} of ${moneyText(absolute(amount))}, booked ${spokenTime(at, zone)}${why}`;
}

function amountOf(text: string, currency: string): Money | undefined {
  if (!/^[+-]?\d{1,12}(\.\d{1,6})?$/.test(text)) return undefined;
  const amount = money(text.replace(/^\+/, ""), currency);
  return amount.e6 === 0n ? undefined : amount;
}
