import type { Order } from "@stoqey/ib";
import { previewedOrder } from "../../trading/margin.ts";
import type { PlannedOrder } from "../../trading/order.ts";
import { wireOrderOf } from "./wire-order.ts";

/**
 * The message of a what-if: the order as it is previewed, with the flag that keeps it from being one. It differs from an
 * order's by this flag alone, so it is made here and nowhere else. `transmit` stays on: what is not transmitted waits at the
 * gateway unanswered.
 */
export function whatIfOrderOf(order: PlannedOrder): Order & { readonly whatIf: true } {
  return { ...wireOrderOf(previewedOrder(order)), whatIf: true };
}
