import { createServer, connect as dial, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { FrameReader, frameOf } from "../brokers/paper/frame.ts";
import { closeServer, listen, portOf } from "../brokers/paper/listen.ts";

/** Who speaks: the program under test, or the gateway behind the proxy. */
export type Speaker = "client" | "gateway";

/** A message on its way; its first field is the message's number. */
export type Fields = readonly string[];

/** Which messages a fault is about: the n-th of its number since the fault was scripted, the first unless it says so. */
export interface Match {
  readonly from: Speaker;
  /** Of any number, the greeting too, when not said. */
  readonly id?: number;
  readonly nth?: number;
  /** The n-th and all after it. */
  readonly every?: true;
  readonly where?: (fields: Fields) => boolean;
}

export type Act =
  /** It never arrives; everything else does. */
  | { readonly kind: "drop" }
  /** It arrives twice, one right after the other. */
  | { readonly kind: "repeat" }
  /** It arrives with another value in one of its fields. */
  | { readonly kind: "change"; readonly field: number; readonly to: string }
  /** It arrives after the message that follows it. */
  | { readonly kind: "swap" }
  /** It and everything behind it arrive so much later. */
  | { readonly kind: "delay"; readonly ms: number }
  /** Both sockets are reset, before or after it has arrived. */
  | { readonly kind: "cut"; readonly when: "before" | "after" }
  /** From it on nothing arrives any more and nobody closes: in both directions, or nothing of what the gateway says. */
  | { readonly kind: "freeze" }
  | { readonly kind: "mute" }
  /** The client is told these messages as if the gateway had said them; `instead` swallows what they answer. */
  | { readonly kind: "tell"; readonly messages: (of: Fields) => readonly Fields[]; readonly instead?: true };

export interface Fault {
  readonly on: Match;
  readonly act: Act;
  /** Called at the moment at which it strikes. */
  readonly struck?: () => void;
}

/**
 * A wire that misbehaves on command: it stands between a client of the TWS protocol and a gateway, understands nothing
 * but frames and message numbers, and passes everything on as long as no fault is scripted.
 */
export class WireProxy implements AsyncDisposable {
  readonly #gatewayPort: number;
  readonly #server: Server;
  readonly #tunnels = new Set<Tunnel>();
  #faults: Armed[] = [];

  private constructor(gatewayPort: number) {
    this.#gatewayPort = gatewayPort;
    // Half-open on purpose: a frozen peer does not answer a FIN either.
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#accept(client));
  }

  static async before(gatewayPort: number): Promise<WireProxy> {
    const proxy = new WireProxy(gatewayPort);
    await listen(proxy.#server, 0, "127.0.0.1");
    return proxy;
  }

  get port(): number {
    return portOf(this.#server);
  }

  /** From now on these faults and no others, each counted from here. */
  script(faults: readonly Fault[]): void {
    this.#faults = faults.map((fault) => ({ ...fault, seen: 0 }));
  }

  /** How many of the scripted faults have found no message to strike. */
  get unstruck(): number {
    return this.#faults.filter(({ on, seen }) => seen < (on.nth ?? 1)).length;
  }

  /** No faults any more, and what hangs is let go. Resolves when the gateway has been told. */
  async heal(): Promise<void> {
    this.#faults = [];
    await Promise.all([...this.#tunnels].map((tunnel) => tunnel.cut()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = closeServer(this.#server);
    await this.heal();
    await closed;
  }

  #accept(client: Socket): void {
    const tunnel = new Tunnel(client, dial(this.#gatewayPort, "127.0.0.1"), (from, fields) =>
      this.#actOn(from, fields),
    );
    this.#tunnels.add(tunnel);
    void tunnel.closed.then(() => this.#tunnels.delete(tunnel));
  }

  #actOn(from: Speaker, fields: Fields): Act | undefined {
    let found: Act | undefined;
    for (const fault of this.#faults) {
      const { on, act } = fault;
      if (on.from !== from || (on.id !== undefined && String(on.id) !== fields[0])) continue;
      if (on.where?.(fields) === false) continue;
      fault.seen += 1;
      const nth = on.nth ?? 1;
      if (fault.seen < nth || (fault.seen > nth && !on.every)) continue;
      found ??= act;
      fault.struck?.();
    }
    return found;
  }
}

interface Armed extends Fault {
  seen: number;
}

/** A swapped message whose successor does not come is passed on after so long. */
const swapPatienceMs = 200;

/** The first bytes of a connection: no frame. */
const greetingBytes = 4;

/** One client's connection and its counterpart at the gateway. */
class Tunnel {
  readonly closed: Promise<unknown>;
  readonly #sockets: Readonly<Record<Speaker, Socket>>;
  readonly #actOn: (from: Speaker, fields: Fields) => Act | undefined;
  /** Messages pass in order, each when the one before has: a delay holds up all behind it. */
  readonly #queue: Record<Speaker, Promise<void>> = { client: Promise.resolve(), gateway: Promise.resolve() };
  readonly #swapped: Partial<Record<Speaker, Buffer>> = {};
  readonly #silent: Record<Speaker, boolean> = { client: false, gateway: false };
  #isCut = false;

  constructor(client: Socket, gateway: Socket, actOn: (from: Speaker, fields: Fields) => Act | undefined) {
    this.#sockets = { client, gateway };
    this.#actOn = actOn;
    this.closed = Promise.all(
      [client, gateway].map((socket) => new Promise<void>((resolve) => socket.on("close", () => resolve()))),
    );
    this.#listen("client");
    this.#listen("gateway");
  }

  /** Resets both sides at once, whatever is still on its way. */
  async cut(): Promise<void> {
    this.#isCut = true;
    for (const socket of Object.values(this.#sockets)) {
      // What has been ended is not reset any more: libuv refuses that while the end is on its way, and nothing would close.
      if (!socket.writableEnded) socket.resetAndDestroy();
      // Alone a reset waits until everything written has left, which a frozen peer never lets happen.
      socket.destroy();
    }
    await this.closed;
  }

  #listen(from: Speaker): void {
    const socket = this.#sockets[from];
    const frames = new FrameReader();
    let unframed = from === "client" ? greetingBytes : 0;
    let isFirst = true;
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => {
      const greeting = chunk.subarray(0, unframed);
      unframed -= greeting.length;
      if (greeting.length > 0) this.#write(from, greeting);
      frames.push(chunk.subarray(greeting.length));
      for (let payload = frames.next(); payload; payload = frames.next()) {
        // The first frames agree on a version: what they begin with is no message number.
        const frame = frameOf(payload.toString("utf8"));
        const fields = isFirst ? ["hello"] : payload.toString("utf8").split("\0");
        isFirst = false;
        this.#queue[from] = this.#queue[from].then(() => this.#pass(from, frame, fields));
      }
    });
    socket.on("end", () => {
      this.#queue[from] = this.#queue[from].then(() => this.#end(from));
    });
    // A reset of one side is a reset of the other; a frozen wire tells nobody anything.
    socket.on("error", () => {
      if (!this.#silent[from]) void this.cut();
    });
    socket.on("close", () => {
      if (!this.#silent[from] && !this.#isCut) this.#end(from);
    });
  }

  #end(from: Speaker): void {
    if (!this.#silent[from]) this.#otherThan(from).end();
  }

  async #pass(from: Speaker, frame: Buffer, fields: Fields): Promise<void> {
    const act = this.#actOn(from, fields);
    if (!act) return this.#write(from, frame);
    switch (act.kind) {
      case "drop":
        return;
      case "repeat":
        return this.#write(from, Buffer.concat([frame, frame]));
      case "change":
        return this.#write(from, frameOf(fields.with(act.field, act.to).join("\0")));
      case "swap":
        return this.#hold(from, frame);
      case "delay":
        await sleep(act.ms);
        return this.#write(from, frame);
      case "cut":
        if (act.when === "after") await this.#deliver(from, frame);
        return await this.cut();
      case "freeze":
        this.#silent.client = true;
        this.#silent.gateway = true;
        return;
      case "mute":
        // What the client says still arrives, this message included.
        if (from === "client") this.#write(from, frame);
        this.#silent.gateway = true;
        return;
      case "tell":
        if (!act.instead) this.#write(from, frame);
        for (const message of act.messages(fields))
          this.#write("gateway", frameOf(message.map((field) => `${field}\0`).join("")));
        return;
    }
  }

  #write(from: Speaker, bytes: Buffer): void {
    if (this.#silent[from] || this.#isCut) return;
    const held = this.#swapped[from];
    delete this.#swapped[from];
    this.#otherThan(from).write(held ? Buffer.concat([bytes, held]) : bytes);
  }

  #hold(from: Speaker, frame: Buffer): void {
    this.#swapped[from] = frame;
    setTimeout(() => this.#write(from, Buffer.alloc(0)), swapPatienceMs);
  }

  /** Writes, and gives the other side the time to read before the reset, which would take the bytes with it. */
  async #deliver(from: Speaker, frame: Buffer): Promise<void> {
    this.#write(from, frame);
    await sleep(50);
  }

  #otherThan(from: Speaker): Socket {
    return this.#sockets[from === "client" ? "gateway" : "client"];
  }
}
