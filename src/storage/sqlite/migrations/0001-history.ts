import { decimal, ordersView, runsView, whole } from "./views.ts";

/**
 * The first format of the history. Tables named `…_record` hold exact values: money as whole millionths (`_e6`), times as
 * ISO text in UTC. Views with plain names show the same to people, as decimals; snapshots/README.md documents them.
 */
export const historyTables = `
CREATE TABLE run_record (
  run_id TEXT PRIMARY KEY,
  started_at TEXT NOT NULL,
  ended_at TEXT,
  verdict TEXT,
  account TEXT NOT NULL,
  window TEXT NOT NULL,
  session_on TEXT,
  order_file TEXT,
  crash TEXT,
  version TEXT NOT NULL,
  config_digest TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE finding_record (
  run_id TEXT NOT NULL REFERENCES run_record,
  ordinal INTEGER NOT NULL,
  kind TEXT NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (run_id, ordinal)
) STRICT, WITHOUT ROWID;

-- run_id is NULL for an order of ours that was found at the broker and not in this history.
CREATE TABLE order_record (
  order_ref TEXT PRIMARY KEY,
  run_id TEXT REFERENCES run_record,
  window TEXT NOT NULL,
  intended_at TEXT NOT NULL,
  account TEXT NOT NULL,
  role TEXT NOT NULL,
  con_id INTEGER NOT NULL,
  symbol TEXT NOT NULL,
  currency TEXT,
  side TEXT NOT NULL CHECK (side IN ('buy', 'sell')),
  shares REAL NOT NULL,
  limit_price REAL,
  decision_price REAL,
  adaptive_priority TEXT,
  time_in_force TEXT,
  life TEXT NOT NULL CHECK (life IN ('working', 'done', 'unknown')),
  status TEXT,
  reported_filled_shares REAL NOT NULL,
  client_id INTEGER,
  order_id INTEGER,
  perm_id INTEGER NOT NULL,
  broker_messages TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX order_by_run ON order_record (run_id);
CREATE INDEX order_by_window ON order_record (window);
CREATE INDEX order_unsettled ON order_record (account, intended_at) WHERE life <> 'done';

-- execution_key is the broker's execution id without its last segment, revision is that segment: a correction repeats
-- the id with a higher one. booking counts executions in the order in which they became known. order_ref is empty for
-- what a person or another program traded.
CREATE TABLE execution_record (
  booking INTEGER PRIMARY KEY,
  execution_key TEXT NOT NULL UNIQUE,
  revision INTEGER NOT NULL,
  exec_id TEXT NOT NULL,
  run_id TEXT NOT NULL REFERENCES run_record,
  executed_at TEXT NOT NULL,
  account TEXT NOT NULL,
  con_id INTEGER NOT NULL,
  symbol TEXT NOT NULL,
  side TEXT NOT NULL CHECK (side IN ('buy', 'sell')),
  shares REAL NOT NULL,
  price REAL NOT NULL,
  currency TEXT NOT NULL,
  exchange TEXT NOT NULL,
  commission_e6 INTEGER,
  commission_currency TEXT,
  realized_pnl_e6 INTEGER,
  realized_pnl_currency TEXT,
  order_ref TEXT NOT NULL,
  client_id INTEGER NOT NULL,
  order_id INTEGER NOT NULL,
  perm_id INTEGER NOT NULL
) STRICT;
CREATE INDEX execution_by_order ON execution_record (order_ref) WHERE order_ref <> '';
CREATE INDEX execution_by_run ON execution_record (run_id);

-- Run first in the key: what a run writes lies together, so that its cost does not grow with the history.
CREATE TABLE position_record (
  run_id TEXT NOT NULL REFERENCES run_record,
  con_id INTEGER NOT NULL,
  symbol TEXT NOT NULL,
  security_type TEXT NOT NULL,
  currency TEXT NOT NULL,
  shares REAL NOT NULL,
  average_cost REAL NOT NULL,
  market_price REAL,
  market_value_e6 INTEGER,
  unrealized_pnl_e6 INTEGER,
  PRIMARY KEY (run_id, con_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE equity_record (
  entry INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL UNIQUE REFERENCES run_record,
  taken_at TEXT NOT NULL,
  account TEXT NOT NULL,
  currency TEXT NOT NULL,
  net_liquidation_e6 INTEGER NOT NULL,
  cash_e6 INTEGER NOT NULL,
  gross_position_value_e6 INTEGER NOT NULL,
  initial_margin_e6 INTEGER NOT NULL,
  maintenance_margin_e6 INTEGER NOT NULL,
  available_funds_e6 INTEGER NOT NULL,
  excess_liquidity_e6 INTEGER NOT NULL
) STRICT;

CREATE TABLE currency_record (
  run_id TEXT NOT NULL REFERENCES run_record,
  currency TEXT NOT NULL,
  cash_e6 INTEGER,
  exchange_rate REAL,
  PRIMARY KEY (run_id, currency)
) STRICT, WITHOUT ROWID;

CREATE TABLE day_record (
  account TEXT NOT NULL,
  session_on TEXT NOT NULL,
  open_at TEXT NOT NULL,
  close_at TEXT NOT NULL,
  run_id TEXT NOT NULL REFERENCES run_record,
  committed_at TEXT NOT NULL,
  currency TEXT NOT NULL,
  net_liquidation_e6 INTEGER NOT NULL,
  cash_e6 INTEGER NOT NULL,
  gross_position_value_e6 INTEGER NOT NULL,
  PRIMARY KEY (account, session_on)
) STRICT, WITHOUT ROWID;

-- CSV files that the database is ahead of: written in the transaction that changes their rows, removed when they follow.
CREATE TABLE csv_due (file TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

${runsView}

CREATE VIEW findings AS
SELECT run_id, ordinal, kind, detail FROM finding_record;

${ordersView({
  terms: `order_ref, run_id, intended_at, account, role, symbol, con_id, side, ${whole("o.shares", "shares")}, currency,
  limit_price, decision_price, time_in_force, adaptive_priority, life, status`,
  names: "client_id, order_id, perm_id, window, broker_messages",
})}

CREATE VIEW executions AS
SELECT exec_id, revision, run_id, executed_at, account, symbol, con_id, side, ${whole("shares", "shares")}, price, currency,
  exchange, ${decimal("commission")}, commission_currency, ${decimal("realized_pnl")}, realized_pnl_currency,
  order_ref, client_id, order_id, perm_id
FROM execution_record;

CREATE VIEW equity AS
SELECT run_id, taken_at, account, currency, ${decimal("net_liquidation")}, ${decimal("cash")},
  ${decimal("gross_position_value")},
  CASE WHEN net_liquidation_e6 > 0 THEN 1.0 * gross_position_value_e6 / net_liquidation_e6 END AS leverage_used,
  ${decimal("initial_margin")}, ${decimal("maintenance_margin")}, ${decimal("available_funds")},
  ${decimal("excess_liquidity")}
FROM equity_record;

CREATE VIEW currencies AS
SELECT run_id, currency, ${decimal("cash")}, exchange_rate FROM currency_record;

CREATE VIEW positions AS
SELECT p.run_id, e.taken_at, e.account, p.symbol, p.con_id, p.security_type, p.currency, ${whole("p.shares", "shares")},
  p.average_cost, p.market_price, ${decimal("market_value")}, ${decimal("unrealized_pnl")},
  CASE WHEN e.net_liquidation_e6 > 0
    THEN 1.0 * p.market_value_e6 * c.exchange_rate / e.net_liquidation_e6 END AS weight
FROM position_record AS p
  JOIN equity_record AS e USING (run_id)
  LEFT JOIN currency_record AS c ON c.run_id = p.run_id AND c.currency = p.currency;

CREATE VIEW days AS
SELECT account, session_on, open_at, close_at, run_id, committed_at, currency, ${decimal("net_liquidation")},
  ${decimal("cash")}, ${decimal("gross_position_value")},
  CASE WHEN net_liquidation_e6 > 0 THEN 1.0 * gross_position_value_e6 / net_liquidation_e6 END AS leverage_used,
  (net_liquidation_e6 - lag(net_liquidation_e6) OVER earlier) / 1000000.0 AS net_liquidation_change
FROM day_record WINDOW earlier AS (PARTITION BY account, currency ORDER BY session_on);
`;
