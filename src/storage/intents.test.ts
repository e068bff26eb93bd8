import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clearedForSure } from "../testing/cleared-for-sure.ts";
import { historyFolder } from "../testing/history-folder.ts";
import {
  executionOf,
  instrumentOf,
  outcomeOf,
  plannedOrderOf,
  reportOf,
  startedAt,
} from "../testing/history-sample.ts";
import { later } from "../trading/instant.ts";
import type { OrderReport } from "../trading/order.ts";
import { historyTables } from "./sqlite/migrations/0001-history.ts";
import { Database } from "./sqlite/sqlite.ts";
import { openStore } from "./store.ts";

const account = "DU1234567";
const history = historyFolder();
const sentAt = later(startedAt, 7_000);

/** An order that was decided in a run of its own, and its run. */
async function planned(changes: Parameters<typeof plannedOrderOf>[1] = {}) {
  const run = await history.begin();
  const order = plannedOrderOf(run, changes);
  await history.store.recordIntents(run, clearedForSure([order]));
  return { run, order };
}

const lives = () => history.query<{ life: string }>("SELECT life FROM orders").map(({ life }) => life);

describe("an intent", () => {
  it("is planned, then sending with its time, and told as both (S04, S10)", async () => {
    const { order } = await planned();
    expect(lives()).toEqual(["planned"]);
    await history.store.markSending(order.orderRef, sentAt);
    expect(history.query("SELECT life, sent_at FROM orders")).toEqual([
      { life: "sending", sent_at: "2022-03-14T14:35:07Z" },
    ]);
    expect(await history.store.unsettledOrders(account)).toMatchObject([
      { orderRef: order.orderRef, life: "sending", sentAt, conId: 265598 },
    ]);
  });

  it("is on disk as sending when the promise resolves: another connection reads it", async () => {
    const { order } = await planned();
    await history.store.markSending(order.orderRef, sentAt);
    history.reopen();
    expect(lives()).toEqual(["sending"]);
  });

  it("is changed only while it may work, on disk before its new terms leave", async () => {
    const { run, order } = await planned({ approach: [150.7] });
    const larger = { ...order, shares: 160, approach: [] };
    const changing = () => history.store.markChanging(run, larger, later(sentAt, 10_000));
    await expect(changing()).rejects.toThrow("does not work by our own record");
    await history.store.markSending(order.orderRef, sentAt);
    await changing();
    await history.store.markChanging(run, { ...order, shares: 90 }, later(sentAt, 20_000));
    history.reopen();
    expect(
      history.query("SELECT change, run_id, changed_at, shares, limit_price FROM order_changes"),
    ).toEqual([
      { change: 1, run_id: run.id, changed_at: "2022-03-14T14:35:17Z", shares: 160, limit_price: 150.83 },
      { change: 2, run_id: run.id, changed_at: "2022-03-14T14:35:27Z", shares: 90, limit_price: 150.7 },
    ]);
    // It may work for the largest of its sizes, until the broker says which one holds.
    const shares = () => history.store.unsettledOrders(account).then(([open]) => open?.orderedShares);
    expect(await shares()).toBe(160);
    await history.store.book(run, [reportOf(order, { state: { life: "unknown" }, orderedShares: 120 })], []);
    expect(await shares()).toBe(160);
    const told = reportOf(order, { state: { life: "working", status: "submitted" }, orderedShares: 90 });
    await history.store.book(run, [told], []);
    expect(await shares()).toBe(90);
    await history.store.book(run, [reportOf(order, { state: { life: "done", status: "cancelled" } })], []);
    await expect(changing()).rejects.toThrow("does not work by our own record");
  });

  it("is told as it was meant, where it can be sent with new terms", async () => {
    const { run, order } = await planned({
      timeInForce: "IOC",
      outsideRegularHours: true,
      style: { kind: "limit" },
    });
    const patient = plannedOrderOf(run, { shares: 31, style: { kind: "adaptive", priority: "Patient" } });
    const endAt = later(startedAt, 60_000);
    const others = [
      plannedOrderOf(run, { shares: 32, style: { kind: "twap", endAt } }),
      plannedOrderOf(run, { shares: 33, style: { kind: "market-on-close" } }),
    ];
    await history.store.recordIntents(run, clearedForSure([patient, ...others]));
    const { instrument: _known, ...meant } = patient;
    const { instrument: _same, ...first } = order;
    const refs = [order, patient, ...others].map(({ orderRef }) => orderRef);
    expect([...(await history.store.intentsOf([...refs, "trader.reb.other"]))]).toEqual([
      [order.orderRef, first],
      [patient.orderRef, meant],
    ]);
  });

  it("is never sent twice, nor without having been planned (S04)", async () => {
    const { run, order } = await planned();
    await history.store.markSending(order.orderRef, sentAt);
    await expect(history.store.markSending(order.orderRef, sentAt)).rejects.toThrow("not a planned order");
    await expect(history.store.markSending("trader.reb.other", sentAt)).rejects.toThrow(
      "not a planned order",
    );
    await history.store.book(run, [reportOf(order, { state: { life: "done", status: "void" } })], []);
    await expect(history.store.markSending(order.orderRef, sentAt)).rejects.toThrow("not a planned order");
  });

  const steps: readonly [string, OrderReport["state"], string][] = [
    ["the broker's number alone", { life: "working", status: "pending-submit" }, "acknowledged"],
    ["a working status", { life: "working", status: "submitted" }, "working"],
    ["silence", { life: "unknown" }, "unknown"],
    ["an end", { life: "done", status: "rejected" }, "done"],
  ];
  it.each(steps)("goes on with %s", async (_name, state, life) => {
    const { run, order } = await planned();
    await history.store.markSending(order.orderRef, sentAt);
    await history.store.book(run, [reportOf(order, { state })], []);
    expect(lives()).toEqual([life]);
  });

  it("goes back for no report that knows less (O32)", async () => {
    const { run, order } = await planned();
    const hear = (state: OrderReport["state"]) => history.store.book(run, [reportOf(order, { state })], []);
    await hear({ life: "working", status: "submitted" });
    await hear({ life: "working", status: "pending-submit" });
    await hear({ life: "unknown" });
    expect(history.query("SELECT life, status FROM orders")).toEqual([
      { life: "working", status: "submitted" },
    ]);
    await hear({ life: "done", status: "filled" });
    await hear({ life: "working", status: "submitted" });
    expect(history.query("SELECT life, status FROM orders")).toEqual([{ life: "done", status: "filled" }]);
  });
});

