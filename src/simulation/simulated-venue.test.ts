import { join } from "node:path";
import fc from "fast-check";
import { readPriceHistory } from "../storage/price-history-file.ts";
import {
  account,
  contractNamed,
  eventsOf,
  newYork,
  orderFor,
  smallHistory,
  smallVenue,
} from "../testing/small-venue.ts";
import { type Instant, instant, later } from "../trading/instant.ts";
import { simulatedVenue } from "./simulated-venue.ts";
import type { Venue, VenueExecution, VenueOrder, VenueQuote } from "./venue.ts";

const secondMs = 1000;

function quoteOf(venue: Venue, symbol: string): VenueQuote & { readonly bid: number; readonly ask: number } {
  const quote = venue.quote(contractNamed(venue, symbol).conId);
  if (quote.bid === undefined || quote.ask === undefined) throw new Error(`${symbol} is not quoted`);
  return { ...quote, bid: quote.bid, ask: quote.ask };
}

/** What an order's life would be called in one line: "Submitted 0, Submitted 100, Filled 250". */
function livesTold(events: ReturnType<typeof eventsOf>, permId: number): string[] {
  return events.flatMap((event) =>
    event.kind === "order" && event.order.permId === permId
      ? [`${event.order.status} ${event.order.filledShares}`]
      : [],
  );
}

/** Of the first minute from a time on, in AAPL. */
function meanSpread(from: string): number {
  const venue = smallVenue({ at: `2022-11-22T${from}-05:00` });
  let sum = 0;
  for (let i = 0; i < 60; i += 1) {
    const { bid, ask } = quoteOf(venue, "AAPL");
    sum += ask - bid;
    venue.advanceTo(later(venue.now(), secondMs));
  }
  return sum / 60;
}

describe("a coarse step", () => {
  it("lets orders meet the market so much more seldom, and ends them at the close all the same", () => {
    const fillsIn = (stepSeconds: number): readonly string[] => {
      const venue = smallVenue({ at: "2022-11-22T15:58:30-05:00", stepSeconds });
      venue.place(orderFor(venue, { symbol: "RRC", shares: 40_000, limitPrice: 26.5 }));
      venue.advanceTo(newYork("16:00:00"));
      expect(venue.openOrders()).toEqual([]);
      expect(venue.completedOrders()).toMatchObject([{ status: "Cancelled", endedAt: newYork("16:00:00") }]);
      return venue.executions().map(({ executedAt }) => new Date(executedAt).toISOString().slice(14, 19));
    };
    expect(fillsIn(30)).toEqual(["58:30", "59:00", "59:30"]);
    expect(fillsIn(1)).toHaveLength(90);
  });

  it("divides a minute: it must not step over a close", () => {
    expect(() => smallVenue({ stepSeconds: 25 })).toThrow(RangeError);
  });
});

