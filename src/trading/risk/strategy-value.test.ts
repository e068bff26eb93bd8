import fc from "fast-check";
import type { StrategyPart, StrategyTarget } from "../forecast.ts";
import { type Instant, instant, later } from "../instant.ts";
import {
  fallOf,
  type MeasuredStrategy,
  measureStrategies,
  restingOn,
  riseOf,
  type StrategyPolicy,
  type StrategyRecord,
  strategyFindings,
} from "./strategy-value.ts";

const startAt = instant("2022-03-14T14:30:00Z");
const hour = 3_600_000;
const netLiquidation = 200_000;

/** Prices of one look; a pair is a price and how many shares a split has made of one. */
type Prices = Readonly<Record<string, number | readonly [price: number, splitRatio: number]>>;
/** As a share of net liquidation, or in shares: "40 shares". */
type Targets = Readonly<Record<string, number | string>>;

interface Look {
  readonly prices: Prices;
  readonly targets: Targets;
  readonly atHour: number;
}

const targetsOf = (targets: Targets): StrategyTarget[] =>
  Object.entries(targets).map(([symbol, amount]) => {
    const [value = "0", unit] = String(amount).split(" ");
    const none = { symbol, weight: 0, notional: 0, shares: 0 };
    if (unit === "shares") return { ...none, shares: Number(value) };
    return unit === "money" ? { ...none, notional: Number(value) } : { ...none, weight: Number(value) };
  });

function partOf(targets: Targets, capitalShare: number): StrategyPart {
  return {
    strategy: "trend",
    asOf: startAt,
    capitalShare,
    grossWeight: 0,
    targets: targetsOf(targets),
  };
}

const pairOf = (price: Prices[string]) => (typeof price === "number" ? ([price, 1] as const) : price);

/** Lives through looks as runs do, each with what the one before has put on record. */
function live(
  looks: readonly Look[],
  { capitalShare = 1, ...limits }: Partial<StrategyPolicy> & { capitalShare?: number } = {},
): { measured: MeasuredStrategy; record: StrategyRecord; findings: string[] }[] {
  const policy = { strategy: "trend", stopLoss: 0.999, takeProfit: undefined, ...limits };
  let record: StrategyRecord = { strategy: "trend", resets: 0, last: undefined, lookedAt: undefined };
  return looks.map(({ prices, targets, atHour }) => {
    const now: Instant = later(startAt, atHour * hour);
    const priceOf = (symbol: string) => {
      const found = prices[symbol];
      if (found === undefined) return undefined;
      const [price, splitRatio] = pairOf(found);
      return { conId: symbol.charCodeAt(0), price, splitRatio };
    };
    const weightOf = ({ symbol, weight, notional, shares }: StrategyTarget) =>
      weight + (notional + shares * (priceOf(symbol)?.price ?? Number.NaN)) / netLiquidation;
    const [measured] = measureStrategies([policy], [record], {
      parts: [partOf(targets, capitalShare)],
      market: { now, priceOf, weightOf },
    });
    if (!measured) throw new Error("not measured");
    const findings = strategyFindings([measured], [record], now).map((finding) =>
      finding.kind === "strategy-value-unknown"
        ? `${finding.symbols.join(" ")}${finding.isNew ? " new" : ""}`
        : finding.kind,
    );
    record =
      measured.look === "none" ? record : { ...record, last: measured.mark ?? record.last, lookedAt: now };
    return { measured, record, findings };
  });
}

const rounded = (value: number | undefined) =>
  value === undefined ? "not known" : Math.round(value * 1e9) / 1e9;

const valuesOf = (
  looks: readonly (readonly [targets: Targets, prices: Prices])[],
  limits: Parameters<typeof live>[1] = {},
) =>
  live(
    looks.map(([targets, prices], atHour) => ({ targets, prices, atHour })),
    limits,
  ).map(({ measured: { mark } }) => rounded(mark?.value));

