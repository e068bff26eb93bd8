import type { Socket } from "node:net";
import { noId, refuse } from "./client.ts";
import type { FaultyLine } from "./faults.ts";
import { type Field, FieldReader, MalformedRequest, payloadOf } from "./fields.ts";
import { BrokenStream, FrameReader, frameOf } from "./frame.ts";
import { agreedVersion, beginsLikeGreeting, greeting, readVersionRange } from "./handshake.ts";
import { messagesPerSecond, Pacing } from "./pacing.ts";

/** So many messages above the rate end a session that rejects them. */
const breachesMax = 3;

/** A client that lets so many answers pile up unread is not served any further, as with a real gateway. */
const unsentBytesMax = 64 * 1024 * 1024;

/** What the gateway wants to know of a connection. */
export interface ConnectionEvents {
  /** "20220314 09:30:00 EDT" */
  connectionTime(): string;
  /** START_API has come. Answers why the client may not stay; undefined when it may. */
  onStart(connection: Connection): string | undefined;
  onMessage(connection: Connection, messageId: number, reader: FieldReader): void;
  /** A message is to go out: it goes by `put`, as it is or as faults have left it. */
  onSend(connection: Connection, payload: string): void;
  onSent(connection: Connection, payload: string): void;
  onEnd(connection: Connection, why: string): void;
}

/** One socket: from its greeting over the version to START_API, and then message by message. */
export class Connection implements FaultyLine {
  clientId = -1;
  serverVersion = 0;
  readonly #socket: Socket;
  readonly #events: ConnectionEvents;
  readonly #pacing: Pacing | undefined;
  readonly #frames = new FrameReader();
  #greeted = Buffer.alloc(0);
  /** A complete message that pacing does not let pass yet. */
  #waiting: Buffer | undefined;
  #isFrozen = false;
  /** Answers that must leave before more is read. */
  #holds = 0;
  #rejects: boolean;
  /** Messages above the rate so far; the third ends the session. */
  #breaches = 0;
  #stage: "greeting" | "version" | "start" | "started" | "ended" = "greeting";
  #outbox: Buffer[] = [];
  #unsent = 0;
  readonly #whenSent: (() => void)[] = [];

