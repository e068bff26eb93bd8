import type { ConnectionRequest, LockHeld } from "./ports.ts";
import { rebalance } from "./rebalance.ts";
import { jobOf } from "./testing/job-of.ts";
import { orderReport } from "./testing/order-report.ts";
import { scenarioNow, stock } from "./testing/scenario.ts";
import { scriptedWorld } from "./testing/scripted-world.ts";
import { forecastOf } from "./testing/world-script.ts";
import { HeldError } from "./trading/held-error.ts";
import { instant } from "./trading/instant.ts";
import { held, ok } from "./trading/result.ts";

const openHandled = ["2022-03-14 open"];
const kinds = (findings: readonly { kind: string }[]) => findings.map((finding) => finding.kind);

describe("an hourly run", () => {
  it("does its steps in the order of its sentence", async () => {
    const { world, acts, events } = scriptedWorld({ openOrders: [orderReport()], handled: openHandled });
    const outcome = await rebalance(jobOf(), world);
    expect(outcome.verdict).toBe("done");
    expect(acts).toEqual([
      "lock",
      "connect",
      "cancel AAA",
      "order file",
      "intents",
      "place buy AAA 6000",
      "snapshot",
      "disconnect",
      "unlock",
    ]);
    expect(events.map((event) => event.kind)).toEqual([
      "run-started",
      "working-order-cancelled",
      "forecast-read",
      "account-read",
      "contracts-known",
      "quotes-read",
      "planned",
      "order-file-written",
      "reviewed",
      "executed",
      "account-read",
      "snapshot-saved",
      "run-ended",
    ]);
    expect(outcome.executions.map(({ shares, price }) => [shares, price])).toEqual([[6000, 50]]);
    expect(outcome.account?.positions.map(({ symbol, shares }) => [symbol, shares])).toEqual([["AAA", 6000]]);
  });

  it("mails the session's update after it has disconnected", async () => {
    const { world, acts, notices } = scriptedWorld();
    await rebalance(jobOf(), world);
    expect(acts.slice(-3)).toEqual(["disconnect", "mail 2022-03-14 open", "unlock"]);
    expect(notices).toMatchObject([{ kind: "update", slot: "open", outcome: { verdict: "done" } }]);
  });
});

