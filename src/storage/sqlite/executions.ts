import { type Execution, splitExecId } from "../../trading/execution.ts";
import { type Instant, instant, isoSecondsOf } from "../../trading/instant.ts";
import { roleOf } from "../../trading/order.ts";
import type { Run } from "../../trading/run.ts";
import { enterCorrection, enterExecution } from "./position-ledger.ts";
import type { Db } from "./sqlite.ts";

export interface Booked {
  /** Executions that were not on record, and corrections of those that were. */
  readonly fresh: readonly Execution[];
  /** Was a row changed that had been there before: corrected, or its commission told later? */
  readonly changedRows: boolean;
}

/** When each contract was last traded since an instant, by conId. */
export function lastTrades(db: Db, account: string, since: Instant): ReadonlyMap<number, Instant> {
  const rows = db
    .prepare<[string, string], { con_id: bigint; executed_at: string }>(
      `SELECT con_id, max(executed_at) AS executed_at FROM execution_record
       WHERE account = ? AND executed_at >= ? GROUP BY con_id`,
    )
    .all(account, isoSecondsOf(since));
  return new Map(rows.map(({ con_id, executed_at }) => [Number(con_id), instant(executed_at)]));
}

/** When a protective order of each contract last filled since an instant, by conId. */
export function lastProtectionFills(db: Db, account: string, since: Instant): ReadonlyMap<number, Instant> {
  const rows = db
    .prepare<[string, string], { con_id: bigint; executed_at: string }>(
      `SELECT e.con_id, max(e.executed_at) AS executed_at
       FROM execution_record AS e JOIN order_record AS o USING (order_ref)
       WHERE e.account = ? AND e.executed_at >= ? AND o.role = 'protect' GROUP BY e.con_id`,
    )
    .all(account, isoSecondsOf(since));
  return new Map(rows.map(({ con_id, executed_at }) => [Number(con_id), instant(executed_at)]));
}

/**
 * Books executions, each once, and with each what it does to our count of the positions: the key is the execution id without its last segment, and a higher last segment is a
 * correction that replaces the row (S02). A commission that arrives later completes the row, and is never erased by a
 * report without it. Call it inside a transaction that began as a writer, else two processes could both find it missing.
 */
export function bookExecutions(db: Db, run: Run, executions: readonly Execution[]): Booked {
  const find = db.prepare<[string], Known>(
    `SELECT revision, account, con_id, side, shares, executed_at, commission_e6, commission_currency, realized_pnl_e6, realized_pnl_currency
     FROM execution_record WHERE execution_key = ?`,
  );
  const fresh: Execution[] = [];
  let changedRows = false;
  for (const execution of executions) {
    const { key, revision } = splitExecId(execution.execId);
    const known = find.get(key);
    if (!known) {
      insertExecution(db, run, execution);
      enterExecution(db, run, execution, key);
      fresh.push(execution);
      continue;
    }
    if (!isSameTrade(execution, known, revision)) throw new Error(idUsedTwice(execution, known));
    if (revision > known.revision) {
      replaceExecution(db, execution);
      enterCorrection(db, run, execution, { key, sharesBefore: known.shares });
      fresh.push(execution);
      changedRows = true;
    } else if (revision === known.revision && tellsMore(execution, known)) {
      completeExecution(db, execution);
      changedRows = true;
    }
  }
  return { fresh, changedRows };
}

interface Known {
  readonly revision: bigint;
  readonly account: string;
  readonly con_id: bigint;
  readonly side: string;
  readonly shares: number;
  readonly executed_at: string;
  readonly commission_e6: bigint | null;
  readonly commission_currency: string | null;
  readonly realized_pnl_e6: bigint | null;
  readonly realized_pnl_currency: string | null;
}

/** A correction may tell another size or time; the same report again may not. Never dropped as known when it is not. */
function isSameTrade(execution: Execution, known: Known, revision: bigint): boolean {
  const sameOrder =
    known.account === execution.account &&
    known.con_id === BigInt(execution.conId) &&
    known.side === execution.side;
  const sameReport =
    known.shares === execution.shares && known.executed_at === isoSecondsOf(execution.executedAt);
  return sameOrder && (sameReport || revision !== known.revision);
}

function tellsMore({ commission, realizedPnl }: Execution, known: Known): boolean {
  const newCommission =
    commission !== undefined &&
    (commission.e6 !== known.commission_e6 || commission.currency !== known.commission_currency);
  const newPnl =
    realizedPnl !== undefined &&
    (realizedPnl.e6 !== known.realized_pnl_e6 || realizedPnl.currency !== known.realized_pnl_currency);
  return newCommission || newPnl;
}

function insertExecution(db: Db, run: Run, execution: Execution): void {
  db.prepare(
    `INSERT INTO execution_record (execution_key, revision, exec_id, run_id, executed_at, account, con_id, symbol, side,
       shares, price, currency, exchange, commission_e6, commission_currency, realized_pnl_e6, realized_pnl_currency,
       order_ref, client_id, order_id, perm_id)
     VALUES (:key, :revision, :execId, :runId, :executedAt, :account, :conId, :symbol, :side,
       :shares, :price, :currency, :exchange, :commissionE6, :commissionCurrency, :pnlE6, :pnlCurrency,
       :orderRef, :clientId, :orderId, :permId)`,
  ).run({ ...valuesOf(execution), runId: run.id });
}

/** The run that booked it first stays: the correction is of the same trade. */
function replaceExecution(db: Db, execution: Execution): void {
  db.prepare(
    `UPDATE execution_record SET revision = :revision, exec_id = :execId, executed_at = :executedAt, symbol = :symbol,
       shares = :shares, price = :price, currency = :currency, exchange = :exchange, commission_e6 = :commissionE6,
       commission_currency = :commissionCurrency, realized_pnl_e6 = :pnlE6, realized_pnl_currency = :pnlCurrency,
       order_ref = :orderRef, client_id = :clientId, order_id = :orderId, perm_id = :permId
     WHERE execution_key = :key`,
  ).run(valuesOf(execution));
}

function completeExecution(db: Db, execution: Execution): void {
  db.prepare(
    `UPDATE execution_record SET
       commission_e6 = coalesce(:commissionE6, commission_e6),
       commission_currency = coalesce(:commissionCurrency, commission_currency),
       realized_pnl_e6 = coalesce(:pnlE6, realized_pnl_e6),
       realized_pnl_currency = coalesce(:pnlCurrency, realized_pnl_currency)
     WHERE execution_key = :key`,
  ).run(valuesOf(execution));
}

function valuesOf({ commission, realizedPnl, ...execution }: Execution) {
  return {
    ...execution,
    ...splitExecId(execution.execId),
    executedAt: isoSecondsOf(execution.executedAt),
    commissionE6: commission?.e6 ?? null,
    commissionCurrency: commission?.currency ?? null,
    pnlE6: realizedPnl?.e6 ?? null,
    pnlCurrency: realizedPnl?.currency ?? null,
    // What a person or another program traded belongs to the account too, but to none of our orders.
    orderRef: roleOf(execution.orderRef) ? execution.orderRef : "",
  };
}

/** Nothing can be booked right any more: the run must break off, and a person must choose another history. */
function idUsedTwice({ execId }: Execution, known: Known): string {
  return [
    `The broker gave the execution id ${execId} to two executions:`,
    `${known.side} ${known.shares} of contract ${known.con_id} at ${known.executed_at} is on record under it.`,
    "This happens when a paper gateway begins again with the same --seed and time: use another data folder for it.",
  ].join(" ");
}
