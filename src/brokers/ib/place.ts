import type { BeforeSend, NotSentReason } from "../../ports.ts";
import type { Instant } from "../../trading/instant.ts";
import { type OrderReport, type PlannedOrder, roleOf } from "../../trading/order.ts";
import { type RestartRule, restartNear } from "../../trading/restarts.ts";
import type { ClearedOrders } from "../../trading/risk/gate.ts";
import { sessionOpenAt } from "../../trading/session.ts";
import { messageOf } from "./codes.ts";
import { type Deadline, deadlineIn } from "./deadline.ts";
import type { Desk } from "./desk.ts";
import { required } from "./events.ts";
import { type OrderIds, takeOrderId } from "./order-ids.ts";
import { readOpenOrders } from "./orders.ts";
import { contractOf, wireOrderOf } from "./wire-order.ts";

export interface PlaceDesk extends Desk {
  marketTime(): Instant;
  readonly beforeSend: BeforeSend;
  readonly restarts: RestartRule | undefined;
  /** The client id that this connection's spare one stands in for. */
  readonly spareFor: number | undefined;
}

/**
 * Sends orders in their sequence, each handed over only when the one before has left, so that the rest can be held back
 * when the link breaks. The first one of a connection goes alone: until a gateway has acknowledged it, a dialog nobody
 * sees may swallow all others (C21, C22). Answers when each order is acknowledged or refused, or its deadline passed.
 */
export async function placeOrders(
  cleared: ClearedOrders,
  desk: PlaceDesk,
  ids: OrderIds,
): Promise<readonly OrderReport[]> {
  const { connection, orders } = desk;
  let stopped: NotSentReason | undefined;
  let isFirst = true;
  let isProven = false;
  let acknowledgedBy = deadlineIn(desk.deadlineSeconds);
  for (const order of cleared.orders) {
    if (connection.quietMs() > Math.min(pauseSeconds, desk.deadlineSeconds) * 1000) isProven = false;
    stopped ??= whyNotNow(desk);
    if (!stopped && !isProven) stopped = await whyUnproven(desk);
    isProven = true;
    const whyNot =
      stopped ??
      whyClosed(order, desk) ??
      whyCrowded(order, desk) ??
      (await desk.beforeSend(order)) ??
      whyNotNow(desk);
    if (whyNot) {
      orders.notSent(order, connection.clientId, whyNot);
      continue;
    }
    await sendOrder(order, desk, ids);
    acknowledgedBy = deadlineIn(desk.deadlineSeconds);
    if (isFirst) stopped = await whyNoMore(order, desk, acknowledgedBy);
    isFirst = false;
  }
  const refs = cleared.orders.map((order) => order.orderRef);
  const areAnswered = (): boolean => refs.every((orderRef) => orders.isAnswered(orderRef));
  await connection.until(areAnswered, acknowledgedBy);
  return refs.map((orderRef) => {
    const report = orders.reportFor({ orderRef, permId: 0, clientId: 0, orderId: 0 });
    return required(report, `order ${orderRef}`);
  });
}

async function sendOrder(order: PlannedOrder, desk: PlaceDesk, ids: OrderIds): Promise<void> {
  const orderId = takeOrderId(desk.orders, ids);
  desk.orders.expect(order, desk.connection.clientId, orderId);
  desk.journal.append({ kind: "order-sent", order });
  await desk.connection.send((api) => api.placeOrder(orderId, contractOf(order), wireOrderOf(order)));
}

/** A connection that was quiet for so long, or for a request's whole deadline, is proven again before the next order. */
const pauseSeconds = 10;

/** What is to be trusted with an order answers a question within this time. */
const proofSeconds = 5;

/** Right before the first order, and after every pause: a gateway that does not answer gets none (C14, C15). */
async function whyUnproven(desk: PlaceDesk): Promise<NotSentReason | undefined> {
  const seconds = Math.min(proofSeconds, desk.deadlineSeconds);
  if (await desk.connection.isAnswering(seconds)) return whyNotNow(desk) ?? (await whyOnlyWatching(desk));
  const lost = whyNotNow(desk);
  const text = `Not sent: the gateway did not answer a question within ${seconds} s.`;
  return lost ?? { code: 0, text, advice: "gateway-down" };
}

