import { rebalance } from "../rebalance.ts";
import { anExecution } from "../testing/outcome-builder.ts";
import { jobOf, orderReport, type Script, scriptedWorld } from "../testing/scripted-world.ts";
import { instant } from "../trading/instant.ts";
import type { OrderReport, UnsettledOrder } from "../trading/order.ts";
import { held } from "../trading/result.ts";

const unsettled: UnsettledOrder = {
  orderRef: "trader.reb.2022031413.AAA.B100.1.0000",
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
    expect(orders.slice(0, 2)).toEqual([`${other} working`, `${unsettled.orderRef} done`]);
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

it("an order that is cancelled has its end on record and in the outcome", async () => {
  const { orders, outcome } = await booked({ openOrders: [orderReport()] });
  expect(orders).toContain(`${orderReport().orderRef} done`);
  expect(outcome.settledOrders).toEqual([{ ...orderReport(), state: { life: "done", status: "cancelled" } }]);
});
