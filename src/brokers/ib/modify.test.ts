import type { BeforeSend } from "../../ports.ts";
import { sendAll } from "../../testing/send-all.ts";
import type { PlannedOrder } from "../../trading/order.ts";
import { findingsOf } from "../../trading/result.ts";
import { clearedOrders } from "./testing/cleared-orders.ts";
import { connected, moment, valueOf } from "./testing/connected.ts";
import {
  earlierOrder,
  sendExecution,
  sendOpenOrder,
  sendStatus,
  type WireOrder,
} from "./testing/order-messages.ts";
import { type Peer } from "./testing/peer.ts";
import { type Script } from "./testing/scripted-gateway.ts";

/** An Adaptive order of an earlier run as the gateway shows it, forty of its hundred shares already sold. */
const listed: WireOrder = { ...earlierOrder, limitPrice: 172.09, orderType: "IBALGO" };

const terms: Partial<PlannedOrder> = {
  orderRef: listed.orderRef,
  side: "sell",
  shares: 130,
  limitPrice: 171.87,
  style: { kind: "adaptive", priority: "Patient" },
};

/** The order with what a placeOrder message asks for. */
function shown(fields: readonly string[]): WireOrder {
  return { ...listed, shares: Number(fields[17]), limitPrice: Number(fields[19]) };
}

const cancelled = (peer: Peer): void => {
  sendStatus(peer, listed, "Cancelled", 40);
  peer.send(4, 2, 33, 202, "Order Canceled - reason:", "");
};

const executed = (peer: Peer, requestId: string, ...fills: readonly (readonly [string, number])[]): void => {
  for (const [execId, shares] of fills) sendExecution(peer, listed, { execId, shares, requestId });
  peer.send(55, 1, requestId);
};

/** Lists the order, gives it the new terms, and hears what the script says to that. */
async function modify(on: Script["on"], beforeSend: BeforeSend = sendAll, requestDeadlineSeconds = 0.3) {
  const { broker, gateway, events } = await connected(
    {
      16: (_fields, peer) => {
        sendOpenOrder(peer, listed);
        sendStatus(peer, listed, "Submitted", 40);
        peer.send(53, 1);
      },
      4: (_fields, peer) => cancelled(peer),
      7: (fields, peer) => executed(peer, fields[2] ?? "", ["0000e0d5.1.01.01", 40]),
      ...on,
    },
    { requestDeadlineSeconds },
  );
  valueOf(await broker.openOrders());
  return { broker, gateway, events, modified: await broker.modify(clearedOrders(terms), beforeSend) };
}

test("the message is made from our own intent, not from what the gateway shows, and says all of it (O23, O24, O25)", async () => {
  const { gateway, modified, events } = await modify({
    3: (fields, peer) => {
      sendOpenOrder(peer, { ...shown(fields), status: "PreSubmitted" });
      sendStatus(peer, shown(fields), "Submitted", 40);
    },
  });
  expect(gateway.got(3)).toHaveLength(1);
  const [fields = []] = gateway.got(3);
  expect(Object.fromEntries([1, 16, 17, 18, 19, 21, 23, 26, 82, 85].map((at) => [at, fields[at]]))).toEqual({
    1: "33",
    16: "SELL",
    17: "130",
    18: "LMT",
    19: "171.87",
    21: "DAY",
    23: "DU1234567",
    26: listed.orderRef,
    82: "Adaptive",
    85: "Patient",
  });
  expect(valueOf(modified)).toMatchObject([
    {
      orderId: 33,
      permId: 70_033,
      orderedShares: 130,
      limitPrice: 171.87,
      filledShares: 40,
      state: { life: "working" },
    },
  ]);
  expect(gateway.got(4)).toEqual([]);
  expect(events.filter(({ kind }) => kind === "change-sent")).toHaveLength(1);
});

test("a status is no yes: only the order with its new terms is", async () => {
  const { gateway, modified } = await modify({
    3: (_fields, peer) => {
      sendOpenOrder(peer, listed);
      sendStatus(peer, listed, "Submitted", 40);
    },
  });
  expect(gateway.got(4)).toHaveLength(1);
  expect(valueOf(modified)).toMatchObject([
    { orderedShares: 100, limitPrice: 172.09, state: { status: "cancelled" }, filledShares: 40 },
  ]);
});

