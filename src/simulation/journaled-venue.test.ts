import { eventsOf, newYork, orderFor, smallVenue } from "../testing/small-venue.ts";
import { journaledVenue, replayCalls, type VenueCall } from "./journaled-venue.ts";

test("the calls of one life make a second one the same: orders, their numbers, what was filled", () => {
  const calls: VenueCall[] = [];
  const lived = journaledVenue(smallVenue(), { called: (call) => calls.push(call), moved: () => {} });
  const byHand = lived.place(orderFor(lived, { clientId: 0, orderId: 0, limitPrice: 90 }));
  lived.bind(byHand.permId, 17);
  const changed = lived.place(orderFor(lived, { orderId: 32, limitPrice: 91 }));
  lived.advanceTo(newYork("10:20:00"));
  lived.modify(changed.permId, orderFor(lived, { orderId: 32, limitPrice: 200, shares: 70 }));
  const withdrawn = lived.place(orderFor(lived, { orderId: 33, limitPrice: 92 }));
  lived.cancel(withdrawn.permId);
  expect(calls.map((call) => call.do)).toEqual(["place", "bind", "place", "modify", "place", "cancel"]);

  const again = smallVenue();
  const events = eventsOf(again);
  replayCalls(again, JSON.parse(JSON.stringify(calls)) as VenueCall[]);
  expect(again.orderOf(0, 17)).toMatchObject({ permId: byHand.permId, limitPrice: 90 });
  expect(again.orderOf(0, 0)).toBeUndefined();
  expect(again.orderOf(7, 32)).toEqual(lived.orderOf(7, 32));
  expect(again.executions()).toEqual(lived.executions());
  expect(again.completedOrders()).toEqual(lived.completedOrders());
  expect(events.filter(({ kind }) => kind === "execution")).not.toEqual([]);
});
