import { isIncrease } from "./is-increase.ts";

it.each([
  ["opens", 0, 5, true],
  ["opens short", 0, -5, true],
  ["adds", 5, 6, true],
  ["adds to a short", -5, -6, true],
  ["turns to a smaller one", 5, -4, true],
  ["turns to a smaller long", -5, 4, true],
  ["reduces", 6, 5, false],
  ["reduces a short", -6, -5, false],
  ["closes", 5, 0, false],
  ["comes to what it was", 5, 5, false],
])("a trade that %s: from %d to %d", (_, currentShares, targetShares, expected) => {
  expect(isIncrease({ currentShares, targetShares })).toBe(expected);
});
