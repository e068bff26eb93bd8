import type { Finding } from "../trading/finding.ts";
import type { OrderReport } from "../trading/order.ts";

/** What a person must look at among the orders that were sent: those nobody answered for, and those refused. */
export function orderFindings(orders: readonly OrderReport[]): readonly Finding[] {
  return orders.flatMap((order): Finding[] => {
    const { orderRef, symbol, orderId, state, messages } = order;
    if (state.life === "unknown") return [{ kind: "order-unknown", orderRef, symbol, orderId }];
    if (state.life !== "done" || state.status !== "rejected") return [];
    const reason = messages.at(-1) ?? { code: 0, text: "the broker gave no reason" };
    return [{ kind: "order-rejected", orderRef, symbol, ...reason }];
  });
}
