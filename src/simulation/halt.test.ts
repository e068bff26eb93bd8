import { contractNamed, eventsOf, newYork, orderFor, smallVenue } from "../testing/small-venue.ts";
import { instant, later } from "../trading/instant.ts";

it("lets nothing trade in a halted symbol, and everything else; afterwards it goes on", () => {
  const halts = [{ symbol: "AAPL", from: newYork("10:01:00"), until: newYork("10:04:00") }];
  const venue = smallVenue({ halts });
  const [{ conId }, other] = [contractNamed(venue, "AAPL"), contractNamed(venue, "RRC")];
  venue.advanceTo(newYork("10:01:00"));
  const lastBefore = venue.quote(conId).lastTradedAt;
  expect(lastBefore).toBeLessThan(newYork("10:01:00"));
  expect(venue.quote(conId)).toMatchObject({
    bid: undefined,
    ask: undefined,
    bidShares: 0,
    halt: "regulatory",
  });
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

it("halts before the open too", () => {
  const halts = [{ symbol: "AAPL", from: newYork("08:00:00"), until: newYork("10:04:00") }];
  const venue = smallVenue({ at: "2022-11-22T07:59:59-05:00", halts });
  const { conId } = contractNamed(venue, "AAPL");
  expect(venue.quote(conId)).toMatchObject({ bid: expect.any(Number), halt: undefined });
  venue.advanceTo(newYork("08:00:00"));
  expect(venue.quote(conId)).toMatchObject({ bid: undefined, halt: "regulatory" });
  expect(venue.frozenQuote(conId).bid).toBeUndefined();
});

it("refuses a halt of what is not listed", () => {
  const halts = [{ symbol: "TSLA", from: newYork("10:01:00"), until: newYork("10:04:00") }];
  expect(() => smallVenue({ halts })).toThrow("no prices of TSLA");
});

describe("a band of prices", () => {
  const at = "2022-11-22T09:30:00-05:00";

  it("pauses trading when the price leaves it: nobody quotes, nobody trades, orders wait; all else is as without", () => {
    const [venue, free] = [smallVenue({ at, priceBand: 0.0006 }), smallVenue({ at })];
    const { conId } = contractNamed(venue, "AAPL");
    venue.place(orderFor(venue, { shares: 100_000 }));
    const seen = { paused: 0, limited: 0, same: 0 };
    for (let second = 1; second <= 3600; second += 1) {
      for (const one of [venue, free]) one.advanceTo(later(instant(at), second * 1000));
      const { halt, bid, ask, lastTradedAt } = venue.quote(conId);
      if (halt) {
        expect([halt, bid, ask]).toEqual(["volatility", undefined, undefined]);
        expect(lastTradedAt).toBeLessThan(venue.now());
        expect(venue.executions().every(({ executedAt }) => executedAt < venue.now())).toBe(true);
        seen.paused += 1;
      } else if (ask === free.quote(conId).ask && bid === free.quote(conId).bid) seen.same += 1;
      else seen.limited += 1;
    }
    expect(seen.paused).toBeGreaterThanOrEqual(300);
    expect(seen.limited).toBeGreaterThanOrEqual(15);
    expect(seen.same).toBeGreaterThan(5 * seen.limited);
  });

  it("holds from the first day that is lived through", () => {
    const dayBefore = (priceBand: number | undefined) => {
      const venue = smallVenue({ at, ...(priceBand !== undefined && { priceBand }) });
      const { conId } = contractNamed(venue, "AAPL");
      venue.advanceTo(newYork("10:30:00"));
      const asked = { conId, price: "ask", size: 60, length: { unit: "days", count: 2 } } as const;
      const bars = venue.bars({ ...asked, until: venue.now() });
      return { past: bars.filter(({ on }) => on === "2022-11-21"), present: bars.slice(-60) };
    };
    const [banded, free] = [dayBefore(0.0005), dayBefore(undefined)];
    expect(banded.past).toEqual(free.past);
    expect(banded.present).not.toEqual(free.present);
  });
});
