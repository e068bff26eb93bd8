import fc from "fast-check";
import { aStoppedStrategy } from "../testing/risk-builder.ts";
import {
  blend,
  type ForecastRow,
  judgeForecast,
  type StrategyForecast,
  type WrittenForecast,
  withoutStrategies,
} from "./forecast.ts";
import { instant, instantFromMs } from "./instant.ts";

const asOf = instant("2022-03-14T13:30:00Z");

function forecast(
  strategy: string,
  leverage: number,
  weights: Record<string, number>,
  asOfMs = 0,
): StrategyForecast {
  const rows = Object.entries(weights).map(([symbol, weight], i) => ({ symbol, weight, line: i + 5 }));
  return { strategy, file: `${strategy}.csv`, asOf: instantFromMs(asOf + asOfMs), leverage, rows };
}

const weightOf = (row: ForecastRow | undefined) => (row && "weight" in row ? row.weight : 0);

const weightsOf = (blended: ReturnType<typeof blend>) =>
  Object.fromEntries(blended.targets.map(({ symbol, weight }) => [symbol, weight]));

describe("blend", () => {
  const momentum = forecast("momentum", 1.5, { MSFT: 0.5, AAPL: -0.25 }, 60_000);
  const value = forecast("value", 4, { RRC: 0.5, AAPL: 0.125 });
  const shares = [
    { strategy: "momentum", capitalShare: 0.5 },
    { strategy: "value", capitalShare: 0.25 },
  ];

  it("counts each weight with capital share and capped leverage, opposite ones against each other", () => {
    const blended = blend([momentum, value], shares, 2);
    expect(blended).toEqual({
      asOf,
      targets: [
        // 0.5 × 1.5 × −0.25 + 0.25 × 2 × 0.125
        { symbol: "AAPL", weight: -0.125, notional: 0, shares: 0, file: "momentum.csv", line: 6 },
        { symbol: "MSFT", weight: 0.375, notional: 0, shares: 0, file: "momentum.csv", line: 5 },
        { symbol: "RRC", weight: 0.25, notional: 0, shares: 0, file: "value.csv", line: 5 },
      ],
      // (0.5 × 1.5 + 0.25 × 2) ÷ 0.75
      targetLeverage: 1.25 / 0.75,
      parts: [
        // 0.5 × 1.5 × (0.5 + 0.25)
        {
          strategy: "momentum",
          asOf: instantFromMs(asOf + 60_000),
          capitalShare: 0.5,
          targets: [
            { symbol: "AAPL", weight: -0.1875, notional: 0, shares: 0 },
            { symbol: "MSFT", weight: 0.375, notional: 0, shares: 0 },
          ],
          grossWeight: 0.5625,
        },
        // 0.25 × 2 × (0.5 + 0.125)
        {
          strategy: "value",
          asOf,
          capitalShare: 0.25,
          targets: [
            { symbol: "AAPL", weight: 0.0625, notional: 0, shares: 0 },
            { symbol: "RRC", weight: 0.25, notional: 0, shares: 0 },
          ],
          grossWeight: 0.3125,
        },
      ],
      capped: [{ strategy: "value", written: 4, used: 2 }],
    });
  });

  it("counts notionals and quantities with their file's leverage, not with the capital share", () => {
    const mixed: StrategyForecast = {
      ...momentum,
      rows: [
        { symbol: "MSFT", notional: -8000, line: 5 },
        { symbol: "AAPL", quantity: 30, line: 6 },
      ],
    };
    expect(blend([mixed, value], shares, 2).targets).toMatchObject([
      { symbol: "AAPL", weight: 0.0625, notional: 0, shares: 45 },
      { symbol: "MSFT", weight: 0, notional: -12_000, shares: 0 },
      { symbol: "RRC", weight: 0.25, notional: 0, shares: 0 },
    ]);
  });

  it("keeps a weight that comes to nothing: it says that nothing shall be held", () => {
    const long = forecast("momentum", 1, { AAPL: 0.25, MSFT: -0 });
    const short = forecast("value", 1, { AAPL: -0.5 });
    expect(weightsOf(blend([long, short], shares, 1))).toEqual({ AAPL: 0, MSFT: 0 });
  });

  it("stops where no strategy has capital", () => {
    const poor = shares.map((each) => ({ ...each, capitalShare: 0 }));
    expect(() => blend([momentum, value], poor, 2)).toThrow("no strategy has capital");
  });

  it.each([
    ["a strategy without a forecast", [momentum]],
    ["a forecast that no strategy asked for", [momentum, value, forecast("carry", 1, {})]],
    ["one forecast twice", [momentum, momentum]],
  ])("stops on %s", (_, forecasts) => {
    expect(() => blend(forecasts, shares, 2)).toThrow("This should be impossible");
  });

  const ratio = fc.double({ min: -2, max: 2, noNaN: true });
  const rows = fc.dictionary(fc.constantFrom("A", "B", "C", "D", "E"), ratio);
  const strategies = fc
    .uniqueArray(
      fc.record({
        name: fc.stringMatching(/^[a-z]{1,6}$/),
        capitalShare: fc.double({ min: 0.01, max: 1, noNaN: true }),
        leverage: fc.double({ min: 0, max: 5, noNaN: true }),
        rows,
      }),
      { minLength: 1, maxLength: 6, selector: ({ name }) => name },
    )
    .map((list) => ({
      forecasts: list.map(({ name, leverage, rows: weights }) => forecast(name, leverage, weights)),
      shares: list.map(({ name, capitalShare }) => ({ strategy: name, capitalShare })),
    }));
  const cap = fc.double({ min: 0.1, max: 5, noNaN: true });

  it("gives each symbol the sum of its strategies' contributions, and no other symbol anything", () => {
    fc.assert(
      fc.property(strategies, cap, (all, leverageMax) => {
        const { targets } = blend(all.forecasts, all.shares, leverageMax);
        const named = new Set(all.forecasts.flatMap((one) => one.rows.map(({ symbol }) => symbol)));
        expect(targets.map(({ symbol }) => symbol)).toEqual([...named].toSorted());
        for (const { symbol, weight } of targets) {
          const alone = all.forecasts.map((one, i) => {
            const row = one.rows.find((candidate) => candidate.symbol === symbol);
            return weightOf(row) * Math.min(one.leverage, leverageMax) * (all.shares[i]?.capitalShare ?? 0);
          });
          expect(weight).toBeCloseTo(
            alone.reduce((a, b) => a + b, 0),
            9,
          );
        }
      }),
    );
  });

  it("does not depend on the order in which forecasts come", () => {
    fc.assert(
      fc.property(strategies, cap, (all, leverageMax) => {
        const reversed = blend(all.forecasts.toReversed(), all.shares, leverageMax);
        expect(reversed).toEqual(blend(all.forecasts, all.shares, leverageMax));
      }),
    );
  });

  it("never uses more leverage than the cap, in the whole or for one strategy, and names who asked for more", () => {
    fc.assert(
      fc.property(strategies, cap, (all, leverageMax) => {
        const { targets, targetLeverage, capped } = blend(all.forecasts, all.shares, leverageMax);
        expect(targetLeverage).toBeLessThanOrEqual(leverageMax * (1 + 1e-9));
        expect(capped.map(({ strategy }) => strategy)).toEqual(
          all.forecasts.filter(({ leverage }) => leverage > leverageMax).map(({ strategy }) => strategy),
        );
        const grossMax = all.forecasts.map((one, i) => {
          const gross = one.rows.reduce((sum, row) => sum + Math.abs(weightOf(row)), 0);
          return gross * leverageMax * (all.shares[i]?.capitalShare ?? 0);
        });
        const gross = targets.reduce((sum, { weight }) => sum + Math.abs(weight), 0);
        expect(gross).toBeLessThanOrEqual(grossMax.reduce((a, b) => a + b, 0) + 1e-9);
      }),
    );
  });
});

