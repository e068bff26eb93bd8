import {
  type AdaptivePriority,
  type ExecutionStyle,
  keepsLimit,
  stopPriceOf,
} from "../../trading/execution-style.ts";
import { type Instant, instant, isoSecondsOf } from "../../trading/instant.ts";
import {
  type IntentLife,
  type OrderReport,
  type OrderRole,
  type PlannedOrder,
  type RecordedIntent,
  roleOf,
  sentLimitOf,
  type UnsettledOrder,
} from "../../trading/order.ts";
import type { ProtectionTerms } from "../../trading/protection/protection-policy.ts";
import type { Run } from "../../trading/run.ts";
import type { Side } from "../../trading/side.ts";
import type { Db } from "./sqlite.ts";

/** Writes what is going to be sent. Throws when a reference is on record already: no name is sent twice (S04, S10). */
export function insertIntents(db: Db, run: Run, orders: readonly PlannedOrder[]): void {
  const insert = db.prepare(
    `INSERT INTO order_record (order_ref, run_id, window, intended_at, account, role, con_id, symbol, currency, side, shares,
       limit_price, decision_price, adaptive_priority, time_in_force, style,
       outside_regular_hours, stop_price, protection, life, reported_filled_shares, perm_id, broker_messages)
     VALUES (:orderRef, :runId, :window, :intendedAt, :account, :role, :conId, :symbol, :currency, :side, :shares,
       :limitPrice, :decisionPrice, :adaptivePriority, :timeInForce, :style, :outsideHours, :stopPrice, :protection,
       'planned', 0, 0, '')`,
  );
  for (const { instrument, style, approach: _approach, protection, ...order } of orders)
    insert.run({
      ...order,
      stopPrice: stopPriceOf(style) ?? null,
      protection: protection ? JSON.stringify(protection) : null,
      style: style.kind,
      outsideHours: order.outsideRegularHours ? 1 : 0,
      adaptivePriority: style.kind === "adaptive" ? style.priority : null,
      limitPrice: keepsLimit(style) ? order.limitPrice : null,
      runId: run.id,
      window: run.window,
      intendedAt: isoSecondsOf(run.startedAt),
      conId: instrument.conId,
      symbol: instrument.symbol,
      currency: instrument.currency,
    });
}

/**
 * An order's bytes leave next. Throws unless it is planned and nothing more: what may have left already must not leave
 * again, whoever asks for it (S04, S10).
 */
export function markSending(db: Db, orderRef: string, at: Instant): void {
  const { changes } = db
    .prepare("UPDATE order_record SET life = 'sending', sent_at = ? WHERE order_ref = ? AND life = 'planned'")
    .run(isoSecondsOf(at), orderRef);
  if (changes !== 1) throw new Error(`order ${orderRef} is not a planned order on record: it is not sent`);
}

/**
 * New terms of an order leave next. Until the broker tells which hold, the order may work for the larger of its sizes. Throws
 * unless it has been handed over and has not ended.
 */
export function markChanging(db: Db, run: Run, order: PlannedOrder, at: Instant): void {
  const { orderRef, shares, style, protection } = order;
  const { changes } = db
    .prepare(
      `UPDATE order_record SET shares = max(shares, :shares), protection = coalesce(:protection, protection)
       WHERE order_ref = :orderRef AND life NOT IN ('planned', 'done')`,
    )
    .run({ orderRef, shares, protection: protection ? JSON.stringify(protection) : null });
  if (changes !== 1) throw new Error(`order ${orderRef} does not work by our own record: it is not changed`);
  db.prepare(
    `INSERT INTO order_change_record (order_ref, run_id, changed_at, shares, limit_price, stop_price)
     VALUES (?, ?, ?, ?, ?, ?)`,
  ).run(orderRef, run.id, isoSecondsOf(at), shares, sentLimitOf(order) ?? null, stopPriceOf(style) ?? null);
}

/**
 * Has anything been handed over in this window to rebalance, an order or new terms for one of an earlier window, or may it
 * have been? What never left does not count, and what protects neither: it is kept in step at every run.
 */