describe("quotes", () => {
  it("are uncrossed, on the tick, with round lots, and move from second to second", () => {
    const venue = smallVenue();
    const mids = new Set<number>();
    let unequalSizes = 0;
    let lastAtAsk = 0;
    for (let i = 0; i < 600; i += 1) {
      venue.advanceTo(later(venue.now(), secondMs));
      for (const symbol of ["AAPL", "RRC"]) {
        const { bid, ask, bidShares, askShares, last, lastTradedAt } = quoteOf(venue, symbol);
        expect(ask).toBeGreaterThan(bid);
        expect(Math.round(bid * 100) / 100).toBe(bid);
        expect(Math.round(ask * 100) / 100).toBe(ask);
        expect((ask - bid) / ask).toBeLessThan(0.002);
        expect(bidShares % 100).toBe(0);
        expect(askShares).toBeGreaterThanOrEqual(100);
        expect(lastTradedAt).toBeLessThanOrEqual(venue.now());
        expect(lastTradedAt).toBeGreaterThan(venue.now() - 300 * secondMs);
        expect(Math.abs(last / bid - 1)).toBeLessThan(0.01);
        if (symbol === "AAPL") mids.add(bid + ask);
        if (symbol === "AAPL" && bidShares !== askShares) unequalSizes += 1;
        // AAPL trades in every second, so its last trade is this second's.
        if (symbol === "AAPL" && last === ask) lastAtAsk += 1;
      }
    }
    expect(mids.size).toBeGreaterThan(30);
    expect(unequalSizes).toBeGreaterThan(500);
    expect(lastAtAsk).toBeGreaterThan(200);
    expect(lastAtAsk).toBeLessThan(400);
  });

  it("stand still within a second", () => {
    const venue = smallVenue();
    const { conId } = contractNamed(venue, "AAPL");
    const first = venue.quote(conId);
    venue.advanceTo(newYork("10:00:00.999"));
    expect(venue.quote(conId)).toEqual(first);
    venue.advanceTo(newYork("10:00:05"));
    expect(venue.quote(conId)).not.toEqual(first);
  });

  it("are wider at the open than an hour later", () => {
    expect(meanSpread("09:30:00")).toBeGreaterThan(2 * meanSpread("10:30:00"));
  });

  it("are absent while the exchange is closed, when the last trade is the close of the day", () => {
    const history = smallHistory();
    const close = (on: string) =>
      history.closes.get("AAPL")?.[history.dates.findIndex((date) => date === on)];
    const venue = smallVenue({ at: "2022-11-22T15:59:59-05:00" });
    const { conId } = contractNamed(venue, "AAPL");
    expect(Math.abs(quoteOf(venue, "AAPL").ask / (close("2022-11-22") ?? 0) - 1)).toBeLessThan(0.001);
    venue.advanceTo(newYork("16:00:00"));
    expect(venue.isOpen()).toBe(false);
    venue.advanceTo(newYork("20:00:00"));
    expect(venue.quote(conId)).toEqual({
      bid: undefined,
      ask: undefined,
      bidShares: 0,
      askShares: 0,
      last: close("2022-11-22"),
      lastTradedAt: newYork("16:00:00"),
      previousClose: close("2022-11-21"),
    });
    // Over midnight the day's close becomes the previous one; Thursday is Thanksgiving, Friday closes at one (Z02).
    venue.advanceTo(newYork("12:00:00", "2022-11-24"));
    expect(venue.quote(conId)).toMatchObject({
      bid: undefined,
      last: close("2022-11-23"),
      previousClose: close("2022-11-23"),
    });
    venue.advanceTo(newYork("17:00:00", "2022-11-25"));
    expect(venue.quote(conId)).toMatchObject({
      bid: undefined,
      last: close("2022-11-25"),
      lastTradedAt: newYork("13:00:00", "2022-11-25"),
    });
  });

  it.each([
    ["04:00:00", "09:29:59"],
    ["16:00:00", "19:59:59"],
  ])("are wide, thin and round the last trade from %s to %s", (from, through) => {
    const venue = smallVenue({ at: "2022-11-22T03:59:59-05:00" });
    const { conId } = contractNamed(venue, "AAPL");
    expect(venue.quote(conId).bid).toBeUndefined();
    for (const time of [from, through]) {
      venue.advanceTo(newYork(time));
      const { bid = 0, ask = 0, last, bidShares, askShares } = venue.quote(conId);
      expect((ask - bid) / last).toBeGreaterThan(0.0003);
      expect(Math.abs((bid + ask) / 2 / last - 1)).toBeLessThan(0.004);
      expect([bidShares, askShares]).toEqual([200, 200]);
      expect(venue.frozenQuote(conId)).toEqual(venue.quote(conId));
    }
  });

  it("delayed are those of a quarter of an hour ago, without what we took since", () => {
    const at = "2022-11-22T09:31:00-05:00";
    const [venue, before] = [smallVenue({ at }), smallVenue({ at })];
    const { conId } = contractNamed(venue, "RRC");
    for (const time of ["09:50:13", "13:02:41", "16:05:30", "20:10:00"]) {
      venue.advanceTo(newYork(time));
      before.advanceTo(later(newYork(time), -900_000));
      expect(venue.delayed.quote(conId)).toEqual(before.quote(conId));
      expect(venue.delayed.frozenQuote(conId)).toEqual(before.frozenQuote(conId));
      expect(venue.delayed.today(conId)).toEqual(before.today(conId));
      expect(venue.quote(conId)).not.toEqual(before.quote(conId));
    }
    const first = smallVenue({ at: "2022-10-04T00:05:00-04:00" });
    expect(first.delayed.quote(conId)).toEqual(first.quote(conId));
  });

  it("before the open are what an order for extended hours trades at, and the shares it takes are gone", () => {
    const venue = smallVenue({ at: "2022-11-22T08:00:00-05:00" });
    const { conId } = contractNamed(venue, "AAPL");
    const { ask } = venue.quote(conId);
    const placed = venue.place(orderFor(venue, { algoStrategy: "", tradesExtendedHours: true, shares: 150 }));
    expect(placed).toMatchObject({ status: "Filled", averageFillPrice: ask });
    expect(venue.quote(conId)).toMatchObject({ askShares: 50, bidShares: 200 });
  });

  it("go on after the history's last date", () => {
    const venue = smallVenue({ at: "2023-02-01T11:00:00-05:00" });
    expect(quoteOf(venue, "AAPL").ask).toBeGreaterThan(50);
    expect(venue.sessions(1).map(({ on }) => on)).toEqual(["2023-02-01"]);
  });

  it("cannot begin on the history's first date or before", () => {
    expect(() => smallVenue({ at: "2022-10-03T10:00:00-04:00" })).toThrow("from the next day on");
    expect(() => smallVenue({ at: "2022-10-04T10:00:00-04:00" })).not.toThrow();
  });

  it("follow the shipped closes", async () => {
    const history = await readPriceHistory(join(import.meta.dirname, "../../data/sp500-20-daily.csv.gz"));
    const venue = simulatedVenue({
      history,
      startAt: instant("2022-03-14T15:59:00-04:00"),
      seed: 9,
      accounts: [],
    });
    const index = history.dates.findIndex((on) => on === "2022-03-14");
    for (const { symbol, conId } of venue.contracts()) {
      const close = history.closes.get(symbol)?.[index] ?? Number.NaN;
      const previous = history.closes.get(symbol)?.[index - 1] ?? Number.NaN;
      const quote = venue.quote(conId);
      expect(Math.abs((quote.ask ?? 0) / close - 1)).toBeLessThan(0.006);
      expect(Math.abs(quote.previousClose - previous)).toBeLessThanOrEqual(0.0051);
    }
    expect(venue.contracts()).toHaveLength(20);
  });
});

