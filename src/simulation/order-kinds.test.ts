import { contractNamed, eventsOf, newYork, orderFor, smallVenue } from "../testing/small-venue.ts";
import { later } from "../trading/instant.ts";
import type { Venue, VenueOrder, VenueOrderRequest } from "./venue.ts";

const plain = { algoStrategy: "", algoParams: [] };

function known(venue: Venue, { permId }: VenueOrder): VenueOrder {
  const order = [...venue.openOrders(), ...venue.completedOrders()].find((one) => one.permId === permId);
  if (!order) throw new Error(`no order ${permId}`);
  return order;
}
const place = (venue: Venue, over: Parameters<typeof orderFor>[1]): VenueOrder =>
  venue.place(orderFor(venue, { ...plain, ...over }));
const closeOf = (venue: Venue): number => venue.quote(contractNamed(venue, "AAPL").conId).last;

test("a change keeps the permId; a refused one leaves the old order live (O06)", () => {
  const venue = smallVenue();
  const order = place(venue, { limitPrice: 100.5 });
  const change = (over: Partial<VenueOrderRequest>) =>
    venue.modify(order.permId, { ...orderFor(venue, { ...plain, limitPrice: 100.5 }), ...over })?.code;
  expect(change({ limitPrice: 101.25, shares: 70 })).toBeUndefined();
  expect(known(venue, order)).toMatchObject({ limitPrice: 101.25, shares: 70, status: "Submitted" });
  expect(change({ limitPrice: 101.001 })).toBe(110);
  expect(change({ side: "sell" })).toBe(105);
  expect(change({ shares: 1.5 })).toBe(10242);
  expect(change({ shares: 9e6 })).toBe(201);
  expect(change({ algoStrategy: "Twap" })).toBe(440);
  expect(known(venue, order)).toMatchObject({ limitPrice: 101.25, shares: 70, status: "Submitted" });
  expect(change({ limitPrice: 200, shares: 30 })).toBeUndefined();
  expect(known(venue, order)).toMatchObject({ status: "Filled", filledShares: 30 });
});

test("IOC takes what is there, FOK all or nothing", () => {
  const venue = smallVenue();
  const ioc = place(venue, { symbol: "RRC", shares: 9000, timeInForce: "IOC" });
  expect(known(venue, ioc)).toMatchObject({ status: "Cancelled" });
  expect(known(venue, ioc).filledShares).toBeGreaterThan(0);
  const fok = place(venue, { symbol: "RRC", shares: 9000, timeInForce: "FOK", orderId: 32 });
  expect(known(venue, fok)).toMatchObject({ status: "Cancelled", filledShares: 0 });
});

test("GTD ends at its instant; GTC outlives the night", () => {
  const venue = smallVenue();
  const gtd = place(venue, { limitPrice: 90, timeInForce: "GTD", goodTillAt: newYork("18:30:00") });
  const gtc = place(venue, { limitPrice: 91, timeInForce: "GTC", orderId: 32 });
  venue.advanceTo(newYork("18:29:59"));
  expect(known(venue, gtd).status).toBe("PreSubmitted");
  venue.advanceTo(newYork("18:30:00"));
  expect(known(venue, gtd)).toMatchObject({ status: "Cancelled", endedAt: newYork("18:30:00") });
  venue.advanceTo(newYork("09:30:00", "2022-11-23"));
  expect(known(venue, gtc).status).toBe("Submitted");
});

test("a closing order trades at the day's close, an opening one at the open", () => {
  const venue = smallVenue({ at: "2022-11-22T09:00:00-05:00" });
  const opening = place(venue, { orderType: "MKT", limitPrice: undefined, timeInForce: "OPG" });
  const closing = place(venue, { orderType: "MOC", limitPrice: undefined, shares: 70, orderId: 32 });
  const tooLow = place(venue, { orderType: "LOC", limitPrice: 90, orderId: 33 });
  venue.advanceTo(newYork("09:30:00"));
  expect(known(venue, opening)).toMatchObject({ status: "Filled", averageFillPrice: closeOf(venue) });
  expect(known(venue, closing).status).toBe("PreSubmitted");
  venue.advanceTo(newYork("16:00:00"));
  expect(known(venue, closing)).toMatchObject({ status: "Filled", averageFillPrice: closeOf(venue) });
  expect(known(venue, tooLow).status).toBe("Cancelled");
});

test("outside regular hours a limit order trades when it may", () => {
  const venue = smallVenue({ at: "2022-11-22T17:00:00-05:00" });
  const early = place(venue, { tradesExtendedHours: true });
  const patient = place(venue, { orderId: 32 });
  venue.advanceTo(newYork("17:00:05"));
  expect(known(venue, early)).toMatchObject({ status: "Filled", filledShares: 100 });
  expect(known(venue, patient)).toMatchObject({ status: "PreSubmitted", filledShares: 0 });
});

