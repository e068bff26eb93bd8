import type { Job } from "../job/job.ts";
import type { Broker, ContractAnswer, Delivery, NotSentReason, Store, World } from "../ports.ts";
import type { Account, Position } from "../trading/account.ts";
import type { RunEvent } from "../trading/event.ts";
import type { Execution } from "../trading/execution.ts";
import type { StrategyForecast } from "../trading/forecast.ts";
import { type Instant, instant, later } from "../trading/instant.ts";
import type { Instrument } from "../trading/instrument.ts";
import { type Money, money, subtract } from "../trading/money.ts";
import type { Notice } from "../trading/notice.ts";
import { type OrderReport, type PlannedOrder, sentLimitOf, type UnsettledOrder } from "../trading/order.ts";
import type { Outcome } from "../trading/outcome.ts";
import { notional } from "../trading/price.ts";
import type { QuoteReading } from "../trading/quote.ts";
import { ok, type Result } from "../trading/result.ts";
import { noLimits } from "../trading/risk/limits.ts";
import { emptyRiskRecord } from "../trading/risk/risk-record.ts";
import { aSessionSoFar } from "./outcome-builder.ts";
import { scenarioNow, scenarioPolicy, stock } from "./scenario.ts";

/** What a test changes of the scripted world; everything else is a quiet, healthy paper account. */
export interface Script {
  readonly now: Instant;
  readonly forecasts: Result<readonly StrategyForecast[]>;
  readonly quotes: Readonly<Record<string, readonly [bid: number, ask: number]>>;
  readonly holdings: Readonly<Record<string, number>>;
  readonly openOrders: readonly OrderReport[];
  readonly completedOrders: readonly OrderReport[];
  readonly unsettled: readonly UnsettledOrder[];
  /** Executions that the broker tells of earlier runs. */
  readonly earlier: readonly Execution[];
  /** What becomes of an order that is sent. */
  readonly fill: (order: PlannedOrder) => OrderReport["state"] | "filled";
  /** Any port's method, replaced. */
  readonly broker: Partial<Broker>;
  readonly world: Partial<World>;
  readonly store: Partial<Store>;
  readonly handled: readonly string[];
  readonly firstRunAt: Instant | undefined;
  readonly lastRunAt: Instant | undefined;
}

export interface Scripted {
  readonly world: World;
  /** Every call that changes something outside, in order: "cancel AAA", "place buy AAA 10", "order file", "disconnect". */
  readonly acts: string[];
  readonly events: RunEvent[];
  readonly notices: Notice[];
  readonly finished: Outcome[];
}

const zero = money("0", "USD");

/** The job of the tests: one strategy, a 25 bps collar, generous limits. */
export function jobOf(changes: Partial<Job> = {}): Job {
  return {
    connection: {
      host: "127.0.0.1",
      port: 4002,
      clientId: 11,
      account: "DU1234567",
      live: false,
      maxClockSkewSeconds: 5,
      connectDeadlineSeconds: 30,
      requestDeadlineSeconds: 15,
      messagesPerSecond: 40,
      marketDataLines: 90,
    },
    trustHostClock: true,
    strategies: [{ strategy: "trend", capitalShare: 1, maxAgeMinutes: 1_500 }],
    leverageMax: 1,
    currency: "USD",
    listings: [],
    quotes: { allowDelayedQuotes: false, quoteMaxAgeSeconds: 60, feedMaxSilenceMinutes: 15 },
    plan: { ...scenarioPolicy, unlisted: "report" },
    averageDailyVolumes: new Map(),
    limits: {
      ...noLimits,
      grossLeverageMax: 1,
      weightMax: 0.5,
      orderValueMax: 600_000,
      ordersPerRunMax: 50,
      warnAt: 0.9,
    },
    maxNavMove: 0.2,
    voidAfterMinutes: 10,
    again: false,
    settleSeconds: 30,
    unfilled: { repriceSeconds: 10, afterSettle: "leave", replacesRejected: false },
    onOpenOrders: "cancel",
    world: "test",
    ...changes,
  };
}

export function forecastOf(weights: Readonly<Record<string, number>>): StrategyForecast {
  const rows = Object.entries(weights).map(([symbol, weight], index) => ({
    symbol,
    weight,
    line: index + 5,
  }));
  return { strategy: "trend", file: "trend.csv", asOf: scenarioNow, leverage: 1, rows };
}

/** A working order as the broker lists it. */
export function orderReport(changes: Partial<OrderReport> = {}): OrderReport {
  return {
    orderRef: "trader.reb.2022031413.AAA.B100.1.0000",
    clientId: 11,
    orderId: 7,
    permId: 7007,
    account: "DU1234567",
    conId: stock("AAA").conId,
    symbol: "AAA",
    side: "buy",
    orderedShares: 100,
    limitPrice: 50.05,
    state: { life: "working", status: "submitted" },
    filledShares: 0,
    averageFillPrice: undefined,
    messages: [],
    ...changes,
  };
}

