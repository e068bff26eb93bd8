import { invariant } from "../../trading/invariant.ts";
import type { OrderReport, PlannedOrder } from "../../trading/order.ts";
import { held, okUnless, type Result } from "../../trading/result.ts";
import type { ClearedOrders } from "../../trading/risk/gate.ts";
import { cancelOrders, ofOtherClient } from "./cancel.ts";
import { deadlineIn } from "./deadline.ts";
import { type PlaceDesk, whyClosed, whyNotNow } from "./place.ts";
import { contractOf, wireOrderOf } from "./wire-order.ts";

/**
 * Gives working orders of this client id new terms under the numbers that they have. The message is made anew from our own
 * intent: what the gateway shows of an Adaptive order cannot be sent back (O23). Only the broker's order with the new terms
 * in it is a yes. Whatever is not changed, for any reason, is cancelled, because a refusal leaves the old terms in force
 * (O06, O27): afterwards no order works at terms that nobody wants any more, or the finding names it.
 */
export async function modifyOrders(
  cleared: ClearedOrders,
  desk: PlaceDesk,
): Promise<Result<readonly OrderReport[]>> {
  const { connection, orders, accountBook } = desk;
  const reports = cleared.orders.map((order) => workingOf(order, desk));
  const foreign = reports.filter((report) => report.clientId !== connection.clientId);
  if (foreign.length > 0) return held(...foreign.map(ofOtherClient));
  if (reports.length === 0) return { ok: true, value: [] };

  await accountBook.positionsKnown();
  for (const report of reports) orders.track(report);
  const sent = new Set<string>();
  for (const order of cleared.orders) if (await sendChange(order, desk)) sent.add(order.orderRef);
  const isAnswered = (orderRef: string): boolean => orders.changeOf(orderRef) !== "pending";
  await connection.until(() => [...sent].every(isAnswered), deadlineIn(desk.deadlineSeconds));

  const now = (): readonly OrderReport[] => cleared.orders.map((order) => workingOf(order, desk));
  const unchanged = now().filter(
    ({ orderRef, state }) =>
      state.life !== "done" && !(sent.has(orderRef) && orders.changeOf(orderRef) === "made"),
  );
  const cancelled = await cancelOrders(unchanged, desk);
  return okUnless(cancelled.ok ? [] : cancelled.findings, now);
}

/**
 * Answers whether the new terms have left, or may have. What filled meanwhile counts: an order that has filled as much as it
 * may is not changed any more.
 */
async function sendChange(order: PlannedOrder, desk: PlaceDesk): Promise<boolean> {
  const { connection, orders, journal, beforeSend } = desk;
  const isWorthIt = (): boolean => {
    const { state, filledShares } = workingOf(order, desk);
    return state.life !== "done" && filledShares < order.shares;
  };
  if (!isWorthIt() || whyNotNow(desk) || whyClosed(order, desk)) return false;
  if ((await beforeSend(order)) || whyNotNow(desk) || !isWorthIt()) return false;
  const { orderId } = workingOf(order, desk);
  orders.expectChange(order);
  journal.append({ kind: "change-sent", order });
  await connection.send((api) => api.placeOrder(orderId, contractOf(order), wireOrderOf(order)));
  return true;
}

function workingOf({ orderRef }: PlannedOrder, { orders }: PlaceDesk): OrderReport {
  const report = orders.reportFor({ orderRef, permId: 0, clientId: 0, orderId: 0 });
  invariant(report, `order ${orderRef}, which is to be changed`);
  return report;
}
