import type { Broker, Brokerage } from "../ports.ts";
import { sendAll } from "../testing/send-all.ts";
import type { OrderReport } from "../trading/order.ts";
import { held, ok } from "../trading/result.ts";
import { clearedOrders, plannedOrder } from "./ib/testing/cleared-orders.ts";
import { connected, requestTo, valueOf } from "./ib/testing/connected.ts";
import { sendOpenOrder, sendStatus } from "./ib/testing/order-messages.ts";
import { readOnlyBrokerage } from "./read-only.ts";

const left = { orderId: 33, permId: 70_033, clientId: 7, orderRef: "trader.reb.2022031412.AAPL.B100.1.aaaa" };

function over(broker: Broker): Brokerage {
  return { connect: async () => ok(broker) };
}

test("it reads what the broker tells, assumes cancels and places nothing: no such message leaves", async () => {
  const { broker: inner, gateway } = await connected({
    16: (_fields, peer) => {
      sendOpenOrder(peer, left);
      sendStatus(peer, left, "Submitted", 40);
      peer.send(53, 1);
    },
  });
  const broker = valueOf(await readOnlyBrokerage(over(inner)).connect(requestTo(0)));
  const orders: readonly OrderReport[] = valueOf(await broker.openOrders());
  expect(valueOf(await broker.cancel(orders))).toMatchObject([
    { permId: 70_033, filledShares: 40, state: { life: "done", status: "cancelled" } },
  ]);
  expect(await broker.place(clearedOrders({}), sendAll)).toEqual([]);
  expect(valueOf(await broker.account()).positions).toHaveLength(1);
  expect(broker.progress()).toMatchObject({ connected: true, orders: [] });
  await broker[Symbol.asyncDispose]();
  expect([...gateway.got(3), ...gateway.got(4)]).toEqual([]);
  expect(inner.progress().connected).toBe(false);
});

test("it sees what would work: changed, placed and without what would be cancelled; the run's orders as its own", async () => {
  const other = { orderId: 34, permId: 70_034, clientId: 9, orderRef: "" };
  const { broker: inner, gateway } = await connected({
    16: (_fields, peer) => {
      for (const order of [left, other]) {
        sendOpenOrder(peer, order);
        sendStatus(peer, order, "Submitted", 40);
      }
      peer.send(53, 1);
    },
  });
  const { clientId } = inner.identity;
  const broker = valueOf(
    await readOnlyBrokerage(over(inner), { standsFor: other.clientId }).connect(requestTo(0)),
  );
  const seen = async () =>
    valueOf(await broker.openOrders()).map((order) => [
      order.orderRef,
      order.clientId,
      order.orderedShares,
      order.filledShares,
      order.stopPrice,
    ]);
  const shares = (await seen())[0]?.[2];
  expect(await seen()).toEqual([
    [left.orderRef, clientId, shares, 40, undefined],
    ["", clientId, shares, 40, undefined],
  ]);
  const style = { kind: "stop", stopPrice: 140.25 } as const;
  valueOf(await broker.modify(clearedOrders({ orderRef: left.orderRef, shares: 73, style }), sendAll));
  await broker.place(clearedOrders({ orderRef: "trader.pro.new", shares: 11, style }), sendAll);
  expect(await seen()).toEqual([
    [left.orderRef, clientId, 73, 40, 140.25],
    ["", clientId, shares, 40, undefined],
    ["trader.pro.new", clientId, 11, 0, 140.25],
  ]);
  const [first, second] = valueOf(await broker.openOrders());
  await broker.cancel([first, second].flatMap((order) => order ?? []));
  expect(await seen()).toEqual([["trader.pro.new", clientId, 11, 0, 140.25]]);
  await broker[Symbol.asyncDispose]();
  expect([...gateway.got(3), ...gateway.got(4)]).toEqual([]);
});

test("a connection that is refused stays refused", async () => {
  const refused = held({ kind: "client-id-in-use", clientId: 7 });
  const brokerage = readOnlyBrokerage({ connect: async () => refused });
  expect(await brokerage.connect(requestTo(0))).toBe(refused);
});

test("previews go through only where their owner allows them", async () => {
  const { broker: inner, gateway } = await connected({}, { requestDeadlineSeconds: 0.3 });
  const order = plannedOrder({ side: "sell", shares: 37, style: { kind: "limit" } });
  const silent = valueOf(await readOnlyBrokerage(over(inner)).connect(requestTo(0)));
  const unanswered = { kind: "preview-unanswered", symbol: "AAPL", side: "sell", shares: 37 };
  expect(await silent.preview([order], "USD")).toMatchObject([
    { findings: [{ ...unanswered, why: "not-asked" }] },
  ]);
  expect(gateway.got(3)).toEqual([]);
  const asking = valueOf(await readOnlyBrokerage(over(inner), { asksPreviews: true }).connect(requestTo(0)));
  expect(await asking.preview([order], "USD")).toMatchObject([
    { findings: [{ ...unanswered, why: "silence" }] },
  ]);
  expect(gateway.got(3).map((fields) => fields[84])).toEqual(["1"]);
});
