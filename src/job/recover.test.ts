import { rebalance } from "../rebalance.ts";
import { jobOf } from "../testing/job-of.ts";
import { orderReport } from "../testing/order-report.ts";
import { anExecution } from "../testing/outcome-builder.ts";
import { stock } from "../testing/scenario.ts";
import { scriptedWorld } from "../testing/scripted-world.ts";
import { type Script } from "../testing/world-script.ts";
import { instant } from "../trading/instant.ts";
import type { OrderReport, UnsettledOrder } from "../trading/order.ts";
import { held, ok } from "../trading/result.ts";

const unsettled: UnsettledOrder = {
  orderRef: "trader.reb.2022031413.AAA.B100.1.0000",
  life: "working",
  conId: stock("AAA").conId,
  permId: 7007,
  symbol: "AAA",
  side: "buy",
  orderedShares: 100,
  filledShares: 0,
  sentAt: instant("2022-03-14T13:35:00Z"),
};

/** Runs once and answers with all that was booked of orders, as "ref life", and of executions. */
async function booked(changes: Partial<Script>) {
  const scripted = scriptedWorld({ handled: ["2022-03-14 open"], ...changes });
  const orders: string[] = [];
  const executions: string[] = [];
  const store = {
    ...scripted.world.store,
    book: (...[run, reports, fills]: Parameters<typeof scripted.world.store.book>) => {
      orders.push(...reports.map(({ orderRef, state }: OrderReport) => `${orderRef} ${state.life}`));
      executions.push(...fills.map(({ execId }) => execId));
      return scripted.world.store.book(run, reports, fills);
    },
  };
  const outcome = await rebalance(jobOf(), { ...scripted.world, store });
  return { outcome, orders, executions };
}

describe("what earlier runs left behind", () => {
  it("is booked: fills, orders that ended, and orders of ours that still work; nobody else's", async () => {
    const other = "trader.reb.2022031413.BBB.S5.1.0000";
    const { orders, executions, outcome } = await booked({
      unsettled: [unsettled],
      openOrders: [
        orderReport({ orderRef: other, symbol: "BBB", permId: 7008 }),
        orderReport({ orderRef: "", permId: 7009 }),
      ],
      earlier: [
        anExecution({ execId: "1.01", account: "DU1234567" }),
        anExecution({ execId: "2.01", account: "DU7654321" }),
      ],
    });
    expect(orders).toEqual(expect.arrayContaining([`${other} working`, `${unsettled.orderRef} done`]));
    expect(orders.filter((order) => !order.includes(".reb."))).toEqual([]);
    expect(executions).toContain("1.01");
    expect(executions).not.toContain("2.01");
    expect(outcome.executions.map(({ execId }) => execId)).toContain("1.01");
  });

  it("is not settled while the broker still lists it as working", async () => {
    const { outcome } = await booked({ unsettled: [unsettled], openOrders: [orderReport()] });
    expect(outcome.settledOrders.map(({ state, permId }) => [state, permId])).toEqual([
      [{ life: "done", status: "cancelled" }, 7007],
    ]);
  });

  it("is settled by its executions where the list of what ended never comes (C11)", async () => {
    const silence = { kind: "request-unanswered", request: "completed orders", deadlineSeconds: 15 } as const;
    const { outcome } = await booked({
      unsettled: [{ ...unsettled, filledShares: 100 }],
      broker: { completedOrders: async () => held(silence) },
    });
    expect(outcome.verdict).toBe("done");
    expect(outcome.settledOrders.map(({ state }) => state)).toEqual([{ life: "done", status: "filled" }]);
    const lost = { kind: "connection-lost", during: "completed orders", detail: "closed" } as const;
    const cut = await booked({
      unsettled: [unsettled],
      broker: { completedOrders: async () => held(lost) },
    });
    expect(cut.outcome.findings).toEqual([lost]);
  });

  it("is asked for once more when fewer fills are told than the order had: what is held may agree by another move", async () => {
    const [first, second] = ["1.01", "2.01"].map((execId, index) =>
      anExecution({
        orderRef: unsettled.orderRef,
        account: "DU1234567",
        execId,
        shares: 60 - 20 * index,
        price: 28.5 - index,
      }),
    );
    let asked = 0;
    const { executions, outcome } = await booked({
      unsettled: [unsettled],
      completedOrders: [
        orderReport({
          orderRef: unsettled.orderRef,
          state: { life: "done", status: "filled" },
          filledShares: 100,
          averageFillPrice: undefined,
        }),
      ],
      broker: { executions: async () => ok([first, second].flatMap((each) => each ?? []).slice(0, ++asked)) },
    });
    expect(executions).toContain("2.01");
    // The list of completed orders tells no prices; the executions do.
    expect(outcome.settledOrders).toMatchObject([
      { state: { life: "done", status: "filled" }, filledShares: 100, averageFillPrice: 28.1 },
    ]);
  });

  it("asks once where all fills are told", async () => {
    let asked = 0;
    const fill = anExecution({ orderRef: unsettled.orderRef, account: "DU1234567", shares: 60 });
    const state = { life: "done", status: "cancelled" } as const;
    await booked({
      unsettled: [unsettled],
      completedOrders: [orderReport({ orderRef: unsettled.orderRef, state, filledShares: 60 })],
      broker: { executions: async () => ok(++asked > 0 ? [fill] : []) },
      forecasts: held({ kind: "forecast-stale", file: "f", line: 1, ageMinutes: 99, limitMinutes: 60 }),
    });
    expect(asked).toBe(1);
  });

  it("lends its names to no new order, also when only the broker remembers them (O12, S10)", async () => {
    const first = await booked({});
    const ref = first.outcome.plan?.trades[0]?.order.orderRef ?? "";
    expect(ref).toContain(".1.");
    const again = await booked({
      unsettled: [unsettled],
      completedOrders: [orderReport({ orderRef: ref, state: { life: "done", status: "cancelled" } })],
    });
    expect(again.outcome.plan?.trades[0]?.order.orderRef).toBe(ref.replace(".1.", ".2."));
  });
});

