import { contractNamed, newYork, smallVenue } from "../testing/small-venue.ts";
import type { Venue, VenueBarRequest } from "./venue.ts";

const asked = (venue: Venue, over: Partial<VenueBarRequest> = {}) =>
  venue.bars({
    conId: contractNamed(venue, "RRC").conId,
    price: "trades",
    size: 60,
    length: { unit: "days", count: 1 },
    until: venue.now(),
    ...over,
  });

const highest = (bars: readonly { readonly high: number }[]) => Math.max(...bars.map((bar) => bar.high));

it("ends with the last price, and holds every price that was seen", () => {
  const venue = smallVenue({ at: "2022-11-22T09:30:00-05:00" });
  const { conId } = contractNamed(venue, "RRC");
  const seen: number[] = [];
  for (let second = 0; second < 200; second += 1) {
    venue.advanceTo(newYork(`09:${33 + Math.floor(second / 60)}:${String(second % 60).padStart(2, "0")}`));
    seen.push(venue.quote(conId).last);
  }
  const bars = asked(venue);
  expect(bars).toHaveLength(7);
  expect(bars.at(-1)?.close).toBe(venue.quote(conId).last);
  expect(Math.max(...seen)).toBeLessThanOrEqual(highest(bars));
  expect(asked(venue, { price: "bid" }).at(-1)?.close).toBe(venue.quote(conId).bid);
});

it("closes a day with the close of the data, on its last minute too; the day holds its minutes", () => {
  const venue = smallVenue({ at: "2022-11-22T17:00:00-05:00" });
  const { conId } = contractNamed(venue, "RRC");
  const minutes = asked(venue);
  const days = asked(venue, { size: "day", length: { unit: "days", count: 3 } });
  expect(minutes).toHaveLength(390);
  expect(days.map((day) => day.on)).toEqual(["2022-11-18", "2022-11-21", "2022-11-22"]);
  expect(minutes.at(-1)?.close).toBe(venue.quote(conId).last);
  expect(days.at(-1)?.close).toBe(venue.quote(conId).last);
  expect(days.at(-2)?.close).toBe(venue.quote(conId).previousClose);
  expect(days.at(-1)?.high).toBe(highest(minutes));
  const volume = minutes.reduce((total, bar) => total + bar.volumeShares, 0);
  expect(days.at(-1)?.volumeShares).toBe(volume);
  expect(volume).toBeGreaterThan(500_000);
});

it("holds of a day before its life what the minutes of that day hold, and is the same on every question", () => {
  const venue = smallVenue();
  const until = newYork("16:00:00", "2022-11-18");
  const minutes = asked(venue, { until });
  const day = asked(venue, { until, size: "day" });
  expect(day[0]?.high).toBe(highest(minutes));
  expect(asked(venue, { until, size: "day" })).toEqual(day);
  expect(minutes.every((bar) => bar.low <= bar.open && bar.open <= bar.high && bar.low <= bar.close)).toBe(
    true,
  );
});

it("begins hours on the hour, weeks on their first session, months likewise", () => {
  const venue = smallVenue({ at: "2022-11-25T17:00:00-05:00" });
  const times = (bars: ReturnType<typeof asked>) =>
    bars.map((bar) => new Date(bar.startAt).toISOString().slice(11, 16));
  expect(times(asked(venue, { size: 3600 }))).toEqual(["14:30", "15:00", "16:00", "17:00"]);
  const weeks = asked(venue, { size: "week", length: { unit: "weeks", count: 2 } });
  expect(weeks.map((week) => week.on)).toEqual(["2022-11-07", "2022-11-14", "2022-11-21"]);
  const months = asked(venue, { size: "month", length: { unit: "months", count: 1 } });
  expect(months.map((month) => month.on)).toEqual(["2022-10-04", "2022-11-01"].slice(0, months.length));
});

it("counts seconds backwards through sessions", () => {
  const venue = smallVenue({ at: "2022-11-22T09:31:30-05:00" });
  const bars = asked(venue, { length: { unit: "seconds", count: 300 } });
  expect(bars).toHaveLength(5);
  expect(bars[0]?.startAt).toBe(newYork("15:57:00", "2022-11-21"));
});