describe("a held run", () => {
  const isHeld = async (script: Parameters<typeof scriptedWorld>[0], job = jobOf()) => {
    const scripted = scriptedWorld({ handled: openHandled, ...script });
    const outcome = await rebalance(job, scripted.world);
    expect(outcome.verdict).toBe("held");
    expect(scripted.acts.filter((act) => act.startsWith("place") || act === "intents")).toEqual([]);
    expect(scripted.acts).toContain("snapshot");
    expect(scripted.acts).toContain("disconnect");
    expect(scripted.notices).toMatchObject([{ kind: "alert", outcome: { verdict: "held" } }]);
    return { ...scripted, outcome };
  };

  it("gathers every reason of every step, sends nothing, snapshots and alerts", async () => {
    const stale = {
      kind: "forecast-stale",
      file: "trend.csv",
      line: 1,
      ageMinutes: 95,
      limitMinutes: 60,
    } as const;
    const { outcome } = await isHeld({
      forecasts: held(stale),
      broker: {
        account: async () => held({ kind: "account-value-missing", tag: "NetLiquidation", value: "" }),
      },
    });
    expect(kinds(outcome.findings)).toEqual(["forecast-stale", "account-value-missing"]);
    expect(outcome.plan).toBeUndefined();
    expect(outcome.account).toBeUndefined();
  });

  it.each([
    ["openOrders", "request-unanswered"],
    ["executions", "request-unanswered"],
    ["account", "request-unanswered"],
    ["contracts", "request-unanswered"],
    ["quotes", "request-unanswered"],
    ["cancel", "request-unanswered"],
  ] as const)(
    "is held when nobody answers for %s: no answer is not an empty answer (A07)",
    async (method, kind) => {
      const unanswered = held({ kind, request: method, deadlineSeconds: 15 });
      const { outcome } = await isHeld({
        openOrders: [orderReport()],
        broker: { [method]: async () => unanswered },
      });
      expect(kinds(outcome.findings)).toContain(kind);
    },
  );

  it("does not touch working orders before it knows all of them, and reads positions only after their end", async () => {
    const { acts } = await isHeld({
      broker: {
        openOrders: async () =>
          held({ kind: "request-unanswered", request: "openOrders", deadlineSeconds: 15 }),
      },
      openOrders: [orderReport()],
    });
    expect(acts.filter((act) => act.startsWith("cancel"))).toEqual([]);
  });

  it("names file and line of a symbol that the broker does not know", async () => {
    const { outcome } = await isHeld({ forecasts: ok([forecastOf({ AAA: 0.1, NOPE: 0.1 })]) });
    expect(outcome.findings).toMatchObject([
      { kind: "forecast-unknown-symbol", file: "trend.csv", line: 6, symbol: "NOPE" },
    ]);
  });

  it("is held by one missing quote among many (D06)", async () => {
    const { outcome } = await isHeld({
      forecasts: ok([forecastOf({ AAA: 0.1, BBB: 0.1 })]),
      quotes: { AAA: [49.95, 50.05], BBB: [99.9, -1] },
    });
    expect(outcome.findings).toMatchObject([{ kind: "quote-side-missing", symbol: "BBB", side: "ask" }]);
  });

  it("is held by the gate after the order file was written, with the review at hand", async () => {
    const { outcome, acts } = await isHeld({ forecasts: ok([forecastOf({ AAA: 0.6 })]) });
    expect(outcome.findings).toMatchObject([
      { kind: "check-failed", check: { name: "weight", subject: "AAA", value: 0.6, limit: 0.5 } },
    ]);
    expect(acts).toContain("order file");
    expect(outcome.review?.checks).toContainEqual(
      expect.objectContaining({ name: "weight", verdict: "fail" }),
    );
  });

  it("sends nothing when the order file cannot be written: the intent comes first", async () => {
    const full = held({ kind: "file-not-written", file: "orders/x.csv", detail: "ENOSPC" });
    const { outcome } = await isHeld({
      world: { orderFiles: { write: async () => full, writeProtection: async () => full } },
    });
    expect(kinds(outcome.findings)).toEqual(["file-not-written"]);
  });

  it("mails alert and update when both are due", async () => {
    const { world, notices } = scriptedWorld({ forecasts: ok([forecastOf({ AAA: 0.6 })]) });
    await rebalance(jobOf(), world);
    expect(notices.map((notice) => notice.key)).toEqual(["run-1 alert", "2022-03-14 open"]);
  });
});

