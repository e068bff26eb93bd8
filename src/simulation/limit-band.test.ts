import { limitBand, touchWithin } from "./limit-band.ts";

const cents = [{ lowEdge: 0, increment: 0.01 }];

/** A path that is 100 but in some seconds. */
const path =
  (...jumps: readonly (readonly [from: number, through: number, price: number])[]) =>
  (second: number): number =>
    jumps.find(([from, through]) => from <= second && second <= through)?.[2] ?? 100;

const pausesOf = (at: ReturnType<typeof limitBand>, through: number): readonly number[] =>
  Array.from({ length: through + 1 }, (_, second) => second).filter((second) => at(second).isPaused);

it("pauses for five minutes when the market was outside for fifteen seconds, and goes on at the price then", () => {
  const at = limitBand(path([50, 2000, 106]), 0.05);
  const paused = pausesOf(at, 1000);
  expect([paused[0], paused.at(-1), paused.length]).toEqual([65, 364, 300]);
  expect(at(64)).toMatchObject({ low: 95, high: 105, isPaused: false });
  expect(at(365)).toMatchObject({ low: 106 * 0.95, high: 106 * 1.05, isPaused: false });
});

it("does not pause when the market comes back within fifteen seconds, or stays at the band itself", () => {
  expect(pausesOf(limitBand(path([50, 63, 106], [70, 84, 94]), 0.05), 900)).toEqual([]);
  expect(pausesOf(limitBand(path([50, 299, 105]), 0.05), 900)).toEqual([]);
  expect(pausesOf(limitBand(path([50, 80, 94.99]), 0.05), 900)[0]).toBe(65);
});

it("renews its reference every five minutes, so a slow way never pauses", () => {
  const slow = (second: number): number => 100 * 1.04 ** (second / 300);
  const at = limitBand(slow, 0.05);
  expect(pausesOf(at, 3000)).toEqual([]);
  expect(at(299).high).toBeCloseTo(105, 9);
  expect(at(300).high).toBeCloseTo(104 * 1.05, 9);
  expect(
    pausesOf(
      limitBand((second) => 100 * 1.06 ** (second / 300), 0.05),
      600,
    ).length,
  ).toBeGreaterThan(0);
});

it("answers the same whichever second is asked for first", () => {
  const jumps = path([50, 2000, 106]);
  const late = limitBand(jumps, 0.05);
  late(900);
  const inOrder = limitBand(jumps, 0.05);
  for (const second of [0, 49, 64, 65, 364, 365, 400]) expect(late(second)).toEqual(inOrder(second));
});

it("lets quotes go to the band and no further, on their ticks", () => {
  const band = { low: 95.004, high: 105.126, isPaused: false };
  expect(touchWithin({ bid: 105.98, ask: 106.03 }, band, cents)).toEqual({ bid: 105.11, ask: 105.12 });
  expect(touchWithin({ bid: 105.1, ask: 105.14 }, band, cents)).toEqual({ bid: 105.1, ask: 105.12 });
  expect(touchWithin({ bid: 93.97, ask: 94.02 }, band, cents)).toEqual({ bid: 95.01, ask: 95.02 });
  expect(touchWithin({ bid: 94.99, ask: 95.05 }, band, cents)).toEqual({ bid: 95.01, ask: 95.05 });
  expect(touchWithin({ bid: 99.97, ask: 100.03 }, band, cents)).toEqual({ bid: 99.97, ask: 100.03 });
});