/**
 * Under a spare client id: who keeps the usual one may have begun to trade with it since the open orders were read, and what
 * that one works at cannot be cancelled from here. Looked at once more, right before sending.
 */
async function whyOnlyWatching(desk: PlaceDesk): Promise<NotSentReason | undefined> {
  const { spareFor } = desk;
  if (spareFor === undefined) return undefined;
  const open = await readOpenOrders(desk);
  if (!open.ok) return { code: 0, text: `Not sent: nobody tells what works under client id ${spareFor}.` };
  const theirs = open.value.filter((order) => order.clientId === spareFor && roleOf(order.orderRef));
  const refs = theirs.map((order) => order.orderRef).join(", ");
  return theirs.length === 0
    ? whyNotNow(desk)
    : {
        code: 0,
        text: `Not sent: client id ${spareFor} has working orders (${refs}).`,
        advice: "client-id-in-use",
      };
}

/** How long a status is waited for when the first word on the first order is a code that is not in our table. */
const statusAfterCodeSeconds = 1;

/**
 * Why nothing follows the first order, if so: nobody acknowledged it, or all that was said of it is a code that we do not
 * know, which may be said of every order (C23).
 */
async function whyNoMore(
  { orderRef }: PlannedOrder,
  { connection, orders }: Desk,
  acknowledgedBy: Deadline,
): Promise<NotSentReason | undefined> {
  const isSettled = (): boolean => orders.isAcknowledged(orderRef) || connection.isLinkCut;
  const isHeard = (): boolean => isSettled() || orders.isAnswered(orderRef);
  if ((await connection.until(isHeard, acknowledgedBy)) === "late")
    return { code: 0, text: "Not sent: the first order was not acknowledged." };
  await connection.until(isSettled, deadlineIn(statusAfterCodeSeconds));
  if (isSettled() || connection.lost) return undefined;
  const said = orders.reportFor({ orderRef, permId: 0, clientId: 0, orderId: 0 })?.messages.at(-1);
  return {
    code: said?.code ?? 0,
    text: `Not sent: all that was said of the first order is "${said?.text}".`,
  };
}

/**
 * Sent while the link is cut, an order may be kept and sent at any later time: then it is not sent at all (C15). What is
 * written shortly before the gateway's restart may be lost with it (C02).
 */
export function whyNotNow(desk: PlaceDesk): NotSentReason | undefined {
  const { connection, accountBook } = desk;
  if (connection.lost)
    return messageOf(504, `Not sent: the connection was lost (${connection.lost.detail}).`);
  if (connection.isLinkCut) return messageOf(1100, "Not sent: the gateway has lost its link to the broker.");
  if (connection.linkCuts !== (accountBook.cutsWhenRead ?? connection.linkCuts))
    return {
      code: 1100,
      text: "Not sent: the gateway's link to the broker was cut since the account was read.",
    };
  const near = restartNear(desk.marketTime(), desk.restarts);
  return near && { code: 0, text: `Not sent: the gateway restarts at ${near.dailyAt} (${near.zone}).` };
}

/** IB takes so many working orders on one side of a contract in one account (TWS API, order limitations). */
const workingOrdersMax = 20;

/** One more would be refused, and who knows which of them a person needs. */
function whyCrowded({ instrument, side }: PlannedOrder, { orders }: Desk): NotSentReason | undefined {
  const count = orders.workingOn(instrument.conId, side);
  const text = `Not sent: ${count} orders work on this side of ${instrument.symbol} already.`;
  return count < workingOrdersMax ? undefined : { code: 0, text };
}

/**
 * A day order that comes after the close would be kept for the next open, at today's limit. What protects is meant to rest,
 * also where nothing trades.
 */
export function whyClosed(
  { instrument, timeInForce }: PlannedOrder,
  desk: PlaceDesk,
): NotSentReason | undefined {
  if (timeInForce === "GTC") return undefined;
  const isOpen = sessionOpenAt(instrument.sessions, desk.marketTime()) !== undefined;
  return isOpen ? undefined : { code: 0, text: "Not sent: its market has closed." };
}
