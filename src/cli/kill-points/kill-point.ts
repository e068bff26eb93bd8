import type { Speaker } from "../../testing/wire-proxy.ts";
import { Draws } from "../simulate/draws.ts";

/** By what a run's life is counted, up to the moment at which it is killed. */
export type Moment =
  /** Milliseconds since it was started. */
  | { readonly by: "time"; readonly ms: number }
  /** The n-th message on the wire: it arrives (`after`), or the process is gone before it could leave (`before`). */
  | { readonly by: Speaker; readonly nth: number; readonly when: "before" | "after" }
  /** The n-th line that it tells. */
  | { readonly by: "line"; readonly nth: number }
  /** The n-th change below orders/, snapshots/ and state/: files and SQLite's write-ahead log. */
  | { readonly by: "file"; readonly nth: number };

/** One run that is killed, and in what circumstances. */
export interface KillPoint {
  readonly number: number;
  readonly moment: Moment;
  /** A healthy run an hour before; else it is the first one of all, which makes its history. */
  readonly hasPast: boolean;
  /** Stops rest at the broker for all positions, and give way to sales. */
  readonly hasStops: boolean;
  /** The gateway restarts at the same time. */
  readonly gatewayRestarts: boolean;
  /** The run that comes to put things right is killed too, so long after its start. */
  readonly secondAfterMs: number | undefined;
  /** The next run is started at once, by hand; else it is the next hour's. */
  readonly atOnce: boolean;
}

/** How long a run lives that nobody kills: what the points are spread over. */
export interface Lifespan {
  readonly ms: number;
  readonly client: number;
  readonly gateway: number;
  readonly line: number;
  readonly file: number;
}

const ways = ["time", "client", "gateway", "line", "file"] as const;

/**
 * The point of a number from 1: so many points are evenly spread over the life in each way of counting it, and those after
 * them begin anew; the circumstances are drawn from the seed.
 */
export function killPoint(number: number, spreadOver: number, seed: number, life: Lifespan): KillPoint {
  const index = number - 1;
  const ofEachWay = Math.ceil(spreadOver / ways.length);
  const draws = new Draws(seed, `kill point ${index}`);
  const way = ways[index % ways.length] ?? "time";
  const share = ((Math.floor(index / ways.length) % ofEachWay) + draws.uniform()) / ofEachWay;
  return {
    number,
    moment: momentAt(way, share, life, draws),
    hasPast: draws.chance(0.7),
    hasStops: draws.chance(0.4),
    gatewayRestarts: draws.chance(0.25),
    secondAfterMs: draws.chance(0.25) ? draws.between(0.1, 1) * life.ms : undefined,
    atOnce: draws.chance(0.4),
  };
}

function momentAt(way: (typeof ways)[number], share: number, life: Lifespan, draws: Draws): Moment {
  if (way === "time") return { by: way, ms: share * life.ms };
  const nth = 1 + Math.floor(share * life[way]);
  if (way === "line" || way === "file") return { by: way, nth };
  return { by: way, nth, when: draws.chance(0.5) ? "before" : "after" };
}

/** A point in words. */
export function pointText({
  moment,
  hasPast,
  hasStops,
  gatewayRestarts,
  secondAfterMs,
  atOnce,
}: KillPoint): string {
  const when =
    moment.by === "time"
      ? `after ${moment.ms.toFixed(0)} ms`
      : moment.by === "line"
        ? `at line ${moment.nth}`
        : moment.by === "file"
          ? `at file change ${moment.nth}`
          : `${moment.when} message ${moment.nth} of the ${moment.by}`;
  return [
    hasPast ? when : `the first run, ${when}`,
    ...(hasStops ? ["with stops"] : []),
    ...(gatewayRestarts ? ["the gateway restarts"] : []),
    ...(atOnce ? ["run again at once"] : []),
    ...(secondAfterMs === undefined ? [] : [`killed again after ${secondAfterMs.toFixed(0)} ms`]),
  ].join("; ");
}
