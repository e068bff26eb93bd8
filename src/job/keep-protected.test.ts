import { rebalance } from "../rebalance.ts";
import { connectionOf } from "../testing/connection-of.ts";
import { jobOf } from "../testing/job-of.ts";
import { orderReport } from "../testing/order-report.ts";
import { anExecution } from "../testing/outcome-builder.ts";
import { stock } from "../testing/scenario.ts";
import { scriptedWorld } from "../testing/scripted-world.ts";
import { forecastOf, type Script } from "../testing/world-script.ts";
import { instant } from "../trading/instant.ts";
import { money } from "../trading/money.ts";
import type { OrderReport, PlannedOrder, RecordedIntent } from "../trading/order.ts";
import type { ProtectionPolicy, ProtectionTerms } from "../trading/protection/protection-policy.ts";
import { held, ok } from "../trading/result.ts";
import type { Job } from "./job.ts";

const terms: ProtectionTerms = {
  kind: "stop",
  reference: "average-cost",
  distanceBps: 1_000,
  limitOffsetBps: undefined,
  outsideRegularHours: false,
};
const protection: ProtectionPolicy = [{ symbols: undefined, terms, restSessions: 3 }];

const stopRef = "trader.pro.2022031412.AAA.S6000.1.0000";

/** A stop under 6,000 AAA that an earlier run has placed, 10 % below their average cost of 50. */
const resting = orderReport({
  orderRef: stopRef,
  side: "sell",
  orderedShares: 6_000,
  limitPrice: undefined,
  stopPrice: 45,
  state: { life: "working", status: "pre-submitted" },
});
const meant: RecordedIntent = {
  orderRef: stopRef,
  role: "protect",
  account: "DU1234567",
  side: "sell",
  shares: 6_000,
  limitPrice: 45,
  decisionPrice: 50,
  style: { kind: "stop", stopPrice: 45 },
  timeInForce: "GTC",
  outsideRegularHours: false,
  protection: terms,
};

/** An hour in which AAA is held, with what the script says; rebalance orders fill, stops rest. */
async function hour(changes: Partial<Script> = {}, job: Partial<Job> = {}) {
  const intents = new Map<string, RecordedIntent>([[stopRef, meant]]);
  const scripted = scriptedWorld({
    handled: ["2022-03-14 open"],
    holdings: { AAA: 6_000 },
    fill: (order) => (order.role === "protect" ? { life: "working", status: "pre-submitted" } : "filled"),
    ...changes,
    store: {
      intentsOf: async () => intents,
      recordIntents: async (_run, { orders }) => {
        for (const { instrument: _instrument, ...intent } of orders) intents.set(intent.orderRef, intent);
      },
      markChanging: async (_run, { instrument: _instrument, ...intent }: PlannedOrder) =>
        void intents.set(intent.orderRef, intent),
      ...changes.store,
    },
  });
  const outcome = await rebalance(jobOf({ protection, ...job }), scripted.world);
  return {
    outcome,
    acts: scripted.acts.filter((act) => /^(place|modify|cancel|protection)/.test(act)),
    found: outcome.findings.map(({ kind }) => kind),
    gaps: outcome.protection?.gaps.map(({ symbol, shares, reason }) => `${symbol} ${shares} ${reason}`),
  };
}

const tooMuch = { forecasts: ok([forecastOf({ AAA: 0.2 })]) };

