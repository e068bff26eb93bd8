import { sendAll } from "../../testing/send-all.ts";
import type { ExecutionStyle } from "../../trading/execution-style.ts";
import { instant, tradingDate } from "../../trading/instant.ts";
import type { OrderReport, PlannedOrder } from "../../trading/order.ts";
import { findingsOf } from "../../trading/result.ts";
import { sessionOn } from "../../trading/session.ts";
import { clearedOrders, instrumentOf } from "./testing/cleared-orders.ts";
import { connected, moment } from "./testing/connected.ts";
import {
  sendCommission,
  sendExecution,
  sendOpenOrder,
  sendStatus,
  type WireOrder,
} from "./testing/order-messages.ts";
import { account, marketAt } from "./testing/peer.ts";
import { type Script } from "./testing/scripted-gateway.ts";

/** The order that a placeOrder message asks for, with the broker's number for it. */
function wireOrder(fields: readonly string[]): WireOrder {
  const orderId = Number(fields[1]);
  const action = fields[16] === "SELL" ? "SELL" : "BUY";
  const order = { orderId, permId: 70_000 + orderId, orderRef: fields[26] ?? "", action } as const;
  return {
    ...order,
    conId: Number(fields[2]),
    symbol: fields[3] ?? "",
    shares: Number(fields[17]),
    limitPrice: Number(fields[19]),
  };
}

/** Acknowledges every order as the recorded gateway does. */
const acknowledging: Script["on"] = {
  3: (fields, peer) => {
    sendOpenOrder(peer, wireOrder(fields));
    sendStatus(peer, wireOrder(fields), "Submitted");
  },
};

const lives = (reports: readonly OrderReport[]) =>
  reports.map(({ state }) => ("status" in state ? state.status : state.life));

test("an order says on the wire all that we mean, and nothing that we do not (C23, O22)", async () => {
  const { broker, gateway, events } = await connected(acknowledging);
  const sell = clearedOrders({
    orderRef: "trader.reb.2022031413.BRK-B.S37.1.aaaa",
    instrument: instrumentOf("BRK B", 72063691),
    side: "sell",
    shares: 37,
    limitPrice: 318.07,
    style: { kind: "adaptive", priority: "Patient" },
  });
  const [report] = await broker.place(sell, sendAll);
  const [fields = []] = gateway.got(3);
  const said = Object.fromEntries([...fields.entries()].filter(([, value]) => value !== ""));
  expect(said).toMatchObject({
    0: "3",
    1: "41",
    2: "72063691",
    3: "BRK B",
    4: "STK",
    9: "SMART",
    11: "USD",
    16: "SELL",
    17: "37",
    18: "LMT",
    19: "318.07",
    21: "DAY",
    23: account,
    26: "trader.reb.2022031413.BRK-B.S37.1.aaaa",
    27: "1",
    33: "0",
    82: "Adaptive",
    83: "1",
    84: "adaptivePriority",
    85: "Patient",
  });
  // 114 fields without the algorithm's parameter: one less is what a stray option list would leave.
  expect(fields).toHaveLength(117);
  expect(report).toMatchObject({
    orderId: 41,
    permId: 70_041,
    clientId: 7,
    side: "sell",
    orderedShares: 37,
    limitPrice: 318.07,
    state: { life: "working", status: "submitted" },
    filledShares: 0,
    messages: [],
  });
  expect(events.map((event) => event.kind).filter((kind) => kind.startsWith("order"))).toEqual([
    "order-sent",
    "order-changed",
  ]);
});

const sliced = { endAt: instant("2022-03-14T19:15:00Z") } as const;

test.each<[ExecutionStyle, Partial<PlannedOrder>, object, number]>([
  [{ kind: "limit" }, { timeInForce: "IOC" }, { 18: "LMT", 19: "171.43", 21: "IOC", 33: "0" }, 114],
  [
    { kind: "marketable-limit" },
    { outsideRegularHours: true },
    { 18: "LMT", 19: "171.43", 21: "DAY", 33: "1" },
    114,
  ],
  [{ kind: "midprice" }, {}, { 18: "MIDPRICE", 19: "171.43", 82: undefined }, 114],
  [{ kind: "market-on-close" }, {}, { 18: "MOC", 19: undefined, 82: undefined }, 114],
  [{ kind: "twap", ...sliced }, {}, { 18: "LMT", 19: "171.43", 82: "Twap", 83: "3", 86: "endTime" }, 121],
  [
    { kind: "vwap", ...sliced, volumePartMax: 0.07 },
    {},
    { 18: "LMT", 19: "171.43", 82: "Vwap", 83: "4", 84: "maxPctVol", 85: "0.07" },
    123,
  ],
])("style %j with %j says %j", async (style, changed, expected, fieldCount) => {
  const { broker, gateway } = await connected(acknowledging);
  await broker.place(clearedOrders({ style, ...changed }), sendAll);
  const [fields = []] = gateway.got(3);
  for (const [index, value] of Object.entries(expected)) expect(fields[Number(index)]).toBe(value ?? "");
  // What is left out is an empty field, never one less.
  expect(fields).toHaveLength(fieldCount);
});

