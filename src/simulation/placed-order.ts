import type { Instant } from "../trading/instant.ts";
import type { VenueExecution, VenueOrder, VenueOrderRequest } from "./venue.ts";

/** An order as it is before anything has come of it. */
export function placedOrder(request: VenueOrderRequest, permId: number, at: Instant): VenueOrder {
  return {
    ...request,
    permId,
    placedAt: at,
    status: "PreSubmitted",
    filledShares: 0,
    averageFillPrice: 0,
    lastFillPrice: 0,
    commission: 0,
    endedAt: undefined,
    reason: undefined,
  };
}

/** With how many shares a child begins whose parent has ended: all of its own only if all of the parent's were filled. */
export function sharesOfChild(child: VenueOrder, parent: VenueOrder): number {
  return parent.status === "Filled" ? child.shares : Math.min(child.shares, parent.filledShares);
}

/** Does a trailing stop keep its distance? Then it also stays where it has come to. */
export function isSameTrail(order: VenueOrder, terms: VenueOrderRequest): boolean {
  return order.trailAmount === terms.trailAmount && order.trailPercent === terms.trailPercent;
}

type FillReport = Pick<
  VenueExecution,
  "execId" | "exchange" | "shares" | "price" | "executedAt" | "commission" | "realizedPnl"
>;

/** The execution that brought an order to where it is now. */
export function executionOf(order: VenueOrder, report: FillReport): VenueExecution {
  return {
    ...report,
    permId: order.permId,
    clientId: order.clientId,
    orderId: order.orderId,
    orderRef: order.orderRef,
    account: order.account,
    conId: order.conId,
    side: order.side,
    cumulativeShares: order.filledShares,
    averagePrice: order.averageFillPrice,
    commissionCurrency: "USD",
    modelCode: order.modelCode ?? "",
  };
}
