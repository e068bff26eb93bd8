import { placeOrderMessage } from "../../../testing/raw-tws-client.ts";
import { rowsOf } from "../play.ts";
import { ask, hear, never, type Step } from "../step.ts";

export const area = "orders";

export const row = rowsOf(area);

// Order 1 is a purchase of 100 AAPL, unless its row says otherwise.

export const works = hear("status", { orderId: 1, status: /^(Pre)?Submitted$/, filled: 0, remaining: 100 });
export const filled = (orderId = 1): Step => hear("status", { orderId, status: "Filled", remaining: 0 });
export const cancelled = (orderId = 1): Step => hear("status", { orderId, status: "Cancelled" });
export const listed = (fields: Parameters<typeof hear>[1]): readonly Step[] => [
  ask("openOrders", {}),
  hear("order", fields),
  hear("ordersEnd"),
];
export const nothingListed: readonly Step[] = [
  ask("openOrders", {}),
  hear("ordersEnd"),
  never("order", { status: /Submitted/ }),
];

/** A purchase as bytes, for what only bytes show. */
export function wire(fields: Parameters<typeof placeOrderMessage>[0] = {}): string {
  const plain = { symbol: "AAPL", secType: "STK", exchange: "SMART", currency: "USD", transmit: 1 };
  const limit = { orderId: 1, action: "BUY", totalQuantity: 100, orderType: "LMT", lmtPrice: 120 };
  return placeOrderMessage({ ...plain, ...limit, ...fields });
}