describe("an order that may have left and of which the broker knows nothing", () => {
  const sentAt = instant("2022-03-14T14:19:00Z");
  const doubtful: UnsettledOrder = { ...unsettled, life: "sending", permId: 0, sentAt };
  const expected = [{ conId: doubtful.conId, symbol: "AAA", shares: 40 }];
  const asIsExpected = {
    unsettled: [doubtful],
    holdings: { AAA: 40 },
    store: { expectedPositions: async () => expected },
  };
  const isHeldByIt = async (changes: Partial<Script>) => {
    const { outcome } = await booked({ ...asIsExpected, ...changes });
    expect(outcome.findings).toContainEqual(
      expect.objectContaining({ kind: "order-unknown", orderRef: doubtful.orderRef, symbol: "AAA" }),
    );
    expect(outcome).toMatchObject({ verdict: "held", orders: [], settledOrders: [] });
  };

  it("is void when it is old enough, unknown in two answers each, and its shares have not moved (C02)", async () => {
    const asked: string[] = [];
    const answered = (what: string) => async () => {
      asked.push(what);
      return ok([]);
    };
    const { outcome } = await booked({
      ...asIsExpected,
      broker: {
        openOrders: answered("open"),
        completedOrders: answered("completed"),
        executions: answered("executions"),
      },
    });
    expect(outcome.settledOrders.map(({ state }) => state)).toEqual([{ life: "done", status: "void" }]);
    expect(asked.toSorted()).toEqual(["completed", "completed", "executions", "executions", "open", "open"]);
    expect(outcome.verdict).toBe("done");
  });

  it("holds the run while it is young", () =>
    isHeldByIt({ unsettled: [{ ...doubtful, sentAt: instant("2022-03-14T14:21:00Z") }] }));

  it("holds it when the shares have moved (O12)", () => isHeldByIt({ holdings: { AAA: 140 } }));

  it("holds it when the link was cut meanwhile: it may be kept and sent later (C15)", () =>
    isHeldByIt({
      broker: { progress: () => ({ connected: true, linkWasCut: true, orders: [], executions: [] }) },
    }));

  it("holds it under a spare client id, which may not be told of the usual one's executions (C07)", () =>
    isHeldByIt({
      broker: {
        identity: { account: "DU1234567", clientId: 27, spareFor: 11, serverVersion: 178, skewSeconds: 0 },
      },
    }));

  const silence = held({
    kind: "request-unanswered",
    request: "completed orders",
    deadlineSeconds: 15,
  } as const);
  it("holds it where completed orders never end, and not once its session is over (C11)", async () => {
    await isHeldByIt({ broker: { completedOrders: async () => silence } });
    const { outcome } = await booked({
      ...asIsExpected,
      unsettled: [{ ...doubtful, sentAt: instant("2022-03-11T20:35:00Z") }],
      broker: { completedOrders: async () => silence },
    });
    expect(outcome.settledOrders.map(({ state }) => state)).toEqual([{ life: "done", status: "void" }]);
  });

  it("that has traded unseen is for the break to tell, once its session is over: it holds no run for ever (O12)", async () => {
    const { outcome } = await booked({
      ...asIsExpected,
      unsettled: [{ ...doubtful, sentAt: instant("2022-03-11T20:35:00Z") }],
      holdings: { AAA: 140 },
    });
    expect(outcome.settledOrders.map(({ state }) => state)).toEqual([{ life: "done", status: "cancelled" }]);
    const evening = await booked({
      ...asIsExpected,
      now: instant("2022-03-14T20:35:00Z"),
      handled: ["2022-03-14 close"],
      holdings: { AAA: 140 },
    });
    expect(evening.outcome.settledOrders.map(({ state }) => state)).toEqual([
      { life: "done", status: "cancelled" },
    ]);
  });

  it("is in doubt beyond its session when it protects and shares have moved: a GTC order may still be on its way", async () => {
    const protective = {
      ...doubtful,
      orderRef: "trader.pro.2022031120.AAA.S100.1.0000",
      sentAt: instant("2022-03-11T20:35:00Z"),
    };
    const moved = await booked({ ...asIsExpected, unsettled: [protective], holdings: { AAA: 140 } });
    expect(moved.outcome.verdict).toBe("held");
    expect(moved.outcome.findings).toContainEqual(
      expect.objectContaining({ kind: "order-unknown", orderRef: protective.orderRef }),
    );
    const still = await booked({ ...asIsExpected, unsettled: [protective] });
    expect(still.outcome.settledOrders.map(({ state }) => state)).toEqual([{ life: "done", status: "void" }]);
    expect(still.outcome.findings.filter(({ kind }) => kind === "protection-gone")).toEqual([]);
  });

  it("is what the broker says of it when it shows up in the second answer (C10)", async () => {
    const late = orderReport({ orderRef: doubtful.orderRef, permId: 9 });
    const answers = [ok([]), ok([late])];
    const { outcome } = await booked({
      ...asIsExpected,
      broker: { openOrders: async () => answers.shift() ?? ok([]) },
    });
    expect(outcome.settledOrders).toEqual([{ ...late, state: { life: "done", status: "cancelled" } }]);
  });

  it("is filled when executions say so, whatever lists say", async () => {
    const fill = anExecution({ orderRef: doubtful.orderRef, account: "DU1234567", shares: 100 });
    const { outcome } = await booked({ ...asIsExpected, earlier: [fill] });
    expect(outcome.settledOrders.map(({ state, filledShares }) => [state, filledShares])).toEqual([
      [{ life: "done", status: "filled" }, 100],
    ]);
  });
});

