import { lstatSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { systemErrorCode, systemErrorText } from "../../files/system-error.ts";
import type { Finding } from "../../trading/finding.ts";
import { applicationId, knownFormat } from "./open-database.ts";
import { busyTimeoutMs, Database, type Db, isBusy, whileBusy } from "./sqlite.ts";

type Unusable = Extract<Finding, { kind: "history-unusable" }>;

/**
 * Looks at a history before anybody writes to it, and changes nothing: undefined when it may be opened or is not there
 * yet, else what is wrong. A history on which a run cannot rely knows neither what was sent nor what was filled.
 *
 * The integrity check reads the whole file, 60 ms for a year of hourly runs with 40 positions. It finds broken pages,
 * indexes that disagree with their tables and values of a wrong type, not a wrong digit in a right place: SQLite keeps
 * no checksums.
 */
export function inspectHistory(file: string, ordersFolder: string): Unusable | undefined {
  try {
    const known = lastOrderFile(ordersFolder);
    // A link that leads nowhere is a mistake: SQLite would make what it leads to.
    if (!lstatSync(file, { throwIfNoEntry: false })) return known && behind(file, known);
    const found = statSync(file);
    if (!found.isFile()) return unusable(file, "out-of-reach", "it is not a file");
    if (found.size === 0) return unusable(file, "empty", "it has no content");
    return whileBusy(() => inspect(file, known));
  } catch (error) {
    const trouble = historyTrouble(file, error);
    if (!trouble) throw error;
    return trouble;
  }
}

/** What a failed statement or system call says of the history; undefined for any other error. */
export function historyTrouble(file: string, error: unknown): Unusable | undefined {
  const code = sqliteCode(error);
  if (code === undefined)
    return systemErrorCode(error) === undefined
      ? undefined
      : unusable(file, "out-of-reach", systemErrorText(error));
  const { message } = error as { message: string };
  if (isBusy(error)) return unusable(file, "locked", `${message} (${code})`);
  if (/^SQLITE_(CORRUPT|NOTADB|FORMAT)/.test(code)) return unusable(file, "damaged", `${message} (${code})`);
  return unusable(file, "out-of-reach", `${sqliteMeanings[code] ?? message} (${code})`);
}

/** The error code of SQLite, where it is one that says something about the file or the disk. */
function sqliteCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== "string") return undefined;
  return /^SQLITE_(BUSY|CANTOPEN|CORRUPT|FORMAT|FULL|IOERR|NOTADB|PERM|PROTOCOL|READONLY)/.test(code)
    ? code
    : undefined;
}

const sqliteMeanings: Readonly<Record<string, string>> = {
  SQLITE_FULL: "the disk is full",
  SQLITE_READONLY: "it may not be written",
  SQLITE_CANTOPEN: "it cannot be opened",
};

function inspect(file: string, orderFile: OrderFile | undefined): Unusable | undefined {
  const db = new Database(file, { readonly: true, timeout: busyTimeoutMs });
  try {
    const number = (pragma: string) => Number(db.pragma(pragma, { simple: true }));
    const [id, format] = [number("application_id"), number("user_version")];
    if (id !== applicationId && !(id === 0 && hasRuns(db)))
      return unusable(file, "not-ours", `it is a database of another program (its application_id is ${id})`);
    if (format > knownFormat)
      return unusable(file, "newer", `its format is ${format}, known here are formats up to ${knownFormat}`);
    const found = db.prepare<[], { integrity_check: string }>("PRAGMA integrity_check(3)").all();
    const wrong = found.map((row) => row.integrity_check).filter((text) => text !== "ok");
    if (wrong.length > 0) return unusable(file, "damaged", wrong.join("; "));
    return orderFile && !knowsRun(db, orderFile.runId) ? behind(file, orderFile) : undefined;
  } finally {
    db.close();
  }
}

function hasRuns(db: Db): boolean {
  return (
    db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'run_record'").get() !== undefined
  );
}

function knowsRun(db: Db, runId: string): boolean {
  return db.prepare("SELECT 1 FROM run_record WHERE run_id = ?").get(runId) !== undefined;
}

interface OrderFile {
  readonly path: string;
  readonly runId: string;
}

/** Each run's order file carries its id, and is on disk before an order is sent: it remembers what a lost history forgot. */
function lastOrderFile(folder: string): OrderFile | undefined {
  if (!statSync(folder, { throwIfNoEntry: false })) return undefined;
  const ids = readdirSync(folder).flatMap((name) => /^(\d{8}T\d{6}Z(?:-\d+)?)\.csv$/.exec(name)?.[1] ?? []);
  const runId = ids.reduce<string | undefined>(
    (last, id) => (last === undefined || id > last ? id : last),
    undefined,
  );
  return runId === undefined ? undefined : { path: join(folder, `${runId}.csv`), runId };
}

function behind(file: string, { path, runId }: OrderFile): Unusable {
  return unusable(file, "behind", `it does not know the run ${runId}, whose order file is ${path}`);
}

function unusable(file: string, trouble: Unusable["trouble"], detail: string): Unusable {
  return { kind: "history-unusable", file, trouble, detail };
}