describe("a strategy's value", () => {
  it.each<[string, Parameters<typeof valuesOf>[0], (number | string)[]]>([
    ["begins with one", [[{ A: 0.5 }, { A: 40 }]], [1]],
    [
      "follows what is held, by its weight",
      [
        [
          { A: 0.5, B: 0.25 },
          { A: 40, B: 10 },
        ],
        [
          { A: 0.5, B: 0.25 },
          { A: 44, B: 8 },
        ],
      ],
      [1, 1.0],
    ],
    [
      "gains by a short that falls",
      [
        [{ A: -0.5 }, { A: 40 }],
        [{ A: -0.5 }, { A: 36 }],
      ],
      [1, 1.05],
    ],
    [
      "counts leverage",
      [
        [{ A: 1.5 }, { A: 40 }],
        [{ A: 1.5 }, { A: 36 }],
      ],
      [1, 0.85],
    ],
    [
      "holds shares, not weights, while the forecast stays",
      [
        [{ A: 0.5 }, { A: 40 }],
        [{ A: 0.5 }, { A: 80 }],
        [{ A: 0.5 }, { A: 40 }],
      ],
      [1, 1.5, 1],
    ],
    [
      "buys another forecast at the prices of the run that first sees it",
      [
        [{ A: 0.5 }, { A: 40, B: 10 }],
        [{ B: 1 }, { A: 80, B: 10 }],
        [{ B: 1 }, { A: 20, B: 11 }],
      ],
      [1, 1.5, 1.65],
    ],
    [
      "knows shares and money by what they weighed when they were bought",
      [
        [
          { A: "1000 shares", B: "-50000 money" },
          { A: 40, B: 10 },
        ],
        [
          { A: "1000 shares", B: "-50000 money" },
          { A: 50, B: 11 },
        ],
      ],
      [1, 1.025],
    ],
    [
      "is not known without a price of what it holds, and goes on from the last that was",
      [
        [
          { A: 0.5, B: 0.5 },
          { A: 40, B: 10 },
        ],
        [{ A: 0.5, B: 0.5 }, { A: 44 }],
        [
          { A: 0.5, B: 0.5 },
          { A: 44, B: 11 },
        ],
      ],
      [1, "not known", 1.1],
    ],
    [
      "is not known of a first forecast without a price",
      [
        [{ A: 0.5, B: 0.5 }, { A: 40 }],
        [
          { A: 0.5, B: 0.5 },
          { A: 44, B: 10 },
        ],
      ],
      ["not known", 1],
    ],
    [
      "stays with the old forecast while the new one cannot be bought",
      [
        [{ A: 0.5 }, { A: 40 }],
        [{ B: 1 }, { A: 44 }],
        [{ B: 1 }, { A: 48, B: 10 }],
        [{ B: 1 }, { A: 99, B: 11 }],
      ],
      [1, 1.05, 1.1, 1.21],
    ],
    [
      "needs no price of a target of nothing",
      [
        [{ A: 0.5, B: 0 }, { A: 40 }],
        [{ A: 0.5, B: 0 }, { A: 44 }],
      ],
      [1, 1.05],
    ],
    [
      "is not halved by a split, nor doubled when it is told for hours, nor lost when it is accepted",
      [
        [{ A: 0.5 }, { A: 40 }],
        [{ A: 0.5 }, { A: [20.8, 2] }],
        [{ A: 0.5 }, { A: [21, 2] }],
        [{ A: 0.5 }, { A: 22 }],
      ],
      [1, 1.02, 1.025, 1.05],
    ],
    [
      "knows a reverse split",
      [
        [{ A: -0.5 }, { A: 1.5 }],
        [{ A: -0.5 }, { A: [14.25, 0.1] }],
      ],
      [1, 1.025],
    ],
    [
      "is never less than nothing, and stays there",
      [
        [{ A: -2 }, { A: 40 }],
        [{ A: -2 }, { A: 70 }],
        [{ A: 1 }, { A: 70 }],
        [{ A: 1 }, { A: 140 }],
      ],
      [1, 0, 0, 0],
    ],
  ])("%s", (_, looks, values) => {
    expect(valuesOf(looks)).toEqual(values);
  });

  it("is of the strategy's own capital, whatever share of the account that is", () => {
    const looks = [
      [{ A: 0.1 }, { A: 40 }],
      [{ A: 0.1 }, { A: 30 }],
    ] as const;
    expect(valuesOf(looks, { capitalShare: 0.2 })).toEqual([1, 0.875]);
  });

  it("is not measured where nothing may stop it", () => {
    const policy = { strategy: "trend", stopLoss: undefined, takeProfit: undefined };
    expect(measureStrategies([policy], [], undefined)).toEqual([]);
  });
});

