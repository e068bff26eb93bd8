import { join } from "node:path";
import { writeDurably } from "../../files/write-durably.ts";
import { splitExecId } from "../../trading/execution.ts";
import type { Db } from "../sqlite/sqlite.ts";
import { amountCell, type Columns, csvLine, csvText, headerOf, priceCell, ratioCell } from "./csv-text.ts";
import { appendCsv, type CsvSource, mendCsv } from "./growing-csv.ts";

export const tradesFile = "trades.csv";
export const equityFile = "equity.csv";

export function positionsFileOf(runId: string): string {
  return `positions-${runId}.csv`;
}

/**
 * Brings one CSV file to what the database says. `distrust` means that an earlier write of it was cut short or that rows
 * already written have changed: then the whole file is gone through, not only its end.
 */
export async function bringUpToDate(
  db: Db,
  { folder, file, distrust }: { readonly folder: string; readonly file: string; readonly distrust: boolean },
): Promise<void> {
  const path = join(folder, file);
  const runId = /^positions-(.+)\.csv$/.exec(file)?.[1];
  if (runId !== undefined) return writeDurably(path, csvText(positionColumns, positionsOf(db, runId)));
  const source = file === tradesFile ? tradesIn(db) : equityIn(db);
  return distrust ? mendCsv(path, source) : appendCsv(path, source);
}

interface TradeRow {
  readonly booking: bigint;
  readonly execution_key: string;
  readonly exec_id: string;
  readonly executed_at: string;
  readonly run_id: string;
  readonly account: string;
  readonly symbol: string;
  readonly con_id: bigint;
  readonly side: string;
  readonly shares: number;
  readonly price: number;
  readonly currency: string;
  readonly exchange: string;
  readonly commission_e6: bigint | null;
  readonly commission_currency: string | null;
  readonly realized_pnl_e6: bigint | null;
  readonly realized_pnl_currency: string | null;
  readonly order_ref: string;
  readonly perm_id: bigint;
}

const tradeColumns: Columns<TradeRow> = {
  exec_id: (row) => row.exec_id,
  executed_at: (row) => row.executed_at,
  run_id: (row) => row.run_id,
  account: (row) => row.account,
  symbol: (row) => row.symbol,
  con_id: (row) => row.con_id,
  side: (row) => row.side,
  shares: (row) => row.shares,
  price: (row) => priceCell(row.price),
  currency: (row) => row.currency,
  exchange: (row) => row.exchange,
  commission: (row) => amountCell(row.commission_e6),
  commission_currency: (row) => row.commission_currency,
  realized_pnl: (row) => amountCell(row.realized_pnl_e6),
  realized_pnl_currency: (row) => row.realized_pnl_currency,
  order_ref: (row) => row.order_ref,
  perm_id: (row) => row.perm_id,
};

function tradesIn(db: Db): CsvSource {
  const bookingOf = db.prepare<[string], { booking: bigint }>(
    "SELECT booking FROM execution_record WHERE execution_key = ?",
  );
  const after = db.prepare<[bigint], TradeRow>(
    "SELECT * FROM execution_record WHERE booking > ? ORDER BY booking",
  );
  const linesAfter = (booking: bigint) =>
    after.all(booking).map((row) => ({ key: row.execution_key, text: csvLine(tradeColumns, row) }));
  return {
    header: headerOf(tradeColumns),
    keyOf: (execId) => splitExecId(execId).key,
    linesAfter(key) {
      const known = bookingOf.get(key);
      return known && linesAfter(known.booking);
    },
    allLines: () => linesAfter(0n),
  };
}

interface EquityRow {
  readonly run_id: string;
  readonly taken_at: string;
  readonly account: string;
  readonly currency: string;
  readonly net_liquidation_e6: bigint;
  readonly cash_e6: bigint;
  readonly gross_position_value_e6: bigint;
  readonly leverage_used: number | null;
  readonly initial_margin_e6: bigint;
  readonly maintenance_margin_e6: bigint;
  readonly available_funds_e6: bigint;
  readonly excess_liquidity_e6: bigint;
}

const equityColumns: Columns<EquityRow> = {
  run_id: (row) => row.run_id,
  taken_at: (row) => row.taken_at,
  account: (row) => row.account,
  currency: (row) => row.currency,
  net_liquidation: (row) => amountCell(row.net_liquidation_e6),
  cash: (row) => amountCell(row.cash_e6),
  gross_position_value: (row) => amountCell(row.gross_position_value_e6),
  leverage_used: (row) => ratioCell(row.leverage_used),
  initial_margin: (row) => amountCell(row.initial_margin_e6),
  maintenance_margin: (row) => amountCell(row.maintenance_margin_e6),
  available_funds: (row) => amountCell(row.available_funds_e6),
  excess_liquidity: (row) => amountCell(row.excess_liquidity_e6),
};

function equityIn(db: Db): CsvSource {
  const entryOf = db.prepare<[string], { entry: bigint }>("SELECT entry FROM equity_record WHERE run_id = ?");
  const after = db.prepare<[bigint], EquityRow>(
    `SELECT r.*, v.leverage_used FROM equity_record AS r JOIN equity AS v USING (run_id)
     WHERE r.entry > ? ORDER BY r.entry`,
  );
  const linesAfter = (entry: bigint) =>
    after.all(entry).map((row) => ({ key: row.run_id, text: csvLine(equityColumns, row) }));
  return {
    header: headerOf(equityColumns),
    keyOf: (runId) => runId,
    linesAfter(runId) {
      const known = entryOf.get(runId);
      return known && linesAfter(known.entry);
    },
    allLines: () => linesAfter(0n),
  };
}

interface PositionRow {
  readonly symbol: string;
  readonly con_id: bigint;
  readonly security_type: string;
  readonly currency: string;
  readonly shares: number;
  readonly average_cost: number;
  readonly market_price: number | null;
  readonly market_value_e6: bigint | null;
  readonly unrealized_pnl_e6: bigint | null;
  readonly weight: number | null;
}

const positionColumns: Columns<PositionRow> = {
  symbol: (row) => row.symbol,
  con_id: (row) => row.con_id,
  security_type: (row) => row.security_type,
  currency: (row) => row.currency,
  shares: (row) => row.shares,
  average_cost: (row) => priceCell(row.average_cost),
  market_price: (row) => priceCell(row.market_price),
  market_value: (row) => amountCell(row.market_value_e6),
  unrealized_pnl: (row) => amountCell(row.unrealized_pnl_e6),
  weight: (row) => ratioCell(row.weight),
};

function positionsOf(db: Db, runId: string): PositionRow[] {
  return db
    .prepare<[string], PositionRow>(
      `SELECT r.*, v.weight FROM position_record AS r JOIN positions AS v USING (run_id, con_id)
       WHERE r.run_id = ? ORDER BY r.symbol, r.con_id`,
    )
    .all(runId);
}