describe("judgeForecast", () => {
  const policy = { maxAgeMinutes: 60, futureToleranceMinutes: 1, grossMax: 1 };
  const written: WrittenForecast = {
    strategy: "momentum",
    file: "momentum.csv",
    asOf: { value: asOf, line: 1 },
    leverage: { value: 1.5, line: 2 },
    declaredRows: { value: 2, line: 3 },
    rows: [
      { symbol: "AAPL", weight: 0.7, line: 5 },
      { symbol: "MSFT", weight: -0.3, line: 6 },
    ],
    foundRows: 2,
    mistakes: [],
  };

  it("passes weights whose sum is over the limit by float noise alone", () => {
    const rows = [0.1, -0.1, 0.1].map((weight, i) => ({ symbol: `S${i}`, weight, line: i + 5 }));
    const three = { ...written, declaredRows: { value: 3, line: 3 }, rows, foundRows: 3 };
    expect(0.1 + 0.1 + 0.1).toBeGreaterThan(0.3);
    expect(judgeForecast(three, { ...policy, grossMax: 0.3 }, asOf).ok).toBe(true);
    expect(judgeForecast(three, { ...policy, grossMax: 0.2999 }, asOf).ok).toBe(false);
  });

  it("judges the gross of weights alone: what other targets weigh is not known here", () => {
    const rows = [
      { symbol: "A", notional: 50_000, line: 5 },
      { symbol: "B", weight: -1.01, line: 6 },
    ];
    const judged = judgeForecast({ ...written, rows }, policy, asOf);
    expect(!judged.ok && judged.findings).toEqual([
      { kind: "forecast-gross-exceeded", file: "momentum.csv", line: 6, gross: 1.01, limit: 1 },
    ]);
  });

  it("judges the age by the instant handed in", () => {
    expect(judgeForecast(written, policy, instantFromMs(asOf + 60 * 60_000)).ok).toBe(true);
    expect(judgeForecast(written, policy, instantFromMs(asOf + 60 * 60_000 + 1)).ok).toBe(false);
    expect(judgeForecast(written, policy, instantFromMs(asOf - 60_000)).ok).toBe(true);
    expect(judgeForecast(written, policy, instantFromMs(asOf - 60_001)).ok).toBe(false);
  });

  it("tells all that is wrong, in the order of the lines", () => {
    const judge = (changes: Partial<WrittenForecast>, now = asOf) => {
      const judged = judgeForecast({ ...written, ...changes }, policy, now);
      return judged.ok ? judged.value : judged.findings;
    };
    const file = "momentum.csv";
    const twice = [...written.rows, { symbol: "AAPL", weight: 0.2, line: 7 }];
    const unread = { kind: "forecast-unknown-symbol", file, line: 4, symbol: "X", detail: "" } as const;
    expect(
      judge({ rows: twice, foundRows: 3, mistakes: [unread] }, instantFromMs(asOf + 61 * 60_000)),
    ).toEqual([
      { kind: "forecast-stale", file, line: 1, ageMinutes: 61, limitMinutes: 60 },
      { kind: "forecast-truncated", file, line: 3, declaredRows: 2, foundRows: 3 },
      unread,
      { kind: "forecast-duplicate-symbol", file, line: 7, symbol: "AAPL", firstLine: 5 },
      { kind: "forecast-gross-exceeded", file, line: 7, gross: expect.closeTo(1.2, 9), limit: 1 },
    ]);
    expect(judge({}, instantFromMs(asOf - 2 * 60_000))).toEqual([
      { kind: "forecast-from-future", file, line: 1, minutesAhead: 2, limitMinutes: 1 },
    ]);
    expect(judge({})).toEqual({ strategy: "momentum", file, asOf, leverage: 1.5, rows: written.rows });
    const headless = { kind: "holding-not-priced", symbol: "X" } as const;
    expect(judge({ asOf: undefined, declaredRows: undefined, mistakes: [unread, headless] })).toEqual([
      headless,
      unread,
    ]);
  });

  it("stops when a header is missing and nobody said so", () => {
    expect(() => judgeForecast({ ...written, leverage: undefined }, policy, asOf)).toThrow("impossible");
  });
});

