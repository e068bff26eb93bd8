import type { VenueOrderRequest } from "../../simulation/venue.ts";
import type { PlannedOrder } from "../../trading/order.ts";

/** A decided order as a venue takes it, under the ids of the client that sends it. */
export function venueOrderOf(order: PlannedOrder, clientId: number, orderId: number): VenueOrderRequest {
  const { account, orderRef, side, shares, limitPrice, timeInForce, adaptivePriority, instrument } = order;
  return {
    account,
    clientId,
    orderId,
    orderRef,
    conId: instrument.conId,
    side,
    shares,
    orderType: "LMT",
    limitPrice,
    timeInForce,
    algoStrategy: "Adaptive",
    algoParams: [{ tag: "adaptivePriority", value: adaptivePriority }],
  };
}
