import { instant, tradingDate } from "../trading/instant.ts";
import { FinishedBars } from "./finished-bars.ts";

const bar = {
  startAt: instant("2022-03-14T13:30:00Z"),
  on: tradingDate("2022-03-14"),
  open: 196.1,
  high: 197.5,
  low: 195.25,
  close: 196.5,
  volumeShares: 12_345,
  averagePrice: 196.4321,
  trades: 87,
};
const another = { ...bar, on: tradingDate("2022-03-15"), close: 190.05 };
const trades = (conId: number) => ({ conId, price: "trades" }) as const;

it("gives back what it was given, and nothing of other days, listings and kinds of price", () => {
  const finished = new FinishedBars();
  finished.keep(trades(1), bar);
  finished.keep(trades(2), another);
  expect(finished.get(trades(1), bar.on)).toEqual(bar);
  expect(finished.get(trades(1), another.on)).toBeUndefined();
  expect(finished.get(trades(2), bar.on)).toBeUndefined();
  expect(finished.get({ conId: 1, price: "bid" }, bar.on)).toBeUndefined();
});

it("grows with the days, and lets go of the series that was kept longest ago", () => {
  const finished = new FinishedBars(2);
  const days = Array.from({ length: 1500 }, (_, day) => tradingDate(`${1000 + day}-01-02`));
  for (const [at, on] of days.entries()) finished.keep(trades(1), { ...bar, on, open: at + 0.5 });
  expect([0, 1023, 1024, 1499].map((at) => finished.get(trades(1), days[at] ?? bar.on)?.open)).toEqual([
    0.5, 1023.5, 1024.5, 1499.5,
  ]);
  finished.keep(trades(2), bar);
  finished.keep(trades(1), bar);
  finished.keep(trades(3), bar);
  expect([1, 2, 3].map((conId) => finished.get(trades(conId), bar.on) !== undefined)).toEqual([
    true,
    false,
    true,
  ]);
});
