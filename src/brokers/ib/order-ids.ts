import type { OrderBook } from "./order-book.ts";

/** Order ids of one connection: upward from what the gateway offered, and never asked for again (O01). */
export interface OrderIds {
  next: number;
}

/** An id for this order or what-if and no other. */
export function takeOrderId(orders: OrderBook, ids: OrderIds): number {
  const orderId = orders.freeOrderId(ids.next);
  ids.next = orderId + 1;
  return orderId;
}
