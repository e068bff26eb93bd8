import type { Broker, Store } from "../ports.ts";
import { rebalance } from "../rebalance.ts";
import { jobOf } from "../testing/job-of.ts";
import { orderReport } from "../testing/order-report.ts";
import { scenarioNow, stock } from "../testing/scenario.ts";
import { scriptedWorld } from "../testing/scripted-world.ts";
import { forecastOf, type Script } from "../testing/world-script.ts";
import { later } from "../trading/instant.ts";
import type { OrderReport, RecordedIntent } from "../trading/order.ts";
import type { OnOpenOrders } from "../trading/planner/working-orders.ts";
import { held, ok } from "../trading/result.ts";

/** Left by the run of an hour ago: forty of its thousand shares are filled, and held. */
const left = orderReport({ orderedShares: 1_000, filledShares: 40, limitPrice: 49.91 });
const intent: RecordedIntent = {
  orderRef: left.orderRef,
  role: "rebalance",
  account: left.account,
  side: "buy",
  shares: 1_000,
  limitPrice: 49.91,
  decisionPrice: 49.88,
  style: { kind: "adaptive", priority: "Patient" },
  timeInForce: "DAY",
  outsideRegularHours: false,
};
const ofBbb = "trader.reb.2022031413.BBB.B1000.1.0000";
const onRecord: Partial<Store> = { intentsOf: async () => new Map([[left.orderRef, intent]]) };

async function run(onOpenOrders: OnOpenOrders, changes: Partial<Script> = {}, job = {}) {
  const { world, acts, events } = scriptedWorld({
    holdings: { AAA: 40 },
    forecasts: ok([forecastOf({ AAA: 0.3 })]),
    openOrders: [left],
    store: onRecord,
    ...changes,
  });
  const outcome = await rebalance(jobOf({ onOpenOrders, ...job }), world);
  const orders = acts.filter((act) => /^(modify|cancel|place|mark|intents)/.test(act));
  return {
    outcome,
    orders,
    told: events.map(({ kind }) => kind),
    plans: events.filter(({ kind }) => kind === "planned").length,
  };
}

/** What the broker tells of open orders, one answer after the other. */
function listing(...answers: readonly (readonly OrderReport[])[]): Partial<Broker> {
  let asked = 0;
  return { openOrders: async () => ok(answers[Math.min(asked++, answers.length - 1)] ?? []) };
}

