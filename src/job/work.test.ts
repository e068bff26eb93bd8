import type { Brake, Broker, Progress } from "../ports.ts";
import { jobOf } from "../testing/job-of.ts";
import { orderReport } from "../testing/order-report.ts";
import { anExecution } from "../testing/outcome-builder.ts";
import { clearedPlan } from "../testing/risk-builder.ts";
import { planScenario, scenarioPolicy } from "../testing/scenario.ts";
import { scriptedWorld } from "../testing/scripted-world.ts";
import { money } from "../trading/money.ts";
import type { OrderReport, OrderState, PlannedOrder } from "../trading/order.ts";
import type { Plan } from "../trading/planner/plan.ts";
import { held, ok, type Result } from "../trading/result.ts";
import type { ClearedOrders } from "../trading/risk/gate.ts";
import { Bookkeeper } from "./bookkeeper.ts";
import { nothingSent, work } from "./work.ts";

const working: OrderState = { life: "working", status: "submitted" };
const filled: OrderState = { life: "done", status: "filled" };

function cleared(): ClearedOrders {
  const plan = planScenario("account 1,000,000 USD\nquote AAA 99.90 100.10\ntarget AAA 10%");
  const gate = plan.ok ? clearedPlan(plan.value) : plan;
  if (!gate.ok) throw new Error("the scenario must pass");
  return gate.value;
}

const report = (state: OrderState, filledShares = 0) =>
  orderReport({ orderRef: "ours", state, filledShares });
const heard = (
  state: OrderState,
  fills: readonly string[],
  { connected = true, isCommissionTold = true } = {},
): Progress => ({
  connected,
  linkWasCut: false,
  orders: [report(state, fills.length)],
  executions: fills.map((execId) =>
    anExecution({ execId, orderRef: "ours", commission: isCommissionTold ? money("1", "USD") : undefined }),
  ),
});
const silence = held({ kind: "request-unanswered", request: "executions", deadlineSeconds: 15 });

/**
 * Works one order; what the broker has heard moves on with every look, and when it is asked for executions. Answers with
 * what was done, in order.
 */
async function worked(looks: readonly Progress[], { settleSeconds = 30, asked = ok([]) as Result<[]> } = {}) {
  const { world } = scriptedWorld();
  const acts: string[] = [];
  const { clock } = world;
  const startedMs = clock.monotonicMs();
  let look = 0;
  const broker: Broker = {
    place: async () => {
      acts.push("place");
      return [report({ life: "unknown" })];
    },
    progress: () => looks[Math.min(look, looks.length - 1)],
    executions: async () => {
      acts.push("ask");
      look += 1;
      return asked;
    },
  } as Partial<Broker> as Broker;
  const store = {
    ...world.store,
    recordIntents: async () => void acts.push("intents"),
    book: async (_run: unknown, orders: readonly OrderReport[], executions: Progress["executions"]) => {
      acts.push(`book ${orders.map(({ state }) => state.life).join()} ${executions.length}`);
      return [];
    },
  };
  const run = { id: "run-1", startedAt: clock.now(), window: "2022031414", account: "DU1234567" };
  const { orders: reports, lastLook } = await work(cleared(), {
    before: nothingSent,
    broker,
    brake: world.brake,
    books: new Bookkeeper(run, { store, journal: world.journal }),
    clock: {
      ...clock,
      sleep: (ms) => {
        look += 1;
        return clock.sleep(ms);
      },
    },
    settleSeconds,
    unfilled: { repriceSeconds: 10, afterSettle: "leave", replacesRejected: false },
    plan: { netLiquidation: money("1", "USD"), targetLeverage: 1, trades: [], untouched: [] },
    clear: () => silence,
    changes: new Set(),
    shrinking: new Set(),
  });
  return { acts, reports, lastLook, waitedMs: clock.monotonicMs() - startedMs };
}

