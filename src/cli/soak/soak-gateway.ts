import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { SoakRequest, SoakWord } from "./gateway-process.ts";

/** The gateway's process, seen from the soak. */
export class SoakGateway {
  readonly #child: ChildProcess;
  readonly port: number;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  static async start(): Promise<SoakGateway> {
    const child = fork(join(import.meta.dirname, "gateway-process.js"), { execArgv: ["--expose-gc"] });
    const [word] = (await once(child, "message")) as [SoakWord];
    if (word.kind !== "listening") throw new Error(`the gateway said ${word.kind} first`);
    return new SoakGateway(child, word.port);
  }

  /** Bytes in use on its heap and in buffers after a collection. */
  async heapBytes(): Promise<number> {
    const word = await this.#ask({ kind: "heap" });
    if (word.kind !== "heap") throw new Error(`the gateway said ${word.kind}`);
    return word.bytes;
  }

  /** Milliseconds of a processor that it has used. */
  async cpuMs(): Promise<number> {
    const word = await this.#ask({ kind: "work" });
    if (word.kind !== "work") throw new Error(`the gateway said ${word.kind}`);
    return word.cpuMs;
  }

  /** Moves its time to the next trading day. */
  async nextDay(): Promise<void> {
    await this.#ask({ kind: "next-day" });
  }

  end(): void {
    this.#child.disconnect();
  }

  async #ask(request: SoakRequest): Promise<SoakWord> {
    const answer = once(this.#child, "message");
    this.#child.send(request);
    return ((await answer) as [SoakWord])[0];
  }
}
