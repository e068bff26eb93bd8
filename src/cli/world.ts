import { join } from "node:path";
import { ibBrokerage } from "../brokers/ib/brokerage.ts";
import { readOnlyBrokerage } from "../brokers/read-only.ts";
import { removeLitter } from "../files/remove-litter.ts";
import { forecastFiles } from "../forecasts/forecast-files.ts";
import { openMailer } from "../mail/mailer.ts";
import { mailTimeouts } from "../mail/smtp.ts";
import type { Clock, ContractCache, Journal, RunLock, World } from "../ports.ts";
import { reasonText } from "../reports/reason-text.ts";
import { contractCacheIn } from "../storage/contract-cache.ts";
import { orderFilesIn } from "../storage/order-files.ts";
import { runLockIn } from "../storage/sqlite/run-lock.ts";
import { openStore, type StoreOptions } from "../storage/store.ts";
import type { Config, Paths } from "./config/config.ts";
import { ConfigError } from "./config/mistake.ts";
import {
  dryRunJournal,
  noLock,
  noMailer,
  noOrderFiles,
  noStore,
  overOneConnection,
  readOnlyContracts,
} from "./dry-run-ports.ts";

/** A world to run a job in, and the way to let go of its files. */
export interface OpenWorld {
  readonly world: World;
  readonly close: () => void;
}

export interface WorldOptions {
  readonly clock: Clock;
  readonly journal: Journal;
  /** Who holds the lock, for the run that finds it held. */
  readonly pid: number;
  readonly hostName: string;
  /** The program's own version, for every run's record (S19). */
  readonly version: string;
}

/** The world of `trader run`: a gateway over TCP, live or paper, and everything kept in the data folder. */
export function openRunWorld(config: Config, options: WorldOptions): OpenWorld {
  const { clock, journal, pid, hostName: host, version } = options;
  const { paths, mail, digest } = config;
  const store = openHistory(config, { folder: paths.snapshots, version, configDigest: digest, journal });
  const world: World = {
    clock,
    journal,
    lock: tidying(runLockIn(paths.state, { pid, host }), paths),
    brokerage: ibBrokerage({ clock, journal, delayedQuotes: config.job.quotes.allowDelayedQuotes }),
    forecasts: forecastFiles(config),
    contracts: contractsIn(paths),
    orderFiles: orderFilesIn(paths.orders, { reasonText }),
    store,
    mailer: openMailer({
      folder: paths.mail,
      from: mail.from,
      to: mail.to,
      zone: mail.zone,
      clock,
      timeouts: mailTimeouts,
      ...(mail.smtp && { smtp: smtpOf(mail.smtp) }),
    }),
  };
  return { world, close: () => store.close() };
}

/** The world of `trader dry-run`: the same gateway, watched only; nothing is written, mailed or locked. */
export function openDryRunWorld(config: Config, options: Pick<WorldOptions, "clock" | "journal">): OpenWorld {
  const journal = dryRunJournal(options.journal);
  const delayedQuotes = config.job.quotes.allowDelayedQuotes;
  const watched = ibBrokerage({ clock: options.clock, journal, delayedQuotes });
  const world: World = {
    clock: options.clock,
    journal,
    lock: noLock,
    brokerage: overOneConnection(readOnlyBrokerage(watched)),
    forecasts: forecastFiles(config),
    contracts: readOnlyContracts(contractsIn(config.paths)),
    orderFiles: noOrderFiles,
    store: noStore,
    mailer: noMailer,
  };
  return { world, close: () => {} };
}

function openHistory({ file, job }: Config, options: Omit<StoreOptions, "account">) {
  try {
    return openStore({ ...options, account: job.connection.account });
  } catch (error) {
    if ((error as { code?: unknown }).code !== "OTHER_ACCOUNT") throw error;
    throw new ConfigError(`${file}: data.folder: ${(error as Error).message}`);
  }
}

/** Who has the lock is alone in the data folder: whatever killed runs left half-written is litter. */
function tidying(lock: RunLock, { orders, snapshots, mail, state }: Paths): RunLock {
  return {
    async take(holder) {
      const answer = await lock.take(holder);
      if (answer.taken) await removeLitter([orders, snapshots, join(mail, "waiting"), state]);
      return answer;
    },
  };
}

function contractsIn(paths: Paths): ContractCache {
  return contractCacheIn(join(paths.state, "contracts.json"));
}

function smtpOf({ host, port, security, login }: NonNullable<Config["mail"]["smtp"]>) {
  return { host, port, security, ...login };
}