export function isSentIn(db: Db, account: string, window: string): boolean {
  const sent = db
    .prepare(
      `SELECT 1 FROM order_record
       WHERE account = :account AND window = :window AND role = 'rebalance' AND life <> 'planned'
         AND (status IS NULL OR status NOT IN ('not-sent', 'void'))
       UNION ALL
       SELECT 1 FROM run_record JOIN order_change_record AS c USING (run_id) JOIN order_record AS o USING (order_ref)
       WHERE run_record.account = :account AND run_record.window = :window AND o.role = 'rebalance' LIMIT 1`,
    )
    .get({ account, window });
  return sent !== undefined;
}

/**
 * Writes what the broker has said of our orders; others' are passed over. What is done stays done, and what is known
 * (ids, shares, messages) is not forgotten by a report that knows less. Call it inside a transaction.
 */
export function updateOrders(db: Db, run: Run, reports: readonly OrderReport[]): void {
  const isKnown = db.prepare("SELECT 1 FROM order_record WHERE order_ref = ?");
  const update = db.prepare(
    `UPDATE order_record SET
       life = iif(${isStep}, :life, life),
       status = iif(${isStep}, :status, status),
       shares = iif(:life = 'working' AND :orderedShares > 0, :orderedShares, shares),
       reported_filled_shares = max(reported_filled_shares, :filledShares),
       client_id = iif(:orderId = 0, client_id, :clientId),
       order_id = iif(:orderId = 0, order_id, :orderId),
       perm_id = iif(:permId = 0, perm_id, :permId),
       stop_price = coalesce(:stopPrice, stop_price),
       broker_messages = iif(:messages = '', broker_messages, :messages)
     WHERE order_ref = :orderRef`,
  );
  for (const report of reports) {
    if (!roleOf(report.orderRef)) continue;
    if (!isKnown.get(report.orderRef)) adopt(db, run, report);
    update.run({
      orderRef: report.orderRef,
      life: lifeOf(report),
      status: report.state.life === "unknown" ? null : report.state.status,
      orderedShares: report.orderedShares,
      filledShares: report.filledShares,
      clientId: report.clientId,
      orderId: report.orderId,
      permId: report.permId,
      stopPrice: report.stopPrice ?? null,
      messages: report.messages.map(({ code, text }) => `${code}: ${text}`).join("\n"),
    });
  }
}

/** Lives in the order in which an order can go through them; a report that knows less takes none of them back. */
const isStep = `
  CASE :life WHEN 'done' THEN 5 WHEN 'working' THEN 4 WHEN 'acknowledged' THEN 3 ELSE 2 END >=
  CASE life WHEN 'done' THEN 5 WHEN 'working' THEN 4 WHEN 'acknowledged' THEN 3 WHEN 'unknown' THEN 2 ELSE 1 END`;

function lifeOf({ state }: OrderReport): Exclude<IntentLife, "planned" | "sending"> {
  if (state.life !== "working") return state.life;
  return state.status === "pending-submit" ? "acknowledged" : "working";
}

/** Orders of ours that may still trade for all that we have on record, oldest first. */
export function unsettledOrders(db: Db, account: string): UnsettledOrder[] {
  interface Row {
    order_ref: string;
    perm_id: bigint;
    symbol: string;
    side: Side;
    shares: number;
    filled_shares: number;
    sent_at: string;
    con_id: bigint;
    life: UnsettledOrder["life"];
    stop_price: number | null;
  }
  const rows = db
    .prepare<[string], Row>(
      `SELECT order_ref, life, perm_id, con_id, symbol, side, shares, stop_price, coalesce(sent_at, intended_at) AS sent_at,
         (SELECT total(e.shares) FROM execution_record AS e
          WHERE e.order_ref = order_record.order_ref AND e.order_ref <> '') AS filled_shares
       FROM order_record WHERE account = ? AND life <> 'done' ORDER BY intended_at, order_ref`,
    )
    .all(account);
  return rows.map((row) => ({
    orderRef: row.order_ref,
    life: row.life,
    permId: Number(row.perm_id),
    conId: Number(row.con_id),
    symbol: row.symbol,
    side: row.side,
    orderedShares: row.shares,
    filledShares: row.filled_shares,
    ...(row.stop_price !== null && { stopPrice: row.stop_price }),
    sentAt: instant(row.sent_at),
  }));
}

/** Styles that a name and a priority say all of; the others name an instant, or take no new limit. */
const simpleStyles: ReadonlySet<string> = new Set(["limit", "marketable-limit", "midprice"]);

