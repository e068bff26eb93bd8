import { type Instant, instant, isoSecondsOf } from "../../trading/instant.ts";
import type {
  AcceptedStrategy,
  MeasuredStrategy,
  StrategyHolding,
  StrategyMark,
  StrategyRecord,
} from "../../trading/risk/strategy-value.ts";
import type { Run } from "../../trading/run.ts";
import type { Db } from "./sqlite.ts";

/**
 * Puts on record what each strategy was worth at a look. Its holdings are written when they are others than before.
 * Inside a transaction.
 */
export function keepStrategies(db: Db, run: Run, looks: readonly MeasuredStrategy[], at: Instant): void {
  const insert = db.prepare(
    `INSERT INTO strategy_record (look_id, run_id, account, strategy, resets, looked_at, started_at, value, highest,
       basis_id, basis_value, stopped_by, stopped_limit)
     VALUES (:lookId, :runId, :account, :strategy, :resets, :at, :startedAt, :value, :highest, :basisId, :basisValue,
       :stoppedBy, :stoppedLimit)`,
  );
  for (const { strategy, resets, mark, look } of looks) {
    const lookId = nextLookId(db);
    const before = latestKnown(db, run.account, strategy, resets);
    const isSame = look === "basis-as-before";
    insert.run({
      lookId,
      runId: run.id,
      account: run.account,
      strategy,
      resets,
      at: isoSecondsOf(at),
      startedAt: mark ? isoSecondsOf(mark.startedAt) : null,
      value: mark?.value ?? null,
      highest: mark?.highest ?? null,
      basisId: mark ? (isSame && before ? before.basis_id : lookId) : null,
      basisValue: mark?.basis.value ?? null,
      stoppedBy: mark?.stopped?.by ?? null,
      stoppedLimit: mark?.stopped?.limit ?? null,
    });
    if (mark && !isSame) insertHoldings(db, lookId, mark.basis.holdings);
  }
}

/** Known before the row is written: a look may rest on itself. */
function nextLookId(db: Db): bigint {
  const row = db
    .prepare<[], { id: bigint }>("SELECT coalesce(max(look_id), 0) + 1 AS id FROM strategy_record")
    .get();
  return row?.id ?? 1n;
}

/** What was known of each strategy last, by its newest measure. */
export function strategiesOf(db: Db, account: string): readonly StrategyRecord[] {
  const rows = db
    .prepare<[{ account: string }], { strategy: string; resets: bigint }>(
      `SELECT strategy, (SELECT count(*) FROM strategy_reset_record AS r
         WHERE r.account = :account AND r.strategy = s.strategy) AS resets
       FROM (SELECT strategy FROM strategy_record WHERE account = :account
         UNION SELECT strategy FROM strategy_reset_record WHERE account = :account) AS s ORDER BY strategy`,
    )
    .all({ account });
  const lookedAt = db.prepare<[string, string, bigint], { looked_at: string }>(
    `SELECT looked_at FROM strategy_record WHERE account = ? AND strategy = ? AND resets = ?
     ORDER BY look_id DESC LIMIT 1`,
  );
  return rows.map(({ strategy, resets }): StrategyRecord => {
    const known = latestKnown(db, account, strategy, Number(resets));
    const look = lookedAt.get(account, strategy, resets);
    return {
      strategy,
      resets: Number(resets),
      last: known && markOf(db, known),
      lookedAt: look && instant(look.looked_at),
    };
  });
}

/** Stopped strategies that a person has let trade again since the last look at them; the last word of each. */
export function acceptedStrategies(db: Db, account: string): readonly AcceptedStrategy[] {
  return db
    .prepare<[{ account: string }], { strategy: string; reset_at: string; note: string }>(
      `SELECT strategy, reset_at, note FROM strategy_reset_record AS last
       WHERE account = :account
         AND reset_id = (SELECT max(reset_id) FROM strategy_reset_record AS r
           WHERE r.account = :account AND r.strategy = last.strategy)
         AND 'stopped' = (SELECT iif(s.stopped_by IS NULL, 'not stopped', 'stopped') FROM strategy_record AS s
           WHERE s.account = :account AND s.strategy = last.strategy AND s.value IS NOT NULL
           ORDER BY s.look_id DESC LIMIT 1)
         AND NOT EXISTS (SELECT 1 FROM strategy_record AS s
           WHERE s.account = :account AND s.strategy = last.strategy AND s.resets =
             (SELECT count(*) FROM strategy_reset_record AS r WHERE r.account = :account AND r.strategy = last.strategy))
       ORDER BY reset_id`,
    )
    .all({ account })
    .map(({ strategy, reset_at: at, note }) => ({ strategy, at: instant(at), note }));
}

/** A person begins a strategy's measure anew; the next look is its start. Inside a transaction. */
export function resetStrategy(
  db: Db,
  account: string,
  { strategy, at, note }: { readonly strategy: string; readonly at: Instant; readonly note: string },
): void {
  db.prepare("INSERT INTO strategy_reset_record (account, strategy, reset_at, note) VALUES (?, ?, ?, ?)").run(
    account,
    strategy,
    isoSecondsOf(at),
    note,
  );
}

interface Row {
  readonly looked_at: string;
  readonly started_at: string;
  readonly value: number;
  readonly highest: number;
  readonly basis_id: bigint;
  readonly basis_value: number;
  readonly stopped_by: "strategy-loss" | "strategy-profit" | null;
  readonly stopped_limit: number | null;
}

function latestKnown(db: Db, account: string, strategy: string, resets: number): Row | undefined {
  return db
    .prepare<[string, string, number], Row>(
      `SELECT looked_at, started_at, value, highest, basis_id, basis_value, stopped_by, stopped_limit
       FROM strategy_record WHERE account = ? AND strategy = ? AND resets = ? AND value IS NOT NULL
       ORDER BY look_id DESC LIMIT 1`,
    )
    .get(account, strategy, resets);
}

function markOf(db: Db, row: Row): StrategyMark {
  const { stopped_by: by, stopped_limit: limit } = row;
  return {
    markedAt: instant(row.looked_at),
    value: row.value,
    highest: row.highest,
    startedAt: instant(row.started_at),
    basis: { value: row.basis_value, holdings: holdingsOf(db, row.basis_id) },
    stopped: by === null || limit === null ? undefined : { by, limit },
  };
}

function insertHoldings(db: Db, lookId: number | bigint, holdings: readonly StrategyHolding[]): void {
  const insert = db.prepare(
    `INSERT INTO strategy_holding_record (look_id, ordinal, con_id, symbol, target_weight, target_notional,
       target_shares, weight, price)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  for (const [index, { conId, target, weight, price }] of holdings.entries())
    insert.run(
      lookId,
      index + 1,
      conId,
      target.symbol,
      target.weight,
      target.notional,
      target.shares,
      weight,
      price,
    );
}

function holdingsOf(db: Db, lookId: bigint): readonly StrategyHolding[] {
  interface HoldingRow {
    con_id: bigint;
    symbol: string;
    target_weight: number;
    target_notional: number;
    target_shares: number;
    weight: number;
    price: number;
  }
  return db
    .prepare<[bigint], HoldingRow>(
      `SELECT con_id, symbol, target_weight, target_notional, target_shares, weight, price
       FROM strategy_holding_record WHERE look_id = ? ORDER BY ordinal`,
    )
    .all(lookId)
    .map((row) => ({
      conId: Number(row.con_id),
      target: {
        symbol: row.symbol,
        weight: row.target_weight,
        notional: row.target_notional,
        shares: row.target_shares,
      },
      weight: row.weight,
      price: row.price,
    }));
}
