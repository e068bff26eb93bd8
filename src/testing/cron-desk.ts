import { spawn } from "node:child_process";
import { chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import PostalMime from "postal-mime";
import { type PaperGateway, startPaperGateway } from "../brokers/paper/gateway.ts";
import { simulatedVenue } from "../simulation/simulated-venue.ts";
import { readPriceHistory } from "../storage/price-history-file.ts";
import { Database } from "../storage/sqlite/sqlite.ts";
import { instant, later } from "../trading/instant.ts";

export const deskAccount = "DU7654321";
const repository = join(import.meta.dirname, "../..");

interface Position {
  readonly symbol: string;
  readonly shares: number;
  readonly averageCost: number;
}

const microsoft: Position = { symbol: "MSFT", shares: 300, averageCost: 251.5 };

/** How a started program ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StartOptions {
  /** What is typed behind `trader`, without the configuration; `run` without it. */
  readonly args?: readonly string[];
  /** The command line that runs "$@": a shell that limits what the program may do. */
  readonly shell?: string;
  /** As a user for whom rights count: they mean nothing to root. */
  readonly asOrdinaryUser?: boolean;
}

/**
 * The built program as cron starts it (an empty environment, another working folder, no terminal) in a data folder of its
 * own, with a paper gateway over TCP. Everything is gone with the scope.
 */
export interface CronDesk extends AsyncDisposable {
  readonly folder: string;
  readonly gateway: PaperGateway;
  readonly file: (name: string) => string;
  /** A forecast of this minute; `declaredRows` when it is to lie. */
  readonly writeForecast: (weights: Readonly<Record<string, number>>, declaredRows?: number) => void;
  readonly configText: string;
  run(options?: StartOptions): Promise<Ended>;
  /** Cron's next hour: a window is traded once. */
  nextHour(): Promise<void>;
  /** Subjects and texts of the mails in the outbox. */
  mails(): Promise<readonly { readonly subject: string; readonly text: string }[]>;
  /** Rows of the history, as a person sees them. */
  readonly rows: (sql: string) => Record<string, unknown>[];
}

export async function cronDesk(positions: readonly Position[] = [microsoft]): Promise<CronDesk> {
  const folder = mkdtempSync(join(tmpdir(), "trader-desk-"));
  const file = (name: string) => join(folder, name);
  const gateway = await gatewayAtTen(positions);
  mkdirSync(file("forecasts"));
  writeFileSync(file("trader.toml"), configText(gateway.port));
  return {
    folder,
    gateway,
    file,
    configText: configText(gateway.port),
    writeForecast(weights, declaredRows = Object.keys(weights).length) {
      writeFileSync(file("forecasts/momentum.csv"), forecastText(gateway, weights, declaredRows));
    },
    nextHour: async () => {
      await gateway.advanceTo(later(gateway.venue.now(), 3_600_000));
    },
    run: (options = {}) => start(file("trader.toml"), folder, options),
    async mails() {
      const names = readdirSync(file("mail/outbox")).toSorted();
      const mails = names.map((name) => PostalMime.parse(readFileSync(file(`mail/outbox/${name}`))));
      return (await Promise.all(mails)).map(({ subject = "", text = "" }) => ({ subject, text }));
    },
    rows(sql) {
      const db = new Database(file("snapshots/history.db"), { readonly: true });
      try {
        return db.prepare(sql).all() as Record<string, unknown>[];
      } finally {
        db.close();
      }
    },
    async [Symbol.asyncDispose]() {
      await gateway.close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function gatewayAtTen(positions: readonly Position[]): Promise<PaperGateway> {
  return await startPaperGateway({
    venue: simulatedVenue({
      history: await readPriceHistory(join(repository, "data/sp500-20-daily.csv.gz")),
      startAt: instant("2022-03-14T10:35:00-04:00"),
      seed: 20220314,
      accounts: [
        {
          id: deskAccount,
          cash: 400_000,
          baseCurrency: "USD",
          positions,
        },
      ],
    }),
    port: 0,
    clock: { kind: "stepped", idleAdvance: { afterQuietMs: 40, stepSeconds: 1, atMostSeconds: 60 } },
    snapshotEndsAfterMs: 0,
    pacing: "throttle",
    log: () => {},
  });
}

function start(
  config: string,
  folder: string,
  { args: typed = ["run"], shell, asOrdinaryUser = false }: StartOptions,
): Promise<Ended> {
  const program = [process.execPath, join(repository, "bin/trader.js"), ...typed, "--config", config];
  const [command = "", ...args] = shell === undefined ? program : ["/bin/sh", "-c", shell, "sh", ...program];
  const isRoot = process.geteuid?.() === 0;
  const user = asOrdinaryUser && isRoot ? nobody : undefined;
  if (user) giveAway(folder, user);
  const child = spawn(command, args, {
    cwd: "/",
    env: { TZ: "Asia/Singapore" },
    stdio: ["ignore", "pipe", "pipe"],
    ...(user && { uid: user, gid: user }),
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (bytes: Buffer) => (stdout += bytes.toString()));
  child.stderr.on("data", (bytes: Buffer) => (stderr += bytes.toString()));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
}

const nobody = 65_534;

function giveAway(path: string, user: number): void {
  chownSync(path, user, user);
  for (const name of readdirSync(path, { recursive: true, encoding: "utf8" }))
    chownSync(join(path, name), user, user);
}

function forecastText(
  { venue }: PaperGateway,
  weights: Readonly<Record<string, number>>,
  declaredRows: number,
): string {
  const lines = Object.entries(weights).map(([symbol, weight]) => `${symbol},${weight}`);
  const asOf = new Date(venue.now() - 60_000).toISOString();
  const header = [`# as_of: ${asOf}`, "# leverage: 1.0", `# rows: ${declaredRows}`, "symbol,weight"];
  return [...header, ...lines, ""].join("\n");
}

function configText(port: number): string {
  return `account = "${deskAccount}"
[gateway]
host = "127.0.0.1"
port = ${port}
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
}