describe("a window", () => {
  it.each([
    ["holds only what was planned", undefined, false],
    ["had an order that never left", { life: "done", status: "not-sent" }, false],
    ["had an order that never arrived", { life: "done", status: "void" }, false],
    ["had an order that was rejected", { life: "done", status: "rejected" }, true],
    ["had an order that works", { life: "working", status: "submitted" }, true],
  ] as const)("is not traded again when it %s: %p %p", async (_name, state, isSent) => {
    const { run, order } = await planned();
    if (state) await history.store.book(run, [reportOf(order, { state })], []);
    expect(await history.store.isSentIn(account, run.window)).toBe(isSent);
  });

  it("is traded once an order's bytes may have left; other windows and accounts are not", async () => {
    const { run, order } = await planned();
    await history.store.markSending(order.orderRef, sentAt);
    expect(await history.store.isSentIn(account, run.window)).toBe(true);
    expect(await history.store.isSentIn(account, "2022031415")).toBe(false);
    expect(await history.store.isSentIn("DU7654321", run.window)).toBe(false);
  });

  it("is traded once an order of an earlier window was given new terms in it", async () => {
    const { order } = await planned();
    await history.store.markSending(order.orderRef, sentAt);
    const nextHour = { startedAt: later(startedAt, 3_600_000), window: "2022031415", account };
    const next = await history.store.begin(nextHour);
    expect(await history.store.isSentIn(account, next.window)).toBe(false);
    await history.store.markChanging(next, { ...order, shares: 90 }, later(sentAt, 3_600_000));
    expect(await history.store.isSentIn(account, next.window)).toBe(true);
    expect(await history.store.isSentIn(account, "2022031416")).toBe(false);
    expect(await history.store.isSentIn("DU7654321", next.window)).toBe(false);
  });
});

