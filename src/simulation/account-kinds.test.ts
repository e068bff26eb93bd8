import { account, contractNamed, eventsOf, newYork, orderFor, smallVenue } from "../testing/small-venue.ts";
import { tradingDate } from "../trading/instant.ts";
import { daysFrom } from "../trading/nyse-calendar.ts";
import { dollarsPerEuro } from "./exchange-rate.ts";
import { settlesAt } from "./settlement.ts";
import type { SimulatedAccount } from "./simulated-venue.ts";
import type { Venue } from "./venue.ts";

const holding = [{ symbol: "AAPL", shares: 300, averageCost: 140 }];
const venueOf = (over: Partial<SimulatedAccount>): Venue =>
  smallVenue({ accounts: [{ id: account, cash: 20_000, baseCurrency: "USD", positions: [], ...over }] });
const minute = (venue: Venue) => venue.advanceTo(newYork("10:05:00"));

describe("a cash account (A10)", () => {
  const cashVenue = () => venueOf({ kind: "cash", positions: holding });

  it("buys with settled cash only, what waits included", () => {
    const venue = cashVenue();
    expect(venue.place(orderFor(venue, { shares: 90, limitPrice: 120 })).reason).toBeUndefined();
    const refused = venue.place(
      orderFor(venue, { shares: 70, limitPrice: 150, symbol: "AAPL", orderId: 32 }),
    );
    expect(refused.reason?.code).toBe(201);
    expect(refused.reason?.text).toMatch(
      /^Order rejected - reason:Available settled cash converted to base: 20000\.00 USD Cash needed .* <br>2\d{4}\.\d\d USD$/,
    );
  });

  it("has a sale's proceeds two trading days later, over Thanksgiving", () => {
    const venue = cashVenue();
    venue.place(orderFor(venue, { side: "sell", shares: 300, orderType: "MKT", limitPrice: undefined }));
    minute(venue);
    const sold = venue.balances(account);
    expect(sold.cash).toBeGreaterThan(60_000);
    expect(sold.settledCash).toBeLessThan(20_000);
    expect(sold.availableFunds).toBe(sold.settledCash);
    expect(sold.buyingPower).toBe(sold.settledCash);
    venue.advanceTo(newYork("23:59:59", "2022-11-24"));
    expect(venue.balances(account).settledCash).toBe(sold.settledCash);
    venue.advanceTo(newYork("00:00:00", "2022-11-25"));
    expect(venue.balances(account).settledCash).toBe(sold.cash);
  });

  it("has a sale's proceeds at once where its broker lends them", () => {
    const venue = venueOf({ kind: "cash", positions: holding, salesSettle: "at-once" });
    venue.place(orderFor(venue, { side: "sell", shares: 300, orderType: "MKT", limitPrice: undefined }));
    minute(venue);
    const { cash, settledCash, availableFunds } = venue.balances(account);
    expect(cash).toBeGreaterThan(60_000);
    expect([settledCash, availableFunds]).toEqual([cash, cash]);
    const bought = venue.place(orderFor(venue, { shares: 380, limitPrice: 155, orderId: 32 }));
    expect(bought.reason).toBeUndefined();
  });

  it("has those of the next day's sales a day later than the first ones", () => {
    const venue = cashVenue();
    const sale = { side: "sell", orderType: "MKT", limitPrice: undefined } as const;
    venue.place(orderFor(venue, { ...sale, shares: 200 }));
    minute(venue);
    // The second sale's commission is paid at once.
    const untilMonday = venue.balances(account).cash - 1;
    venue.advanceTo(newYork("10:00:00", "2022-11-23"));
    venue.place(orderFor(venue, { ...sale, shares: 100, orderId: 32 }));
    const { cash } = venue.balances(account);
    venue.advanceTo(newYork("00:00:00", "2022-11-25"));
    expect(venue.balances(account).settledCash).toBeCloseTo(untilMonday, 6);
    venue.advanceTo(newYork("23:59:59", "2022-11-27"));
    expect(venue.balances(account).settledCash).toBeCloseTo(untilMonday, 6);
    venue.advanceTo(newYork("00:00:00", "2022-11-28"));
    expect(venue.balances(account).settledCash).toBeCloseTo(cash, 6);
  });

  it("does not sell what it does not hold", () => {
    const venue = cashVenue();
    const sale = { side: "sell", limitPrice: 900 } as const;
    expect(venue.place(orderFor(venue, { ...sale, shares: 200 })).reason).toBeUndefined();
    expect(venue.place(orderFor(venue, { ...sale, shares: 101, orderId: 32 })).reason).toEqual({
      code: 201,
      text: "Order rejected - reason:This account may not hold short stock positions.",
    });
  });
});

