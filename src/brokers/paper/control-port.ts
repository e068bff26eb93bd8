import { createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { type Instant, instant, isoSecondsOf, later } from "../../trading/instant.ts";
import { closeServer, listen, portOf } from "./listen.ts";

/** What can be told to a gateway from outside its process. */
export interface Controls {
  now(): Instant;
  advanceTo(at: Instant): Promise<void>;
  /** Working orders, a line each. */
  orders(): readonly string[];
  /** Each fault with the number of times that it has struck, a line each. */
  faults(): readonly string[];
  /** The fault of this name happens now. Throws RangeError when there is none. */
  trigger(name: string): void;
  /** One more fault, as JSON of what a scenario file's table holds. Throws RangeError when it is none. */
  arm(text: string): void;
  quit(): void;
}

export interface ControlPort {
  readonly port: number;
  close(): Promise<void>;
}

type Answer =
  | { readonly ok: true; readonly [key: string]: unknown }
  | { readonly ok: false; readonly error: string };

/**
 * A line of text is a command, a line of JSON its answer: `now`, `advance 3600` (seconds), `advance-to 2022-03-14T13:30:00Z`,
 * `orders`, `faults`, `trigger NAME`, `arm {"on": "placeOrder", "do": "lose"}`, `quit`. Whoever can reach the port moves time, so it listens on this machine only.
 */
export async function startControlPort(controls: Controls, port: number): Promise<ControlPort> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // A peer that vanishes is gone; there is nobody left to be told.
    socket.on("error", () => socket.destroy());
    serve(controls, socket).catch((error: Error) => socket.destroy(error));
  });
  await listen(server, port, "127.0.0.1");
  return {
    port: portOf(server),
    close: async () => {
      const closed = closeServer(server);
      for (const socket of sockets) socket.destroySoon();
      await closed;
    },
  };
}

/** One command after the other: an advance is answered when its consequences have left. */
async function serve(controls: Controls, socket: Socket): Promise<void> {
  for await (const line of createInterface({ input: socket })) {
    const command = line.trim();
    if (command === "") continue;
    const reply = await answer(controls, command);
    if (!socket.writable) return;
    socket.write(`${JSON.stringify(reply)}\n`);
    if (command === "quit") {
      socket.end(() => controls.quit());
      return;
    }
  }
}

async function answer(controls: Controls, command: string): Promise<Answer> {
  const [verb = "", argument, ...rest] = command.split(/\s+/);
  try {
    if (verb === "arm") {
      controls.arm(command.slice(verb.length).trim());
      return { ok: true, faults: controls.faults() };
    }
    if (rest.length > 0) throw new RangeError(`too many words: ${command}`);
    if (verb === "now" || verb === "quit") return { ok: true, now: isoSecondsOf(controls.now()) };
    if (verb === "orders") return { ok: true, now: isoSecondsOf(controls.now()), orders: controls.orders() };
    if (verb === "faults") return { ok: true, faults: controls.faults() };
    if (verb === "trigger") {
      controls.trigger(argument ?? "");
      return { ok: true, faults: controls.faults() };
    }
    const at = destination(controls, verb, argument);
    await controls.advanceTo(at);
    return { ok: true, now: isoSecondsOf(controls.now()) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { ok: false, error: error.message };
  }
}

function destination(controls: Controls, verb: string, argument: string | undefined): Instant {
  if (verb === "advance-to" && argument !== undefined) return instant(argument);
  if (verb === "advance" && argument !== undefined) {
    const seconds = Number(argument);
    if (!(Number.isFinite(seconds) && seconds >= 0))
      throw new RangeError(`not a number of seconds: ${argument}`);
    return later(controls.now(), seconds * 1000);
  }
  throw new RangeError(
    "commands: now, advance SECONDS, advance-to INSTANT, orders, faults, trigger NAME, arm FAULT, quit",
  );
}