describe("a protective order", () => {
  const terms = {
    kind: "stop",
    reference: "average-cost",
    distanceBps: 1_500,
    limitOffsetBps: undefined,
    outsideRegularHours: true,
  } as const;
  const protective = {
    role: "protect",
    side: "sell",
    timeInForce: "GTC",
    outsideRegularHours: true,
    style: { kind: "stop", stopPrice: 128.06 },
    limitPrice: 128.06,
    protection: terms,
  } as const;

  it.each([
    ["stop", protective],
    [
      "stop with a limit",
      {
        ...protective,
        style: { kind: "stop-limit", stopPrice: 128.06 },
        limitPrice: 126.78,
        protection: { ...terms, limitOffsetBps: 100 },
      } as const,
    ],
    [
      "trailing stop",
      {
        ...protective,
        style: { kind: "trailing-stop", stopPrice: 128.06, trailBps: 725 },
        protection: { ...terms, kind: "trailing-stop", distanceBps: 725 },
      } as const,
    ],
  ])("that is a %s is known again as it was meant", async (_what, meant) => {
    const { order } = await planned(meant);
    const { instrument: _instrument, approach: _approach, ...intent } = order;
    expect(await history.store.intentsOf([order.orderRef])).toEqual(new Map([[order.orderRef, intent]]));
  });

  it("stands where the broker told last, under the setting that it was changed to", async () => {
    const { run, order } = await planned(protective);
    await history.store.markSending(order.orderRef, sentAt);
    await history.store.book(run, [reportOf(order, { stopPrice: 129.5 })], []);
    await history.store.book(run, [reportOf(order)], []);
    const setting = { ...terms, distanceBps: 900 };
    const changed = { ...order, style: { kind: "stop", stopPrice: 131.2 }, protection: setting } as const;
    const larger = { ...changed, shares: order.shares + 7 };
    await history.store.markChanging(run, changed, later(sentAt, -60_000));
    await history.store.markChanging(run, larger, sentAt);
    await history.store.book(run, [reportOf(order)], []);
    expect((await history.store.intentsOf([order.orderRef])).get(order.orderRef)).toMatchObject({
      style: { kind: "stop", stopPrice: 129.5 },
      protection: setting,
      lastChange: { at: sentAt, shares: order.shares + 7 },
    });
    expect(await history.store.unsettledOrders(account)).toMatchObject([{ stopPrice: 129.5 }]);
    expect(history.query("SELECT stop_price FROM order_changes")).toEqual([
      { stop_price: 131.2 },
      { stop_price: 131.2 },
    ]);
  });

  it("does not make its window one that was traded, nor do its new terms", async () => {
    const { run, order } = await planned(protective);
    await history.store.markSending(order.orderRef, sentAt);
    await history.store.markChanging(run, order, sentAt);
    expect(await history.store.isSentIn(account, run.window)).toBe(false);
  });

  it("that has filled is told with when, and a rebalance order is not", async () => {
    const { run, order } = await planned(protective);
    const usual = plannedOrderOf(run, { instrument: instrumentOf({ conId: 5, symbol: "KO" }) });
    await history.store.recordIntents(run, clearedForSure([usual]));
    const at = later(startedAt, 60_000);
    await history.store.book(
      run,
      [],
      [
        executionOf(order, { executedAt: at }),
        executionOf(order, { execId: "b.1.01", executedAt: startedAt, shares: 3 }),
        executionOf(usual, { execId: "c.1.01" }),
      ],
    );
    expect(await history.store.lastProtectionFills(account, startedAt)).toEqual(new Map([[265598, at]]));
    expect(await history.store.lastProtectionFills(account, later(at, 1_000))).toEqual(new Map());
    expect(await history.store.lastProtectionFills("DU7654321", startedAt)).toEqual(new Map());
  });

  it("whose lack was found is no news to the next run, and is to the one after a run that did not find it", async () => {
    const gap = {
      kind: "position-unprotected",
      symbol: "KO",
      shares: 7,
      reason: "no-price",
      isNew: true,
    } as const;
    const run = await history.begin();
    await history.store.finish(outcomeOf(run, { findings: [gap] }));
    await history.begin(later(startedAt, 1_800_000));
    expect(await history.store.gapsBefore(account)).toEqual(new Set(["KO no-price"]));
    expect(await history.store.gapsBefore("DU7654321")).toEqual(new Set());
    await history.store.finish(outcomeOf(await history.begin(later(startedAt, 3_600_000))));
    expect(await history.store.gapsBefore(account)).toEqual(new Set());
  });
});

