/**
 * How far each order has come before the broker answers, our own count of what the account holds, and what the two do not
 * agree on. SQLite cannot change a CHECK: the table of orders is written anew, and with it the views that read it.
 *
 * What the first format called `unknown` had been handed over or was about to be: `sending`, unless the broker's number
 * says that it was answered.
 */
export const intentsAndBooks = `
DROP VIEW runs;
DROP VIEW orders;

-- life: planned (nothing has left), sending (its bytes leave now or have left), acknowledged (the broker has a number for
-- it), working, unknown (waited for, and nobody answered), done.
CREATE TABLE order_record_2 (
  order_ref TEXT PRIMARY KEY,
  run_id TEXT REFERENCES run_record,
  window TEXT NOT NULL,
  intended_at TEXT NOT NULL,
  sent_at TEXT,
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
  life TEXT NOT NULL CHECK (life IN ('planned', 'sending', 'acknowledged', 'working', 'unknown', 'done')),
  status TEXT,
  reported_filled_shares REAL NOT NULL,
  client_id INTEGER,
  order_id INTEGER,
  perm_id INTEGER NOT NULL,
  broker_messages TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO order_record_2 SELECT order_ref, run_id, window, intended_at, intended_at, account, role, con_id, symbol,
  currency, side, shares, limit_price, decision_price, adaptive_priority, time_in_force,
  CASE WHEN life = 'unknown' THEN iif(perm_id = 0, 'sending', 'acknowledged') ELSE life END,
  status, reported_filled_shares, client_id, order_id, perm_id, broker_messages FROM order_record;
DROP TABLE order_record;
ALTER TABLE order_record_2 RENAME TO order_record;
CREATE INDEX order_by_run ON order_record (run_id);
CREATE INDEX order_by_window ON order_record (window);
CREATE INDEX order_unsettled ON order_record (account, intended_at) WHERE life <> 'done';

-- What we count as held: every entry adds its signed shares. The first entries are what the broker told when we first
-- looked; then each execution, each correction of one, and what a person accepted without an execution.
CREATE TABLE position_entry_record (
  entry INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  con_id INTEGER NOT NULL,
  symbol TEXT NOT NULL,
  shares REAL NOT NULL,
  reason TEXT NOT NULL CHECK (reason IN ('opening', 'execution', 'correction', 'accepted')),
  execution_key TEXT,
  run_id TEXT REFERENCES run_record
) STRICT;
CREATE INDEX position_entry_by_contract ON position_entry_record (account, con_id, shares);

-- What our count and the broker do not agree on. Expected and told are decimals as text: shares, or an amount of currency.
CREATE TABLE break_record (
  break_id INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('position', 'net-liquidation')),
  con_id INTEGER NOT NULL,
  symbol TEXT NOT NULL,
  expected TEXT NOT NULL,
  told TEXT NOT NULL,
  currency TEXT,
  found_at TEXT NOT NULL,
  run_id TEXT NOT NULL REFERENCES run_record,
  settled_at TEXT,
  settled_how TEXT CHECK (settled_how IN ('accepted', 'vanished')),
  note TEXT
) STRICT;
CREATE UNIQUE INDEX break_open ON break_record (account, kind, con_id) WHERE settled_at IS NULL;

CREATE VIEW runs AS
SELECT run_id, started_at, ended_at, verdict, account, window, session_on,
  (SELECT count(*) FROM order_record WHERE order_record.run_id = run_record.run_id) AS orders,
  (SELECT count(*) FROM execution_record WHERE execution_record.run_id = run_record.run_id) AS executions,
  (SELECT count(*) FROM finding_record WHERE finding_record.run_id = run_record.run_id) AS findings,
  order_file, crash, version, config_digest
FROM run_record;

CREATE VIEW orders AS
WITH filled AS (
  SELECT order_ref, sum(shares) AS shares, sum(shares * price) / nullif(sum(shares), 0) AS average_price,
    CASE WHEN count(*) = count(commission_e6) AND count(DISTINCT commission_currency) = 1
      THEN sum(commission_e6) / 1000000.0 END AS commission,
    max(commission_currency) AS commission_currency
  FROM execution_record WHERE order_ref <> '' GROUP BY order_ref
)
SELECT order_ref, run_id, intended_at, sent_at, account, role, symbol, con_id, side, ${whole("o.shares", "shares")},
  currency, limit_price, decision_price, time_in_force, adaptive_priority, life, status,
  ${whole("coalesce(filled.shares, 0)", "filled_shares")},
  ${whole("reported_filled_shares", "reported_filled_shares")},
  filled.average_price AS average_fill_price,
  round(iif(side = 'buy', 10000, -10000) * (filled.average_price - decision_price) / decision_price, 4) AS slippage_bps,
  filled.commission AS commission,
  CASE WHEN filled.commission IS NOT NULL THEN filled.commission_currency END AS commission_currency,
  client_id, order_id, perm_id, window, broker_messages
FROM order_record AS o LEFT JOIN filled USING (order_ref);

CREATE VIEW expected_positions AS
SELECT account, con_id, symbol, ${whole("total(shares)", "shares")}
FROM position_entry_record GROUP BY account, con_id HAVING total(shares) <> 0;

CREATE VIEW breaks AS
SELECT break_id, account, kind, symbol, con_id, expected, told, currency, found_at, run_id, settled_at, settled_how, note
FROM break_record;
`;

/** A share count without the ".0" of a whole number. */
function whole(value: string, name: string): string {
  return `iif(${value} = CAST(${value} AS INTEGER), CAST(${value} AS INTEGER), ${value}) AS ${name}`;
}