describe("what is kept of a look", () => {
  const looksOf = (looks: readonly (readonly [Targets, Prices])[]) =>
    live(looks.map(([targets, prices], atHour) => ({ targets, prices, atHour }))).map(
      ({ measured: { look, mark, notPriced } }) => [look, mark?.startedAt, ...notPriced],
    );
  const prices = { A: 40, B: 10 };
  it.each<[string, Targets, Targets]>([
    ["weight", { A: 0.5, B: 0.2 }, { A: 0.5, B: 0.3 }],
    ["weight of the first", { A: 0.5, B: 0.2 }, { A: 0.4, B: 0.2 }],
    ["money", { A: 0.5, B: "500 money" }, { A: 0.5, B: "600 money" }],
    ["number of shares", { A: 0.5, B: "50 shares" }, { A: 0.5, B: "60 shares" }],
    ["symbol", { A: 0.5 }, { B: 0.5 }],
    ["symbol more", { A: 0.5 }, { A: 0.5, B: 0.2 }],
    ["symbol less", { A: 0.5, B: 0.2 }, { A: 0.5 }],
  ])("another %s is another forecast, bought anew", (_, before, after) => {
    expect(
      looksOf([
        [before, prices],
        [before, { A: 44, B: 11 }],
        [after, prices],
        [after, prices],
      ]),
    ).toEqual([
      ["other-basis", startAt],
      ["basis-as-before", startAt],
      ["other-basis", startAt],
      ["basis-as-before", startAt],
    ]);
  });

  it("without a price the basis stays, and what is missing is named", () => {
    expect(
      looksOf([
        [{ A: 1 }, {}],
        [{ A: 1 }, prices],
        [{ A: 1 }, {}],
      ]),
    ).toEqual([
      ["basis-as-before", undefined, "A"],
      ["other-basis", later(startAt, hour)],
      ["basis-as-before", undefined, "A"],
    ]);
  });

  it("a target of nothing is kept with the price that it had, and needs none", () => {
    const [first] = live([{ targets: { A: 0, B: 0 }, prices: { B: 10 }, atHour: 0 }]);
    expect(first?.measured.mark?.basis.holdings).toMatchObject([
      { conId: 0, weight: 0, price: 0 },
      { conId: 66, weight: 0, price: 10 },
    ]);
  });
});

describe("several strategies", () => {
  const market = {
    now: startAt,
    priceOf: (symbol: string) => ({
      conId: symbol.charCodeAt(0),
      price: symbol === "A" ? 44 : 9,
      splitRatio: 1,
    }),
    weightOf: ({ weight }: StrategyTarget) => (weight === 0.77 ? undefined : weight),
  };
  const limits = { stopLoss: 0.5, takeProfit: undefined };
  const partNamed = (strategy: string, targets: Targets) => ({ ...partOf(targets, 1), strategy });
  const recordOf = (
    strategy: string,
    symbol: string,
    resets: number,
    conId = symbol.charCodeAt(0),
  ): StrategyRecord => {
    const [target] = targetsOf({ [symbol]: 0.5 });
    if (!target) throw new Error(symbol);
    const basis = { value: 1, holdings: [{ conId, target, weight: 0.5, price: 40 }] };
    const last = { markedAt: startAt, value: 1, highest: 1, startedAt: startAt, basis, stopped: undefined };
    return { strategy, resets, last, lookedAt: startAt };
  };
  const policies = ["trend", "value", "new"].map((strategy) => ({ strategy, ...limits }));

  it("are measured each by its own record and forecast", () => {
    const parts = [
      partNamed("new", { B: 0.5 }),
      partNamed("value", { B: 0.5 }),
      partNamed("trend", { A: 0.5 }),
    ];
    const records = [recordOf("value", "B", 2), recordOf("trend", "A", 1)];
    const measured = measureStrategies(policies, records, { parts, market });
    expect(measured.map(({ strategy, resets, mark }) => [strategy, resets, rounded(mark?.value)])).toEqual([
      ["trend", 1, 1.05],
      ["value", 2, rounded(1 + 0.5 * (9 / 40 - 1))],
      ["new", 0, 1],
    ]);
  });

  it("rest on what they hold, each contract once; not what is stopped, not measured, nothing, or never was seen", () => {
    const [first, second] = [recordOf("trend", "A", 0), recordOf("value", "B", 0)];
    const [a, b] = [first.last?.basis.holdings[0], second.last?.basis.holdings[0]];
    if (!a || !b || !first.last || !second.last) throw new Error("both hold something");
    const both = { ...second.last.basis, holdings: [b, { ...a, price: 41 }, { ...a, conId: 7, weight: 0 }] };
    const records = [first, { ...second, last: { ...second.last, basis: both } }];
    const conIdsOf = (all: readonly StrategyRecord[], of: readonly StrategyPolicy[] = policies) =>
      restingOn(of, all).map(({ conId, weight }) => [conId, weight]);
    expect(conIdsOf(records)).toEqual([
      [a.conId, 0.5],
      [b.conId, 0.5],
    ]);
    const stopped = { by: "strategy-loss", limit: 0.5 } as const;
    expect(conIdsOf([{ ...first, last: { ...first.last, stopped } }, second])).toEqual([[b.conId, 0.5]]);
    expect(conIdsOf([{ ...first, last: undefined }, second])).toEqual([[b.conId, 0.5]]);
    expect(conIdsOf(records, [{ strategy: "trend", stopLoss: undefined, takeProfit: undefined }])).toEqual(
      [],
    );
    expect(conIdsOf([], policies)).toEqual([]);
  });

  it("are not measured without a market, or without a forecast of theirs", () => {
    const unseen = (strategy: string, resets: number) => {
      return { strategy, resets, mark: undefined, notPriced: [], look: "none" };
    };
    const records = [recordOf("trend", "A", 7)];
    const expected = [unseen("trend", 7), unseen("value", 0), unseen("new", 0)];
    expect(measureStrategies(policies, records, undefined)).toEqual(expected);
    expect(measureStrategies(policies, records, { parts: [partNamed("other", { A: 1 })], market })).toEqual(
      expected,
    );
  });

  it("have no price in a contract that is another one than was bought, nor in what cannot be weighed", () => {
    const [trend, value] = measureStrategies(policies.slice(0, 2), [recordOf("trend", "A", 0, 9)], {
      parts: [partNamed("trend", { A: 0.5 }), partNamed("value", { A: 0.5, B: 0.77 })],
      market,
    });
    expect([trend?.mark, trend?.notPriced]).toEqual([undefined, ["A"]]);
    expect([value?.mark, value?.notPriced]).toEqual([undefined, ["B"]]);
  });

  it("are told of each by its own record", () => {
    const [record] = [recordOf("trend", "A", 0)];
    const unknown = { resets: 0, mark: undefined, notPriced: ["A"], look: "basis-as-before" } as const;
    const told = strategyFindings(
      [
        { ...unknown, strategy: "trend" },
        { ...unknown, strategy: "new" },
        { ...unknown, strategy: "known", notPriced: [] },
      ],
      record ? [record] : [],
      later(startAt, 3 * hour),
    );
    expect(told).toEqual([
      { kind: "strategy-value-unknown", strategy: "new", symbols: ["A"], knownAt: undefined, isNew: true },
    ]);
  });
});

