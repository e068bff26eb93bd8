import type { Progress } from "../ports.ts";
import { rebalance } from "../rebalance.ts";
import { jobOf } from "../testing/job-of.ts";
import { orderReport } from "../testing/order-report.ts";
import { stock } from "../testing/scenario.ts";
import { scriptedWorld } from "../testing/scripted-world.ts";
import { forecastOf, type Script } from "../testing/world-script.ts";
import type { Account } from "../trading/account.ts";
import type { Execution } from "../trading/execution.ts";
import { HeldError } from "../trading/held-error.ts";
import { add, money } from "../trading/money.ts";
import type { PlannedOrder } from "../trading/order.ts";
import type { Plan } from "../trading/planner/plan.ts";
import { held, ok } from "../trading/result.ts";
import { emptyRiskRecord } from "../trading/risk/risk-record.ts";
import type { Job } from "./job.ts";

/**
 * 19,000 OUT worth 950,000 are held, 50,000 are cash. 11,000 OUT are to be sold; 6,000 AAA within 50.05 and 2,800 BBB within
 * 100.10 are to be bought, for which 580,580 are needed.
 */
const rotation: Partial<Script> = {
  holdings: { OUT: 19_000 },
  quotes: { OUT: [49.9, 50.1], AAA: [49.95, 50.05], BBB: [99.9, 100.1] },
  forecasts: ok([forecastOf({ OUT: 0.4, AAA: 0.3, BBB: 0.28 })]),
  handled: ["2022-03-14 open"],
};
const noLoan = { ...jobOf().plan, borrowing: false };

/** What becomes of each symbol's order: filled unless said otherwise. */
const fills =
  (by: Readonly<Record<string, ReturnType<Script["fill"]>>>): Script["fill"] =>
  ({ instrument }: PlannedOrder) =>
    by[instrument.symbol] ?? "filled";

async function run(job: Partial<Job> = {}, changes: Partial<Script> = {}) {
  const refs = new Set<string>();
  const written: string[] = [];
  const { world, acts, events } = scriptedWorld({
    ...rotation,
    ...changes,
    store: {
      orderRefsOf: async () => new Set(refs),
      recordIntents: async (_run, { orders }) => orders.forEach(({ orderRef }) => refs.add(orderRef)),
      ...changes.store,
    },
    world: {
      orderFiles: {
        write: async ({ id }, waves: readonly Plan[]) => {
          written.push(waves.map(({ trades }) => trades.length).join("+"));
          return ok(`orders/${id}.csv`);
        },
        writeProtection: async ({ id }) => ok(`orders/${id}-protection.csv`),
      },
      ...changes.world,
    },
  });
  const outcome = await rebalance(jobOf({ plan: noLoan, wavesMax: 3, ...job }), world);
  const sent = acts.flatMap((act) => /^place (.*)/.exec(act)?.[1] ?? []);
  return { outcome, sent, refs: [...refs], written, events };
}

const firstWave = ["sell OUT 11000", "buy AAA 516", "buy BBB 241"];

