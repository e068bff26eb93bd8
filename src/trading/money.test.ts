import fc from "fast-check";
import {
  absolute,
  add,
  convert,
  decimalOf,
  divideHalfEven,
  isGreater,
  money,
  moneyFromNumber,
  ratio,
  subtract,
  toNumber,
  totals,
} from "./money.ts";

const amounts = fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n });

describe("money", () => {
  it("reads back what it wrote, at any size", () => {
    fc.assert(
      fc.property(amounts, (e6) => {
        expect(money(decimalOf({ currency: "USD", e6 }), "USD").e6).toBe(e6);
      }),
    );
  });

  it("sums without losing a millionth where floats do", () => {
    const tenth = money("0.1", "USD");
    const sum = Array.from({ length: 1_000_000 }, () => tenth).reduce(add, money("0", "USD"));
    expect(decimalOf(sum)).toBe("100000.00");
  });

  it("subtracts what it added", () => {
    fc.assert(
      fc.property(amounts, amounts, (a, b) => {
        const [x, y] = [
          { currency: "USD", e6: a },
          { currency: "USD", e6: b },
        ] as const;
        expect(subtract(add(x, y), y)).toEqual(x);
        expect(isGreater(x, y)).toBe(a > b);
      }),
    );
  });

  it("refuses two currencies in one sum (A01)", () => {
    const aud: { currency: string; e6: bigint } = money("1", "AUD");
    const usd: { currency: string; e6: bigint } = money("1", "USD");
    expect(() => add(aud, usd)).toThrow(/AUD and USD/);
    expect(() => ratio(aud, usd)).toThrow(/AUD and USD/);
  });

  it.each(["", "1e5", "1,000", "NaN", "1.1234567", " 1", "0x1", "Infinity"])(
    "refuses %j as an amount",
    (text) => {
      expect(() => money(text, "USD")).toThrow(/not an amount of money/);
    },
  );

  it("takes the nearest millionth of a float, and refuses what is none", () => {
    expect(decimalOf(moneyFromNumber(-1234.565, "USD"))).toBe("-1234.565");
    expect(decimalOf(moneyFromNumber(0.1 + 0.2, "USD"))).toBe("0.30");
    expect(() => moneyFromNumber(Number.NaN, "USD")).toThrow(/not an amount/);
  });

  it("converts at a rate to the other currency, not from it (A02)", () => {
    expect(decimalOf(convert(money("100", "AUD"), 0.6412, "USD"))).toBe("64.12");
    expect(() => convert(money("100", "AUD"), 0, "USD")).toThrow(/exchange rate/);
  });

  it("rounds halves to even, on both sides of zero", () => {
    const halves = [5n, 15n, -5n, -15n, 25n, 26n, -26n];
    expect(halves.map((n) => divideHalfEven(n, 10n))).toEqual([0n, 2n, 0n, -2n, 2n, 3n, -3n]);
    expect(divideHalfEven(15n, -10n)).toBe(-2n);
    expect([divideHalfEven(11n, 10n), divideHalfEven(11n, -10n), divideHalfEven(-19n, -10n)]).toEqual([
      1n,
      -1n,
      2n,
    ]);
  });

  it("is without its sign the same amount", () => {
    expect(["-2.5", "2.5", "0"].map((text) => decimalOf(absolute(money(text, "USD"))))).toEqual([
      "2.50",
      "2.50",
      "0.00",
    ]);
  });

  it("gives the part of a whole", () => {
    expect(ratio(money("25", "USD"), money("200", "USD"))).toBe(0.125);
    expect(() => ratio(money("1", "USD"), money("0", "USD"))).toThrow(/ratio to 0 USD/);
    expect(toNumber(money("-2.5", "USD"))).toBe(-2.5);
  });
});

it("sums each currency for itself, in the order in which they come", () => {
  const mixed = [money("1.5", "USD"), money("-2", "EUR"), money("0.000001", "USD")];
  expect(totals(mixed)).toEqual([money("1.500001", "USD"), money("-2", "EUR")]);
  expect(totals([])).toEqual([]);
});
