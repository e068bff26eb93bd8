import { mkdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { type PaperGateway, startPaperGateway } from "../../brokers/paper/gateway.ts";
import { ownFiles } from "../../files/trust.ts";
import { rebalance } from "../../rebalance.ts";
import { simulatedVenue } from "../../simulation/simulated-venue.ts";
import { readPriceHistory } from "../../storage/price-history-file.ts";
import { type Instant, later } from "../../trading/instant.ts";
import type { Outcome } from "../../trading/outcome.ts";
import { readConfig } from "../config/read-config.ts";
import { demoConfigText, ownFolder } from "../demo/config-text.ts";
import { freshDemoFolder } from "../demo/folder.ts";
import { type DemoScreen, demoLines } from "../demo/screen.ts";
import { type DemoHour, demoCash, demoHoldings, demoHours, demoInstant } from "../demo/script.ts";
import { steppedClock } from "../demo/stepped-clock.ts";
import { demoSummary } from "../demo/summary.ts";
import { writeForecast, writeForecastHalfway } from "../demo/write-forecast.ts";
import { exitCode } from "../exit-code.ts";
import type { Host } from "../host.ts";
import { journalTo } from "../journals.ts";
import { openRunLog } from "../run-log.ts";
import { logSink } from "../show-run.ts";
import { packageFolder, programVersion } from "../version.ts";
import { openRunWorld } from "../world.ts";

export interface DemoOptions {
  readonly dir: string;
  readonly seed: number;
}

const account = "DU1234567";
const minuteMs = 60_000;

/**
 * `trader demo`: one whole trading day of hourly runs against the paper gateway, over TCP, on the gateway's stepped
 * clock. It is the code path of `trader run`; only the clock and who writes the forecasts are the demo's.
 */
export async function demo(options: DemoOptions, host: Host): Promise<number> {
  const folder = resolve(host.cwd, options.dir);
  freshDemoFolder(folder);
  const gateway = await demoGateway(options.seed);
  const screen = demoLines(host);
  try {
    writeFileSync(join(folder, "trader.toml"), demoConfigText(account, "."), { mode: 0o644 });
    writeFileSync(join(folder, "own.toml"), demoConfigText(account, ownFolder), { mode: 0o644 });
    mkdirSync(join(folder, ownFolder), { mode: 0o755 });
    screen.opening(folder, gateway.port);
    const outcomes: Outcome[] = [];
    for (const hour of demoHours) outcomes.push(await liveThrough(hour, folder, gateway, screen, host));
    host.stdout.write(demoSummary(outcomes, folder, host));
    return exitCode.done;
  } finally {
    await gateway.close();
  }
}

async function demoGateway(seed: number): Promise<PaperGateway> {
  const history = await readPriceHistory(join(packageFolder, "data/sp500-20-daily.csv.gz"));
  const accounts = [{ id: account, cash: demoCash, baseCurrency: "USD" as const, positions: demoHoldings }];
  const [first] = demoHours;
  const startAt = later(demoInstant(first?.time ?? "08:35"), -10 * minuteMs);
  return await startPaperGateway({
    venue: simulatedVenue({ history, startAt, seed, accounts }),
    port: 0,
    clock: { kind: "stepped" },
    snapshotEndsAfterMs: 0,
    pacing: "throttle",
    log: () => {},
  });
}

/** The strategies' programs write their files, time passes, cron fires. */
async function liveThrough(
  hour: DemoHour,
  folder: string,
  gateway: PaperGateway,
  screen: DemoScreen,
  host: Host,
): Promise<Outcome> {
  const at = demoInstant(hour.time);
  await gateway.advanceTo(later(at, -5 * minuteMs));
  await writeForecasts(hour, folder, gateway.venue.now());
  await gateway.advanceTo(at);
  screen.hour(hour);

  const config = readConfig(join(folder, "trader.toml"), {}, { ...ownFiles, within: folder });
  const clock = steppedClock(gateway);
  const version = programVersion();
  const log = openRunLog({
    folder: config.paths.logs,
    startedAt: clock.now(),
    pid: host.pid,
    version,
    configDigest: config.digest,
    secrets: [],
  });
  const journal = journalTo([logSink(log), screen.sink(clock)], host.stderr);
  const { world, close } = openRunWorld(config, {
    clock,
    journal,
    pid: host.pid,
    stop: new AbortController().signal,
    hostName: hostname(),
    version,
  });
  try {
    // The demo's clock is the gateway's own, and so is the port.
    const connection = { ...config.job.connection, port: gateway.port };
    return await rebalance({ ...config.job, connection, trustHostClock: true }, world);
  } finally {
    close();
    log.close();
  }
}

async function writeForecasts(
  { momentum, income, breaksOff }: DemoHour,
  folder: string,
  now: Instant,
): Promise<void> {
  const write = breaksOff ? writeForecastHalfway : writeForecast;
  if (momentum) await write(join(folder, "forecasts", "momentum.csv"), now, momentum);
  if (income) await writeForecast(join(folder, "forecasts", "income.csv"), now, income);
}
