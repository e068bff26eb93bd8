import { type AddressInfo, createServer, type Socket } from "node:net";
import type { Broker, Clock, ConnectionRequest } from "../../../ports.ts";
import { clearedPlan } from "../../../testing/risk-builder.ts";
import type { RunEvent } from "../../../trading/event.ts";
import { instant, tradingDate } from "../../../trading/instant.ts";
import type { Instrument } from "../../../trading/instrument.ts";
import { money } from "../../../trading/money.ts";
import type { PlannedOrder } from "../../../trading/order.ts";
import type { Trade } from "../../../trading/planner/plan.ts";
import type { Result } from "../../../trading/result.ts";
import type { ClearedOrders } from "../../../trading/risk/gate.ts";
import { sessionOn } from "../../../trading/session.ts";
import { sign } from "../../../trading/side.ts";
import { type IbBrokerageOptions, ibBrokerage } from "../brokerage.ts";

/**
 * A TCP server that greets like a gateway and otherwise says exactly what a test tells it to: for the faults that a
 * well-behaved gateway never shows. Its frames follow the wire's published layout at server version 178.
 */

export type Field = string | number;

export interface Peer {
  readonly clientId: number;
  send(...fields: Field[]): void;
  destroy(): void;
}

type Answer = (fields: readonly string[], peer: Peer) => void;

export interface Script {
  readonly serverVersion?: number;
  /** Instead of the usual greeting (accounts, then the next order id). */
  readonly greet?: (peer: Peer) => void;
  /** Answers by message id; they replace the usual ones. */
  readonly on?: Readonly<Record<number, Answer>>;
  /** Takes the connection and never says a word. */
  readonly silent?: boolean;
}

export interface ScriptedGateway {
  readonly port: number;
  /** Every message received, handshake left out. */
  readonly received: (readonly string[])[];
  /** Messages with this id. */
  got(id: number): readonly (readonly string[])[];
  /** The latest connection. */
  peer(): Peer;
  openSockets(): number;
  close(): Promise<void>;
}

export const account = "DU1234567";
/** 09:35 in New York. */
export const marketAt = instant("2022-03-14T13:35:00Z");
const max = "1.7976931348623157E308";

