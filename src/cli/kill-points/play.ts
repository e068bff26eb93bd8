import { mkdirSync, watch } from "node:fs";
import { beyondHoldings, doubles, ourOrders, unprotected, untruths } from "../../testing/books-agree.ts";
import { type CronDesk, cronDesk, type Ended, type Started } from "../../testing/cron-desk.ts";
import { impatient } from "../../testing/small-config.ts";
import type { Fields, Match, Speaker } from "../../testing/wire-proxy.ts";
import type { KillPoint, Lifespan, Moment } from "./kill-point.ts";

/** What became of one point. */
export interface Played {
  readonly point: KillPoint;
  /** False: the run had ended before its moment came. */
  readonly wasKilled: boolean;
  /** The last thing that it told. */
  readonly lastWord: string;
  /** Orders of it that were at the gateway when it was killed. */
  readonly ordersAtGateway: number;
  /** How the runs after it ended: exit codes, or the name of a signal. */
  readonly ends: readonly string[];
  /** What is not as it must be; empty when all is well. */
  readonly violations: readonly string[];
}

/** More runs than these must never be needed until one ends with 0: without a person, or the point is a violation. */
const runsMax = 4;

/** How long the gateway stays away, in ms of the host's clock. */
const restartMs = 150;

/**
 * Kills a run of the built program at one point, and lets the next ones put things right. Never may an order be at the
 * gateway twice, or one that no file and no intent tells of; in the end order files, history, CSV files and the gateway's
 * books must tell the same story, with no hand put to anything.
 */
export async function playKillPoint(point: KillPoint): Promise<Played> {
  await using desk = await deskToDieAt(point.hasStops);
  const violations: string[] = [];
  const look = (): void =>
    void violations.push(...doubles(desk), ...twiceInAWindow(desk), ...beyondHoldings(desk));
  if (point.hasPast) {
    desk.writeForecast(forecasts.before);
    await runToItsEnd(desk);
    await desk.nextHour();
  }
  desk.writeForecast(forecasts.killed);
  const ordersBefore = ourOrders(desk.venue).length;
  let restarted: Promise<void> = Promise.resolve();
  const killed = await killedRun(desk, point.moment, () => {
    if (point.gatewayRestarts) restarted = desk.restartGateway(restartMs);
  });
  const ordersAtGateway = ourOrders(desk.venue).length - ordersBefore;
  look();

  const ends: string[] = [];
  if (point.secondAfterMs !== undefined) {
    if (!point.atOnce) await later(desk, restarted);
    ends.push(endOf(await killedRun(desk, { by: "time", ms: point.secondAfterMs }, () => {})));
    look();
  }
  await restarted;
  for (let run = 0; run < runsMax && ends.at(-1) !== "0"; run += 1) {
    if (run > 0 || !point.atOnce) await later(desk, restarted);
    ends.push(endOf(await runToItsEnd(desk)));
    look();
  }
  // The hour after says whether what ended well has left anything behind.
  await desk.nextHour();
  desk.writeForecast(forecasts.after);
  ends.push(endOf(await runToItsEnd(desk)));
  look();
  if (ends.at(-1) !== "0") violations.push(`the last run ended with ${ends.at(-1)}`);
  violations.push(...untruths(desk), ...(point.hasStops ? unprotected(desk) : []));
  const wasKilled = killed.signal === "SIGKILL";
  return { point, wasKilled, lastWord: lastWordOf(killed), ordersAtGateway, ends, violations };
}

/** How long a run lives that nobody kills, on this machine. */
export async function measureLife(): Promise<Lifespan> {
  await using desk = await deskToDieAt(false);
  desk.writeForecast(forecasts.killed);
  const life = { client: 0, gateway: 0, file: 0 };
  const stop = countChanges(desk, () => (life.file += 1));
  const speakers: readonly Speaker[] = ["client", "gateway"];
  desk.wire.script(
    speakers.map((from) => ({
      on: { ...momentous(from), every: true },
      act: { kind: "tell", messages: () => [] },
      struck: () => (life[from] += 1),
    })),
  );
  const { seconds, stdout } = await desk.run(json);
  stop();
  return { ...life, ms: seconds * 1000, line: stdout.split("\n").length - 1 };
}

