import fc from "fast-check";
import { money, moneyFromNumber } from "./money.ts";
import { sharesToClose, sharesToTrade, sharesWorth, type TargetAmount, wholeLots } from "./quantity.ts";

const weighing = (weight: number): TargetAmount => ({ weight, notional: 0, shares: 0 });
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
    expect(sharesToTrade(money("1000000", "USD"), weighing(weight), held, one)).toBe(expected);
  });

  it("counts multiplier and rate into a share's value", () => {
    expect(
      sharesToTrade(money("1000000", "AUD"), weighing(0.1), 0, { price: 50, multiplier: 10, rate: 1.6 }),
    ).toBe(125);
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
          const shares = sharesToTrade(
            moneyFromNumber(nlvCents / 100, "USD"),
            weighing(weightE4 / 10_000),
            held,
            {
              price,
              multiplier: 1,
              rate: 1,
            },
          );
          expect(Math.abs(shares)).toBeLessThanOrEqual(Math.abs(wanted) + 1e-6);
          expect(Math.abs(wanted) - Math.abs(shares)).toBeLessThan(1 + 1e-6);
          expect(shares * wanted).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });

  it("refuses a share without a value", () => {
    expect(() => sharesToTrade(money("1", "USD"), weighing(0.1), 0, { ...one, price: 0 })).toThrow(
      /without a value/,
    );
    expect(() => sharesToTrade(money("1", "USD"), weighing(Number.NaN), 0, one)).toThrow(/not a number/);
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

describe("sharesToTrade, of other targets than weights", () => {
  it.each([
    ["a notional", { weight: 0, notional: -20_000, shares: 0 }, 30, -280],
    ["a quantity", { weight: 0, notional: 0, shares: 120 }, 30, 90],
    ["a part of a share", { weight: 0, notional: 0, shares: 120.9 }, 30, 90],
    ["all together", { weight: 0.05, notional: -20_000, shares: 7 }, -3, -40],
  ])("counts %s", (_, target, held, expected) => {
    const unit = { price: 50, multiplier: 1, rate: 1.6 };
    expect(sharesToTrade(money("320000", "AUD"), target, held, unit)).toBe(expected);
  });
});

describe("wholeLots", () => {
  it.each([
    [1099, 100, 1000],
    [-1099, 100, -1000],
    [99, 100, 0],
    [-99, 100, 0],
    [7, 1, 7],
  ])("of %d in lots of %d are %d", (shares, lot, expected) => {
    expect(wholeLots(shares, lot)).toBe(expected);
  });
});

describe("sharesWorth", () => {
  it.each([
    ["1000", 12],
    ["960", 12],
    ["959.999999", 11],
    ["79.99", 0],
    ["0", 0],
    ["-500", 0],
  ])("%s buys %d at 50 and 1.6", (amount, expected) => {
    expect(sharesWorth(money(amount, "AUD"), { price: 50, multiplier: 1, rate: 1.6 })).toBe(expected);
  });
});