  constructor(socket: Socket, events: ConnectionEvents, pacing: "throttle" | "reject" | "off") {
    this.#socket = socket;
    this.#events = events;
    this.#rejects = pacing === "reject";
    this.#pacing = pacing !== "off" ? new Pacing(() => this.#understood(() => this.#read())) : undefined;
    socket.setNoDelay(true);
    socket.on("data", (chunk) => this.#onBytes(chunk));
    socket.on("end", () => this.#onGoodbye());
    socket.on("error", (error: NodeJS.ErrnoException) => this.#onGone(error.code ?? error.message));
    socket.on("close", () => this.#onGone("closed"));
  }

  /** Puts a message on its way. All that is sent in one turn leaves in one write. */
  send(...fields: readonly Field[]): void {
    if (this.#stage === "ended") return;
    this.#events.onSend(this, payloadOf(fields));
  }

  put(payload: string): void {
    if (this.#stage === "ended" || this.#isFrozen) return;
    this.#events.onSent(this, payload);
    this.#outbox.push(frameOf(payload));
    if (this.#outbox.length === 1) queueMicrotask(() => this.#flush());
  }

  hold(): () => void {
    this.#holds += 1;
    return () => {
      this.#holds -= 1;
      this.#understood(() => this.#read());
    };
  }

  /** Resolves when everything sent until now was handed to the kernel, or the connection is gone. */
  flushed(): Promise<void> {
    this.#flush();
    if (this.#unsent === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#whenSent.push(resolve);
    });
  }

  /** Are there requests that pacing holds back? */
  get isPaced(): boolean {
    return this.#waiting !== undefined;
  }

  /** Closes the connection after its last answers have left. */
  end(why: string): void {
    if (this.#stage === "ended") return;
    this.#flush();
    this.#ended(why);
    if (this.#isFrozen) this.#socket.destroy();
    else this.#socket.destroySoon();
  }

  /** Breaks the connection off, unsent answers and all. */
  destroy(): void {
    this.#socket.destroy();
  }

  /** Nothing is read or written any more, not even the other side's goodbye; the client id stays taken. */
  freeze(): void {
    this.#flush();
    this.#isFrozen = true;
    this.#socket.pause();
  }

  reset(why: string): void {
    if (this.#stage === "ended") return;
    this.#flush();
    this.#ended(why);
    this.#socket.resetAndDestroy();
  }

  /** The client will say nothing more. A paused socket hears that too: only a frozen one does not answer it. */
  #onGoodbye(): void {
    if (!this.#isFrozen) this.#socket.end();
  }

  /** The socket is gone: who is frozen does not notice, and keeps the client id. */
  #onGone(why: string): void {
    if (this.#isFrozen && this.#stage !== "ended") this.#allSent();
    else this.#ended(why);
  }

  #onBytes(chunk: Buffer): void {
    this.#understood(() => {
      if (this.#stage === "ended") return;
      this.#frames.push(this.#stage === "greeting" ? this.#afterGreeting(chunk) : chunk);
      this.#read();
    });
  }

  /** What cannot be understood ends this connection, and nothing else. */
  #understood(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof BrokenStream || error instanceof MalformedRequest)) throw error;
      this.end(`not the TWS protocol: ${error.message}`);
    }
  }

  /** What follows the greeting, which itself may come in pieces. */
  #afterGreeting(chunk: Buffer): Buffer {
    const bytes = Buffer.concat([this.#greeted, chunk]);
    if (!beginsLikeGreeting(bytes)) throw new BrokenStream("no greeting");
    this.#greeted = bytes.subarray(0, greeting.length);
    if (bytes.length >= greeting.length) this.#stage = "version";
    return bytes.subarray(greeting.length);
  }

  /** Reads what has arrived, as fast as pacing lets it; the socket waits meanwhile. */
  #read(): void {
    while (this.#stage !== "ended" && this.#stage !== "greeting") {
      if (this.#isFrozen) return;
      if (this.#holds > 0) {
        this.#socket.pause();
        return;
      }
      this.#waiting ??= this.#frames.next();
      const payload = this.#waiting;
      if (!payload) break;
      const mayRead = this.#stage !== "started" || this.#pacing === undefined || this.#pacing.take();
      if (!mayRead && this.#rejects) {
        this.#waiting = undefined;
        this.#rejectMessage();
        continue;
      }
      if (!mayRead) {
        this.#socket.pause();
        return;
      }
      this.#waiting = undefined;
      this.#onFrame(payload);
    }
    this.#socket.resume();
  }

  /** Error 100 in place of the message; the third time the session ends. */
  #rejectMessage(): void {
    this.#breaches += 1;
    refuse(this, noId, {
      code: 100,
      text: `Max rate of messages per second has been exceeded:max=${messagesPerSecond} rec=${messagesPerSecond + this.#breaches} (${this.#breaches})`,
    });
    if (this.#breaches >= breachesMax) this.end("too many messages a second");
  }

  #onFrame(payload: Buffer): void {
    if (this.#stage === "version") return this.#agreeOnVersion(payload);
    const reader = new FieldReader(payload);
    const messageId = Number(reader.text("message id"));
    if (!Number.isSafeInteger(messageId)) throw new BrokenStream("a message without a number");
    if (this.#stage === "started") return this.#events.onMessage(this, messageId, reader);
    // Until START_API nothing may be asked; the real gateway drops such requests or the connection.
    if (messageId !== 71) throw new BrokenStream(`message ${messageId} before START_API`);
    reader.skip("version");
    this.clientId = reader.id("clientId");
    this.#stage = "started";
    const refusal = this.#events.onStart(this);
    if (refusal !== undefined && !this.#isFrozen) this.end(refusal);
  }

  #agreeOnVersion(payload: Buffer): void {
    const range = readVersionRange(payload);
    const version = agreedVersion(range);
    if (version === undefined) return this.end(`the client speaks versions up to ${range.max} only`);
    this.serverVersion = version;
    if (range.wantsPacing) this.#rejects = false;
    this.#stage = "start";
    this.send(version, this.#events.connectionTime());
  }

  #flush(): void {
    if (this.#outbox.length === 0) return;
    const bytes = Buffer.concat(this.#outbox);
    this.#outbox = [];
    this.#unsent += 1;
    this.#socket.write(bytes, () => {
      this.#unsent -= 1;
      if (this.#unsent === 0) this.#allSent();
    });
    if (this.#socket.writableLength > unsentBytesMax) {
      this.#ended("the client does not read its answers");
      this.#socket.destroy();
    }
  }

  #allSent(): void {
    for (const resolve of this.#whenSent.splice(0)) resolve();
  }

  #ended(why: string): void {
    if (this.#stage !== "ended") {
      this.#stage = "ended";
      this.#pacing?.stop();
      this.#events.onEnd(this, why);
    }
    if (this.#socket.closed) this.#allSent();
  }
}
