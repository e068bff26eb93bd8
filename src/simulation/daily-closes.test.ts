import { tradingDate } from "../trading/instant.ts";
import { nyseTradingDates } from "../trading/nyse-calendar.ts";
import type { PriceHistory } from "../trading/price-history.ts";
import { dailyCloses } from "./daily-closes.ts";
import { shiftToEndOn } from "./shift-history.ts";
import { syntheticHistory } from "./synthetic-history.ts";

const on = tradingDate;

/** Thursday 10 to Wednesday 16 March 2022. */
const week = (): PriceHistory => ({
  dates: nyseTradingDates(on("2022-03-10"), on("2022-03-16")),
  closes: new Map([
    ["UP", Float64Array.of(100, 101, 103, 106, 110)],
    ["DOWN", Float64Array.of(50, 49.5, 48.5, 47, 45)],
  ]),
});

describe("daily closes", () => {
  it("are the history's own, number by number", () => {
    const closes = dailyCloses(week(), 1);
    expect(closes.indexOf(on("2022-03-10"))).toBe(0);
    expect(closes.indexOf(on("2022-03-14"))).toBe(2);
    expect(closes.close("UP", 2)).toBe(103);
    expect(closes.close("DOWN", 4)).toBe(45);
  });

  it("go on after the last date with whole days of the past, the same for every symbol", () => {
    const closes = dailyCloses(week(), 1);
    const far = closes.indexOf(on("2022-05-02"));
    expect(far).toBe(4 + nyseTradingDates(on("2022-03-17"), on("2022-05-02")).length);
    const past = [1, 2, 3, 4].map((day) => [
      closes.close("UP", day) / closes.close("UP", day - 1),
      closes.close("DOWN", day) / closes.close("DOWN", day - 1),
    ]);
    const drawn = new Set<number>();
    for (let day = 5; day <= far; day += 1) {
      const up = closes.close("UP", day) / closes.close("UP", day - 1);
      const match = past.findIndex(([known = 0]) => Math.abs(known - up) < 1e-12);
      expect(closes.close("DOWN", day) / closes.close("DOWN", day - 1)).toBeCloseTo(
        past[match]?.[1] ?? 0,
        12,
      );
      drawn.add(match);
    }
    expect(drawn.size).toBe(4);
  });

  it("have the same future for a seed, however far at a time it is asked, and another for another seed", () => {
    const last = on("2022-06-01");
    const atOnce = dailyCloses(week(), 5);
    const stepwise = dailyCloses(week(), 5);
    for (const date of nyseTradingDates(on("2022-03-17"), last)) stepwise.indexOf(date);
    const index = atOnce.indexOf(last);
    expect(stepwise.close("UP", index)).toBe(atOnce.close("UP", index));
    const other = dailyCloses(week(), 6);
    expect(other.close("UP", other.indexOf(last))).not.toBe(atOnce.close("UP", index));
  });

  it("know nothing before the first date", () => {
    expect(() => dailyCloses(week(), 1).indexOf(on("2022-03-09"))).toThrow("begins on 2022-03-10");
  });

  it("measure a usual day's move from the last twenty, never as nothing", () => {
    const closes = dailyCloses(week(), 1);
    const logs = [101 / 100, 103 / 101].map(Math.log);
    const expected = Math.sqrt(logs.reduce((sum, x) => sum + x * x, 0) / 2);
    expect(closes.dailyVolatility("UP", 2)).toBeCloseTo(expected, 12);
    const still = { ...week(), closes: new Map([["STILL", Float64Array.of(7, 7, 7, 7, 7)]]) };
    expect(dailyCloses(still, 1).dailyVolatility("STILL", 3)).toBe(0.004);
  });

  it.each([
    [
      "a missing close",
      { closes: new Map([["UP", Float64Array.of(100, NaN, 103, 106, 110)]]) },
      "no close of UP on 2022-03-11",
    ],
    [
      "a close of zero",
      { closes: new Map([["UP", Float64Array.of(100, 101, 0, 106, 110)]]) },
      "no close of UP on 2022-03-14",
    ],
    [
      "a close too few",
      { closes: new Map([["UP", Float64Array.of(100, 101)]]) },
      "2 closes of UP for 5 dates",
    ],
    [
      "a Saturday",
      { dates: ["10", "11", "12", "14", "15"].map((day) => on(`2022-03-${day}`)) },
      "has 2022-03-12 where",
    ],
    [
      "a day left out",
      { dates: ["10", "14", "15", "16", "17"].map((day) => on(`2022-03-${day}`)) },
      "has 2022-03-14 where",
    ],
    ["a single day", { dates: [on("2022-03-10")] }, "two days at least"],
  ])("refuse a history with %s", (_, flaw, message) => {
    expect(() => dailyCloses({ ...week(), ...flaw }, 1)).toThrow(message);
  });
});

describe("a shifted history", () => {
  it("keeps closes and count, and ends on the given date over holidays", () => {
    const shifted = shiftToEndOn(week(), on("2025-01-13"));
    // 9 January 2025 was a day of mourning.
    expect(shifted.dates).toEqual(["2025-01-06", "2025-01-07", "2025-01-08", "2025-01-10", "2025-01-13"]);
    expect(shifted.closes.get("DOWN")).toEqual(week().closes.get("DOWN"));
    expect(dailyCloses(shifted, 1).close("UP", 4)).toBe(110);
  });

  it("does not end on a closed day", () => {
    expect(() => shiftToEndOn(week(), on("2025-01-09"))).toThrow("closed on 2025-01-09");
  });
});

function make(seed: number): PriceHistory {
  return syntheticHistory({ symbols: 40, days: 500, endOn: on("2022-12-28"), seed });
}

describe("a synthetic history", () => {
  it("is a plausible market: cents, daily moves of 1 to 3 %, nothing constant, stocks that move together", () => {
    const { dates, closes } = make(1);
    expect(dates).toHaveLength(500);
    expect(dates.at(-1)).toBe("2022-12-28");
    expect([...closes.keys()].slice(0, 2)).toEqual(["S0001", "S0002"]);
    const moves = [...closes.values()].map((series) =>
      Array.from(series.slice(1), (close, i) => Math.log(close / (series[i] ?? 0))),
    );
    for (const series of closes.values())
      for (const close of series) expect(Math.round(close * 100) / 100).toBe(close);
    for (const move of moves) {
      const deviation = Math.sqrt(move.reduce((sum, x) => sum + x * x, 0) / move.length);
      expect(deviation).toBeGreaterThan(0.009);
      expect(deviation).toBeLessThan(0.04);
    }
    // Independent stocks would average out to 0.02 ÷ √40.
    const average = Array.from(
      { length: 499 },
      (_, day) => moves.reduce((sum, move) => sum + (move[day] ?? 0), 0) / 40,
    );
    const together = Math.sqrt(average.reduce((sum, x) => sum + x * x, 0) / average.length);
    expect(together).toBeGreaterThan(0.006);
    expect(() => dailyCloses(make(1), 1)).not.toThrow();
  });

  it("depends on its seed and nothing else", () => {
    expect(make(1)).toEqual(make(1));
    expect(make(1).closes.get("S0007")).not.toEqual(make(2).closes.get("S0007"));
  });
});
