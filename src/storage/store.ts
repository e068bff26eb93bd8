import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Journal, Store } from "../ports.ts";
import type { Instant } from "../trading/instant.ts";
import type { Outcome } from "../trading/outcome.ts";
import type { OpenBreak } from "../trading/reconciliation.ts";
import type { Override } from "../trading/risk/check.ts";
import type { CashFlow } from "../trading/risk/equity.ts";
import { bringUpToDate, equityFile, positionsFileOf, tradesFile } from "./csv/history-csv.ts";
import { acceptBreaks, keepBreaks, openBreaks } from "./sqlite/breaks.ts";
import { bookExecutions, lastProtectionFills, lastTrades } from "./sqlite/executions.ts";
import { openDatabase } from "./sqlite/open-database.ts";
import {
  insertIntents,
  intentsOf,
  isSentIn,
  markChanging,
  markSending,
  orderRefsOf,
  unsettledOrders,
  updateOrders,
} from "./sqlite/orders.ts";
import { enterOpening, expectedPositions } from "./sqlite/position-ledger.ts";
import {
  type DeclaredFlow,
  flowsOf,
  insertFlow,
  insertOverride,
  overridesOf,
  riskRecord,
  withdrawOverrides,
  writeChecks,
} from "./sqlite/risk.ts";
import {
  accountsOnRecord,
  beginRun,
  deadRuns,
  endRun,
  gapsBefore,
  type Program,
  runTimes,
} from "./sqlite/runs.ts";
import { sessionSoFar } from "./sqlite/session-so-far.ts";
import { commitDay, committedDays, writeSnapshot } from "./sqlite/snapshots.ts";
import type { Db } from "./sqlite/sqlite.ts";
import { acceptedStrategies, keepStrategies, resetStrategy } from "./sqlite/strategies.ts";

export interface StoreOptions extends Program {
  /** Where `history.db` and the CSV files live; made when it is missing. */
  readonly folder: string;
  /** The one account that this history is of. Opening that of another one throws, with code OTHER_ACCOUNT. */
  readonly account?: string;
  /** Hears of CSV files that could not be written. Without it that is thrown. */
  readonly journal?: Journal;
}

/** How a person settles what a run could not explain. */
export interface Acceptance {
  /** Settles the open breaks that are meant: our count becomes what the broker told. Answers with those. */
  accept(
    account: string,
    asked: { readonly isMeant: (open: OpenBreak) => boolean; readonly at: Instant; readonly note: string },
  ): readonly OpenBreak[];
  /** Begins the measure of a strategy anew, stopped or not: the next run is its start. */
  resetStrategy(
    account: string,
    asked: { readonly strategy: string; readonly at: Instant; readonly note: string },
  ): void;
}

/** What a person says of the account's risk. */
export interface RiskBooks {
  /** Puts a deposit or withdrawal on record. */
  declareFlow(account: string, flow: DeclaredFlow): void;
  /** Oldest first. */
  flows(account: string): readonly CashFlow[];
  giveOverride(account: string, override: Override): void;
  /** Answers with the overrides that it has ended. */
  withdrawOverrides(
    account: string,
    asked: Pick<Override, "name" | "subject">,
    at: Instant,
  ): readonly Override[];
  /** Newest first, those that have ended by themselves too. */
  overrides(account: string): readonly Override[];
}

/** The history, for runs and for the commands of a person. */
export type History = Store & Acceptance & RiskBooks & { close(): void };

/**
 * The history of a data folder. SQLite comes first, each step in one transaction that is on disk when its promise
 * resolves; the CSV files follow it with the same values and are never read back. Which of them are behind is on record,
 * so that a run that dies between the two leaves work for the next `finish`, not a gap. Throws when the database cannot
 * be opened or was written by a newer program.
 */
export function openStore(options: StoreOptions): History {
  const { folder, journal } = options;
  mkdirSync(folder, { recursive: true });
  const db = openDatabase(join(folder, "history.db"));
  if (options.account !== undefined) refuseOtherAccounts(db, options.account, folder);
  return storeOver(db, options, (work) => followWithCsv(db, { folder, journal, ...work }));
}

/** The CSV files that are due, and which of them must not be trusted to be what they were. */
interface CsvWork {
  readonly due: readonly string[];
  readonly distrusted: ReadonlySet<string>;
}