describe("a run", () => {
  it("protects what it has bought, after its trades, on record before", async () => {
    const { acts, outcome } = await hour({ holdings: {} });
    expect(acts).toEqual(["place buy AAA 6000", "protection file", "place sell AAA 6000"]);
    expect(outcome.verdict).toBe("done");
    expect(outcome.orders).toHaveLength(1);
    expect(outcome.protection?.resting).toMatchObject([{ report: { symbol: "AAA", orderedShares: 6_000 } }]);
  });

  it("that trades nothing brings a stop in step all the same", async () => {
    const { acts } = await hour({ openOrders: [{ ...resting, orderedShares: 4_000 }] });
    expect(acts).toEqual(["protection file", "modify AAA 6000 undefined"]);
  });

  it("that finds all in step sends and writes nothing", async () => {
    const { acts, outcome } = await hour({ openOrders: [resting] });
    expect(acts).toEqual([]);
    expect(outcome.protection).toMatchObject({ decisions: [], gaps: [], resting: [{ protection: terms }] });
  });

  it("in waves tells at its end what the stop gave up for the first one's sale", async () => {
    const { acts, outcome } = await hour(
      { openOrders: [resting], forecasts: ok([forecastOf({ AAA: 0.2, BBB: 0.1 })]) },
      { wavesMax: 2 },
    );
    expect(acts).toEqual([
      "protection file",
      "modify AAA 4000 undefined",
      "place sell AAA 2000",
      "place buy BBB 1000",
      "protection file",
      "place sell BBB 1000",
    ]);
    expect(
      outcome.protection?.decisions.map((each) => [each.kind, "order" in each && each.order.shares]),
    ).toEqual([
      ["replace", 4_000],
      ["new", 1_000],
    ]);
  });

  it("that is held for its forecast protects all the same", async () => {
    const stale = held({ kind: "forecast-stale", file: "f", line: 1, ageMinutes: 99, limitMinutes: 60 });
    const { acts, outcome } = await hour({ forecasts: stale });
    expect(outcome.verdict).toBe("held");
    expect(acts).toEqual(["protection file", "place sell AAA 6000"]);
  });

  it("asks what works before it asks what is held: a stop that fills in between is not placed again", async () => {
    let accounts = 0;
    const whole = shrinking(6_000, 0, 6);
    const { acts } = await hour({
      broker: {
        openOrders: async () => ok(accounts < 5 ? [resting] : []),
        account: async () => {
          accounts += 1;
          return await whole();
        },
      },
    });
    expect(accounts).toBe(5);
    expect(acts).toEqual([]);
  });

  it("does each thing once, withdrawals before the rest", async () => {
    const { acts } = await hour({
      forecasts: ok([forecastOf({})]),
      holdings: { BBB: 70 },
      openOrders: [resting],
    });
    expect(acts).toEqual(["protection file", "cancel AAA", "protection file", "place sell BBB 70"]);
  });

  it("does not see what works in another account of the login", async () => {
    const elsewhere = { ...resting, account: "DU7654321" };
    const { acts, outcome } = await hour({ openOrders: [elsewhere] });
    expect(acts).toEqual(["protection file", "place sell AAA 6000"]);
    expect(outcome.protection?.resting).toHaveLength(1);
  });

  it("sends nothing after orders of which nobody tells what became", async () => {
    let asked = 0;
    const silence = held({ kind: "request-unanswered", request: "executions", deadlineSeconds: 5 });
    const { acts, outcome } = await hour({
      holdings: {},
      fill: () => ({ life: "working", status: "submitted" }),
      broker: { executions: async () => (++asked > 1 ? silence : ok([])) },
    });
    expect(acts).toEqual(["place buy AAA 6000"]);
    expect(outcome.protection?.decisions).toEqual([]);
  });

  it("outside the session protects too", async () => {
    const { acts, outcome } = await hour({ now: instant("2022-03-14T21:35:00Z"), handled: [] });
    expect(outcome.verdict).toBe("closed");
    expect(acts).toEqual(["protection file", "place sell AAA 6000"]);
  });

  it("without any protection asked for looks at nothing", async () => {
    const { acts, outcome } = await hour({}, { protection: [] });
    expect(acts).toEqual([]);
    expect(outcome.protection).toBeUndefined();
  });

  it.each<[string, Partial<Script>, Partial<Job>]>([
    ["an earlier order is in doubt", { store: { unsettledOrders: async () => [inDoubt] } }, {}],
    [
      "the account cannot be read",
      {
        broker: {
          account: async () => held({ kind: "request-unanswered", request: "account", deadlineSeconds: 5 }),
        },
      },
      {},
    ],
    [
      "the gateway restarts soon",
      {},
      {
        connection: connectionOf({
          restarts: { dailyAt: ["10:32"], zone: "America/New_York", minutesBefore: 5, minutesAfter: 5 },
        }),
      },
    ],
    [
      "the gateway restarts soon, in the evening",
      { now: instant("2022-03-14T21:35:00Z"), handled: [] },
      {
        connection: connectionOf({
          restarts: { dailyAt: ["17:37"], zone: "America/New_York", minutesBefore: 5, minutesAfter: 5 },
        }),
      },
    ],
    [
      "its client id is a spare one",
      {
        broker: {
          identity: { account: "DU1234567", clientId: 11, spareFor: 9, serverVersion: 178, skewSeconds: 0 },
        },
      },
      {},
    ],
  ])("does nothing while %s", async (_why, changes, job) => {
    const { acts, outcome } = await hour(changes, job);
    expect(acts.filter((act) => /sell|protection|modify/.test(act))).toEqual([]);
    expect(outcome.protection).toBeUndefined();
  });
});