describe("a stop", () => {
  const falling = [100, 120, 110, 97, 90, 150].map((price, atHour) => ({
    targets: { A: 1 },
    prices: { A: price },
    atHour,
  }));
  const told = (limits: Partial<StrategyPolicy>) =>
    live(falling, limits).map(({ measured: { mark } }) => [
      mark && rounded(fallOf(mark)),
      mark && rounded(riseOf(mark)),
      mark?.stopped?.by,
    ]);

  it("measures the fall from the highest value, and stands still at it until a person says otherwise", () => {
    expect(told({ stopLoss: 0.15 })).toEqual([
      [0, 0, undefined],
      [0, rounded(0.2), undefined],
      [rounded(1 - 110 / 120), rounded(0.1), undefined],
      [rounded(1 - 97 / 120), rounded(-0.03), "strategy-loss"],
      [rounded(1 - 97 / 120), rounded(-0.03), "strategy-loss"],
      [rounded(1 - 97 / 120), rounded(-0.03), "strategy-loss"],
    ]);
  });

  it("measures the rise from the start", () => {
    expect(told({ stopLoss: 0.9, takeProfit: 0.15 }).map(([, , by]) => by)).toEqual([
      undefined,
      ...Array<string>(5).fill("strategy-profit"),
    ]);
  });

  it("by a rise alone is one", () => {
    expect(told({ stopLoss: undefined, takeProfit: 0.15 })[1]?.[2]).toBe("strategy-profit");
  });

  it("does not fall on the limit itself", () => {
    expect(told({ stopLoss: 1 - 97 / 120 }).map(([, , by]) => by)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      "strategy-loss",
      "strategy-loss",
    ]);
    expect(told({ stopLoss: 1, takeProfit: 0.5 }).at(-1)?.[2]).toBeUndefined();
  });

  it("stays where its limit is changed behind it", () => {
    const { record } = live(falling.slice(0, 4), { stopLoss: 0.15 }).at(-1) ?? {};
    const policy = { strategy: "trend", stopLoss: 0.5, takeProfit: 3 };
    const [measured] = measureStrategies([policy], record ? [record] : [], undefined);
    expect(measured?.mark?.stopped).toEqual({ by: "strategy-loss", limit: 0.15 });
    expect([measured?.look, measured?.notPriced]).toEqual(["none", []]);
  });
});

