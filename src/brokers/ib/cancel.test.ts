import type { OrderReport } from "../../trading/order.ts";
import { sendPortfolio, sendPosition, sendValues } from "./testing/account-messages.ts";
import { connected, valueOf } from "./testing/connected.ts";
import { earlierOrder, sendExecution, sendOpenOrder, sendStatus } from "./testing/order-messages.ts";
import { account, type Peer } from "./testing/peer.ts";
import { type Script } from "./testing/scripted-gateway.ts";

function list(peer: Peer): void {
  sendOpenOrder(peer, earlierOrder);
  sendStatus(peer, earlierOrder, "Submitted", 40);
  peer.send(53, 1);
}

/** Connects and cancels what is open; `onCancel` is what the gateway then says. */
async function cancel(onCancel: (peer: Peer) => void, on: Script["on"] = {}, changed = {}) {
  const { broker, gateway } = await connected(
    { 16: (_fields, peer) => list(peer), 4: (_fields, peer) => onCancel(peer), ...on },
    { requestDeadlineSeconds: 0.3, ...changed },
  );
  const orders = valueOf(await broker.openOrders());
  return { broker, gateway, orders, cancelled: await broker.cancel(orders) };
}

const earlierFill = (fields: readonly string[], peer: Peer, shares = 40): void => {
  sendExecution(peer, earlierOrder, { execId: "0000e0d5.1.01.01", shares, requestId: fields[2] ?? "" });
  peer.send(55, 1, fields[2] ?? "");
};

test("confirmed by a status: the fills of before are looked up and kept", async () => {
  const { cancelled, gateway, broker } = await cancel(
    (peer) => {
      sendStatus(peer, earlierOrder, "PendingCancel", 40);
      sendStatus(peer, earlierOrder, "Cancelled", 40);
      peer.send(4, 2, 33, 202, "Order Canceled - reason:", "");
    },
    { 7: earlierFill },
  );
  expect(valueOf(cancelled)).toMatchObject([
    {
      orderRef: earlierOrder.orderRef,
      state: { life: "done", status: "cancelled" },
      filledShares: 40,
      averageFillPrice: 171.4,
      side: "sell",
    },
  ]);
  expect(gateway.got(4).map((fields) => fields[2])).toEqual(["33"]);
  expect(broker.progress().orders).toHaveLength(1);
});

test("confirmed by 202 alone", async () => {
  const { cancelled } = await cancel((peer) => peer.send(4, 2, 33, 202, "Order Canceled - reason:", ""));
  expect(valueOf(cancelled)).toMatchObject([
    { state: { life: "done", status: "cancelled" }, messages: [{ code: 202 }] },
  ]);
});

test("O10: filled while the cancel was under way is filled, not cancelled", async () => {
  const { cancelled } = await cancel(
    (peer) => {
      sendStatus(peer, earlierOrder, "PendingCancel", 40);
      sendExecution(peer, earlierOrder, { execId: "0000e0d5.2.01.01", shares: 60, price: 171.5 });
      sendStatus(peer, earlierOrder, "Filled", 100);
    },
    { 7: earlierFill },
  );
  const [order] = valueOf(cancelled);
  expect(order).toMatchObject({ state: { life: "done", status: "filled" }, filledShares: 100 });
  expect(order?.averageFillPrice).toBeCloseTo(171.46, 10);
});

test.each([
  [10148, "OrderId 33 that needs to be cancelled cannot be cancelled, state: Filled."],
  [10147, "OrderId 33 that needs to be cancelled is not found."],
  [161, "Cancel attempted when order is not in a cancellable state."],
  [135, "Can't find order with id =33"],
  [136, "This order cannot be cancelled."],
  [104, "Cannot modify a filled order."],
])("O08, O09: %i is an answer: what became of the order is looked up", async (code, text) => {
  let lists = 0;
  const { cancelled, gateway } = await cancel(
    (peer) => peer.send(4, 2, 33, code, text, ""),
    {
      16: (_fields, peer) => (lists++ === 0 ? list(peer) : peer.send(53, 1)),
      7: (fields, peer) => earlierFill(fields, peer, 100),
    },
    { requestDeadlineSeconds: 20 },
  );
  expect(valueOf(cancelled)).toMatchObject([
    { state: { life: "done", status: "filled" }, filledShares: 100 },
  ]);
  expect(gateway.got(4)).toHaveLength(1);
});

test.each([
  [321, "Error validating request: the API interface is in Read-Only mode."],
  [100, "Max rate of messages per second has been exceeded"],
  [19_999, "who knows"],
])("O09: %i about a cancel ends its wait: still listed, so unconfirmed", async (code, text) => {
  const startedMs = performance.now();
  const { cancelled } = await cancel(
    (peer) => peer.send(4, 2, 33, code, text, ""),
    {},
    { requestDeadlineSeconds: 20 },
  );
  expect(cancelled).toMatchObject({
    findings: [{ kind: "cancel-unconfirmed", orderRef: earlierOrder.orderRef }],
  });
  expect(performance.now() - startedMs).toBeLessThan(3000);
});