describe("sessions", () => {
  it("are those of so many calendar days from today on", () => {
    const venue = smallVenue();
    expect(venue.sessions(4).map(({ on, closeAt }) => [on, closeAt])).toEqual([
      ["2022-11-22", newYork("16:00", "2022-11-22")],
      ["2022-11-23", newYork("16:00", "2022-11-23")],
      ["2022-11-25", newYork("13:00", "2022-11-25")],
    ]);
    expect(venue.sessions(0)).toEqual([]);
  });

  it("open at the first instant and are over at the last", () => {
    const venue = smallVenue({ at: "2022-11-25T09:29:59.999-05:00" });
    expect(venue.isOpen()).toBe(false);
    venue.advanceTo(newYork("09:30:00", "2022-11-25"));
    expect(venue.isOpen()).toBe(true);
    venue.advanceTo(newYork("12:59:59.999", "2022-11-25"));
    expect(venue.isOpen()).toBe(true);
    venue.advanceTo(newYork("13:00", "2022-11-25"));
    expect(venue.isOpen()).toBe(false);
  });
});

describe("an order", () => {
  it("pays the ask that it meets, not its limit; a sale gets the bid", () => {
    const venue = smallVenue();
    const { ask } = quoteOf(venue, "AAPL");
    const bought = venue.place(orderFor(venue, { limitPrice: ask + 5, shares: 100 }));
    expect(bought).toMatchObject({
      status: "Filled",
      filledShares: 100,
      averageFillPrice: ask,
      commission: 1,
    });
    const { bid } = quoteOf(venue, "AAPL");
    const sold = venue.place(orderFor(venue, { side: "sell", limitPrice: bid - 5, orderId: 32 }));
    expect(sold).toMatchObject({ status: "Filled", averageFillPrice: bid, lastFillPrice: bid });
    expect(bid).toBeLessThan(ask);
    expect(sold.permId).toBeGreaterThan(bought.permId);
  });

  it("is told: accepted, then execution before status before books", () => {
    const venue = smallVenue();
    const events = eventsOf(venue);
    const { ask } = quoteOf(venue, "AAPL");
    const order = venue.place(orderFor(venue));
    expect(events.map(({ kind }) => kind)).toEqual(["order", "execution", "order", "books"]);
    expect(livesTold(events, order.permId)).toEqual(["PreSubmitted 0", "Filled 100"]);
    const { conId } = contractNamed(venue, "AAPL");
    expect(events[1]).toEqual({
      kind: "execution",
      execution: {
        execId: expect.stringMatching(/^0000[0-9a-f]{4}\.[0-9a-f]{8}\.01\.01$/),
        permId: order.permId,
        clientId: 7,
        orderId: 31,
        orderRef: order.orderRef,
        account,
        conId,
        exchange: "NASDAQ",
        side: "buy",
        shares: 100,
        price: ask,
        executedAt: newYork("10:00:00"),
        cumulativeShares: 100,
        averagePrice: ask,
        commission: 1,
        commissionCurrency: "USD",
        modelCode: "",
        realizedPnl: undefined,
      },
    });
    expect(events[3]).toEqual({ kind: "books", account, conIds: [conId] });
  });

  it("waits while the market is beyond its limit, and fills when the market comes", () => {
    const venue = smallVenue();
    const { bid } = quoteOf(venue, "AAPL");
    const order = venue.place(orderFor(venue, { limitPrice: Math.round((bid - 0.1) * 100) / 100 }));
    expect(order).toMatchObject({ status: "Submitted", filledShares: 0 });
    const { conId } = order;
    while (venue.openOrders().length > 0 && venue.isOpen()) {
      venue.advanceTo(later(venue.now(), secondMs));
      const { ask = Number.NaN } = venue.quote(conId);
      const isReached = ask <= (order.limitPrice ?? 0);
      expect(venue.openOrders().length).toBe(isReached || !venue.isOpen() ? 0 : 1);
    }
    const [execution] = venue.executions();
    expect(execution?.price).toBeLessThanOrEqual(order.limitPrice ?? 0);
    expect(execution?.executedAt).toBe(venue.now());
  });

  it("for the market trades at once, whatever the price", () => {
    const venue = smallVenue();
    const { bid } = quoteOf(venue, "AAPL");
    const order = venue.place(orderFor(venue, { orderType: "MKT", limitPrice: undefined, side: "sell" }));
    expect(order).toMatchObject({ status: "Filled", averageFillPrice: bid });
  });

  it("in a thin name fills over minutes, never more than is displayed in a second, charged once", () => {
    const venue = smallVenue();
    const events = eventsOf(venue);
    const order = venue.place(orderFor(venue, { symbol: "RRC", shares: 30_000, limitPrice: 27 }));
    expect(order.status).toBe("Submitted");
    expect(order.filledShares).toBeLessThan(2000);
    venue.advanceTo(newYork("10:01:00"));
    const afterMinute = venue.openOrders()[0]?.filledShares ?? 0;
    expect(afterMinute).toBeGreaterThan(3000);
    expect(afterMinute).toBeLessThan(15_000);
    venue.advanceTo(newYork("10:30:00"));
    const executions = venue.executions();
    const shares = executions.reduce((sum, execution) => sum + execution.shares, 0);
    expect(shares).toBe(30_000);
    const value = executions.reduce((sum, execution) => sum + execution.shares * execution.price, 0);
    expect(new Set(executions.map(({ price }) => price)).size).toBeGreaterThan(1);
    expect(venue.completedOrders()[0]?.averageFillPrice).toBeCloseTo(value / 30_000, 8);
    const seconds = executions.map(({ executedAt }) => executedAt);
    expect(new Set(seconds).size).toBe(seconds.length);
    expect((seconds.at(-1) ?? 0) - (seconds[0] ?? 0)).toBeGreaterThan(120_000);
    // 0.005 × 30,000 in all: the least charge of 1.00 is in the first execution and taken off the later ones.
    const commissions = executions.map(({ commission }) => commission);
    expect(commissions.reduce((a, b) => a + b, 0)).toBeCloseTo(150, 6);
    expect(commissions[0]).toBeCloseTo(Math.max(1, 0.005 * (executions[0]?.shares ?? 0)), 6);
    expect(venue.completedOrders()[0]).toMatchObject({ commission: 150, status: "Filled" });
    expect(livesTold(events, order.permId)).toHaveLength(executions.length + 1);
    expect(new Set(executions.map(({ execId }) => execId)).size).toBe(executions.length);
  });

  it("finds less in the second in which another has taken from the same side", () => {
    const venue = smallVenue();
    const before = quoteOf(venue, "AAPL");
    venue.place(orderFor(venue, { shares: 100 }));
    expect(quoteOf(venue, "AAPL")).toEqual({ ...before, askShares: before.askShares - 100 });
    const rest = venue.place(orderFor(venue, { shares: before.askShares, orderId: 32 }));
    expect(rest).toMatchObject({ filledShares: before.askShares - 100, status: "Submitted" });
    expect(quoteOf(venue, "AAPL").askShares).toBe(0);
    const sold = venue.place(orderFor(venue, { side: "sell", limitPrice: 100, orderId: 33 }));
    expect(sold.status).toBe("Filled");
    venue.advanceTo(newYork("10:00:01"));
    expect(venue.openOrders()).toEqual([]);
  });

  it("placed before the open waits for it; what is left at the close of a half day expires (Z02)", () => {
    const venue = smallVenue({ at: "2022-11-24T20:00:00-05:00" });
    const events = eventsOf(venue);
    const marketable = venue.place(orderFor(venue));
    const distant = venue.place(orderFor(venue, { limitPrice: 1, orderId: 32 }));
    const kept = venue.place(orderFor(venue, { limitPrice: 1, orderId: 33, timeInForce: "GTC" }));
    expect(marketable).toMatchObject({ status: "PreSubmitted", filledShares: 0 });
    venue.advanceTo(newYork("09:29:59.999", "2022-11-25"));
    expect(events).toHaveLength(3);
    venue.advanceTo(newYork("12:59:59.999", "2022-11-25"));
    expect(livesTold(events, marketable.permId)).toEqual(["PreSubmitted 0", "Submitted 0", "Filled 100"]);
    expect(venue.executions()[0]?.executedAt).toBe(newYork("09:30:00", "2022-11-25"));
    venue.advanceTo(newYork("18:00:00", "2022-11-25"));
    expect(livesTold(events, distant.permId)).toEqual(["PreSubmitted 0", "Submitted 0", "Cancelled 0"]);
    expect(venue.completedOrders().find(({ permId }) => permId === distant.permId)).toMatchObject({
      endedAt: newYork("13:00:00", "2022-11-25"),
      reason: { code: 202 },
    });
    expect(venue.openOrders()).toMatchObject([{ permId: kept.permId, status: "PreSubmitted" }]);
    venue.advanceTo(newYork("09:30:00", "2022-11-28"));
    expect(venue.openOrders()).toMatchObject([{ permId: kept.permId, status: "Submitted" }]);
  });

  it("keeps what it had traded when it is cancelled, and a done order stays as it was (O10)", () => {
    const venue = smallVenue();
    const events = eventsOf(venue);
    const order = venue.place(orderFor(venue, { symbol: "RRC", shares: 30_000, limitPrice: 27 }));
    venue.advanceTo(newYork("10:00:10.250"));
    const cancelled = venue.cancel(order.permId);
    expect(cancelled).toMatchObject({
      status: "Cancelled",
      endedAt: newYork("10:00:10.250"),
      reason: undefined,
    });
    expect(cancelled?.filledShares).toBeGreaterThan(order.filledShares);
    const told = events.length;
    expect(venue.cancel(order.permId)).toEqual(cancelled);
    venue.advanceTo(newYork("10:05:00"));
    expect(events).toHaveLength(told);
    expect(venue.cancel(1)).toBeUndefined();
  });

  it("may be cancelled by who hears of its fill", () => {
    const venue = smallVenue();
    const events = eventsOf(venue);
    venue.subscribe((event) => {
      if (event.kind === "execution") venue.cancel(event.execution.permId);
    });
    const { permId } = venue.place(orderFor(venue, { symbol: "RRC", shares: 30_000, limitPrice: 27 }));
    venue.advanceTo(newYork("10:05:00"));
    const [{ shares } = { shares: 0 }, ...others] = venue.executions();
    expect(others).toEqual([]);
    expect(livesTold(events, permId)).toEqual([
      "PreSubmitted 0",
      `Submitted ${shares}`,
      `Cancelled ${shares}`,
    ]);
    expect(venue.openOrders()).toEqual([]);
    expect(venue.completedOrders()).toMatchObject([{ permId, filledShares: shares, commission: 1 }]);
  });
});