test("order ids go upward from the offered one and above every id that was shown (O01)", async () => {
  const { broker, gateway } = await connected({
    ...acknowledging,
    16: (_fields, peer) => {
      sendOpenOrder(peer, { orderId: 500, permId: 9, clientId: 3, orderRef: "somebody" });
      sendOpenOrder(peer, { orderId: 2_147_483_647, permId: 10, clientId: 0, orderRef: "" });
      peer.send(53, 1);
    },
  });
  await broker.place(clearedOrders({}), sendAll);
  await broker.openOrders();
  await broker.place(
    clearedOrders(
      { orderRef: "trader.reb.2022031413.AAPL.B1.2.aaaa" },
      { orderRef: "trader.reb.2022031413.AAPL.B1.3.aaaa" },
    ),
    sendAll,
  );
  expect(gateway.got(3).map((fields) => fields[1])).toEqual(["41", "501", "502"]);
});

test("C21: the first order goes alone; the rest only once it is acknowledged", async () => {
  let sentBeforeAcknowledged = 0;
  const { broker, gateway } = await connected({
    3: (fields, peer) => {
      setTimeout(() => {
        sentBeforeAcknowledged ||= gateway.got(3).length;
        sendOpenOrder(peer, wireOrder(fields));
      }, 80);
    },
  });
  const reports = await broker.place(clearedOrders({}, {}, {}), sendAll);
  expect(lives(reports)).toEqual(["submitted", "submitted", "submitted"]);
  expect(sentBeforeAcknowledged).toBe(1);
});

test("C21, C22: a first order that nobody acknowledges is unknown, and the rest is never sent", async () => {
  const { broker, gateway } = await connected({ 3: () => {} }, { requestDeadlineSeconds: 0.2 });
  const [first, second] = await broker.place(
    clearedOrders({}, { orderRef: "trader.reb.2022031413.AAPL.B100.9.aaaa" }),
    sendAll,
  );
  expect(first).toMatchObject({ state: { life: "unknown" }, orderId: 41, permId: 0 });
  expect(second).toMatchObject({ state: { life: "done", status: "not-sent" }, orderId: 0 });
  expect(second?.messages[0]?.text).toContain("Not sent");
  expect(gateway.got(3)).toHaveLength(1);
});

test("C02: a later order without an answer is unknown, never sent or not sent", async () => {
  const { broker } = await connected(
    {
      3: (fields, peer) =>
        wireOrder(fields).orderId === 41 ? sendOpenOrder(peer, wireOrder(fields)) : undefined,
    },
    { requestDeadlineSeconds: 0.2 },
  );
  expect(lives(await broker.place(clearedOrders({}, {}), sendAll))).toEqual(["submitted", "unknown"]);
});

test("C02: the gateway goes away in the middle: what may have left is unknown, what was held back was not sent", async () => {
  const { broker } = await connected(
    {
      3: (fields, peer) => {
        if (wireOrder(fields).orderId < 43) sendOpenOrder(peer, wireOrder(fields));
        else peer.destroy();
      },
    },
    { messagesPerSecond: 10 },
  );
  const reports = await broker.place(clearedOrders({}, {}, {}, {}, {}, {}), sendAll);
  expect(lives(reports)).toEqual(["submitted", "submitted", "unknown", ...lives(reports).slice(3)]);
  expect(lives(reports).at(-1)).toBe("not-sent");
  expect(reports.at(-1)?.messages[0]).toMatchObject({ code: 504 });
  expect(broker.progress().connected).toBe(false);
});

test("C15: nothing is sent while the gateway has lost its link to the broker, and the rest waits for the next run", async () => {
  const { broker, gateway, events } = await connected({
    3: (fields, peer) => {
      peer.send(4, 2, -1, 1100, "Connectivity between IB and Trader Workstation has been lost.", "");
      sendOpenOrder(peer, wireOrder(fields));
    },
  });
  const reports = await broker.place(clearedOrders({}, {}), sendAll);
  expect(lives(reports)).toEqual(["submitted", "not-sent"]);
  expect(reports[1]?.messages[0]?.code).toBe(1100);
  expect(gateway.got(3)).toHaveLength(1);
  expect(events).toContainEqual(expect.objectContaining({ kind: "broker-notice", code: 1100 }));
});

