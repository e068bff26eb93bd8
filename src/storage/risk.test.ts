import { clearedForSure } from "../testing/cleared-for-sure.ts";
import { historyFolder } from "../testing/history-folder.ts";
import {
  accountOf,
  executionOf,
  outcomeOf,
  plannedOrderOf,
  positionOf,
  startedAt,
} from "../testing/history-sample.ts";
import { aSession as session } from "../testing/outcome-builder.ts";
import { aCheck } from "../testing/risk-builder.ts";
import { type Instant, instant, later, tradingDate } from "../trading/instant.ts";
import { money } from "../trading/money.ts";
import type { Override } from "../trading/risk/check.ts";
import { emptyRiskRecord } from "../trading/risk/risk-record.ts";
import type { MeasuredStrategy } from "../trading/risk/strategy-value.ts";
import { sessionOn } from "../trading/session.ts";

const account = "DU1234567";
const history = historyFolder();
const recordNow = () => history.store.riskRecord(account, session);

/** A run that saw this net liquidation. */
async function seen(at: Instant, netLiquidation: string) {
  const run = await history.begin(at);
  const outcome = outcomeOf(run, { account: accountOf({ netLiquidation: money(netLiquidation, "USD") }) });
  await history.store.finish(outcome);
  return outcome;
}

it("knows nothing of an account that no run has seen", async () => {
  expect(await recordNow()).toMatchObject(emptyRiskRecord);
});

it("tells the days' ends, and since the last of them every run, oldest first", async () => {
  const friday = sessionOn(tradingDate("2022-03-11"), "09:30", "16:00", "America/New_York");
  await seen(instant("2022-03-11T14:35:00Z"), "1000");
  await seen(instant("2022-03-11T15:35:00Z"), "1900");
  await history.store.commitDay(await seen(instant("2022-03-11T21:05:00Z"), "1100"), friday);
  await seen(instant("2022-03-14T13:35:00Z"), "1200");
  await seen(instant("2022-03-14T14:35:00Z"), "1150");
  const { equity } = await recordNow();
  expect(equity.map(({ at, netLiquidation }) => [new Date(at).toISOString(), netLiquidation.e6])).toEqual([
    ["2022-03-11T14:35:42.000Z", 1_000_000_000n],
    ["2022-03-11T21:05:42.000Z", 1_100_000_000n],
    ["2022-03-14T13:35:42.000Z", 1_200_000_000n],
    ["2022-03-14T14:35:42.000Z", 1_150_000_000n],
  ]);
});

it("leaves out what was told while a jump was open, unless it was accepted (A08)", async () => {
  const amounts = async () =>
    (await recordNow()).equity.map(({ netLiquidation }) => netLiquidation.e6 / 1_000_000n);
  const jump = {
    kind: "net-liquidation",
    expected: money("1000", "USD"),
    told: money("9000", "USD"),
  } as const;
  await seen(instant("2022-03-14T13:35:00Z"), "1000");
  const wrong = await history.begin(instant("2022-03-14T14:35:00Z"));
  await history.store.keepBreaks(wrong, [jump], instant("2022-03-14T14:35:10Z"));
  await history.store.finish(
    outcomeOf(wrong, { account: accountOf({ netLiquidation: money("9000", "USD") }) }),
  );
  expect(await amounts()).toEqual([1000n]);

  const right = await history.begin(instant("2022-03-14T15:35:00Z"));
  await history.store.keepBreaks(right, [], instant("2022-03-14T15:35:10Z"));
  await history.store.finish(
    outcomeOf(right, { account: accountOf({ netLiquidation: money("1010", "USD") }) }),
  );
  expect(await amounts()).toEqual([1000n, 1010n]);

  const again = await history.begin(instant("2022-03-14T16:35:00Z"));
  await history.store.keepBreaks(again, [jump], instant("2022-03-14T16:35:10Z"));
  await history.store.finish(
    outcomeOf(again, { account: accountOf({ netLiquidation: money("9000", "USD") }) }),
  );
  history.store.accept(account, { isMeant: () => true, at: instant("2022-03-14T17:00:00Z"), note: "" });
  expect(await amounts()).toEqual([1000n, 1010n, 9000n]);
});

