import type { OnOpenOrders } from "../../trading/planner/working-orders.ts";
import { type QuietFigures, quietWeek } from "./quiet-week.ts";

const seed = 31;

describe("days without faults, with what still works", () => {
  const weeks = new Map<OnOpenOrders, QuietFigures>();
  const weekOf = (mode: OnOpenOrders): QuietFigures => {
    const week = weeks.get(mode);
    if (!week) throw new Error(`no week of ${mode}`);
    return week;
  };
  beforeAll(async () => {
    for (const mode of ["cancel", "modify", "keep"] as const) weeks.set(mode, await quietWeek(seed, mode, 2));
  }, 60_000);

  it.each(["cancel", "modify", "keep"] as const)("%s: the figures agree with the broker's books", (mode) => {
    const week = weekOf(mode);
    expect(week.violations).toEqual([]);
    expect(week.runs).toBe(14);
    const moved = [...week.positionsAtEnd].map(([symbol, shares]) => [
      symbol,
      shares - (week.positionsAtStart.get(symbol) ?? 0),
    ]);
    expect(moved).toEqual([...week.positionsAtEnd].map(([symbol]) => [symbol, week.traded.get(symbol) ?? 0]));
    const net = [...week.traded.values()].reduce((sum, shares) => sum + Math.abs(shares), 0);
    expect(week.sharesFilled).toBeGreaterThan(net);
    expect(week.fills).toBeGreaterThan(week.placed);
  });

  it("is the same market, from the same positions", () => {
    const starts = [...weeks.values()].map(({ positionsAtStart }) => positionsAtStart);
    expect(starts[1]).toEqual(starts[0]);
    expect(starts[2]).toEqual(starts[0]);
  });

  it("sends what its name says: cancels and new orders, changes in their place, or less of both", () => {
    const [cancel, modify, keep] = [weekOf("cancel"), weekOf("modify"), weekOf("keep")];
    expect([cancel.changed, keep.changed]).toEqual([0, 0]);
    expect(modify.changed).toBeGreaterThan(3);
    expect(modify.cancelled).toBeLessThan(cancel.cancelled);
    expect(modify.placed).toBeLessThan(cancel.placed);
    expect(keep.placed).toBeLessThan(cancel.placed);
  });
});
