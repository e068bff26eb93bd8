import { spread } from "./spread.ts";

const usd = (e6: number) => ({ currency: "USD", e6: BigInt(e6) });
const claim = (shares: number, costE6: number) => ({ shares, cost: usd(costE6) });

it.each([
  ["all where it suffices to the millionth", "greedy", [claim(3, 10), claim(4, 5)], 15, [3, 4]],
  ["what costs nothing, when there is nothing", "in-proportion", [claim(3, 0), claim(4, 0)], 0, [3, 4]],
  ["what costs nothing, when nothing is left", "greedy", [claim(5, 10), claim(3, 0)], 4, [2, 3]],
  ["nothing of a debt", "in-proportion", [claim(3, 10)], -7, [0]],
  // Two of three cost 6.67: seven are gone.
  ["no fraction of a share's cost twice", "greedy", [claim(3, 10), claim(4, 4)], 7, [2, 0]],
  ["nor a millionth too little", "greedy", [claim(3, 9), claim(4, 4)], 7, [2, 1]],
  ["the same part to all", "in-proportion", [claim(3, 10), claim(40, 10)], 14, [2, 28]],
] as const)("gives %s", (_, how, claims, budgetE6, expected) => {
  expect(spread(claims, usd(budgetE6), how)).toEqual(expected);
});
