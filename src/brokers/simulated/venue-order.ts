import type { VenueOrderRequest, VenueSchedule } from "../../simulation/venue.ts";
import { brokerTermsOf, type ExecutionStyle } from "../../trading/execution-style.ts";
import { type PlannedOrder, sentLimitOf } from "../../trading/order.ts";

/** A decided order as a venue takes it, under the ids of the client that sends it. */
export function venueOrderOf(order: PlannedOrder, clientId: number, orderId: number): VenueOrderRequest {
  const { account, orderRef, side, shares, timeInForce, style, instrument } = order;
  return {
    account,
    clientId,
    orderId,
    orderRef,
    conId: instrument.conId,
    side,
    shares,
    ...brokerTermsOf(style, instrument.timeZone),
    limitPrice: sentLimitOf(order),
    timeInForce,
    tradesExtendedHours: order.outsideRegularHours,
    schedule: scheduleOf(style),
  };
}

function scheduleOf(style: ExecutionStyle): VenueSchedule | undefined {
  if (style.kind !== "vwap" && style.kind !== "twap") return undefined;
  const { endAt } = style;
  return {
    slices: style.kind === "twap" ? "even" : "with volume",
    startAt: undefined,
    endAt,
    tradesPastEnd: false,
    volumePartMax: style.kind === "vwap" ? style.volumePartMax : undefined,
  };
}
