import type { Finding } from "../trading/finding.ts";
import type { OrderReport } from "../trading/order.ts";

/**
 * What a person must look at among the orders that were sent: those nobody answered for, and those that the broker ended
 * unfilled. Of an order that we did not end ourselves, nor sent for a moment only, `cancelled` is a refusal under another
 * name (O17).
 */
export function orderFindings(
  orders: readonly OrderReport[],
  endedByUs: ReadonlySet<string>,
): readonly Finding[] {
  return orders.flatMap((order): Finding[] => {
    const { orderRef, symbol, orderId, state, messages } = order;
    if (state.life === "unknown") return [{ kind: "order-unknown", orderRef, symbol, orderId }];
    if (state.life !== "done" || state.status === "filled") return [];
    if (state.status === "void" || (state.status === "cancelled" && endedByUs.has(orderRef))) return [];
    const reason = messages.at(-1) ?? { code: 0, text: "the broker ended it and gave no reason" };
    const kind = state.status === "not-sent" ? "order-not-sent" : "order-rejected";
    return [{ kind, orderRef, symbol, ...reason }];
  });
}