/** Places an order that is refused, and leaves nothing behind but itself. */
function refused(over: Parameters<typeof orderFor>[1], venue = smallVenue()): VenueOrder {
  const events = eventsOf(venue);
  const order = venue.place(orderFor(venue, over));
  expect(order).toMatchObject({ status: "Inactive", filledShares: 0, endedAt: venue.now() });
  expect(events).toEqual([{ kind: "order", order }]);
  expect(venue.openOrders()).toEqual([]);
  return order;
}

/** An account that owes more than its margin allows. */
function poorVenue(shares: number): Venue {
  const positions = [{ symbol: "AAPL", shares, averageCost: 151.23 }];
  const cash = shares > 0 ? -40_000 : 10_000;
  return smallVenue({ accounts: [{ id: account, cash, baseCurrency: "USD", positions }] });
}

describe("a refusal", () => {
  it.each([
    ["a price between two ticks (O03)", { limitPrice: 150.005 }, 110],
    ["a price of nothing", { limitPrice: undefined }, 110],
    ["a negative price", { limitPrice: -1 }, 110],
    ["half a share", { shares: 10.5 }, 10243],
    ["no share", { shares: 0 }, 434],
    ["a size that is no number", { shares: Number.NaN }, 434],
    ["an unknown contract", { conId: 5 }, 200],
    ["an unknown account (O22)", { account: "U999" }, 321],
  ])("names %s", (_, over, code) => {
    expect(refused(over).reason?.code).toBe(code);
  });

  it("of what the account cannot carry says both sums (O21)", () => {
    const venue = smallVenue({ cash: 10_000 });
    const { last } = quoteOf(venue, "AAPL");
    const needed = (140 * last * 0.5).toFixed(2);
    expect(refused({ shares: 140 }, venue).reason).toEqual({
      code: 201,
      text: `Order rejected - reason:YOUR ORDER IS NOT ACCEPTED. In order to obtain the desired position your Equity with Loan Value [10000.00 USD] must exceed the new total Initial Margin of [${needed} USD].`,
    });
    expect(venue.place(orderFor(venue, { shares: 120 })).reason).toBeUndefined();
  });

  it("counts working orders, of the same side together and of both sides apart", () => {
    const venue = smallVenue({ cash: 10_000 });
    const waiting = { limitPrice: 1, shares: 100 };
    expect(venue.place(orderFor(venue, waiting)).status).toBe("Submitted");
    expect(venue.place(orderFor(venue, { limitPrice: 1, shares: 50 })).reason?.code).toBe(201);
    expect(venue.place(orderFor(venue, { side: "sell", limitPrice: 900, shares: 100 })).status).toBe(
      "Submitted",
    );
    expect(venue.place(orderFor(venue, { symbol: "RRC", limitPrice: 1, shares: 1000 })).reason?.code).toBe(
      201,
    );
  });

  it("never meets an order that only reduces, long or short, even without equity (A14)", () => {
    for (const [shares, side] of [
      [300, "sell"],
      [-300, "buy"],
    ] as const) {
      const venue = poorVenue(shares);
      expect(venue.balances(account).availableFunds).toBeLessThan(0);
      const away = side === "sell" ? 900 : 1;
      expect(venue.place(orderFor(venue, { side, shares: 200, limitPrice: away })).reason).toBeUndefined();
      // 150 more would go through flat
      expect(venue.place(orderFor(venue, { side, shares: 450, limitPrice: away })).reason?.code).toBe(201);
      expect(venue.place(orderFor(venue, { side, shares: 100, limitPrice: away })).reason).toBeUndefined();
      // all 300 are being reduced already
      expect(venue.place(orderFor(venue, { side, shares: 100, limitPrice: away })).reason?.code).toBe(201);
    }
  });
});