describe("a value that is not known", () => {
  const look = (atHour: number, price: number | undefined): Look => ({
    targets: { A: 1 },
    prices: price === undefined ? {} : { A: price },
    atHour,
  });

  it("is told once it has lasted longer than a halt does, and as news once", () => {
    const looks = [
      look(0, 40),
      look(1, undefined),
      look(23, undefined),
      look(24, undefined),
      look(25, undefined),
      look(26, undefined),
      look(27, 41),
    ];
    expect(live(looks).map(({ findings }) => findings)).toEqual([[], [], [], [], ["A new"], ["A"], []]);
  });

  it("is told at once where there never was one", () => {
    expect(live([look(0, undefined), look(1, undefined)]).map(({ findings }) => findings)).toEqual([
      ["A new"],
      ["A"],
    ]);
  });
});

describe("whatever prices do", () => {
  const symbols = ["A", "B", "C"] as const;
  const targets = fc.record({
    A: fc.integer({ min: -90, max: 90 }).map((percent) => percent / 100),
    B: fc.integer({ min: -90, max: 90 }).map((percent) => percent / 100),
    C: fc.integer({ min: -300, max: 300 }).map((shares) => `${shares} shares`),
  });
  const price = fc.integer({ min: 3_000, max: 6_000 }).map((cents) => cents / 100);
  const prices = fc.record({ A: price, B: price, C: price });
  const path = fc.array(prices, { minLength: 2, maxLength: 12 });
  const lastOf = (looks: readonly Look[]) => live(looks).at(-1)?.measured.mark?.value ?? Number.NaN;

  it("the value does not depend on how often it is looked at while the forecast stays", () => {
    fc.assert(
      fc.property(targets, path, fc.infiniteStream(fc.boolean()), (wanted, all, isLookedAt) => {
        const looks = all.map((each, atHour) => ({ targets: wanted, prices: each, atHour }));
        const few = looks.filter((_, n) => n === 0 || n === looks.length - 1 || isLookedAt.next().value);
        fc.pre(live(looks).every(({ measured: { mark } }) => mark && !mark.stopped));
        expect(lastOf(few)).toBeCloseTo(lastOf(looks), 9);
      }),
    );
  });

  it("one forecast after the other multiplies what each would have come to alone", () => {
    fc.assert(
      fc.property(targets, targets, path, path, (first, second, before, after) => {
        fc.pre(JSON.stringify(first) !== JSON.stringify(second));
        const looks = [
          ...before.map((each, n) => ({ targets: first, prices: each, atHour: n })),
          ...after.map((each, n) => ({ targets: second, prices: each, atHour: before.length + n })),
        ];
        fc.pre(live(looks).every(({ measured: { mark } }) => mark && !mark.stopped));
        // The run that sees the second forecast sells the first at its own prices.
        const turn = before.length;
        const one = lastOf(looks.slice(0, turn + 1));
        const two = lastOf(looks.slice(turn));
        expect(lastOf(looks)).toBeCloseTo(one * two, 9);
      }),
    );
  });

  it("a split that the position shows changes nothing, whenever it comes and is accepted", () => {
    const ratio = fc.constantFrom(2, 3, 10, 1 / 10, 1 / 20, 3 / 2);
    fc.assert(
      fc.property(targets, path, ratio, fc.nat(11), fc.nat(3), (wanted, all, by, at, openFor) => {
        // Between two looks no price moves by as much as the smallest split: a move that large is not believed.
        const calm = all.map((each) => ({ A: 40 + (each.A - 45) / 5, B: each.B, C: each.C }));
        const from = 1 + (at % (all.length - 1));
        const split = calm.map((each, n) => {
          if (n < from) return each;
          const isOpen = n <= from + openFor;
          return { ...each, A: [each.A / by, isOpen ? by : 1] as const };
        });
        const lookAt = (seen: readonly Prices[]) =>
          live(seen.map((each, atHour) => ({ targets: wanted, prices: each, atHour }))).map(
            ({ measured: { mark } }) => mark,
          );
        fc.pre(lookAt(calm).every((mark) => mark && !mark.stopped));
        for (const [n, mark] of lookAt(split).entries())
          expect(mark?.value).toBeCloseTo(lookAt(calm)[n]?.value ?? Number.NaN, 6);
      }),
      { numRuns: 60 },
    );
  });

  it("no value is made of a missing price", () => {
    fc.assert(
      fc.property(targets, prices, prices, fc.constantFrom(...symbols), (wanted, one, two, missing) => {
        const [, second] = live([
          { targets: wanted, prices: one, atHour: 0 },
          { targets: wanted, prices: { ...two, [missing]: undefined }, atHour: 1 },
        ]);
        const isHeld = Number.parseFloat(String(wanted[missing])) !== 0;
        expect(second?.measured.mark === undefined).toBe(isHeld);
      }),
    );
  });
});