describe("cleared orders at work", () => {
  it("are on record before they leave, and what becomes of them as it is heard", async () => {
    const { acts, reports } = await worked([
      heard(working, []),
      heard(working, ["a"]),
      heard(working, ["a"]),
      heard(filled, ["a", "b"]),
    ]);
    expect(acts).toEqual([
      "intents",
      "place",
      "book unknown 0",
      "book working 1",
      "book done 2",
      "book done 2",
    ]);
    expect(reports).toEqual([report(filled, 2)]);
  });

  it("have their end on record also when it comes without another fill", async () => {
    const cancelled: OrderState = { life: "done", status: "cancelled" };
    const { acts } = await worked([heard(working, []), heard(cancelled, [])]);
    expect(acts.at(-1)).toBe("book done 0");
  });

  it("are waited for no longer than they can still fill", async () => {
    expect((await worked([heard(filled, ["a"])])).waitedMs).toBe(0);
    expect((await worked([heard(working, []), heard(working, [], { connected: false })])).waitedMs).toBe(200);
    expect((await worked([heard(working, [])], { settleSeconds: 1.1 })).waitedMs).toBeCloseTo(1100, 6);
  });

  it("are waited for until the commission of the last fill is told", async () => {
    const { acts, waitedMs } = await worked([
      heard(filled, ["a"], { isCommissionTold: false }),
      heard(filled, ["a"]),
    ]);
    expect(waitedMs).toBe(200);
    expect(acts).not.toContain("ask");
  });

  it("are asked for once more when they are unfinished: a lost fill looks like a working order", async () => {
    const { acts, reports } = await worked([heard(working, []), heard(filled, ["a"])], { settleSeconds: 0 });
    expect(acts).toEqual(["intents", "place", "book unknown 0", "ask", "book done 1"]);
    expect(reports).toEqual([report(filled, 1)]);
  });

  it("are no picture of now when that is not answered (C14)", async () => {
    const { lastLook } = await worked([heard(working, [])], { settleSeconds: 0, asked: silence });
    expect(lastLook).toEqual(silence);
  });

  it("are waited for while nobody has answered: an answer may still come (O12)", async () => {
    const { reports, waitedMs } = await worked([
      heard({ life: "unknown" }, []),
      heard({ life: "unknown" }, []),
      heard(filled, ["a"]),
    ]);
    expect(waitedMs).toBe(400);
    expect(reports).toEqual([report(filled, 1)]);
  });
});