describe("a forecast without stopped strategies", () => {
  const shares = [
    { strategy: "a", capitalShare: 0.5 },
    { strategy: "b", capitalShare: 0.25 },
    { strategy: "c", capitalShare: 0.25 },
  ];
  const all = [
    forecast("a", 1, { LONG: 0.6, HEDGED: 0.6, ALONE: 0, TOLD: 0 }),
    forecast("b", 2, { LONG: 0.4, HEDGED: -0.4, ALONE: -0.5 }),
    forecast("c", 1, { LONG: -0, SHORT: -0.3 }),
  ];
  const blended = blend(all, shares, 2);
  const without = (...names: string[]) => withoutStrategies(blended, names.map(aStoppedStrategy));

  it("keeps every symbol, with what the others ask for", () => {
    expect(weightsOf(without("b"))).toEqual({ ALONE: 0, HEDGED: 0.3, LONG: 0.3, SHORT: -0.075, TOLD: 0 });
    expect(weightsOf(without("b", "a"))).toMatchObject({ HEDGED: 0, LONG: 0, SHORT: -0.075 });
    expect(without()).toBe(blended);
  });

  it("names the stopped by symbol, and where nothing may grow of it: alone, and against the others", () => {
    const told = (...names: string[]) =>
      Object.fromEntries(
        without(...names).targets.map(({ symbol, stopped }) => [
          symbol,
          stopped &&
            `${stopped.strategies.map(({ strategy }) => strategy).join(" ")}${stopped.isReduceOnly ? " reduce" : ""}`,
        ]),
      );
    expect(told("b")).toEqual({
      ALONE: "b reduce",
      HEDGED: "b reduce",
      LONG: "b",
      SHORT: undefined,
      TOLD: undefined,
    });
    expect(told("a", "c")).toEqual({
      ALONE: undefined,
      HEDGED: "a reduce",
      LONG: "a",
      SHORT: "c reduce",
      TOLD: undefined,
    });
  });

  it("takes what weights and shares together come to for opposite, as long as there are no prices", () => {
    const row = { symbol: "LONG", line: 5 };
    const mixed = [
      { ...forecast("a", 1, {}), rows: [{ ...row, weight: 0.2 }] },
      { ...forecast("b", 1, {}), rows: [{ ...row, quantity: -10 }] },
      { ...forecast("c", 1, {}), rows: [{ ...row, notional: 900 }] },
    ];
    const [target] = withoutStrategies(blend(mixed, shares, 1), [aStoppedStrategy("c")]).targets;
    expect(target).toMatchObject({ weight: 0.1, notional: 0, shares: -10, stopped: { isReduceOnly: true } });
    const both = blend(mixed, shares, 1);
    const money = withoutStrategies(both, [aStoppedStrategy("b")]).targets[0];
    expect(money).toMatchObject({ weight: 0.1, notional: 900, shares: 0, stopped: { isReduceOnly: true } });
    // Weights and shares of one strategy that do not agree are of no known sign either.
    const torn = both.parts.map((part) =>
      part.strategy === "a"
        ? { ...part, targets: [{ symbol: "LONG", weight: 0.1, notional: 0, shares: -3 }] }
        : part,
    );
    const [left] = withoutStrategies({ ...both, parts: torn.slice(0, 1) }, [aStoppedStrategy("a")]).targets;
    expect(left?.stopped).toEqual({ strategies: [aStoppedStrategy("a")], isReduceOnly: true });
  });

  it("asks for nothing of the stopped strategy's limit", () => {
    expect(without("b").parts.map(({ strategy, grossWeight }) => [strategy, grossWeight])).toEqual([
      ["a", 0.6],
      ["b", 0],
      ["c", 0.075],
    ]);
    expect(without("b").parts[1]?.targets).toEqual([]);
  });
});