it("settles one trading day after the trade since 28 May 2024, two before", () => {
  expect(settlesAt(newYork("15:00:00", "2022-11-22"))).toBe(newYork("00:00:00", "2022-11-25"));
  expect(settlesAt(newYork("15:00:00", "2024-12-05"))).toBe(newYork("00:00:00", "2024-12-06"));
});

describe("an account in euros (A01, A03)", () => {
  it("counts dollars at the rate of the moment: cash and stocks of each currency add up to the base", () => {
    const venue = venueOf({ baseCurrency: "EUR", cash: 100_000 });
    venue.place(orderFor(venue, { shares: 100, orderType: "MKT", limitPrice: undefined }));
    minute(venue);
    const { ledgers, netLiquidation, cash, stockMarketValue, baseCurrency } = venue.balances(account);
    const [euros, dollars] = ledgers;
    expect([baseCurrency, euros?.currency, dollars?.currency]).toEqual(["EUR", "EUR", "USD"]);
    expect(euros).toMatchObject({ exchangeRate: 1, cash: 100_000, stockMarketValue: 0 });
    expect(dollars?.exchangeRate).toBeCloseTo(1 / dollarsPerEuro(42, venue.now()), 12);
    expect(dollars?.cash).toBeLessThan(-14_000);
    const rate = dollars?.exchangeRate ?? 0;
    expect(cash).toBeCloseTo(100_000 + (dollars?.cash ?? 0) * rate, 6);
    expect(stockMarketValue).toBeCloseTo(
      100 * venue.quote(contractNamed(venue, "AAPL").conId).last * rate,
      6,
    );
    expect(netLiquidation).toBeCloseTo(cash + stockMarketValue, 6);
  });

  it("tells what it has realized in euros, and in dollars in their ledger", () => {
    const venue = venueOf({ baseCurrency: "EUR", cash: 100_000, positions: holding });
    venue.place(orderFor(venue, { side: "sell", orderType: "MKT", limitPrice: undefined }));
    const dollars = venue.executions().reduce((sum, { realizedPnl = 0 }) => sum + realizedPnl, 0);
    expect(Math.abs(dollars)).toBeGreaterThan(100);
    const { realizedPnl, ledgers } = venue.balances(account);
    expect(realizedPnl * dollarsPerEuro(42, venue.now())).toBeCloseTo(dollars, 6);
    expect(ledgers.map((ledger) => [ledger.currency, ledger.realizedPnl.toFixed(4)])).toEqual([
      ["EUR", "0.0000"],
      ["USD", dollars.toFixed(4)],
    ]);
  });

  it("previews margins in euros", () => {
    const venue = venueOf({ baseCurrency: "EUR", cash: 100_000 });
    const preview = venue.preview(orderFor(venue, { shares: 100 }));
    if ("code" in preview) throw new RangeError(preview.text);
    const rate = dollarsPerEuro(42, venue.now());
    expect(preview.before.equityWithLoan).toBeCloseTo(100_000, 6);
    expect(preview.after.initialMargin * rate).toBeCloseTo(
      50 * venue.quote(contractNamed(venue, "AAPL").conId).last,
      6,
    );
  });

  it("borrows dollars against its euros", () => {
    const venue = venueOf({ baseCurrency: "EUR", cash: 10_000 });
    expect(venue.place(orderFor(venue, { shares: 120, limitPrice: 150 })).reason).toBeUndefined();
    expect(venue.place(orderFor(venue, { shares: 120, limitPrice: 150, orderId: 32 })).reason?.code).toBe(
      201,
    );
  });

  it("moves little from hour to hour and stays near where euros have been", () => {
    let on = tradingDate("2022-01-03");
    for (let day = 0; day < 400; day += 1, on = daysFrom(on, 1)) {
      const rate = dollarsPerEuro(7, newYork("12:00:00", on));
      expect(Math.abs(rate / dollarsPerEuro(7, newYork("13:00:00", on)) - 1)).toBeLessThan(0.006);
      expect(rate).toBeGreaterThan(0.98);
      expect(rate).toBeLessThan(1.19);
    }
  });
});

it("a margin account's books are as they were, and all of its cash is settled unless it has just sold", () => {
  const venue = venueOf({ positions: holding });
  const events = eventsOf(venue);
  const before = venue.balances(account);
  expect(before.settledCash).toBe(before.cash);
  expect(before.excessLiquidity).toBeGreaterThan(before.availableFunds);
  expect(before.buyingPower).toBeCloseTo(2 * before.availableFunds, 6);
  expect(events).toEqual([]);
});