describe("orders that do not find their fill", () => {
  const partly = (order: PlannedOrder): OrderReport["state"] | "filled" =>
    order.instrument.symbol === "AAA" ? working : "filled";

  /** Two orders that begin inside their collar: AAA works on, BBB fills at once. */
  async function approached(changes: {
    readonly clear?: (plan: Plan) => Result<ClearedOrders>;
    readonly brake?: Brake;
    readonly afterSettle?: "leave" | "cancel";
    readonly timeInForce?: "DAY" | "IOC";
    readonly fill?: (order: PlannedOrder) => OrderReport["state"] | "filled";
    readonly broker?: Partial<Broker>;
  }) {
    const { timeInForce = "DAY", fill = partly, broker: replaced = {}, afterSettle = "leave" } = changes;
    const { world, acts } = scriptedWorld({ fill, broker: replaced });
    const connected = await world.brokerage.connect(jobOf().connection);
    if (!connected.ok) throw new Error("the scripted world connects");
    const broker = connected.value;
    const execution = { ...scenarioPolicy.execution, collarBps: 30, repriceSteps: 2, timeInForce };
    const facts =
      "account 1,000,000 USD\nquote AAA 49.95 50.05\nquote BBB 99.9 100.1\ntarget AAA 20%\ntarget BBB 10%";
    const plan = planScenario(facts, { execution });
    const gate = plan.ok ? clearedPlan(plan.value) : plan;
    if (!plan.ok || !gate.ok) throw new Error("the scenario must pass");
    const run = { id: "run-1", startedAt: world.clock.now(), window: "2022031414", account: "DU1234567" };
    const books = new Bookkeeper(run, world);
    const startedMs = world.clock.monotonicMs();
    const result = await work(gate.value, {
      before: nothingSent,
      broker,
      books,
      clock: world.clock,
      brake: changes.brake ?? world.brake,
      settleSeconds: 30,
      unfilled: { repriceSeconds: 7, afterSettle, replacesRejected: true },
      plan: plan.value,
      clear: changes.clear ?? ((next) => clearedPlan(next)),
      changes: new Set(),
      shrinking: new Set(),
    });
    const seconds = (world.clock.monotonicMs() - startedMs) / 1000;
    return { acts: acts.filter((act) => act !== "connect"), seconds, ...result };
  }

  it("go to their collar step by step, each on record before it leaves; what is filled is not touched", async () => {
    const { acts, seconds, orders, stopped } = await approached({});
    expect(acts).toEqual([
      "intents",
      "place buy AAA 4000",
      "place buy BBB 1000",
      "mark AAA",
      "modify AAA 4000 50.1",
      "mark AAA",
      "modify AAA 4000 50.15",
    ]);
    // Seven seconds for each limit before the last one, and the settle time for that.
    expect(seconds).toBeCloseTo(7 + 7 + 30, 3);
    expect(orders.map(({ state }) => state.life)).toEqual(["working", "done"]);
    expect(stopped).toEqual([]);
  });

  it("stay at their limit when the gate says no, and the run says why", async () => {
    let asked = 0;
    const { acts, stopped } = await approached({
      clear: (plan) => {
        asked += 1;
        expect(plan.trades.map(({ symbol }) => symbol)).toEqual(["AAA"]);
        return asked === 2
          ? held({ kind: "quote-stale", symbol: "AAA", ageSeconds: 61, limitSeconds: 60 })
          : clearedPlan(plan);
      },
    });
    expect(acts.filter((act) => act.startsWith("modify"))).toEqual(["modify AAA 4000 50.1"]);
    expect(stopped).toMatchObject([{ kind: "quote-stale" }]);
  });

  it("stay at their limit while somebody pulls the brake", async () => {
    let asked = 0;
    const halted = { kind: "halted", why: "news", by: "me", since: "now" } as const;
    const { acts, stopped } = await approached({
      brake: { pulled: async () => ((asked += 1) > 20 ? halted : undefined) },
    });
    expect(acts.filter((act) => /^(modify|cancel)/.test(act))).toEqual([]);
    expect(stopped).toMatchObject([{ kind: "halted" }]);
  });

  it("are cancelled after the settle time when the owner says so, and that is no finding", async () => {
    const { acts, endedByUs, orders } = await approached({ afterSettle: "cancel" });
    expect(acts.slice(-2)).toEqual(["modify AAA 4000 50.15", "cancel AAA"]);
    expect([...endedByUs]).toEqual([orders[0]?.orderRef]);
  });

  it("are told by name when their cancel is not confirmed", async () => {
    const unconfirmed = held({ kind: "account-not-managed", account: "X", managed: [] });
    const { stopped, endedByUs } = await approached({
      afterSettle: "cancel",
      broker: { cancel: async () => unconfirmed },
    });
    expect(stopped).toMatchObject([{ kind: "account-not-managed" }]);
    expect([...endedByUs]).toEqual([]);
  });

  it("are sent once more when their rejection says how, through the gate and on record, and never a third time", async () => {
    const refused = { life: "done", status: "rejected" } as const;
    const messages = [{ code: 110, text: "not a step" }];
    const sent: string[] = [];
    const { world } = scriptedWorld({ fill: () => refused });
    const connected = await world.brokerage.connect(jobOf().connection);
    if (!connected.ok) throw new Error("the scripted world connects");
    const { acts, orders, seconds } = await approached({
      fill: () => refused,
      broker: {
        place: async (gate, beforeSend) => {
          for (const order of gate.orders) {
            await beforeSend(order);
            sent.push(`${order.orderRef.split(".").slice(3, 6).join(" ")} ${order.limitPrice}`);
          }
          return gate.orders.map(({ orderRef, shares }) =>
            orderReport({ orderRef, orderedShares: shares, state: refused, messages }),
          );
        },
      },
    });
    expect(acts).toEqual(["intents", "intents"]);
    expect(sent).toEqual([
      "AAA B4000 1 50.15",
      "BBB B1000 1 100.3",
      "AAA B4000 2 50.15",
      "BBB B1000 2 100.3",
    ]);
    expect(orders).toHaveLength(4);
    expect(seconds).toBe(0);
  });

  it("end by themselves when they are for one moment only", async () => {
    const { endedByUs, orders } = await approached({
      timeInForce: "IOC",
      fill: () => ({ life: "done", status: "cancelled" }),
    });
    expect([...endedByUs]).toEqual(orders.map(({ orderRef }) => orderRef));
  });
});