it("tells the last marks, and what the session has sent and traded", async () => {
  const run = await history.begin(startedAt);
  const order = plannedOrderOf(run);
  await history.store.recordIntents(run, clearedForSure([order]));
  await history.store.markSending(order.orderRef, startedAt);
  await history.store.book(run, [], [executionOf(order, { shares: 20, price: 150.5 })]);
  const positions = [
    positionOf(),
    positionOf({ conId: 8894, symbol: "KO", marketPrice: undefined, marketValue: undefined }),
  ];
  await history.store.finish(outcomeOf(run, { account: accountOf({ positions }) }));
  const { marks, today } = await recordNow();
  expect([...marks]).toEqual([[265598, 150.62]]);
  expect(today.orders.sent).toBe(1);
  expect(today.executions).toMatchObject({ bought: [money("3010", "USD")], sold: [] });
  expect((await history.store.riskRecord(account, undefined)).today.orders.sent).toBe(0);
});

it("keeps each run's checks with its numbers, and tells which failed in the run before", async () => {
  const given: Override = {
    name: "weight",
    subject: "KO",
    givenAt: startedAt,
    untilAt: later(startedAt, 3_600_000),
    why: "merger",
    by: "owner",
  };
  const checks = [
    aCheck({ subject: "AAPL", present: 0.2, value: 0.31 }),
    aCheck({ subject: "KO", value: 0.3, verdict: "warn", override: given }),
    aCheck({ name: "spread", value: undefined, limit: 200, verdict: "unknown" }),
  ];
  const run = await history.begin();
  await history.store.finish(outcomeOf(run, { review: { checks, judged: 12, overrides: [given] } }));
  expect(history.query("SELECT * FROM checks WHERE ordinal < 3 ORDER BY ordinal")).toEqual([
    {
      run_id: run.id,
      ordinal: 1,
      name: "weight",
      subject: "AAPL",
      unit: "ratio",
      present: 0.2,
      value: 0.31,
      limit_value: 0.25,
      verdict: "fail",
      override_why: null,
      override_by: null,
    },
    {
      run_id: run.id,
      ordinal: 2,
      name: "weight",
      subject: "KO",
      unit: "ratio",
      present: null,
      value: 0.3,
      limit_value: 0.25,
      verdict: "warn",
      override_why: "merger",
      override_by: "owner",
    },
  ]);
  expect([...(await recordNow()).failedBefore]).toEqual(["weight AAPL"]);
  // A run that never came to its checks says nothing of them.
  await history.store.finish(
    outcomeOf(await history.begin(later(startedAt, 1000)), { verdict: "unreachable" }),
  );
  expect([...(await recordNow()).failedBefore]).toEqual(["weight AAPL"]);
  const passed = { checks: [aCheck({ verdict: "pass" })], judged: 1, overrides: [] };
  await history.store.finish(outcomeOf(await history.begin(later(startedAt, 2000)), { review: passed }));
  expect([...(await recordNow()).failedBefore]).toEqual([]);
});

it("keeps flows in the order of their booking, and of this account", async () => {
  const declare = (of: string, at: string, amount: string) =>
    history.store.declareFlow(of, {
      at: instant(at),
      amount: money(amount, "USD"),
      note: amount,
      declaredAt: startedAt,
      by: "owner",
    });
  declare(account, "2022-03-14T15:00:00Z", "-1500.5");
  declare(account, "2022-03-11T15:00:00Z", "25000");
  declare("DU7654321", "2022-03-11T15:00:00Z", "7");
  const { flows } = await recordNow();
  expect(flows).toEqual([
    { at: instant("2022-03-11T15:00:00Z"), amount: money("25000", "USD"), note: "25000" },
    { at: instant("2022-03-14T15:00:00Z"), amount: money("-1500.5", "USD"), note: "-1500.5" },
  ]);
});

it("keeps overrides, the newest first, until they are withdrawn", async () => {
  const give = (subject: string, why: string) =>
    history.store.giveOverride(account, {
      name: "weight",
      subject,
      givenAt: startedAt,
      untilAt: later(startedAt, 3_600_000),
      why,
      by: "owner",
    });
  give("KO", "merger");
  give("", "all of them");
  expect((await recordNow()).overrides).toMatchObject([
    { subject: "", why: "all of them", untilAt: later(startedAt, 3_600_000), givenAt: startedAt },
    { subject: "KO", why: "merger", by: "owner" },
  ]);
  const asked = { name: "weight", subject: "KO" } as const;
  expect(history.store.withdrawOverrides(account, asked, later(startedAt, 60_000))).toHaveLength(1);
  expect(history.store.withdrawOverrides(account, asked, later(startedAt, 60_000))).toHaveLength(0);
  expect((await recordNow()).overrides.map(({ subject }) => subject)).toEqual([""]);
  expect(history.query("SELECT subject, withdrawn_at FROM overrides ORDER BY override_id")).toEqual([
    { subject: "KO", withdrawn_at: "2022-03-14T14:36:00Z" },
    { subject: "", withdrawn_at: null },
  ]);
});