test("O27: 104 about a cancel of an order that seemed to be on its way: what it filled is looked up", async () => {
  let lists = 0;
  const { cancelled } = await cancel(
    (peer) => peer.send(4, 2, 33, 104, "Cannot modify a filled order.", ""),
    {
      16: (_fields, peer) => {
        if (lists++ === 0) sendOpenOrder(peer, { ...earlierOrder, status: "PendingSubmit" });
        peer.send(53, 1);
      },
      7: (fields, peer) => earlierFill(fields, peer, 100),
    },
  );
  expect(valueOf(cancelled)).toMatchObject([{ state: { life: "done", status: "filled" } }]);
});

test("a warning about a cancel does not end its wait", async () => {
  const { cancelled } = await cancel((peer) => {
    peer.send(4, 2, 33, 2137, "a warning", "");
    peer.send(4, 2, 33, 404, "held", "");
    setTimeout(() => sendStatus(peer, earlierOrder, "Cancelled", 0), 80);
  });
  expect(valueOf(cancelled)).toMatchObject([{ state: { life: "done", status: "cancelled" } }]);
});

test("O11: no answer, but the order is not listed any more: it has ended", async () => {
  let lists = 0;
  const { cancelled } = await cancel(() => {}, {
    16: (_fields, peer) => (lists++ === 0 ? list(peer) : peer.send(53, 1)),
    7: earlierFill,
  });
  expect(valueOf(cancelled)).toMatchObject([
    { state: { life: "done", status: "cancelled" }, filledShares: 40 },
  ]);
});

test("no answer, and the list is not told again either: nobody knows, so it has not ended (A07)", async () => {
  let lists = 0;
  const { cancelled } = await cancel(() => {}, {
    16: (_fields, peer) => {
      if (lists++ === 0) list(peer);
    },
    7: earlierFill,
  });
  expect(cancelled).toMatchObject({
    ok: false,
    findings: [
      { kind: "request-unanswered", request: "open orders" },
      { kind: "cancel-unconfirmed", symbol: "AAPL" },
    ],
  });
});

test("no answer and still listed: unconfirmed, by name", async () => {
  const { cancelled } = await cancel((peer) => sendStatus(peer, earlierOrder, "PendingCancel", 40));
  expect(cancelled).toMatchObject({
    ok: false,
    findings: [
      {
        kind: "cancel-unconfirmed",
        orderRef: earlierOrder.orderRef,
        orderId: 33,
        clientId: 7,
        symbol: "AAPL",
      },
    ],
  });
});

test("the connection breaks: unconfirmed", async () => {
  const { cancelled } = await cancel((peer) => peer.destroy());
  expect(cancelled).toMatchObject({ ok: false, findings: [{ kind: "cancel-unconfirmed" }] });
});

test("an order of another client id is not ours to cancel, and nothing is sent", async () => {
  const { broker, gateway } = await connected();
  const foreign: OrderReport = {
    ...earlierOrder,
    clientId: 8,
    account,
    conId: 265598,
    symbol: "AAPL",
    side: "sell",
    orderedShares: 100,
    limitPrice: 171.43,
    state: { life: "working", status: "submitted" },
    filledShares: 0,
    averageFillPrice: undefined,
    messages: [],
  };
  expect(await broker.cancel([foreign])).toMatchObject({
    findings: [{ kind: "order-of-other-client", clientId: 8 }],
  });
  expect(gateway.got(4)).toEqual([]);
});

test("O10: the account read after a cancel shows what was filled during it, however late the positions come", async () => {
  let answers = 0;
  const { broker, gateway } = await cancel(
    (peer) => {
      sendExecution(peer, earlierOrder, { execId: "0000e0d5.2.01.01", shares: 60, price: 171.5 });
      sendStatus(peer, earlierOrder, "Filled", 100);
    },
    {
      7: earlierFill,
      61: (_fields, peer) => {
        sendPosition(peer, { conId: 265598, symbol: "AAPL", shares: 300 });
        peer.send(62, 1);
        answers++;
      },
      6: (_fields, peer) => {
        sendValues(peer);
        sendPortfolio(peer, { conId: 265598, symbol: "AAPL", shares: 300 });
        peer.send(54, 1, account);
      },
    },
    { requestDeadlineSeconds: 1 },
  );
  const reading = broker.account();
  setTimeout(() => {
    sendPosition(gateway.peer(), { conId: 265598, symbol: "AAPL", shares: 240 });
    sendPortfolio(gateway.peer(), { conId: 265598, symbol: "AAPL", shares: 240 });
  }, 150);
  expect(valueOf(await reading).positions).toMatchObject([{ symbol: "AAPL", shares: 240 }]);
  expect(answers).toBe(1);
});