/** A world that does what its script says and writes down what was done to it. */
export function scriptedWorld(changes: Partial<Script> = {}): Scripted {
  const script: Script = {
    now: scenarioNow,
    forecasts: ok([forecastOf({ AAA: 0.3 })]),
    quotes: { AAA: [49.95, 50.05], BBB: [99.9, 100.1] },
    holdings: {},
    openOrders: [],
    completedOrders: [],
    unsettled: [],
    earlier: [],
    fill: () => "filled",
    broker: {},
    world: {},
    store: {},
    handled: [],
    firstRunAt: instant("2022-03-01T15:00:00Z"),
    lastRunAt: undefined,
    ...changes,
  };
  const acts: string[] = [];
  const events: RunEvent[] = [];
  const notices: Notice[] = [];
  const finished: Outcome[] = [];
  let elapsedMs = 0;
  const now = () => later(script.now, elapsedMs);
  const broker = scriptedBroker(script, acts, now);
  const booked = new Set<string>();

  const world: World = {
    clock: {
      now,
      monotonicMs: () => elapsedMs,
      sleep: async (ms) => {
        elapsedMs += ms;
      },
    },
    lock: {
      take: async () => {
        acts.push("lock");
        return { taken: true, [Symbol.asyncDispose]: async () => void acts.push("unlock") };
      },
    },
    brokerage: {
      connect: async ({ clientId }) => {
        acts.push(clientId === 11 ? "connect" : `connect as ${clientId}`);
        return ok({ ...broker, identity: { ...broker.identity, clientId } });
      },
    },
    forecasts: { read: async () => script.forecasts },
    contracts: { load: async () => [], save: async () => undefined },
    orderFiles: {
      write: async (run) => {
        acts.push("order file");
        return ok(`orders/${run.id}.csv`);
      },
    },
    store: {
      begin: async ({ startedAt, window, account }) => ({ id: "run-1", startedAt, window, account }),
      deadRuns: async () => [],
      unsettledOrders: async () => script.unsettled,
      isSentIn: async () => false,
      markSending: async () => {},
      lastTrades: async () => new Map(),
      intentsOf: async () => new Map(),
      markChanging: async (_run, { orderRef }) => void acts.push(`mark ${orderRef.split(".")[3]}`),
      expectedPositions: async () => undefined,
      openPositions: async () => {},
      riskRecord: async () => emptyRiskRecord,
      openBreaks: async () => [],
      keepBreaks: async () => [],
      orderRefsOf: async () => new Set(),
      recordIntents: async () => void acts.push("intents"),
      book: async (_run, _orders, executions) => {
        const fresh = executions.filter((execution) => !booked.has(execution.execId));
        for (const execution of fresh) booked.add(execution.execId);
        return fresh;
      },
      finish: async (outcome) => {
        acts.push("snapshot");
        finished.push(outcome);
      },
      commitDay: async (_outcome, session) => {
        acts.push(`commit ${session.on}`);
        return true;
      },
      sessionSoFar: async () => aSessionSoFar(),
      history: async () => ({
        firstRunAt: script.firstRunAt,
        lastRunAt: script.lastRunAt,
        committedDays: new Set(),
      }),
      ...script.store,
    },
    mailer: {
      handled: async () => new Set(script.handled),
      waiting: async () => 0,
      deliver: async (due) => {
        notices.push(...due);
        acts.push(...due.map((notice) => `mail ${notice.key}`));
        return due.map(
          (notice): Delivery => ({ sent: true, key: notice.key, subject: notice.kind, where: "test" }),
        );
      },
    },
    journal: { append: (event) => void events.push(event) },
    brake: { pulled: async () => undefined },
    ...script.world,
  };
  return { world, acts, events, notices, finished };
}