describe("working orders", () => {
  it("of a person or another program are left alone and reported (O30)", async () => {
    const foreign = orderReport({ orderRef: "", orderId: -3, clientId: 0 });
    const { world, acts } = scriptedWorld({ openOrders: [foreign], handled: openHandled });
    const outcome = await rebalance(jobOf(), world);
    expect(acts.filter((act) => act.startsWith("cancel"))).toEqual([]);
    expect(outcome.foreignOrders).toEqual([foreign]);
    expect(outcome.verdict).toBe("done");
  });

  it("of role protect stay", async () => {
    const protective = orderReport({ orderRef: "trader.pro.2022031413.AAA.S100.1.0000" });
    const { world, acts } = scriptedWorld({
      openOrders: [protective, orderReport({ permId: 7008 })],
      handled: openHandled,
    });
    const plain = scriptedWorld({ openOrders: [orderReport()], handled: openHandled });
    await rebalance(jobOf(), plain.world);
    await rebalance(jobOf(), world);
    const before = (all: readonly string[]) => all.slice(0, all.indexOf("order file"));
    expect(before(acts)).toEqual(before(plain.acts));
  });

  it("of role protect that protect nothing any more are withdrawn when the trades are done", async () => {
    const protective = orderReport({
      orderRef: "trader.pro.2022031413.BBB.S100.1.0000",
      conId: stock("BBB").conId,
      symbol: "BBB",
      side: "sell",
    });
    const { world, acts } = scriptedWorld({ openOrders: [protective], handled: openHandled });
    await rebalance(jobOf(), world);
    const done = acts.filter((act) => /^(place|protection|cancel)/.test(act));
    expect(done).toEqual(["place buy AAA 6000", "protection file", "cancel BBB"]);
  });

  it("of ours under another client id are cancelled over a second connection with that id, which ends at once", async () => {
    const other = orderReport({ clientId: 12, symbol: "BBB" });
    const { world, acts } = scriptedWorld({ openOrders: [orderReport(), other], handled: openHandled });
    await rebalance(jobOf(), world);
    expect(acts.slice(1, 6)).toEqual(["connect", "cancel AAA", "connect as 12", "cancel BBB", "disconnect"]);
  });

  it("of ours under an id that cannot be had hold the run by id and order", async () => {
    const scripted = scriptedWorld({ openOrders: [orderReport({ clientId: 12 })], handled: openHandled });
    const inner = scripted.world.brokerage;
    const inUse = held({ kind: "client-id-in-use", clientId: 12 });
    const world = {
      ...scripted.world,
      brokerage: {
        connect: async (request: ConnectionRequest) =>
          request.clientId === 12 ? inUse : inner.connect(request),
      },
    };
    const outcome = await rebalance(jobOf(), world);
    expect(outcome.verdict).toBe("held");
    expect(outcome.findings).toMatchObject([
      { kind: "order-of-other-client", clientId: 12, orderId: 7, symbol: "AAA", detail: "client-id-in-use" },
    ]);
  });

  it("of another account in the same login are not ours to see", async () => {
    const elsewhere = orderReport({ account: "DU7654321" });
    const { world, acts } = scriptedWorld({ openOrders: [elsewhere], handled: openHandled });
    const outcome = await rebalance(jobOf(), world);
    expect(acts.filter((act) => act.startsWith("cancel"))).toEqual([]);
    expect(outcome.foreignOrders).toEqual([]);
  });
});

describe("orders that were sent", () => {
  it("and that nobody acknowledged need attention, as unknown, never as sent or not sent (O12)", async () => {
    const { world, notices } = scriptedWorld({ fill: () => ({ life: "unknown" }), handled: openHandled });
    const outcome = await rebalance(jobOf(), world);
    expect(outcome.verdict).toBe("attention");
    expect(outcome.findings).toMatchObject([{ kind: "order-unknown", symbol: "AAA", orderId: 1 }]);
    expect(notices.map((notice) => notice.kind)).toEqual(["alert"]);
  });

  it("and were rejected need attention, with the broker's reason (O16, O17)", async () => {
    const { world } = scriptedWorld({
      fill: () => ({ life: "done", status: "rejected" }),
      handled: openHandled,
    });
    const outcome = await rebalance(jobOf(), world);
    expect(outcome.verdict).toBe("attention");
    expect(kinds(outcome.findings)).toEqual(["order-rejected"]);
  });

  it("and still work when the settle time is over are left to the next run", async () => {
    const working = { life: "working", status: "submitted" } as const;
    const { world } = scriptedWorld({ fill: () => working, handled: openHandled });
    const outcome = await rebalance(jobOf({ settleSeconds: 12 }), world);
    expect(outcome.verdict).toBe("done");
    expect(outcome.orders).toMatchObject([{ state: working, filledShares: 0 }]);
    expect(outcome.endedAt - scenarioNow).toBe(12_000);
  });
});

