import type { Host } from "../host.ts";
import { main } from "../main.ts";
import { command } from "./control.ts";
import { within } from "./within.ts";

const patienceMs = 10_000;

/** `trader gateway` in this process, as somebody starts it who types its options. */
export class CommandGateway {
  readonly port: number;
  readonly controlPort: number;
  readonly #stop: AbortController;
  readonly #ends: Promise<number>;

  private constructor(ports: readonly [number, number], stop: AbortController, ends: Promise<number>) {
    [this.port, this.controlPort] = ports;
    this.#stop = stop;
    this.#ends = ends;
  }

  /** Resolves when it listens. Rejects with what it says when it does not. */
  static async start(folder: string, args: readonly string[]): Promise<CommandGateway> {
    const stop = new AbortController();
    let said = "";
    const write = (text: string): void => {
      said += text;
    };
    const host: Host = {
      env: {},
      cwd: folder,
      pid: 4711,
      stdout: { write },
      stderr: { write },
      stopSignal: () => stop.signal,
    };
    const ends = main(["node", "trader", "gateway", "--port", "0", ...args], host);
    const ports = await within(patienceMs, "the gateway's ports", Promise.race([ends, listens(() => said)]));
    if (typeof ports === "number") throw new Error(`the gateway ended: ${said}`);
    return new CommandGateway(ports, stop, ends);
  }

  async tell(words: string): Promise<void> {
    await command(this.controlPort, words);
  }

  async end(): Promise<void> {
    this.#stop.abort();
    await this.#ends;
  }
}

async function listens(said: () => string): Promise<readonly [number, number]> {
  for (;;) {
    const port = /127\.0\.0\.1:(\d+): account/.exec(said())?.[1];
    const controlPort = /nc -N 127\.0\.0\.1 (\d+)/.exec(said())?.[1];
    if (port !== undefined && controlPort !== undefined) return [Number(port), Number(controlPort)];
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
