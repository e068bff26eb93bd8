import type { Store } from "../ports.ts";
import { rebalance } from "../rebalance.ts";
import { historyFolder } from "../testing/history-folder.ts";
import { jobOf } from "../testing/job-of.ts";
import { stock } from "../testing/scenario.ts";
import { scriptedWorld } from "../testing/scripted-world.ts";
import { forecastOf, type Script } from "../testing/world-script.ts";
import type { StrategyForecast } from "../trading/forecast.ts";
import { type Instant, instant } from "../trading/instant.ts";
import { ok } from "../trading/result.ts";

const account = "DU1234567";
const history = historyFolder();
const at = (hour: number): Instant => instant(`2022-03-14T${hour}:30:00Z`);

interface Changes extends Partial<Script> {
  readonly aaa?: number;
  readonly trend?: Readonly<Record<string, number>>;
  readonly value?: Readonly<Record<string, number>>;
  readonly priceJumpMax?: number;
  /** Named by forecasts and never traded: the account holds none of them. */
  readonly neverHeld?: readonly string[];
  readonly stops?: { readonly stopLoss: number | undefined; readonly takeProfit: number | undefined };
}

/** A run of two strategies with half of the capital each; only the first may be stopped. The other holds BBB. */
async function run(
  hour: number,
  {
    aaa = 50,
    trend = { AAA: 0.6 },
    value = { BBB: 0.4 },
    priceJumpMax = 9,
    neverHeld = [],
    stops = { stopLoss: 0.1, takeProfit: undefined },
    ...changes
  }: Changes = {},
) {
  const named = (strategy: string, weights: Readonly<Record<string, number>>): StrategyForecast => ({
    ...forecastOf(weights),
    strategy,
    file: `${strategy}.csv`,
  });
  const scripted = scriptedWorld({
    now: at(hour),
    handled: ["2022-03-14 open", "2022-03-14 middle", "2022-03-14 close"],
    forecasts: ok([named("trend", trend), named("value", value)]),
    quotes: { AAA: [aaa - 0.03, aaa + 0.03], BBB: [99.9, 100.1] },
    holdings: { AAA: 6_000, BBB: 2_000 },
    lastRunAt: at(hour),
    ...changes,
  });
  const store: Store = { ...history.store, history: () => scripted.world.store.history() };
  const job = jobOf({ trustHostClock: false });
  const share = { capitalShare: 0.5, maxAgeMinutes: 10_000 };
  const outcome = await rebalance(
    {
      ...job,
      plan: {
        ...job.plan,
        bandWeight: 0.01,
        instruments: new Map(neverHeld.map((symbol) => [symbol, { mode: "do-not-trade", boardLot: 1 }])),
      },
      limits: { ...job.limits, priceJumpMax },
      strategies: [
        { strategy: "trend", ...share, ...stops },
        { strategy: "value", ...share, stopLoss: undefined, takeProfit: undefined },
      ],
    },
    { ...scripted.world, store, ...changes.world },
  );
  return {
    outcome,
    placed: scripted.acts.filter((act) => act.startsWith("place")),
    events: scripted.events,
    notices: scripted.notices.map(({ kind }) => kind),
    leftAlone: outcome.plan?.untouched.map(({ symbol, reason }) =>
      reason.kind === "check-failed" ? `${symbol} ${reason.check}` : `${symbol} ${reason.kind}`,
    ),
    failed: outcome.review?.checks
      .filter(({ verdict }) => verdict === "fail")
      .map(({ name, subject, value: measured }) => `${name} ${subject} ${measured?.toFixed(4)}`.trim()),
  };
}

const looks = () =>
  history.query<{ value: number | null; stopped_by: string | null }>(
    "SELECT round(value, 6) AS value, stopped_by FROM strategy_values ORDER BY look_id",
  );

const sold = { AAA: 0, BBB: 2_000 };

