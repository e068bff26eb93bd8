import { eventsOf, newYork, orderFor, smallVenue } from "../testing/small-venue.ts";
import type { Venue, VenueOrder } from "./venue.ts";

/** Two orders of a group that both reach the market, and wait for its open; who trades in its first second? */
function tradedAtOpen(ocaType: 1 | 2 | 3 | undefined): readonly number[] {
  const venue = smallVenue({ at: "2022-11-22T09:00:00-05:00" });
  const events = eventsOf(venue);
  const place = (orderId: number, symbol: string): VenueOrder =>
    venue.place(groupOrder(venue, { orderId, symbol, ...(ocaType && { ocaType }) }));
  place(41, "RRC");
  place(42, "AAPL");
  venue.advanceTo(newYork("09:30:00"));
  return events.flatMap((event) => (event.kind === "execution" ? [event.execution.orderId] : []));
}

function groupOrder(venue: Venue, over: Parameters<typeof orderFor>[1]) {
  const shares = over?.symbol === "RRC" ? 9000 : 400;
  return orderFor(venue, { algoStrategy: "", algoParams: [], ocaGroup: "either", shares, ...over });
}

test("in one second one order of a blocked group trades (types 1 and 2), of the others all that can (type 3)", () => {
  expect(tradedAtOpen(1)).toEqual([41]);
  expect(tradedAtOpen(2)).toEqual([41]);
  expect(tradedAtOpen(3)).toEqual([41, 42]);
  expect(tradedAtOpen(undefined)).toEqual([41, 42]);
});

test("in the next second the others of a blocked group may trade what is left of them", () => {
  const venue = smallVenue();
  const request = { orderId: 41, symbol: "RRC", ocaType: 2, shares: 30_000 } as const;
  const first = venue.place(groupOrder(venue, request));
  const other = venue.place(groupOrder(venue, { orderId: 42, ocaType: 2 }));
  expect(other).toMatchObject({ filledShares: 0, status: "Submitted" });
  venue.modify(first.permId, groupOrder(venue, { ...request, limitPrice: 9.25 }));
  venue.advanceTo(newYork("10:00:01"));
  expect(venue.orderOf(7, 42)?.filledShares).toBeGreaterThan(0);
});
