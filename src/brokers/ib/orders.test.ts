import { executionInstant } from "./exec-time.ts";
import { connected, moment, valueOf } from "./testing/connected.ts";
import {
  earlierOrder,
  sendCommission,
  sendCompletedOrder,
  sendExecution,
  sendOpenOrder,
  sendStatus,
  type WireOrder,
} from "./testing/order-messages.ts";
import { account } from "./testing/peer.ts";

const persons: WireOrder = {
  orderId: 0,
  permId: 80_001,
  clientId: 0,
  orderRef: "",
  symbol: "GME",
  conId: 36285627,
  shares: 5,
};

test("O29, O30: orders of every client and of people, each under its own numbers", async () => {
  const { broker } = await connected({
    16: (_fields, peer) => {
      sendOpenOrder(peer, earlierOrder);
      sendStatus(peer, earlierOrder, "Submitted", 40);
      sendOpenOrder(peer, persons);
      sendStatus(peer, persons, "PreSubmitted");
      sendOpenOrder(peer, { ...persons, permId: 80_002, account: "DU7654321" });
      peer.send(53, 1);
    },
  });
  expect(valueOf(await broker.openOrders())).toMatchObject([
    {
      permId: 70_033,
      orderRef: earlierOrder.orderRef,
      clientId: 7,
      orderId: 33,
      side: "sell",
      orderedShares: 100,
      filledShares: 40,
      limitPrice: 171.43,
      account,
    },
    {
      permId: 80_001,
      orderRef: "",
      clientId: 0,
      orderId: 0,
      symbol: "GME",
      conId: 36285627,
      state: { life: "working", status: "pre-submitted" },
    },
    { permId: 80_002, account: "DU7654321" },
  ]);
  // Listed is not earlierOrder to tell of.
  expect(broker.progress().orders).toEqual([]);
});

test("an order that ends while the list is told is not open", async () => {
  const { broker } = await connected({
    16: (_fields, peer) => {
      sendOpenOrder(peer, earlierOrder);
      sendStatus(peer, earlierOrder, "Cancelled");
      sendOpenOrder(peer, persons);
      peer.send(53, 1);
    },
  });
  expect(valueOf(await broker.openOrders()).map((order) => order.permId)).toEqual([80_001]);
});

test("A07: no end of the list is no answer; an empty list is one", async () => {
  const { broker } = await connected(
    { 16: (_fields, peer) => sendOpenOrder(peer, earlierOrder) },
    { requestDeadlineSeconds: 0.1 },
  );
  expect(await broker.openOrders()).toEqual({
    ok: false,
    findings: [{ kind: "request-unanswered", request: "open orders", deadlineSeconds: 0.1 }],
  });
  const { broker: other } = await connected({});
  expect(await other.openOrders()).toEqual({ ok: true, value: [] });
});

test.each([-1, 2_147_483_647])("C26: a gateway that is set to read-only says so under id %i", async (id) => {
  const { broker } = await connected(
    { 16: (_fields, peer) => peer.send(4, 2, id, 321, "Error validating request.-'yd' : cause - …", "") },
    { requestDeadlineSeconds: 30 },
  );
  expect(await broker.openOrders()).toEqual({
    ok: false,
    findings: [{ kind: "api-read-only", request: "open orders" }],
  });
});

test("completed orders keep reference and fills, without order ids", async () => {
  const { broker, gateway } = await connected({
    99: (_fields, peer) => {
      sendCompletedOrder(peer, { ...earlierOrder, shares: 0 }, 100);
      sendCompletedOrder(
        peer,
        { ...earlierOrder, permId: 70_034, orderRef: "x", status: "Cancelled" },
        "1.7976931348623157E308",
      );
      peer.send(102);
    },
  });
  expect(valueOf(await broker.completedOrders())).toMatchObject([
    {
      permId: 70_033,
      orderRef: earlierOrder.orderRef,
      orderedShares: 100,
      filledShares: 100,
      side: "sell",
      limitPrice: 171.43,
      state: { life: "done", status: "filled" },
    },
    { permId: 70_034, filledShares: 0, state: { life: "done", status: "cancelled" } },
  ]);
  // Of every client, not only what came over the API.
  expect(gateway.got(99)).toEqual([["99", "0"]]);
});

test("C11: a list of completed orders that never ends does not hang", async () => {
  const { broker } = await connected({ 99: () => {} }, { requestDeadlineSeconds: 0.1 });
  expect(await broker.completedOrders()).toMatchObject({
    findings: [{ kind: "request-unanswered", request: "completed orders" }],
  });
});

