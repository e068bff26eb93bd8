import { noiseKey, normal, uniform } from "./noise.ts";

const draws = 100_000;
const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const correlation = (a: readonly number[], b: readonly number[]): number => {
  const [meanA, meanB] = [mean(a), mean(b)];
  const product = mean(a.map((x, i) => (x - meanA) * ((b[i] ?? 0) - meanB)));
  return product / Math.sqrt(mean(a.map((x) => (x - meanA) ** 2)) * mean(b.map((x) => (x - meanB) ** 2)));
};
/** Four standard errors of a correlation of that many independent pairs. */
const nearNothing = 4 / Math.sqrt(draws);

function drawn(...parts: (string | number)[]): number[] {
  const key = noiseKey(...parts);
  return range(0, draws).map((i) => normal(key, i));
}

describe("noise", () => {
  it("fills 100 boxes evenly, from any start", () => {
    for (const from of [0, 1_000_000_007, 2 ** 31]) {
      const boxes = new Float64Array(100);
      const key = noiseKey(7, "AAPL", "2022-03-14");
      for (const i of range(from, draws)) boxes[Math.floor(uniform(key, i) * 100)]! += 1;
      const expected = draws / 100;
      const chiSquare = boxes.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
      // 99 degrees of freedom: outside this once in some ten thousand times
      expect(chiSquare).toBeGreaterThan(52);
      expect(chiSquare).toBeLessThan(160);
    }
  });

  it("is normal: mean 0, deviation 1, no skew, tails of the right size", () => {
    const values = range(0, draws).map((i) => normal(noiseKey(3), i));
    expect(Math.abs(mean(values))).toBeLessThan(0.013);
    expect(Math.abs(mean(values.map((x) => x * x)) - 1)).toBeLessThan(0.018);
    expect(Math.abs(mean(values.map((x) => x ** 3)))).toBeLessThan(0.05);
    expect(Math.abs(mean(values.map((x) => x ** 4)) - 3)).toBeLessThan(0.12);
    expect(values.filter((x) => Math.abs(x) > 3).length / draws).toBeCloseTo(0.0027, 3);
  });

  it("does not follow itself, the next date, the next seed or another symbol", () => {
    const base = drawn(1, "AAPL", "2022-03-14");
    for (const other of [
      range(1, draws).map((i) => normal(noiseKey(1, "AAPL", "2022-03-14"), i)),
      drawn(1, "AAPL", "2022-03-15"),
      drawn(2, "AAPL", "2022-03-14"),
      drawn(1, "AAPM", "2022-03-14"),
    ])
      expect(Math.abs(correlation(base, other))).toBeLessThan(nearNothing);
  });

  it("tells keys apart whose texts run together, and seeds beyond 32 bits", () => {
    expect(noiseKey("ab", "c")).not.toBe(noiseKey("a", "bc"));
    expect(noiseKey(1)).not.toBe(noiseKey(1 + 2 ** 32));
    expect(() => noiseKey(0.5)).toThrow(RangeError);
  });
});