test("C15: the link is cut before the first order is acknowledged: that one is unknown, the cut is the others' reason", async () => {
  const { broker } = await connected(
    { 3: (_fields, peer) => peer.send(4, 2, -1, 1100, "Connectivity has been lost.", "") },
    { requestDeadlineSeconds: 0.3 },
  );
  const [first, second] = await broker.place(clearedOrders({}, {}), sendAll);
  expect(first?.state).toEqual({ life: "unknown" });
  expect(second).toMatchObject({ state: { life: "done", status: "not-sent" }, messages: [{ code: 1100 }] });
});

test("C03: executions told while the link is cut are counted", async () => {
  const { broker, gateway } = await connected(acknowledging);
  const [report] = await broker.place(clearedOrders({}), sendAll);
  const peer = gateway.peer();
  peer.send(4, 2, -1, 1100, "Connectivity between IB and Trader Workstation has been lost.", "");
  const order = { orderId: 41, permId: 70_041, orderRef: report?.orderRef ?? "" };
  sendExecution(peer, order, { execId: "0000e0d5.1.01.01", shares: 100 });
  await moment();
  expect(broker.progress().orders[0]).toMatchObject({
    filledShares: 100,
    state: { life: "done", status: "filled" },
  });
});

test("each order is asked for right before its bytes leave, and one that must stay does not leave", async () => {
  const { broker, gateway } = await connected(acknowledging);
  const sentBefore: number[] = [];
  const reports = await broker.place(clearedOrders({}, {}, {}), async ({ orderRef }) => {
    sentBefore.push(gateway.got(3).length);
    return orderRef.includes(".2.") ? { code: 0, text: "Not sent: halted." } : undefined;
  });
  // What was asked for is counted once the gateway had it, and only the first order is waited for.
  expect(sentBefore.slice(0, 2)).toEqual([0, 1]);
  expect(gateway.got(3)).toHaveLength(2);
  expect(lives(reports)).toEqual(["submitted", "not-sent", "submitted"]);
});

test("an order whose turn comes after its market's close is not sent: it would trade at the next open", async () => {
  const { broker, gateway } = await connected(acknowledging);
  const closed = sessionOn(tradingDate("2022-03-14"), "09:30", "09:35", "US/Eastern");
  const cleared = clearedOrders(
    { orderRef: "before" },
    { orderRef: "over", instrument: { ...instrumentOf(), sessions: [closed] } },
    { orderRef: "behind" },
  );
  const reports = await broker.place(cleared, sendAll);
  expect(lives(reports)).toEqual(["submitted", "not-sent", "submitted"]);
  expect(reports[1]?.messages).toEqual([{ code: 0, text: "Not sent: its market has closed." }]);
  expect(gateway.got(3).map((fields) => fields[26])).toEqual(["before", "behind"]);
});

test("no more than twenty orders work on one side of a contract, those of others among them", async () => {
  const others = Array.from({ length: 19 }, (_, n): WireOrder => {
    return { orderId: 0, permId: 80_000 + n, clientId: 0, orderRef: "", action: n === 7 ? "SELL" : "BUY" };
  });
  const { broker, gateway } = await connected({
    ...acknowledging,
    16: (_fields, peer) => {
      for (const order of others) sendOpenOrder(peer, order);
      peer.send(53, 1);
    },
  });
  await broker.openOrders();
  const reports = await broker.place(
    clearedOrders({}, {}, {}, { side: "sell" }, { instrument: instrumentOf("MSFT", 272093) }),
    sendAll,
  );
  // Eighteen and two are twenty.
  expect(lives(reports)).toEqual(["submitted", "submitted", "not-sent", "submitted", "submitted"]);
  expect(reports[2]?.messages[0]?.text).toBe("Not sent: 20 orders work on this side of AAPL already.");
  expect(gateway.got(3)).toHaveLength(4);
});

