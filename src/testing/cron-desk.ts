import { type ChildProcess, spawn } from "node:child_process";
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import PostalMime from "postal-mime";
import type { Scenario } from "../brokers/paper/fault.ts";
import { type PaperGateway, startPaperGateway } from "../brokers/paper/gateway.ts";
import { type SimulatedAccount, simulatedVenue } from "../simulation/simulated-venue.ts";
import type { Venue } from "../simulation/venue.ts";
import { readPriceHistory } from "../storage/price-history-file.ts";
import { Database } from "../storage/sqlite/sqlite.ts";
import { instant, later } from "../trading/instant.ts";
import { type ConfigChanges, smallConfig } from "./small-config.ts";
import { WireProxy } from "./wire-proxy.ts";

export const deskAccount = "DU1234567";
const repository = join(import.meta.dirname, "../..");
const history = readPriceHistory(join(repository, "data/sp500-20-daily.csv.gz"));

// The native part is loaded with the first database: jest lets nothing be loaded while tests run beside each other.
new Database(":memory:").close();

interface Position {
  readonly symbol: string;
  readonly shares: number;
  readonly averageCost: number;
}

const microsoft: Position = { symbol: "MSFT", shares: 300, averageCost: 251.5 };

/** How a started program ended. */
export interface Ended {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Of the host's clock, from its start to its end. */
  readonly seconds: number;
}

/** A program that goes on. */
export interface Started {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
}

export interface StartOptions {
  /** What is typed behind `trader`, without the configuration; `run` without it. */
  readonly args?: readonly string[];
  /** The command line that runs "$@": a shell that limits what the program may do. */
  readonly shell?: string;
  /** As a user for whom rights count: they mean nothing to root. */
  readonly asOrdinaryUser?: boolean;
}

export interface DeskSetup {
  /** What the account holds at first. */
  readonly positions?: readonly Position[];
  /** What the broker lets it do, and the cash that it begins with; a margin account with 400,000 when not said. */
  readonly account?: Partial<Pick<SimulatedAccount, "kind" | "salesSettle" | "cash">>;
  /** The program reaches the gateway through `wire`, not directly. */
  readonly overWire?: true;
  /** What goes wrong at the gateway from its start; nothing when not said. */
  readonly scenario?: Scenario;
  /** Changes of trader.toml. */
  readonly config?: ConfigChanges;
  /** By how many seconds the gateway's time may move on while a client waits; 60 when not said. */
  readonly idleSeconds?: number;
}

/**
 * The built program as cron starts it (an empty environment, another working folder, no terminal) in a data folder of its
 * own, with a paper gateway over TCP. Everything is gone with the scope.
 */
export interface CronDesk extends AsyncDisposable {
  readonly folder: string;
  readonly gateway: PaperGateway;
  readonly venue: Venue;
  /** Before the gateway; it changes nothing until it is told to. */
  readonly wire: WireProxy;
  readonly file: (name: string) => string;
  /** A forecast of this minute; `declaredRows` when it is to lie. */
  readonly writeForecast: (weights: Readonly<Record<string, number>>, declaredRows?: number) => void;
  readonly configText: string;
  /** Cron's next hour, for which the last forecast is written anew: a window is traded once. */
  nextHour(): Promise<void>;
  /**
   * The gateway ends, stays away for so long (host's clock), and comes back with no memory of ids; the broker lives on.
   * From then on goes wrong what the scenario says, or nothing.
   */
  restartGateway(downMs: number, scenario?: Scenario): Promise<void>;
  run(options?: StartOptions): Promise<Ended>;
  readonly start: (options?: StartOptions) => Started;
  /** Subjects and texts of the mails in the outbox. */
  mails(): Promise<readonly { readonly subject: string; readonly text: string }[]>;
  /** Rows of the history, as a person sees them. */
  readonly rows: (sql: string) => Record<string, unknown>[];
}

