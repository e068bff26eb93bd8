import { clearedForSure } from "../testing/cleared-for-sure.ts";
import { historyFolder } from "../testing/history-folder.ts";
import {
  accountOf,
  executionOf,
  instrumentOf,
  outcomeOf,
  plannedOrderOf,
  reportOf,
  startedAt,
} from "../testing/history-sample.ts";
import { aSession as session } from "../testing/outcome-builder.ts";
import { type Instant, instant, tradingDate } from "../trading/instant.ts";
import { money } from "../trading/money.ts";
import { type OrderReport, type PlannedOrder, windowOf } from "../trading/order.ts";
import type { Outcome, Verdict } from "../trading/outcome.ts";
import type { Run } from "../trading/run.ts";
import { type Session, sessionOn } from "../trading/session.ts";

const account = "DU1234567";
const history = historyFolder();
const soFar = () => history.store.sessionSoFar(account, session);
const sessionOf = (on: string): Session => sessionOn(tradingDate(on), "09:30", "16:00", "America/New_York");

async function ended(at: Instant, changes: Partial<Outcome> = {}): Promise<Run> {
  const run = await history.begin(at);
  await history.store.finish(outcomeOf(run, changes));
  return run;
}

/** An order of the run, on record, with what the broker says of it. */
async function sent(
  run: Run,
  symbol: string,
  report: Partial<OrderReport> | undefined,
): Promise<PlannedOrder> {
  const order = plannedOrderOf(run, { account: run.account, instrument: instrumentOf({ symbol }) });
  await history.store.recordIntents(run, clearedForSure([order]));
  if (report) await history.store.book(run, [reportOf(order, report)], []);
  return order;
}

it("is nothing where nothing happened", async () => {
  expect(await soFar()).toEqual({
    runs: { count: 0, held: 0, attention: 0, crashed: 0, unreachable: 0, interrupted: 0 },
    orders: { sent: 0, filled: 0, partlyFilled: 0, cancelled: 0, rejected: 0, unknown: 0, working: 0 },
    executions: { count: 0, bought: [], sold: [], commission: [], withoutCommission: 0 },
    firstSnapshot: undefined,
  });
});

it("counts runs by how they ended, and those that never did", async () => {
  const verdicts: Verdict[] = ["done", "held", "held", "attention", "crashed", "unreachable", "closed"];
  for (const verdict of verdicts) await ended(startedAt, { verdict });
  await history.begin();
  expect((await soFar()).runs).toEqual({
    count: 8,
    held: 2,
    attention: 1,
    crashed: 1,
    unreachable: 1,
    interrupted: 1,
  });
});

it("counts each order once, in what became of it", async () => {
  const run = await history.begin();
  await sent(run, "A", { state: { life: "done", status: "filled" }, filledShares: 120 });
  await sent(run, "B", { state: { life: "done", status: "filled" }, filledShares: 120 });
  await sent(run, "C", { state: { life: "done", status: "cancelled" }, filledShares: 7 });
  const late = await sent(run, "D", { state: { life: "done", status: "cancelled" } });
  await sent(run, "E", { state: { life: "done", status: "cancelled" } });
  await sent(run, "F", { state: { life: "done", status: "rejected" } });
  await history.store.markSending((await sent(run, "G", undefined)).orderRef, startedAt);
  await sent(run, "planned and never sent", undefined);
  await sent(run, "I", { state: { life: "done", status: "not-sent" } });
  await sent(run, "H", { filledShares: 3 });
  // The cancelled order's only trace of a fill is its execution.
  await history.store.book(run, [], [executionOf(late, { shares: 5 })]);
  expect((await soFar()).orders).toEqual({
    sent: 8,
    filled: 2,
    partlyFilled: 2,
    cancelled: 1,
    rejected: 1,
    unknown: 1,
    working: 1,
  });
});

it("counts an order of ours that was found at the broker and is of no run on record", async () => {
  const run = await history.begin(instant("2022-03-14T15:35:00Z"));
  const lost = plannedOrderOf({ ...run, window: "2022031414" });
  await history.store.book(run, [reportOf(lost, { state: { life: "done", status: "filled" } })], []);
  expect((await soFar()).orders).toMatchObject({ sent: 1, filled: 1 });
});