describe("the account", () => {
  it("shows longs and shorts at their marks", () => {
    const venue = smallVenue({
      accounts: [
        {
          id: account,
          cash: 100_000,
          baseCurrency: "USD",
          positions: [
            { symbol: "AAPL", shares: 200, averageCost: 140.5 },
            { symbol: "RRC", shares: -1000, averageCost: 26.25 },
          ],
        },
      ],
    });
    const [aapl, rrc] = [quoteOf(venue, "AAPL").last, quoteOf(venue, "RRC").last];
    expect(venue.positions(account)).toEqual([
      {
        conId: contractNamed(venue, "AAPL").conId,
        shares: 200,
        averageCost: 140.5,
        marketPrice: aapl,
        realizedPnl: 0,
      },
      {
        conId: contractNamed(venue, "RRC").conId,
        shares: -1000,
        averageCost: 26.25,
        marketPrice: rrc,
        realizedPnl: 0,
      },
    ]);
    const balances = venue.balances(account);
    expect(balances.netLiquidation).toBeCloseTo(100_000 + 200 * aapl - 1000 * rrc, 6);
    expect(balances.grossPositionValue).toBeCloseTo(200 * aapl + 1000 * rrc, 6);
    expect(balances.initialMargin).toBeCloseTo(0.5 * (200 * aapl + 1000 * rrc), 6);
    expect(balances.maintenanceMargin).toBeCloseTo(0.25 * 200 * aapl + 0.3 * 1000 * rrc, 6);
    expect(balances.excessLiquidity).toBeCloseTo(balances.netLiquidation - balances.maintenanceMargin, 6);
    expect(balances.buyingPower).toBeCloseTo(2 * balances.availableFunds, 6);
    expect(balances.unrealizedPnl).toBeCloseTo(200 * (aapl - 140.5) - 1000 * (rrc - 26.25), 6);
  });

  it("realizes P&L by day: what was closed yesterday is not today's (O39)", () => {
    const positions = [{ symbol: "AAPL", shares: 100, averageCost: 100.1 }];
    const venue = smallVenue({ accounts: [{ id: account, cash: 0, baseCurrency: "USD", positions }] });
    const { bid } = quoteOf(venue, "AAPL");
    const order = venue.place(orderFor(venue, { side: "sell", shares: 40, limitPrice: 100 }));
    const expected = 40 * (bid - 100.1) - 1;
    expect(venue.executions()[0]?.realizedPnl).toBeCloseTo(expected, 6);
    expect(venue.positions(account)[0]?.realizedPnl).toBeCloseTo(expected, 6);
    expect(venue.balances(account).realizedPnl).toBeCloseTo(expected, 6);
    venue.advanceTo(newYork("23:59:59.999"));
    expect(venue.completedOrders()).toEqual([order]);
    venue.advanceTo(newYork("00:00:00", "2022-11-23"));
    expect(venue.balances(account).realizedPnl).toBe(0);
    expect([venue.executions(), venue.completedOrders()]).toEqual([[], []]);
    expect(venue.positions(account)[0]).toMatchObject({ shares: 60, realizedPnl: 0 });
  });

  it("keeps accounts apart, and refuses to be asked for one that it does not have", () => {
    const accounts = ["DU1", "DU2"].map((id) => ({
      id,
      cash: 50_000,
      baseCurrency: "USD" as const,
      positions: [],
    }));
    const venue = smallVenue({ accounts });
    venue.place(orderFor(venue, { account: "DU2" }));
    expect(venue.positions("DU1")).toEqual([]);
    expect(venue.balances("DU1")).toMatchObject({ cash: 50_000, netLiquidation: 50_000 });
    expect(venue.positions("DU2")).toMatchObject([{ shares: 100 }]);
    expect(() => venue.balances("DU3")).toThrow("no account DU3");
    expect(() => venue.quote(5)).toThrow("no contract 5");
    expect(() => smallVenue({ accounts: [...accounts, ...accounts] })).toThrow("an account twice");
  });

  it("does not open with shares that cannot be priced", () => {
    const positions = [{ symbol: "TSLA", shares: 1, averageCost: 1 }];
    const accounts = [{ id: account, cash: 0, baseCurrency: "USD" as const, positions }];
    expect(() => smallVenue({ accounts })).toThrow("holds TSLA, of which there are no prices");
  });
});