describe("C02: the gateway's restart", () => {
  // The market's clock stands at 09:35 in New York.
  const restartingAt = (time: string) => ({
    restarts: { dailyAt: [time], zone: "America/New_York", minutesBefore: 5, minutesAfter: 3 },
  });

  test.each(["09:40", "09:35", "09:32"])("at %s: nothing is sent, and the order says why", async (time) => {
    const { broker, gateway } = await connected(acknowledging, restartingAt(time));
    expect(await broker.place(clearedOrders({}), sendAll)).toMatchObject([
      {
        state: { life: "done", status: "not-sent" },
        messages: [{ code: 0, text: `Not sent: the gateway restarts at ${time} (America/New_York).` }],
      },
    ]);
    expect(gateway.got(3)).toEqual([]);
  });

  test.each(["09:41", "09:31"])("at %s is far enough away", async (time) => {
    const { broker } = await connected(acknowledging, restartingAt(time));
    expect(lives(await broker.place(clearedOrders({}), sendAll))).toEqual(["submitted"]);
  });

  test.each([
    ["09:36", true],
    ["23:45", false],
  ])("in the middle of a run it is told as such (%s expected: %s)", async (time, isExpected) => {
    const { broker, gateway } = await connected(
      { 16: (_fields, peer) => peer.destroy() },
      restartingAt(time),
    );
    expect(await broker.openOrders()).toMatchObject({
      findings: [
        {
          kind: "connection-lost",
          during: "open orders",
          reset: { at: Date.parse("2022-03-14T13:35:00Z"), isExpected },
        },
      ],
    });
    expect(gateway.openSockets()).toBe(0);
  });

  test("goes by the broker's clock, not by the host's", async () => {
    const tenMinutesAhead: Script["on"] = { 49: (_fields, peer) => peer.send(49, 1, marketAt / 1000 + 600) };
    const { broker, gateway } = await connected(tenMinutesAhead, restartingAt("09:45"));
    expect(lives(await broker.place(clearedOrders({}), sendAll))).toEqual(["not-sent"]);
    gateway.peer().destroy();
    await moment();
    expect(await broker.openOrders()).toMatchObject({
      findings: [{ reset: { at: Date.parse("2022-03-14T13:45:00Z"), isExpected: true } }],
    });
  });

  test("is not told of a connection that was given up here, before or after", async () => {
    const { broker, gateway } = await connected({ 16: (_fields, peer) => peer.send(5, 1, 2, "AAPL") });
    expect(await broker.openOrders()).toMatchObject({ findings: [{ kind: "connection-lost" }] });
    gateway.peer().destroy();
    await moment();
    const [given] = findingsOf(await broker.executions());
    expect(given).toEqual({
      kind: "connection-lost",
      during: "executions",
      detail: expect.stringContaining("505"),
    });
    const other = await connected({});
    await other.broker[Symbol.asyncDispose]();
    expect(await other.broker.openOrders()).toEqual({
      ok: false,
      findings: [{ kind: "connection-lost", during: "open orders", detail: "closed by us" }],
    });
  });
});