describe("where borrowing is off", () => {
  it("what fills bring is spent by the same run, planned on what they left and under names of its own", async () => {
    const { outcome, sent, refs, written, events } = await run();
    expect(sent).toEqual([...firstWave, "buy AAA 5484", "buy BBB 2559"]);
    expect(outcome.verdict).toBe("done");
    expect(new Set(refs).size).toBe(5);
    expect(written).toEqual(["3", "3+2"]);
    expect(outcome.orders.map(({ symbol, filledShares }) => [symbol, filledShares])).toEqual([
      ["OUT", 11_000],
      ["AAA", 516],
      ["BBB", 241],
      ["AAA", 5_484],
      ["BBB", 2_559],
    ]);
    expect(outcome.earlierWaves.map(({ plan, nextBecause }) => [plan.trades.length, nextBecause])).toEqual([
      [3, "money-came"],
    ]);
    expect(outcome.plan?.trades).toHaveLength(2);
    const begun = events.flatMap((event) => (event.kind === "wave-begins" ? [event.number] : []));
    expect(begun).toEqual([2]);
    const holdings = Object.fromEntries(
      outcome.account?.positions.map(({ symbol, shares }) => [symbol, shares]) ?? [],
    );
    expect(holdings).toEqual({ OUT: 8_000, AAA: 6_000, BBB: 2_800 });
  });

  type Row = readonly [string, Partial<Job>, Partial<Script>, readonly string[]];
  it.each<Row>([
    ["is left to the next run where the owner wants one wave a run", { wavesMax: 1 }, {}, firstWave],
    [
      "comes to as much as was really filled: the rest of the sale brings nothing yet",
      {},
      { fill: fills({ OUT: 4_000 }) },
      // 50,000 + 200,000 - 516 x 50 - 241 x 100 - 3 = 200,097 for 274,474 and 256,156.
      [...firstWave, "buy AAA 2067", "buy BBB 964"],
    ],
    ["is nothing while no sale is filled", {}, { fill: fills({ OUT: 0 }) }, firstWave],
    [
      "does not pay a second time for buys that still work",
      {},
      { fill: fills({ OUT: 4_000, AAA: 100 }) },
      // 416 AAA still work for 20,820.80: 50,000 + 200,000 - 5,000 - 24,100 - 20,820.80 for 2,559 BBB.
      [...firstWave, "buy BBB 1998"],
    ],
    [
      "is not tried again on what was refused",
      {},
      { fill: fills({ AAA: { life: "done", status: "rejected" } }) },
      [...firstWave, "buy BBB 2559"],
    ],
    [
      "does not pay a second time for buys that a list of open orders leaves out (C10)",
      {},
      { fill: fills({ OUT: 4_000, AAA: 100 }), broker: { openOrders: async () => ok([]) } },
      [...firstWave, "buy BBB 1998"],
    ],
    [
      "is not sent beside an order whose life nobody knows",
      {},
      { fill: fills({ BBB: { life: "unknown" } }) },
      firstWave,
    ],
    ["waits where the limit of orders in a run is used up", limited({ ordersPerRunMax: 4 }), {}, firstWave],
    [
      "waits where the limit of a run's turnover is used up by all its waves",
      // 599,900 in the first, 530,100 in the second.
      limited({ turnoverPerRunMax: 1.1 }),
      {},
      firstWave,
    ],
    [
      "is cut to the turnover that the plan has left of the run",
      { plan: { ...noLoan, maxTurnoverPerRun: 0.8, scarce: "greedy" } },
      {},
      // 550,000 are sold and 250,000 are left: 49,950 for AAA in the first wave, then BBB, which is further off.
      ["sell OUT 11000", "buy AAA 999", "buy BBB 2000"],
    ],
  ])("%s", async (_what, job, script, expected) => {
    const { sent } = await run(job, script);
    expect(sent).toEqual(expected);
  });

  it("is nothing while the account's cash lags behind its fills: what was spent is not there twice", async () => {
    const real = scriptedWorld(rotation);
    const inner = real.world.brokerage;
    let hasSold = false;
    const connect: typeof inner.connect = async (request) => {
      const connected = await inner.connect(request);
      if (!connected.ok) return connected;
      const account = async () => {
        const told = await connected.value.account();
        // Positions as they are, with what the sale brought and without what the buys cost.
        return told.ok && hasSold ? ok({ ...told.value, cash: money("600000", "USD") }) : told;
      };
      const place: typeof connected.value.place = async (orders, beforeSend) => {
        hasSold = true;
        return await connected.value.place(orders, beforeSend);
      };
      return ok({ ...connected.value, account, place });
    };
    const world = { ...real.world, brokerage: { connect } };
    const outcome = await rebalance(jobOf({ plan: noLoan, wavesMax: 3 }), world);
    expect(real.acts.filter((act) => act.startsWith("place"))).toHaveLength(3);
    expect(outcome.verdict).toBe("done");
    expect(real.events).toContainEqual({ kind: "wave-put-off", cash: money("600000", "USD") });
  });

  it("is nothing while what a later wave has bought is hidden by a sale that filled before its account was read", async () => {
    const facts: Partial<Script> = {
      ...rotation,
      forecasts: ok([forecastOf({ OUT: 0.4, AAA: 0.5, BBB: 0.5 })]),
      fill: fills({ OUT: 5 }),
    };
    const real = scriptedWorld(facts);
    const inner = real.world.brokerage;
    const connect: typeof inner.connect = async (request) => {
      const connected = await inner.connect(request);
      if (!connected.ok) return connected;
      const broker = connected.value;
      let lists = 0;
      let lagging: Account | undefined;
      const heard = (): Progress => {
        const progress = broker.progress();
        const [sale] = progress.executions;
        // The other 10,995 fill while the second wave asks what works.
        if (!sale || lists < 2) return progress;
        const rest = { ...sale, execId: "0001.99.01", shares: 10_995, commission: money("0", "USD") };
        const done = { life: "done", status: "filled" } as const;
        const orders = progress.orders.map((order) =>
          order.symbol === "OUT" ? { ...order, filledShares: 11_000, state: done } : order,
        );
        return { ...progress, orders, executions: [...progress.executions, rest] };
      };
      const account: typeof broker.account = async () => {
        const told = await broker.account();
        if (!told.ok || lists < 2) return told;
        const positions = told.value.positions.map((position) =>
          position.symbol === "OUT" ? { ...position, shares: 8_000 } : position,
        );
        const cash = add(told.value.cash, money("549750", "USD"));
        const now = { ...told.value, positions, cash };
        // What the second wave buys is not taken from the cash.
        lagging ??= now;
        return ok({ ...now, cash: lagging.cash });
      };
      const openOrders: typeof broker.openOrders = async () => {
        lists += 1;
        const listed = await broker.openOrders();
        return lists < 2 || !listed.ok ? listed : ok([]);
      };
      return ok({ ...broker, progress: heard, account, openOrders });
    };
    const world = { ...real.world, brokerage: { connect } };
    const limits = limited({ grossLeverageMax: 2, orderValueMax: 900_000 });
    await rebalance(jobOf({ plan: noLoan, ...limits, wavesMax: 3 }), world);
    const bought = real.acts.filter((act) => act.startsWith("place buy"));
    expect(bought).toHaveLength(4);
    expect(real.events).toContainEqual(expect.objectContaining({ kind: "wave-put-off" }));
  });

  it("fills that come while another wave is planned are told and on record, also when that wave has nothing to send", async () => {
    const quoted: string[] = [];
    const rest: Execution[] = [];
    const real = scriptedWorld({ ...rotation, fill: fills({ OUT: 4_000, AAA: 100, BBB: 100 }) });
    const inner = real.world.brokerage;
    const connect: typeof inner.connect = async (request) => {
      const connected = await inner.connect(request);
      if (!connected.ok) return connected;
      const broker = connected.value;
      const quotes: typeof broker.quotes = async (asked) => {
        quoted.push("quotes");
        const [sale] = broker.progress().executions;
        if (sale && rest.length === 0) rest.push({ ...sale, execId: "0001.99.01", shares: 7_000 });
        return await broker.quotes(asked);
      };
      const progress = (): Progress => {
        const told = broker.progress();
        const done = { life: "done", status: "filled" } as const;
        const orders = told.orders.map((order) =>
          order.symbol === "OUT" && rest.length > 0 ? { ...order, filledShares: 11_000, state: done } : order,
        );
        return { ...told, orders, executions: [...told.executions, ...rest] };
      };
      return ok({ ...broker, quotes, progress });
    };
    const world = { ...real.world, brokerage: { connect } };
    const outcome = await rebalance(jobOf({ plan: noLoan, wavesMax: 3 }), world);
    expect(quoted.length).toBeGreaterThan(1);
    // Every instrument has its order at work: there is nothing to send beside them.
    expect(outcome.earlierWaves).toEqual([]);
    expect(outcome.orders.map(({ symbol, state }) => [symbol, state.life])).toContainEqual(["OUT", "done"]);
    expect(outcome.executions.map(({ symbol, shares }) => [symbol, shares])).toContainEqual(["OUT", 7_000]);
  });

  it("a sale of all that was held, which fills before another wave looks, is none that nobody knows", async () => {
    let isFilled = false;
    const rest: Execution[] = [];
    const real = scriptedWorld({
      ...rotation,
      forecasts: ok([forecastOf({ AAA: 0.3, BBB: 0.28 })]),
      fill: fills({ OUT: 4_000 }),
    });
    const inner = real.world.brokerage;
    const connect: typeof inner.connect = async (request) => {
      const connected = await inner.connect(request);
      if (!connected.ok) return connected;
      const broker = connected.value;
      const account: typeof broker.account = async () => {
        const told = await broker.account();
        const [sale] = broker.progress().executions;
        // The first look at what the orders have left: the rest is sold by now.
        if (sale && rest.length === 0) rest.push({ ...sale, execId: "0001.99.01", shares: 15_000 });
        isFilled = sale !== undefined;
        if (!told.ok || !isFilled) return told;
        const positions = told.value.positions.filter(({ symbol }) => symbol !== "OUT");
        return ok({ ...told.value, positions, cash: add(told.value.cash, money("748500", "USD")) });
      };
      const progress = (): Progress => {
        const told = broker.progress();
        const done = { life: "done", status: "filled" } as const;
        const orders = told.orders.map((order) =>
          order.symbol === "OUT" && isFilled ? { ...order, filledShares: 19_000, state: done } : order,
        );
        return { ...told, orders, executions: [...told.executions, ...rest] };
      };
      const openOrders: typeof broker.openOrders = async () => {
        const told = await broker.openOrders();
        return told.ok ? ok(told.value.filter(({ symbol }) => symbol !== "OUT" || !isFilled)) : told;
      };
      return ok({ ...broker, account, progress, openOrders });
    };
    const world = { ...real.world, brokerage: { connect } };
    const plan = { ...noLoan, unlisted: "close" } as const;
    const outcome = await rebalance(jobOf({ plan, wavesMax: 3 }), world);
    expect(outcome.orders[0]).toMatchObject({ symbol: "OUT", filledShares: 19_000 });
    expect(outcome.findings).toEqual([]);
    expect(outcome.earlierWaves).toHaveLength(1);
  });

  it.each([
    ["a bug", new Error("boom"), "crashed"],
    [
      "a full disk",
      new HeldError({ kind: "file-not-written", file: "h.db", detail: "full" }, { afterSending: true }),
      "attention",
    ],
  ])("%s between two waves takes nothing from what is told of the first", async (_what, error, verdict) => {
    let looks = 0;
    const riskRecord = async () => {
      if (++looks > 1) throw error;
      return emptyRiskRecord;
    };
    const { outcome } = await run({}, { store: { riskRecord } });
    expect(outcome.verdict).toBe(verdict);
    expect(outcome.orders.map(({ symbol, filledShares }) => [symbol, filledShares])).toEqual([
      ["OUT", 11_000],
      ["AAA", 516],
      ["BBB", 241],
    ]);
    expect(outcome.executions).toHaveLength(3);
  });

  it("waits when somebody pulls the brake meanwhile, and tells it", async () => {
    let asked = 0;
    const halt = { kind: "halted", why: "enough", by: "desk", since: "2022-03-14T14:31:00Z" } as const;
    const brake = { pulled: async () => (++asked > 6 ? halt : undefined) };
    const { outcome, sent } = await run({}, { world: { brake } });
    expect(sent).toEqual(firstWave);
    expect(outcome).toMatchObject({ verdict: "attention", findings: [halt] });
  });

  it.each(["account", "quotes", "openOrders"] as const)(
    "waits when the broker does not answer for %s any more: the run asks for attention and has not been held",
    async (method) => {
      let hasSold = false;
      const silent = held({ kind: "request-unanswered", request: method, deadlineSeconds: 15 });
      const broken = scriptedWorld({ ...rotation });
      const inner = broken.world.brokerage;
      const connect: typeof inner.connect = async (request) => {
        const connected = await inner.connect(request);
        if (!connected.ok) return connected;
        const real = connected.value;
        const place: typeof real.place = async (orders, beforeSend) => {
          const placed = await real.place(orders, beforeSend);
          hasSold = true;
          return placed;
        };
        const asked = async () => (hasSold ? silent : await (real[method] as (of: unknown) => unknown)([]));
        const quotes: typeof real.quotes = async (of) => (hasSold ? silent : await real.quotes(of));
        return ok({ ...real, place, [method]: method === "quotes" ? quotes : asked });
      };
      const world = { ...broken.world, brokerage: { connect } };
      const outcome = await rebalance(jobOf({ plan: noLoan, wavesMax: 3 }), world);
      expect(broken.acts.filter((act) => act.startsWith("place"))).toHaveLength(3);
      expect(outcome.verdict).toBe("attention");
      expect(outcome.findings).toMatchObject([{ kind: "request-unanswered" }]);
      expect(outcome.plan?.trades).toHaveLength(3);
    },
  );

  it("is nothing where only a short was covered: that costs money", async () => {
    const { sent, events } = await run(
      {},
      { holdings: { OUT: -1_000, BBB: 9_500 }, forecasts: ok([forecastOf({ OUT: 0, BBB: 0.95, AAA: 0.4 })]) },
    );
    expect(sent[0]).toBe("buy OUT 1000");
    expect(sent.filter((order) => order.startsWith("sell"))).toEqual([]);
    expect(events.filter(({ kind }) => kind === "wave-begins")).toEqual([]);
  });

  it("is not spent when it cannot be written down what is meant: the file of the first wave stands", async () => {
    const finding = { kind: "file-not-written", file: "orders/run-1.csv", detail: "full" } as const;
    let written = 0;
    const orderFiles = {
      write: async () => (++written > 1 ? held(finding) : ok("orders/first.csv")),
      writeProtection: async () => ok("orders/protection.csv"),
    };
    const { sent, outcome } = await run({}, { world: { orderFiles } });
    expect([sent, written]).toEqual([firstWave, 2]);
    expect(outcome).toMatchObject({
      verdict: "attention",
      orderFile: "orders/first.csv",
      findings: [finding],
    });
  });

  it("is not spent beyond a limit: a later wave that the gate holds asks for attention", async () => {
    const { outcome, sent, written } = await run(limited({ weightMax: 0.29 }));
    expect([sent, written]).toEqual([firstWave, ["3", "3+2"]]);
    expect(outcome.verdict).toBe("attention");
    expect(outcome.findings).toMatchObject([
      { kind: "check-failed", check: { name: "weight", subject: "AAA", value: 0.3 } },
    ]);
    const nothing = await run(limited({ weightMax: 0.02 }));
    expect([nothing.sent, nothing.outcome.verdict]).toEqual([[], "held"]);
  });

  it("goes on while money comes, as often as the owner allows", async () => {
    // OUT rises by a dollar with each wave, so that there is more of it to sell each time.
    const facts = {
      holdings: { OUT: 20_000 },
      forecasts: ok([forecastOf({ OUT: 0.4, AAA: 0.5, BBB: 0.5 })]),
    };
    for (const wavesMax of [1, 2, 4]) {
      let mid = 50;
      const quotes: Script["quotes"] = {
        ...rotation.quotes,
        get OUT() {
          return [mid - 0.1, mid + 0.1] as const;
        },
      };
      const recordIntents = async () => {
        mid += 1;
      };
      const job = { ...limited({ grossLeverageMax: 2 }), wavesMax };
      const { sent } = await run(job, { ...facts, quotes, store: { recordIntents } });
      expect(sent.filter((order) => order.startsWith("sell"))).toHaveLength(wavesMax);
    }
  });

  it("waits when something has stopped the wave before, and when the gateway is about to restart (C02)", async () => {
    const unconfirmed = held({
      kind: "cancel-unconfirmed",
      orderRef: "x",
      symbol: "OUT",
      orderId: 1,
      clientId: 11,
      detail: "",
    });
    const unfilled = { ...jobOf().unfilled, afterSettle: "cancel" as const };
    const fill = fills({ OUT: 4_000 });
    const stopped = await run({ unfilled }, { fill, broker: { cancel: async () => unconfirmed } });
    expect([stopped.sent, stopped.outcome.verdict]).toEqual([firstWave, "attention"]);

    // From 10:30:24 on nothing is begun any more; the first wave begins at 10:30 and settles for half a minute.
    const restarts = { dailyAt: ["10:36"], zone: "America/New_York", minutesBefore: 5.6, minutesAfter: 5 };
    const late = await run({ connection: { ...jobOf().connection, restarts } }, { fill });
    expect(late.sent).toEqual(firstWave);
    expect(late.outcome.findings).toMatchObject([{ kind: "gateway-restarts" }]);
  });

  it("is no way round the most that one order may be: the rest of such an order is the next run's", async () => {
    const plan = { ...noLoan, maxOrderValue: 100_000 };
    const { sent, outcome } = await run({ plan });
    expect(sent).toEqual(["sell OUT 2000", "buy AAA 499", "buy BBB 249"]);
    expect(outcome.earlierWaves).toEqual([]);
    const once = await run({ plan: { ...plan, scarce: "greedy" } });
    expect(once.sent).toEqual(["sell OUT 2000", "buy AAA 999", "buy BBB 999"]);
  });

  it("asks for the account's risk anew: what became known meanwhile leaves reductions alone", async () => {
    let asked = 0;
    const flat = { at: 0 as never, netLiquidation: money("1200000", "USD") };
    const riskRecord = async () => ({ ...emptyRiskRecord, equity: ++asked > 1 ? [flat] : [] });
    const limits = { ...jobOf().limits, drawdown: { ...jobOf().limits.drawdown, haltAt: 0.1 } };
    const { outcome, sent } = await run({ limits, maxNavMove: 0.5 }, { store: { riskRecord } });
    expect(sent).toEqual(firstWave);
    expect(outcome.verdict).toBe("attention");
    expect(outcome.findings).toMatchObject([{ kind: "check-failed", check: { name: "drawdown-halt" } }]);
  });
});