it("today's range and volume are those of the day's bar, at any time; a closed market keeps its last quote frozen", () => {
  const venue = smallVenue({ at: "2022-11-22T09:00:00-05:00" });
  const { conId } = contractNamed(venue, "RRC");
  expect(venue.today(conId)).toBeUndefined();
  for (const time of ["09:30:00", "11:17:42", "15:59:59", "16:00:00", "19:00:00"]) {
    venue.advanceTo(newYork(time));
    const [bar] = asked(venue, { size: "day" });
    const { open, high, low, volumeShares } = bar ?? {};
    expect(venue.today(conId)).toEqual({ open, high, low, volumeShares });
  }
  venue.advanceTo(newYork("20:00:00"));
  expect(venue.quote(conId).bid).toBeUndefined();
  expect(venue.frozenQuote(conId)).toMatchObject({
    isFrozen: true,
    bid: asked(venue, { size: "day", price: "bid" })[0]?.close,
    ask: asked(venue, { size: "day", price: "ask" })[0]?.close,
  });
});

it("has bars of seconds: they hold nothing that their minute does not, on days before its life too", () => {
  const venue = smallVenue({ at: "2022-11-22T10:00:00-05:00" });
  for (const until of [newYork("10:00:00", "2022-11-21"), venue.now()]) {
    const minutes = asked(venue, { until });
    for (const size of [1, 5, 10, 15, 30]) {
      const small = asked(venue, { until, size, length: { unit: "seconds", count: 1800 } });
      expect(small.length).toBeGreaterThanOrEqual(1800 / size);
      expect(highest(small)).toBe(highest(minutes.slice(-31)));
      const volume = small.slice(-60 / size).reduce((total, bar) => total + bar.volumeShares, 0);
      expect(volume).toBeLessThanOrEqual(minutes.slice(-2).reduce((sum, bar) => sum + bar.volumeShares, 0));
    }
  }
});

it("has bars of both sides: from the average bid to the average ask, the lowest bid and the highest ask between", () => {
  const venue = smallVenue({ at: "2022-11-22T12:00:00-05:00" });
  const [bids, asks, both] = (["bid", "ask", "bid and ask"] as const).map((price) =>
    asked(venue, { price, size: 300 }),
  );
  expect(both).toHaveLength(31);
  for (const [at, bar] of (both ?? []).entries()) {
    expect(bar.low).toBe(bids?.[at]?.low);
    expect(bar.high).toBe(asks?.[at]?.high);
    expect(bar.open).toBeGreaterThanOrEqual(bar.low);
    expect(bar.open).toBeLessThan(bar.close);
    expect(bar.close).toBeLessThanOrEqual(bar.high);
  }
  expect(both?.map((bar) => bar.open)).not.toEqual(bids?.map((bar) => bar.open));
});

it("keeps the bars of finished days, each kind for itself; a day's bar is not kept before its close", () => {
  const venue = smallVenue({ at: "2022-11-22T12:00:00-05:00" });
  const days = (price: VenueBarRequest["price"]) =>
    asked(venue, { price, size: "day", length: { unit: "days", count: 3 } });
  const steps = (over: Partial<VenueBarRequest>) => {
    const { conId } = contractNamed(venue, "RRC");
    const request = { conId, price: "trades", size: "day", until: venue.now() } as const;
    return [...venue.findBars({ ...request, length: { unit: "days", count: 3 }, ...over })].length;
  };
  expect(steps({})).toBe(3);
  const first = days("trades");
  expect(steps({})).toBe(1);
  expect(days("trades")).toEqual(first);
  expect(steps({ price: "bid and ask" })).toBe(3);
  expect(days("bid and ask")[0]?.open).not.toBe(first[0]?.open);
  venue.advanceTo(newYork("16:00:00"));
  expect(days("trades").slice(0, 2)).toEqual(first.slice(0, 2));
  expect(days("trades").at(-1)).not.toEqual(first.at(-1));
  expect(steps({})).toBe(0);
  // What was over at four is not yet at noon.
  expect(asked(venue, { size: "day", until: newYork("12:00:00") })).toEqual(first.slice(-1));
});