describe("refusals and warnings", () => {
  test.each([
    [201, "Order rejected - reason:YOUR ORDER IS NOT ACCEPTED", "O21"],
    [110, "The price does not conform to the minimum price variation for this contract.", "O03"],
    [10243, "Fractional-sized order cannot be placed via API.", "O07"],
    [103, "Duplicate order id", "O01"],
    [
      321,
      "Error validating request.-'bW' : cause - The API interface is currently in Read-Only mode.",
      "C26",
    ],
    [460, "No trading permissions", "O19"],
    [105, "Order being modified does not match original order.", "O01"],
    [200, "The contract description specified for AAPL is ambiguous", "O19"],
    [203, "The security is not available or allowed for this account", "O19"],
    [383, "The following order size exceeds the Size Limit", "O20"],
    [435, "You must specify an account.", "O22"],
    [441, "Algo attributes validation failed", "O41"],
    [10268, "The 'EtradeOnly' order attribute is not supported.", "C23"],
    [100, "Max rate of messages per second has been exceeded:max=50 rec=106 (3)", "D08"],
  ])("%i ends the order at once, with its reason (%s)", async (code, text) => {
    const { broker } = await connected(
      { 3: (fields, peer) => peer.send(4, 2, fields[1] ?? "", code, text, "") },
      { requestDeadlineSeconds: 30 },
    );
    const [report] = await broker.place(clearedOrders({}), sendAll);
    expect(report).toMatchObject({ state: { life: "done", status: "rejected" }, messages: [{ code, text }] });
  });

  test("O16, O17: 201, then openOrder and status Inactive: rejected once, its reason kept", async () => {
    const { broker, events } = await connected({
      3: (fields, peer) => {
        peer.send(4, 2, fields[1] ?? "", 201, "Order rejected - reason:margin", "");
        sendOpenOrder(peer, { ...wireOrder(fields), status: "Inactive" });
        sendStatus(peer, wireOrder(fields), "Inactive");
        sendStatus(peer, wireOrder(fields), "Inactive");
      },
    });
    await broker.place(clearedOrders({}), sendAll);
    await moment();
    expect(broker.progress().orders).toMatchObject([
      {
        state: { life: "done", status: "rejected" },
        messages: [{ code: 201, text: "Order rejected - reason:margin" }],
      },
    ]);
    expect(events.filter((event) => event.kind === "order-changed")).toHaveLength(1);
  });

  test.each([399, 404, 492, 10349, 2109, 2137])("O13: %i is a warning: the order lives", async (code) => {
    const { broker } = await connected({
      3: (fields, peer) => {
        peer.send(4, 2, fields[1] ?? "", code, "Order Message:\nWarning: …", "");
        sendOpenOrder(peer, { ...wireOrder(fields), status: "PreSubmitted" });
      },
    });
    const [report] = await broker.place(clearedOrders({}), sendAll);
    expect(report).toMatchObject({
      state: { life: "working", status: "pre-submitted" },
      messages: [{ code }],
    });
  });

  test("O15: Inactive that waits for stock to borrow still works", async () => {
    const { broker } = await connected({
      3: (fields, peer) => {
        sendStatus(peer, wireOrder(fields), "Inactive", 0, "locate");
      },
    });
    expect(lives(await broker.place(clearedOrders({ side: "sell" }), sendAll))).toEqual([
      "waiting-for-locate",
    ]);
  });

  test("an unlisted code ends the wait and decides nothing: the order is unknown, with the code that was told", async () => {
    const { broker, gateway } = await connected(
      { 3: (fields, peer) => peer.send(4, 2, fields[1] ?? "", 19_999, "who knows", "") },
      { requestDeadlineSeconds: 30 },
    );
    const [report] = await broker.place(clearedOrders({}), sendAll);
    expect(report).toMatchObject({ state: { life: "unknown" }, messages: [{ code: 19_999 }] });
    // Whatever follows is still heard.
    sendStatus(gateway.peer(), firstOrder(report), "Submitted");
    await moment();
    expect(broker.progress().orders).toMatchObject([{ state: { life: "working", status: "submitted" } }]);
  });

  test("C23: an unlisted code is all that is said of the first order: it may be said of every one, so no other is sent", async () => {
    const { broker, gateway } = await connected(
      { 3: (fields, peer) => peer.send(4, 2, fields[1] ?? "", 19_999, "no such field", "") },
      { requestDeadlineSeconds: 30 },
    );
    const reports = await broker.place(clearedOrders({}, {}), sendAll);
    expect(reports).toMatchObject([
      { state: { life: "unknown" } },
      {
        state: { life: "done", status: "not-sent" },
        messages: [{ code: 19_999, text: expect.stringContaining("no such field") }],
      },
    ]);
    expect(gateway.got(3)).toHaveLength(1);
  });

  test("an unlisted code before the acknowledgement holds nothing up", async () => {
    const { broker } = await connected({
      3: (fields, peer) => {
        peer.send(4, 2, fields[1] ?? "", 19_999, "a new warning", "");
        setTimeout(() => sendOpenOrder(peer, wireOrder(fields)), 100);
      },
    });
    const reports = await broker.place(clearedOrders({}, {}), sendAll);
    expect(lives(reports)).toEqual(["submitted", "unknown"]);
    await moment();
    await moment();
    expect(lives(broker.progress().orders)).toEqual(["submitted", "submitted"]);
  });

  test.each([
    [10349, "pending-submit", "O13"],
    [399, "pending-submit", "O13"],
    [404, "waiting-for-locate", "O15"],
  ])("%i alone says that the order lives: %s (%s)", async (code, status) => {
    const { broker } = await connected(
      { 3: (fields, peer) => peer.send(4, 2, fields[1] ?? "", code, "Order Message", "") },
      { requestDeadlineSeconds: 0.2 },
    );
    const [report] = await broker.place(clearedOrders({}), sendAll);
    expect(report).toMatchObject({ state: { life: "working", status }, permId: 0, messages: [{ code }] });
  });

  test("O15: 404 after the acknowledgement: it waits for stock, until a status says that it works", async () => {
    const { broker, gateway } = await connected(acknowledging);
    const [report] = await broker.place(clearedOrders({ side: "sell" }), sendAll);
    gateway.peer().send(4, 2, 41, 404, "Order held while securities are located.", "");
    await moment();
    expect(lives(broker.progress().orders)).toEqual(["waiting-for-locate"]);
    sendStatus(gateway.peer(), firstOrder(report), "Submitted");
    await moment();
    expect(lives(broker.progress().orders)).toEqual(["submitted"]);
  });

  test.each([10349, 404])("O17: %i, then 201: rejected all the same", async (code) => {
    const { broker } = await connected(
      {
        3: (fields, peer) => {
          peer.send(4, 2, fields[1] ?? "", code, "Order Message", "");
          peer.send(4, 2, fields[1] ?? "", 201, "Order rejected - reason:no stock to borrow", "");
        },
      },
      { requestDeadlineSeconds: 30 },
    );
    const [report] = await broker.place(clearedOrders({}), sendAll);
    expect(report).toMatchObject({
      state: { life: "done", status: "rejected" },
      messages: [{ code }, { code: 201, advice: "margin-or-permission" }],
    });
  });

  test("202 right after sending: ended by the broker, with its reason", async () => {
    const { broker } = await connected(
      {
        3: (fields, peer) => peer.send(4, 2, fields[1] ?? "", 202, "Order Canceled - reason:too far", ""),
      },
      { requestDeadlineSeconds: 30 },
    );
    const [report] = await broker.place(clearedOrders({}), sendAll);
    expect(report).toMatchObject({
      state: { life: "done", status: "cancelled" },
      messages: [{ code: 202, advice: "ended-by-broker" }],
    });
  });

  test("O27: 104 on a new order says that its number belongs to a filled one: ours was not taken", async () => {
    const { broker } = await connected(
      {
        3: (fields, peer) => peer.send(4, 2, fields[1] ?? "", 104, "Cannot modify a filled order.", ""),
      },
      { requestDeadlineSeconds: 30 },
    );
    const [report] = await broker.place(clearedOrders({}), sendAll);
    expect(report).toMatchObject({ state: { life: "done", status: "rejected" }, filledShares: 0 });
  });

  test("O27: 104, and yet it was filled: executions have the last word", async () => {
    const { broker, gateway } = await connected({
      3: (fields, peer) => peer.send(4, 2, fields[1] ?? "", 104, "Cannot modify a filled order.", ""),
    });
    const [report] = await broker.place(clearedOrders({}), sendAll);
    sendExecution(gateway.peer(), firstOrder(report), { execId: "0000e0d5.1.01.01", shares: 100 });
    await moment();
    expect(broker.progress().orders).toMatchObject([
      { state: { life: "done", status: "filled" }, filledShares: 100 },
    ]);
  });

  test("C21: the first order that is sent goes alone, also when the one before it stays here", async () => {
    const { broker, gateway } = await connected({ 3: () => {} }, { requestDeadlineSeconds: 0.2 });
    const closed = sessionOn(tradingDate("2022-03-14"), "09:30", "09:35", "US/Eastern");
    const reports = await broker.place(
      clearedOrders({ instrument: { ...instrumentOf(), sessions: [closed] } }, {}, {}),
      sendAll,
    );
    expect(lives(reports)).toEqual(["not-sent", "unknown", "not-sent"]);
    expect(gateway.got(3)).toHaveLength(1);
  });

  test("O41: an order that comes back without its algorithm says so", async () => {
    const { broker } = await connected({
      3: (fields, peer) => sendOpenOrder(peer, { ...wireOrder(fields), algoStrategy: "" }),
    });
    const [report] = await broker.place(clearedOrders({}), sendAll);
    expect(report?.messages[0]?.text).toContain("without its Adaptive algorithm");
  });
});