describe("what earlier runs left behind", () => {
  const unsettled = {
    orderRef: "trader.reb.2022031413.AAA.B100.1.0000",
    life: "working",
    conId: stock("AAA").conId,
    permId: 7007,
    symbol: "AAA",
    side: "buy",
    orderedShares: 100,
    filledShares: 30,
    sentAt: instant("2022-03-14T13:35:00Z"),
  } as const;

  it("gets the end that the broker tells of it, by order reference and not by order id (C01, O40)", async () => {
    const ended = orderReport({
      orderId: 0,
      orderedShares: 0,
      filledShares: 60,
      state: { life: "done", status: "cancelled" },
    });
    const stranger = orderReport({ orderRef: "trader.reb.2022031413.BBB.S5.1.0000", filledShares: 5 });
    const { world } = scriptedWorld({
      unsettled: [unsettled],
      completedOrders: [stranger, ended],
      handled: openHandled,
    });
    const outcome = await rebalance(jobOf(), world);
    expect(outcome.settledOrders).toEqual([{ ...ended, orderedShares: 100 }]);
  });

  it("is done when neither open nor completed knows it: filled if its shares are all there, else cancelled", async () => {
    const { world } = scriptedWorld({
      unsettled: [
        unsettled,
        { ...unsettled, orderRef: "trader.reb.2022031413.BBB.S5.1.0000", filledShares: 100 },
      ],
      handled: openHandled,
    });
    const outcome = await rebalance(jobOf(), world);
    expect(outcome.settledOrders.map(({ state, filledShares }) => ({ ...state, filledShares }))).toEqual([
      { life: "done", status: "cancelled", filledShares: 30 },
      { life: "done", status: "filled", filledShares: 100 },
    ]);
  });

  it("holds the run when it was sent minutes ago and nobody knows it: it may still arrive (O11, O12)", async () => {
    const sentAt = instant("2022-03-14T14:21:00Z");
    const young = scriptedWorld({ unsettled: [{ ...unsettled, sentAt }], handled: openHandled });
    const outcome = await rebalance(jobOf(), young.world);
    expect(outcome.verdict).toBe("held");
    expect(outcome.findings).toMatchObject([{ kind: "order-unknown", orderRef: unsettled.orderRef }]);
    expect(young.acts.filter((act) => act.startsWith("place"))).toEqual([]);

    const told = orderReport({ filledShares: 100, state: { life: "done", status: "filled" } });
    const known = scriptedWorld({
      unsettled: [{ ...unsettled, sentAt }],
      completedOrders: [told],
      handled: openHandled,
    });
    expect((await rebalance(jobOf(), known.world)).verdict).toBe("done");
  });

  it("does not ask for completed orders when there is nothing to settle (C11)", async () => {
    const never = () => new Promise<never>(() => undefined);
    const { world } = scriptedWorld({ broker: { completedOrders: never }, handled: openHandled });
    expect((await rebalance(jobOf(), world)).verdict).toBe("done");
  });
});

describe("a window that was traded", () => {
  const traded = { store: { isSentIn: async () => true }, openOrders: [orderReport()], handled: openHandled };

  it("is not traded again: its orders go on working, and the account is looked at", async () => {
    const { world, acts } = scriptedWorld(traded);
    const outcome = await rebalance(jobOf(), world);
    expect(outcome.verdict).toBe("repeated");
    expect(outcome.account).toBeDefined();
    expect(acts).toEqual(["lock", "connect", "snapshot", "disconnect", "unlock"]);
  });

  it("is still told as the reason when something needs a look", async () => {
    const halted = { kind: "halted", why: "odd fills", by: "ann", since: "2022-03-14T14:00:00Z" } as const;
    const { world } = scriptedWorld({ ...traded, world: { brake: { pulled: async () => halted } } });
    expect(await rebalance(jobOf(), world)).toMatchObject({ verdict: "attention", lookedOn: "repeated" });
    const open = scriptedWorld({ handled: openHandled, world: { brake: { pulled: async () => halted } } });
    expect((await rebalance(jobOf(), open.world)).lookedOn).toBeUndefined();
  });

  it("is traded again when the owner asks for it", async () => {
    const { world, acts } = scriptedWorld(traded);
    expect((await rebalance(jobOf({ again: true }), world)).verdict).toBe("done");
    expect(acts).toContain("place buy AAA 6000");
  });

  it("is asked for by its own account and hour", async () => {
    const asked: string[] = [];
    const isSentIn = async (...names: string[]) => asked.push(names.join(" ")) > 5;
    await rebalance(jobOf(), scriptedWorld({ store: { isSentIn }, handled: openHandled }).world);
    expect(asked).toEqual(["DU1234567 2022031414"]);
  });
});