describe("time", () => {
  it("jumps when nothing works: a month takes no longer than a second", () => {
    const venue = smallVenue();
    const events = eventsOf(venue);
    venue.advanceTo(newYork("12:00:00", "2022-12-22"));
    expect(venue.now()).toBe(newYork("12:00:00", "2022-12-22"));
    expect(events).toEqual([]);
  });

  it("never goes back", () => {
    const venue = smallVenue();
    venue.advanceTo(newYork("09:00:00"));
    expect(venue.now()).toBe(newYork("10:00:00"));
  });

  it("may not be moved by a listener", () => {
    const venue = smallVenue({ at: "2022-11-22T09:00:00-05:00" });
    venue.place(orderFor(venue));
    venue.subscribe(() => venue.advanceTo(newYork("15:00:00")));
    expect(() => venue.advanceTo(newYork("09:30:00"))).toThrow("time moved by a listener");
  });

  it("tells nobody who has unsubscribed", () => {
    const venue = smallVenue();
    const heard: unknown[] = [];
    const stop = venue.subscribe((event) => heard.push(event));
    venue.place(orderFor(venue));
    const count = heard.length;
    stop();
    venue.place(orderFor(venue, { orderId: 32 }));
    expect(heard).toHaveLength(count);
  });
});

type Act =
  | {
      readonly act: "place";
      readonly symbol: "AAPL" | "RRC";
      readonly side: "buy" | "sell";
      readonly shares: number;
      readonly offsetCents: number | undefined;
    }
  | { readonly act: "wait"; readonly ms: number }
  | { readonly act: "cancel"; readonly nth: number };