it("an execution that one answer tells twice counts once (S02)", async () => {
  const half = anExecution({ orderRef: unsettled.orderRef, account: "DU1234567", shares: 50 });
  const { outcome } = await booked({ unsettled: [unsettled], earlier: [half, half] });
  expect(outcome.settledOrders.map(({ state, filledShares }) => [state, filledShares])).toEqual([
    [{ life: "done", status: "cancelled" }, 50],
  ]);
});

it("an order that was only planned never left: it ends without a question (S10)", async () => {
  const { outcome } = await booked({
    unsettled: [{ ...unsettled, life: "planned", permId: 0, sentAt: instant("2022-03-14T14:29:00Z") }],
  });
  expect(outcome.settledOrders.map(({ state }) => state)).toEqual([{ life: "done", status: "not-sent" }]);
  expect(outcome.verdict).toBe("done");
});

it("an order whose reference the broker dropped is known by its permanent id, and so are its fills (O43)", async () => {
  const { outcome } = await booked({
    unsettled: [unsettled],
    openOrders: [orderReport({ orderRef: "", permId: 7007 }), orderReport({ orderRef: "", permId: 7008 })],
    earlier: [anExecution({ orderRef: "", permId: 7007, account: "DU1234567", shares: 10 })],
  });
  expect(outcome.settledOrders.map(({ orderRef, permId }) => [orderRef, permId])).toEqual([
    [unsettled.orderRef, 7007],
  ]);
  expect(outcome.foreignOrders.map(({ permId }) => permId)).toEqual([7008]);
  expect(outcome.executions[0]).toMatchObject({ orderRef: unsettled.orderRef, shares: 10 });
});

it("an order that is cancelled has its end on record and in the outcome", async () => {
  const { orders, outcome } = await booked({ openOrders: [orderReport()] });
  expect(orders).toContain(`${orderReport().orderRef} done`);
  expect(outcome.settledOrders).toEqual([{ ...orderReport(), state: { life: "done", status: "cancelled" } }]);
});
