import { createServer, type Server } from "node:net";
import type { Venue, VenueEvent } from "../../simulation/venue.ts";
import type { Instant } from "../../trading/instant.ts";
import { Accounts } from "./account.ts";
import { noId, refuse } from "./client.ts";
import { type GatewayClock, VenueClock } from "./clock.ts";
import { Connection, type ConnectionEvents } from "./connection.ts";
import { type ControlPort, startControlPort } from "./control-port.ts";
import type { Fault, Scenario } from "./fault.ts";
import { Faults } from "./faults.ts";
import type { Feed } from "./feed.ts";
import { FieldReader, payloadOf } from "./fields.ts";
import { Historical } from "./historical.ts";
import { closeServer, listen, portOf } from "./listen.ts";
import { MarketData } from "./market-data.ts";
import { OrderIds } from "./order-ids.ts";
import { Orders } from "./orders.ts";
import { ProfitAndLoss } from "./pnl.ts";
import type { Precautions } from "./precautions.ts";
import { farmNotices, refusals } from "./refusal.ts";
import { answer, type Desk } from "./requests.ts";
import { connectionTime } from "./wall-time.ts";

export interface PaperGatewayOptions {
  readonly venue: Venue;
  /** A loopback address; 127.0.0.1 when not said. Nobody is asked for a password here. */
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** For commands from outside the process (see control-port.ts); none when not said, 0 takes a free one. */
  readonly controlPort?: number;
  readonly clock: GatewayClock;
  /** How long after its request a snapshot ends, in ms of the host's clock: 11000 at the real gateway, 0 is at once. */
  readonly snapshotEndsAfterMs: number;
  /** Instruments quoted at the same time, over all clients; 100 when not said. */
  readonly marketDataLines?: number;
  /** What is subscribed to of stocks' quotes; "live" when not said. */
  readonly marketData?: Feed;
  /**
   * Throttle: at most 50 messages a second are read of a client, as the real gateway does. Reject, its other setting: what
   * is above is answered with error 100, and the third such message ends the session.
   */
  readonly pacing: "throttle" | "reject" | "off";
  /** The client that hears of all clients' orders, executions and commissions as they happen; none when not said. */
  readonly masterClientId?: number;
  /** Beyond what an order is refused before it leaves; nothing when not said. */
  readonly precautions?: Precautions;
  /** Ids that clients have used already, at an earlier life of this gateway. */
  readonly orderIds?: OrderIds;
  /** What goes wrong, and when; nothing when not said. */
  readonly scenario?: Scenario;
  /** Reads a fault that the control port is told; without it none can be armed there. Throws RangeError. */
  readonly readFault?: (text: string) => Fault;
  readonly log: (line: string) => void;
  /** Every message both ways, "<" in and ">" out, with "|" for NUL. */
  readonly trace?: (line: string) => void;
}

export interface PaperGateway {
  readonly port: number;
  readonly controlPort: number | undefined;
  readonly venue: Venue;
  readonly messages: MessageCounts;
  /** Moves a stepped clock; resolves when all bytes that came of it were handed to the kernel. Rejects with RangeError backwards. */
  advanceTo(at: Instant): Promise<void>;
  close(): Promise<void>;
  /** Resolves when the gateway has closed, by `close` or by "quit" on the control port. */
  readonly closed: Promise<void>;
}

/** Messages, START_API and the handshake not among them; those of no id that the protocol has are counted under −1. */
export interface MessageCounts {
  readonly received: number;
  readonly sent: number;
  readonly receivedById: ReadonlyMap<number, number>;
}

/** Clients at the same time, as at the real gateway. */
const clientsMax = 32;

/** Higher ones mean messages that are no text. */
const messageIdMax = 200;

/** How long a client may take to read its last answers when the gateway closes. */
const lastWordsMs = 1000;

/**
 * Starts the paper gateway. Rejects when a port is taken (EADDRINUSE), and with RangeError for a host that others can reach
 * or a scenario that orders what the venue does not list.
 */
export async function startPaperGateway(options: PaperGatewayOptions): Promise<PaperGateway> {
  const host = options.host ?? "127.0.0.1";
  if (!/^(127(\.\d{1,3}){3}|::1|localhost)$/.test(host))
    throw new RangeError(`the paper gateway asks nobody for a password: ${host} is not a loopback address`);
  const gateway = new Gateway(options);
  await gateway.open(host, options);
  return gateway;
}

