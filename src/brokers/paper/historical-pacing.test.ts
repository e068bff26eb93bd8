import { instant, later } from "../../trading/instant.ts";
import { HistoricalPacing } from "./historical-pacing.ts";

const start = instant("2022-03-14T14:00:00Z");

test("60 small requests within ten minutes, those that count twice twice; what was refused does not count", () => {
  const pacing = new HistoricalPacing();
  const take = (second: number, weight: 1 | 2 = 1): boolean =>
    pacing.take(
      { whole: `${second}/${weight}`, series: "8894 SMART BID", weight },
      later(start, second * 1000),
    );
  for (let second = 0; second < 29; second += 1) expect(take(second, 2)).toBe(true);
  expect(take(29)).toBe(true);
  expect(take(30, 2)).toBe(false);
  expect(take(31)).toBe(true);
  expect(take(32)).toBe(false);
  expect(take(599.999)).toBe(false);
  expect(take(600)).toBe(true);
  expect(take(600.5, 2)).toBe(false);
  expect(take(601)).toBe(true);
});

test("the 61st longer request within ten minutes is slow, and those after it until there is room", () => {
  const pacing = new HistoricalPacing();
  const isSlow = (second: number): boolean => pacing.isSlow(later(start, second * 1000));
  for (let second = 0; second < 60; second += 1) expect(isSlow(second)).toBe(false);
  expect(isSlow(60)).toBe(true);
  expect(isSlow(599)).toBe(true);
  // 60 before it, the oldest at second 2.
  expect(isSlow(602)).toBe(false);
});