describe("what an earlier run left working", () => {
  it("is changed to the size and limit that are wanted now, filled shares counted, on record before it leaves", async () => {
    const { orders, outcome } = await run("modify", {
      unsettled: [{ ...left, life: "working", sentAt: later(scenarioNow, -3_600_000) }],
    });
    // 300,000 of 50 are 6,000 shares, 40 of them held: the order as a whole is for 6,000.
    expect(orders).toEqual(["intents", "mark AAA", "modify AAA 6000 50.05"]);
    expect(outcome.orders).toMatchObject([{ orderRef: left.orderRef, orderId: 7, orderedShares: 6_000 }]);
    expect(outcome.plan?.trades).toMatchObject([
      {
        order: { orderRef: left.orderRef, shares: 6_000, style: { priority: "Patient" } },
        changes: { orderedShares: 1_000, filledShares: 40, limitPrice: 49.91 },
      },
    ]);
  });

  it("works on where it trades no more than is wanted, and nothing is sent beside it", async () => {
    const { orders, outcome } = await run("keep");
    expect(orders).toEqual([]);
    expect(outcome.plan).toMatchObject({
      trades: [],
      untouched: [
        { symbol: "AAA", reason: { kind: "order-at-work", wantedShares: 5_960, isUncertain: false } },
      ],
    });
    expect(outcome.verdict).toBe("done");
  });

  it("is cancelled first and sent anew when our record does not say how it was meant (O23)", async () => {
    const { orders } = await run("modify", { store: {} });
    expect(orders).toEqual(["cancel AAA", "intents", "place buy AAA 5960"]);
  });

  it("is cancelled when nobody wants it any more", async () => {
    const { orders, outcome } = await run("keep", { forecasts: ok([forecastOf({ BBB: 0.2 })]) });
    expect(orders).toEqual(["cancel AAA", "intents", "place buy BBB 2000"]);
    expect(outcome.settledOrders).toMatchObject([
      { orderRef: left.orderRef, state: { status: "cancelled" } },
    ]);
  });

  it.each([
    ["filled more", [{ ...left, filledShares: 90 }]],
    ["ended", []],
  ] as const)(
    "leads to a new plan without it when it has %s since the positions were read",
    async (_how, second) => {
      const { orders } = await run("modify", { broker: listing([left], second, second) });
      expect(orders.filter((act) => !act.startsWith("cancel"))).toEqual(["intents", "place buy AAA 5960"]);
      expect(orders.filter((act) => act.startsWith("cancel"))).toHaveLength(second.length);
    },
  );

  it("leads to a new plan when it fills while it is withdrawn", async () => {
    let cancels = 0;
    const { orders, plans, outcome, told } = await run("modify", {
      store: {},
      broker: {
        ...listing([left], [left], []),
        cancel: async (asked) => {
          cancels += 1;
          return ok(
            asked.map((order) => ({
              ...order,
              filledShares: 70,
              state: { life: "done", status: "cancelled" },
            })),
          );
        },
      },
    });
    expect(cancels).toBeGreaterThan(0);
    // Planned twice, sent once.
    expect(plans).toBe(2);
    expect(orders).toEqual(["intents", "place buy AAA 5960"]);
    // What the dropped plan has withdrawn is told all the same.
    expect(outcome.settledOrders).toMatchObject([{ orderRef: left.orderRef, filledShares: 70 }]);
    expect(told).toContain("working-order-cancelled");
  });

  it("leads to a new plan when what is held says that it has filled while it was withdrawn, whatever its end tells (O10)", async () => {
    const holdings: Record<string, number> = { AAA: 40 };
    const { orders, plans } = await run("modify", {
      holdings,
      store: {},
      broker: {
        ...listing([left], [left], []),
        cancel: async (asked) => {
          holdings["AAA"] = 90;
          return ok(asked.map((order) => ({ ...order, state: { life: "done", status: "cancelled" } })));
        },
      },
    });
    expect(plans).toBe(2);
    expect(orders).toEqual(["intents", "place buy AAA 5910"]);
  });

  it("is not replaced when nobody tells what is held after it was withdrawn", async () => {
    const unanswered = { kind: "request-unanswered", request: "account", deadlineSeconds: 5 } as const;
    let isWithdrawn = false;
    const { world } = scriptedWorld({ holdings: { AAA: 40 } });
    const connection = await world.brokerage.connect(jobOf().connection);
    const healthy = connection.ok ? connection.value : undefined;
    const { orders, outcome } = await run("modify", {
      store: {},
      broker: {
        ...listing([left], [left], []),
        cancel: async (asked) => {
          isWithdrawn = true;
          return ok(asked.map((order) => ({ ...order, state: { life: "done", status: "cancelled" } })));
        },
        account: async () => (isWithdrawn || !healthy ? held(unanswered) : await healthy.account()),
      },
    });
    expect(orders).toEqual([]);
    expect(outcome.verdict).toBe("held");
    expect(outcome.findings).toContainEqual(unanswered);
  });

  it("is cancelled by a run that may not trade", async () => {
    const refused = await run("modify", {}, { limits: { ...jobOf().limits, weightMax: 0.1 } });
    expect(refused.outcome.verdict).toBe("held");
    expect(refused.orders).toEqual(["cancel AAA"]);
    expect(refused.outcome.settledOrders).toMatchObject([
      { orderRef: left.orderRef, state: { status: "cancelled" } },
    ]);
    const blind = await run("keep", {
      forecasts: held({ kind: "forecast-unreadable", strategy: "trend", file: "f.csv", detail: "gone" }),
    });
    expect(blind.orders).toEqual(["cancel AAA"]);
  });

  it("of another client id is cancelled over a connection of its own, as ever", async () => {
    const other = { ...left, clientId: 29, orderRef: "trader.reb.2022031412.AAA.B1000.2.0000" };
    const { orders } = await run("keep", { openOrders: [other] });
    expect(orders).toEqual(["cancel AAA", "intents", "place buy AAA 5960"]);
  });
});

