import { contractNamed, eventsOf, newYork, orderFor, smallVenue } from "../testing/small-venue.ts";

it("lets nothing trade in a halted symbol, and everything else; afterwards it goes on", () => {
  const halts = [{ symbol: "AAPL", from: newYork("10:01:00"), until: newYork("10:04:00") }];
  const venue = smallVenue({ halts });
  const [{ conId }, other] = [contractNamed(venue, "AAPL"), contractNamed(venue, "RRC")];
  venue.advanceTo(newYork("10:01:00"));
  const lastBefore = venue.quote(conId).lastTradedAt;
  expect(lastBefore).toBeLessThan(newYork("10:01:00"));
  expect(venue.quote(conId)).toMatchObject({ bid: undefined, ask: undefined, bidShares: 0, isHalted: true });
  expect(venue.quote(other.conId)).toMatchObject({ bid: expect.any(Number) });
  const events = eventsOf(venue);
  const order = venue.place(orderFor(venue, { symbol: "AAPL" }));
  venue.advanceTo(newYork("10:03:59"));
  expect(venue.quote(conId).lastTradedAt).toBe(lastBefore);
  expect(events.filter(({ kind }) => kind === "execution")).toEqual([]);
  venue.advanceTo(newYork("10:05:00"));
  const [execution] = events.flatMap((event) => (event.kind === "execution" ? [event.execution] : []));
  expect(execution?.permId).toBe(order.permId);
  expect(execution?.executedAt).toBeGreaterThanOrEqual(newYork("10:04:00"));
  const bars = venue.bars({
    conId,
    ...({ price: "trades", size: 60, until: venue.now() } as const),
    length: { unit: "days", count: 1 },
  });
  expect(bars.map((bar) => bar.volumeShares === 0).slice(-6)).toEqual([
    false,
    true,
    true,
    true,
    false,
    false,
  ]);
});
