import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rebalance } from "../../rebalance.ts";
import { smallConfig } from "../../testing/small-config.ts";
import { isoSecondsOf } from "../../trading/instant.ts";
import type { Outcome } from "../../trading/outcome.ts";
import { readConfig } from "../config/read-config.ts";
import { systemClock } from "../system-clock.ts";
import { openRunWorld } from "../world.ts";
import { benchAccount, benchStartAt, type GatewayWord } from "./gateway-process.ts";

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

const messageId = { quote: 1, order: 3, cancel: 4 } as const;

/**
 * Two runs over the real wire, the second with the contract details that the first one cached and a forecast that trades
 * every instrument anew.
 */
export async function measureHourlyRuns(options: BenchOptions): Promise<readonly [Measured, Measured]> {
  const folder = mkdtempSync(join(tmpdir(), "trader-bench-"));
  const gateway = await BenchGateway.start(options);
  try {
    mkdirSync(join(folder, "forecasts"));
    writeFileSync(join(folder, "trader.toml"), configText(gateway.port, options));
    const runOnce = async (grossWeight: number): Promise<Measured> => {
      const rows = gateway.symbols.map((symbol) => `${symbol},${grossWeight / gateway.symbols.length}`);
      const header = [`# as_of: ${isoSecondsOf(benchStartAt)}`, "# leverage: 1", `# rows: ${rows.length}`];
      writeFileSync(
        join(folder, "forecasts/momentum.csv"),
        [...header, "symbol,weight", ...rows, ""].join("\n"),
      );
      return await measure(folder, gateway);
    };
    return [await runOnce(0.4), await runOnce(0.8)];
  } finally {
    gateway.end();
    rmSync(folder, { recursive: true });
  }
}

/** The gateway's process, seen from the bench. */
class BenchGateway {
  readonly port: number;
  readonly symbols: readonly string[];
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess, { port, symbols }: GatewayWord & { kind: "listening" }) {
    this.port = port;
    this.symbols = symbols;
    this.#process = child;
  }

  static async start(options: BenchOptions): Promise<BenchGateway> {
    const child = fork(join(import.meta.dirname, "gateway-process.js"), [JSON.stringify(options)]);
    const [word] = (await once(child, "message")) as [GatewayWord];
    if (word.kind !== "listening") throw new Error(`the gateway began with ${word.kind}`);
    return new BenchGateway(child, word);
  }

  async counts(): Promise<{ readonly received: number; of(id: number): number }> {
    this.#process.send("counts");
    const [word] = (await once(this.#process, "message")) as [GatewayWord];
    if (word.kind !== "counts") throw new Error(`the gateway answered ${word.kind}`);
    const byId = new Map(word.byId);
    return { received: word.received, of: (id) => byId.get(id) ?? 0 };
  }

  end(): void {
    this.#process.disconnect();
  }
}

async function measure(folder: string, gateway: BenchGateway): Promise<Measured> {
  const config = readConfig(join(folder, "trader.toml"), {});
  const { world, close } = openRunWorld(config, {
    clock: systemClock,
    journal: { append: () => {} },
    pid: process.pid,
    stop: new AbortController().signal,
    hostName: "bench",
    version: "bench",
  });
  const before = await gateway.counts();
  const startedMs = systemClock.monotonicMs();
  const cpu = process.cpuUsage();
  try {
    // Both runs are of one hour.
    const outcome = await rebalance({ ...config.job, again: true }, world);
    const wallSeconds = (systemClock.monotonicMs() - startedMs) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    const after = await gateway.counts();
    const countOf = (id: number) => after.of(id) - before.of(id);
    return {
      outcome,
      wallSeconds,
      cpuSeconds: (user + system) / 1e6,
      // START_API is not among the gateway's counts.
      sent: after.received - before.received + 1,
      quotes: countOf(messageId.quote),
      orders: countOf(messageId.order),
      cancels: countOf(messageId.cancel),
    };
  } finally {
    close();
  }
}

function configText(port: number, { marketDataLines, messagesPerSecond }: BenchOptions): string {
  const ofTheWire = [
    "request_deadline_seconds = 30",
    `messages_per_second = ${messagesPerSecond}`,
    `market_data_lines = ${marketDataLines}`,
  ];
  return smallConfig({
    DU1234567: benchAccount,
    "port = 4002": `port = ${port}`,
    "client_id = 17": ["client_id = 17", ...ofTheWire].join("\n"),
    "no_trade_band = 0.002": "no_trade_band = 0.0",
    "min_order_value = 500": "min_order_value = 1",
    "collar_bps = 25": "collar_bps = 100",
    "settle_seconds = 4": "settle_seconds = 20\nquote_max_age_seconds = 3600",
    "orders_per_run = 20": "orders_per_run = 100000",
  });
}
