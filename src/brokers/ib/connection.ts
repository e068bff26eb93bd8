import { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type EventName, IBApi } from "@stoqey/ib";
import type { Clock, Journal } from "../../ports.ts";
import type { BrokerMessage } from "../../trading/broker-message.ts";
import type { Finding, UnreachableReason } from "../../trading/finding.ts";
import type { Instant } from "../../trading/instant.ts";
import { invariant } from "../../trading/invariant.ts";
import { type RestartRule, restartNear } from "../../trading/restarts.ts";
import { type CodeMeaning, endsRequest, meaningOf, messageOf } from "./codes.ts";
import { type Deadline, deadlineIn } from "./deadline.ts";
import type { IbEvents } from "./events.ts";

export interface ConnectionOptions {
  readonly host: string;
  readonly port: number;
  readonly clientId: number;
  readonly messagesPerSecond: number;
  readonly restarts?: RestartRule;
  readonly journal: Journal;
  readonly clock: Clock;
}

/** One message that expects an answer. */
export interface Ask {
  /** What was asked, for the finding: "positions". */
  readonly request: string;
  /** The request id, when the message has one: errors with it end the wait. */
  readonly id?: number;
  readonly deadlineSeconds: number;
  readonly write: (api: IBApi) => unknown;
  readonly isAnswered: () => boolean;
}

/** Far above any order id: an error carries one number for both. */
const firstRequestId = 900_000_000;

/** A quiet connection is asked by the system after so long, then every second, ten times (Node's own figures). */
const keepAliveAfterMs = 10_000;

/** How the gateway says "no id" where it has none to give. */
const noIds = new Set([-1, 2_147_483_647]);

/** Refusals that may come without an id though they answer a request: they end every wait that has none (C26). */
const unaddressedRefusals = new Set([320, 321, 322]);

/**
 * One TCP connection to the gateway under a small promise layer. The package underneath keeps queued messages for the
 * next connection of the same object, so an object is used once and thrown away; it has no timeouts, so every wait here
 * has a deadline; and what a listener of ours throws ends the connection instead of escaping from the socket handler.
 *
 * Messages are handed to its rate limiter one at a time per caller, and counted when they have left: what has not been
 * handed over can still be held back.
 */
export class Connection {
  readonly clientId: number;
  /** Between gateway and broker, by the gateway's word (1100 … 1102); our socket stays open meanwhile. */
  isLinkCut = false;
  /** How often that link was cut: what has not changed from one moment to another was whole in between. */
  linkCuts = 0;
  /** Whose fault the end was, once this connection is of no more use. */
  lost: { readonly reason: UnreachableReason; readonly detail: string } | undefined;
  /** The broker's time now; the host's until the broker has told its own. */
  marketTime: () => Instant;
  /** When the gateway ended a connection that it had begun, in the broker's time. */
  #resetAt: Instant | undefined;
  /** The broker's warning that it will liquidate positions (A11). */
  marginCall: BrokerMessage | undefined;
  /** The gateway said that our client id is in use. */
  clientIdInUse = false;
  serverVersion = 0;
  /** Data servers that the gateway cannot reach, by the kind of their outage: 2103 prices, 2105 history, 2157 contracts. */
  readonly #farmsDown = new Map<string, number>();
  /** So many messages have come from the gateway: what does not change during a wait is a gateway that says nothing. */
  messagesHeard = 0;
  #heardAtMs = 0;

  readonly #api: IBApi;
  readonly #journal: Journal;
  readonly #restarts: RestartRule | undefined;
  readonly #watchers = new Set<() => void>();
  readonly #leaving: ((left: boolean) => void)[] = [];
  readonly #refusals = new Map<number, BrokerMessage>();
  readonly #unaddressed: BrokerMessage[] = [];
  readonly #linkListeners: ((meaning: CodeMeaning) => void)[] = [];
  readonly #orderListeners: ((orderId: number, code: number, text: string) => void)[] = [];
  #nextRequestId = firstRequestId;
  #isLookPlanned = false;
  #isClosed = false;
  /** The gateway has answered the handshake. */
  #spoke = false;
  /** The socket is gone. */
  #isDown = false;

