import type { Fault } from "./fault.ts";

/** A fault that waits for its occasions, and counts them. */
export class ArmedFault {
  readonly fault: Fault;
  /** Occasions at which it has struck. */
  struck = 0;
  #seen = 0;
  #isOver = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(fault: Fault) {
    this.fault = fault;
  }

  /** "order-lost", or else its occasion: what the log and the control port call it. */
  get label(): string {
    return this.fault.name ?? `${this.fault.when.on} ${this.fault.act.do}`;
  }

  /** Is this an occasion of it: these values, after and before those that have happened? */
  isAbout(on: string, values: Readonly<Record<string, string>>, happened: ReadonlySet<string>): boolean {
    const { when } = this.fault;
    if (this.#isOver || when.on !== on) return false;
    if (when.after !== undefined && !happened.has(when.after)) return false;
    if (when.until !== undefined && happened.has(when.until)) return false;
    return Object.entries(when.where).every(([field, value]) => values[field] === value);
  }

  /** Counts one occasion, and says whether it strikes at it. */
  strikes(): boolean {
    const { nth, times, forSeconds } = this.fault.when;
    this.#seen += 1;
    const isStruck = this.#seen >= nth && this.#seen < nth + times;
    if (!isStruck) return false;
    this.struck += 1;
    if (forSeconds !== undefined) this.endAfter(forSeconds);
    return true;
  }

  /** Strikes no more when so many seconds of the host's clock have passed; a second call changes nothing. */
  endAfter(seconds: number): void {
    this.#timer ??= setTimeout(() => {
      this.#isOver = true;
    }, seconds * 1000);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