test("a stop waits for the last trade; a trailing stop follows the market", () => {
  const venue = smallVenue();
  const last = closeOf(venue);
  const reached = place(venue, { orderType: "STP", limitPrice: undefined, stopPrice: Math.round(last - 5) });
  const far = place(venue, { orderType: "STP", limitPrice: undefined, stopPrice: 190, orderId: 32 });
  const trail = place(venue, {
    orderType: "TRAIL",
    side: "sell",
    limitPrice: undefined,
    trailAmount: 20,
    shares: 10,
    orderId: 33,
  });
  expect(known(venue, reached)).toMatchObject({ status: "Filled" });
  expect(known(venue, far)).toMatchObject({ status: "PreSubmitted", filledShares: 0 });
  expect(known(venue, trail).trailStopPrice).toBeCloseTo(last - 20, 2);
  venue.advanceTo(later(venue.now(), 600_000));
  expect(known(venue, trail).trailStopPrice).toBeGreaterThanOrEqual(last - 20.005);
});

test("children begin when their parent is filled, and one of them ends the other", () => {
  const venue = smallVenue();
  const parent = place(venue, { limitPrice: 90 });
  const child = { parentPermId: parent.permId, side: "sell", ocaGroup: "exits" } as const;
  const target = place(venue, { ...child, limitPrice: 100, orderId: 32 });
  const stop = place(venue, {
    ...child,
    orderType: "STP",
    limitPrice: undefined,
    stopPrice: 80,
    orderId: 33,
  });
  expect(known(venue, target)).toMatchObject({ status: "PreSubmitted", awaitsParent: true });
  venue.modify(parent.permId, orderFor(venue, { ...plain, limitPrice: 200 }));
  expect([parent, target, stop].map((order) => known(venue, order).status)).toEqual([
    "Filled",
    "Filled",
    "Cancelled",
  ]);
  const other = place(venue, { limitPrice: 90, orderId: 34 });
  const orphan = place(venue, { ...child, parentPermId: other.permId, limitPrice: 100, orderId: 35 });
  venue.cancel(other.permId);
  expect(known(venue, orphan).status).toBe("Cancelled");
});

test.each([1, 2, 3] as const)(
  "an order that fills little by little ends its group, and not with it itself (OCA type %i)",
  (ocaType) => {
    const venue = smallVenue();
    const group = { ocaGroup: "either", ocaType } as const;
    const small = place(venue, { ...group, limitPrice: 90, shares: 1, orderId: 32 });
    // No round lot: the last fill but one leaves less than half of what was left, and with it nothing of the single share.
    const large = place(venue, { ...group, symbol: "RRC", limitPrice: 60, shares: 20_010, orderId: 33 });
    expect(known(venue, large).status).toBe("Submitted");
    venue.advanceTo(newYork("15:30:00"));
    expect(known(venue, small)).toMatchObject({ status: "Cancelled", filledShares: 0 });
    expect(known(venue, large)).toMatchObject({ status: "Filled", filledShares: 20_010 });
  },
);

test("a group ends with an order that its client cancels, and not with one that expires", () => {
  const venue = smallVenue();
  const group = { ocaGroup: "either", limitPrice: 90 } as const;
  const today = place(venue, { ...group, orderId: 32 });
  const patient = place(venue, { ...group, timeInForce: "GTC", orderId: 33 });
  const third = place(venue, { ...group, timeInForce: "GTC", orderId: 34 });
  venue.advanceTo(newYork("16:00:00"));
  expect([today, patient, third].map((order) => known(venue, order).status)).toEqual([
    "Cancelled",
    "PreSubmitted",
    "PreSubmitted",
  ]);
  venue.cancel(third.permId);
  expect([patient, third].map((order) => known(venue, order).status)).toEqual(["Cancelled", "Cancelled"]);
});

test("a preview tells margins and commission and books nothing; the 21st order on one side is refused", () => {
  const venue = smallVenue();
  const events = eventsOf(venue);
  const preview = venue.preview(orderFor(venue));
  expect(preview).toMatchObject({ commission: 1, before: { initialMargin: 0 } });
  expect(events).toEqual([]);
  for (let i = 0; i < 20; i += 1) place(venue, { limitPrice: 90, orderId: 40 + i });
  expect(place(venue, { limitPrice: 90, orderId: 60 }).reason?.code).toBe(201);
});

test("a short sale without stock to borrow is held for it", () => {
  const venue = smallVenue({ contracts: [{ symbol: "AAPL", borrowableShares: 50 }] });
  const held = place(venue, { side: "sell", limitPrice: 100 });
  expect(known(venue, held)).toMatchObject({ status: "PreSubmitted", whyHeld: "locate", filledShares: 0 });
  expect(known(venue, place(venue, { side: "sell", limitPrice: 100, shares: 50, orderId: 32 })).status).toBe(
    "Filled",
  );
});