const halted = { kind: "halted", why: "checking", by: "owner", since: "2022-03-14T14:00:00Z" } as const;

describe("a halt", () => {
  it("in the middle of a run leaves the stop as it is, and the sale unsent", async () => {
    let asked = 0;
    const pulled = async () => ((asked += 1) > 1 ? halted : undefined);
    const { acts, found } = await hour({ ...tooMuch, openOrders: [resting], world: { brake: { pulled } } });
    expect(acts).toEqual([]);
    expect(found).toEqual(["halted"]);
  });

  it("between two changes stops before the second one, and names what is missing", async () => {
    const refOfB = "trader.pro.2022031412.BBB.S900.1.0000";
    const ofB = { orderRef: refOfB, symbol: "BBB", conId: stock("BBB").conId, stopPrice: 90, permId: 7_008 };
    const intents = new Map([
      [stopRef, meant],
      [refOfB, { ...meant, orderRef: refOfB, style: { kind: "stop", stopPrice: 90 } } as const],
    ]);
    let changes = 0;
    const { acts, gaps } = await hour({
      forecasts: ok([forecastOf({ AAA: 0.3, BBB: 0.09 })]),
      holdings: { AAA: 6_000, BBB: 900 },
      openOrders: [
        { ...resting, orderedShares: 4_000 },
        { ...resting, ...ofB, orderedShares: 300 },
      ],
      store: { intentsOf: async () => intents, markChanging: async () => void (changes += 1) },
      world: { brake: { pulled: async () => (changes > 0 ? halted : undefined) } },
    });
    expect(acts).toEqual(["protection file", "modify AAA 6000 undefined"]);
    expect(gaps).toEqual(["BBB 600 brake"]);
  });

  it("that keeps a stop too small is told", async () => {
    const { acts, gaps } = await hour({
      openOrders: [{ ...resting, orderedShares: 4_000 }],
      world: { brake: { pulled: async () => halted } },
    });
    expect(acts).toEqual([]);
    expect(gaps).toEqual(["AAA 2000 brake"]);
  });
});

describe("a stop that is too large", () => {
  const heldLess = { holdings: { AAA: 4_000 }, openOrders: [resting] };

  it("is cut in a margin deficit too, where the broker sells by itself", async () => {
    const { broker } = await connected(heldLess);
    const { acts, outcome } = await hour({
      ...heldLess,
      broker: {
        account: async () => {
          const told = await broker.account();
          return told.ok ? ok({ ...told.value, excessLiquidity: money("-1", "USD") }) : told;
        },
      },
    });
    expect(outcome.verdict).toBe("held");
    expect(acts).toEqual(["protection file", "modify AAA 4000 undefined"]);
  });

  it("and was cut leaves nothing unprotected, also when the gateway falls silent then", async () => {
    let isCut = false;
    const { broker } = await connected(heldLess);
    const { found, outcome } = await hour({
      ...heldLess,
      forecasts: held({ kind: "forecast-stale", file: "f", line: 1, ageMinutes: 99, limitMinutes: 60 }),
      broker: {
        openOrders: async () =>
          isCut
            ? held({ kind: "request-unanswered", request: "open orders", deadlineSeconds: 5 })
            : await broker.openOrders(),
        modify: async (orders, beforeSend) => {
          isCut = true;
          return await broker.modify(orders, beforeSend);
        },
      },
    });
    expect(found).toContain("request-unanswered");
    expect(outcome.protection?.gaps).toEqual([]);
  });

  it("is cut where nobody can explain what is held (D15)", async () => {
    const expected = [{ conId: resting.conId, symbol: "AAA", currency: "USD", shares: 6_000 }];
    const { acts, outcome } = await hour({
      ...heldLess,
      store: {
        expectedPositions: async () => expected,
        keepBreaks: async (_run, found, at) => found.map((each) => ({ ...each, foundAt: at, isNew: true })),
      },
    });
    expect(outcome.findings.map(({ kind }) => kind)).toContain("position-unexplained");
    expect(acts).toEqual(["protection file", "modify AAA 4000 undefined"]);
  });
});

