import type { OrderReport } from "../../trading/order.ts";
import { held, ok, type Result } from "../../trading/result.ts";
import type { Desk } from "./desk.ts";
import { required } from "./events.ts";
import { stateOf } from "./order-status.ts";
import { limitPriceOf, sideOfOrder, stopPriceTold } from "./wire-order.ts";

/**
 * Orders working at the broker, of every client id and of people too (O29). One that ends while the list is being told
 * is left out.
 */
export async function readOpenOrders({
  connection,
  orders,
  deadlineSeconds,
}: Desk): Promise<Result<readonly OrderReport[]>> {
  const listed: Pick<OrderReport, "orderRef" | "permId" | "clientId" | "orderId">[] = [];
  let isEnded = false;
  const stops = [
    connection.on("openOrder", (orderId, _contract, order) => {
      const { orderRef = "", permId = 0, clientId = 0 } = order;
      listed.push({ orderRef, permId, clientId, orderId });
    }),
    connection.on("openOrderEnd", () => {
      isEnded = true;
    }),
  ];
  const trouble = await connection.ask({
    request: "open orders",
    deadlineSeconds,
    write: (api) => api.reqAllOpenOrders(),
    isAnswered: () => isEnded,
  });
  for (const stop of stops) stop();
  if (trouble) return held(trouble);
  const reports = new Map<string, OrderReport>();
  for (const order of listed) {
    const report = orders.reportFor(order);
    if (report && report.state.life !== "done")
      reports.set(`${report.permId} ${report.clientId} ${report.orderId}`, report);
  }
  return ok([...reports.values()]);
}

/**
 * Orders that ended today, of every client. The broker tells them without order id and client id; for one that was
 * cancelled it may tell a quantity of zero.
 */
export async function readCompletedOrders({
  connection,
  deadlineSeconds,
}: Desk): Promise<Result<readonly OrderReport[]>> {
  const reports: OrderReport[] = [];
  let isEnded = false;
  const stops = [
    connection.on("completedOrder", (contract, order, state) => {
      const filledShares = order.filledQuantity ?? 0;
      reports.push({
        orderRef: order.orderRef ?? "",
        clientId: 0,
        orderId: 0,
        permId: order.permId ?? 0,
        account: order.account ?? "",
        conId: contract.conId ?? 0,
        symbol: contract.symbol ?? "",
        side: sideOfOrder(order),
        orderedShares: Math.max(required(order.totalQuantity, "quantity of a completed order"), filledShares),
        limitPrice: limitPriceOf(order),
        stopPrice: stopPriceTold(order),
        state: stateOf(state.status, ""),
        filledShares,
        averageFillPrice: undefined,
        messages: state.completedStatus ? [{ code: 0, text: state.completedStatus }] : [],
      });
    }),
    connection.on("completedOrdersEnd", () => {
      isEnded = true;
    }),
  ];
  const trouble = await connection.ask({
    request: "completed orders",
    deadlineSeconds,
    write: (api) => api.reqCompletedOrders(false),
    isAnswered: () => isEnded,
  });
  for (const stop of stops) stop();
  return trouble ? held(trouble) : ok(reports);
}
