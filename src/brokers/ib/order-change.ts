import type { Order } from "@stoqey/ib";
import type { BrokerMessage } from "../../trading/broker-message.ts";
import type { OrderState } from "../../trading/order.ts";
import { endsRequest, meaningOf } from "./codes.ts";
import { limitPriceOf, stopPriceTold } from "./wire-order.ts";

interface Terms {
  readonly shares: number;
  readonly limitPrice: number | undefined;
  /** Of an order that waits for one. */
  readonly stopPrice: number | undefined;
}

/** New terms that were sent for an order that works. `answer`: nothing yet, the order was shown with them, or why they were refused. */
export interface Change extends Terms {
  readonly before: Terms;
  /** How far a trailing stop follows, in per cent; undefined of any other order. */
  readonly trailPercent: number | undefined;
  answer: "pending" | "made" | BrokerMessage;
}

/** What a change has to do with, of the order that it changes. */
export interface Changeable {
  orderedShares: number;
  limitPrice: number | undefined;
  /** Where its stop stands, as last told. */
  stopPrice: number | undefined;
  /** How far a trailing stop follows, as last told. Basis points of the price. */
  trailBps: number | undefined;
  /** What the broker's last status stands for; undefined until there is one. */
  told: OrderState | undefined;
  /** New terms that were sent for it here. */
  change: Change | undefined;
}

/** The order with its new terms in it is the only yes: statuses say nothing of terms. */
export function learnChange(order: Changeable, shown: Order): void {
  const { change } = order;
  if (change?.answer !== "pending") return;
  if (shown.totalQuantity !== change.shares || !hasPricesOf(shown, change)) return;
  change.answer = "made";
  order.orderedShares = change.shares;
  order.limitPrice = change.limitPrice;
}

/** Where a trailing stop stands is the market's business: only how far it follows is ours. */
function hasPricesOf(shown: Order, { limitPrice, stopPrice, trailPercent }: Change): boolean {
  if (trailPercent !== undefined) return shown.trailingPercent === trailPercent;
  return limitPriceOf(shown) === limitPrice && stopPriceTold(shown) === stopPrice;
}

/** "Unable to modify this order as it is still being processed": a warning by its number, and a refusal in effect. */
const tooEarlyToModify = 2102;

/** A working order whose change is refused works on at its old terms, also when it was shown with the new ones before (O06). */
export function isRefusalOfChange(order: Changeable, code: number): boolean {
  const { change, told } = order;
  const isOver = change === undefined || typeof change.answer === "object" || told?.life === "done";
  if (isOver || meaningOf(code) === "order-cancelled") return false;
  return endsRequest(code) || code === tooEarlyToModify;
}

/** Back to the terms before it, if it was shown as made. */
export function refuseChange(order: Changeable, why: BrokerMessage): void {
  const { change } = order;
  if (!change) return;
  if (change.answer === "made") {
    order.orderedShares = change.before.shares;
    order.limitPrice = change.before.limitPrice;
    order.stopPrice = change.before.stopPrice;
  }
  change.answer = why;
}

/** Either of two sizes may be in force while nobody has answered to a change: the order may work for the larger. */
export function sizeOf({ orderedShares, change, told }: Changeable): number {
  const isOpen = change?.answer === "pending" && told?.life !== "done";
  return isOpen ? Math.max(orderedShares, change.shares) : orderedShares;
}