const acts = fc.array(
  fc.oneof(
    fc.record({
      act: fc.constant("place" as const),
      symbol: fc.constantFrom("AAPL" as const, "RRC" as const),
      side: fc.constantFrom("buy" as const, "sell" as const),
      shares: fc.integer({ min: 1, max: 6000 }),
      offsetCents: fc.option(fc.integer({ min: -60, max: 60 }), { nil: undefined }),
    }),
    fc.record({ act: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 240_000 }) }),
    fc.record({ act: fc.constant("wait" as const), ms: fc.constant(7 * 3_600_000) }),
    fc.record({ act: fc.constant("cancel" as const), nth: fc.nat(20) }),
  ),
  { maxLength: 25 },
);

/** Lives through the acts and answers with all that was told. */
function live(venue: Venue, list: readonly Act[]): ReturnType<typeof eventsOf> {
  const events = eventsOf(venue);
  const permIds: number[] = [];
  for (const each of list) {
    if (each.act === "wait") venue.advanceTo(later(venue.now(), each.ms));
    else if (each.act === "cancel") venue.cancel(permIds[each.nth] ?? 0);
    else {
      const { symbol, side, shares, offsetCents } = each;
      const { last } = venue.quote(contractNamed(venue, symbol).conId);
      const limitPrice = offsetCents === undefined ? undefined : Math.round(last * 100 + offsetCents) / 100;
      const orderType = offsetCents === undefined ? "MKT" : "LMT";
      permIds.push(venue.place(orderFor(venue, { symbol, side, shares, limitPrice, orderType })).permId);
    }
  }
  return events;
}

const held = [{ symbol: "RRC", shares: -700, averageCost: 24.87 }];
const propertyVenue = (): Venue =>
  smallVenue({
    at: "2022-11-22T15:50:00-05:00",
    accounts: [{ id: account, cash: 400_000.13, baseCurrency: "USD", positions: held }],
  });