/** The first order of a connection, as the gateway names it. */
function firstOrder(report: OrderReport | undefined): WireOrder {
  return { orderId: 41, permId: 70_041, orderRef: report?.orderRef ?? "" };
}

describe("fills", () => {
  test("O33: an execution before any other word on the order is an acknowledgement, and counts", async () => {
    const { broker } = await connected({
      3: (fields, peer) =>
        sendExecution(peer, wireOrder(fields), { execId: "0000e0d5.1.01.01", shares: 40, price: 171.11 }),
    });
    const [report] = await broker.place(clearedOrders({}), sendAll);
    expect(report).toMatchObject({ permId: 70_041, filledShares: 40, averageFillPrice: 171.11 });
    expect(report?.state.life).not.toBe("done");
  });

  test("O33: a commission that comes before its execution is not lost", async () => {
    const { broker, gateway } = await connected(acknowledging);
    const [report] = await broker.place(clearedOrders({}), sendAll);
    sendCommission(gateway.peer(), "0000e0d5.1.01.01", 1.0355);
    sendExecution(gateway.peer(), firstOrder(report), { execId: "0000e0d5.1.01.01", shares: 40 });
    await moment();
    expect(broker.progress().executions).toMatchObject([
      { shares: 40, commission: { currency: "USD", e6: 1_035_500n } },
    ]);
  });

  test("O34: repeated statuses and executions count once; the average is of the executions", async () => {
    const { broker, gateway } = await connected(acknowledging);
    const [report] = await broker.place(clearedOrders({}), sendAll);
    const peer = gateway.peer();
    for (let twice = 0; twice < 2; twice++) {
      sendExecution(peer, firstOrder(report), { execId: "0000e0d5.1.01.01", shares: 30, price: 171 });
      sendStatus(peer, firstOrder(report), "Submitted", 30);
      sendExecution(peer, firstOrder(report), { execId: "0000e0d5.2.01.01", shares: 10, price: 171.4 });
      sendStatus(peer, firstOrder(report), "Submitted", 40);
    }
    await moment();
    expect(broker.progress().orders).toMatchObject([{ filledShares: 40, averageFillPrice: 171.1 }]);
    expect(broker.progress().executions.map(({ shares }) => shares)).toEqual([30, 10]);
  });

  test("S05: a Filled that comes before its executions is not yet done", async () => {
    const { broker, gateway } = await connected(acknowledging);
    const [report] = await broker.place(clearedOrders({}), sendAll);
    sendOpenOrder(gateway.peer(), { ...firstOrder(report), status: "Filled" });
    await moment();
    expect(broker.progress().orders).toMatchObject([{ state: { life: "working" }, filledShares: 0 }]);
    sendStatus(gateway.peer(), firstOrder(report), "Filled", 100);
    await moment();
    expect(broker.progress().orders).toMatchObject([{ state: { life: "working" }, filledShares: 0 }]);
    sendExecution(gateway.peer(), firstOrder(report), { execId: "0000e0d5.1.01.01", shares: 100 });
    await moment();
    expect(broker.progress().orders).toMatchObject([
      { state: { life: "done", status: "filled" }, filledShares: 100 },
    ]);
  });

  test("O32: a straggling Submitted does not bring a filled order back to life", async () => {
    const { broker, gateway } = await connected(acknowledging);
    const [report] = await broker.place(clearedOrders({}), sendAll);
    sendExecution(gateway.peer(), firstOrder(report), { execId: "0000e0d5.1.01.01", shares: 100 });
    sendStatus(gateway.peer(), firstOrder(report), "Filled", 100);
    sendStatus(gateway.peer(), firstOrder(report), "Submitted", 60);
    await moment();
    expect(broker.progress().orders).toMatchObject([{ state: { life: "done", status: "filled" } }]);
  });

  test("O32: nor a cancelled one", async () => {
    const { broker, gateway } = await connected(acknowledging);
    const [report] = await broker.place(clearedOrders({}), sendAll);
    sendStatus(gateway.peer(), firstOrder(report), "Cancelled");
    sendStatus(gateway.peer(), firstOrder(report), "Submitted");
    await moment();
    expect(broker.progress().orders).toMatchObject([{ state: { life: "done", status: "cancelled" } }]);
  });

  test("S05, O10: an end that comes before its fills is pending until they are heard", async () => {
    const { broker, gateway } = await connected(acknowledging);
    const [report] = await broker.place(clearedOrders({}), sendAll);
    sendStatus(gateway.peer(), firstOrder(report), "Cancelled", 40);
    await moment();
    const pending = { life: "working", status: "pending-cancel" };
    expect(broker.progress().orders).toMatchObject([{ state: pending, filledShares: 0 }]);
    sendExecution(gateway.peer(), firstOrder(report), { execId: "0000e0d5.1.01.01", shares: 40 });
    await moment();
    const ended = { life: "done", status: "cancelled" };
    expect(broker.progress().orders).toMatchObject([{ state: ended, filledShares: 40 }]);
  });

  test("a correction replaces the execution that it corrects, and takes no older word after it", async () => {
    const { broker, gateway } = await connected(acknowledging);
    const [report] = await broker.place(clearedOrders({}), sendAll);
    const peer = gateway.peer();
    sendExecution(peer, firstOrder(report), { execId: "0000e0d5.1.01.01", shares: 60, price: 171.5 });
    sendExecution(peer, firstOrder(report), { execId: "0000e0d5.1.01.02", shares: 50, price: 171.3 });
    sendExecution(peer, firstOrder(report), { execId: "0000e0d5.1.01.01", shares: 60, price: 171.5 });
    await moment();
    expect(broker.progress().executions).toMatchObject([
      { execId: "0000e0d5.1.01.02", shares: 50, price: 171.3 },
    ]);
    expect(broker.progress().orders).toMatchObject([{ filledShares: 50, averageFillPrice: 171.3 }]);
  });

  test("O38: the commission comes later, may be a rebate, and unset profit is not zero", async () => {
    const { broker, gateway } = await connected(acknowledging);
    const [report] = await broker.place(clearedOrders({}), sendAll);
    const peer = gateway.peer();
    sendExecution(peer, firstOrder(report), { execId: "0000e0d5.1.01.01", shares: 60 });
    await moment();
    expect(broker.progress().executions).toMatchObject([{ commission: undefined, realizedPnl: undefined }]);
    sendCommission(peer, "0000e0d5.1.01.01", "1.7976931348623157E308");
    await moment();
    expect(broker.progress()).toMatchObject({ connected: true, executions: [{ commission: undefined }] });
    sendCommission(peer, "0000e0d5.1.01.01", "-0.125");
    sendCommission(peer, "unknown.execution.01.01", 1);
    await moment();
    expect(broker.progress().executions).toMatchObject([
      { commission: { currency: "USD", e6: -125_000n }, realizedPnl: undefined },
    ]);
  });

  test("a short sale's execution is a sell, at the exchange's own time", async () => {
    const { broker } = await connected({
      3: (fields, peer) =>
        sendExecution(peer, wireOrder(fields), { execId: "0000e0d5.1.01.01", shares: 100, price: 171.61 }),
    });
    await broker.place(clearedOrders({ side: "sell" }), sendAll);
    expect(broker.progress().executions).toMatchObject([
      {
        side: "sell",
        shares: 100,
        price: 171.61,
        executedAt: Date.parse("2022-03-14T13:35:07Z"),
        exchange: "ISLAND",
        conId: 265598,
      },
    ]);
  });

  test("C01: an order id that the gateway gives again belongs to two orders, told apart by permId and reference", async () => {
    const { broker, gateway } = await connected({
      ...acknowledging,
      16: (_fields, peer) => {
        sendOpenOrder(peer, {
          orderId: 41,
          permId: 5,
          orderRef: "trader.reb.2022031412.AAPL.B9.1.aaaa",
          shares: 9,
        });
        peer.send(53, 1);
        // Only then the gateway forgets: it would offer the id again.
      },
    });
    const old = { orderId: 41, permId: 5, orderRef: "trader.reb.2022031412.AAPL.B9.1.aaaa", shares: 9 };
    await broker.place(clearedOrders({}), sendAll);
    await broker.openOrders();
    const peer = gateway.peer();
    sendStatus(peer, old, "Filled", 9);
    sendExecution(peer, old, { execId: "0000e0d5.9.01.01", shares: 9 });
    await moment();
    expect(broker.progress().orders).toMatchObject([
      { permId: 70_041, filledShares: 0, state: { life: "working" } },
    ]);
  });
});