describe("a stop that has nothing to protect any more", () => {
  const bought = { openOrders: [resting], forecasts: ok([forecastOf({ AAA: 0.05 })]) };

  it.each([
    ["closed", 0, "buy"],
    ["turned", -6_000, "sell"],
  ])(
    "because the position was %s by other hands is gone before anything is sent beside it",
    async (_, shares, side) => {
      const weight = side === "sell" ? -0.4 : 0.05;
      const { acts, outcome } = await hour({
        ...bought,
        holdings: { AAA: shares },
        forecasts: ok([forecastOf({ AAA: weight })]),
      });
      const [first, second, third] = acts;
      expect([first, second]).toEqual(["protection file", "cancel AAA"]);
      expect(third).toMatch(new RegExp(`^place ${side} AAA`));
      expect(outcome.findings).toEqual([]);
    },
  );

  it("keeps everything back while it works on", async () => {
    const { acts, outcome } = await hour({
      ...bought,
      holdings: { AAA: 0 },
      broker: {
        cancel: async () =>
          held({
            kind: "cancel-unconfirmed",
            orderRef: stopRef,
            symbol: "AAA",
            orderId: resting.orderId,
            clientId: resting.clientId,
            detail: "no answer",
          }),
      },
    });
    expect(acts.filter((act) => act.startsWith("place"))).toEqual([]);
    expect(outcome.findings.map(({ kind }) => kind)).toContain("protection-in-the-way");
  });
});

describe("a stop of another client id", () => {
  it("is withdrawn under that id where it is out of step, and one of this id takes its place", async () => {
    let isThere = true;
    const cancelledAs: number[] = [];
    const { acts } = await hour({
      openOrders: [],
      broker: {
        openOrders: async () => ok(isThere ? [{ ...resting, clientId: 12, orderedShares: 4_000 }] : []),
        cancel: async (orders) => {
          isThere = false;
          cancelledAs.push(...orders.map(({ clientId }) => clientId));
          return ok(orders.map((order) => ({ ...order, state: { life: "done", status: "cancelled" } })));
        },
      },
    });
    expect(cancelledAs).toEqual([12]);
    expect(acts).toEqual(["protection file", "protection file", "place sell AAA 6000"]);
  });

  it("that cannot be reached holds up no other position's", async () => {
    const stuck = { ...resting, clientId: 12, orderedShares: 4_000 };
    const { broker } = await connected({
      holdings: { AAA: 6_000, BBB: 900 },
      openOrders: [stuck],
      fill: () => ({ life: "working", status: "pre-submitted" }),
    });
    const { found, outcome } = await hour({
      forecasts: ok([forecastOf({ AAA: 0.3, BBB: 0.09 })]),
      world: {
        brokerage: {
          connect: async ({ clientId }) =>
            clientId === 12 ? held({ kind: "client-id-in-use", clientId }) : ok(broker),
        },
      },
    });
    expect(found).toEqual(["order-of-other-client"]);
    expect(outcome.protection?.resting.map(({ report }) => report.symbol)).toEqual(["AAA", "BBB"]);
  });
});

