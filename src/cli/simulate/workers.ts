import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { WeekRequest, WeekWord } from "./week-process.ts";

/** A week takes a fraction of a second; one that takes this long runs in a circle without asking anybody. */
const weekSecondsMax = 120;

/** Processes that live through weeks, one week each at a time. */
export class Workers {
  readonly #idle: ChildProcess[];
  readonly #all: readonly ChildProcess[];

  constructor(count: number) {
    this.#all = Array.from({ length: count }, () => fork(join(import.meta.dirname, "week-process.js")));
    this.#idle = [...this.#all];
  }

  /** Asks for each week in turn; `hears` gets each answer and says whether to go on. Throws when a week does not end. */
  async live(requests: Iterable<WeekRequest>, hears: (word: WeekWord) => boolean): Promise<void> {
    const iterator = requests[Symbol.iterator]();
    let isOver = false;
    await Promise.all(
      this.#idle.map(async (child) => {
        for (let next = iterator.next(); !next.done && !isOver; next = iterator.next())
          if (!hears(await ask(child, next.value))) isOver = true;
      }),
    );
  }

  end(): void {
    for (const child of this.#all) if (child.connected) child.disconnect();
  }
}

function ask(child: ChildProcess, request: WeekRequest): Promise<WeekWord> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      child.kill("SIGKILL");
      reject(new Error(`the week of seed ${request.seed} ${why}`));
    };
    const tooLong = setTimeout(() => fail(`has not ended in ${weekSecondsMax} s`), weekSecondsMax * 1000);
    const died = (): void => fail("ended its process");
    child.once("exit", died);
    child.once("message", (word: WeekWord) => {
      clearTimeout(tooLong);
      child.off("exit", died);
      resolve(word);
    });
    child.send(request);
  });
}
