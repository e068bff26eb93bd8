import fc from "fast-check";
import { noiseKey } from "./noise.ts";
import { type PathDay, pricePath } from "./price-path.ts";

const day = (over: Partial<PathDay> = {}): PathDay => ({
  previousClose: 100,
  close: 103,
  dailyVolatility: 0.02,
  sessionSeconds: 23_400,
  key: noiseKey(1, "XYZ"),
  ...over,
});

const returns = (path: (second: number) => number, from: number, to: number, step: number): number[] => {
  const found: number[] = [];
  for (let s = from; s + step <= to; s += step) found.push(Math.log(path(s + step) / path(s)));
  return found;
};
const deviation = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);

describe("the path of a day", () => {
  it("ends at the close exactly, on whole and on half days", () => {
    expect(pricePath(day())(23_400)).toBe(103);
    expect(pricePath(day({ close: 0.264, sessionSeconds: 12_600 }))(12_600)).toBe(0.264);
  });

  it("gives every second one price, whichever was asked before", () => {
    const inOrder = pricePath(day());
    const prices = Array.from({ length: 23_401 }, (_, second) => inOrder(second));
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 23_400 }), { minLength: 1, maxLength: 40 }),
        (seconds) => {
          const jumping = pricePath(day());
          for (const second of seconds) expect(jumping(second)).toBe(prices[second]);
        },
      ),
    );
  });

  it("opens with a gap: on average a fifth of the way, with the night's share of the day's deviation", () => {
    const gaps = Array.from({ length: 4000 }, (_, i) =>
      Math.log(pricePath(day({ key: noiseKey(i) }))(0) / 100),
    );
    const meanGap = gaps.reduce((a, b) => a + b, 0) / gaps.length;
    expect(meanGap).toBeCloseTo(0.2 * Math.log(1.03), 2.9);
    // 0.02 × √(0.2 × 0.8) = 0.008
    expect(deviation(gaps.map((gap) => gap - meanGap))).toBeCloseTo(0.008, 3);
  });

  it("moves as far as its volatility says, at every scale, and more near open and close than at noon", () => {
    const paths = Array.from({ length: 60 }, (_, i) => pricePath(day({ key: noiseKey(i, "scale") })));
    const all = (from: number, to: number, step: number) =>
      deviation(paths.flatMap((path) => returns(path, from, to, step)));
    const usual = 0.02 * Math.sqrt(0.8 / 23_400);
    for (const step of [1, 10, 100, 1000]) {
      const ratio = all(0, 23_400, step) / (usual * Math.sqrt(step));
      expect(ratio).toBeGreaterThan(0.93);
      expect(ratio).toBeLessThan(1.07);
    }
    expect(all(0, 1800, 10)).toBeGreaterThan(1.3 * all(10_800, 12_600, 10));
    expect(all(21_600, 23_400, 10)).toBeGreaterThan(1.3 * all(10_800, 12_600, 10));
  });

  it("has no memory: one second's return says nothing about the next", () => {
    const one = returns(pricePath(day({ close: 100 })), 0, 23_400, 1);
    const products = one.slice(1).reduce((sum, x, i) => sum + x * (one[i] ?? 0), 0);
    const squares = one.reduce((sum, x) => sum + x * x, 0);
    expect(Math.abs(products / squares)).toBeLessThan(4 / Math.sqrt(23_400));
    expect(new Set(one).size).toBeGreaterThan(23_000);
  });

  it("refuses seconds outside the session", () => {
    for (const second of [-1, 23_401, 0.5, Number.NaN])
      expect(() => pricePath(day())(second)).toThrow(RangeError);
  });
});
