/**
 * What views of several formats are made of. Histories in the field were made by these texts: none of them changes any
 * more. A format that needs another form writes its own.
 */

/** Millionths as a decimal: nearest binary number, good to 15 digits. The table has the exact amount. */
export function decimal(column: string): string {
  return `${column}_e6 / 1000000.0 AS ${column}`;
}

/** A share count without the ".0" of a whole number. */
export function whole(value: string, name: string): string {
  return `iif(${value} = CAST(${value} AS INTEGER), CAST(${value} AS INTEGER), ${value}) AS ${name}`;
}

export const runsView = `
CREATE VIEW runs AS
SELECT run_id, started_at, ended_at, verdict, account, window, session_on,
  (SELECT count(*) FROM order_record WHERE order_record.run_id = run_record.run_id) AS orders,
  (SELECT count(*) FROM execution_record WHERE execution_record.run_id = run_record.run_id) AS executions,
  (SELECT count(*) FROM finding_record WHERE finding_record.run_id = run_record.run_id) AS findings,
  order_file, crash, version, config_digest
FROM run_record;
`.trim();

/** Orders with what their executions come to: `terms` are the columns before `filled_shares`, `names` those at the end. */
export function ordersView({ terms, names }: { readonly terms: string; readonly names: string }): string {
  return `
CREATE VIEW orders AS
WITH filled AS (
  SELECT order_ref, sum(shares) AS shares, sum(shares * price) / nullif(sum(shares), 0) AS average_price,
    CASE WHEN count(*) = count(commission_e6) AND count(DISTINCT commission_currency) = 1
      THEN sum(commission_e6) / 1000000.0 END AS commission,
    max(commission_currency) AS commission_currency
  FROM execution_record WHERE order_ref <> '' GROUP BY order_ref
)
SELECT ${terms},
  ${whole("coalesce(filled.shares, 0)", "filled_shares")},
  ${whole("reported_filled_shares", "reported_filled_shares")},
  filled.average_price AS average_fill_price,
  round(iif(side = 'buy', 10000, -10000) * (filled.average_price - decision_price) / decision_price, 4) AS slippage_bps,
  filled.commission AS commission,
  CASE WHEN filled.commission IS NOT NULL THEN filled.commission_currency END AS commission_currency,
  ${names}
FROM order_record AS o LEFT JOIN filled USING (order_ref);
`.trim();
}
