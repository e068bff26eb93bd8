import { join } from "node:path";
import { ibBrokerage } from "../brokers/ib/brokerage.ts";
import { readOnlyBrokerage } from "../brokers/read-only.ts";
import { makeFolder } from "../files/make-folder.ts";
import { removeLitter } from "../files/remove-litter.ts";
import { forecastFiles } from "../forecasts/forecast-files.ts";
import { openMailer } from "../mail/mailer.ts";
import { mailTimeouts } from "../mail/smtp.ts";
import type { Brake, Clock, ContractCache, Journal, RunLock, Store, World } from "../ports.ts";
import { reasonText } from "../reports/reason-text.ts";
import { contractCacheIn } from "../storage/contract-cache.ts";
import { haltFileIn } from "../storage/halt-file.ts";
import { orderFilesIn } from "../storage/order-files.ts";
import { openHistoryToRead } from "../storage/readable-history.ts";
import { historyTrouble, inspectHistory } from "../storage/sqlite/inspect-history.ts";
import { runLockIn } from "../storage/sqlite/run-lock.ts";
import { openStore, type StoreOptions } from "../storage/store.ts";
import { HeldError } from "../trading/held-error.ts";
import { backedUp } from "./backed-up.ts";
import type { Config, Paths } from "./config/config.ts";
import { ConfigError } from "./config/mistake.ts";
import {
  dryRunJournal,
  forgetfulStore,
  noLock,
  noMailer,
  noOrderFiles,
  overOneConnection,
  readOnlyContracts,
} from "./dry-run-ports.ts";
import { HoldingPorts, refusingStore } from "./holding-ports.ts";

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
  /** Aborts with the signal's name when the run is told to stop. */
  readonly stop: AbortSignal;
  /** The program's own version, for every run's record (S19). */
  readonly version: string;
  /** Why the run must end before it begins anything; it is told as any other finding, by mail too. */
  readonly mayNotBegin?: HeldError | undefined;
}

/** The world of `trader run`: a gateway over TCP, live or paper, and everything kept in the data folder. */
export function openRunWorld(config: Config, options: WorldOptions): OpenWorld {
  const { clock, journal, pid, hostName: host, version, stop } = options;
  const { paths, mail, digest } = config;
  const ports = new HoldingPorts();
  const history = openHistory(
    config,
    { folder: paths.snapshots, version, configDigest: digest, journal },
    ports,
  );
  const reason = options.mayNotBegin ?? history.mayNotBegin;
  const world: World = {
    clock,
    journal,
    lock: ports.lock(tidying(runLockIn(paths.state, { pid, host }), paths), join(paths.state, "run.lock")),
    brokerage: ibBrokerage({ clock, journal, delayedQuotes: config.job.quotes.allowDelayedQuotes }),
    forecasts: forecastFiles(config),
    contracts: contractsIn(paths, ports),
    orderFiles: orderFilesIn(paths.orders, { reasonText }),
    store: reason ? refusingStore(history.store, reason) : history.store,
    mailer: openMailer({
      folder: paths.mail,
      from: mail.from,
      to: mail.to,
      zone: mail.zone,
      clock,
      timeouts: mailTimeouts,
      ...(mail.smtp && { smtp: smtpOf(mail.smtp) }),
    }),
    brake: brakeIn(paths, stop, ports),
  };
  return { world, close: history.close };
}

/** The world of `trader dry-run`: the same gateway, watched only; nothing is written, mailed or locked. */
export function openDryRunWorld(
  config: Config,
  options: Pick<WorldOptions, "clock" | "journal"> & { readonly asksPreviews: boolean },
): OpenWorld {
  const journal = dryRunJournal(options.journal);
  const delayedQuotes = config.job.quotes.allowDelayedQuotes;
  const watched = ibBrokerage({ clock: options.clock, journal, delayedQuotes });
  const { paths } = config;
  const ports = new HoldingPorts();
  const unusable = inspectHistory(paths.database, paths.orders);
  const history = unusable ? undefined : openHistoryToRead(paths.snapshots);
  const store = forgetfulStore(history);
  const world: World = {
    clock: options.clock,
    journal,
    lock: noLock,
    brokerage: overOneConnection(
      readOnlyBrokerage(watched, {
        asksPreviews: options.asksPreviews,
        standsFor: config.job.connection.clientId,
      }),
    ),
    forecasts: forecastFiles(config),
    contracts: readOnlyContracts(contractsIn(paths, ports)),
    orderFiles: noOrderFiles,
    store: unusable ? refusingStore(store, new HeldError(unusable)) : store,
    mailer: noMailer,
    brake: brakeIn(paths, new AbortController().signal, ports),
  };
  return { world, close: () => history?.close() };
}

/** A person's halt, and a signal to this process. */
function brakeIn({ state }: Paths, stop: AbortSignal, ports: HoldingPorts): Brake {
  const haltFile = haltFileIn(state);
  const brake: Brake = {
    async pulled() {
      if (stop.aborted) return { kind: "interrupted", signal: String(stop.reason) };
      const halt = await haltFile.read();
      return halt && { kind: "halted", ...halt };
    },
  };
  return ports.brake(brake, haltFile.file);
}

interface History {
  readonly store: Store;
  /** Set when the history cannot be relied on: then the store is not to be asked. */
  readonly mayNotBegin?: HeldError;
  readonly close: () => void;
}

/** Looked at before it is opened: opening may change a file, and one that is not right must stay as it is. */
function openHistory(
  { file, job, paths }: Config,
  options: Omit<StoreOptions, "account">,
  ports: HoldingPorts,
): History {
  const database = paths.database;
  const unusable = inspectHistory(database, paths.orders);
  if (unusable) return notBegun(new HeldError(unusable));
  try {
    makeFolder(paths.snapshots);
    const store = openStore({ ...options, account: job.connection.account });
    const backups = { file: database, folder: join(paths.snapshots, "backup"), journal: options.journal };
    return { store: ports.store(backedUp(store, backups), database), close: () => store.close() };
  } catch (error) {
    if ((error as { code?: unknown }).code === "OTHER_ACCOUNT")
      throw new ConfigError(`${file}: data.folder: ${(error as Error).message}`);
    const trouble = historyTrouble(database, error);
    if (!trouble) throw error;
    return notBegun(new HeldError(trouble, { cause: error }));
  }
}

function notBegun(mayNotBegin: HeldError): History {
  return { store: forgetfulStore(undefined), mayNotBegin, close: () => {} };
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

function contractsIn(paths: Paths, ports: HoldingPorts): ContractCache {
  const file = join(paths.state, "contracts.json");
  return ports.contracts(contractCacheIn(file), file);
}

function smtpOf({ host, port, security, login }: NonNullable<Config["mail"]["smtp"]>) {
  return { host, port, security, ...login };
}