  constructor({ host, port, clientId, messagesPerSecond, restarts, journal, clock }: ConnectionOptions) {
    this.clientId = clientId;
    this.#journal = journal;
    this.marketTime = () => clock.now();
    this.#restarts = restarts;
    // The limiter sends whole messages per tenth of a second, rounding up: we round down first.
    const maxReqPerSec = Math.max(10, Math.floor(messagesPerSecond / 10) * 10);
    // All four are given: the package reads `.env` of the working directory for any that is not.
    this.#api = new IBApi({ host, port, clientId, maxReqPerSec });
    this.#hearTheConnection();
    this.#guardDecoder();
  }

  open(): void {
    this.#api.connect(this.clientId);
  }

  /** Hears an event until told to stop. Hearing goes on after the connection was lost: no execution is dropped (C03). */
  on<E extends keyof IbEvents>(event: E, listener: (...args: IbEvents[E]) => void): () => void {
    const guarded = (...args: unknown[]): void => {
      try {
        listener(...(args as unknown as IbEvents[E]));
      } catch (error) {
        this.#lose("protocol", `${event}: ${textOf(error)}`);
      }
    };
    this.#api.addListener(event as EventName.all, guarded);
    return () => this.#api.removeListener(event as EventName.all, guarded);
  }

  /** Tells when the gateway's own link to the broker is cut or restored. */
  onLink(listener: (meaning: CodeMeaning) => void): void {
    this.#linkListeners.push(listener);
  }

  /** Errors and warnings that carry an order id. */
  onOrderError(listener: (orderId: number, code: number, text: string) => void): void {
    this.#orderListeners.push(listener);
  }