describe("where borrowing is on", () => {
  const loan = { plan: jobOf().plan };
  const reductions = ["sell OUT 11000"];
  const increases = ["buy AAA 6000", "buy BBB 2800"];

  it("what takes risk away is sent first, filled or not, then what waited for it", async () => {
    expect((await run(loan)).sent).toEqual([...reductions, ...increases]);
    const slow = await run(loan, { fill: fills({ OUT: 3_000 }) });
    expect(slow.sent).toEqual([...reductions, ...increases]);
    expect(slow.outcome.earlierWaves).toMatchObject([{ nextBecause: "reductions-sent" }]);
    expect(slow.outcome.plan?.untouched).toMatchObject([
      { symbol: "OUT", targetShares: 8_000, reason: { kind: "order-at-work" } },
    ]);
  });

  it("nothing follows where nothing has left", async () => {
    const { sent, events } = await run(loan, { fill: () => ({ life: "done", status: "not-sent" }) });
    expect(sent).toEqual(reductions);
    expect(events.filter(({ kind }) => kind === "wave-begins")).toEqual([]);
  });

  it("what a later wave finds to reduce holds nothing back a second time", async () => {
    let mid = 50;
    const quotes: Script["quotes"] = {
      ...rotation.quotes,
      get OUT() {
        return [mid - 0.1, mid + 0.1] as const;
      },
    };
    const recordIntents = async () => {
      mid = 55;
    };
    const { sent } = await run(
      { ...loan, wavesMax: 2, ...limited({ grossLeverageMax: 2 }) },
      { quotes, store: { recordIntents } },
    );
    expect(sent.map((order) => order.split(" ").slice(0, 2).join(" "))).toEqual([
      "sell OUT",
      "sell OUT",
      "buy AAA",
      "buy BBB",
    ]);
  });

  it("all of it is sent at once when there is one wave, or nothing to take away", async () => {
    const one = await run({ ...loan, wavesMax: 1 });
    expect(one.written).toEqual(["3"]);
    const grown = await run(loan, { holdings: {}, forecasts: ok([forecastOf({ AAA: 0.3, BBB: 0.28 })]) });
    expect([grown.sent, grown.written]).toEqual([increases, ["2"]]);
  });

  it("the gate judges all of it before the first order: no sale of a plan whose buys break a limit", async () => {
    const { outcome, sent } = await run(
      { ...loan, ...limited({ orderValueMax: 290_000 }) },
      {
        forecasts: ok([forecastOf({ OUT: 0.7, AAA: 0.3 })]),
      },
    );
    expect(sent).toEqual([]);
    expect(outcome.verdict).toBe("held");
  });

  it("new positions are cut to the margin that the first wave has freed", async () => {
    const plan = { ...jobOf().plan, initialMarginRate: 0.5 };
    let asked = 0;
    const inner = scriptedWorld({ ...rotation });
    const connect: typeof inner.world.brokerage.connect = async (request) => {
      const connected = await inner.world.brokerage.connect(request);
      if (!connected.ok) return connected;
      const account = async () => {
        const told = await connected.value.account();
        const availableFunds = money(++asked === 1 ? "1000" : "75000", "USD");
        return told.ok ? ok({ ...told.value, availableFunds }) : told;
      };
      return ok({ ...connected.value, account });
    };
    const world = { ...inner.world, brokerage: { connect } };
    await rebalance(jobOf({ plan, wavesMax: 2 }), world);
    const sent = inner.acts.filter((act) => act.startsWith("place"));
    // 75,000 of margin for half of 300,000 and of 280,000.
    expect(sent).toEqual(["place sell OUT 11000", "place buy AAA 1551", "place buy BBB 724"]);
  });
});

