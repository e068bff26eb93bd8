import { setImmediate } from "node:timers/promises";
import type { Job } from "../../job/job.ts";
import type { Brokerage, Journal, World } from "../../ports.ts";
import { rebalance } from "../../rebalance.ts";
import { eventLine } from "../../reports/event-line.ts";
import { simulatedClock } from "../../simulation/simulated-clock.ts";
import type { Db } from "../../storage/sqlite/sqlite.ts";
import { storeOver } from "../../storage/store.ts";
import type { Outcome, Verdict } from "../../trading/outcome.ts";
import { ok } from "../../trading/result.ts";
import type { Gateway } from "./gateway.ts";
import type { Host } from "./host.ts";
import type { Inspector } from "./inspector.ts";
import { Life, mortal } from "./life.ts";
import type { Trouble } from "./trouble.ts";
import type { Truth } from "./truth.ts";
import { type Sockets, unreliableBrokerage } from "./unreliable-brokerage.ts";

/** Everything that outlives a run. */
export interface Scene {
  readonly truth: Truth;
  readonly trouble: Trouble;
  readonly gateway: Gateway;
  readonly host: Host;
  readonly db: Db;
  readonly job: Job;
  readonly inspector: Inspector;
  readonly bug: Bug;
  readonly tell: ((line: string) => void) | undefined;
}

/** A mistake that is put into the product's parts, to see whether the simulation finds it. */
export interface Bug {
  readonly job?: (job: Job) => Job;
  readonly world?: (world: World, scene: Scene) => World;
}

/** How a process ended: the verdict of its run, or that it was killed, or never came to an end. */
export type Ending = Verdict | "killed" | "hangs";

/**
 * One process: it runs the job in a new world over what earlier ones have left, and ends by itself or is killed. All of
 * it is microtasks, so a run that has not ended when there are none left never will.
 */
export async function runProcess(
  scene: Scene,
  { depth = 0, again = false }: { readonly depth?: number; readonly again?: boolean } = {},
): Promise<Ending> {
  const { trouble, gateway, host, bug, inspector } = scene;
  const life = new Life();
  const sockets: Sockets = new Map();
  const watch = inspector.begins(again);
  const meanwhile = async (): Promise<void> => {
    if (trouble.strikes("clock jumps in a run")) host.skewMs += trouble.draws.whole(-600_000, 600_000);
    if (trouble.strikes("told to stop")) life.isToldToStop = true;
    if (trouble.strikes("halted in a run")) host.isHalted = true;
    if (depth === 0 && trouble.strikes("second process at once")) await runProcess(scene, { depth: 1 });
  };
  const world = worldOf(scene, { life, sockets, meanwhile, watch });
  const configured = bug.job?.(scene.job) ?? scene.job;
  const clientId = configured.connection.clientId + (trouble.strikes("other client id") ? 1 : 0);
  const job = { ...configured, again, connection: { ...configured.connection, clientId } };
  const ended = await Promise.race([
    rebalance(job, bug.world?.(world, scene) ?? world),
    life.died,
    noMoreTasks(depth),
  ]);
  const outcome = typeof ended === "string" ? undefined : ended;
  const ending = endingOf(ended, life);
  scene.tell?.(`run ${watch.number} ${ending}`);
  inspector.ended(watch, {
    ending,
    outcome,
    isConnected: isConnected(sockets),
    isLocked: host.isLockedBy(life),
  });
  const open = [...sockets].filter(([broker]) => broker.progress().connected);
  for (const [broker] of open) await broker[Symbol.asyncDispose]();
  gateway.closeSocketsOf(open.map(([, id]) => id));
  host.bury(life);
  life.isOver = true;
  return ending;
}

function endingOf(ended: Outcome | "died" | "no more tasks", life: Life): Ending {
  if (typeof ended !== "string") return ended.verdict;
  return ended === "died" && !life.isEndless ? "killed" : "hangs";
}

function isConnected(sockets: Sockets): boolean {
  return [...sockets.keys()].some((broker) => broker.progress().connected);
}

/** A process inside another one has its say first. */
async function noMoreTasks(depth: number): Promise<"no more tasks"> {
  for (let turn = depth; turn < 3; turn += 1) await setImmediate();
  return "no more tasks";
}

interface Inside {
  readonly life: Life;
  readonly sockets: Sockets;
  readonly meanwhile: () => Promise<void>;
  readonly watch: ReturnType<Inspector["begins"]>;
}

function worldOf(scene: Scene, { life, sockets, meanwhile, watch }: Inside): World {
  const { truth, trouble, gateway, host, db, inspector, tell } = scene;
  const mortally = <P extends object>(port: P, name: string): P =>
    mortal(port, name, { life, trouble, meanwhile });
  const clock = simulatedClock(truth.venue, () => host.skewMs);
  const journal: Journal = {
    append: (event) => {
      inspector.hears(watch, event);
      const line = tell && eventLine(event, { zone: truth.venue.zone });
      if (line) tell?.(`    ${line}`);
    },
  };
  const unreliable = unreliableBrokerage(
    {
      gateway,
      clock,
      journal,
      onSend: (order) => inspector.sends(watch, order, life),
      onChange: (order) => inspector.changes(watch, order, life),
      die: () => life.end(),
    },
    sockets,
  );
  const brokerage: Brokerage = {
    async connect(request) {
      const connected = await unreliable.connect(request);
      return connected.ok ? ok(mortally(connected.value, "broker")) : connected;
    },
  };
  return {
    clock: mortally(clock, "clock"),
    lock: mortally(host.lockFor(life), "lock"),
    brokerage: mortally(brokerage, "brokerage"),
    forecasts: mortally(host.forecasts, "forecasts"),
    contracts: mortally(host.contracts, "contracts"),
    orderFiles: mortally(host.orderFiles, "order files"),
    store: mortally(storeOver(db, { version: "simulation" }), "store"),
    mailer: mortally(host.mailer, "mailer"),
    brake: mortally(host.brakeFor(life), "brake"),
    journal,
  };
}