describe("what no list tells", () => {
  const onRecord = {
    orderRef: stopRef,
    life: "working",
    permId: resting.permId,
    conId: resting.conId,
    symbol: "AAA",
    side: "sell",
    orderedShares: 6_000,
    filledShares: 0,
    sentAt: instant("2022-03-14T12:35:00Z"),
  } as const;

  it.each([
    ["once", 1],
    ["from now on", Number.POSITIVE_INFINITY],
  ])("gets no second stop beside it: a list comes short %s (O11)", async (_often, times) => {
    let asked = 0;
    const isShort = () => (asked += 1) > 1 && asked <= 1 + times;
    const { acts } = await hour({
      unsettled: [onRecord],
      broker: { openOrders: async () => ok(isShort() ? [] : [resting]) },
    });
    expect(asked).toBe(3);
    expect(acts).toEqual([]);
  });

  it.each([
    ["filled, whatever its status says", { life: "working", filledShares: 2_000 }],
    ["planned and never sent", { life: "planned", filledShares: 0 }],
  ] as const)("counts no order that is %s", async (_what, changes) => {
    const orderRef = "trader.reb.2022031414.AAA.S2000.1.36ac";
    const sale = { ...onRecord, ...changes, orderRef, orderedShares: 2_000 };
    let isSent = false;
    const { acts } = await hour({
      ...tooMuch,
      fill: ({ role }) => {
        isSent = true;
        return role === "protect" ? { life: "working", status: "pre-submitted" } : "filled";
      },
      store: { unsettledOrders: async () => (isSent ? [sale] : []) },
    });
    expect(acts).toEqual(["place sell AAA 2000", "protection file", "place sell AAA 4000"]);
  });

  it("is not closed a second time: a sale that nobody answered for may still arrive (O12)", async () => {
    const orderRef = "trader.reb.2022031414.AAA.S2000.1.36ac";
    const sale = { ...onRecord, orderRef, life: "unknown", permId: 0, orderedShares: 2_000 } as const;
    let isSent = false;
    const { acts, gaps } = await hour({
      ...tooMuch,
      fill: ({ role }) => {
        isSent = true;
        return role === "protect" ? { life: "working", status: "pre-submitted" } : { life: "unknown" };
      },
      store: { unsettledOrders: async () => (isSent ? [sale] : []) },
    });
    expect(acts).toEqual(["place sell AAA 2000", "protection file", "place sell AAA 4000"]);
    expect(gaps).toEqual(["AAA 2000 being-closed"]);
  });

  it.each([
    ["a minute ago may still arrive", 34, ["protection file", "place sell AAA 1000"]],
    ["half an hour ago is none any more", 5, ["protection file", "place sell AAA 5500"]],
  ])("is not closed a second time: a sale's change to more that was sent %s", async (_, minute, expected) => {
    const orderRef = "trader.reb.2022031420.AAA.S900.1.0000";
    const at = instant(`2022-03-14T21:${String(minute).padStart(2, "0")}:00Z`);
    const lastChange = { at, shares: 5_400 };
    const sale = orderReport({ orderRef, side: "sell", orderedShares: 900, filledShares: 400 });
    const { acts } = await hour({
      now: instant("2022-03-14T21:35:00Z"),
      handled: [],
      openOrders: [sale],
      store: { intentsOf: async () => new Map([[orderRef, { ...meant, role: "rebalance", lastChange }]]) },
    });
    expect(acts.slice(0, expected.length)).toEqual(expected);
  });
});

const inDoubt = {
  orderRef: "trader.reb.2022031413.AAA.B100.1.0000",
  life: "sending",
  conId: stock("AAA").conId,
  permId: 0,
  symbol: "AAA",
  side: "buy",
  orderedShares: 100,
  filledShares: 0,
  sentAt: instant("2022-03-14T14:29:00Z"),
} as const;