it("sums executions exactly: by currency, the correction in place of what it corrects, no commission invented", async () => {
  const run = await history.begin();
  const order = await sent(run, "AAPL", undefined);
  const execution = (execId: string, changes: Parameters<typeof executionOf>[1]) =>
    executionOf(order, { execId, ...changes });
  const euros = { currency: "EUR", commission: money("0.3", "EUR") };
  await history.store.book(
    run,
    [],
    [
      execution("a.1.01", { shares: 1_000_000_007, price: 123_456.789 }),
      execution("a.2.01", { shares: 10, price: 0.1, commission: money("0.1", "USD") }),
      execution("a.3.01", { shares: 10, price: 0.2, commission: money("0.2", "USD") }),
      execution("a.4.01", { shares: 500, price: 9.99 }),
      execution("a.5.01", { side: "sell", shares: 3, price: 7.25, ...euros }),
      execution("a.6.01", { shares: 4, price: 7.25, ...euros, commission: undefined }),
      // A rebate, and by a person: what the account traded counts, whoever traded it.
      execution("a.7.01", {
        side: "sell",
        shares: 1,
        price: 2,
        commission: money("-0.05", "USD"),
        orderRef: "",
      }),
    ],
  );
  await history.store.book(
    run,
    [],
    [execution("a.4.02", { shares: 50, price: 9.98, commission: undefined })],
  );

  const { executions } = await soFar();
  expect(executions).toEqual({
    count: 7,
    // 1 000 000 007 × 123 456.789 = 123 456 789 864 197.523 is more than a double's 15 digits hold with the rest.
    bought: [money("123456789864699.523", "USD"), money("29", "EUR")],
    sold: [money("21.75", "EUR"), money("2", "USD")],
    commission: [money("1.25", "USD"), money("0.3", "EUR")],
    withoutCommission: 2,
  });
});

it("begins with the net liquidation of the first run that saw the account", async () => {
  await ended(startedAt, { verdict: "unreachable", account: undefined });
  const first = await ended(startedAt, {
    account: accountOf({ netLiquidation: money("1000000.123456", "USD") }),
  });
  await ended(startedAt);
  expect((await soFar()).firstSnapshot).toEqual({
    runId: first.id,
    takenAt: instant("2022-03-14T14:35:42Z"),
    netLiquidation: money("1000000.123456", "USD"),
  });
});

it("leaves out what belongs to another session: before, before the open, and after", async () => {
  const friday = sessionOf("2022-03-11");
  await tradedIn(friday, instant("2022-03-11T20:35:00Z"));
  // Monday before the open: a run that still owed Friday's close.
  await ended(instant("2022-03-14T12:35:00Z"), { session: friday, verdict: "closed" });
  await tradedIn(sessionOf("2022-03-15"), instant("2022-03-15T14:35:00Z"));
  expect(await soFar()).toMatchObject({
    runs: { count: 0 },
    orders: { sent: 0 },
    executions: { count: 0 },
    firstSnapshot: undefined,
  });
});

it("leaves out what was traded before the open, though a run of the session is the first to hear of it", async () => {
  const run = await history.begin();
  const order = plannedOrderOf(run);
  const executedAt = instant("2022-03-14T13:29:59Z");
  await history.store.book(run, [], [executionOf(order, { executedAt })]);
  expect((await soFar()).executions.count).toBe(0);
});

it("leaves out another account", async () => {
  const run = await history.store.begin({ startedAt, window: windowOf(startedAt), account: "U7654321" });
  const order = await sent(run, "AAPL", undefined);
  await history.store.book(run, [], [executionOf(order)]);
  await history.store.finish(outcomeOf(run, { account: accountOf({ id: "U7654321" }) }));
  expect(await soFar()).toMatchObject({
    runs: { count: 0 },
    orders: { sent: 0 },
    executions: { count: 0 },
    firstSnapshot: undefined,
  });
});

/** A whole run of a session with one order and one execution. */
async function tradedIn(of: Session, at: Instant): Promise<void> {
  const run = await history.begin(at);
  const order = await sent(run, "AAPL", { state: { life: "done", status: "filled" }, filledShares: 120 });
  const execution = executionOf(order, { execId: `${of.on}.01`, executedAt: at });
  await history.store.book(run, [], [execution]);
  await history.store.finish(outcomeOf(run, { session: of }));
}