describe("a long that becomes short", () => {
  const turned: Partial<Script> = {
    holdings: { AAA: 1_000 },
    forecasts: ok([forecastOf({ AAA: -0.05 })]),
  };

  it.each([true, false])(
    "is closed and sold short by one run, whatever rests (borrowing: %s)",
    async (borrowing) => {
      const lastTrades = async () => new Map();
      const plan = { ...jobOf().plan, borrowing, cooldownSessions: 1 };
      const { sent, refs, outcome } = await run({ plan }, { ...turned, store: { lastTrades } });
      expect(sent).toEqual(["sell AAA 1000", "sell AAA 1000"]);
      expect(refs.map((ref) => ref.split(".").slice(4, 6).join("."))).toEqual(["S1000.1", "S1000.2"]);
      expect(outcome.earlierWaves).toMatchObject([{ nextBecause: "closed-to-turn" }]);
    },
  );

  it("waits for the next run while its close is not done to the last share", async () => {
    const { sent, events } = await run({ plan: jobOf().plan }, { ...turned, fill: fills({ AAA: 999 }) });
    expect(sent).toEqual(["sell AAA 1000"]);
    expect(events.filter(({ kind }) => kind === "wave-begins")).toEqual([]);
  });
});

it("orders of the last hour that are kept stay as they are in later waves, and their cash stays theirs", async () => {
  const left = orderReport({ symbol: "BBB", conId: stock("BBB").conId, orderedShares: 400, limitPrice: 101 });
  const { sent, outcome } = await run({ onOpenOrders: "keep" }, { openOrders: [left] });
  // 400 BBB may cost 40,400 of the 50,000; what 9,600 pay comes first, then what 550,000 pay.
  expect(sent).toEqual(["sell OUT 11000", "buy AAA 191", "buy AAA 5809"]);
  expect(outcome.settledOrders).toEqual([]);
  expect(outcome.plan?.untouched.find(({ symbol }) => symbol === "BBB")).toMatchObject({
    reason: { kind: "order-at-work", orderRefs: [left.orderRef] },
  });
});

function limited(limits: Partial<Job["limits"]>): Partial<Job> {
  return { limits: { ...jobOf().limits, ...limits } };
}
