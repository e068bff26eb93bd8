import { ordersView, whole } from "./views.ts";

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
${ordersView({
  terms: `order_ref, run_id, intended_at, sent_at, account, role, symbol, con_id, side, ${whole("o.shares", "shares")},
  currency, limit_price, decision_price, time_in_force, adaptive_priority, life, status`,
  names: "client_id, order_id, perm_id, window, broker_messages, style",
})}

CREATE VIEW order_changes AS
SELECT change, order_ref, run_id, changed_at, ${whole("shares", "shares")}, limit_price FROM order_change_record;
`;
