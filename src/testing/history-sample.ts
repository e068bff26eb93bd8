import type { Account, Position } from "../trading/account.ts";
import type { Execution } from "../trading/execution.ts";
import { type Instant, instant, tradingDate } from "../trading/instant.ts";
import type { Instrument } from "../trading/instrument.ts";
import { money } from "../trading/money.ts";
import { type OrderReport, orderRefOf, type PlannedOrder, windowOf } from "../trading/order.ts";
import type { Outcome } from "../trading/outcome.ts";
import type { Plan, Trade } from "../trading/planner/plan.ts";
import type { ClearedOrders } from "../trading/risk/gate.ts";
import type { Run } from "../trading/run.ts";
import { type Session, sessionOn } from "../trading/session.ts";
import { clearedPlan } from "./risk-builder.ts";

/** Values for tests of the history: valid, and unequal wherever two could be swapped. A test says only what differs. */

export const startedAt = instant("2022-03-14T14:35:00Z");

export const session: Session = sessionOn(tradingDate("2022-03-14"), "09:30", "16:00", "America/New_York");

export function instrumentOf(changes: Partial<Instrument> = {}): Instrument {
  return {
    conId: 265598,
    symbol: "AAPL",
    securityType: "STK",
    primaryExchange: "NASDAQ",
    currency: "USD",
    multiplier: 1,
    priceSteps: [
      { lowEdge: 0, increment: 0.0001 },
      { lowEdge: 1, increment: 0.01 },
    ],
    timeZone: "US/Eastern",
    sessions: [session],
    hoursKnownThrough: "2022-03-18",
    ...changes,
  };
}

/** A run that the store did not begin. */
export function runOf(changes: Partial<Run> = {}): Run {
  return { id: "20220314T143500Z", startedAt, window: windowOf(startedAt), account: "DU1234567", ...changes };
}

export function plannedOrderOf(
  run: Run,
  changes: Partial<PlannedOrder> & { attempt?: number } = {},
): PlannedOrder {
  const { attempt = 1, ...rest } = changes;
  const order = {
    role: "rebalance" as const,
    account: run.account,
    instrument: instrumentOf(),
    side: "buy" as const,
    shares: 120,
    limitPrice: 150.83,
    decisionPrice: 150.65,
    style: { kind: "adaptive", priority: "Normal" } as const,
    timeInForce: "DAY" as const,
    outsideRegularHours: false,
    ...rest,
  };
  const { instrument, ...parts } = order;
  const orderRef = orderRefOf({ ...parts, window: run.window, symbol: instrument.symbol, attempt });
  return { orderRef, ...order };
}

export function tradeOf(order: PlannedOrder, changes: Partial<Trade> = {}): Trade {
  const { conId, symbol, currency } = order.instrument;
  return {
    conId,
    symbol,
    currency,
    currentShares: 30,
    targetShares: 30 + (order.side === "buy" ? order.shares : -order.shares),
    currentWeight: 0.00452,
    targetWeight: 0.0227,
    plannedWeight: 0.022598,
    price: order.decisionPrice,
    adjustments: [],
    reason: "increase",
    order,
    value: money("18078.00", "USD"),
    ...changes,
  };
}

export function planOf(trades: readonly Trade[], changes: Partial<Plan> = {}): Plan {
  return { netLiquidation: money("1000000", "USD"), targetLeverage: 1, trades, untouched: [], ...changes };
}

/** Orders as the gate clears them, the only way there is. */
export function clearedOf(orders: readonly PlannedOrder[]): ClearedOrders {
  const cleared = clearedPlan(planOf(orders.map((order) => tradeOf(order))));
  if (!cleared.ok) throw new Error("the sample's orders do not pass the gate");
  return cleared.value;
}

export function reportOf(order: PlannedOrder, changes: Partial<OrderReport> = {}): OrderReport {
  return {
    orderRef: order.orderRef,
    clientId: 7,
    orderId: 41,
    permId: 1_234_567_890,
    account: order.account,
    conId: order.instrument.conId,
    symbol: order.instrument.symbol,
    side: order.side,
    orderedShares: order.shares,
    limitPrice: order.limitPrice,
    state: { life: "working", status: "submitted" },
    filledShares: 0,
    averageFillPrice: undefined,
    messages: [],
    ...changes,
  };
}

export function executionOf(order: PlannedOrder, changes: Partial<Execution> = {}): Execution {
  return {
    execId: "0000e0d5.6225a1b1.01.01",
    orderRef: order.orderRef,
    permId: 1_234_567_890,
    clientId: 7,
    orderId: 41,
    account: order.account,
    conId: order.instrument.conId,
    symbol: order.instrument.symbol,
    currency: order.instrument.currency,
    exchange: "ISLAND",
    side: order.side,
    shares: order.shares,
    price: 150.71,
    executedAt: instant("2022-03-14T14:35:07Z"),
    commission: money("1.00", "USD"),
    realizedPnl: money("0", "USD"),
    ...changes,
  };
}

export function positionOf(changes: Partial<Position> = {}): Position {
  return {
    conId: 265598,
    symbol: "AAPL",
    securityType: "STK",
    currency: "USD",
    shares: 150,
    averageCost: 148.23456789,
    marketPrice: 150.62,
    marketValue: money("22593.00", "USD"),
    unrealizedPnl: money("357.814817", "USD"),
    ...changes,
  };
}

export function accountOf(changes: Partial<Account> = {}): Account {
  return {
    id: "DU1234567",
    baseCurrency: "USD",
    netLiquidation: money("1000000.25", "USD"),
    cash: money("977407.25", "USD"),
    grossPositionValue: money("22593.00", "USD"),
    initialMargin: money("5648.25", "USD"),
    maintenanceMargin: money("5083.43", "USD"),
    availableFunds: money("994352.00", "USD"),
    excessLiquidity: money("994916.82", "USD"),
    cashByCurrency: [money("977407.25", "USD")],
    exchangeRates: new Map([["USD", 1]]),
    positions: [positionOf()],
    ...changes,
  };
}

export function outcomeOf(run: Run, changes: Partial<Outcome> = {}): Outcome {
  return {
    run,
    verdict: "done",
    endedAt: (run.startedAt + 42_000) as Instant,
    session,
    nextSession: undefined,
    findings: [],
    settledOrders: [],
    foreignOrders: [],
    plan: undefined,
    review: undefined,
    orders: [],
    executions: [],
    account: accountOf(),
    orderFile: undefined,
    crash: undefined,
    ...changes,
  };
}