/** The history in a database that is open already; `follow` is told after each run's end which CSV files are due. */
export function storeOver(
  db: Db,
  options: Program,
  follow: (work: CsvWork) => Promise<void> = async () => {},
): History {
  // A writer from its first statement: "not there yet" must still be true when it writes (S02).
  const inTransaction = <T>(work: () => T): T => db.transaction(work).immediate();

  return {
    async begin(run) {
      return inTransaction(() => beginRun(db, run, options));
    },
    async unsettledOrders(account) {
      return unsettledOrders(db, account);
    },
    async orderRefsOf(window) {
      return orderRefsOf(db, window);
    },
    async deadRuns(run) {
      return deadRuns(db, run);
    },
    async markSending(orderRef, at) {
      inTransaction(() => markSending(db, orderRef, at));
    },
    async intentsOf(orderRefs) {
      return intentsOf(db, orderRefs);
    },
    async markChanging(run, order, at) {
      inTransaction(() => markChanging(db, run, order, at));
    },
    async isSentIn(account, window) {
      return isSentIn(db, account, window);
    },
    async lastTrades(account, since) {
      return lastTrades(db, account, since);
    },
    async lastProtectionFills(account, since) {
      return lastProtectionFills(db, account, since);
    },
    async acceptedStrategies(account) {
      return acceptedStrategies(db, account);
    },
    async gapsBefore(account) {
      return gapsBefore(db, account);
    },
    async expectedPositions(account) {
      return expectedPositions(db, account);
    },
    async openPositions(run, positions) {
      inTransaction(() => enterOpening(db, run, positions));
    },
    async riskRecord(account, session) {
      return db.transaction(() => riskRecord(db, account, session))();
    },
    async openBreaks(account) {
      return openBreaks(db, account);
    },
    async keepStrategies(run, looks, at) {
      inTransaction(() => keepStrategies(db, run, looks, at));
    },
    async keepBreaks(run, found, at) {
      return inTransaction(() => keepBreaks(db, run, found, at));
    },
    async recordIntents(run, cleared) {
      inTransaction(() => insertIntents(db, run, cleared.orders));
    },
    async book(run, orders, executions) {
      return inTransaction(() => {
        updateOrders(db, run, orders);
        const { fresh, changedRows } = bookExecutions(db, run, executions);
        if (changedRows) markDue(db, [tradesFile]);
        return fresh;
      });
    },
    async finish(outcome) {
      await follow(inTransaction(() => writeEnd(db, outcome, options)));
    },
    async commitDay(outcome, session) {
      const { account, run, endedAt } = outcome;
      if (!account) return false;
      return inTransaction(() => commitDay(db, run, account, session, endedAt));
    },
    async sessionSoFar(account, session) {
      return db.transaction(() => sessionSoFar(db, account, session))();
    },
    async history() {
      const { first, last } = runTimes(db);
      return {
        firstRunAt: first,
        lastRunAt: last,
        committedDays: committedDays(db),
      };
    },
    declareFlow(account, flow) {
      inTransaction(() => insertFlow(db, account, flow));
    },
    flows(account) {
      return flowsOf(db, account);
    },
    giveOverride(account, override) {
      inTransaction(() => insertOverride(db, account, override));
    },
    withdrawOverrides(account, asked, at) {
      return inTransaction(() => withdrawOverrides(db, account, asked, at));
    },
    overrides(account) {
      return overridesOf(db, account);
    },
    resetStrategy(account, asked) {
      inTransaction(() => resetStrategy(db, account, asked));
    },
    accept(account, asked) {
      return inTransaction(() => acceptBreaks(db, account, asked));
    },
    close() {
      db.close();
    },
  };
}

/** Two accounts in one history would share its equity curve, its days and its mails. */
function refuseOtherAccounts(db: Db, account: string, folder: string): void {
  const others = accountsOnRecord(db).filter((known) => known !== account);
  if (others.length === 0) return;
  db.close();
  const what = `the history in ${folder} is of account ${others.join(", ")}: one data folder per account`;
  throw Object.assign(new Error(what), { code: "OTHER_ACCOUNT" });
}

/** The end of a run as one transaction's work. Answers which CSV files must follow, and which of them to distrust. */
function writeEnd(db: Db, outcome: Outcome, program: Program): CsvWork {
  const { run, account } = outcome;
  const distrusted = new Set(dueFiles(db));
  const endedBefore = db.prepare("SELECT 1 FROM equity_record WHERE run_id = ?").get(run.id) !== undefined;
  endRun(db, outcome, program);
  writeChecks(db, run, outcome.review?.checks ?? []);
  updateOrders(db, run, [...outcome.settledOrders, ...outcome.orders]);
  if (bookExecutions(db, run, outcome.executions).changedRows) distrusted.add(tradesFile);
  markDue(db, [tradesFile, equityFile]);
  if (account) {
    writeSnapshot(db, run, account, outcome.endedAt);
    if (endedBefore) distrusted.add(equityFile);
    markDue(db, [positionsFileOf(run.id)]);
  }
  return { due: dueFiles(db), distrusted };
}

/** Every file gets its chance: one that cannot be written stays due for the next run and does not stop the others. */
async function followWithCsv(
  db: Db,
  work: CsvWork & { readonly folder: string; readonly journal: Journal | undefined },
): Promise<void> {
  const failures: { file: string; error: unknown }[] = [];
  const done: string[] = [];
  for (const file of work.due) {
    try {
      await bringUpToDate(db, { folder: work.folder, file, distrust: work.distrusted.has(file) });
      done.push(file);
    } catch (error) {
      failures.push({ file: join(work.folder, file), error });
    }
  }
  const isDone = db.prepare("DELETE FROM csv_due WHERE file = ?");
  db.transaction(() => done.forEach((file) => isDone.run(file))).immediate();
  if (failures.length > 0 && !work.journal)
    throw new AggregateError(
      failures.map(({ error }) => error),
      "CSV files could not be written",
    );
  for (const { file, error } of failures)
    work.journal?.append({
      kind: "finding",
      finding: { kind: "file-not-written", file, detail: String(error) },
    });
}

function dueFiles(db: Db): string[] {
  return db
    .prepare<[], { file: string }>("SELECT file FROM csv_due ORDER BY file")
    .all()
    .map((row) => row.file);
}

function markDue(db: Db, files: readonly string[]): void {
  const insert = db.prepare("INSERT OR IGNORE INTO csv_due (file) VALUES (?)");
  for (const file of files) insert.run(file);
}