export async function scriptedGateway(script: Script = {}): Promise<ScriptedGateway> {
  const received: (readonly string[])[] = [];
  const sockets = new Set<Socket>();
  let latest: Peer | undefined;
  const answers: Readonly<Record<number, Answer>> = { ...usualAnswers, ...script.on };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    if (script.silent) {
      socket.resume();
      return;
    }
    let pending = Buffer.alloc(0);
    let isGreeted = false;
    let clientId = 0;
    const peer: Peer = {
      get clientId() {
        return clientId;
      },
      send: (...fields) => {
        if (!socket.destroyed) socket.write(frame(fields));
      },
      destroy: () => socket.destroy(),
    };
    latest = peer;
    socket.on("data", (data) => {
      pending = Buffer.concat([pending, data]);
      if (!isGreeted && pending.length >= 8) {
        const length = pending.readInt32BE(4);
        if (pending.length < 8 + length) return;
        pending = pending.subarray(8 + length);
        isGreeted = true;
        peer.send(script.serverVersion ?? 178, "20220314 09:35:00 US/Eastern");
      }
      if (!isGreeted) return;
      while (pending.length >= 4 && pending.length >= 4 + pending.readInt32BE(0)) {
        const length = pending.readInt32BE(0);
        const fields = pending
          .subarray(4, 4 + length)
          .toString("utf8")
          .split("\0")
          .slice(0, -1);
        pending = pending.subarray(4 + length);
        received.push(fields);
        if (fields[0] === "71") {
          clientId = Number(fields[2]);
          (script.greet ?? greet)(peer);
        } else answers[Number(fields[0])]?.(fields, peer);
      }
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    received,
    got: (id) => received.filter((fields) => fields[0] === String(id)),
    peer: () => {
      if (!latest) throw new Error("nobody has connected");
      return latest;
    },
    openSockets: () => sockets.size,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

function frame(fields: readonly Field[]): Buffer {
  const payload = Buffer.from(fields.map((field) => `${field}\0`).join(""), "utf8");
  const length = Buffer.alloc(4);
  length.writeInt32BE(payload.length);
  return Buffer.concat([length, payload]);
}

export function greet(peer: Peer): void {
  peer.send(15, 1, `${account},`);
  peer.send(9, 1, 41);
  peer.send(4, 2, -1, 2104, "Market data farm connection is OK:usfarm", "");
}

/** What a healthy gateway with one position says to each request. */
const usualAnswers: Readonly<Record<number, Answer>> = {
  49: (_fields, peer) => peer.send(49, 1, marketAt / 1000),
  6: (_fields, peer) => {
    sendValues(peer);
    sendPortfolio(peer, { conId: 265598, symbol: "AAPL", shares: 300 });
    peer.send(8, 1, "09:35");
    peer.send(54, 1, account);
  },
  61: (_fields, peer) => {
    sendPosition(peer, { conId: 265598, symbol: "AAPL", shares: 300 });
    peer.send(62, 1);
  },
  16: (_fields, peer) => peer.send(53, 1),
  99: (_fields, peer) => peer.send(102),
  7: (fields, peer) => peer.send(55, 1, fields[2] ?? ""),
  91: (fields, peer) => peer.send(93, fields[1] ?? "", 2, 0, 0.0001, 1, 0.01),
};

const usualValues: readonly (readonly [tag: string, value: string, currency: string])[] = [
  ["AccountReady", "true", ""],
  ["NetLiquidation", "1012345.67", "USD"],
  ["TotalCashValue", "961000.11", "USD"],
  ["GrossPositionValue", "51345.56", "USD"],
  ["InitMarginReq", "25672.78", "USD"],
  ["MaintMarginReq", "12836.39", "USD"],
  ["AvailableFunds", "986672.89", "USD"],
  ["ExcessLiquidity", "999509.28", "USD"],
  ["ExcessLiquidity-S", "1.00", "USD"],
  ["CashBalance", "960000.11", "USD"],
  ["CashBalance", "1500.00", "AUD"],
  ["CashBalance", "961000.11", "BASE"],
  ["ExchangeRate", "1.00", "USD"],
  ["ExchangeRate", "0.66667", "AUD"],
  ["ExchangeRate", "1.00", "BASE"],
];

/** The account's values; those named here replace the usual ones, an undefined one is left out. */
export function sendValues(peer: Peer, changed: Readonly<Record<string, string | undefined>> = {}): void {
  for (const [tag, value, currency] of usualValues) {
    const said = tag in changed ? changed[tag] : value;
    if (said !== undefined) peer.send(6, 2, tag, said, currency, account);
  }
}

/** A frame as such frames are usually written down: "|" ends a field. */
function sendText(peer: Peer, text: string): void {
  peer.send(...text.split("|").slice(0, -1));
}

interface Holding {
  readonly conId: number;
  readonly symbol: string;
  readonly shares: number;
  readonly currency?: string;
}

export function sendPortfolio(peer: Peer, { conId, symbol, shares, currency = "USD" }: Holding): void {
  const [price, cost] = [171.25, 160.5];
  const value = (shares * price).toFixed(2);
  const unrealized = (shares * (price - cost)).toFixed(2);
  peer.send(
    7,
    8,
    conId,
    symbol,
    "STK",
    "",
    0,
    "",
    "",
    "NASDAQ",
    currency,
    symbol,
    "NMS",
    shares,
    price,
    value,
    cost,
    unrealized,
    77.5,
    account,
  );
}

export function sendPosition(
  peer: Peer,
  { conId, symbol, shares, currency = "USD" }: Holding,
  of = account,
): void {
  peer.send(61, 3, of, conId, symbol, "STK", "", 0, "", "", "NASDAQ", currency, symbol, "NMS", shares, 160.5);
}

export interface WireOrder {
  readonly orderId: number;
  readonly permId: number;
  readonly clientId?: number;
  readonly orderRef: string;
  readonly conId?: number;
  readonly symbol?: string;
  readonly action?: "BUY" | "SELL";
  readonly shares?: number;
  readonly limitPrice?: number;
  readonly status?: string;
  /** As it is shown: real gateways show an order that an algorithm works as IBALGO. */
  readonly orderType?: string;
  readonly algoStrategy?: string;
  readonly account?: string;
}

export function sendOpenOrder(peer: Peer, order: WireOrder): void {
  const {
    orderId,
    permId,
    clientId = peer.clientId,
    orderRef,
    status = "Submitted",
    orderType = "LMT",
    algoStrategy = "Adaptive",
  } = order;
  const { conId = 265598, symbol = "AAPL", action = "BUY", shares = 100, limitPrice = 171.43 } = order;
  const algo = algoStrategy === "" ? "" : `${algoStrategy}|1|adaptivePriority|Normal`;
  const nineMargins = Array.from({ length: 9 }, () => max).join("|");
  sendText(
    peer,
    `5|${orderId}|${conId}|${symbol}|STK||0|?||SMART|USD|${symbol}|NMS|${action}|${shares}|${orderType}|${limitPrice}|0.0|DAY||` +
      `${order.account ?? account}||0|${orderRef}|${clientId}|${permId}|0|0|0||${permId}.0/${account}/100|||||||||0||-1|` +
      `0||||||2147483647|0|0|0||3|0|0||0|0||0|None||0||||?|0|0||0|0||||||0|0|0|2147483647|2147483647|||0||IB|0|0|` +
      `${algo}|0|0|${status}|${nineMargins}||||||0|0|0|None|${max}|${max}|${max}|${max}|${max}|${max}|0||||0|1|0|0|0||` +
      "|0||100|0.02|||",
  );
}

export function sendStatus(
  peer: Peer,
  { orderId, permId, clientId = peer.clientId, shares = 100 }: WireOrder,
  status: string,
  filled = 0,
  whyHeld = "",
): void {
  peer.send(
    3,
    orderId,
    status,
    filled,
    shares - filled,
    filled > 0 ? 171.4 : 0,
    permId,
    0,
    filled > 0 ? 171.4 : 0,
    clientId,
    whyHeld,
    0,
  );
}

export interface WireExecution {
  readonly execId: string;
  readonly shares: number;
  readonly price?: number;
  /** −1 when it is told as it happens. */
  readonly requestId?: Field;
  readonly account?: string;
  readonly time?: string;
}

export function sendExecution(peer: Peer, order: WireOrder, execution: WireExecution): void {
  const {
    orderId,
    permId,
    clientId = peer.clientId,
    orderRef,
    conId = 265598,
    symbol = "AAPL",
    action = "BUY",
  } = order;
  const { execId, shares, price = 171.4, requestId = -1, time = "20220314 09:35:07 US/Eastern" } = execution;
  const side = action === "BUY" ? "BOT" : "SLD";
  sendText(
    peer,
    `11|${requestId}|${orderId}|${conId}|${symbol}|STK||0.0|||SMART|USD|${symbol}|NMS|${execId}|${time}|` +
      `${execution.account ?? account}|ISLAND|${side}|${shares}|${price}|${permId}|${clientId}|0|${shares}|${price}|` +
      `${orderRef}||||1|0|`,
  );
}

export function sendCommission(peer: Peer, execId: string, commission: Field, realized: Field = max): void {
  peer.send(59, 1, execId, commission, "USD", realized, max, "");
}

export function sendCompletedOrder(peer: Peer, order: WireOrder, filled: Field): void {
  const {
    permId,
    orderRef,
    conId = 265598,
    symbol = "AAPL",
    action = "BUY",
    shares = 100,
    limitPrice = 171.43,
  } = order;
  sendText(
    peer,
    `101|${conId}|${symbol}|STK||0|?||SMART|USD|${symbol}|NMS|${action}|${shares}|LMT|${limitPrice}|0.0|DAY||${account}||` +
      `0|${orderRef}|${permId}|0|0|0||||||||||0||-1||||||2147483647|0|0||3|0||0|None||0|0|0||0|0||||0|0|0|2147483647|` +
      `2147483647||||IB|0|0|Adaptive|1|adaptivePriority|Normal|0|${order.status ?? "Filled"}|0|0|0|${limitPrice + 1}|` +
      `${max}|0|1|0||${filled}|2147483647|0|Not an insider or substantial shareholder|0|0|9223372036854775807|` +
      "20220314 09:36:00 US/Eastern|Filled Size: 100||||||",
  );
}

export function sendContract(
  peer: Peer,
  requestId: Field,
  contract: {
    conId: number;
    symbol: string;
    currency?: string;
    primaryExchange?: string;
    rules?: string;
    hours?: string;
  },
): void {
  const { conId, symbol, currency = "USD", primaryExchange = "NASDAQ", rules = "557,26,32" } = contract;
  const { hours = "20220314:0930-20220314:1600;20220315:0930-20220315:1300;20220316:CLOSED" } = contract;
  sendText(
    peer,
    `10|${requestId}|${symbol}|STK||0||SMART|${currency}|${symbol}|NMS|NMS|${conId}|0.01||LMT,MKT|AMEX,SMART,NYSE|1|0|` +
      `${symbol} Inc|${primaryExchange}||Technology|Computers|Computers|US/Eastern|${hours}|${hours}||0|1|ISIN|` +
      `US0378331005|1|||${rules}||COMMON|1|1|100|`,
  );
}

/** A connection to a scripted gateway, and the way to close both. */
export async function connectedTo(
  script: Script = {},
  changed: Partial<ConnectionRequest> = {},
  options: Partial<IbBrokerageOptions> = {},
): Promise<{
  gateway: ScriptedGateway;
  broker: Broker;
  events: readonly RunEvent[];
  close(): Promise<void>;
}> {
  const gateway = await scriptedGateway(script);
  const { brokerage, events } = journaled(options);
  const connected = await brokerage.connect(requestTo(gateway.port, changed));
  if (!connected.ok) throw new Error(JSON.stringify(connected.findings));
  const broker = connected.value;
  const close = async (): Promise<void> => {
    await broker[Symbol.asyncDispose]();
    await gateway.close();
  };
  return { gateway, broker, events, close };
}

/** Long enough for what was written to a loopback socket to have been heard. */
export async function moment(): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, 60);
  });
}