describe("a strategy that falls below its stop loss", () => {
  it("counts as nothing until a person accepts it, and is told once", async () => {
    const first = await run(14);
    expect(first.placed).toEqual([]);
    expect(first.failed).toEqual([]);

    // 60 % of its capital in AAA, which falls by 18 %: 10.8 %.
    const second = await run(15, { aaa: 41 });
    expect(second.failed).toEqual(["strategy-loss trend 0.1080"]);
    expect(second.placed).toEqual(["place sell AAA 6000"]);
    expect(second.outcome.plan?.trades[0]).toMatchObject({
      reason: "close",
      adjustments: [
        {
          kind: "strategy-stopped",
          strategies: [
            { strategy: "trend", by: "strategy-loss", value: expect.closeTo(0.108, 9), limit: 0.1 },
          ],
        },
      ],
    });
    expect(second.outcome.verdict).toBe("attention");
    expect(second.notices).toEqual(["alert"]);

    const third = await run(16, { aaa: 70, holdings: sold });
    expect(third.failed).toEqual(["strategy-loss trend 0.1080"]);
    expect(third.placed).toEqual([]);
    expect(third.notices).toEqual([]);
    history.store.resetStrategy(account, { strategy: "trend", at: at(17), note: "looked" });
    const works = { life: "working", status: "submitted" } as const;
    const fourth = await run(17, { aaa: 70, holdings: sold, fill: () => works });
    expect(fourth.failed).toEqual([]);
    expect(fourth.placed).toEqual(["place buy AAA 4285"]);
    expect(fourth.outcome.accepted).toEqual([{ strategy: "trend", at: at(17), note: "looked" }]);
    expect(fourth.notices).toEqual(["accepted"]);
    expect(looks()).toEqual([
      { value: 1, stopped_by: null },
      { value: 0.892, stopped_by: "strategy-loss" },
      { value: 1, stopped_by: null },
    ]);
  });

  it("is no news for ever where nothing may stop it any more when a person accepts it", async () => {
    await run(14);
    await run(15, { aaa: 41 });
    history.store.resetStrategy(account, { strategy: "trend", at: at(17), note: "" });
    const closed = await run(21, { aaa: 70, holdings: sold });
    expect(closed.outcome.accepted).toHaveLength(1);
    const never = { stopLoss: undefined, takeProfit: undefined };
    const unmeasured = await run(21, { aaa: 70, holdings: sold, stops: never });
    expect(unmeasured.outcome.accepted).toEqual([]);
  });

  it("is said by runs of a closed market too, and not as news", async () => {
    await run(14);
    await run(15, { aaa: 41 });
    const closed = await run(21, { aaa: 70, holdings: sold });
    expect(closed.failed).toEqual(["strategy-loss trend 0.1080"]);
    expect(closed.outcome.verdict).toBe("attention");
    expect(closed.notices).toEqual([]);
  });

  it("stays stopped where the run that found it broke off, whatever the price is by then", async () => {
    await run(14);
    const full = () => Promise.reject(new Error("disk"));
    const broken = await run(15, {
      aaa: 41,
      world: { orderFiles: { write: full, writeProtection: full } },
    });
    expect(broken.outcome.verdict).toBe("crashed");
    const next = await run(16, { aaa: 50 });
    expect(next.failed).toEqual(["strategy-loss trend 0.1080"]);
    expect(next.placed).toEqual(["place sell AAA 6000"]);
  });

  it("leads to no increase where it held against another", async () => {
    const asks = { trend: { AAA: 0.6, BBB: -0.2 }, value: { BBB: 0.6 } };
    await run(14, asks);
    // 60 % for the other alone would be 3,000 shares of BBB; 2,000 are held.
    const second = await run(15, { ...asks, aaa: 41 });
    expect(second.failed).toEqual(["strategy-loss trend 0.1080"]);
    expect(second.placed).toEqual(["place sell AAA 6000"]);
    expect(second.leftAlone).toEqual(["BBB strategy-loss"]);
  });

  it("leaves what another holds beside it, with its own terms", async () => {
    const asks = { trend: { AAA: 0.3 }, value: { AAA: 0.3, BBB: 0.4 } };
    await run(14, asks);
    const second = await run(15, { ...asks, aaa: 30 });
    // 15 % of the account at 30.
    expect(second.placed).toEqual(["place sell AAA 1000"]);
    expect(second.outcome.plan?.trades[0]).toMatchObject({ reason: "reduce", targetWeight: 0.15 });
  });
});

it("a strategy that rises above its take profit is stopped as well", async () => {
  const stops = { stopLoss: undefined, takeProfit: 0.25 };
  await run(14, { stops });
  const second = await run(15, { stops, aaa: 72 });
  expect(second.failed).toEqual(["strategy-profit trend 0.2640"]);
  expect(second.placed).toEqual(["place sell AAA 6000"]);
  expect(second.outcome.plan?.trades[0]?.adjustments).toEqual([
    {
      kind: "strategy-stopped",
      strategies: [
        { strategy: "trend", by: "strategy-profit", value: expect.closeTo(0.264, 9), limit: 0.25 },
      ],
    },
  ]);
});

