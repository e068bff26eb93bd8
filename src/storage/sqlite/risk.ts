import { type Instant, instant, isoSecondsOf } from "../../trading/instant.ts";
import { type Check, type CheckName, kindOf, nameOf, type Override } from "../../trading/risk/check.ts";
import type { CashFlow, EquityPoint } from "../../trading/risk/equity.ts";
import { emptyRiskRecord, type RiskRecord } from "../../trading/risk/risk-record.ts";
import type { Run } from "../../trading/run.ts";
import type { Session } from "../../trading/session.ts";
import { sessionSoFar } from "./session-so-far.ts";
import type { Db } from "./sqlite.ts";
import { strategiesOf } from "./strategies.ts";

/** What the account's risk is judged against. Call it inside a transaction, so that all of it is of one moment. */
export function riskRecord(db: Db, account: string, session: Session | undefined): RiskRecord {
  return {
    equity: equityOf(db, account),
    flows: flowsOf(db, account),
    today: session ? sessionSoFar(db, account, session) : emptyRiskRecord.today,
    marks: lastMarks(db, account),
    overrides: overridesOf(db, account),
    failedBefore: failedBefore(db, account),
    strategies: strategiesOf(db, account),
  };
}

/** Keeps what a run's checks came to; a second call for the same run replaces the first. Inside a transaction. */
export function writeChecks(db: Db, run: Run, checks: readonly Check[]): void {
  db.prepare("DELETE FROM check_record WHERE run_id = ?").run(run.id);
  const insert = db.prepare(
    `INSERT INTO check_record (run_id, ordinal, name, subject, unit, present, value, limit_value, verdict, override_why,
       override_by)
     VALUES (:runId, :ordinal, :name, :subject, :unit, :present, :value, :limit, :verdict, :why, :by)`,
  );
  for (const [index, { name, subject, present, value, limit, verdict, override }] of checks.entries())
    insert.run({
      runId: run.id,
      ordinal: index + 1,
      name,
      subject,
      unit: kindOf(name).unit,
      present: present ?? null,
      value: value ?? null,
      limit,
      verdict,
      why: override?.why ?? null,
      by: override?.by ?? null,
    });
}

/** A person's word on a deposit or withdrawal. */
export interface DeclaredFlow extends CashFlow {
  readonly declaredAt: Instant;
  readonly by: string;
}

export function insertFlow(
  db: Db,
  account: string,
  { at, amount, note, declaredAt, by }: DeclaredFlow,
): void {
  db.prepare(
    `INSERT INTO flow_record (account, booked_at, amount_e6, currency, note, declared_at, declared_by)
     VALUES (:account, :at, :e6, :currency, :note, :declaredAt, :by)`,
  ).run({
    account,
    at: isoSecondsOf(at),
    e6: amount.e6,
    currency: amount.currency,
    note,
    declaredAt: isoSecondsOf(declaredAt),
    by,
  });
}

/** Oldest first. */
export function flowsOf(db: Db, account: string): readonly CashFlow[] {
  return db
    .prepare<[string], { booked_at: string; amount_e6: bigint; currency: string; note: string }>(
      "SELECT booked_at, amount_e6, currency, note FROM flow_record WHERE account = ? ORDER BY booked_at, flow_id",
    )
    .all(account)
    .map(({ booked_at: at, amount_e6: e6, currency, note }) => ({
      at: instant(at),
      amount: { currency, e6 },
      note,
    }));
}

export function insertOverride(db: Db, account: string, override: Override): void {
  const { name, subject, givenAt, untilAt, why, by } = override;
  db.prepare(
    `INSERT INTO override_record (account, name, subject, given_at, until_at, why, given_by)
     VALUES (:account, :name, :subject, :givenAt, :untilAt, :why, :by)`,
  ).run({
    account,
    name,
    subject,
    givenAt: isoSecondsOf(givenAt),
    untilAt: isoSecondsOf(untilAt),
    why,
    by,
  });
}

