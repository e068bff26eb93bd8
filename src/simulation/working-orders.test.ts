import { account, orderFor, smallVenue } from "../testing/small-venue.ts";
import { placedOrder } from "./placed-order.ts";
import type { VenueOrder } from "./venue.ts";
import { workingOrder } from "./working-order.ts";
import { WorkingOrders } from "./working-orders.ts";

const request = orderFor(smallVenue());
const order = (permId: number, over: Partial<VenueOrder> = {}): VenueOrder => ({
  ...placedOrder(request, permId, smallVenue().now()),
  ...over,
});
const ids = (orders: readonly VenueOrder[]): readonly number[] => orders.map(({ permId }) => permId);

test("an order is found by contract, group, parent and number, as it is now and oldest first", () => {
  const orders = new WorkingOrders();
  const set = (permId: number, over: Partial<VenueOrder>) => orders.set(workingOrder(order(permId, over)));
  set(11, { orderId: 1, ocaGroup: "late" });
  set(12, { orderId: 2, ocaGroup: "exits", parentPermId: 11, awaitsParent: true });
  set(13, { orderId: 3, ocaGroup: "exits", conId: 8894 });
  set(11, { orderId: 1, ocaGroup: "exits" });
  expect(ids(orders.inGroup(`${account} exits`))).toEqual([11, 12, 13]);
  expect(orders.inGroup(`${account} late`)).toEqual([]);
  expect(ids(orders.childrenOf(11))).toEqual([12]);
  expect(ids(orders.active(account, request.conId))).toEqual([11]);
  set(12, { orderId: 2, ocaGroup: "exits", parentPermId: 11, awaitsParent: false });
  expect(ids(orders.active(account, request.conId))).toEqual([11, 12]);
  expect(orders.withOrderId(7, 3)?.order.permId).toBe(13);
  set(13, { orderId: 30, ocaGroup: "exits", conId: 8894 });
  expect([orders.withOrderId(7, 3), orders.withOrderId(7, 30)?.order.permId]).toEqual([undefined, 13]);
  orders.delete(12);
  expect([orders.size, ids(orders.orders())]).toEqual([2, [11, 13]]);
  expect([orders.childrenOf(11), orders.withOrderId(7, 2), orders.get(12)]).toEqual([
    [],
    undefined,
    undefined,
  ]);
  expect(ids(orders.inGroup(`${account} exits`))).toEqual([11, 13]);
});
