import fc from "fast-check";
import { decimalOf } from "./money.ts";
import {
  coarserPrice,
  isOnTick,
  isPrice,
  limitPrice,
  midOf,
  notional,
  type PriceStep,
  pricesToward,
  priceText,
} from "./price.ts";

const cents: readonly PriceStep[] = [{ lowEdge: 0, increment: 0.01 }];
/** Finer below 1, coarser above 3; told out of order, as nothing promises an order. */
const tiers: readonly PriceStep[] = [
  { lowEdge: 3, increment: 0.05 },
  { lowEdge: 0, increment: 0.0001 },
  { lowEdge: 1, increment: 0.01 },
];

const oddEdge: readonly PriceStep[] = [
  { lowEdge: 0, increment: 0.0001 },
  { lowEdge: 1.003, increment: 0.01 },
];

describe("limitPrice", () => {
  it.each([
    ["buy", 185, 10, 185.18],
    ["sell", 410, 10, 409.59],
    ["buy", 100.015, 25, 100.26],
    ["sell", 100.015, 25, 99.77],
    ["buy", 0.29, 0, 0.29],
    ["sell", 0.29, 0, 0.29],
  ] as const)("%s at a mid of %d with a collar of %d bps is %d", (side, mid, collarBps, expected) => {
    expect(limitPrice(mid, side, { collarBps, steps: cents })).toBe(expected);
  });

  it.each([
    // The market is above the edge, the limit below it: the limit's own tick holds, not the market's (O04).
    ["sell", 1.001, 50, 0.996],
    ["buy", 0.999, 50, 1],
    ["sell", 3.004, 50, 2.99],
    ["buy", 2.99, 100, 3],
    ["buy", 3.2, 100, 3.2],
  ] as const)(
    "%s at a mid of %d with %d bps takes the tick of the limit's own level: %d",
    (side, mid, collarBps, expected) => {
      const limit = limitPrice(mid, side, { collarBps, steps: tiers });
      expect(limit).toBe(expected);
      expect(isOnTick(expected, tiers)).toBe(true);
    },
  );

  it.each([
    // A collar narrower than a tick takes its ticks; one that is wider stays as it is.
    ["buy", 4.237, 0, 2, 4.25],
    ["sell", 4.237, 0, 2, 4.22],
    ["buy", 4.23, 100, 2, 4.27],
    ["sell", 4.23, 10, 3, 4.2],
    ["sell", 4.23, 100, 2, 4.19],
    // Each tick is that of its own level: from 0.9999 upward by cents, from 1.00 downward by hundredths of them.
    ["buy", 0.9998, 0, 4, 1.02, tiers],
    ["sell", 1.01, 0, 3, 0.9998, tiers],
    ["sell", 3, 0, 1, 2.99, tiers],
    ["buy", 3, 0, 2, 3.1, tiers],
  ] as const)(
    "%s from %d with %d bps and %d ticks is %d",
    (side, reference, collarBps, collarTicks, expected, steps: readonly PriceStep[] = cents) => {
      expect(limitPrice(reference, side, { collarBps, collarTicks, steps })).toBe(expected);
    },
  );

  it("is on a tick, never beyond the collar, and less than a tick inside it (O03)", () => {
    const cases = fc.record({
      e4: fc.integer({ min: 200, max: 50_000_000 }),
      collarBps: fc.integer({ min: 0, max: 500 }),
      side: fc.constantFrom("buy" as const, "sell" as const),
      steps: fc.constantFrom(cents, tiers, oddEdge),
    });
    fc.assert(
      fc.property(cases, ({ e4, collarBps, side, steps }) => {
        const mid = e4 / 10_000;
        const limit = limitPrice(mid, side, { collarBps, steps });
        if (limit === undefined) return;
        const worst = mid * (1 + ((side === "buy" ? 1 : -1) * collarBps) / 10_000);
        expect(isOnTick(limit, steps)).toBe(true);
        if (side === "buy") expect(limit).toBeLessThanOrEqual(worst + 1e-9);
        else expect(limit).toBeGreaterThanOrEqual(worst - 1e-9);
        const coarsest = Math.max(...steps.map(({ increment }) => increment));
        expect(Math.abs(limit - worst)).toBeLessThan(coarsest + 1e-9);
      }),
    );
    // Up to the edge, from where on the tick is another one, of which the edge is no multiple.
    expect(limitPrice(1.00295, "sell", { collarBps: 0, steps: oddEdge })).toBe(1.01);
    // Down from beyond it, where finer ticks hold again: no further up than the coarse one has taken it.
    expect(limitPrice(1.005, "buy", { collarBps: 0, steps: oddEdge })).toBe(1);
  });

  it.each([
    ["buy", 100.3, 100, 2, [100.1, 100.2]],
    ["sell", 19.94, 20, 2, [19.98, 19.96]],
    // Rounded towards the reference, each price once, and never the worst one itself.
    ["buy", 10.02, 10.003, 3, [10, 10.01]],
    ["sell", 9.99, 10.003, 3, [10]],
    ["buy", 100, 100, 3, []],
    ["sell", 100, 100, 3, []],
    // What is left below a tick is no price.
    ["buy", 0.02, 0.001, 2, [0.01]],
    ["buy", 1.02, 0.998, 2, [1, 1.01], tiers],
    ["buy", 50, 49, 0, []],
  ] as const)(
    "%s towards %d from %d in %d steps goes by %j",
    (side, worst, reference, count, expected, steps: readonly PriceStep[] = cents) => {
      expect(pricesToward(worst, reference, count, { side, steps })).toEqual(expected);
    },
  );

  it.each([
    ["buy", 10.04, 10],
    ["sell", 10.01, 10.05],
    ["buy", 10.05, 10.05],
    ["sell", 3.15, 3.2, [{ lowEdge: 0, increment: 0.05 }]],
    ["buy", 0.0342, 0.034, [{ lowEdge: 0, increment: 0.0001 }]],
    ["buy", 0.04, undefined],
  ] as const)(
    "%s at %d on the next coarser step is %p (O05)",
    (side, price, expected, steps: readonly PriceStep[] = cents) => {
      expect(coarserPrice(price, side, steps)).toBe(expected);
    },
  );

  it("is nothing when no price is left", () => {
    expect(limitPrice(0.004, "buy", { collarBps: 10, steps: cents })).toBeUndefined();
    expect(limitPrice(0.03, "sell", { collarBps: 10, collarTicks: 3, steps: cents })).toBeUndefined();
    expect(limitPrice(0.03, "sell", { collarBps: 10, collarTicks: 30, steps: cents })).toBeUndefined();
  });
});

