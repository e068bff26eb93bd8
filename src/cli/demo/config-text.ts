/** Where the user's own first runs leave their files, beside those of the demo's day. */
export const ownFolder = "own";

/**
 * A small, real trader.toml for the user to read, and to run with once the demo is over. The demo's own gateway listens
 * on a free port; this one names the port of `trader gateway`.
 */
export function demoConfigText(account: string, dataFolder: "." | typeof ownFolder): string {
  const what =
    dataFolder === "."
      ? "The configuration of the demo."
      : "The demo's forecasts and settings for runs of your own: with a history of their own, at an account that holds nothing.";
  return `# ${what}
# trader.example.toml explains every key.
account = "${account}"

[gateway]
host = "127.0.0.1"
port = 4002
client_id = 17
# The paper gateway of the demo lives in November 2022.
trust_host_clock = false

[data]
folder = "${dataFolder}"

[[strategy]]
name = "momentum"
file = "forecasts/momentum.csv"
capital_share = 0.55
max_age_minutes = 90
gross_max = 1.0

[[strategy]]
name = "income"
file = "forecasts/income.csv"
capital_share = 0.37
max_age_minutes = 90
gross_max = 1.2

[portfolio]
leverage_max = 1.0
unlisted = "report"
no_trade_band = 0.004
min_order_value = 1000
currency = "USD"

[execution]
collar_bps = 15
adaptive_priority = "Normal"
settle_seconds = 30

[limits]
gross_leverage = 1.2
weight_per_instrument = 0.25
order_value = 250000
orders_per_run = 40

[mail]
from = "Trader demo <trader@example.com>"
to = ["you@example.com"]
zone = "America/New_York"
`;
}
