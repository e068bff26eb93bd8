import { instant, isoSecondsOf } from "../../trading/instant.ts";
import { absolute, type Money, totals } from "../../trading/money.ts";
import { windowOf } from "../../trading/order.ts";
import { notional } from "../../trading/price.ts";
import type { Session } from "../../trading/session.ts";
import type { SessionSoFar } from "../../trading/session-so-far.ts";
import type { Side } from "../../trading/side.ts";
import type { Db } from "./sqlite.ts";

/** What the runs of a session have put on record. Call it inside a transaction, so that all of it is of one moment. */
export function sessionSoFar(db: Db, account: string, session: Session): SessionSoFar {
  const asked = {
    account,
    sessionOn: session.on,
    openAt: isoSecondsOf(session.openAt),
    firstWindow: windowOf(session.openAt),
    lastWindow: windowOf(session.closeAt),
  };
  return {
    runs: runsOf(db, asked),
    orders: ordersOf(db, asked),
    executions: executionsOf(db, asked),
    firstSnapshot: firstSnapshotOf(db, asked),
  };
}

interface Asked {
  readonly account: string;
  readonly sessionOn: string;
  readonly openAt: string;
  readonly firstWindow: string;
  readonly lastWindow: string;
}

/** A run says at its end which session it belongs to: one that did not come so far is known by its time alone. */
const isOfSession = `run_record.account = :account AND run_record.started_at >= :openAt
  AND coalesce(run_record.session_on, :sessionOn) = :sessionOn`;

function runsOf(db: Db, asked: Asked): SessionSoFar["runs"] {
  return countsOf(
    db,
    `SELECT count(*) AS count,
       count(*) FILTER (WHERE verdict = 'held') AS held,
       count(*) FILTER (WHERE verdict = 'attention') AS attention,
       count(*) FILTER (WHERE verdict = 'crashed') AS crashed,
       count(*) FILTER (WHERE verdict = 'unreachable') AS unreachable,
       count(*) FILTER (WHERE verdict IS NULL OR verdict = 'died') AS interrupted
     FROM run_record WHERE ${isOfSession}`,
    asked,
  );
}

/** Orders that rebalance, by the window, which is part of an order's name: so that one found at the broker, which no run has, counts too. */
function ordersOf(db: Db, asked: Asked): SessionSoFar["orders"] {
  return countsOf(
    db,
    `WITH sent AS (
       SELECT life, status, max(reported_filled_shares,
         (SELECT total(e.shares) FROM execution_record AS e
          WHERE e.order_ref = order_record.order_ref AND e.order_ref <> '')) AS filled_shares
       FROM order_record
       WHERE account = :account AND role = 'rebalance' AND window BETWEEN :firstWindow AND :lastWindow
         AND life <> 'planned' AND coalesce(status, '') NOT IN ('not-sent', 'void')
     )
     SELECT count(*) AS sent,
       count(*) FILTER (WHERE life = 'done' AND status = 'filled') AS filled,
       count(*) FILTER (WHERE life = 'done' AND status <> 'filled' AND filled_shares > 0) AS partlyFilled,
       count(*) FILTER (WHERE life = 'done' AND status = 'cancelled' AND filled_shares = 0) AS cancelled,
       count(*) FILTER (WHERE life = 'done' AND status = 'rejected' AND filled_shares = 0) AS rejected,
       count(*) FILTER (WHERE life IN ('sending', 'unknown')) AS unknown,
       count(*) FILTER (WHERE life IN ('acknowledged', 'working')) AS working
     FROM sent`,
    asked,
  );
}

/** The values are summed here and not in SQL, whose sum of prices would not be exact. */
function executionsOf(db: Db, asked: Asked): SessionSoFar["executions"] {
  interface Row {
    side: Side;
    shares: number;
    price: number;
    currency: string;
    commission_e6: bigint | null;
    commission_currency: string | null;
  }
  const rows = db
    .prepare<[Asked], Row>(
      `SELECT e.side, e.shares, e.price, e.currency, e.commission_e6, e.commission_currency
       FROM execution_record AS e JOIN run_record USING (run_id)
       WHERE ${isOfSession} AND e.account = :account AND e.executed_at >= :openAt ORDER BY e.booking`,
    )
    .all(asked);
  const turnover = (side: Side) =>
    totals(
      rows
        .filter((row) => row.side === side)
        .map(({ shares, price, currency }) => absolute(notional(shares, price, 1, currency))),
    );
  const commissions = rows.flatMap(({ commission_e6: e6, commission_currency: currency }): Money[] =>
    e6 === null || currency === null ? [] : [{ currency, e6 }],
  );
  return {
    count: rows.length,
    bought: turnover("buy"),
    sold: turnover("sell"),
    commission: totals(commissions),
    withoutCommission: rows.length - commissions.length,
  };
}

function firstSnapshotOf(db: Db, asked: Asked): SessionSoFar["firstSnapshot"] {
  interface Row {
    run_id: string;
    taken_at: string;
    currency: string;
    e6: bigint;
  }
  const row = db
    .prepare<[Asked], Row>(
      `SELECT e.run_id, e.taken_at, e.currency, e.net_liquidation_e6 AS e6
       FROM equity_record AS e JOIN run_record USING (run_id) WHERE ${isOfSession} ORDER BY e.entry LIMIT 1`,
    )
    .get(asked);
  if (!row) return undefined;
  const { run_id: runId, taken_at: takenAt, currency, e6 } = row;
  return { runId, takenAt: instant(takenAt), netLiquidation: { currency, e6 } };
}

/** The one row of a query of counts. */
function countsOf<Name extends string>(db: Db, sql: string, asked: Asked): Record<Name, number> {
  const row = db.prepare<[Asked], Record<Name, bigint>>(sql).get(asked);
  if (!row) throw new Error("a count without a row");
  return Object.fromEntries(
    Object.entries<bigint>(row).map(([name, count]) => [name, Number(count)]),
  ) as Record<Name, number>;
}
