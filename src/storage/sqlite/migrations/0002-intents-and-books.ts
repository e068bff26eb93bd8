import { ordersView, runsView, whole } from "./views.ts";

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

${runsView}

${ordersView({
  terms: `order_ref, run_id, intended_at, sent_at, account, role, symbol, con_id, side, ${whole("o.shares", "shares")},
  currency, limit_price, decision_price, time_in_force, adaptive_priority, life, status`,
  names: "client_id, order_id, perm_id, window, broker_messages",
})}

CREATE VIEW expected_positions AS
SELECT account, con_id, symbol, ${whole("total(shares)", "shares")}
FROM position_entry_record GROUP BY account, con_id HAVING total(shares) <> 0;

CREATE VIEW breaks AS
SELECT break_id, account, kind, symbol, con_id, expected, told, currency, found_at, run_id, settled_at, settled_how, note
FROM break_record;
`;