/** Prices and the account's values are most of what the gateway says, and one of them is like another. */
const crowd = new Set(["1", "2", "6", "45", "46", "58"]);

function momentous(from: Speaker): Match {
  return { from, where: ([id = ""]: Fields) => !crowd.has(id) || from === "client" };
}

/** Sales and purchases, of which that of RRC is too large for its market: it is filled in part and works on, until the last run. */
const forecasts = {
  before: { MSFT: 0.1, KO: 0.08, GE: 0.02 },
  killed: { MSFT: 0.05, AAPL: 0.2, RRC: 0.15, KO: 0.12, XOM: 0.05 },
  after: { MSFT: 0.12, AAPL: 0.05, KO: 0.12 },
};

const stops = `[[protect]]
kind = "stop"
reference = "price"
distance_bps = 2000

[limits]`;

async function deskToDieAt(hasStops: boolean): Promise<CronDesk> {
  const desk = await cronDesk({
    overWire: true,
    positions: [
      { symbol: "MSFT", shares: 300, averageCost: 251.5 },
      { symbol: "GE", shares: 120, averageCost: 80.25 },
    ],
    // In waves, so that a run is killed between them too.
    config: {
      ...impatient,
      "settle_seconds = 4": 'settle_seconds = 1\nwaves = "within-run"',
      ...(hasStops && { "[limits]": stops }),
    },
    idleSeconds: 5,
  });
  for (const folder of watched) mkdirSync(desk.file(folder));
  return desk;
}

const json = { args: ["run", "--json"] };

async function runToItsEnd(desk: CronDesk): Promise<Ended> {
  desk.wire.script([]);
  return await desk.run(json);
}

/** A run that is killed at its moment; `struck` is called right then. */
async function killedRun(desk: CronDesk, moment: Moment, struck: () => void): Promise<Ended> {
  let run: Started | undefined;
  const kill = (): void => {
    if (run?.process.kill("SIGKILL")) struck();
  };
  desk.wire.script(
    moment.by === "client" || moment.by === "gateway"
      ? [
          {
            on: { ...momentous(moment.by), nth: moment.nth },
            act: { kind: "cut", when: moment.when },
            struck: kill,
          },
        ]
      : [],
  );
  const counted = { seen: 0 };
  const count = (by: Moment["by"]) => (): void => {
    if (by !== moment.by || !("nth" in moment)) return;
    counted.seen += 1;
    if (counted.seen === moment.nth) kill();
  };
  const stopCounting = countChanges(desk, count("file"));
  run = desk.start(json);
  run.process.stdout?.on("data", (bytes: Buffer) => {
    for (const byte of bytes) if (byte === newline) count("line")();
  });
  const timer = moment.by === "time" ? setTimeout(kill, moment.ms) : undefined;
  const ended = await run.ended;
  clearTimeout(timer);
  stopCounting();
  desk.wire.script([]);
  return ended;
}

const newline = 10;

const watched = ["orders", "snapshots", "state"];

function countChanges(desk: CronDesk, changed: () => void): () => void {
  const watchers = watched.map((folder) => watch(desk.file(folder), changed));
  return () => {
    for (const watcher of watchers) watcher.close();
  };
}

async function later(desk: CronDesk, restarted: Promise<void>): Promise<void> {
  await restarted;
  await desk.nextHour();
}

/** An instrument has one order of each kind in a window: a second one would be beyond what was intended. */
function twiceInAWindow({ venue }: CronDesk): readonly string[] {
  const names = ourOrders(venue).map(({ orderRef }) => orderRef.split(".").slice(1, 4).join(" "));
  return names
    .filter((name, at) => names.indexOf(name) < at)
    .map((name) => `two orders in one window: ${name}`);
}

function endOf({ code, signal }: Ended): string {
  return String(code ?? signal);
}

function lastWordOf({ stdout }: Ended): string {
  const whole = stdout.split("\n").slice(0, -1).at(-1);
  return whole === undefined ? "nothing" : (JSON.parse(whole) as { kind: string }).kind;
}
