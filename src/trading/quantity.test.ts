import fc from "fast-check";
import { money, moneyFromNumber } from "./money.ts";
import { sharesToClose, sharesToTrade } from "./quantity.ts";

const one = { price: 100, multiplier: 1, rate: 1 };

describe("sharesToTrade", () => {
  it.each([
    [0.1, 0, 1000],
    [0.1, 1000, 0],
    [0.1, 999, 1],
    [0.10009, 1000, 0],
    [0.09991, 1000, 0],
    [-0.1, 0, -1000],
    [-0.1, 250, -1250],
    [0.0999, 0, 999],
  ])("for %d of a million at 100 with %d held is %d", (weight, held, expected) => {
    expect(sharesToTrade(money("1000000", "USD"), weight, held, one)).toBe(expected);
  });

  it("counts multiplier and rate into a share's value", () => {
    expect(sharesToTrade(money("1000000", "AUD"), 0.1, 0, { price: 50, multiplier: 10, rate: 1.6 })).toBe(
      125,
    );
  });

  it("is never more than what is wanted, and less than one share short of it", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000_000 }),
        fc.integer({ min: -20_000, max: 20_000 }),
        fc.integer({ min: -100_000, max: 100_000 }),
        fc.integer({ min: 1, max: 1_000_000 }),
        (nlvCents, weightE4, held, priceCents) => {
          const price = priceCents / 100;
          const wanted = ((nlvCents / 100) * weightE4) / 10_000 / price - held;
          const shares = sharesToTrade(moneyFromNumber(nlvCents / 100, "USD"), weightE4 / 10_000, held, {
            price,
            multiplier: 1,
            rate: 1,
          });
          expect(Math.abs(shares)).toBeLessThanOrEqual(Math.abs(wanted) + 1e-6);
          expect(Math.abs(wanted) - Math.abs(shares)).toBeLessThan(1 + 1e-6);
          expect(shares * wanted).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });

  it("refuses a share without a value", () => {
    expect(() => sharesToTrade(money("1", "USD"), 0.1, 0, { ...one, price: 0 })).toThrow(/without a value/);
    expect(() => sharesToTrade(money("1", "USD"), Number.NaN, 0, one)).toThrow(/not a number/);
  });
});

describe("sharesToClose", () => {
  it.each([
    [100, -100],
    [-3, 3],
    [10.7, -10],
    [0, 0],
  ])("of %d is %d", (held, expected) => {
    expect(sharesToClose(held)).toBe(expected);
  });
});