test("C01: word on an order that had the same id before a restart does not touch ours", async () => {
  const { broker, gateway } = await connected(acknowledging);
  const [report] = await broker.place(clearedOrders({}), sendAll);
  const before = { ...firstOrder(report), permId: 5, orderRef: "trader.reb.2022031412.AAPL.B9.1.aaaa" };
  sendStatus(gateway.peer(), before, "Cancelled");
  sendOpenOrder(gateway.peer(), { ...before, status: "Cancelled" });
  sendExecution(gateway.peer(), before, { execId: "0000e0d5.9.01.01", shares: 100 });
  await moment();
  expect(broker.progress().orders).toMatchObject([
    {
      permId: 70_041,
      orderRef: report?.orderRef,
      filledShares: 0,
      state: { life: "working", status: "submitted" },
    },
  ]);
});

test("O37: what was handed over has left before the connection closes", async () => {
  const { broker, gateway } = await connected(acknowledging, { messagesPerSecond: 10 });
  const requests = Array.from({ length: 5 }, () => broker.executions());
  await broker[Symbol.asyncDispose]();
  await Promise.all(requests);
  await moment();
  expect(gateway.got(7)).toHaveLength(5);
});

test("D08: no more than the message rate, however many orders", async () => {
  const arrivals: number[] = [];
  const { broker } = await connected(
    {
      3: (fields, peer) => {
        arrivals.push(performance.now());
        sendOpenOrder(peer, wireOrder(fields));
      },
    },
    { messagesPerSecond: 49 },
  );
  await broker.place(clearedOrders(...Array.from({ length: 24 }, () => ({}))), sendAll);
  expect((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0)).toBeGreaterThan(450);
});