describe("a sale", () => {
  it("is sent when the stop has given up as much, and not before", async () => {
    const { acts, outcome } = await hour({ ...tooMuch, openOrders: [resting] });
    expect(acts).toEqual(["protection file", "modify AAA 4000 undefined", "place sell AAA 2000"]);
    expect(outcome.findings).toEqual([]);
    expect(outcome.protection?.decisions).toMatchObject([{ kind: "replace", order: { shares: 4_000 } }]);
  });

  it.each([
    ["a minute ago may still arrive", 59, ["protection file", "cancel AAA", "place sell AAA 2000"]],
    ["half an hour ago is none any more", 30, ["place sell AAA 2000"]],
  ])("beside a stop that is small enough, whose change to more was sent %s", async (_, minute, expected) => {
    const at = instant(`2022-03-14T14:${minute}:00Z`);
    const intents = new Map([[stopRef, { ...meant, shares: 4_000, lastChange: { at, shares: 6_000 } }]]);
    const { acts } = await hour({
      ...tooMuch,
      now: instant("2022-03-14T15:00:00Z"),
      openOrders: [{ ...resting, orderedShares: 4_000 }],
      store: { intentsOf: async () => intents },
    });
    expect(acts.slice(0, expected.length)).toEqual(expected);
  });

  it("stays beside a stop whose change to more may still arrive, and whose cancel nobody confirms", async () => {
    const at = instant("2022-03-14T14:59:00Z");
    const intents = new Map([[stopRef, { ...meant, shares: 4_000, lastChange: { at, shares: 6_000 } }]]);
    const { clientId, orderId } = resting;
    const where = { orderRef: stopRef, symbol: "AAA", orderId, clientId, detail: "" };
    const { acts, found } = await hour({
      ...tooMuch,
      now: instant("2022-03-14T15:00:00Z"),
      openOrders: [{ ...resting, orderedShares: 4_000 }],
      store: { intentsOf: async () => intents },
      broker: { cancel: async () => held({ kind: "cancel-unconfirmed", ...where }) },
    });
    expect(acts.filter((act) => act.startsWith("place"))).toEqual([]);
    expect(found).toContain("protection-in-the-way");
  });

  it("of all that is held is sent when the stop is gone", async () => {
    const { acts } = await hour({ forecasts: ok([forecastOf({ AAA: 0 })]), openOrders: [resting] });
    expect(acts).toEqual(["protection file", "cancel AAA", "place sell AAA 6000"]);
  });

  it("that ended unfilled leaves the position protected again, where it was", async () => {
    const nearer = { ...resting, stopPrice: 46.2 };
    const { acts, outcome } = await hour({
      forecasts: ok([forecastOf({ AAA: 0 })]),
      openOrders: [nearer],
      fill: ({ role }) =>
        role === "protect"
          ? { life: "working", status: "pre-submitted" }
          : { life: "done", status: "cancelled" },
    });
    expect(acts).toEqual([
      "protection file",
      "cancel AAA",
      "place sell AAA 6000",
      "protection file",
      "place sell AAA 6000",
    ]);
    expect(outcome.protection?.decisions).toMatchObject([
      { kind: "withdraw" },
      { kind: "new", order: { role: "protect", style: { kind: "stop", stopPrice: 46.2 } } },
    ]);
  });

  it("that works on leaves only the rest protected, which is no finding", async () => {
    const { gaps, found, outcome } = await hour({
      ...tooMuch,
      openOrders: [resting],
      fill: ({ role }) => (role === "protect" ? { life: "working", status: "pre-submitted" } : 500),
    });
    expect(gaps).toEqual(["AAA 1500 being-closed"]);
    expect(found).toEqual([]);
    expect(outcome.protection?.resting).toMatchObject([{ report: { orderedShares: 4_000 } }]);
  });

  const both = { AAA: 0.2, BBB: 0.1 };
  it.each<[string, Partial<Script>]>([
    [
      "the stop does not give way",
      {
        broker: {
          modify: async () =>
            held({
              kind: "cancel-unconfirmed",
              orderRef: stopRef,
              symbol: "AAA",
              orderId: 7,
              clientId: 11,
              detail: "",
            }),
        },
      },
    ],
    [
      "the stop has traded since the positions were read",
      { broker: { account: shrinking(6_000, 5_900, 6) } },
    ],
    [
      "what the stop gives up cannot be written down",
      {
        world: {
          orderFiles: {
            write: async () => ok("f"),
            writeProtection: async () => held({ kind: "file-not-written", file: "p", detail: "ENOSPC" }),
          },
        },
      },
    ],
  ])("is not sent, and nothing that takes on more, where %s", async (_why, changes) => {
    const { acts, found, outcome } = await hour({
      forecasts: ok([forecastOf(both)]),
      openOrders: [resting],
      ...changes,
    });
    expect(acts.filter((act) => act.startsWith("place"))).toEqual([]);
    expect(found).toContain("protection-in-the-way");
    expect(outcome.verdict).toBe("attention");
  });

  it("is sent beside a person's order on the same side, and the stop gives way to both", async () => {
    const foreign = orderReport({ orderRef: "", side: "sell", orderedShares: 5_000, permId: 7_100 });
    const { acts, gaps } = await hour({
      ...tooMuch,
      openOrders: [{ ...resting, orderedShares: 1_000 }, foreign],
    });
    expect(acts).toEqual(["protection file", "cancel AAA", "place sell AAA 2000"]);
    expect(gaps).toEqual(["AAA 4000 foreign-order"]);
  });

  it("makes a stop that lost its name go by its number, and a new one comes (O43)", async () => {
    const nameless = { ...resting, orderRef: "" };
    const { acts } = await hour({
      ...tooMuch,
      openOrders: [nameless],
      unsettled: [
        {
          ...inDoubt,
          orderRef: stopRef,
          life: "working",
          permId: resting.permId,
          side: "sell",
          orderedShares: 6_000,
        },
      ],
    });
    expect(acts).toEqual([
      "protection file",
      "cancel AAA",
      "place sell AAA 2000",
      "protection file",
      "place sell AAA 4000",
    ]);
  });

  it("that took so long that nothing may be put back leaves a word of it", async () => {
    const restarts = { dailyAt: ["10:45"], zone: "America/New_York", minutesBefore: 5, minutesAfter: 5 };
    const { outcome } = await hour(
      { ...tooMuch, openOrders: [resting], fill: () => 0 },
      { connection: connectionOf({ restarts }), settleSeconds: 900 },
    );
    expect(outcome.protection).toBeUndefined();
    expect(outcome.findings).toContainEqual(
      expect.objectContaining({ kind: "position-unprotected", shares: 2_000, reason: "not-put-back" }),
    );
  });

  it("that becomes smaller may work for its old size until that is confirmed", async () => {
    const orderRef = "trader.reb.2022031413.AAA.S3000.1.36ac";
    const sale = orderReport({ orderRef, side: "sell", orderedShares: 3_000, limitPrice: 49.9 });
    const intents = new Map<string, RecordedIntent>([
      [stopRef, meant],
      [
        orderRef,
        {
          ...meant,
          orderRef,
          role: "rebalance",
          shares: 3_000,
          style: { kind: "adaptive", priority: "Normal" },
          timeInForce: "DAY",
        },
      ],
    ]);
    const { acts } = await hour(
      {
        ...tooMuch,
        openOrders: [{ ...resting, orderedShares: 4_000 }, sale],
        store: { intentsOf: async () => intents },
      },
      { onOpenOrders: "modify" },
    );
    expect(acts.slice(0, 3)).toEqual([
      "protection file",
      "modify AAA 3000 undefined",
      expect.stringMatching(/^modify AAA 2000 /),
    ]);
  });

  it("after which the gateway falls silent leaves a word of what gave way", async () => {
    let isSilent = false;
    let listed = [resting];
    const { found, outcome } = await hour({
      forecasts: ok([forecastOf({ AAA: 0 })]),
      fill: ({ role }) => {
        isSilent = role === "rebalance";
        return { life: "done", status: "cancelled" };
      },
      broker: {
        openOrders: async () =>
          isSilent
            ? held({ kind: "request-unanswered", request: "open orders", deadlineSeconds: 5 })
            : ok(listed),
        cancel: async (orders) => {
          listed = [];
          return ok(orders.map((order) => ({ ...order, state: { life: "done", status: "cancelled" } })));
        },
      },
    });
    expect(found).toContain("request-unanswered");
    expect(outcome.protection?.gaps).toMatchObject([{ shares: 6_000, reason: "not-put-back" }]);
  });

  it("of another position is sent although one of them is blocked", async () => {
    const { acts } = await hour({
      forecasts: ok([forecastOf({ AAA: 0.2, BBB: 0.01 })]),
      holdings: { AAA: 6_000, BBB: 900 },
      openOrders: [resting],
      broker: {
        modify: async () =>
          held({
            kind: "cancel-unconfirmed",
            orderRef: stopRef,
            symbol: "AAA",
            orderId: 7,
            clientId: 11,
            detail: "",
          }),
      },
    });
    expect(acts).toContain("place sell BBB 800");
    expect(acts).not.toContain("place sell AAA 2000");
  });
});