/** The value of a good result; throws with the findings of any other. */
export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.findings));
  return result.value;
}

/** The host's clock of a test: it stands still, and its `sleep` returns at once. */
const testClock: Clock = {
  now: () => marketAt,
  monotonicMs: () => 0,
  sleep: async () => {},
};

export function requestTo(port: number, changed: Partial<ConnectionRequest> = {}): ConnectionRequest {
  return {
    host: "127.0.0.1",
    port,
    clientId: 7,
    account,
    live: false,
    maxClockSkewSeconds: 5,
    connectDeadlineSeconds: 1,
    requestDeadlineSeconds: 1,
    messagesPerSecond: 1000,
    marketDataLines: 90,
    ...changed,
  };
}

/** A brokerage over the adapter, with what it wrote to the journal. */
export function journaled(options: Partial<IbBrokerageOptions> = {}) {
  const events: RunEvent[] = [];
  const brokerage = ibBrokerage({
    clock: testClock,
    journal: { append: (event) => events.push(event) },
    quoteDeadlineSeconds: 0.5,
    ...options,
  });
  return { brokerage, events };
}

export function instrumentOf(symbol = "AAPL", conId = 265598): Instrument {
  return {
    conId,
    symbol,
    securityType: "STK",
    primaryExchange: "NASDAQ",
    currency: "USD",
    multiplier: 1,
    priceSteps: [{ lowEdge: 0, increment: 0.01 }],
    timeZone: "US/Eastern",
    sessions: [sessionOn(tradingDate("2022-03-14"), "09:30", "16:00", "US/Eastern")],
    hoursKnownThrough: "2022-03-15",
  };
}