describe("files that fail", () => {
  const finding = {
    kind: "history-unusable",
    file: "history.db",
    trouble: "out-of-reach",
    detail: "full",
  } as const;
  const fails = (afterSending: boolean) => async () => {
    throw new HeldError(finding, { afterSending });
  };

  it("at the lock hold the run before it connects, and mail", async () => {
    const { world, acts, notices } = scriptedWorld({ world: { lock: { take: fails(false) } } });
    expect(await rebalance(jobOf(), world)).toMatchObject({
      verdict: "held",
      findings: [finding],
      orders: [],
    });
    expect(acts).toEqual(["mail 2022031414-not-recorded alert"]);
    expect(notices.map((notice) => notice.kind)).toEqual(["alert"]);
  });

  it("before the intents are on record hold the run; it disconnects, ends its record and mails", async () => {
    const { world, acts, notices } = scriptedWorld({
      store: { recordIntents: fails(false) },
      handled: openHandled,
    });
    expect(await rebalance(jobOf(), world)).toMatchObject({ verdict: "held", findings: [finding] });
    expect(acts.filter((act) => /place|snapshot|disconnect|unlock/.test(act))).toEqual([
      "snapshot",
      "disconnect",
      "unlock",
    ]);
    expect(notices.map((notice) => notice.kind)).toEqual(["alert"]);
  });

  it("after an order has left are never told as nothing sent", async () => {
    const { world } = scriptedWorld({ store: { book: fails(true) }, handled: openHandled });
    expect((await rebalance(jobOf(), world)).verdict).toBe("attention");
  });

  it("at the run's end take nothing from what is told of it, and need a look", async () => {
    const done = scriptedWorld({ store: { finish: fails(true) }, handled: openHandled });
    const outcome = await rebalance(jobOf(), done.world);
    expect(outcome).toMatchObject({ verdict: "attention", findings: [finding], crash: undefined });
    expect(outcome.orders).toHaveLength(1);
    expect(outcome.account).toBeDefined();
    expect(done.notices.map((notice) => notice.kind)).toEqual(["alert"]);

    const repeated = scriptedWorld({
      store: { isSentIn: async () => true, finish: fails(false) },
      handled: openHandled,
    });
    expect((await rebalance(jobOf(), repeated.world)).verdict).toBe("held");
    const bug = scriptedWorld({
      store: { finish: () => Promise.reject(new Error("boom")) },
      handled: openHandled,
    });
    expect(await rebalance(jobOf(), bug.world)).toMatchObject({
      verdict: "crashed",
      crash: expect.stringContaining("boom"),
    });
  });
});

describe("a brake", () => {
  const halted = { kind: "halted", why: "odd fills", by: "ann", since: "2022-03-14T14:00:00Z" } as const;

  it("holds the run: working orders are cancelled, nothing is sent, and nobody is mailed what they know", async () => {
    const { world, acts, notices } = scriptedWorld({
      openOrders: [orderReport()],
      handled: openHandled,
      world: { brake: { pulled: async () => halted } },
    });
    const outcome = await rebalance(jobOf(), world);
    expect(outcome).toMatchObject({ verdict: "held", findings: [halted], orders: [] });
    expect(outcome.plan?.trades).toHaveLength(1);
    expect(acts).toContain("cancel AAA");
    expect(acts.filter((act) => /place|intents|mail/.test(act))).toEqual([]);
    expect(notices).toEqual([]);
  });

  it("is told also by a run that has nothing to send: the mail of the close shows it", async () => {
    const { world, notices } = scriptedWorld({
      now: instant("2022-03-14T20:35:00Z"),
      handled: openHandled,
      world: { brake: { pulled: async () => halted } },
    });
    const outcome = await rebalance(jobOf(), world);
    expect(outcome).toMatchObject({ verdict: "attention", findings: [halted] });
    expect(notices).toMatchObject([{ kind: "update", slot: "close", outcome: { findings: [halted] } }]);
  });

  it("pulled between two orders lets the first go and keeps the second, by name", async () => {
    const asked = { times: 0 };
    const marked: string[] = [];
    const { world, acts } = scriptedWorld({
      store: { markSending: async (orderRef) => void marked.push(orderRef) },
      forecasts: ok([forecastOf({ AAA: 0.3, BBB: 0.2 })]),
      handled: openHandled,
      world: { brake: { pulled: async () => (++asked.times > 2 ? halted : undefined) } },
    });
    const outcome = await rebalance(jobOf(), world);
    expect(marked).toEqual([expect.stringMatching(/^trader\.reb\.2022031414\.AAA\./)]);
    expect(acts.filter((act) => act.startsWith("place"))).toEqual(["place buy AAA 6000"]);
    expect(outcome.verdict).toBe("attention");
    expect(outcome.findings).toEqual([
      halted,
      expect.objectContaining({
        kind: "order-not-sent",
        symbol: "BBB",
        text: "Not sent: trading was halted (odd fills).",
      }),
    ]);
  });

  it("pulled by a signal while fills are waited for ends the waiting, and the run's end is written", async () => {
    const stop = { kind: "interrupted", signal: "SIGTERM" } as const;
    const scripted = scriptedWorld({
      fill: () => ({ life: "working", status: "submitted" }),
      handled: openHandled,
    });
    const brake = {
      pulled: async () => (scripted.acts.some((act) => act.startsWith("place")) ? stop : undefined),
    };
    const outcome = await rebalance(jobOf(), { ...scripted.world, brake });
    expect(outcome).toMatchObject({ verdict: "attention", findings: [stop] });
    expect(scripted.world.clock.monotonicMs()).toBeLessThan(1_000);
    expect(scripted.finished).toHaveLength(1);
  });
});