export async function cronDesk(setup: DeskSetup = {}): Promise<CronDesk> {
  const folder = mkdtempSync(join(tmpdir(), "trader-desk-"));
  const file = (name: string) => join(folder, name);
  const venue = await venueAtTen(setup);
  let gateway = await gatewayOver(venue, setup, setup);
  const wire = await WireProxy.before(gateway.port);
  mkdirSync(file("forecasts"));
  const reached = setup.overWire ? wire : gateway;
  const config = smallConfig({ "port = 4002": `port = ${reached.port}`, ...setup.config });
  writeFileSync(file("trader.toml"), config);
  let weights: Readonly<Record<string, number>> | undefined;
  const writeForecast: CronDesk["writeForecast"] = (next, declaredRows = Object.keys(next).length) => {
    weights = next;
    writeFileSync(file("forecasts/momentum.csv"), forecastText(venue, next, declaredRows));
  };
  const start = (options: StartOptions = {}) => startProgram(file("trader.toml"), folder, options);
  return {
    folder,
    get gateway() {
      return gateway;
    },
    venue,
    wire,
    file,
    configText: config,
    writeForecast,
    async nextHour() {
      await gateway.advanceTo(later(venue.now(), 3_600_000));
      if (weights) writeForecast(weights);
    },
    async restartGateway(downMs, scenario) {
      const { port } = gateway;
      await gateway.close();
      await sleep(downMs);
      gateway = await gatewayOver(venue, setup, { port, ...(scenario && { scenario }) });
    },
    start,
    run: (options) => start(options).ended,
    async mails() {
      if (!existsSync(file("mail/outbox"))) return [];
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
      await wire[Symbol.asyncDispose]();
      await gateway.close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function venueAtTen({ positions = [microsoft], account }: DeskSetup): Promise<Venue> {
  return simulatedVenue({
    history: await history,
    startAt: instant("2022-03-14T10:35:00-04:00"),
    seed: 20220314,
    accounts: [{ id: deskAccount, cash: 400_000, baseCurrency: "USD", positions, ...account }],
  });
}

async function gatewayOver(
  venue: Venue,
  { idleSeconds = 60 }: DeskSetup,
  { port = 0, scenario }: { readonly port?: number; readonly scenario?: Scenario },
): Promise<PaperGateway> {
  const idleAdvance = { afterQuietMs: 40, stepSeconds: 1, atMostSeconds: idleSeconds };
  return await startPaperGateway({
    venue,
    port,
    clock: { kind: "stepped", idleAdvance },
    snapshotEndsAfterMs: 0,
    pacing: "throttle",
    ...(scenario && { scenario }),
    log: () => {},
  });
}

function startProgram(
  config: string,
  folder: string,
  { args: typed = ["run"], shell, asOrdinaryUser = false }: StartOptions,
): Started {
  const program = [process.execPath, join(repository, "bin/trader.js"), ...typed, "--config", config];
  const [command = "", ...rest] = shell === undefined ? program : ["/bin/sh", "-c", shell, "sh", ...program];
  const isRoot = process.geteuid?.() === 0;
  const user = asOrdinaryUser && isRoot ? nobody : undefined;
  if (user) giveAway(folder, user);
  const startedMs = performance.now();
  const child = spawn(command, rest, {
    cwd: "/",
    env: { TZ: "Asia/Singapore" },
    stdio: ["ignore", "pipe", "pipe"],
    ...(user && { uid: user, gid: user }),
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (bytes: Buffer) => (stdout += bytes.toString()));
  child.stderr.on("data", (bytes: Buffer) => (stderr += bytes.toString()));
  const ended = new Promise<Ended>((resolve) =>
    child.on("close", (code, signal) =>
      resolve({ code, signal, stdout, stderr, seconds: (performance.now() - startedMs) / 1000 }),
    ),
  );
  return { process: child, ended };
}

const nobody = 65_534;

function giveAway(path: string, user: number): void {
  chownSync(path, user, user);
  for (const name of readdirSync(path, { recursive: true, encoding: "utf8" }))
    chownSync(join(path, name), user, user);
}

function forecastText(venue: Venue, weights: Readonly<Record<string, number>>, declaredRows: number): string {
  const lines = Object.entries(weights).map(([symbol, weight]) => `${symbol},${weight}`);
  const asOf = new Date(venue.now() - 60_000).toISOString();
  const header = [`# as_of: ${asOf}`, "# leverage: 1.0", `# rows: ${declaredRows}`, "symbol,weight"];
  return [...header, ...lines, ""].join("\n");
}