describe("strategies", () => {
  const holding = (symbol: string, weight: number, price: number) => ({
    conId: symbol.charCodeAt(0),
    target: { symbol, weight: weight / 2, notional: -0.5, shares: 3 },
    weight,
    price,
  });
  const mark = {
    markedAt: instant("2022-03-14T14:30:00Z"),
    value: 1.0625,
    highest: 1.25,
    startedAt: instant("2022-03-11T15:30:00Z"),
    basis: { value: 1.125, holdings: [holding("B", -0.25, 12.3456), holding("A", 0.75, 0.0123)] },
    stopped: undefined,
  };
  const looked = (differs: Partial<MeasuredStrategy> = {}): MeasuredStrategy => ({
    strategy: "trend",
    resets: 0,
    mark,
    notPriced: [],
    look: "other-basis",
    ...differs,
  });

  it("are told as they were at the last look that knew, with the look that did not", async () => {
    const run = await history.begin();
    await history.store.keepStrategies(run, [looked()], mark.markedAt);
    const later1 = { ...mark, markedAt: later(mark.markedAt, 60_000), value: 1.5, highest: 1.5 };
    await history.store.keepStrategies(
      run,
      [looked({ mark: later1, look: "basis-as-before" })],
      later1.markedAt,
    );
    const lookedAt = later(mark.markedAt, 120_000);
    await history.store.keepStrategies(run, [looked({ mark: undefined, look: "basis-as-before" })], lookedAt);
    expect((await recordNow()).strategies).toEqual([
      { strategy: "trend", resets: 0, last: later1, lookedAt },
    ]);
    expect(history.query("SELECT look_id, symbol FROM strategy_holdings ORDER BY ordinal")).toEqual([
      { look_id: 1, symbol: "B" },
      { look_id: 1, symbol: "A" },
    ]);
  });

  it("that a person has accepted begin anew, also against a run that read before and writes after", async () => {
    const run = await history.begin();
    const stopped = { by: "strategy-loss" as const, limit: 0.1 };
    await history.store.keepStrategies(run, [looked({ mark: { ...mark, stopped } })], mark.markedAt);
    expect((await recordNow()).strategies).toMatchObject([{ resets: 0, last: { stopped } }]);
    history.store.resetStrategy(account, { strategy: "trend", at: mark.markedAt, note: "looked" });
    const anew = [{ strategy: "trend", resets: 1, last: undefined, lookedAt: undefined }];
    expect((await recordNow()).strategies).toEqual(anew);
    await history.store.keepStrategies(run, [looked({ mark: { ...mark, stopped } })], mark.markedAt);
    expect((await recordNow()).strategies).toEqual(anew);
    await history.store.keepStrategies(run, [looked({ resets: 1 })], mark.markedAt);
    expect((await recordNow()).strategies).toMatchObject([{ resets: 1, last: { value: 1.0625 } }]);
  });

  it("that were stopped are named as accepted until the next look at them, by the last word said of each", async () => {
    const accepted = (of = account) => history.store.acceptedStrategies(of);
    const accept = (strategy: string, note: string) =>
      history.store.resetStrategy(account, { strategy, at: mark.markedAt, note });
    const run = await history.begin();
    const stopped = { by: "strategy-profit" as const, limit: 0.05 };
    accept("trend", "before any look");
    await history.store.keepStrategies(run, [looked({ resets: 1 })], mark.markedAt);
    accept("trend", "it was not stopped");
    expect(await accepted()).toEqual([]);
    await history.store.keepStrategies(
      run,
      [
        looked({ resets: 2, mark: { ...mark, stopped } }),
        looked({ strategy: "value", mark: { ...mark, stopped } }),
      ],
      mark.markedAt,
    );
    expect(await accepted()).toEqual([]);
    accept("value", "too");
    accept("trend", "looked");
    accept("trend", "looked again");
    expect(await accepted()).toEqual([
      { strategy: "value", at: mark.markedAt, note: "too" },
      { strategy: "trend", at: mark.markedAt, note: "looked again" },
    ]);
    expect(await accepted("DU7654321")).toEqual([]);
    const unknown = { mark: undefined, look: "basis-as-before" } as const;
    await history.store.keepStrategies(run, [looked({ resets: 4, ...unknown })], mark.markedAt);
    expect((await accepted()).map(({ strategy }) => strategy)).toEqual(["value"]);
  });

  it("that a person accepts before any run begin with the first", async () => {
    history.store.resetStrategy(account, { strategy: "trend", at: mark.markedAt, note: "" });
    expect((await recordNow()).strategies).toMatchObject([{ strategy: "trend", resets: 1 }]);
    expect((await history.store.riskRecord("DU7654321", session)).strategies).toEqual([]);
  });
});