describe("a run that died", () => {
  it("is told, with the orders that were leaving, until a run ends", async () => {
    const { run, order } = await planned();
    await history.store.markSending(order.orderRef, sentAt);
    const next = await history.begin(later(startedAt, 3_600_000));
    const died = [{ id: run.id, startedAt, ordersInDoubt: 1 }];
    expect(await history.store.deadRuns(next)).toEqual(died);
    expect(await history.store.deadRuns(next)).toEqual(died);
    await history.store.finish(outcomeOf(next));
    const third = await history.begin(later(startedAt, 7_200_000));
    expect(await history.store.deadRuns(third)).toEqual([]);
    expect(history.query("SELECT verdict FROM runs ORDER BY run_id")).toEqual([
      { verdict: "died" },
      { verdict: "done" },
      { verdict: null },
    ]);
    expect(await history.store.history()).toMatchObject({
      firstRunAt: startedAt,
      lastRunAt: third.startedAt,
    });
  });
});

describe("a history of the first format", () => {
  it("is taken over: what was unknown was leaving, unless the broker had a number for it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "trader-history-"));
    try {
      const old = new Database(join(folder, "history.db"));
      old.exec(historyTables);
      old.pragma("user_version = 1");
      old.exec(
        `INSERT INTO run_record (run_id, started_at, account, window, version)
         VALUES ('r1', '2022-03-14T13:35:00Z', '${account}', '2022031413', '1')`,
      );
      const insert = old.prepare(
        `INSERT INTO order_record (order_ref, run_id, window, intended_at, account, role, con_id, symbol, side, shares,
           life, status, reported_filled_shares, perm_id, broker_messages)
         VALUES (?, 'r1', '2022031413', '2022-03-14T13:35:00Z', '${account}', 'rebalance', 8894, 'KO', 'sell', 7,
           ?, ?, 3, ?, 'x')`,
      );
      insert.run("a", "unknown", null, 0);
      insert.run("b", "unknown", null, 77);
      insert.run("c", "working", "submitted", 78);
      insert.run("d", "done", "filled", 79);
      old.close();

      const store = openStore({ folder, version: "2" });
      const unsettled = await store.unsettledOrders(account);
      expect(unsettled.map(({ orderRef, life, permId }) => [orderRef, life, permId])).toEqual([
        ["a", "sending", 0],
        ["b", "acknowledged", 77],
        ["c", "working", 78],
      ]);
      expect(await store.expectedPositions(account)).toBeUndefined();
      store.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("expected positions", () => {
  const position = (conId: number, symbol: string, shares: number) =>
    ({ conId, symbol, securityType: "STK", currency: "USD", shares, averageCost: 1 }) as never;

  it("are unknown until the account was looked at, also when it holds nothing then", async () => {
    const run = await history.begin();
    expect(await history.store.expectedPositions(account)).toBeUndefined();
    await history.store.openPositions(run, []);
    expect(await history.store.expectedPositions(account)).toEqual([]);
    expect(await history.store.expectedPositions("DU7654321")).toBeUndefined();
  });

  it("begin with what is held, executions booked before included, and follow every execution once", async () => {
    const { run, order } = await planned();
    await history.store.book(run, [], [executionOf(order, { execId: "a.01.01", shares: 20 })]);
    await history.store.openPositions(run, [position(265598, "AAPL", 50), position(8894, "KO", -7)]);
    const sale = plannedOrderOf(run, {
      side: "sell",
      instrument: instrumentOf({ conId: 8894, symbol: "KO" }),
    });
    const sold = executionOf(sale, { execId: "a.02.01", shares: 5, side: "sell", conId: 8894, symbol: "KO" });
    await history.store.book(run, [], [sold, executionOf(order, { execId: "a.03.01", shares: 30 })]);
    await history.store.book(run, [], [sold]);
    expect(await history.store.expectedPositions(account)).toEqual([
      { conId: 8894, symbol: "KO", shares: -12 },
      { conId: 265598, symbol: "AAPL", shares: 80 },
    ]);
  });

  it("follow a correction by what it corrects (.01 → .02), and come with its execution or not at all", async () => {
    const { run, order } = await planned();
    await history.store.openPositions(run, []);
    await history.store.book(run, [], [executionOf(order, { execId: "a.b.01.01", shares: 120 })]);
    await history.store.book(run, [], [executionOf(order, { execId: "a.b.01.02", shares: 100 })]);
    const broken = executionOf(order, { execId: "a.b.02.01", price: Number.NaN });
    await expect(
      history.store.book(run, [], [executionOf(order, { execId: "a.b.03.01", shares: 9 }), broken]),
    ).rejects.toMatchObject({ code: "SQLITE_CONSTRAINT_NOTNULL" });
    expect(await history.store.expectedPositions(account)).toEqual([
      { conId: 265598, symbol: "AAPL", shares: 100 },
    ]);
  });
});

describe("breaks", () => {
  const moved = { kind: "position", conId: 8894, symbol: "KO", expectedShares: -7, toldShares: -14 } as const;
  const jumped = {
    kind: "net-liquidation",
    expected: { currency: "USD", e6: 1_000_000_500_000n },
    told: { currency: "USD", e6: 600_000_000_000n },
  } as const;

  it("are new once, then known with their latest figures, and vanish when they are not found again", async () => {
    const run = await history.begin();
    const again = { ...moved, toldShares: -21 };
    expect(await history.store.keepBreaks(run, [moved, jumped], startedAt)).toEqual([
      { ...moved, foundAt: startedAt, isNew: true },
      { ...jumped, foundAt: startedAt, isNew: true },
    ]);
    const stands = { ...jumped, told: { currency: "USD", e6: 610_000_000_000n } } as const;
    // A position that moved once more is news; net liquidation that goes on moving is not.
    expect(await history.store.keepBreaks(run, [again, stands], sentAt)).toEqual([
      { ...again, foundAt: startedAt, isNew: true },
      { ...stands, foundAt: startedAt, isNew: false },
    ]);
    expect(await history.store.keepBreaks(run, [again], sentAt)).toEqual([
      { ...again, foundAt: startedAt, isNew: false },
    ]);
    expect(history.query("SELECT kind, settled_at, settled_how FROM breaks ORDER BY break_id")).toEqual([
      { kind: "position", settled_at: null, settled_how: null },
      { kind: "net-liquidation", settled_at: "2022-03-14T14:35:07Z", settled_how: "vanished" },
    ]);
  });

  it("are settled by a person: our count becomes what the broker told, and of nothing else", async () => {
    const run = await history.begin();
    await history.store.openPositions(run, [
      { conId: 8894, symbol: "KO", shares: -7 } as never,
      { conId: 265598, symbol: "AAPL", shares: 3 } as never,
    ]);
    const other = { ...moved, conId: 265598, symbol: "AAPL", expectedShares: 3, toldShares: 0 };
    await history.store.keepBreaks(run, [moved, other, jumped], startedAt);
    const isMeant = (open: { kind: string; symbol?: string }) => open.symbol === "KO";
    expect(history.store.accept(account, { isMeant, at: sentAt, note: "split" })).toHaveLength(1);
    expect(await history.store.openBreaks(account)).toMatchObject([
      { symbol: "AAPL" },
      { kind: "net-liquidation" },
    ]);
    expect(await history.store.expectedPositions(account)).toEqual([
      { conId: 8894, symbol: "KO", shares: -14 },
      { conId: 265598, symbol: "AAPL", shares: 3 },
    ]);
    expect(history.query("SELECT settled_how, note FROM breaks WHERE symbol = 'KO'")).toEqual([
      { settled_how: "accepted", note: "split" },
    ]);
  });
});
