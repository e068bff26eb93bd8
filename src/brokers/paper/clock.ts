import type { Venue } from "../../simulation/venue.ts";
import { type Instant, isoSecondsOf, later } from "../../trading/instant.ts";

/** Real: the venue lives at the host's time. Stepped: its time stands still until somebody moves it. */
export type GatewayClock =
  | {
      readonly kind: "real";
      readonly now: () => Instant;
      /** How often the venue is brought up to date, in ms; 250 when not said. */
      readonly tickMs?: number;
    }
  | { readonly kind: "stepped"; readonly idleAdvance?: IdleAdvance };

/** Moves stepped time on while clients wait for their orders, so that another process sees them filled. */
export interface IdleAdvance {
  /** Nothing read or written for so long, on the host's clock, with a client connected and an order working. */
  readonly afterQuietMs: number;
  /** Then simulated time moves by so much. */
  readonly stepSeconds: number;
  /** At most so much in all until a client connects or somebody else moves the clock: a lone client must not burn the day. */
  readonly atMostSeconds: number;
}

export interface ClockEvents {
  /** Is somebody waiting for time to pass, with nothing else under way? */
  isWaiting(): boolean;
  /** Time has moved: tell the clients what came of it. */
  onMoved(): void;
  /** The next instant at which time must not be jumped over; undefined when there is none. */
  nextStop(): Instant | undefined;
}

/** The only one who moves the venue's time. */
export class VenueClock {
  readonly #venue: Venue;
  readonly #clock: GatewayClock;
  readonly #events: ClockEvents;
  #timer: NodeJS.Timeout | undefined;
  #idleSecondsLeft = 0;

  constructor(venue: Venue, clock: GatewayClock, events: ClockEvents) {
    this.#venue = venue;
    this.#clock = clock;
    this.#events = events;
    if (clock.kind === "real") this.#timer = setInterval(() => this.catchUp(), clock.tickMs ?? 250);
    else if (clock.idleAdvance)
      this.#timer = setTimeout(() => this.#onQuiet(), clock.idleAdvance.afterQuietMs);
    this.allowIdling();
  }

  /** A real clock: brings the venue to the host's time. Never backwards. */
  catchUp(): void {
    if (this.#clock.kind !== "real") return;
    const now = this.#clock.now();
    if (now > this.#venue.now()) this.#move(now);
  }

  /** A stepped clock: moves it. Throws RangeError backwards, and when the clock is real. */
  advanceTo(at: Instant): void {
    if (this.#clock.kind === "real") throw new RangeError("the clock is real: it moves by itself");
    if (at < this.#venue.now())
      throw new RangeError(
        `time does not go back from ${isoSecondsOf(this.#venue.now())} to ${isoSecondsOf(at)}`,
      );
    this.allowIdling();
    this.#move(at);
  }

  /** The idle advance may use its whole allowance again. */
  allowIdling(): void {
    if (this.#clock.kind === "stepped") this.#idleSecondsLeft = this.#clock.idleAdvance?.atMostSeconds ?? 0;
  }

  /** Something was read or written: the wire is not quiet. */
  touch(): void {
    if (this.#clock.kind === "stepped") this.#timer?.refresh();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #onQuiet(): void {
    if (this.#clock.kind !== "stepped" || !this.#clock.idleAdvance) return;
    const stepSeconds = Math.min(this.#clock.idleAdvance.stepSeconds, this.#idleSecondsLeft);
    if (stepSeconds > 0 && this.#events.isWaiting()) {
      this.#idleSecondsLeft -= stepSeconds;
      this.#move(later(this.#venue.now(), stepSeconds * 1000));
    }
    this.#timer?.refresh();
  }

  #move(at: Instant): void {
    let stop = this.#events.nextStop();
    while (stop !== undefined && stop < at) {
      if (stop > this.#venue.now()) this.#venue.advanceTo(stop);
      this.#events.onMoved();
      stop = this.#events.nextStop();
    }
    this.#venue.advanceTo(at);
    this.#events.onMoved();
  }
}
