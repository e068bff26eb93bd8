import type { Venue } from "../../simulation/venue.ts";
import type { Instant } from "../../trading/instant.ts";
import { ArmedFault } from "./armed-fault.ts";
import { type Client, noId, refuse } from "./client.ts";
import type { Act, Fault, ForeignOrder } from "./fault.ts";
import { messageName } from "./fault-messages.ts";
import { isRewriting, rewritten, spoken, worded } from "./fault-rewriting.ts";
import { Subjects } from "./fault-subjects.ts";
import { displayingDelayed } from "./feed.ts";
import { payloadOf } from "./fields.ts";
import { foreignOrder } from "./foreign-order.ts";

type Fields = readonly string[];
type Values = Readonly<Record<string, string>>;

/** One connection as faults see it: below it is the socket, above it the gateway. */
export interface FaultyLine extends Client {
  /** Puts a payload on the wire that no fault changes any more. */
  put(payload: string): void;
  /** Reads and writes nothing any more, and does not close. */
  freeze(): void;
  end(why: string): void;
  /** Breaks off without a goodbye. */
  reset(why: string): void;
}

/** What faults do to the gateway as a whole. */
export interface FaultyGateway {
  readonly venue: Venue;
  readonly log: (line: string) => void;
  /** The client has used this order id, whatever became of the order. */
  noteOrderId(clientId: number, orderId: number): void;
  forgetQuotes(): void;
  resetAll(): void;
  rollBackIds(by: number): void;
}

interface Line {
  readonly subjects: Subjects;
  held: { left: number; readonly messages: readonly Fields[] }[];
}

/** What one occasion comes to: the message may be lost, and something may follow it. */
interface Outcome {
  readonly isLost: boolean;
  readonly afterwards: readonly (() => void)[];
}

/** Makes go wrong what a scenario says, when it says: it sees every message both ways before anybody else does. */
export class Faults {
  readonly #gateway: FaultyGateway;
  readonly #armed: ArmedFault[] = [];
  readonly #happened = new Set<string>();
  readonly #lines = new Map<FaultyLine, Line>();
  readonly #timers = new Set<NodeJS.Timeout>();
  /** Requests that wait for their release. */
  #kept: (() => void)[] = [];

  constructor(gateway: FaultyGateway, faults: readonly Fault[]) {
    this.#gateway = gateway;
    for (const fault of faults) this.arm(fault);
  }

