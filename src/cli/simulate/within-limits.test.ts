import { type Limits, noLimits } from "../../trading/risk/limits.ts";
import { beyondLimits, type SentInRun } from "./within-limits.ts";

/** 1: 300 held at 100, 2: 200 short at 50, of 100,000. */
const heldBefore = new Map([
  [1, 300],
  [2, -200],
]);
const mids = new Map([
  [1, 100],
  [2, 50],
]);

function beyond(
  limits: Partial<Limits>,
  orders: readonly (readonly [number, "buy" | "sell", number])[],
  more: Partial<SentInRun> = {},
): readonly string[] {
  const expected = new Map(heldBefore);
  const sent = orders.map(([conId, side, shares]) => {
    const reach = (expected.get(conId) ?? 0) + (side === "buy" ? shares : -shares);
    expected.set(conId, reach);
    return [
      `order ${conId}`,
      { conId, symbol: `S${conId}`, side, shares, reach, asksForMore: true },
    ] as const;
  });
  return beyondLimits(
    {
      heldBefore,
      expectedBefore: heldBefore,
      expected,
      orders: new Map(sent),
      earlier: new Set(),
      cancelled: new Map(),
      ordersBefore: new Set(["one", "other"]),
      tradedBefore: 20_000,
      ...more,
    },
    {
      limits: { ...noLimits, ...limits },
      netLiquidation: 100_000,
      midOf: (conId) => mids.get(conId) ?? 0,
      symbolOf: (conId) => `S${conId}`,
      forecastGross: 0.7,
    },
  );
}

const group = { name: "G", symbols: new Set(["S2"]), weightMax: 0.12 };

describe("a run that increases something", () => {
  it.each<[string, Partial<Limits>, readonly (readonly [number, "buy" | "sell", number])[]]>([
    ["an order in S1 of 11000.000, at most 10000", { orderValueMax: 10_000 }, [[1, "buy", 110]]],
    ["weight of S2 0.150, at most 0.12", { weightMax: 0.12 }, [[2, "sell", 100]]],
    ["weight of group G 0.150, at most 0.12", { groups: [group] }, [[2, "sell", 100]]],
    ["gross leverage 0.510, at most 0.45", { grossLeverageMax: 0.45 }, [[1, "buy", 110]]],
    ["net leverage 0.310, at most 0.25", { netLeverageMax: 0.25 }, [[1, "buy", 110]]],
    ["weight of the strategy 0.700, at most 0.6", { strategyWeightMax: 0.6 }, [[1, "buy", 110]]],
    ["turnover of the run 0.110, at most 0.1", { turnoverPerRunMax: 0.1 }, [[1, "buy", 110]]],
    ["turnover of the session 0.310, at most 0.3", { turnoverPerDayMax: 0.3 }, [[1, "buy", 110]]],
    ["orders in the session: 3.000, at most 2", { ordersPerDayMax: 2 }, [[1, "buy", 110]]],
    [
      "orders in the run: 2.000, at most 1",
      { ordersPerRunMax: 1 },
      [
        [1, "sell", 10],
        [2, "sell", 10],
      ],
    ],
  ])("%s", (what, limits, orders) => {
    expect(beyond(limits, orders)).toEqual([what]);
  });

  it("may leave gross and net where they are, and turn nothing round", () => {
    expect(
      beyond({ grossLeverageMax: 0.1, netLeverageMax: 0.1 }, [
        [2, "sell", 10],
        [1, "sell", 110],
      ]),
    ).toEqual([]);
    expect(beyond({ orderValueMax: 10_000 }, [[1, "sell", 310]])).toHaveLength(1);
  });

  it("is none whose last wave sends nothing: what an earlier one sent was judged by what was held then", () => {
    const limits = { turnoverPerRunMax: 0.01, ordersPerRunMax: 0 };
    const later = { earlier: new Set(["order 2", "order 1"]), heldBefore: new Map([[1, 300]]) };
    expect(beyond(limits, [[2, "buy", 150]], later)).toEqual([]);
    expect(beyond(limits, [[1, "buy", 50]], later)).toEqual([]);
    expect(beyond(limits, [[1, "buy", 50]], { ...later, earlier: new Set() })).toHaveLength(2);
  });

  it("counts what was cancelled before it sent more in the run, and not in what the session trades", () => {
    const orders = [
      [2, "buy", 100],
      [1, "buy", 110],
    ] as const;
    const cancelled = new Map([["order 2", 90]]);
    expect(beyond({ turnoverPerRunMax: 0.15 }, orders, { cancelled })).toEqual([
      "turnover of the run 0.160, at most 0.15",
    ]);
    expect(beyond({ turnoverPerDayMax: 0.3 }, orders, { cancelled })).toEqual([
      "turnover of the session 0.315, at most 0.3",
    ]);
    expect(beyond({ turnoverPerDayMax: 0.32 }, orders, { cancelled })).toEqual([]);
  });

  it("counts an earlier order that got new terms once in the session", () => {
    const ordersBefore = new Set(["order 1", "other"]);
    expect(beyond({ ordersPerDayMax: 2 }, [[1, "buy", 110]], { ordersBefore })).toEqual([]);
    expect(beyond({ ordersPerDayMax: 1 }, [[1, "buy", 110]], { ordersBefore })).toHaveLength(1);
  });

  it("is not judged by what it could not know", () => {
    expect(beyond({ turnoverPerDayMax: 0.3 }, [[1, "buy", 110]], { tradedBefore: undefined })).toEqual([]);
  });
});

it("a run that makes an increase smaller, which worked before it, may leave what remains of it", () => {
  const shrunk = (wasExpected: number, asksForMore: boolean) => {
    const order = { conId: 1, symbol: "S1", side: "buy", shares: 110, reach: 410, asksForMore } as const;
    return beyond({ netLeverageMax: 0.25, grossLeverageMax: 0.45 }, [[1, "buy", 110]], {
      expectedBefore: new Map([...heldBefore, [1, wasExpected]]),
      orders: new Map([["order 1", order]]),
    });
  };
  expect(shrunk(500, false)).toEqual([]);
  expect(shrunk(500, true)).toHaveLength(2);
  expect(shrunk(350, false)).toHaveLength(2);
});

it("a run that only reduces breaks no limit", () => {
  const tight = { orderValueMax: 1, weightMax: 0, ordersPerRunMax: 1, turnoverPerRunMax: 0, groups: [group] };
  expect(
    beyond({ ...tight, netLeverageMax: 0.1 }, [
      [1, "sell", 110],
      [2, "buy", 200],
    ]),
  ).toEqual([]);
});
