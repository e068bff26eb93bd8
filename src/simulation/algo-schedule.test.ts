import { eventsOf, newYork, orderFor, smallVenue } from "../testing/small-venue.ts";
import type { Instant } from "../trading/instant.ts";
import { tradingDate } from "../trading/instant.ts";
import { sessionOn } from "../trading/session.ts";
import { isWindowOver, scheduledShares } from "./algo-schedule.ts";
import type { Venue, VenueOrder, VenueSchedule } from "./venue.ts";

const window: VenueSchedule = {
  slices: "even",
  startAt: undefined,
  endAt: undefined,
  tradesPastEnd: false,
  volumePartMax: undefined,
};
const session = sessionOn(tradingDate("2022-11-22"), "09:30", "16:00", "US/Eastern");
/** Others trade 100 a minute until noon and 300 a minute from then on. */
const volumeBefore = (at: Instant): number =>
  Math.round(((at - session.openAt) * 100 + Math.max(0, at - newYork("12:00:00")) * 200) / 60_000);

describe("how much of an order may have traded", () => {
  const request = orderFor(smallVenue(), { shares: 1000 });
  const due = (time: string, over: Partial<VenueSchedule>, placed = "10:00:00"): number => {
    const order = { ...request, placedAt: newYork(placed), schedule: { ...window, ...over } } as VenueOrder;
    return scheduledShares(order, { session, now: newYork(time), volumeBefore });
  };
  const tenMinutes = { startAt: newYork("11:55:00"), endAt: newYork("12:05:00") };

  it("even: a tenth of it at the beginning of each of ten minutes", () => {
    expect(due("11:54:59", tenMinutes)).toBe(0);
    expect(due("11:55:00", tenMinutes)).toBe(100);
    expect(due("11:55:59", tenMinutes)).toBe(100);
    expect(due("11:58:00", tenMinutes)).toBe(400);
    expect(due("12:04:59", tenMinutes)).toBe(1000);
  });

  it("with volume: the slices after noon are three times as large", () => {
    const vwap = { ...tenMinutes, slices: "with volume" } as const;
    expect(due("11:55:00", vwap)).toBe(50);
    expect(due("11:59:00", vwap)).toBe(250);
    expect(due("12:00:00", vwap)).toBe(400);
    expect(due("12:04:00", vwap)).toBe(1000);
  });

  it("never more than its part of what others have traded in the window", () => {
    const most = { ...tenMinutes, volumePartMax: 0.25 };
    expect(due("11:57:00", most)).toBe(50);
    expect(due("12:05:00", most)).toBe(500);
  });

  it("from its placing to the close when nothing is said, and not before the open", () => {
    expect(due("10:00:00", {})).toBe(Math.round(1000 / 360));
    expect(due("13:00:00", {})).toBe(503);
    expect(due("15:59:00", {})).toBe(1000);
    expect(due("09:30:00", {}, "08:00:00")).toBe(Math.round(1000 / 390));
  });

  it("is over at its end unless it may go on", () => {
    const order = (over: Partial<VenueSchedule>) =>
      ({ ...request, schedule: { ...window, ...over } }) as unknown as VenueOrder;
    const endAt = newYork("12:05:00");
    expect(isWindowOver(order({ endAt }), newYork("12:04:59"))).toBe(false);
    expect(isWindowOver(order({ endAt }), endAt)).toBe(true);
    expect(isWindowOver(order({ endAt, tradesPastEnd: true }), endAt)).toBe(false);
    expect(isWindowOver(order({}), newYork("23:00:00"))).toBe(false);
  });
});

describe("at the exchange", () => {
  const place = (venue: Venue, over: Parameters<typeof orderFor>[1]): VenueOrder =>
    venue.place(orderFor(venue, { algoStrategy: "", algoParams: [], ...over }));

  it("an even order of 600 AAPL in six minutes trades a hundred a minute, where another is done at once", () => {
    const venue = smallVenue();
    const events = eventsOf(venue);
    const schedule = { ...window, endAt: newYork("10:06:00") };
    place(venue, { shares: 600, schedule });
    venue.advanceTo(newYork("10:05:30"));
    const fills = events.flatMap((event) => (event.kind === "execution" ? [event.execution] : []));
    expect(fills.map(({ shares }) => shares)).toEqual([100, 100, 100, 100, 100, 100]);
    expect(fills.map(({ executedAt }) => (executedAt - newYork("10:00:00")) / 60_000)).toEqual([
      0, 1, 2, 3, 4, 5,
    ]);
    place(venue, { shares: 600, orderId: 32 });
    venue.advanceTo(newYork("10:05:33"));
    expect(venue.openOrders()).toEqual([]);
  });

  it("what its limit did not reach is cancelled when its window ends, or goes on", () => {
    const venue = smallVenue();
    const endAt = newYork("10:06:00");
    place(venue, { limitPrice: 90, schedule: { ...window, endAt } });
    const patient = place(venue, {
      limitPrice: 90,
      orderId: 32,
      schedule: { ...window, endAt, tradesPastEnd: true },
    });
    venue.advanceTo(endAt);
    expect(venue.completedOrders()).toMatchObject([{ orderId: 31, status: "Cancelled", filledShares: 0 }]);
    expect(venue.openOrders()).toMatchObject([{ permId: patient.permId }]);
  });
});