function scriptedBroker(script: Script, acts: string[], now: () => Instant): Broker {
  const placed: OrderReport[] = [];
  const executions: Execution[] = [];
  const instruments = new Map(Object.keys(script.quotes).map((symbol) => [symbol, stock(symbol)]));
  return {
    identity: { account: "DU1234567", clientId: 11, serverVersion: 178, skewSeconds: 0 },
    marketTime: now,
    openOrders: async () => ok(script.openOrders),
    completedOrders: async () => ok(script.completedOrders),
    executions: async () => ok(script.earlier),
    account: async () => ok(accountAfter(script, executions)),
    contracts: async (requests) => ok(requests.map((request) => contractAnswer(instruments, request.symbol))),
    quotes: async (asked) => ok(asked.map((instrument) => reading(script, instrument, now()))),
    cancel: async (orders) => {
      acts.push(...orders.map((order) => `cancel ${order.symbol}`));
      return ok(orders.map((order) => ({ ...order, state: { life: "done", status: "cancelled" } as const })));
    },
    place: async (cleared, beforeSend) => {
      for (const order of cleared.orders) {
        const notSent = await beforeSend(order);
        if (notSent) {
          placed.push(notSentReport(order, notSent));
          continue;
        }
        acts.push(`place ${order.side} ${order.instrument.symbol} ${order.shares}`);
        const [report, execution] = fate(script, order, placed.length + 1, now());
        placed.push(report);
        if (execution) executions.push(execution);
      }
      return placed;
    },
    modify: async (cleared, beforeSend) => {
      const changed: OrderReport[] = [];
      for (const order of cleared.orders) {
        const open = script.openOrders.find(({ orderRef }) => orderRef === order.orderRef);
        if (open && !placed.some(({ orderRef }) => orderRef === open.orderRef)) placed.push(open);
        const at = placed.findIndex(({ orderRef }) => orderRef === order.orderRef);
        const working = placed[at];
        if (!working) throw new Error(`no such order: ${order.orderRef}`);
        const isChanged = working.state.life !== "done" && !(await beforeSend(order));
        const orderedShares = order.shares;
        const limitPrice = sentLimitOf(order);
        acts.push(
          `${isChanged ? "modify" : "cancel"} ${order.instrument.symbol} ${orderedShares} ${limitPrice}`,
        );
        const state = isChanged ? working.state : ({ life: "done", status: "cancelled" } as const);
        changed.push({ ...working, ...(isChanged && { orderedShares, limitPrice }), state });
        placed[at] = { ...working, ...(isChanged && { orderedShares, limitPrice }), state };
      }
      return ok(changed);
    },
    progress: () => ({ connected: true, linkWasCut: false, orders: placed, executions }),
    [Symbol.asyncDispose]: async () => void acts.push("disconnect"),
    ...script.broker,
  };
}

function notSentReport(order: PlannedOrder, reason: NotSentReason): OrderReport {
  const { instrument, side, shares, limitPrice, orderRef } = order;
  const { conId, symbol } = instrument;
  return orderReport({
    orderRef,
    conId,
    symbol,
    side,
    limitPrice,
    orderedShares: shares,
    orderId: 0,
    permId: 0,
    state: { life: "done", status: "not-sent" },
    messages: [reason],
  });
}

function fate(
  script: Script,
  order: PlannedOrder,
  n: number,
  at: Instant,
): [OrderReport, Execution | undefined] {
  const state = script.fill(order);
  const { instrument, side, shares, limitPrice, orderRef } = order;
  const common = { orderRef, clientId: 11, orderId: n, permId: 9000 + n, account: "DU1234567" };
  const filled = state === "filled";
  const report: OrderReport = {
    ...common,
    conId: instrument.conId,
    symbol: instrument.symbol,
    side,
    orderedShares: shares,
    limitPrice,
    state: filled ? { life: "done", status: "filled" } : state,
    filledShares: filled ? shares : 0,
    averageFillPrice: filled ? order.decisionPrice : undefined,
    messages: [],
  };
  if (!filled) return [report, undefined];
  return [
    report,
    {
      ...common,
      execId: `0001.0${n}.01`,
      conId: instrument.conId,
      symbol: instrument.symbol,
      currency: "USD",
      exchange: "ISLAND",
      side,
      shares,
      price: order.decisionPrice,
      executedAt: at,
      commission: money("1", "USD"),
      realizedPnl: undefined,
    },
  ];
}

function accountAfter(script: Script, executions: readonly Execution[]): Account {
  const sharesOf = new Map(Object.entries(script.holdings));
  for (const { symbol, side, shares } of executions)
    sharesOf.set(symbol, (sharesOf.get(symbol) ?? 0) + (side === "buy" ? shares : -shares));
  const positions = [...sharesOf].map(([symbol, shares]): Position => {
    const [bid, ask] = script.quotes[symbol] ?? [100, 100];
    const price = (bid + ask) / 2;
    const marketValue = notional(shares, price, 1, "USD");
    const { conId } = stock(symbol);
    return {
      conId,
      symbol,
      securityType: "STK",
      currency: "USD",
      shares,
      averageCost: price,
      marketPrice: price,
      marketValue,
      unrealizedPnl: zero,
    };
  });
  const netLiquidation = money("1000000", "USD");
  const value = positions.reduce<Money>(
    (sum, { marketValue }) => subtract(sum, marketValue ?? zero),
    netLiquidation,
  );
  return {
    id: "DU1234567",
    baseCurrency: "USD",
    netLiquidation,
    cash: value,
    grossPositionValue: zero,
    initialMargin: zero,
    maintenanceMargin: zero,
    availableFunds: netLiquidation,
    excessLiquidity: netLiquidation,
    cashByCurrency: [value],
    exchangeRates: new Map(),
    positions,
  };
}

function contractAnswer(instruments: ReadonlyMap<string, Instrument>, symbol: string): ContractAnswer {
  const instrument = instruments.get(symbol);
  return instrument
    ? { found: true, instrument }
    : { found: false, symbol, detail: "No security definition" };
}

function reading(script: Script, { conId, symbol }: Instrument, receivedAt: Instant): QuoteReading {
  const [bid, ask] = script.quotes[symbol] ?? [-1, -1];
  return { conId, symbol, bid, ask, receivedAt, feed: "live" };
}
