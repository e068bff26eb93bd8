/** A key and its value as they stand in the file, and what stands there instead. */
export type ConfigChanges = Readonly<Record<string, string>>;

/**
 * The smallest trader.toml with which a run trades: one strategy, `forecasts/momentum.csv`, all data beside the file. Throws
 * when a change finds nothing to change: its test would be about another configuration than it says.
 */
export function smallConfig(changes: ConfigChanges = {}): string {
  return Object.entries(changes).reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new RangeError(`the small configuration has no ${from}`);
    return text.replace(from, to);
  }, usual);
}

/** For a program whose gateway fails it: it waits for answers as long as a test can, and for fills a second. */
export const impatient: ConfigChanges = {
  "client_id = 17": "client_id = 17\nconnect_deadline_seconds = 8\nrequest_deadline_seconds = 4",
  "settle_seconds = 4": "settle_seconds = 1",
};

const usual = `account = "DU1234567"
[gateway]
host = "127.0.0.1"
port = 4002
client_id = 17
trust_host_clock = false
[data]
folder = "."
[[strategy]]
name = "momentum"
file = "forecasts/momentum.csv"
capital_share = 1.0
max_age_minutes = 90
gross_max = 1.0
[portfolio]
leverage_max = 1.0
no_trade_band = 0.002
min_order_value = 500
currency = "USD"
[execution]
collar_bps = 25
adaptive_priority = "Urgent"
settle_seconds = 4
[limits]
gross_leverage = 1.2
weight_per_instrument = 0.7
order_value = 500000
orders_per_run = 20
[mail]
from = "trader@example.com"
to = ["owner@example.com"]
zone = "America/New_York"
`;
