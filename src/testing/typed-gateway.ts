import { tellControlPort } from "./control-port.ts";
import { Terminal } from "./terminal.ts";

/** `trader gateway` in this process, on a free port, as somebody starts it who types its options. */
export class TypedGateway {
  readonly terminal: Terminal;
  /** The exit code, when it has ended by itself or was ended. */
  readonly ended: Promise<number>;

  constructor(folder: string, args: readonly string[]) {
    this.terminal = new Terminal(folder);
    this.ended = this.terminal.type("gateway", "--port", "0", ...args);
  }

  /** Resolves when it listens. Rejects with what it says when it does not. */
  async port(): Promise<number> {
    return Number(await this.terminal.says(/127\.0\.0\.1:(\d+): account/));
  }

  /** Only a gateway that waits for commands (`--at`) has one. */
  async controlPort(): Promise<number> {
    return Number(await this.terminal.says(/nc -N 127\.0\.0\.1 (\d+)/));
  }

  /** Says a command to its control port; resolves with the answer when it has been carried out. */
  async tell(words: string): Promise<string> {
    return await tellControlPort(await this.controlPort(), words);
  }

  /** Interrupts it; resolves with its exit code. */
  async end(): Promise<number> {
    this.terminal.interrupt();
    return await this.ended;
  }
}
