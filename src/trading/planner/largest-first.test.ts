import { type Money, money } from "../money.ts";
import { byText, largestFirst } from "./largest-first.ts";

interface Line {
  readonly amount: Money;
  readonly symbol: string;
  readonly conId: number;
}
const line = (amount: string, symbol: string, conId: number): Line => ({
  amount: money(amount, "USD"),
  symbol,
  conId,
});

it("sorts by amount, then by symbol, then by contract, however they came", () => {
  const sorted = [
    line("20.5", "B", 9),
    line("20.4", "A", 1),
    line("3", "A", 70),
    line("3", "A", 80),
    line("3", "C", 5),
  ];
  const compare = largestFirst<Line>(({ amount }) => amount);
  for (const [index, first] of sorted.entries())
    for (const second of sorted.slice(index + 1)) {
      expect([first, second].toSorted(compare)).toEqual([first, second]);
      expect([second, first].toSorted(compare)).toEqual([first, second]);
    }
});

it("sorts texts, and leaves the same ones where they are", () => {
  expect(["b", "a", "B"].toSorted(byText)).toEqual(["B", "a", "b"]);
  expect(byText("a", "a")).toBe(0);
});
