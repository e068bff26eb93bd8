import { ordersView, whole } from "./views.ts";

/**
 * Protective orders: where their stop stands, and the owner's setting that they carry out, as JSON. Of a stop that the broker
 * moves it is the last that was told.
 */
export const protection = `
ALTER TABLE order_record ADD COLUMN stop_price REAL;
ALTER TABLE order_record ADD COLUMN protection TEXT;
ALTER TABLE order_change_record ADD COLUMN stop_price REAL;

DROP VIEW orders;
${ordersView({
  terms: `order_ref, run_id, intended_at, sent_at, account, role, symbol, con_id, side, ${whole("o.shares", "shares")},
  currency, limit_price, decision_price, time_in_force, adaptive_priority, life, status`,
  names: "client_id, order_id, perm_id, window, broker_messages, style, stop_price",
})}

DROP VIEW order_changes;
CREATE VIEW order_changes AS
SELECT change, order_ref, run_id, changed_at, ${whole("shares", "shares")}, limit_price, stop_price
FROM order_change_record;
`;