/** Planned orders that passed the gate, by the only door there is: a plan. */
export function clearedOrders(...orders: readonly Partial<PlannedOrder>[]): ClearedOrders {
  const trades = orders.map((changed, index): Trade => {
    const order: PlannedOrder = {
      orderRef: `trader.reb.2022031413.AAPL.B100.${index + 1}.aaaa`,
      role: "rebalance",
      account,
      instrument: instrumentOf(),
      side: "buy",
      shares: 100,
      limitPrice: 171.43,
      decisionPrice: 171.26,
      style: { kind: "adaptive", priority: "Normal" },
      timeInForce: "DAY",
      outsideRegularHours: false,
      ...changed,
    };
    const { conId, symbol, currency } = order.instrument;
    return {
      conId,
      symbol,
      currency,
      currentShares: 0,
      targetShares: sign(order.side) * order.shares,
      currentWeight: 0,
      targetWeight: 0.01,
      plannedWeight: 0.01,
      price: order.decisionPrice,
      adjustments: [],
      reason: "open",
      order,
      value: money("17126", "USD"),
    };
  });
  const plan = { netLiquidation: money("1000000", "USD"), targetLeverage: 1, trades, untouched: [] };
  const cleared = clearedPlan(plan);
  if (!cleared.ok) throw new Error("the test's plan did not pass the gate");
  return cleared.value;
}
