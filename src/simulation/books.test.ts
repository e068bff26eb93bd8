import fc from "fast-check";
import { add, type Money, money, moneyFromNumber, subtract, zero } from "../trading/money.ts";
import { notional } from "../trading/price.ts";
import { averageCostOf, Books, type Fill } from "./books.ts";
import { orderCommission } from "./commission.ts";

const usd = (text: string): Money<"USD"> => money(text, "USD");
const fill = (side: Fill["side"], shares: number, price: number, commission = "0"): Fill => ({
  conId: 1,
  side,
  shares,
  price,
  commission: usd(commission),
});

describe("books", () => {
  it("carry commissions in the cost and take an average part of it out", () => {
    const books = new Books(10_000, []);
    expect(books.book(fill("buy", 100, 20.01, "1"))).toBeUndefined();
    expect(books.book(fill("buy", 50, 23.04, "1"))).toBeUndefined();
    // (2001 + 1 + 1152 + 1) ÷ 150
    expect(averageCostOf(books.holdings.get(1)!)).toBeCloseTo(3155 / 150, 10);
    // 60 × 25.50 − 1 − 60 ÷ 150 × 3155
    expect(books.book(fill("sell", 60, 25.5, "1"))).toEqual(usd("267"));
    expect(books.cash).toEqual(usd("8374"));
    expect(books.sharesOf(1)).toBe(90);
  });

  it("keep shorts: a commission lowers what they were sold for, buying back cheaper earns", () => {
    const books = new Books(0, []);
    books.book(fill("sell", 100, 30.5, "1.5"));
    expect(books.cash).toEqual(usd("3048.5"));
    expect(averageCostOf(books.holdings.get(1)!)).toBeCloseTo(30.485, 10);
    expect(books.book(fill("buy", 40, 29, "1"))).toEqual(usd("58.4"));
    expect(books.sharesOf(1)).toBe(-60);
  });

  it("split a fill that goes through flat into closing and opening", () => {
    const books = new Books(0, [{ conId: 1, shares: 100, averageCost: 10 }]);
    // 100 of 250 close: 100 × 12 − 1000 − 2 of the 5; 150 open short at 12 less 3.
    expect(books.book(fill("sell", 250, 12, "5"))).toEqual(usd("198"));
    expect(books.sharesOf(1)).toBe(-150);
    expect(books.holdings.get(1)?.cost).toEqual(usd("-1797"));
  });

  it("forget a flat position", () => {
    const books = new Books(0, [{ conId: 1, shares: -7, averageCost: 3.123456 }]);
    expect(books.book(fill("buy", 7, 3, "1"))).toEqual(usd("-0.135808"));
    expect(books.holdings.size).toBe(0);
  });

  it("balance after any fills: cash + costs − realized P&L stays, cash is what was paid", () => {
    const fills = fc.array(
      fc.record({
        conId: fc.integer({ min: 1, max: 3 }),
        side: fc.constantFrom("buy" as const, "sell" as const),
        shares: fc.integer({ min: 1, max: 5000 }),
        price: fc.integer({ min: 1, max: 100_000 }).map((cents) => cents / 100),
        commission: fc
          .integer({ min: 0, max: 9_000_000 })
          .map((e6) => ({ currency: "USD" as const, e6: BigInt(e6) })),
      }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(fills, (list) => {
        const books = new Books(1_000_000.5, [{ conId: 2, shares: -300, averageCost: 17.19 }]);
        const total = (): Money<"USD"> =>
          [...books.holdings.values()].reduce((sum, { cost }) => add(sum, cost), books.cash);
        const before = total();
        let realized = zero("USD");
        let cash = books.cash;
        for (const each of list) {
          realized = add(realized, books.book(each) ?? zero("USD"));
          const signed = each.side === "buy" ? each.shares : -each.shares;
          cash = subtract(subtract(cash, notional(signed, each.price, 1, "USD")), each.commission);
        }
        expect(subtract(total(), realized)).toEqual(before);
        expect(books.cash).toEqual(cash);
      }),
    );
  });
});

function commissionOf(shares: number, price: number): Money<"USD"> {
  return orderCommission(shares, moneyFromNumber(shares * price, "USD"));
}

describe("commission", () => {
  it.each([
    [100, 50, "1"], // the least
    [200, 50, "1"],
    [201, 50, "1.005"],
    [3000, 50, "15"],
    [10, 3, "0.3"], // 1 % of 30 is less than the least
    [100_000, 0.26, "260"], // 1 % of 26,000 is less than 500
  ])("of %i shares at %d is %s", (shares, price, expected) => {
    expect(commissionOf(shares, price)).toEqual(usd(expected));
  });

  it("never falls while an order fills, so that no execution is paid back", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 900 }),
        (a, b, cents) => {
          expect(commissionOf(a + b, cents / 100).e6).toBeGreaterThanOrEqual(commissionOf(a, cents / 100).e6);
        },
      ),
    );
  });
});
