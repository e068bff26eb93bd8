import { smallVenue } from "../testing/small-venue.ts";
import { type Instant, instant, isoOf, later } from "../trading/instant.ts";
import { euroInDollars } from "./currency-pair.ts";
import type { Venue, VenueBar, VenueBarRequest } from "./venue.ts";

const { conId } = euroInDollars;

const asked = (venue: Venue, over: Partial<VenueBarRequest> = {}): readonly VenueBar[] =>
  venue.bars({
    conId,
    price: "midpoint",
    size: 3600,
    length: { unit: "days", count: 1 },
    until: venue.now(),
    ...over,
  });

const times = (bars: readonly VenueBar[]): readonly string[] =>
  bars.map(({ startAt }) => isoOf(startAt).slice(5, 16));

it("a day of currencies begins at a quarter past five the afternoon before, on Sunday for Monday, and ends at five", () => {
  const venue = smallVenue({ at: "2022-11-21T09:59:59-05:00" });
  const monday = asked(venue);
  expect(times(monday).slice(0, 3)).toEqual(["11-20T22:15", "11-20T23:00", "11-21T00:00"]);
  expect(times(monday).at(-1)).toBe("11-21T14:00");
  const friday = asked(venue, { until: instant("2022-11-20T12:00:00-05:00") });
  expect(times(friday).slice(-1)).toEqual(["11-18T21:00"]);
  expect(friday).toHaveLength(24);
  const daily = asked(venue, { size: "day", length: { unit: "days", count: 3 } });
  expect(daily.map(({ on }) => on)).toEqual(["2022-11-17", "2022-11-18", "2022-11-21"]);
  // In the night from summer time to winter time nothing is traded, and bars stay on whole hours.
  const clocksChanged = asked(venue, { until: instant("2022-11-06T18:00:00-05:00"), size: 14_400 });
  expect(times(clocksChanged)).toEqual(["11-06T22:15"]);
});

it("a bar has begun at the instant of its beginning, and the one before it is over", () => {
  const venue = smallVenue({ at: "2022-11-21T10:00:00-05:00" });
  expect(times(asked(venue)).at(-1)).toBe("11-21T15:00");
  expect(times(asked(venue, { until: later(venue.now(), -1) })).at(-1)).toBe("11-21T14:00");
});

it("between five and a quarter past, the next day has not begun", () => {
  const venue = smallVenue({ at: "2022-11-21T17:10:00-05:00" });
  expect(asked(venue, { size: "day" }).map(({ on }) => on)).toEqual(["2022-11-21"]);
  venue.advanceTo(instant("2022-11-21T17:15:00-05:00"));
  expect(asked(venue, { size: "day" }).map(({ on }) => on)).toEqual(["2022-11-22"]);
});

it("closes with the quote of the present; bid, middle and ask each lie a half tick above the other", () => {
  const venue = smallVenue({ at: "2022-11-21T10:37:12-05:00" });
  const { bid = 0, ask = 0 } = venue.quote(conId);
  const closeOf = (price: VenueBarRequest["price"], size: VenueBarRequest["size"]) =>
    asked(venue, { price, size, ...(typeof size === "number" && { length: oneHour }) }).at(-1)?.close;
  const oneHour = { unit: "seconds", count: 3600 } as const;
  for (const size of [1, 30, 60, 900, 3600, "day", "month"] as const) {
    expect([closeOf("bid", size), closeOf("ask", size)]).toEqual([bid, ask]);
    expect(closeOf("midpoint", size)).toBeCloseTo((bid + ask) / 2, 9);
  }
  expect(asked(venue, { price: "trades" })).toEqual([]);
});

it("a day holds its hours, a week its days, and a bar every price that was quoted on five minutes", () => {
  const venue = smallVenue({ at: "2022-11-25T16:59:59-05:00" });
  const [low, high] = [
    (bars: readonly VenueBar[]) => Math.min(...bars.map((bar) => bar.low)),
    (bars: readonly VenueBar[]) => Math.max(...bars.map((bar) => bar.high)),
  ];
  const hours = asked(venue);
  const [day] = asked(venue, { size: "day" });
  expect([day?.low, day?.high]).toEqual([low(hours), high(hours)]);
  expect([day?.open, day?.close]).toEqual([hours[0]?.open, hours.at(-1)?.close]);
  const days = asked(venue, { size: "day", length: { unit: "days", count: 5 } });
  const weeks = asked(venue, { size: "week", length: { unit: "weeks", count: 1 } });
  expect(weeks.at(-1)).toMatchObject({ on: "2022-11-21", low: low(days), high: high(days) });
  const seen: number[] = [];
  for (let at: Instant = later(venue.now(), -20 * 3_600_000); at < venue.now(); at = later(at, 3_600_000))
    seen.push(asked(venue, { size: 1, until: at, length: { unit: "seconds", count: 1 } })[0]?.close ?? 0);
  for (const price of seen) {
    expect(price).toBeGreaterThanOrEqual((day?.low ?? 0) - 0.00005);
    expect(price).toBeLessThanOrEqual((day?.high ?? 0) + 0.00005);
  }
});

it("counts seconds backwards over the pause at five and over the weekend", () => {
  const venue = smallVenue({ at: "2022-11-20T17:16:30-05:00" });
  const bars = asked(venue, { size: 60, length: { unit: "seconds", count: 240 } });
  expect(times(bars)).toEqual(["11-18T21:58", "11-18T21:59", "11-20T22:15", "11-20T22:16"]);
  expect(venue.firstBarAt(conId)).toBe(instant("2022-10-03T17:15:00-04:00"));
});

it("from the lowest bid to the highest ask, beginning with the average bid and ending with the average ask", () => {
  const venue = smallVenue();
  const [both] = asked(venue, { price: "bid and ask", size: "day" });
  const [bids] = asked(venue, { price: "bid", size: "day" });
  const [asks] = asked(venue, { price: "ask", size: "day" });
  expect([both?.low, both?.high]).toEqual([bids?.low, asks?.high]);
  expect((both?.close ?? 0) - (both?.open ?? 0)).toBeCloseTo(0.00005, 6);
});