/** Orders as they were meant, those that can be sent anew as they are on record. */
export function intentsOf(db: Db, orderRefs: readonly string[]): Map<string, RecordedIntent> {
  interface Row {
    account: string;
    role: OrderRole;
    side: Side;
    shares: number;
    limit_price: number | null;
    decision_price: number | null;
    adaptive_priority: AdaptivePriority | null;
    time_in_force: PlannedOrder["timeInForce"] | null;
    style: string | null;
    outside_regular_hours: bigint | null;
    stop_price: number | null;
    protection: string | null;
  }
  const select = db.prepare<[string], Row>("SELECT * FROM order_record WHERE order_ref = ?");
  const selectChange = db.prepare<[string], { changed_at: string; shares: number }>(
    "SELECT changed_at, shares FROM order_change_record WHERE order_ref = ? ORDER BY change DESC LIMIT 1",
  );
  const intents = new Map<string, RecordedIntent>();
  for (const orderRef of orderRefs) {
    const row = select.get(orderRef);
    if (!row) continue;
    const { account, role, side, shares, limit_price, decision_price, time_in_force } = row;
    const protection = protectionOf(row.protection);
    const style =
      stopStyleOf(row.style, row.stop_price, protection) ?? simpleStyleOf(row.style, row.adaptive_priority);
    if (!style || decision_price === null || time_in_force === null) continue;
    const limitPrice = limit_price ?? stopPriceOf(style);
    if (limitPrice === undefined) continue;
    const change = selectChange.get(orderRef);
    intents.set(orderRef, {
      orderRef,
      account,
      role,
      side,
      shares,
      limitPrice,
      decisionPrice: decision_price,
      style,
      timeInForce: time_in_force,
      outsideRegularHours: row.outside_regular_hours === 1n,
      ...(protection && { protection }),
      ...(change && { lastChange: { at: instant(change.changed_at), shares: change.shares } }),
    });
  }
  return intents;
}

function simpleStyleOf(kind: string | null, priority: AdaptivePriority | null): ExecutionStyle | undefined {
  if (kind === "adaptive") return priority === null ? undefined : { kind, priority };
  return kind !== null && simpleStyles.has(kind) ? ({ kind } as ExecutionStyle) : undefined;
}

/** Written by us alone: what stands there is what was meant. */
function protectionOf(json: string | null): ProtectionTerms | undefined {
  if (json === null) return undefined;
  const { limitOffsetBps, ...terms } = JSON.parse(json) as ProtectionTerms;
  return { ...terms, limitOffsetBps };
}

function stopStyleOf(
  kind: string | null,
  stopPrice: number | null,
  protection: ProtectionTerms | undefined,
): ExecutionStyle | undefined {
  if (stopPrice === null || !protection) return undefined;
  if (kind === "trailing-stop") return { kind, stopPrice, trailBps: protection.distanceBps };
  return kind === "stop" || kind === "stop-limit" ? { kind, stopPrice } : undefined;
}

/** References of the orders that were decided in a window. */
export function orderRefsOf(db: Db, window: string): Set<string> {
  const rows = db
    .prepare<[string], { order_ref: string }>("SELECT order_ref FROM order_record WHERE window = ?")
    .all(window);
  return new Set(rows.map((row) => row.order_ref));
}

/** An order that carries our reference but is not on record: the history was lost or is an older copy. */
function adopt(db: Db, run: Run, report: OrderReport): void {
  // The window is the third part of our references: without it the next order of the window could take the same name.
  const window = report.orderRef.split(".")[2] ?? run.window;
  const foundAt: Instant = run.startedAt;
  db.prepare(
    `INSERT INTO order_record (order_ref, window, intended_at, account, role, con_id, symbol, side, shares, limit_price,
       life, reported_filled_shares, perm_id, broker_messages)
     VALUES (:orderRef, :window, :foundAt, :account, :role, :conId, :symbol, :side, :shares, :limitPrice,
       'unknown', 0, 0, '')`,
  ).run({
    orderRef: report.orderRef,
    window,
    foundAt: isoSecondsOf(foundAt),
    account: report.account,
    role: roleOf(report.orderRef),
    conId: report.conId,
    symbol: report.symbol,
    side: report.side,
    shares: report.orderedShares,
    limitPrice: report.limitPrice ?? null,
  });
}