const executionsIn = (events: ReturnType<typeof eventsOf>): VenueExecution[] =>
  events.flatMap((event) => (event.kind === "execution" ? [event.execution] : []));

function firstFill(seed: number): VenueExecution | undefined {
  const venue = smallVenue({ seed });
  venue.place(orderFor(venue));
  return venue.executions()[0];
}

/** Twenty minutes of a working order, looked at after each step. */
function runInSteps(stepMs: number): ReturnType<typeof eventsOf> {
  const venue = smallVenue();
  const events = eventsOf(venue);
  venue.place(orderFor(venue, { symbol: "RRC", shares: 20_000, limitPrice: 27 }));
  while (venue.now() < newYork("10:20:00")) {
    venue.advanceTo(Math.min(venue.now() + stepMs, newYork("10:20:00")) as Instant);
    venue.quote(contractNamed(venue, "RRC").conId);
    venue.balances(account);
  }
  return events;
}

describe("whatever is asked of it, the venue", () => {
  it("keeps books that balance: cash is what was paid, positions what was traded, equity their sum", () => {
    fc.assert(
      fc.property(acts, (list) => {
        const venue = propertyVenue();
        const executions = executionsIn(live(venue, list));
        let cash = 400_000.13;
        const shares = new Map([[contractNamed(venue, "RRC").conId, -700]]);
        for (const execution of executions) {
          const signed = execution.side === "buy" ? execution.shares : -execution.shares;
          cash -= signed * execution.price + execution.commission;
          shares.set(execution.conId, (shares.get(execution.conId) ?? 0) + signed);
        }
        const balances = venue.balances(account);
        expect(balances.cash).toBeCloseTo(cash, 4);
        const positions = venue.positions(account);
        expect(new Map(positions.map((position) => [position.conId, position.shares]))).toEqual(
          new Map([...shares].filter(([, count]) => count !== 0)),
        );
        const value = positions.reduce((sum, position) => sum + position.shares * position.marketPrice, 0);
        expect(balances.netLiquidation).toBeCloseTo(balances.cash + value, 4);
      }),
      { numRuns: 60 },
    );
  });

  it("fills nobody beyond the limit, the order's size, the session or what was displayed", () => {
    fc.assert(
      fc.property(acts, (list) => {
        const venue = propertyVenue();
        const events = live(venue, list);
        const lastOf = new Map<number, VenueOrder>();
        const inSecond = new Map<string, number>();
        for (const event of events) if (event.kind === "order") lastOf.set(event.order.permId, event.order);
        const filled = new Map<number, number>();
        for (const execution of executionsIn(events)) {
          const { permId, side, price, shares, executedAt, conId } = execution;
          const { limitPrice, orderType } = lastOf.get(permId) as VenueOrder;
          if (orderType === "LMT" && side === "buy") expect(price).toBeLessThanOrEqual(limitPrice ?? 0);
          if (orderType === "LMT" && side === "sell")
            expect(price).toBeGreaterThanOrEqual(limitPrice ?? Infinity);
          filled.set(permId, (filled.get(permId) ?? 0) + shares);
          expect(execution.cumulativeShares).toBe(filled.get(permId));
          const other = smallVenueAt(executedAt);
          expect(other.isOpen()).toBe(true);
          const quote = other.quote(conId);
          expect(price).toBe(side === "buy" ? quote.ask : quote.bid);
          const second = `${conId} ${side} ${Math.floor(executedAt / secondMs)}`;
          inSecond.set(second, (inSecond.get(second) ?? 0) + shares);
          expect(inSecond.get(second)).toBeLessThanOrEqual(
            side === "buy" ? quote.askShares : quote.bidShares,
          );
        }
        for (const [permId, order] of lastOf) {
          expect(order.filledShares).toBe(filled.get(permId) ?? 0);
          expect(order.filledShares).toBeLessThanOrEqual(order.shares);
          expect(order.status === "Filled").toBe(order.filledShares === order.shares);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("answers the same calls with the same events, and another seed with others", () => {
    fc.assert(
      fc.property(acts, (list) => {
        expect(live(propertyVenue(), list)).toEqual(live(propertyVenue(), list));
      }),
      { numRuns: 30 },
    );
    expect(firstFill(1)?.execId).not.toBe(firstFill(2)?.execId);
    expect(firstFill(1)?.price).not.toBe(firstFill(2)?.price);
  });

  it("does not depend on how often it is looked at or in which steps time moves", () => {
    const whole = runInSteps(1_200_000);
    expect(whole.length).toBeGreaterThan(20);
    expect(runInSteps(700)).toEqual(whole);
    expect(runInSteps(61_000)).toEqual(whole);
  });
});

function smallVenueAt(at: Instant): Venue {
  return smallVenue({ at: new Date(at).toISOString() });
}