class Gateway implements PaperGateway, ConnectionEvents {
  readonly venue: Venue;
  readonly closed: Promise<void>;
  port = 0;
  controlPort: number | undefined;
  readonly messages = { received: 0, sent: 0, receivedById: new Map<number, number>() };
  readonly #desk: Desk;
  readonly #faults: Faults;
  readonly #clock: VenueClock;
  readonly #server: Server;
  #control: ControlPort | undefined;
  readonly #connections = new Set<Connection>();
  readonly #clients = new Map<number, Connection>();
  readonly #log: (line: string) => void;
  readonly #trace: ((line: string) => void) | undefined;
  readonly #unsubscribe: () => void;
  #newestPermId = 0;
  #closing: Promise<void> | undefined;
  #resolveClosed: () => void = () => {};

  constructor(options: PaperGatewayOptions) {
    const { venue } = options;
    const ids = options.orderIds ?? new OrderIds();
    this.venue = venue;
    const known = [...venue.openOrders(), ...venue.completedOrders()];
    this.#newestPermId = known.reduce((newest, { permId }) => Math.max(newest, permId), 0);
    this.#log = options.log;
    this.#trace = options.trace;
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    this.#desk = {
      venue,
      ids,
      orders: new Orders(venue, ids, {
        clientOf: (clientId) => this.#clients.get(clientId),
        masterClientId: options.masterClientId,
        precautions: options.precautions ?? {},
      }),
      accounts: new Accounts(venue),
      historical: new Historical(venue, options.pacing !== "off"),
      pnl: new ProfitAndLoss(venue),
      marketData: new MarketData(venue, {
        snapshotEndsAfterMs: options.snapshotEndsAfterMs,
        lines: options.marketDataLines ?? 100,
        feed: options.marketData ?? "live",
      }),
    };
    this.#faults = new Faults(
      {
        venue,
        log: options.log,
        noteOrderId: (clientId, orderId) => ids.note(clientId, orderId),
        forgetQuotes: () => {
          for (const connection of this.#connections) this.#desk.marketData.forget(connection);
        },
        resetAll: () => {
          for (const connection of this.#connections) connection.reset("the scenario restarts the gateway");
          this.#desk.orders.forgetUntransmitted();
        },
        rollBackIds: (by) => ids.rollBack(by),
      },
      options.scenario?.faults ?? [],
    );
    this.#unsubscribe = venue.subscribe((event) => this.#onVenueEvent(event));
    this.#clock = new VenueClock(venue, options.clock, {
      isWaiting: () => this.#isWaiting(),
      onMoved: () => this.#onMoved(),
      nextStop: () => this.#faults.nextInstant(),
    });
    // A frozen connection must not answer its client's goodbye; the others do so themselves.
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      const connection = new Connection(socket, this, options.pacing);
      this.#connections.add(connection);
      this.#faults.onConnect(connection);
    });
  }

  async open(host: string, { port, controlPort, readFault }: PaperGatewayOptions): Promise<void> {
    try {
      await listen(this.#server, port, host);
      this.port = portOf(this.#server);
      if (controlPort !== undefined)
        this.#control = await startControlPort(
          {
            now: () => this.venue.now(),
            advanceTo: (at) => this.advanceTo(at),
            orders: () => this.venue.openOrders().map((order) => this.#desk.orders.describe(order)),
            quit: () => void this.close(),
            faults: () => this.#faults.describe(),
            trigger: (name) => this.#faults.command(name),
            arm: (text) => {
              if (!readFault) throw new RangeError("this gateway takes no faults");
              this.#faults.arm(readFault(text));
            },
          },
          controlPort,
        );
      this.controlPort = this.#control?.port;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async advanceTo(at: Instant): Promise<void> {
    this.#clock.advanceTo(at);
    await Promise.all([...this.#connections].map((connection) => connection.flushed()));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#clock.stop();
    this.#faults.stop();
    this.#unsubscribe();
    const connections = [...this.#connections];
    const ended = [closeServer(this.#server), this.#control?.close() ?? Promise.resolve()];
    for (const connection of connections) connection.end("the gateway closes");
    const giveUp = setTimeout(() => {
      for (const connection of connections) connection.destroy();
    }, lastWordsMs);
    await Promise.all(ended);
    clearTimeout(giveUp);
    this.#resolveClosed();
  }

  connectionTime(): string {
    this.#clock.catchUp();
    return connectionTime(this.venue.now(), this.venue.zone);
  }

  onStart(connection: Connection): string | undefined {
    const { clientId } = connection;
    if (!this.#faults.onStart(connection)) return `the scenario does not let client ${clientId} in`;
    if (this.#clients.has(clientId)) {
      refuse(connection, noId, refusals.clientIdInUse);
      return `client id ${clientId} is in use`;
    }
    if (this.#clients.size >= clientsMax)
      return `client ${clientId} would be one more than the ${clientsMax} that may be here at once`;
    this.#clients.set(clientId, connection);
    this.#clock.allowIdling();
    this.#clock.touch();
    this.#log(`client ${clientId} connected, server version ${connection.serverVersion}`);
    connection.send(15, 1, this.venue.accounts.join(","));
    connection.send(9, 1, this.#desk.ids.next(clientId));
    for (const notice of farmNotices) refuse(connection, noId, notice);
    this.#faults.onReady(connection);
    return undefined;
  }

  onMessage(connection: Connection, messageId: number, reader: FieldReader): void {
    this.#clock.touch();
    this.#clock.catchUp();
    this.messages.received += 1;
    // Numbers that no message has are counted as one, so that nonsense cannot fill the memory.
    const countedId = messageId >= 0 && messageId <= messageIdMax ? messageId : noId;
    this.messages.receivedById.set(countedId, (this.messages.receivedById.get(countedId) ?? 0) + 1);
    this.#trace?.(`${connection.clientId} < ${reader.all.join("|")}|`);
    this.#faults.fromClient(connection, reader.all, (fields) =>
      answer(this.#desk, connection, messageId, fields === reader.all ? reader : readerOf(fields)),
    );
    this.#desk.accounts.tellChanges();
  }

  onSend(connection: Connection, payload: string): void {
    this.#faults.toClient(connection, payload);
  }

  onSent(connection: Connection, payload: string): void {
    this.#clock.touch();
    this.messages.sent += 1;
    this.#trace?.(`${connection.clientId} > ${payload.replaceAll("\0", "|")}`);
  }

  onEnd(connection: Connection, why: string): void {
    this.#connections.delete(connection);
    this.#faults.onEnd(connection);
    const isClient = this.#clients.get(connection.clientId) === connection;
    this.#log(`${isClient ? `client ${connection.clientId}` : "a connection"} ended: ${why}`);
    if (!isClient) return;
    this.#clients.delete(connection.clientId);
    this.#desk.orders.forget(connection);
    this.#desk.accounts.forget(connection);
    this.#desk.marketData.forget(connection);
    this.#desk.historical.forget(connection);
    this.#desk.pnl.forget(connection);
  }

  #onVenueEvent(event: VenueEvent): void {
    this.#logTrade(event);
    if (event.kind === "execution") this.#desk.orders.onExecution(event.execution);
    else if (event.kind === "order") this.#desk.orders.onOrder(event.order);
    else this.#desk.accounts.onBooks(event.account, event.conIds);
  }

  /** A line for each new order and each fill. permIds rise: a higher one is new. */
  #logTrade(event: VenueEvent): void {
    if (event.kind === "execution") this.#log(this.#desk.orders.wordsOfFill(event.execution));
    if (event.kind !== "order" || event.order.permId <= this.#newestPermId) return;
    this.#newestPermId = event.order.permId;
    this.#log(this.#desk.orders.wordsOfOrder(event.order));
  }

  #onMoved(): void {
    this.#faults.onTime(this.venue.now());
    this.#desk.accounts.tellChanges();
    this.#desk.marketData.tellChanges();
    this.#desk.historical.tellChanges();
    this.#desk.pnl.tellChanges();
  }

  /** A client is here, an order works, and nothing is under way on the wire. */
  #isWaiting(): boolean {
    const isBusy =
      this.#desk.marketData.snapshotsPending > 0 ||
      this.#desk.historical.answersPending > 0 ||
      [...this.#clients.values()].some((c) => c.isPaced);
    return this.#clients.size > 0 && !isBusy && this.venue.openOrders().length > 0;
  }
}

/** Reads a request that a fault has changed, its number already read. */
function readerOf(fields: readonly string[]): FieldReader {
  const reader = new FieldReader(Buffer.from(payloadOf(fields)));
  reader.skip("message id");
  return reader;
}
