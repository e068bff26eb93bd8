import { readFileSync } from "node:fs";
import type { Broker } from "../../ports.ts";
import { sendAll } from "../../testing/send-all.ts";
import type { OrderReport } from "../../trading/order.ts";
import type { Result } from "../../trading/result.ts";
import { clearedOrders, instrumentOf } from "./testing/cleared-orders.ts";
import { connected, journaled, moment, requestTo } from "./testing/connected.ts";
import { sendContract } from "./testing/contract-message.ts";
import { sendOpenOrder } from "./testing/order-messages.ts";
import { marketAt } from "./testing/peer.ts";
import { greet, type Script, type ScriptedGateway, scriptedGateway } from "./testing/scripted-gateway.ts";

/** A gateway that falls silent at each request in turn: every one ends by its deadline, and nothing is put in its place. */

let gateway: ScriptedGateway | undefined;
afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
});

const impatient = (on: Script["on"], changed = {}) =>
  connected(on, { requestDeadlineSeconds: 0.3, ...changed }, { quoteDeadlineSeconds: 0.3 });

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return (performance.now() - startedMs) / 1000;
}

const silently = (): void => {};

describe("connecting", () => {
  const scripts: readonly (readonly [string, Script])[] = [
    ["the version", { silent: true }],
    ["everything behind the version", { greet: silently }],
    ["the accounts", { greet: (peer) => peer.send(9, 1, 41) }],
    ["the order ids", { greet: (peer) => peer.send(15, 1, "DU1234567") }],
    ["the time", { on: { 49: silently } }],
  ];
  test.each(scripts)("C08, C10, C14: without %s ends by its deadline, and lets go", async (_what, script) => {
    gateway = await scriptedGateway(script);
    const { brokerage } = journaled();
    const request = requestTo(gateway.port, { connectDeadlineSeconds: 0.3 });
    let connection: Result<Broker> | undefined;
    const seconds = await secondsOf(async () => {
      connection = await brokerage.connect(request);
    });
    expect(connection).toMatchObject({ ok: false, findings: [{ kind: "broker-unreachable" }] });
    expect(seconds).toBeGreaterThanOrEqual(0.29);
    expect(seconds).toBeLessThan(1.3);
    await moment();
    expect(gateway.openSockets()).toBe(0);
  });
});

const order: OrderReport = {
  orderRef: "trader.reb.2022031412.AAPL.B100.1.aaaa",
  clientId: 7,
  orderId: 33,
  permId: 70_033,
  account: "DU1234567",
  conId: 265598,
  symbol: "AAPL",
  side: "buy",
  orderedShares: 100,
  limitPrice: 171.43,
  state: { life: "working", status: "submitted" },
  filledShares: 0,
  averageFillPrice: undefined,
  messages: [],
};

const answersWithContract: Script["on"] = {
  9: (fields, peer) => {
    sendContract(peer, fields[2] ?? "", { conId: 265598, symbol: "AAPL" });
    peer.send(52, 1, fields[2] ?? "");
  },
};

/** Message ids that are not answered, and what then comes of the request; at most so many deadlines one after the other. */
const reads: readonly (readonly [
  string,
  {
    readonly silent: readonly number[];
    readonly ask: (broker: Broker) => Promise<Result<unknown>>;
    readonly finding: object;
    readonly deadlines?: number;
    readonly on?: NonNullable<Script["on"]>;
  },
])[] = [
  [
    "open orders",
    { silent: [16], ask: (broker) => broker.openOrders(), finding: { request: "open orders" } },
  ],
  [
    "completed orders (C11)",
    { silent: [99], ask: (broker) => broker.completedOrders(), finding: { request: "completed orders" } },
  ],
  [
    "executions (C12)",
    { silent: [7], ask: (broker) => broker.executions(), finding: { request: "executions" } },
  ],
  ["positions (A07)", { silent: [61], ask: (broker) => broker.account(), finding: { request: "positions" } }],
  [
    "account values (A05)",
    { silent: [6], ask: (broker) => broker.account(), finding: { request: "account updates" } },
  ],
  [
    "a contract (C13)",
    {
      silent: [9],
      ask: (broker) => broker.contracts([{ symbol: "AAPL", currency: "USD" }]),
      finding: { request: "contract AAPL" },
    },
  ],
  [
    "a market rule",
    {
      silent: [91],
      on: answersWithContract,
      ask: (broker) => broker.contracts([{ symbol: "AAPL", currency: "USD" }]),
      finding: { request: "market rule 26" },
    },
  ],
  [
    "a quote (D02)",
    {
      silent: [1],
      ask: (broker) => broker.quotes([instrumentOf()]),
      finding: { kind: "quote-unanswered", symbol: "AAPL" },
    },
  ],
  [
    "a cancel and all that is asked about it (O09, O11)",
    {
      silent: [4, 7, 16, 61],
      ask: (broker) => broker.cancel([order]),
      finding: { request: "executions" },
      deadlines: 3,
    },
  ],
];

