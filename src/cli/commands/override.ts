import { userInfo } from "node:os";
import { checkTitle } from "../../reports/check-text.ts";
import { overrideText } from "../../reports/checks-section.ts";
import { openStore } from "../../storage/store.ts";
import { type Instant, later } from "../../trading/instant.ts";
import { type CheckName, checkNames, isInForce, kindOf, nameOf } from "../../trading/risk/check.ts";
import type { Config } from "../config/config.ts";
import { findConfig } from "../config/find-config.ts";
import { readConfig } from "../config/read-config.ts";
import { exitCode } from "../exit-code.ts";
import type { Host } from "../host.ts";
import { refuseHistory } from "../refuse-history.ts";
import { systemClock } from "../system-clock.ts";
import { programVersion } from "../version.ts";
import { whenIn } from "../when.ts";

export interface OverrideOptions {
  readonly config?: string;
  /** Without it the overrides in force are listed. */
  readonly check?: string;
  readonly subject?: string;
  readonly until?: string;
  readonly why?: string;
  readonly withdraw?: true;
}

const longestDays = 7;

/**
 * `trader override CHECK [SUBJECT] --until TIME --why TEXT`: a person takes a failed check on for a time. It is on record,
 * mailed by the next run, shown by every run while it lasts, and ends by itself. Throws ConfigError.
 */
export async function override(options: OverrideOptions, host: Host): Promise<number> {
  const config = readConfig(findConfig(options.config, host.env, host.cwd), host.env);
  if (refuseHistory(config, host)) return exitCode.held;
  const { account } = config.job.connection;
  const { zone } = config.mail;
  const now = systemClock.now();
  const store = openStore({ folder: config.paths.snapshots, account, version: programVersion() });
  try {
    if (options.check === undefined) {
      const inForce = store
        .overrides(account)
        .filter((each) => isInForce(each, now) || !config.job.trustHostClock);
      const lines = inForce.map((each) => `${overrideText(each, zone)}\n`);
      host.stdout.write(lines.length > 0 ? lines.join("") : "No override is in force.\n");
      return exitCode.done;
    }
    const name = checkNames.find((known) => known === options.check);
    const subject = options.subject ?? "";
    if (name && options.withdraw) {
      const ended = store.withdrawOverrides(account, { name, subject }, now);
      host.stdout.write(
        ended.length > 0
          ? `Withdrawn: ${nameOf({ name, subject })} is judged again from the next run on.\n`
          : `There is no override of ${nameOf({ name, subject })}.\n`,
      );
      return exitCode.done;
    }
    const untilAt = options.until === undefined ? undefined : whenIn(options.until, { zone, now });
    const why = options.why?.trim() ?? "";
    const mistake =
      mistakeIn({ ...options, check: options.check, name, untilAt, why }, config, now) ??
      (name && subjectMistake(name, subject, config));
    if (mistake !== undefined || !name || untilAt === undefined) {
      host.stderr.write(`trader override: ${mistake}\n`);
      return exitCode.usage;
    }
    const given = { name, subject, givenAt: now, untilAt, why, by: userInfo().username };
    store.giveOverride(account, given);
    host.stdout.write(
      `Overridden: ${overrideText(given, zone)}.\nThe next run mails it, every run shows it, and it ends by itself; \`trader override ${nameOf(given)} --withdraw\` ends it now.\n`,
    );
    return exitCode.done;
  } finally {
    store.close();
  }
}

function mistakeIn(
  asked: {
    readonly check: string;
    readonly name: CheckName | undefined;
    readonly until?: string;
    readonly untilAt: Instant | undefined;
    readonly why: string;
  },
  { job }: Config,
  now: Instant,
): string | undefined {
  const { check, name, until, untilAt, why } = asked;
  const overridable = checkNames.filter((each) => kindOf(each).canBeOverridden).join(", ");
  if (!name) return `there is no check "${check}"; these can be overridden: ${overridable}`;
  if (!kindOf(name).canBeOverridden)
    return `${name} (${checkTitle(name)}) is never overridden; these can be: ${overridable}`;
  if (until === undefined) return "say --until: a time such as 2h, 1d or 2022-03-14T16:00";
  if (untilAt === undefined)
    return `--until: expected a time such as 2h, 1d or 2022-03-14T16:00, not "${until}"`;
  if (job.trustHostClock && untilAt <= now) return "--until lies in the past";
  if (job.trustHostClock && untilAt > later(now, longestDays * 86_400_000))
    return `--until lies more than ${longestDays} days ahead: change the limit in trader.toml instead`;
  if (!job.trustHostClock && /^\d+[mhd]$/.test(until))
    return "--until: say a date, since the gateway lives at another time than this machine";
  return why === "" ? 'say --why: for whoever reads the next mail: --why "splits tomorrow"' : undefined;
}

/** An override of what no check is about would be listed, mailed, and do nothing. */
function subjectMistake(name: CheckName, subject: string, { job }: Config): string | undefined {
  if (subject === "") return undefined;
  const kind = kindOf(name).about;
  if (kind === "account") return `${name} is about the whole account: leave "${subject}" out`;
  if (kind === "symbol")
    return subject === subject.toUpperCase()
      ? undefined
      : `expected a symbol in capital letters, as in the forecast files, not "${subject}"`;
  const names =
    kind === "group"
      ? job.limits.groups.map((group) => group.name)
      : job.strategies.map(({ strategy }) => strategy);
  if (names.includes(subject)) return undefined;
  return `there is no ${kind} called "${subject}"; there are: ${names.join(", ") || "none"}`;
}