  /** Throws RangeError for an order in something that the venue does not list. */
  arm(fault: Fault): ArmedFault {
    if (fault.act.do === "order") foreignOrder(this.#gateway.venue, fault.act);
    const armed = new ArmedFault(fault);
    this.#armed.push(armed);
    return armed;
  }

  /** Each fault with the number of times that it has struck. */
  describe(): readonly string[] {
    return this.#armed.map((armed) => `${armed.label}: ${armed.struck}`);
  }

  /** The fault of this name happens now, to every client, and counts as happened. Throws RangeError when there is none. */
  command(name: string): void {
    const named = this.#armed.filter(({ fault }) => fault.name === name);
    if (named.length === 0) throw new RangeError(`no fault is named ${name}`);
    this.#happened.add(name);
    for (const armed of named) {
      if (!/^(command|time|ready)$/.test(armed.fault.when.on)) continue;
      armed.struck += 1;
      this.#noteStruck(armed);
      this.#toAll(armed.fault);
    }
  }

  onConnect(line: FaultyLine): void {
    this.#lines.set(line, { subjects: new Subjects(this.#gateway.venue), held: [] });
    for (const { act } of this.#striking("connect", {})) this.#befall(line, act, {});
  }

  /** A client has introduced itself. May it stay? */
  onStart(line: FaultyLine): boolean {
    const struck = this.#striking("start", { clientId: String(line.clientId) });
    for (const { act } of struck) this.#befall(line, act, {});
    return !struck.some(({ act }) => act.do === "reject" || act.do === "disconnect" || act.do === "freeze");
  }

  /** A client has been told its accounts and its next order id. */
  onReady(line: FaultyLine): void {
    const values = { clientId: String(line.clientId) };
    for (const { act } of this.#striking("ready", values)) this.#befall(line, act, values);
  }

  onEnd(line: FaultyLine): void {
    this.#lines.delete(line);
  }

  /** The next instant at which a fault strikes by the simulated clock. */
  nextInstant(): Instant | undefined {
    const waiting = this.#armed.filter(({ fault, struck }) => fault.when.on === "time" && struck === 0);
    const instants = waiting.flatMap(({ fault }) => fault.when.at ?? []);
    return instants.toSorted((a, b) => a - b)[0];
  }

  /** Simulated time has come to here. */
  onTime(now: Instant): void {
    for (const armed of this.#armed) {
      const { on, at } = armed.fault.when;
      if (on !== "time" || at === undefined || at > now || armed.struck > 0) continue;
      if (armed.strikes()) this.#noteStruck(armed);
      this.#toAll(armed.fault);
    }
  }

  /** A request has come: `handle` carries it out as faults have left it, unless it goes wrong. */
  fromClient(line: FaultyLine, fields: Fields, handle: (fields: Fields) => void): void {
    const state = this.#lines.get(line);
    const name = messageName("client", fields);
    if (!state || name === undefined) return handle(fields);
    state.subjects.note(fields);
    if (this.#armed.length === 0) return handle(fields);
    const values = state.subjects.valuesOf("client", line.clientId, fields);
    let request = fields;
    let isKept = false;
    const outcomes: Outcome[] = [];
    for (const { act } of this.#striking(name, values)) {
      if (act.do === "change" || act.do === "drop-algorithm")
        request = rewritten(name, [request], act, values)[0] ?? request;
      else if (act.do === "keep") isKept = true;
      else outcomes.push(this.#befall(line, act, values));
    }
    if (!outcomes.some(({ isLost }) => isLost)) {
      if (isKept) this.#kept.push(() => handle(request));
      else handle(request);
    }
    for (const { afterwards } of outcomes) for (const act of afterwards) act();
  }

  /** An answer is to go out: it goes out as faults have left it. */
  toClient(line: FaultyLine, payload: string): void {
    const fields = payload.split("\0").slice(0, -1);
    const state = this.#lines.get(line);
    const name = messageName("gateway", fields);
    if (!state || name === undefined || this.#armed.length === 0) return line.put(payload);
    const values = state.subjects.valuesOf("gateway", line.clientId, fields);
    let messages = state.subjects.told(fields);
    const afterwards: (() => void)[] = [];
    for (const { act } of this.#striking(name, values)) {
      if (act.do === "hold") {
        const held = { left: act.messages, messages };
        afterwards.push(() => state.held.push(held));
        messages = [];
      } else if (act.do === "delay") {
        this.#later(line, act.milliseconds, messages);
        messages = [];
      } else if (isRewriting(act)) {
        messages = rewritten(name, messages, act, values);
      } else {
        const outcome = this.#befall(line, act, values);
        if (outcome.isLost) messages = [];
        afterwards.push(...outcome.afterwards);
      }
    }
    for (const message of messages) this.#put(line, state, message);
    for (const act of afterwards) act();
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const armed of this.#armed) armed.stop();
  }

  /** Those that strike at this occasion. One that waits for another of the same occasion must stand behind it. */
  #striking(on: string, values: Values): readonly Fault[] {
    const struck: Fault[] = [];
    for (const armed of this.#armed) {
      if (!armed.isAbout(on, values, this.#happened) || !armed.strikes()) continue;
      this.#noteStruck(armed);
      struck.push(armed.fault);
    }
    return struck;
  }

  #noteStruck(armed: ArmedFault): void {
    if (armed.fault.name !== undefined) this.#happened.add(armed.fault.name);
    if (armed.struck === 1) this.#gateway.log(`scenario: ${armed.label}`);
  }

  #toAll({ act }: Fault): void {
    if (isOfGateway(act)) return this.#befallGateway(act);
    for (const line of this.#lines.keys()) {
      const outcome = this.#befall(line, act, { clientId: String(line.clientId) });
      for (const after of outcome.afterwards) after();
    }
  }

  /** What an act does to one connection at an occasion that has these values. */
  #befall(line: FaultyLine, act: Act, values: Values): Outcome {
    if (act.do === "lose") return { isLost: true, afterwards: [] };
    if (act.do === "notice") refuse(unfaulted(line), noId, worded(act, values));
    if (act.do === "warn") refuse(unfaulted(line), requestOf(values), worded(act, values));
    if (act.do === "reject") return this.#reject(line, act, values);
    if (act.do === "say") {
      for (const message of spoken(act.messages, values)) line.put(payloadOf(message));
      return { isLost: act.instead, afterwards: [] };
    }
    if (act.do === "freeze") {
      line.freeze();
      return { isLost: true, afterwards: [] };
    }
    if (act.do === "delay-quotes") {
      if (!act.silent) refuse(unfaulted(line), requestOf(values), displayingDelayed);
      this.#lines.get(line)?.subjects.delayQuotes(values["reqId"] ?? "", act.silent);
    }
    if (act.do === "disconnect") return disconnected(line, act);
    if (isOfGateway(act)) {
      this.#befallGateway(act);
      return { isLost: act.do === "restart", afterwards: [] };
    }
    return nothing;
  }

  #reject(line: FaultyLine, act: Act & { do: "reject" }, values: Values): Outcome {
    const { orderId, action, shares = "0" } = values;
    refuse(unfaulted(line), requestOf(values), worded(act, values));
    // Only what asks for an order has both.
    if (orderId !== undefined && action !== undefined) {
      this.#gateway.noteOrderId(line.clientId, Number(orderId));
      // A rejected order stays visible as Inactive.
      if (act.code === 201)
        unfaulted(line).send(3, orderId, "Inactive", 0, shares, 0, 0, 0, 0, line.clientId, "", 0);
    }
    return { isLost: true, afterwards: [] };
  }

  #befallGateway(act: OfGateway): void {
    if (act.do === "forget-quotes") return this.#gateway.forgetQuotes();
    if (act.do === "order") return this.#order(act);
    if (act.do === "release") return this.#release();
    // What was kept in the gateway dies with it.
    this.#kept = [];
    this.#gateway.resetAll();
    this.#gateway.rollBackIds(act.rollBackIds);
    const refused = { do: "disconnect", when: "before", reset: true } as const;
    const refuseConnections = (times: number): ArmedFault =>
      this.arm({ when: { on: "connect", nth: 1, times, where: {} }, act: refused });
    if (act.downConnections > 0) refuseConnections(act.downConnections);
    if (act.downSeconds > 0) refuseConnections(Number.POSITIVE_INFINITY).endAfter(act.downSeconds);
  }

  #order(order: ForeignOrder): void {
    this.#gateway.venue.place(foreignOrder(this.#gateway.venue, order));
  }

  #release(): void {
    const kept = this.#kept;
    this.#kept = [];
    for (const carryOut of kept) carryOut();
  }

