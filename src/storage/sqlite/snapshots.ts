import type { Account, Position } from "../../trading/account.ts";
import { type Instant, isoSecondsOf, type TradingDate, tradingDate } from "../../trading/instant.ts";
import { invariant } from "../../trading/invariant.ts";
import type { Money } from "../../trading/money.ts";
import type { Run } from "../../trading/run.ts";
import type { Session } from "../../trading/session.ts";
import type { Db } from "./sqlite.ts";

/**
 * Writes the account as it was at the end of a run: equity, cash by currency and every position. A second call for the
 * same run replaces the first. Throws when an amount is not in the currency that its column promises. Inside a transaction.
 */
export function writeSnapshot(db: Db, run: Run, account: Account, takenAt: Instant): void {
  writeEquity(db, run, account, takenAt);
  writeCurrencies(db, run, account);
  db.prepare("DELETE FROM position_record WHERE run_id = ?").run(run.id);
  const insert = db.prepare(
    `INSERT INTO position_record (run_id, con_id, symbol, security_type, currency, shares, average_cost, market_price,
       market_value_e6, unrealized_pnl_e6)
     VALUES (:runId, :conId, :symbol, :securityType, :currency, :shares, :averageCost, :marketPrice, :valueE6, :pnlE6)`,
  );
  for (const position of account.positions) insert.run({ runId: run.id, ...positionValues(position) });
}

/** Writes the row of an ended session; answers false, and writes nothing, when the session has one. */
export function commitDay(
  db: Db,
  run: Run,
  account: Account,
  session: Session,
  committedAt: Instant,
): boolean {
  const { changes } = db
    .prepare(
      `INSERT INTO day_record (account, session_on, open_at, close_at, run_id, committed_at, currency, net_liquidation_e6,
         cash_e6, gross_position_value_e6)
       VALUES (:account, :sessionOn, :openAt, :closeAt, :runId, :committedAt, :currency, :nlvE6, :cashE6, :grossE6)
       ON CONFLICT (account, session_on) DO NOTHING`,
    )
    .run({
      account: account.id,
      sessionOn: session.on,
      openAt: isoSecondsOf(session.openAt),
      closeAt: isoSecondsOf(session.closeAt),
      runId: run.id,
      committedAt: isoSecondsOf(committedAt),
      currency: account.baseCurrency,
      nlvE6: e6In(account.baseCurrency, account.netLiquidation),
      cashE6: e6In(account.baseCurrency, account.cash),
      grossE6: e6In(account.baseCurrency, account.grossPositionValue),
    });
  return changes === 1;
}

/** The sessions that have their row, of any account. */
export function committedDays(db: Db): Set<TradingDate> {
  const rows = db.prepare<[], { on: string }>('SELECT DISTINCT session_on AS "on" FROM day_record').all();
  return new Set(rows.map((row) => tradingDate(row.on)));
}

function writeEquity(db: Db, run: Run, account: Account, takenAt: Instant): void {
  const base = account.baseCurrency;
  db.prepare(
    `INSERT INTO equity_record (run_id, taken_at, account, currency, net_liquidation_e6, cash_e6, gross_position_value_e6,
       initial_margin_e6, maintenance_margin_e6, available_funds_e6, excess_liquidity_e6)
     VALUES (:runId, :takenAt, :account, :currency, :nlv, :cash, :gross, :initial, :maintenance, :available, :excess)
     ON CONFLICT (run_id) DO UPDATE SET taken_at = :takenAt, account = :account, currency = :currency,
       net_liquidation_e6 = :nlv, cash_e6 = :cash, gross_position_value_e6 = :gross, initial_margin_e6 = :initial,
       maintenance_margin_e6 = :maintenance, available_funds_e6 = :available, excess_liquidity_e6 = :excess`,
  ).run({
    runId: run.id,
    takenAt: isoSecondsOf(takenAt),
    account: account.id,
    currency: base,
    nlv: e6In(base, account.netLiquidation),
    cash: e6In(base, account.cash),
    gross: e6In(base, account.grossPositionValue),
    initial: e6In(base, account.initialMargin),
    maintenance: e6In(base, account.maintenanceMargin),
    available: e6In(base, account.availableFunds),
    excess: e6In(base, account.excessLiquidity),
  });
}

/** Every currency of which there is cash or a rate, and the base; what the broker did not tell of it stays empty. */
function writeCurrencies(db: Db, run: Run, account: Account): void {
  const cash = new Map(account.cashByCurrency.map((amount) => [amount.currency, amount.e6]));
  const rates = new Map([...account.exchangeRates, [account.baseCurrency, 1]]);
  db.prepare("DELETE FROM currency_record WHERE run_id = ?").run(run.id);
  const insert = db.prepare(
    "INSERT INTO currency_record (run_id, currency, cash_e6, exchange_rate) VALUES (?, ?, ?, ?)",
  );
  for (const currency of new Set([...cash.keys(), ...rates.keys()]))
    insert.run(run.id, currency, cash.get(currency) ?? null, rates.get(currency) ?? null);
}

function positionValues({ marketValue, unrealizedPnl, ...position }: Position) {
  return {
    ...position,
    marketPrice: position.marketPrice ?? null,
    valueE6: marketValue ? e6In(position.currency, marketValue) : null,
    pnlE6: unrealizedPnl ? e6In(position.currency, unrealizedPnl) : null,
  };
}

function e6In(currency: string, amount: Money): bigint {
  invariant(amount.currency === currency, `${amount.currency} in a column of ${currency}`);
  return amount.e6;
}