test.each([
  [110, "The price does not conform to the minimum price variation for this contract.", "O06"],
  [201, "Order rejected - reason:margin", "O06"],
  [105, "Order being modified does not match original order.", "O06"],
  [2102, "Unable to modify this order as it is still being processed.", "too early"],
  [10999, "Something that nobody has listed", "C25"],
])("%i leaves the old order live, so it is cancelled at once (%s)", async (code, text) => {
  const refuse: Script["on"] = { 3: (_fields, peer) => peer.send(4, 2, 33, code, text, "") };
  const { gateway, modified } = await modify(refuse, sendAll, 30);
  expect(gateway.got(4).map((fields) => fields[2])).toEqual(["33"]);
  expect(valueOf(modified)).toMatchObject([
    {
      orderedShares: 100,
      state: { life: "done", status: "cancelled" },
      filledShares: 40,
      messages: expect.arrayContaining([expect.objectContaining({ code, text })]),
    },
  ]);
});

test("O27: 104 is read as filled when the executions say so", async () => {
  const { gateway, modified } = await modify({
    3: (_fields, peer) => peer.send(4, 2, 33, 104, "Cannot modify a filled order.", ""),
    4: (_fields, peer) =>
      peer.send(
        4,
        2,
        33,
        10148,
        "OrderId 33 that needs to be cancelled cannot be cancelled, state: Filled.",
        "",
      ),
    7: (fields, peer) => executed(peer, fields[2] ?? "", ["0000e0d5.1.01.01", 40], ["0000e0d5.2.01.01", 60]),
  });
  expect(gateway.got(3)).toHaveLength(1);
  expect(valueOf(modified)).toMatchObject([
    { state: { life: "done", status: "filled" }, orderedShares: 100, filledShares: 100 },
  ]);
});

test("what filled the old size before anybody answered does not end an order that may work for more", async () => {
  const { modified, events } = await modify({
    3: (fields, peer) => {
      sendExecution(peer, listed, { execId: "0000e0d5.2.01.01", shares: 100 });
      sendOpenOrder(peer, shown(fields));
      sendStatus(peer, shown(fields), "Submitted", 100);
    },
  });
  expect(valueOf(modified)).toMatchObject([
    { state: { life: "working" }, orderedShares: 130, filledShares: 100 },
  ]);
  const lives = events.flatMap((event) => (event.kind === "order-changed" ? [event.order.state.life] : []));
  expect(new Set(lives)).toEqual(new Set(["working"]));
});

test("an answer that does not come is a no, and a cancel that nobody answers names the order", async () => {
  const quiet = await modify({ 3: () => {} });
  expect(valueOf(quiet.modified)).toMatchObject([{ state: { status: "cancelled" } }]);
  const silent = await modify({ 3: () => {}, 4: () => {} });
  expect(findingsOf(silent.modified)).toMatchObject([
    { kind: "cancel-unconfirmed", orderRef: listed.orderRef, orderId: 33 },
  ]);
});

test("a refusal after the order was shown with its new terms brings the old ones back", async () => {
  let refuse = (): void => {};
  const { broker, modified } = await modify({
    3: (fields, peer) => {
      sendOpenOrder(peer, shown(fields));
      refuse = () => peer.send(4, 2, 33, 201, "Order rejected - reason:margin", "");
    },
  });
  expect(valueOf(modified)).toMatchObject([{ orderedShares: 130, limitPrice: 171.87 }]);
  refuse();
  await moment();
  expect(broker.progress().orders).toMatchObject([
    { orderedShares: 100, limitPrice: 172.09, state: { life: "working" } },
  ]);
});

test("nothing is changed when the last word took until as much was filled", async () => {
  let fill = (): void => {};
  const { gateway, modified } = await modify(
    {
      16: (_fields, peer) => {
        fill = () => {
          for (const [execId, shares] of [
            ["0000e0d5.1.01.01", 90],
            ["0000e0d5.2.01.01", 60],
          ] as const)
            sendExecution(peer, { ...listed, shares: 200 }, { execId, shares });
        };
        sendOpenOrder(peer, { ...listed, shares: 200 });
        sendStatus(peer, { ...listed, shares: 200 }, "Submitted", 40);
        peer.send(53, 1);
      },
      7: (fields, peer) =>
        executed(peer, fields[2] ?? "", ["0000e0d5.1.01.01", 90], ["0000e0d5.2.01.01", 60]),
    },
    async () => {
      fill();
      await moment();
      return undefined;
    },
  );
  expect(gateway.got(3)).toEqual([]);
  expect(valueOf(modified)).toMatchObject([{ state: { status: "cancelled" }, filledShares: 150 }]);
});