test("C12: executions are asked for by account, and come with their commissions, corrected, other accounts left out", async () => {
  const { broker, gateway } = await connected({
    7: (fields, peer) => {
      const requestId = fields[2] ?? "";
      sendExecution(peer, earlierOrder, { execId: "0000e0d5.1.01.01", shares: 40, price: 171.4, requestId });
      sendCommission(peer, "0000e0d5.1.01.01", "1.0355", "12.5");
      sendExecution(peer, earlierOrder, { execId: "0000e0d5.2.01.01", shares: 5, requestId });
      sendExecution(peer, earlierOrder, { execId: "0000e0d5.2.01.02", shares: 6, requestId });
      sendExecution(peer, persons, { execId: "0000e0d5.3.01.01", shares: 5, price: 99.5, requestId });
      sendExecution(peer, persons, {
        execId: "0000e0d5.4.01.01",
        shares: 5,
        requestId,
        account: "DU7654321",
      });
      peer.send(55, 1, requestId);
    },
  });
  const executions = valueOf(await broker.executions());
  expect(executions).toMatchObject([
    {
      execId: "0000e0d5.1.01.01",
      orderRef: earlierOrder.orderRef,
      permId: 70_033,
      side: "sell",
      shares: 40,
      price: 171.4,
      account,
      commission: { currency: "USD", e6: 1_035_500n },
      realizedPnl: { currency: "USD", e6: 12_500_000n },
    },
    { execId: "0000e0d5.2.01.02", shares: 6, commission: undefined },
    { execId: "0000e0d5.3.01.01", orderRef: "", symbol: "GME", clientId: 0 },
  ]);
  expect(gateway.got(7)[0]?.slice(3)).toEqual(["", account, "", "", "", "", ""]);
  await broker.executions();
  expect(broker.progress().executions).toHaveLength(3);
});

test("O33: executions of an order that is not known yet count when it is shown", async () => {
  const { broker } = await connected({
    7: (fields, peer) => {
      const requestId = fields[2] ?? "";
      sendExecution(peer, earlierOrder, { execId: "0000e0d5.1.01.01", shares: 15, price: 171.1, requestId });
      sendExecution(peer, earlierOrder, { execId: "0000e0d5.2.01.01", shares: 5, price: 171.5, requestId });
      peer.send(55, 1, requestId);
    },
    16: (_fields, peer) => {
      sendOpenOrder(peer, earlierOrder);
      peer.send(53, 1);
    },
  });
  expect(valueOf(await broker.executions())).toHaveLength(2);
  expect(valueOf(await broker.openOrders())).toMatchObject([
    { orderRef: earlierOrder.orderRef, filledShares: 20, averageFillPrice: 171.2 },
  ]);
});

test("a commission that comes after the list's end is joined to its execution", async () => {
  const { broker, gateway } = await connected({
    7: (fields, peer) => {
      sendExecution(peer, earlierOrder, {
        execId: "0000e0d5.1.01.01",
        shares: 40,
        requestId: fields[2] ?? "",
      });
      peer.send(55, 1, fields[2] ?? "");
    },
  });
  await broker.executions();
  sendCommission(gateway.peer(), "0000e0d5.1.01.01", "1.00");
  await moment();
  expect(broker.progress().executions).toMatchObject([{ commission: { e6: 1_000_000n } }]);
});

test("C24: a message that cannot be decoded ends the trust in this connection, and nothing escapes", async () => {
  const { broker, gateway } = await connected(
    { 16: (_fields, peer) => peer.send(5, 1, 2, "AAPL") },
    { requestDeadlineSeconds: 30 },
  );
  expect(await broker.openOrders()).toMatchObject({
    findings: [{ kind: "connection-lost", detail: expect.stringContaining("505") }],
  });
  expect(broker.progress().connected).toBe(false);
  // What is still told is still heard (C03).
  sendExecution(gateway.peer(), earlierOrder, { execId: "0000e0d5.1.01.01", shares: 40 });
  await moment();
  expect(broker.progress().executions).toHaveLength(1);
});

test("C24: a rejection whose details are no JSON does not end the process", async () => {
  const { broker } = await connected(
    { 16: (_fields, peer) => peer.send(4, 2, 33, 201, "Order rejected", "{not json") },
    { requestDeadlineSeconds: 30 },
  );
  expect(await broker.openOrders()).toMatchObject({ findings: [{ kind: "connection-lost" }] });
});

test("an execution without a readable time is no execution at any time: the connection is not trusted", async () => {
  const { broker } = await connected({
    7: (fields, peer) =>
      sendExecution(peer, earlierOrder, {
        execId: "e.1.01",
        shares: 1,
        requestId: fields[2] ?? "",
        time: "20220314  09:35:07",
      }),
  });
  expect(await broker.executions()).toMatchObject({
    findings: [{ kind: "connection-lost", detail: expect.stringContaining("20220314  09:35:07") }],
  });
});

test.each([
  ["20220314 09:31:05 US/Eastern", "2022-03-14T13:31:05Z"],
  ["20220311  09:31:05 America/New_York", "2022-03-11T14:31:05Z"],
  ["20220314-13:31:05", "2022-03-14T13:31:05Z"],
  ["1647264665", "2022-03-14T13:31:05Z"],
])("Z06: %s is %s", (text, iso) => {
  expect(executionInstant(text)).toBe(Date.parse(iso));
});
