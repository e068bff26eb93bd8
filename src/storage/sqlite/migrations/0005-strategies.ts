/** What strategies that may be stopped were worth by their own forecasts, and when a person began the measure anew. */
export const strategyTables = `
-- value NULL: a look that could not tell. basis_id: the look whose holdings it rests on; what these were worth then.
CREATE TABLE strategy_record (
  look_id INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL REFERENCES run_record,
  account TEXT NOT NULL,
  strategy TEXT NOT NULL,
  resets INTEGER NOT NULL,
  looked_at TEXT NOT NULL,
  started_at TEXT,
  value REAL,
  highest REAL,
  basis_id INTEGER REFERENCES strategy_record,
  basis_value REAL,
  stopped_by TEXT CHECK (stopped_by IN ('strategy-loss', 'strategy-profit')),
  stopped_limit REAL,
  CHECK ((value IS NULL) = (highest IS NULL) AND (value IS NULL) = (started_at IS NULL)
    AND (value IS NULL) = (basis_value IS NULL) AND (value IS NULL) = (basis_id IS NULL)),
  CHECK ((stopped_by IS NULL) = (stopped_limit IS NULL))
) STRICT;
CREATE INDEX strategy_looks ON strategy_record (account, strategy, resets, look_id);

-- weight is of the strategy's own capital, price in base currency for one share of the time of the look; the targets are
-- what the forecast asked for, capital share and leverage included.
CREATE TABLE strategy_holding_record (
  look_id INTEGER NOT NULL REFERENCES strategy_record,
  ordinal INTEGER NOT NULL,
  con_id INTEGER NOT NULL,
  symbol TEXT NOT NULL,
  target_weight REAL NOT NULL,
  target_notional REAL NOT NULL,
  target_shares REAL NOT NULL,
  weight REAL NOT NULL,
  price REAL NOT NULL,
  PRIMARY KEY (look_id, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE strategy_reset_record (
  reset_id INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  strategy TEXT NOT NULL,
  reset_at TEXT NOT NULL,
  note TEXT NOT NULL
) STRICT;

CREATE VIEW strategy_values AS
SELECT look_id, run_id, account, strategy, resets, looked_at, started_at, value, highest, 1 - value / highest AS fall,
  value - 1 AS rise, stopped_by, stopped_limit, basis_id
FROM strategy_record;

CREATE VIEW strategy_holdings AS
SELECT look_id, ordinal, con_id, symbol, target_weight, target_notional, target_shares, weight, price
FROM strategy_holding_record;

CREATE VIEW strategy_resets AS
SELECT reset_id, account, strategy, reset_at, note FROM strategy_reset_record;
`;
