import type { Instant } from "../trading/instant.ts";
import type { Venue, VenueOrderRequest } from "./venue.ts";

/** One thing that was asked of a venue, at its time, that changed what follows. */
export type VenueCall = { readonly at: Instant } & (
  | { readonly do: "place"; readonly order: VenueOrderRequest }
  | { readonly do: "modify"; readonly permId: number; readonly order: VenueOrderRequest }
  | { readonly do: "cancel"; readonly permId: number }
  | { readonly do: "bind"; readonly permId: number; readonly orderId: number }
);

/** The same venue; each call that changes it is told before it is made, and each move of its time after it. */
export function journaledVenue(
  venue: Venue,
  tell: { readonly called: (call: VenueCall) => void; readonly moved: (to: Instant) => void },
): Venue {
  return {
    ...venue,
    advanceTo: (at) => {
      venue.advanceTo(at);
      tell.moved(venue.now());
    },
    place: (order) => {
      tell.called({ at: venue.now(), do: "place", order });
      return venue.place(order);
    },
    modify: (permId, order) => {
      tell.called({ at: venue.now(), do: "modify", permId, order });
      return venue.modify(permId, order);
    },
    cancel: (permId) => {
      tell.called({ at: venue.now(), do: "cancel", permId });
      return venue.cancel(permId);
    },
    bind: (permId, orderId) => {
      tell.called({ at: venue.now(), do: "bind", permId, orderId });
      venue.bind(permId, orderId);
    },
  };
}

/**
 * Lives through the calls again. A venue that began as the first one did is then what that one was: books, orders,
 * executions, and every number it gave, because nothing in a simulation but the seed and the calls decides anything.
 */
export function replayCalls(venue: Venue, calls: readonly VenueCall[]): void {
  for (const call of calls) {
    venue.advanceTo(call.at);
    if (call.do === "place") venue.place(call.order);
    else if (call.do === "modify") venue.modify(call.permId, call.order);
    else if (call.do === "bind") venue.bind(call.permId, call.orderId);
    else venue.cancel(call.permId);
  }
}