describe("changes among new orders", () => {
  /** 10,000 OUT are held for 500,000, 6,000 of them to be sold; 200,000 of BBB are to be bought. */
  const desk: Partial<Script> = {
    holdings: { AAA: 40, OUT: 10_000 },
    quotes: { AAA: [49.95, 50.05], BBB: [99.9, 100.1], OUT: [49.9, 50.1] },
    forecasts: ok([forecastOf({ AAA: 0.3, OUT: 0.2, BBB: 0.2 })]),
  };
  const confirmed = { life: "working", status: "submitted" } as const;

  it("reductions of either kind leave before what takes more, of either kind", async () => {
    const grown = await run("modify", desk);
    expect(grown.orders).toEqual([
      "intents",
      "place sell OUT 6000",
      "mark AAA",
      "modify AAA 6000 50.05",
      "place buy BBB 2000",
    ]);
    expect(grown.outcome.orders.map(({ symbol }) => symbol)).toEqual(["OUT", "AAA", "BBB"]);
    // 10 % are 2,000 AAA: 1,040 of 4,000 are too many at work for that.
    const tooLarge = { ...left, orderedShares: 4_000 };
    const shrunk = await run("modify", {
      ...desk,
      openOrders: [tooLarge],
      forecasts: ok([forecastOf({ AAA: 0.1, OUT: 0.2, BBB: 0.2 })]),
    });
    expect(shrunk.orders.filter((act) => act !== "intents")).toEqual([
      "mark AAA",
      "modify AAA 2000 50.05",
      "place sell OUT 6000",
      "place buy BBB 2000",
    ]);
  });

  it("a change does not wait for the next wave, where its order would be one at work: it keeps its place in the queue", async () => {
    const { orders, outcome } = await run("modify", desk, { wavesMax: 2 });
    expect(orders).toEqual([
      "intents",
      "place sell OUT 6000",
      "mark AAA",
      "modify AAA 6000 50.05",
      "intents",
      "place buy BBB 2000",
    ]);
    expect(outcome.earlierWaves.map(({ plan }) => plan.trades.map(({ symbol }) => symbol))).toEqual([
      ["OUT", "AAA"],
    ]);
  });

  it("what the first wave has withdrawn does not keep the next one from its order", async () => {
    const { orders } = await run("modify", { ...desk, store: {} }, { wavesMax: 2 });
    expect(orders).toEqual([
      "cancel AAA",
      "intents",
      "place sell OUT 6000",
      "intents",
      "place buy AAA 5960",
      "place buy BBB 2000",
    ]);
  });

  it("a sale that works already is changed before anything is bought", async () => {
    const sale = { ...left, side: "sell", limitPrice: 60 } as const;
    const { orders } = await run("modify", {
      holdings: { AAA: 10_000, OUT: 2_000 },
      quotes: desk.quotes ?? {},
      forecasts: ok([forecastOf({ AAA: 0.2, OUT: 0.2, BBB: 0.2 })]),
      openOrders: [{ ...sale }, { ...left, conId: stock("BBB").conId, symbol: "BBB", orderRef: ofBbb }],
      store: {
        intentsOf: async () =>
          new Map([
            [left.orderRef, { ...intent, side: "sell" }],
            [ofBbb, { ...intent, orderRef: ofBbb }],
          ]),
      },
    });
    expect(orders.filter((act) => act !== "intents")).toEqual([
      "mark AAA",
      "modify AAA 6040 49.95",
      "mark BBB",
      "modify BBB 2040 100.1",
      "place buy OUT 2000",
    ]);
  });

  it.each([
    ["was not answered", { life: "unknown" }],
    ["has not left", { life: "done", status: "not-sent" }],
  ] as const)("nothing that takes more follows a reduction that %s", async (_how, state) => {
    const fill: Script["fill"] = ({ instrument }) => (instrument.symbol === "OUT" ? state : confirmed);
    const { orders, outcome } = await run("modify", { ...desk, fill });
    expect(orders).toEqual(["intents", "place sell OUT 6000"]);
    expect(outcome.verdict).toBe("attention");
  });

  it("nothing new follows a change that nobody confirms", async () => {
    const modify = async () => held({ kind: "account-not-managed", account: "X", managed: [] } as const);
    const { orders, outcome } = await run("modify", { ...desk, broker: { modify } });
    expect(orders).toEqual(["intents", "place sell OUT 6000"]);
    expect(outcome).toMatchObject({ verdict: "attention", findings: [{ kind: "account-not-managed" }] });
  });
});

it("an order that nobody has acknowledged yet is not touched, and nothing is sent beside it", async () => {
  const waiting = { ...left, state: { life: "working", status: "pending-submit" } } as const;
  const { orders, outcome } = await run("modify", { openOrders: [waiting], now: later(scenarioNow, 1) });
  expect(orders).toEqual([]);
  expect(outcome.plan?.untouched).toMatchObject([{ reason: { kind: "order-at-work", isUncertain: true } }]);
});