/** The broker of a scripted world by itself. */
async function connected(script: Partial<Script>) {
  const broker = await scriptedWorld(script).world.brokerage.connect(connectionOf());
  if (!broker.ok) throw new Error("a scripted broker can be reached");
  return { broker: broker.value };
}

/** An account whose AAA position becomes smaller from the n-th question on. */
function shrinking(before: number, after: number, from: number) {
  let asked = 0;
  const whole = scriptedWorld({ holdings: { AAA: before } });
  const less = scriptedWorld({ holdings: { AAA: after } });
  return async () => {
    asked += 1;
    const { world } = asked < from ? whole : less;
    const broker = await world.brokerage.connect(connectionOf());
    if (!broker.ok) return broker;
    return await broker.value.account();
  };
}

describe("a person hears", () => {
  it("of what is not protected, once as news", async () => {
    const brake = { pulled: async () => halted };
    const newsOf = async (known: readonly string[]) => {
      const { outcome } = await hour({ world: { brake }, store: { gapsBefore: async () => new Set(known) } });
      return outcome.findings.filter(({ kind }) => kind === "position-unprotected");
    };
    expect(await newsOf(["AAA frozen"])).toMatchObject([{ symbol: "AAA", reason: "brake", isNew: true }]);
    expect(await newsOf(["AAA brake"])).toMatchObject([{ symbol: "AAA", reason: "brake", isNew: false }]);
  });

  it("of a stop that was refused, which is not tried again in the same run", async () => {
    const { acts, gaps, found } = await hour({ fill: () => ({ life: "done", status: "rejected" }) });
    expect(acts).toEqual(["protection file", "place sell AAA 6000"]);
    expect(gaps).toEqual(["AAA 6000 not-accepted"]);
    expect(found).toEqual(["order-rejected", "position-unprotected"]);
  });

  it("of a change that was refused only that the stop is a new one", async () => {
    const gone = (order: OrderReport) => ({
      ...order,
      state: { life: "done", status: "cancelled" } as const,
    });
    let isOpen = true;
    const { acts, outcome, found } = await hour({
      openOrders: [],
      broker: {
        openOrders: async () => ok(isOpen ? [{ ...resting, orderedShares: 4_000, stopPrice: 46.2 }] : []),
        modify: async () => {
          isOpen = false;
          return ok([gone({ ...resting, orderedShares: 4_000 })]);
        },
      },
    });
    expect(acts).toEqual(["protection file", "protection file", "place sell AAA 6000"]);
    expect(outcome.protection?.decisions.at(-1)).toMatchObject({
      kind: "new",
      order: { style: { stopPrice: 46.2 } },
    });
    expect(found).toEqual([]);
  });

  it("of nothing that was sent while trading is halted, and that it was not", async () => {
    const { acts, gaps } = await hour({ world: { brake: { pulled: async () => halted } } });
    expect(acts).toEqual([]);
    expect(gaps).toEqual(["AAA 6000 brake"]);
  });

  it("of each protective order that has traded, once for all its fills", async () => {
    const fill = { orderRef: stopRef, side: "sell", symbol: "AAA", account: "DU1234567" } as const;
    const { outcome } = await hour({
      earlier: [
        anExecution({ ...fill, execId: "1.01", shares: 100, price: 44.9 }),
        anExecution({ ...fill, execId: "2.01", shares: 300, price: 44.5 }),
        anExecution({ ...fill, execId: "3.01", orderRef: "trader.reb.x" }),
      ],
    });
    const filled = outcome.findings.filter(({ kind }) => kind === "protection-filled");
    expect(filled).toMatchObject([{ symbol: "AAA", side: "sell", shares: 400 }]);
    expect(filled[0]).toHaveProperty("averagePrice", expect.closeTo(44.6, 9));
  });

  it("of one that worked and is gone, with what it may have traded", async () => {
    const { outcome } = await hour({
      unsettled: [
        {
          ...inDoubt,
          orderRef: stopRef,
          life: "working",
          sentAt: instant("2022-03-11T14:35:00Z"),
          permId: 7,
          side: "sell",
          orderedShares: 6_000,
          filledShares: 50,
        },
      ],
    });
    const gone = outcome.findings.filter(({ kind }) => kind === "protection-gone");
    expect(gone).toMatchObject([{ orderRef: stopRef, side: "sell", shares: 5_950 }]);
  });
});