it("a split is no loss of a strategy: its shares show it (A05)", async () => {
  await run(14);
  const second = await run(15, { aaa: 25.5, holdings: { AAA: 12_000, BBB: 2_000 }, priceJumpMax: 0.3 });
  expect(second.failed).toContain("price-jump AAA 0.4900");
  expect(second.leftAlone).toContain("AAA frozen");
  await run(16, { aaa: 25, holdings: { AAA: 12_000, BBB: 2_000 }, priceJumpMax: 0.3 });
  history.store.accept(account, { isMeant: () => true, at: at(16), note: "2:1" });
  const accepted = await run(17, {
    aaa: 26,
    holdings: { AAA: 12_000, BBB: 2_000 },
    priceJumpMax: 0.3,
    trend: { AAA: 0.6 },
  });
  expect(accepted.failed).toEqual([]);
  expect(looks().map(({ value }) => value)).toEqual([1, 1.012, 1, 1.024]);
});

it("a price that jumped is believed when it stands, and until then nothing is known", async () => {
  await run(14);
  const second = await run(15, { aaa: 30, priceJumpMax: 0.3 });
  expect(second.failed).toEqual(["price-jump AAA 0.4000"]);
  expect(second.outcome.review?.checks).toContainEqual(
    expect.objectContaining({ name: "strategy-loss", value: undefined, verdict: "unknown" }),
  );
  expect(second.placed).toEqual([]);
  const third = await run(16, { aaa: 30, priceJumpMax: 0.3 });
  expect(third.failed).toEqual(["strategy-loss trend 0.2400"]);
  expect(looks().map(({ value }) => value)).toEqual([1, null, 0.76]);
});

it("a strategy without a limit is not measured", async () => {
  await run(14, { stops: { stopLoss: undefined, takeProfit: undefined } });
  expect(looks()).toEqual([]);
});

