import type { Store } from "../ports.ts";
import { rebalance } from "../rebalance.ts";
import { historyFolder } from "../testing/history-folder.ts";
import { jobOf } from "../testing/job-of.ts";
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
      plan: { ...job.plan, bandWeight: 0.01 },
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
      adjustments: [{ kind: "strategy-stopped", strategies: ["trend"] }],
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
    expect(looks()).toEqual([
      { value: 1, stopped_by: null },
      { value: 0.892, stopped_by: "strategy-loss" },
      { value: 1, stopped_by: null },
    ]);
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