describe("after a stop", () => {
  it.each([
    [2, "resting-after-stop", []],
    [3, undefined, ["place buy AAA 6000"]],
  ])("an instrument rests for its sessions: %s of 3", async (sessions, reason, bought) => {
    const days = ["2022-03-14", "2022-03-11", "2022-03-10", "2022-03-09"];
    const at = instant(`${days[sessions]}T15:00:00Z`);
    const { outcome, acts } = await hour({
      holdings: {},
      store: {
        lastProtectionFills: async (_account, since) =>
          at >= since ? new Map([[stock("AAA").conId, at]]) : new Map(),
      },
    });
    expect(outcome.plan?.untouched.map((line) => line.reason.kind)).toEqual(reason ? [reason] : []);
    expect(acts.filter((act) => act.startsWith("place buy"))).toEqual(bought);
  });

  it.each([
    [2_000, "stop-filling", []],
    [0, undefined, ["place buy AAA 2000"]],
  ])(
    "that has filled %s of its shares and works on, nothing is bought against it",
    async (filledShares, reason, bought) => {
      const { outcome, acts } = await hour({
        holdings: { AAA: 4_000 },
        openOrders: [{ ...resting, orderedShares: 4_000 + filledShares, filledShares }],
        unsettled: [
          {
            ...inDoubt,
            orderRef: stopRef,
            life: "working",
            permId: resting.permId,
            side: "sell",
            orderedShares: 4_000 + filledShares,
            filledShares,
          },
        ],
      });
      expect(outcome.plan?.untouched.map((line) => line.reason.kind)).toEqual(reason ? [reason] : []);
      expect(acts.filter((act) => act.startsWith("place buy"))).toEqual(bought);
    },
  );
});
