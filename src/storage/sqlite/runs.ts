import type { Finding } from "../../trading/finding.ts";
import { type Instant, instant, isoSecondsOf } from "../../trading/instant.ts";
import { decimalOf, type Money } from "../../trading/money.ts";
import type { Outcome } from "../../trading/outcome.ts";
import { type GapReason, gapName } from "../../trading/protection/protection-plan.ts";
import type { DeadRun, Run } from "../../trading/run.ts";
import type { Db } from "./sqlite.ts";

/** The program that writes: in every run's record, so that a result can be traced to the code and settings behind it (S19). */
export interface Program {
  readonly version: string;
  readonly configDigest?: string;
}

/** Opens a run's record under an id that no earlier run has. Call it inside a transaction. */
export function beginRun(
  db: Db,
  { startedAt, window, account }: { startedAt: Instant; window: string; account: string },
  program: Program,
): Run {
  const id = freeId(db, startedAt);
  const run = { id, startedAt, window, account };
  insertRun(db, run, program);
  return run;
}

/**
 * Writes how the run ended and what it found; a second call for the same run replaces the first. Runs of the account that
 * never ended are put down as died: this one has told of them. Inside a transaction.
 */
export function endRun(db: Db, outcome: Outcome, program: Program): void {
  const { run } = outcome;
  if (!db.prepare("SELECT 1 FROM run_record WHERE run_id = ?").get(run.id)) insertRun(db, run, program);
  db.prepare(
    `UPDATE run_record SET ended_at = :endedAt, verdict = :verdict, session_on = :sessionOn,
       order_file = :orderFile, crash = :crash WHERE run_id = :id`,
  ).run({
    id: run.id,
    endedAt: isoSecondsOf(outcome.endedAt),
    verdict: outcome.verdict,
    sessionOn: outcome.session?.on ?? null,
    orderFile: outcome.orderFile ?? null,
    crash: outcome.crash ?? null,
  });
  db.prepare("UPDATE run_record SET verdict = 'died' WHERE account = ? AND verdict IS NULL").run(run.account);
  db.prepare("DELETE FROM finding_record WHERE run_id = ?").run(run.id);
  const insert = db.prepare("INSERT INTO finding_record (run_id, ordinal, kind, detail) VALUES (?, ?, ?, ?)");
  for (const [index, finding] of outcome.findings.entries())
    insert.run(run.id, index + 1, finding.kind, detailOf(finding));
}

/** The runs of the account that never wrote their end, but this one. */
export function deadRuns(db: Db, run: Run): readonly DeadRun[] {
  interface Row {
    run_id: string;
    started_at: string;
    in_doubt: bigint;
  }
  return db
    .prepare<[string, string], Row>(
      `SELECT run_id, started_at,
         (SELECT count(*) FROM order_record AS o WHERE o.run_id = r.run_id AND o.life = 'sending') AS in_doubt
       FROM run_record AS r WHERE account = ? AND verdict IS NULL AND run_id <> ? ORDER BY started_at`,
    )
    .all(run.account, run.id)
    .map((row) => ({
      id: row.run_id,
      startedAt: instant(row.started_at),
      ordersInDoubt: Number(row.in_doubt),
    }));
}

/** What the last run that wrote its end found unprotected, by the names of its gaps. */
export function gapsBefore(db: Db, account: string): ReadonlySet<string> {
  const rows = db
    .prepare<[string], { symbol: string; reason: GapReason }>(
      `SELECT detail ->> 'symbol' AS symbol, detail ->> 'reason' AS reason FROM finding_record
       WHERE kind = 'position-unprotected' AND run_id = (
         SELECT run_id FROM run_record WHERE account = ? AND ended_at IS NOT NULL
         ORDER BY started_at DESC, run_id DESC LIMIT 1)`,
    )
    .all(account);
  return new Set(rows.map(gapName));
}

/** The accounts that have had a run. */
export function accountsOnRecord(db: Db): readonly string[] {
  const rows = db.prepare<[], { account: string }>(
    "SELECT DISTINCT account FROM run_record ORDER BY account",
  );
  return rows.all().map((row) => row.account);
}

/** When the first and the last run were, of any account. */
export function runTimes(db: Db): {
  readonly first: Instant | undefined;
  readonly last: Instant | undefined;
} {
  const row = db
    .prepare<[], { first: string | null; last: string | null }>(
      "SELECT min(started_at) AS first, max(started_at) AS last FROM run_record",
    )
    .get();
  return { first: instantOrNone(row?.first), last: instantOrNone(row?.last) };
}

function instantOrNone(text: string | null | undefined): Instant | undefined {
  return text ? instant(text) : undefined;
}

function freeId(db: Db, startedAt: Instant): string {
  const base = isoSecondsOf(startedAt).replace(/[-:]/g, "");
  const isTaken = db.prepare("SELECT 1 FROM run_record WHERE run_id = ?");
  for (let n = 1; ; n++) {
    const id = n === 1 ? base : `${base}-${n}`;
    if (!isTaken.get(id)) return id;
  }
}

function insertRun(db: Db, run: Run, program: Program): void {
  db.prepare(
    `INSERT INTO run_record (run_id, started_at, account, window, version, config_digest)
     VALUES (:id, :startedAt, :account, :window, :version, :configDigest)`,
  ).run({
    id: run.id,
    startedAt: isoSecondsOf(run.startedAt),
    account: run.account,
    window: run.window,
    version: program.version,
    configDigest: program.configDigest ?? null,
  });
}

/** A finding's data as JSON, amounts as decimal text with their currency. */
function detailOf(finding: Finding): string {
  const { kind: _, ...data } = finding;
  return JSON.stringify(data, (_key, value: unknown) =>
    isMoney(value) ? { amount: decimalOf(value), currency: value.currency } : value,
  );
}

function isMoney(value: unknown): value is Money {
  return typeof value === "object" && value !== null && "e6" in value && "currency" in value;
}
