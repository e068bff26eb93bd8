import { Draws } from "./draws.ts";

/**
 * Every fault that a week may have, with how likely it is each time that it could happen. Those at a port's every call
 * are rare, those that need an occasion are not.
 */
export const faultRates = {
  // the process
  "crash before a call": 0.0015,
  "crash after a call": 0.0015,
  "crash between record and wire": 0.01,
  "crash between wire and record": 0.01,
  "second process at once": 0.0005,
  "cron fires twice": 0.03,
  "started again by hand": 0.03,
  "started again by hand after trouble": 0.3,
  "told to stop": 0.0005,
  "run missed": 0.03,
  "days of runs missed": 0.01,
  "clock jumps in a run": 0.0005,
  "clock jumps between runs": 0.02,
  "order file not written": 0.01,
  "contract cache lost": 0.02,
  "mail not sent": 0.05,
  "forecast missing": 0.02,
  "forecast over limits": 0.05,
  "other client id": 0.01,
  // the connection
  "connection refused": 0.02,
  "gateway restarts": 0.002,
  "order ids rolled back": 0.5,
  "client id freed late": 0.3,
  "disconnected before a request": 0.002,
  "disconnected after a request": 0.002,
  "request unanswered": 0.002,
  "link cut": 0.002,
  "link back while connecting": 0.5,
  // lists
  "ended order still listed": 0.05,
  "open order missing once": 0.03,
  "execution missing once": 0.05,
  "executions of earlier days told again": 0.05,
  "execution corrected": 0.1,
  "commissions late": 0.1,
  "completed orders never answered": 0.1,
  "positions lag": 0.01,
  "quote missing": 0.01,
  // orders
  "order unheard": 0.04,
  "order never arrives": 0.04,
  "order arrives later": 0.05,
  "order rejected": 0.02,
  "order rejected for what can be mended": 0.02,
  "connection lost while placing": 0.02,
  "link cut while placing": 0.3,
  "cancel comes late": 0.4,
  "fill told after the cancel": 0.3,
  "cancel unconfirmed": 0.1,
  // new terms for working orders
  "change refused": 0.05,
  "change unheard": 0.05,
  "change never arrives": 0.05,
  "change arrives later": 0.05,
  "change arrives twice": 0.05,
  "change takes its time": 0.4,
  "fill told after the change": 0.2,
  "crash between record and change": 0.02,
  "crash between change and answer": 0.02,
  "connection lost while changing": 0.02,
  // people
  "halted in a run": 0.0005,
  "halted between runs": 0.005,
  "manual trade": 0.02,
  "manual trade unseen": 0.02,
  "position moves by itself": 0.03,
  "foreign order working": 0.02,
} as const satisfies Record<string, number>;

export type Fault = keyof typeof faultRates;
export const allFaults = Object.keys(faultRates) as readonly Fault[];

/** How much of each fault there is: most weeks have a lot of a few things, some have none. */
const weathers = [0, 0, 0.5, 1, 1, 2, 5] as const;
const moods = [0, 0.3, 1, 1, 1, 2] as const;

/** Decides when a fault strikes, by the week's seed, and counts what it decided. */
export class Trouble {
  readonly counts = new Map<Fault, number>();
  /** Faults that have struck until now. */
  struck = 0;
  /** Nothing strikes while this is true. */
  isOver = false;
  readonly #draws: Draws;
  readonly #factors: ReadonlyMap<Fault, number>;
  readonly #tell: (line: string) => void;

  constructor(seed: number, tell: (line: string) => void) {
    const weather = new Draws(seed, "weather");
    const mood = weather.pick(moods);
    this.#factors = new Map(allFaults.map((fault) => [fault, mood * weather.pick(weathers)]));
    this.#draws = new Draws(seed, "trouble");
    this.#tell = tell;
  }

  /** Does this fault happen now? `detail` is for the story. */
  strikes(fault: Fault, detail = ""): boolean {
    if (this.isOver || !this.#draws.chance(faultRates[fault] * (this.#factors.get(fault) ?? 0))) return false;
    this.count(fault, detail);
    return true;
  }

  count(fault: Fault, detail = ""): void {
    this.struck += 1;
    this.counts.set(fault, (this.counts.get(fault) ?? 0) + 1);
    this.#tell(`  ! ${fault}${detail && `: ${detail}`}`);
  }

  /** Of the details of a fault that struck. */
  get draws(): Draws {
    return this.#draws;
  }
}