describe("what happened before the run", () => {
  it("is told: runs that died, and hours without one (S08)", async () => {
    const died = { id: "20220314T113500Z", startedAt: instant("2022-03-14T11:35:00Z"), ordersInDoubt: 2 };
    const { world, notices } = scriptedWorld({
      now: instant("2022-03-14T17:35:00Z"),
      lastRunAt: instant("2022-03-14T14:35:00Z"),
      handled: [...openHandled, "2022-03-14 middle"],
      store: { deadRuns: async () => [died] },
    });
    const outcome = await rebalance(jobOf(), world);
    expect(outcome.verdict).toBe("attention");
    expect(outcome.findings).toEqual([
      { kind: "run-died", runId: died.id, startedAt: died.startedAt, ordersInDoubt: 2 },
      { kind: "runs-missed", count: 2, lastRunAt: instant("2022-03-14T14:35:00Z") },
    ]);
    expect(notices).toMatchObject([{ kind: "alert" }]);
  });
});

describe("a run outside the session", () => {
  const handled = ["2022-03-14 open", "2022-03-14 middle", "2022-03-14 close"];
  const evening = instant("2022-03-14T20:35:00Z");
  const committed = { committedDays: new Set(["2022-03-14"]), firstRunAt: scenarioNow, lastRunAt: undefined };

  it("after the close snapshots, commits the day and mails, without orders, quotes or alert", async () => {
    const never = () => Promise.reject(new Error("asked for quotes of a closed market"));
    const { world, acts, notices } = scriptedWorld({
      now: evening,
      handled: handled.slice(0, 2),
      forecasts: held({
        kind: "forecast-stale",
        file: "trend.csv",
        line: 1,
        ageMinutes: 9999,
        limitMinutes: 60,
      }),
      broker: { quotes: never, contracts: never },
      openOrders: [orderReport()],
    });
    const outcome = await rebalance(jobOf(), world);
    expect(outcome.verdict).toBe("closed");
    expect(outcome.findings).toEqual([]);
    expect(acts).toEqual([
      "lock",
      "connect",
      "snapshot",
      "commit 2022-03-14",
      "disconnect",
      "mail 2022-03-14 close",
      "unlock",
    ]);
    expect(notices.map((notice) => notice.kind)).toEqual(["update"]);
  });

  it("that owes nothing ends without connecting", async () => {
    const scripted = scriptedWorld({ now: evening, handled });
    const store = { ...scripted.world.store, history: async () => committed as never };
    const outcome = await rebalance(jobOf(), { ...scripted.world, store });
    expect(outcome.verdict).toBe("idle");
    expect(scripted.acts).toEqual(["lock", "unlock"]);
    expect(outcome.nextSession?.on).toBe("2022-03-15");
  });

  it("connects all the same when the host's clock is not to be trusted", async () => {
    const scripted = scriptedWorld({ now: evening, handled });
    const store = { ...scripted.world.store, history: async () => committed as never };
    const outcome = await rebalance(jobOf({ trustHostClock: false }), { ...scripted.world, store });
    expect(outcome.verdict).toBe("closed");
    expect(scripted.acts).toContain("connect");
  });

  it.each([
    ["a Saturday", "2022-03-19T15:00:00Z"],
    ["Good Friday", "2022-04-15T15:00:00Z"],
    ["before the open", "2022-03-15T13:29:00Z"],
    ["after a half day's close", "2022-11-25T18:00:00Z"],
  ])("is over on %s (Z02)", async (_name, now) => {
    const scripted = scriptedWorld({ now: instant(now), handled });
    const history = async () => ({
      firstRunAt: instant(now),
      lastRunAt: undefined,
      committedDays: new Set<never>(),
    });
    const store = { ...scripted.world.store, history };
    expect((await rebalance(jobOf(), { ...scripted.world, store })).verdict).toBe("idle");
  });
});

