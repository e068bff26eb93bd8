import { setTimeout as sleep } from "node:timers/promises";
import type { Host } from "../cli/host.ts";
import { main } from "../cli/main.ts";

/** What a command that has ended left on its terminal. */
export interface Typed {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** `trader` in this process: what is typed behind it, and what it says. */
export class Terminal implements Host {
  readonly env: Host["env"];
  readonly cwd: string;
  readonly pid = 4711;
  out = "";
  err = "";
  readonly stdout = { write: (text: string) => (this.out += text) };
  readonly stderr = { write: (text: string) => (this.err += text) };
  readonly #stop = new AbortController();

  constructor(cwd: string, env: Host["env"] = {}) {
    this.cwd = cwd;
    this.env = env;
  }

  stopSignal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Resolves with the exit code when the command has ended. */
  type(...args: readonly string[]): Promise<number> {
    return main(["node", "trader", ...args], this);
  }

  /** As Ctrl-C does. */
  interrupt(): void {
    this.#stop.abort();
  }

  /** Resolves with the first group when stdout has said it. Rejects, with all that was said, after ten seconds. */
  async says(pattern: RegExp): Promise<string> {
    for (let tries = 0; tries < 2000; tries += 1) {
      const match = pattern.exec(this.out);
      if (match) return match[1] ?? match[0];
      await sleep(5);
    }
    throw new Error(`never said ${pattern}: ${this.out}${this.err}`);
  }
}

/** Types a command in a folder, and waits for its end. */
export async function typed(cwd: string, args: readonly string[], env?: Host["env"]): Promise<Typed> {
  const terminal = new Terminal(cwd, env);
  const code = await terminal.type(...args);
  return { code, out: terminal.out, err: terminal.err };
}