  /** Names of the data servers that are down by the gateway's word: 2103 those of prices, 2157 those of contracts (C17). */
  farmsDown(code: 2103 | 2157): readonly string[] {
    return [...this.#farmsDown].flatMap(([farm, told]) => (told === code ? farm : []));
  }

  newRequestId(): number {
    return this.#nextRequestId++;
  }

  /** Why the gateway refuses the request with this id; undefined while it does not. */
  refusalOf(id: number): BrokerMessage | undefined {
    return this.#refusals.get(id);
  }

  /** Hands over one message; resolves when it has left at the message rate, or with false when it cannot. */
  async send(write: (api: IBApi) => unknown): Promise<boolean> {
    if (this.lost || this.#isClosed) return false;
    return await new Promise<boolean>((resolve) => {
      this.#leaving.push(resolve);
      write(this.#api);
    });
  }

  /** Waits until the condition holds; it is looked at whenever something was heard. */
  async until(condition: () => boolean, deadline: Deadline): Promise<"met" | "late" | "lost"> {
    if (condition()) return "met";
    if (this.lost) return "lost";
    return await new Promise((resolve, reject) => {
      const end = (how: "met" | "late" | "lost"): void => {
        clearTimeout(timer);
        this.#watchers.delete(look);
        resolve(how);
      };
      const look = (): void => {
        try {
          if (condition()) end("met");
          else if (this.lost) end("lost");
        } catch (error) {
          this.#watchers.delete(look);
          clearTimeout(timer);
          reject(error);
        }
      };
      const timer = setTimeout(() => end("late"), deadline.remainingMs());
      timer.unref();
      this.#watchers.add(look);
    });
  }

  /**
   * Waits while the gateway's link to the broker is cut, at most so long. Answers with why it is no use to go on, if so:
   * a gateway that is cut off answers all the same, with what it knew before.
   */
  async linked(during: string, deadlineSeconds: number): Promise<Finding | undefined> {
    const end = await this.until(() => !this.isLinkCut, deadlineIn(deadlineSeconds));
    return end === "met" ? undefined : end === "lost" ? this.lostDuring(during) : this.cutDuring(during);
  }

  /**
   * Sends one request and waits for its answer. Answers with why there is none, if there is none; what was told while the
   * link to the broker was cut is none.
   */
  async ask(ask: Ask): Promise<Finding | undefined> {
    const { request, deadlineSeconds } = ask;
    // Handed over at once when nothing hinders it: who closes the connection next waits for what was handed over.
    const cutOff = this.isLinkCut ? await this.linked(request, deadlineSeconds) : undefined;
    if (cutOff) return cutOff;
    const cutsBefore = this.linkCuts;
    const trouble = await this.#askOnce(ask);
    const isRefusedOrLost = trouble !== undefined && trouble.kind !== "request-unanswered";
    return isRefusedOrLost || this.linkCuts === cutsBefore ? trouble : this.cutDuring(request);
  }

  async #askOnce({ request, id, deadlineSeconds, write, isAnswered }: Ask): Promise<Finding | undefined> {
    const unaddressedBefore = this.#unaddressed.length;
    const refusal = (): BrokerMessage | undefined =>
      id === undefined ? this.#unaddressed[unaddressedBefore] : this.refusalOf(id);
    await this.send(write);
    const end = await this.until(() => isAnswered() || refusal() !== undefined, deadlineIn(deadlineSeconds));
    const refused = refusal();
    if (refused) {
      // A list without parameters has nothing to validate: 321 then means the gateway's read-only setting.
      return refused.code === 321 && id === undefined
        ? { kind: "api-read-only", request }
        : { kind: "request-refused", request, ...refused };
    }
    if (end === "late") return { kind: "request-unanswered", request, deadlineSeconds };
    return end === "lost" ? this.lostDuring(request) : undefined;
  }

  /** For how long nothing has come from the gateway, in real time. */
  quietMs(): number {
    return performance.now() - this.#heardAtMs;
  }

  /**
   * Does somebody still answer at the other end? A gateway that went away without a word leaves a socket that takes every
   * byte and brings none to anybody (C14, C15).
   */
  async isAnswering(deadlineSeconds: number): Promise<boolean> {
    let hasAnswered = false;
    const stop = this.on("currentTime", () => {
      hasAnswered = true;
    });
    await this.send((api) => api.reqCurrentTime());
    const end = await this.until(() => hasAnswered, deadlineIn(deadlineSeconds));
    stop();
    return end === "met";
  }

  lostDuring(during: string): Finding {
    const lost = { kind: "connection-lost", during, detail: this.lost?.detail ?? "closed" } as const;
    const at = this.#resetAt;
    if (at === undefined) return lost;
    return { ...lost, reset: { at, isExpected: restartNear(at, this.#restarts) !== undefined } };
  }

  cutDuring(during: string): Finding {
    return { kind: "link-cut", during, isBack: !this.isLinkCut };
  }

  /** Closes once the last bytes have left; never twice, and never to be opened again (C09). */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    // Handed over is not sent: the limiter may still hold messages, and the package drops them without a word.
    if (!this.lost) await this.until(() => this.#leaving.length === 0, deadlineIn(60));
    this.#isClosed = true;
    this.#lose("closed", "closed by us");
    if (!this.#isDown) {
      const down = new Promise<void>((resolve) => {
        this.on("disconnected", resolve);
      });
      this.#api.disconnect();
      await Promise.race([down, sleep(1000, undefined, { ref: false })]);
    }
  }

  /** Tells every wait that nothing more will come. */
  #lose(reason: UnreachableReason, detail: string): void {
    if (reason === "closed" && this.#spoke && !this.#isClosed && !this.lost)
      this.#resetAt = this.marketTime();
    this.lost ??= { reason, detail };
    for (const resolve of this.#leaving.splice(0)) resolve(false);
    this.#planLook();
  }

  #hearTheConnection(): void {
    this.on("connected", () => {
      this.#spoke = true;
      this.#watchTheSocket();
    });
    this.on("received", () => {
      this.messagesHeard += 1;
      this.#heardAtMs = performance.now();
    });
    this.on("server", (version) => {
      this.serverVersion = version;
    });
    // Handshake and start message leave before anything of ours is handed over.
    this.on("sent", () => {
      this.#leaving.shift()?.(true);
    });
    this.on("disconnected", () => {
      this.#isDown = true;
      this.#lose("closed", "the gateway closed the connection");
    });
    this.on("info", (text, code) => this.#hearNotice(code, text));
    this.on("error", (error, code, id) => this.#hearError(code, error.message, id));
    this.on("all", () => this.#planLook());
  }

  /**
   * Small messages leave at once, and the system asks by itself whether the other end of a quiet connection still lives. The
   * package offers neither; a release that keeps its socket elsewhere stops here.
   */
  #watchTheSocket(): void {
    const { controller } = this.#api as unknown as { controller: { socket: { client?: Socket } } };
    const socket = controller.socket.client;
    invariant(socket instanceof Socket, "@stoqey/ib keeps its socket elsewhere");
    socket.setNoDelay(true);
    socket.setKeepAlive(true, keepAliveAfterMs);
  }

  /**
   * The package parses some texts of the gateway without a guard, and what it throws would escape from the socket
   * handler and end the process. There is no public hook for it; a release that has none of these inner names stops here.
   */
  #guardDecoder(): void {
    const { controller } = this.#api as unknown as { controller: { processIngressQueue(): void } };
    invariant(typeof controller.processIngressQueue === "function", "@stoqey/ib decodes elsewhere");
    const decode = controller.processIngressQueue.bind(controller);
    controller.processIngressQueue = () => {
      try {
        decode();
      } catch (error) {
        this.#lose("protocol", `a message could not be decoded: ${textOf(error)}`);
      }
    };
  }

  #hearError(code: number, text: string, id: number): void {
    if (code === 502)
      this.#lose(this.#spoke ? "closed" : reasonOf(text), text || "nobody answers on any of its addresses");
    else if (meaningOf(code) === "protocol") this.#lose("protocol", `${code} ${text}`);
    else if (noIds.has(id)) this.#hearNotice(code, text);
    else if (id < firstRequestId) for (const listener of this.#orderListeners) listener(id, code, text);
    else if (endsRequest(code)) this.#refusals.set(id, messageOf(code, text));
    else this.#journal.append({ kind: "broker-notice", code, text });
  }

  /** A message about no request in particular. */
  #hearNotice(code: number, text: string): void {
    if (this.#isClosed) return;
    this.#journal.append({ kind: "broker-notice", code, text });
    if (unaddressedRefusals.has(code)) this.#unaddressed.push(messageOf(code, text));
    const told = messageOf(code, text);
    if (told.advice === "margin-call") this.marginCall = told;
    const meaning = meaningOf(code);
    if (meaning === "client-id-in-use") this.clientIdInUse = true;
    if (meaning === "link-cut") {
      // Told again and again while it lasts.
      if (!this.isLinkCut) this.linkCuts += 1;
      this.isLinkCut = true;
    }
    if (meaning === "link-restored" || meaning === "link-restored-data-lost") this.isLinkCut = false;
    if (meaning === "farm-down") this.#farmsDown.set(farmOf(text), code);
    if (meaning === "farm-up") this.#farmsDown.delete(farmOf(text));
    if (meaning?.startsWith("link-")) for (const listener of this.#linkListeners) listener(meaning);
  }

  /** One look for all that a segment of the stream has brought. */
  #planLook(): void {
    if (this.#isLookPlanned) return;
    this.#isLookPlanned = true;
    queueMicrotask(() => {
      this.#isLookPlanned = false;
      for (const look of this.#watchers) look();
    });
  }
}

/** "Market data farm connection is broken:usfarm", in any language: the name is data behind the last colon or dot. */
function farmOf(text: string): string {
  return text.slice(Math.max(text.lastIndexOf(":"), text.lastIndexOf(".")) + 1).trim();
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Node's own texts for a connection that was never made begin with what it tried; an empty one stands for several. */
function reasonOf(text: string): UnreachableReason {
  return text === "" || /^(connect|getaddrinfo) /.test(text) ? "refused" : "closed";
}