test("when a partly filled parent is cancelled its children begin, with no more shares than it was filled", () => {
  const venue = smallVenue();
  const parent = place(venue, { symbol: "RRC", shares: 60_000, limitPrice: 40 });
  const child = { symbol: "RRC", parentPermId: parent.permId, side: "sell", shares: 60_000 } as const;
  const target = place(venue, { ...child, limitPrice: 60, orderId: 32 });
  const small = place(venue, { ...child, shares: 70, limitPrice: 61, orderId: 33 });
  const stop = place(venue, { ...child, orderType: "STP", limitPrice: undefined, stopPrice: 9, orderId: 34 });
  const { filledShares } = known(venue, parent);
  expect(filledShares).toBeGreaterThan(70);
  expect(filledShares).toBeLessThan(60_000);
  const events = eventsOf(venue);
  venue.cancel(parent.permId);
  expect(known(venue, target)).toMatchObject({
    status: "Submitted",
    shares: filledShares,
    awaitsParent: false,
  });
  expect(known(venue, small)).toMatchObject({ status: "Submitted", shares: 70 });
  expect(known(venue, stop)).toMatchObject({ status: "PreSubmitted", shares: filledShares });
  expect(events.map((event) => event.kind === "order" && event.order.orderId)).toEqual([31, 32, 33, 34]);
});

test("a child of a parent that was cancelled in part before it came begins with that part; of one unfilled it is refused", () => {
  const venue = smallVenue();
  const parent = place(venue, { symbol: "RRC", shares: 30_000, timeInForce: "IOC" });
  const { filledShares, status } = known(venue, parent);
  expect(status).toBe("Cancelled");
  const child = { symbol: "RRC", side: "sell", limitPrice: 60, parentPermId: parent.permId } as const;
  expect(place(venue, { ...child, shares: 30_000, orderId: 32 })).toMatchObject({
    status: "Submitted",
    shares: filledShares,
  });
  const nothing = place(venue, { limitPrice: 90, timeInForce: "IOC", orderId: 33 });
  const orphan = place(venue, { ...child, shares: 10, orderId: 34, parentPermId: nothing.permId });
  expect(orphan.reason?.code).toBe(10006);
});

test("a child whose parent is filled already must be carried by the account like any other order", () => {
  const venue = smallVenue();
  const parent = place(venue, { shares: 10 });
  const child = place(venue, { shares: 30_000, orderId: 32, parentPermId: parent.permId });
  expect(child.reason?.code).toBe(201);
});

test("a trailing stop that is changed in size stays where it has come to, one with another distance begins anew", () => {
  const venue = smallVenue();
  const trail = { orderType: "TRAIL", side: "sell", limitPrice: undefined, orderId: 33 } as const;
  const order = place(venue, { ...trail, trailAmount: 2.5, shares: 10 });
  const terms = (over: Partial<VenueOrderRequest>) => ({
    ...orderFor(venue, { ...plain, ...trail, trailAmount: 2.5 }),
    ...over,
  });
  const stopOf = () => known(venue, order).trailStopPrice ?? 0;
  const last = closeOf(venue);
  venue.advanceTo(newYork("10:05:00"));
  const come = stopOf();
  expect(come).toBeGreaterThan(closeOf(venue) - 2.5);
  venue.modify(order.permId, terms({ shares: 20 }));
  expect(known(venue, order)).toMatchObject({ shares: 20, trailStopPrice: come });
  venue.modify(order.permId, terms({ trailAmount: 3 }));
  expect(stopOf()).toBeCloseTo(closeOf(venue) - 3, 2);
  expect(last).not.toBe(closeOf(venue));
});

test.each([2, 3] as const)(
  "many small fills make another one smaller by as much in all (OCA type %i)",
  (ocaType) => {
    const venue = smallVenue();
    const group = { ocaGroup: "either", ocaType } as const;
    const small = place(venue, { ...group, limitPrice: 90 });
    const large = place(venue, { ...group, symbol: "RRC", shares: 40_000, orderId: 32 });
    for (let minute = 1; minute <= 8; minute += 1) {
      venue.advanceTo(later(venue.now(), 60_000));
      const { filledShares, status } = known(venue, large);
      if (status === "Filled") break;
      expect(known(venue, small).shares).toBe(Math.round((100 * (40_000 - filledShares)) / 40_000));
    }
    expect(known(venue, small).shares).toBeLessThan(95);
  },
);

test("a trailing stop has its stop, and TRAIL LIMIT its limit, when it is first told", () => {
  const venue = smallVenue();
  const last = closeOf(venue);
  const events = eventsOf(venue);
  place(venue, {
    orderType: "TRAIL LIMIT",
    side: "sell",
    limitPrice: undefined,
    trailAmount: 20,
    limitOffset: 0.5,
  });
  const [first] = events.flatMap((event) => (event.kind === "order" ? event.order : []));
  expect(first?.trailStopPrice).toBeCloseTo(last - 20, 2);
  expect(first?.limitPrice).toBeCloseTo(last - 20.5, 2);
});

test("an algorithm's order is told as PreSubmitted first, then as Submitted", () => {
  const venue = smallVenue();
  const events = eventsOf(venue);
  place(venue, { limitPrice: 90, algoStrategy: "Adaptive" });
  place(venue, { limitPrice: 90, orderId: 32 });
  const statuses = events.flatMap((event) => (event.kind === "order" ? event.order.status : []));
  expect(statuses).toEqual(["PreSubmitted", "Submitted", "Submitted"]);
});