  #later(line: FaultyLine, milliseconds: number, messages: readonly Fields[]): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      for (const message of messages) line.put(payloadOf(message));
    }, milliseconds);
    this.#timers.add(timer);
  }

  /** Puts a message, and behind it those that were held back for it. */
  #put(line: FaultyLine, state: Line, message: Fields): void {
    line.put(payloadOf(message));
    for (const held of state.held) held.left -= 1;
    const due = state.held.filter(({ left }) => left <= 0);
    state.held = state.held.filter(({ left }) => left > 0);
    for (const { messages } of due) for (const one of messages) line.put(payloadOf(one));
  }
}

const nothing: Outcome = { isLost: false, afterwards: [] };

type OfGateway = Act & { do: "restart" | "forget-quotes" | "order" | "release" };

/** What befalls the gateway once, however many clients it has. */
function isOfGateway(act: Act): act is OfGateway {
  return /^(restart|forget-quotes|order|release)$/.test(act.do);
}

/** The client as it hears what no fault touches. */
function unfaulted(line: FaultyLine): Client {
  const { clientId, serverVersion } = line;
  return {
    clientId,
    serverVersion,
    send: (...fields) => line.put(payloadOf(fields)),
    hold: () => line.hold(),
  };
}

function disconnected(line: FaultyLine, { when, reset }: Act & { do: "disconnect" }): Outcome {
  const leave = (): void => (reset ? line.reset("the scenario") : line.end("the scenario"));
  if (when === "after") return { isLost: false, afterwards: [leave] };
  leave();
  return { isLost: true, afterwards: [] };
}

/** The id that an error about this occasion carries. */
function requestOf({ orderId, reqId }: Values): number {
  const id = Number(orderId ?? reqId ?? noId);
  return Number.isSafeInteger(id) ? id : noId;
}