test.each(reads)("%s: no answer is told as none, by its deadline", async (_what, { silent, ...read }) => {
  const unanswered = Object.fromEntries(silent.map((id) => [id, silently]));
  const { broker, gateway: server } = await impatient({ ...read.on, ...unanswered });
  let answer: Result<unknown> | undefined;
  const seconds = await secondsOf(async () => {
    answer = await read.ask(broker);
  });
  expect(answer).toMatchObject({
    ok: false,
    findings: expect.arrayContaining([expect.objectContaining(read.finding)]),
  });
  expect(seconds).toBeLessThan(0.3 * (read.deadlines ?? 1) + 0.5);
  // Lists that are kept are asked for anew at half of the time; nothing else is repeated.
  const most = silent.includes(61) || silent.includes(6) ? 3 : 1;
  for (const id of silent) expect(server.got(id).length).toBeLessThanOrEqual(most);
});

describe("orders", () => {
  test("C02, O12: an order that nobody answers is unknown, and is never sent again", async () => {
    const { broker, gateway: server } = await impatient({ 3: silently });
    const reports = await broker.place(clearedOrders({}), sendAll);
    expect(reports).toMatchObject([{ state: { life: "unknown" }, orderId: 41 }]);
    await moment();
    expect(server.got(3)).toHaveLength(1);
  });

  test("C14, C15: a gateway that does not answer right before the first order gets none, and none is on record", async () => {
    let isAnswering = true;
    const { broker, gateway: server } = await impatient({
      49: (_fields, peer) => (isAnswering ? peer.send(49, 1, marketAt / 1000) : undefined),
    });
    isAnswering = false;
    const asked: string[] = [];
    const beforeSend = async ({ orderRef }: { orderRef: string }) => {
      asked.push(orderRef);
      return undefined;
    };
    const reports = await broker.place(clearedOrders({}, {}), beforeSend);
    expect(reports).toMatchObject(
      reports.map(() => ({
        state: { life: "done", status: "not-sent" },
        messages: [{ code: 0, text: expect.stringContaining("did not answer"), advice: "gateway-down" }],
      })),
    );
    expect(reports).toHaveLength(2);
    expect(server.got(3)).toEqual([]);
    expect(server.got(49)).toHaveLength(2);
    expect(asked).toEqual([]);
  });

  test("a gateway that goes away while it is asked gets none", async () => {
    let asked = 0;
    const { broker, gateway: server } = await impatient({
      49: (_fields, peer) => (asked++ === 0 ? peer.send(49, 1, marketAt / 1000) : peer.destroy()),
    });
    expect(await broker.place(clearedOrders({}), sendAll)).toMatchObject([
      { state: { life: "done", status: "not-sent" }, messages: [{ code: 504 }] },
    ]);
    expect(server.got(3)).toEqual([]);
  });

  test("one question is enough for a batch without pauses", async () => {
    const { broker, gateway: server } = await impatient({
      3: (fields, peer) =>
        sendOpenOrder(peer, {
          orderId: Number(fields[1]),
          permId: 70_000 + Number(fields[1]),
          orderRef: fields[26] ?? "",
        }),
    });
    await broker.place(clearedOrders({}, {}, {}), sendAll);
    expect(server.got(49)).toHaveLength(2);
    await broker.place(clearedOrders({ orderRef: "trader.reb.2022031413.AAPL.B100.9.aaaa" }), sendAll);
    expect(server.got(49)).toHaveLength(3);
  });
});

test("C14: asked again after a pause in the middle of a batch", async () => {
  const { broker, gateway: server } = await impatient({
    3: (fields, peer) =>
      sendOpenOrder(peer, {
        orderId: Number(fields[1]),
        permId: 70_000 + Number(fields[1]),
        orderRef: fields[26] ?? "",
      }),
  });
  let sent = 0;
  const slowAtTheThird = async () => {
    if (++sent === 3) await new Promise((resolve) => setTimeout(resolve, 400));
    return undefined;
  };
  const cleared = clearedOrders({}, {}, {}, {});
  expect(await broker.place(cleared, slowAtTheThird)).toMatchObject(
    cleared.orders.map(() => ({ state: { life: "working" } })),
  );
  // Connecting, before the first, and before the one behind the pause.
  expect(server.received.map(([id]) => id).filter((id) => id === "49" || id === "3")).toEqual([
    "49",
    "49",
    "3",
    "3",
    "3",
    "49",
    "3",
  ]);
});

test("closing does not wait for a gateway that has stopped reading", async () => {
  const { broker } = await impatient({});
  expect(await secondsOf(async () => await broker[Symbol.asyncDispose]())).toBeLessThan(1.5);
});

test("C14: the system itself watches a quiet connection", async () => {
  gateway = await scriptedGateway({ greet });
  const { brokerage } = journaled();
  const connection = await brokerage.connect(requestTo(gateway.port));
  if (!connection.ok) throw new Error(JSON.stringify(connection.findings));
  await moment();
  const port = gateway.port.toString(16).toUpperCase().padStart(4, "0");
  // Ours is the end whose peer listens on the gateway's port; timer 02 is the one of keep-alive.
  const ours = readFileSync("/proc/net/tcp", "utf8")
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , remote = "", state]) => remote.endsWith(`:${port}`) && state === "01");
  expect(ours.map(([, , , , , timer = ""]) => timer.slice(0, 2))).toEqual(["02"]);
  await connection.value[Symbol.asyncDispose]();
});
