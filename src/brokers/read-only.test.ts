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