describe("a symbol that a forecast drops and the account does not hold", () => {
  const neverHeld = ["CCC", "DDD"];
  const quotes = (ccc: number) => ({
    AAA: [49.97, 50.03] as const,
    BBB: [99.9, 100.1] as const,
    CCC: [ccc - 0.05, ccc + 0.05] as const,
  });
  const first = { neverHeld, trend: { AAA: 0.6, CCC: 0.2 }, quotes: quotes(20) };
  const dropped = { neverHeld, trend: { AAA: 0.6 } };
  const strategyLoss = ({ outcome }: Awaited<ReturnType<typeof run>>) =>
    outcome.review?.checks.find(({ name }) => name === "strategy-loss");
  const notPriced = ({ events }: Awaited<ReturnType<typeof run>>) =>
    events.filter(({ kind }) => kind === "dropped-not-priced");

  it("is measured at the price at which it is dropped, and then asked for no more", async () => {
    await run(14, first);
    // A fifth of its capital, which has risen by a tenth.
    const second = await run(15, { ...dropped, quotes: quotes(22) });
    expect(second.outcome.findings).toEqual([]);
    expect(second.placed).toEqual([]);
    const asked: string[] = [];
    const third = await run(16, {
      ...dropped,
      quotes: quotes(1),
      broker: {
        quotes: async (instruments) => {
          asked.push(...instruments.map(({ symbol }) => symbol));
          return ok(
            instruments.map(({ conId, symbol }) => {
              const [bid, ask] = symbol === "AAA" ? [51.97, 52.03] : [99.9, 100.1];
              return { conId, symbol, bid, ask, receivedAt: at(16), feed: "live" as const };
            }),
          );
        },
      },
    });
    expect(asked).toEqual(["AAA", "BBB"]);
    expect(third.outcome.findings).toEqual([]);
    expect(looks().map(({ value }) => value)).toEqual([1, 1.02, 1.04448]);
  });

  it("can still be what stops the strategy", async () => {
    await run(14, first);
    const second = await run(15, { ...dropped, quotes: quotes(8) });
    expect(second.failed).toEqual(["strategy-loss trend 0.1200"]);
    expect(second.placed).toEqual(["place sell AAA 6000"]);
  });

  it("is not believed where its price jumped", async () => {
    await run(14, first);
    const closed = { close: 20, receivedAt: at(15), feed: "live" as const };
    const second = await run(15, {
      ...dropped,
      value: { AAA: 0.2 },
      priceJumpMax: 0.3,
      quotes: quotes(10),
      broker: {
        quotes: async (instruments) =>
          ok(
            instruments.map(({ conId, symbol }) =>
              symbol === "CCC"
                ? { conId, symbol, bid: 9.95, ask: 10.05, ...closed }
                : { conId, symbol, bid: 49.97, ask: 50.03, ...closed, close: 50.1 },
            ),
          ),
      },
    });
    expect(strategyLoss(second)).toMatchObject({ value: undefined, verdict: "unknown" });
    expect(second.failed).toEqual([]);
  });

  it.each([
    ["is believed of a thin stock while others trade", { AAA: 0.2 }, [1, 1.02]],
    ["is not believed where it alone tells of the feed (C16)", {}, [1, null]],
  ])("a last trade of long ago %s", async (_, value, values) => {
    const nobody = { neverHeld, holdings: {}, fill: () => ({ life: "done", status: "cancelled" }) as const };
    await run(14, { ...nobody, trend: { CCC: 0.2 }, value: {}, quotes: quotes(20) });
    await run(15, {
      ...nobody,
      trend: {},
      value,
      quotes: quotes(22),
      broker: {
        quotes: async (instruments) =>
          ok(
            instruments.map(({ conId, symbol }) => ({
              conId,
              symbol,
              bid: 21.9,
              ask: 22.1,
              receivedAt: at(15),
              feed: "live" as const,
              lastTradedAt: symbol === "CCC" ? at(14) : at(15),
            })),
          ),
      },
    });
    expect(looks().map((look) => look.value)).toEqual(values);
  });

  const held = (kind: "quote-unanswered") => ({
    ok: false as const,
    findings: [{ kind, symbol: "CCC", deadlineSeconds: 11 }],
  });
  it.each<[string, Changes, object]>([
    [
      "no quote of it",
      { quotes: { ...quotes(20), CCC: [-1, 20.05] } },
      { kind: "quote-side-missing", symbol: "CCC", side: "bid" },
    ],
    [
      "no contract of it any more",
      { quotes: { AAA: [49.97, 50.03], BBB: [99.9, 100.1] } },
      { kind: "holding-unknown", symbol: "CCC" },
    ],
    [
      "its symbol for another contract",
      {
        broker: {
          contracts: async (requests) =>
            ok(
              requests.map(({ symbol }) => {
                const meant = stock(symbol);
                return { found: true, instrument: symbol === "CCC" ? { ...meant, conId: 77 } : meant };
              }),
            ),
        },
      },
      { kind: "holding-unknown", symbol: "CCC" },
    ],
    [
      "no answer about it",
      {
        broker: {
          quotes: async (instruments) =>
            instruments.some(({ symbol }) => symbol === "CCC")
              ? held("quote-unanswered")
              : ok(
                  instruments.map(({ conId, symbol }) => {
                    const [bid, ask] = symbol === "AAA" ? [49.97, 50.03] : [99.9, 100.1];
                    return { conId, symbol, bid, ask, receivedAt: at(15), feed: "live" as const };
                  }),
                ),
        },
      },
      { kind: "quote-unanswered", symbol: "CCC" },
    ],
  ])(
    "holds no run where the broker has %s: the value is not known, and goes on later",
    async (_, changes, why) => {
      await run(14, first);
      const second = await run(15, {
        ...dropped,
        value: { BBB: 0.2 },
        quotes: quotes(20),
        fill: () => ({ life: "done", status: "cancelled" }),
        ...changes,
      });
      expect(second.outcome.findings.map(({ kind }) => kind)).not.toContain("quote-side-missing");
      expect(second.placed).toEqual(["place sell BBB 1000"]);
      expect(strategyLoss(second)).toMatchObject({ value: undefined, verdict: "unknown" });
      expect(notPriced(second)).toEqual([
        {
          kind: "dropped-not-priced",
          symbols: ["CCC"],
          because: [expect.objectContaining(why)],
        },
      ]);
      const third = await run(16, { ...dropped, quotes: quotes(21) });
      expect(strategyLoss(third)).toMatchObject({ verdict: "pass" });
      expect(looks().map(({ value }) => value)).toEqual([1, null, 1.01]);
    },
  );
});
