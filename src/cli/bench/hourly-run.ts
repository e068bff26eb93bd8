import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPaperGateway } from "../../brokers/paper/gateway.ts";
import { rebalance } from "../../rebalance.ts";
import { simulatedVenue } from "../../simulation/simulated-venue.ts";
import { syntheticHistory } from "../../simulation/synthetic-history.ts";
import type { RunEvent } from "../../trading/event.ts";
import { instant, isoSecondsOf, tradingDate } from "../../trading/instant.ts";
import type { Outcome } from "../../trading/outcome.ts";
import { readConfig } from "../config/read-config.ts";
import { systemClock } from "../system-clock.ts";
import { openRunWorld } from "../world.ts";

export interface BenchOptions {
  readonly instruments: number;
  /** 0: a snapshot ends at once; the real gateway takes 11 s. */
  readonly snapshotEndsAfterMs: number;
  /** Quotes that may be under way at the same time. */
  readonly marketDataLines: number;
  readonly messagesPerSecond: number;
}

/** One measured run: what crossed the wire, and how long it took. */
export interface Measured {
  readonly outcome: Outcome;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  /** Messages from us to the gateway, START_API among them, by message id. */
  readonly sent: number;
  readonly quotes: number;
  readonly orders: number;
  readonly cancels: number;
}

const account = "DU1234567";
const startAt = instant("2022-03-14T10:30:00-04:00");
const messageId = { quote: 1, order: 3, cancel: 4 } as const;

/**
 * Two runs over the real wire, the second with the contract details that the first one cached and a forecast that trades
 * every instrument anew. The gateway's time stands still but for fills; ours is the host's.
 */
export async function measureHourlyRuns(options: BenchOptions): Promise<readonly [Measured, Measured]> {
  const folder = mkdtempSync(join(tmpdir(), "trader-bench-"));
  const history = syntheticHistory({
    symbols: options.instruments,
    days: 30,
    endOn: tradingDate("2022-03-14"),
    seed: 7,
  });
  const cash = options.instruments * 20_000;
  const gateway = await startPaperGateway({
    venue: simulatedVenue({
      history,
      startAt,
      seed: 7,
      accounts: [{ id: account, cash, baseCurrency: "USD", positions: [] }],
    }),
    port: 0,
    clock: { kind: "stepped", idleAdvance: { afterQuietMs: 100, stepSeconds: 1, atMostSeconds: 60 } },
    snapshotEndsAfterMs: options.snapshotEndsAfterMs,
    pacing: "throttle",
    log: () => {},
  });
  try {
    mkdirSync(join(folder, "forecasts"));
    writeFileSync(join(folder, "trader.toml"), configText(gateway.port, options));
    const symbols = [...history.closes.keys()];
    const once = async (grossWeight: number): Promise<Measured> => {
      const rows = symbols.map((symbol) => `${symbol},${grossWeight / symbols.length}`);
      const header = [
        `# as_of: ${isoSecondsOf(gateway.venue.now())}`,
        "# leverage: 1",
        `# rows: ${rows.length}`,
      ];
      writeFileSync(join(folder, "forecasts/all.csv"), [...header, "symbol,weight", ...rows, ""].join("\n"));
      return await measure(folder, gateway.messages);
    };
    return [await once(0.4), await once(0.8)];
  } finally {
    await gateway.close();
    rmSync(folder, { recursive: true });
  }
}

async function measure(
  folder: string,
  messages: { readonly received: number; readonly receivedById: ReadonlyMap<number, number> },
): Promise<Measured> {
  const config = readConfig(join(folder, "trader.toml"), {});
  const events: RunEvent[] = [];
  const journal = { append: (event: RunEvent) => void events.push(event) };
  const { world, close } = openRunWorld(config, {
    clock: systemClock,
    journal,
    pid: process.pid,
    hostName: "bench",
    version: "bench",
  });
  const before = { received: messages.received, byId: new Map(messages.receivedById) };
  const startedMs = systemClock.monotonicMs();
  const cpu = process.cpuUsage();
  try {
    const outcome = await rebalance(config.job, world);
    const { user, system } = process.cpuUsage(cpu);
    const countOf = (id: number) => (messages.receivedById.get(id) ?? 0) - (before.byId.get(id) ?? 0);
    return {
      outcome,
      wallSeconds: (systemClock.monotonicMs() - startedMs) / 1000,
      cpuSeconds: (user + system) / 1e6,
      // START_API is not among the gateway's counts.
      sent: messages.received - before.received + 1,
      quotes: countOf(messageId.quote),
      orders: countOf(messageId.order),
      cancels: countOf(messageId.cancel),
    };
  } finally {
    close();
  }
}

function configText(port: number, { marketDataLines, messagesPerSecond }: BenchOptions): string {
  return `account = "${account}"
[gateway]
host = "127.0.0.1"
port = ${port}
client_id = 17
request_deadline_seconds = 30
messages_per_second = ${messagesPerSecond}
market_data_lines = ${marketDataLines}
trust_host_clock = false
[data]
folder = "."
[[strategy]]
name = "all"
file = "forecasts/all.csv"
capital_share = 1.0
max_age_minutes = 90
gross_max = 1.0
[portfolio]
leverage_max = 1.0
no_trade_band = 0.0
min_order_value = 1
currency = "USD"
[execution]
collar_bps = 100
adaptive_priority = "Urgent"
settle_seconds = 20
quote_max_age_seconds = 3600
[limits]
gross_leverage = 1.2
weight_per_instrument = 0.7
order_value = 500000
orders_per_run = 100000
[mail]
from = "trader@example.com"
to = ["owner@example.com"]
zone = "America/New_York"
`;
}
