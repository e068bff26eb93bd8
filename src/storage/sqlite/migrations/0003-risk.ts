/** What each run's checks came to, deposits and withdrawals that a person has declared, and overrides that one has given. */
export const riskTables = `
-- Numbers are in the check's unit; NULL: the run did not learn it. override_id: who took a breach on.
CREATE TABLE check_record (
  run_id TEXT NOT NULL REFERENCES run_record,
  ordinal INTEGER NOT NULL,
  name TEXT NOT NULL,
  subject TEXT NOT NULL,
  unit TEXT NOT NULL,
  present REAL,
  value REAL,
  limit_value REAL NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('pass', 'warn', 'fail', 'unknown')),
  override_why TEXT,
  override_by TEXT,
  PRIMARY KEY (run_id, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE flow_record (
  flow_id INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  booked_at TEXT NOT NULL,
  amount_e6 INTEGER NOT NULL,
  currency TEXT NOT NULL,
  note TEXT NOT NULL,
  declared_at TEXT NOT NULL,
  declared_by TEXT NOT NULL
) STRICT;

CREATE TABLE override_record (
  override_id INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  name TEXT NOT NULL,
  subject TEXT NOT NULL,
  given_at TEXT NOT NULL,
  until_at TEXT NOT NULL,
  why TEXT NOT NULL,
  given_by TEXT NOT NULL,
  withdrawn_at TEXT
) STRICT;

CREATE VIEW checks AS
SELECT run_id, ordinal, name, subject, unit, present, value, limit_value, verdict, override_why, override_by
FROM check_record;

CREATE VIEW flows AS
SELECT flow_id, account, booked_at, amount_e6 / 1000000.0 AS amount, currency, note, declared_at, declared_by
FROM flow_record;

CREATE VIEW overrides AS
SELECT override_id, account, name, subject, given_at, until_at, why, given_by, withdrawn_at FROM override_record;
`;
