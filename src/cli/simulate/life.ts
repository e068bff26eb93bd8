import type { Trouble } from "./trouble.ts";

/** More calls than any run makes: a loop that never ends. */
const callsMax = 20_000;

/** A promise that never settles: what a caller sees who is dead. Each has its own, so that nothing keeps the dead in memory. */
export function never(): Promise<never> {
  return new Promise<never>(() => {});
}

/** One process of the host: it makes calls until it ends or crashes. */
export class Life {
  isOver = false;
  /** It has been sent a signal. */
  isToldToStop = false;
  /** It was stopped because it did not come to an end by itself. */
  isEndless = false;
  calls = 0;
  readonly died: Promise<"died">;
  #die: (value: "died") => void = () => {};

  constructor() {
    this.died = new Promise((resolve) => {
      this.#die = resolve;
    });
  }

  end(): Promise<never> {
    this.isOver = true;
    this.#die("died");
    return never();
  }

  /** A call begins. */
  count(): void {
    this.calls += 1;
    if (this.calls > callsMax) {
      this.isEndless = true;
      void this.end();
    }
  }
}

/**
 * A port whose every asynchronous call may be the last thing that its process does, before it has an effect or after
 * it: the promise never settles. Nothing of a dead process happens any more. `meanwhile` is done before each call.
 */
export function mortal<P extends object>(
  port: P,
  name: string,
  { life, trouble, meanwhile }: { life: Life; trouble: Trouble; meanwhile: () => Promise<void> },
): P {
  const call = async (key: string | symbol, method: (...args: unknown[]) => unknown, args: unknown[]) => {
    life.count();
    if (life.isOver) return never();
    const what = `${name}.${typeof key === "string" ? key : "dispose"}`;
    if (trouble.strikes("crash before a call", what)) return life.end();
    await meanwhile();
    const result = await method.apply(port, args);
    if (life.isOver) return never();
    if (trouble.strikes("crash after a call", what)) return life.end();
    return result;
  };
  return new Proxy(port, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function" || immediate.has(key)) return bound(value, target);
      return (...args: unknown[]) => call(key, value as (...args: unknown[]) => unknown, args);
    },
  });
}

/** What ports answer at once. */
const immediate: ReadonlySet<string | symbol> = new Set([
  "now",
  "monotonicMs",
  "marketTime",
  "progress",
  "append",
]);

function bound(value: unknown, target: object): unknown {
  return typeof value === "function" ? (value as (...args: unknown[]) => unknown).bind(target) : value;
}