/** Ends overrides of a check before their time. Answers with those that it ended. */
export function withdrawOverrides(
  db: Db,
  account: string,
  { name, subject }: Pick<Override, "name" | "subject">,
  at: Instant,
): readonly Override[] {
  const meant = overridesOf(db, account).filter((each) => nameOf(each) === nameOf({ name, subject }));
  db.prepare(
    `UPDATE override_record SET withdrawn_at = ?
     WHERE account = ? AND name = ? AND subject = ? AND withdrawn_at IS NULL`,
  ).run(isoSecondsOf(at), account, name, subject);
  return meant;
}

/** Those that nobody has withdrawn, ended ones too: at which time it is judged is for the asking run to say. Newest first. */
export function overridesOf(db: Db, account: string): readonly Override[] {
  interface Row {
    name: CheckName;
    subject: string;
    given_at: string;
    until_at: string;
    why: string;
    given_by: string;
  }
  return db
    .prepare<[string], Row>(
      `SELECT name, subject, given_at, until_at, why, given_by FROM override_record
       WHERE account = ? AND withdrawn_at IS NULL ORDER BY override_id DESC`,
    )
    .all(account)
    .map((row) => ({
      name: row.name,
      subject: row.subject,
      givenAt: instant(row.given_at),
      untilAt: instant(row.until_at),
      why: row.why,
      by: row.given_by,
    }));
}

/**
 * The ends of the sessions that are on record, and every run since the last of them. Without what was told while a jump of
 * net liquidation was open that nobody accepted: a wrong number must not become the high-water mark.
 */
function equityOf(db: Db, account: string): readonly EquityPoint[] {
  return db
    .prepare<[{ account: string }], { taken_at: string; currency: string; e6: bigint }>(
      `WITH last_day AS (
         SELECT coalesce(max(e.entry), 0) AS entry FROM day_record AS d JOIN equity_record AS e USING (run_id)
         WHERE d.account = :account
       )
       SELECT e.taken_at, e.currency, e.net_liquidation_e6 AS e6 FROM equity_record AS e, last_day
       WHERE e.account = :account
         AND (e.entry > last_day.entry
           OR e.run_id IN (SELECT run_id FROM day_record WHERE account = :account)
           OR e.entry = (SELECT min(entry) FROM equity_record WHERE account = :account))
         AND NOT EXISTS (
           SELECT 1 FROM break_record AS b
           WHERE b.account = :account AND b.kind = 'net-liquidation' AND e.taken_at >= b.found_at
             AND (b.settled_at IS NULL OR (b.settled_how <> 'accepted' AND e.taken_at < b.settled_at)))
       ORDER BY e.entry`,
    )
    .all({ account })
    .map(({ taken_at: at, currency, e6 }) => ({ at: instant(at), netLiquidation: { currency, e6 } }));
}

function lastMarks(db: Db, account: string): ReadonlyMap<number, number> {
  const rows = db
    .prepare<[string], { con_id: bigint; market_price: number }>(
      `SELECT con_id, market_price FROM position_record
       WHERE run_id = (SELECT run_id FROM equity_record WHERE account = ? ORDER BY entry DESC LIMIT 1)
         AND market_price > 0`,
    )
    .all(account);
  return new Map(rows.map((row) => [Number(row.con_id), row.market_price]));
}

function failedBefore(db: Db, account: string): ReadonlySet<string> {
  const rows = db
    .prepare<[string], { name: CheckName; subject: string }>(
      `SELECT name, subject FROM check_record
       WHERE verdict = 'fail' AND run_id = (
         SELECT run_id FROM run_record WHERE account = ? AND ended_at IS NOT NULL
           AND EXISTS (SELECT 1 FROM check_record WHERE check_record.run_id = run_record.run_id)
         ORDER BY started_at DESC, run_id DESC LIMIT 1)`,
    )
    .all(account);
  return new Set(rows.map(nameOf));
}