describe("prices", () => {
  it.each([-1, 0, Number.NaN, Number.POSITIVE_INFINITY, undefined])("%p is no price (D01)", (value) => {
    expect(isPrice(value)).toBe(false);
  });

  it.each([
    [10.01, cents, true],
    [10.011, cents, false],
    [0.9999, tiers, true],
    [1.0001, tiers, false],
    [3.05, tiers, true],
    [3.04, tiers, false],
  ])("%d on the ticks of %j: %p", (price, steps, expected) => {
    expect(isOnTick(price, steps)).toBe(expected);
  });

  it("are not reckoned with where there is no step, or no number", () => {
    for (const steps of [[], [{ lowEdge: 5, increment: 0.01 }], [{ lowEdge: 0, increment: 0 }]])
      expect(() => limitPrice(4, "buy", { collarBps: 10, steps })).toThrow("no price step at 4.004");
    expect(() => midOf(Number.NaN, 1)).toThrow("not a number to calculate with: NaN");
  });

  it("has an exact mid between an odd bid and ask", () => {
    expect(midOf(100.01, 100.02)).toBe(100.015);
    expect(midOf(0.1, 0.2)).toBe(0.15);
  });

  it("is written without float noise", () => {
    expect(priceText(0.1 + 0.2)).toBe("0.30");
    expect(priceText(0.00105)).toBe("0.00105");
    expect(priceText(409.59)).toBe("409.59");
    expect(priceText(12)).toBe("12.00");
    expect(priceText(-0.05)).toBe("-0.05");
  });

  it("has an exact value for any number of shares, signed", () => {
    expect(decimalOf(notional(-2702, 185.18, 1, "USD"))).toBe("-500356.36");
    expect(decimalOf(notional(3, 4.05, 100, "USD"))).toBe("1215.00");
    expect(decimalOf(notional(1_000_000, 1.005, 1, "USD"))).toBe("1005000.00");
    expect(decimalOf(notional(0.5, 10.01, 1, "USD"))).toBe("5.005");
  });
});
