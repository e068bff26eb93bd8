import { contractNamed, newYork, orderFor, smallVenue } from "../testing/small-venue.ts";
import type { Instant } from "../trading/instant.ts";
import type { Venue, VenueOrderRequest } from "./venue.ts";

const request = (venue: Venue, over: Parameters<typeof orderFor>[1]): VenueOrderRequest =>
  orderFor(venue, { algoStrategy: "", algoParams: [], shares: 10, ...over });
const onClose = { orderType: "MOC", limitPrice: undefined } as const;
const onOpen = { orderType: "LMT", limitPrice: 200, timeInForce: "OPG" } as const;

/** Is it taken at this time? Each at a venue of its own. */
function isTaken(symbol: string, at: Instant, over: Partial<VenueOrderRequest>): boolean {
  const venue = smallVenue();
  venue.advanceTo(at);
  const { reason } = venue.place(request(venue, { symbol, ...over }));
  return reason === undefined;
}

test("RRC of NYSE is taken for the close until 15:50, AAPL of Nasdaq until 15:55; on a half day three hours earlier", () => {
  const venue = smallVenue();
  expect(contractNamed(venue, "RRC").primaryExchange).toBe("NYSE");
  expect(contractNamed(venue, "AAPL").primaryExchange).toBe("NASDAQ");
  const loc = { orderType: "LOC", limitPrice: 30 } as const;
  expect(isTaken("RRC", newYork("15:49:59"), onClose)).toBe(true);
  expect(isTaken("RRC", newYork("15:50:00"), onClose)).toBe(false);
  expect(isTaken("RRC", newYork("15:50:00"), loc)).toBe(false);
  expect(isTaken("AAPL", newYork("15:54:59"), onClose)).toBe(true);
  expect(isTaken("AAPL", newYork("15:55:00"), onClose)).toBe(false);
  expect(isTaken("RRC", newYork("12:49:59", "2022-11-25"), onClose)).toBe(true);
  expect(isTaken("RRC", newYork("12:50:00", "2022-11-25"), onClose)).toBe(false);
  // After the close it is one for the next session; other orders are free all day.
  expect(isTaken("RRC", newYork("16:00:00"), onClose)).toBe(true);
  expect(isTaken("RRC", newYork("15:59:00"), {})).toBe(true);
});

test("AAPL is taken for the open until 9:28, RRC until the open", () => {
  expect(isTaken("AAPL", newYork("09:27:59", "2022-11-23"), onOpen)).toBe(true);
  expect(isTaken("AAPL", newYork("09:28:00", "2022-11-23"), onOpen)).toBe(false);
  expect(isTaken("RRC", newYork("09:29:59", "2022-11-23"), onOpen)).toBe(true);
  expect(isTaken("AAPL", newYork("09:30:00", "2022-11-23"), onOpen)).toBe(true);
});

test("the refusal names the exchange and its time", () => {
  const venue = smallVenue();
  venue.advanceTo(newYork("15:52:00"));
  expect(venue.place(request(venue, { symbol: "RRC", ...onClose })).reason).toEqual({
    code: 201,
    text: "Order rejected - reason:NYSE takes orders for this auction until 2022-11-22 15:50 EST.",
  });
});

test("in the last ten minutes a closing order is neither changed nor cancelled, and trades", () => {
  const venue = smallVenue();
  const closing = venue.place(request(venue, onClose));
  const limit = venue.place(request(venue, { limitPrice: 90, orderId: 32 }));
  venue.advanceTo(newYork("15:49:59"));
  expect(venue.modify(closing.permId, request(venue, { ...onClose, shares: 20 }))).toBeUndefined();
  venue.advanceTo(newYork("15:50:00"));
  expect(venue.modify(closing.permId, request(venue, { ...onClose, shares: 30 }))?.code).toBe(201);
  expect(venue.cancel(closing.permId)).toMatchObject({ status: "PreSubmitted", endedAt: undefined });
  expect(venue.cancel(limit.permId)?.status).toBe("Cancelled");
  venue.advanceTo(newYork("16:00:00"));
  expect(venue.orderOf(7, 31)).toMatchObject({ status: "Filled", filledShares: 20 });
});

test("an opening order whose limit the open did not reach is told so", () => {
  const venue = smallVenue({ at: "2022-11-22T09:00:00-05:00" });
  venue.place(request(venue, { ...onOpen, limitPrice: 90 }));
  venue.advanceTo(newYork("09:30:00"));
  expect(venue.orderOf(7, 31)).toMatchObject({
    status: "Cancelled",
    reason: { code: 202, text: "At the open order can not be executed" },
  });
});