describe("a run that cannot", () => {
  it("reach the broker says so, alerts and exits without a snapshot of anything", async () => {
    const refused = {
      kind: "broker-unreachable",
      host: "127.0.0.1",
      port: 4002,
      reason: "refused",
      detail: "",
    } as const;
    const { world, notices, finished } = scriptedWorld({
      world: { brokerage: { connect: async () => held(refused) } },
    });
    const outcome = await rebalance(jobOf(), world);
    expect(outcome.verdict).toBe("unreachable");
    expect(outcome.findings).toEqual([refused]);
    expect(finished).toEqual([outcome]);
    expect(notices.map((notice) => notice.kind)).toEqual(["alert"]);
  });

  it.each([
    { kind: "account-not-managed", account: "DU1234567", managed: ["DU7654321"] },
    { kind: "live-account-refused", account: "U1234567" },
    { kind: "clock-skew", skewSeconds: 7.5, limitSeconds: 5 },
  ] as const)("trust the broker it finds is held: $kind (O22, Z07)", async (finding) => {
    const { world, notices } = scriptedWorld({
      world: { brokerage: { connect: async () => held(finding) } },
    });
    expect((await rebalance(jobOf(), world)).verdict).toBe("held");
    expect(notices.map((notice) => notice.kind)).toEqual(["alert"]);
  });

  it("take the lock says who holds it and touches nothing (S09)", async () => {
    const by = { pid: 4711, host: "box", since: "2022-03-14T14:00:00Z" };
    const busy: LockHeld = { taken: false, by, [Symbol.asyncDispose]: async () => undefined };
    const { world, acts } = scriptedWorld({ world: { lock: { take: async () => busy } } });
    const outcome = await rebalance(jobOf(), world);
    expect(outcome.verdict).toBe("busy");
    expect(outcome.findings).toEqual([{ kind: "run-in-progress", by }]);
    expect(acts).toEqual([]);
  });

  it("go on because something broke disconnects, alerts and is a crash, not a success (S20)", async () => {
    const { world, acts, notices } = scriptedWorld({
      broker: { account: () => Promise.reject(new Error("a bug")) },
    });
    const outcome = await rebalance(jobOf(), world);
    expect(outcome.verdict).toBe("crashed");
    expect(outcome.crash).toMatch(/a bug/);
    expect(acts).toEqual(["lock", "connect", "snapshot", "disconnect", "mail run-1 alert", "unlock"]);
    expect(notices).toMatchObject([{ kind: "alert", outcome: { verdict: "crashed" } }]);
  });

  it("go on after orders were sent has its crash, its findings and its fills on record under its own name", async () => {
    let readings = 0;
    const scripted = scriptedWorld({ handled: openHandled });
    const brokerage = {
      async connect(request: ConnectionRequest) {
        const connected = await scripted.world.brokerage.connect(request);
        if (!connected.ok) return connected;
        const broker = connected.value;
        const account = () => (++readings > 1 ? Promise.reject(new Error("a bug")) : broker.account());
        return ok({ ...broker, account });
      },
    };
    const outcome = await rebalance(jobOf(), { ...scripted.world, brokerage });
    expect(outcome).toMatchObject({
      verdict: "crashed",
      run: { id: "run-1" },
      session: { on: "2022-03-14" },
    });
    expect(outcome.executions).toHaveLength(1);
    expect(scripted.finished).toEqual([outcome]);
  });
});
