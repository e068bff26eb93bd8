/**
 * How orders are worked, and new terms that were sent for orders that worked: each on record before its bytes left. What
 * came of it is in the order itself, as the broker tells it.
 */
export const orderChanges = `
ALTER TABLE order_record ADD COLUMN style TEXT;
ALTER TABLE order_record ADD COLUMN outside_regular_hours INTEGER;

CREATE TABLE order_change_record (
  change INTEGER PRIMARY KEY,
  order_ref TEXT NOT NULL REFERENCES order_record,
  run_id TEXT NOT NULL REFERENCES run_record,
  changed_at TEXT NOT NULL,
  shares REAL NOT NULL,
  limit_price REAL
) STRICT;
CREATE INDEX order_change_by_order ON order_change_record (order_ref);

DROP VIEW orders;
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
  client_id, order_id, perm_id, window, broker_messages, style
FROM order_record AS o LEFT JOIN filled USING (order_ref);

CREATE VIEW order_changes AS
SELECT change, order_ref, run_id, changed_at, ${whole("shares", "shares")}, limit_price FROM order_change_record;
`;

/** A share count without the ".0" of a whole number. */
function whole(value: string, name: string): string {
  return `iif(${value} = CAST(${value} AS INTEGER), CAST(${value} AS INTEGER), ${value}) AS ${name}`;
}
