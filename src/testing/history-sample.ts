import type { Account, Position } from "../trading/account.ts";
import type { Execution } from "../trading/execution.ts";
import { type Instant, instant } from "../trading/instant.ts";
import type { Instrument } from "../trading/instrument.ts";
import { money } from "../trading/money.ts";
import { type OrderReport, orderRefOf, type PlannedOrder, windowOf } from "../trading/order.ts";
import type { Outcome } from "../trading/outcome.ts";
import type { Plan, Trade } from "../trading/planner/plan.ts";
import type { Run } from "../trading/run.ts";
import {
  anExecution,
  anInstrument,
  anOutcome,
  aPlannedOrder,
  aPosition,
  aReport,
  aSession,
  aTrade,
} from "./outcome-builder.ts";

// What differs from `outcome-builder.ts` for tests of the history, where rows of several runs and orders stand side by side.

export const startedAt = instant("2022-03-14T14:35:00Z");

export function instrumentOf(changes: Partial<Instrument> = {}): Instrument {
  const priceSteps = [
    { lowEdge: 0, increment: 0.0001 },
    { lowEdge: 1, increment: 0.01 },
  ];
  return anInstrument({ priceSteps, sessions: [aSession], ...changes });
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
  const order = aPlannedOrder({
    account: run.account,
    instrument: instrumentOf(),
    limitPrice: 150.83,
    decisionPrice: 150.65,
    ...rest,
  });
  const { symbol } = order.instrument;
  return { ...order, orderRef: orderRefOf({ ...order, window: run.window, symbol, attempt }), ...rest };
}

export function tradeOf(order: PlannedOrder, changes: Partial<Trade> = {}): Trade {
  return aTrade({
    order,
    currentShares: 30,
    targetShares: 30 + (order.side === "buy" ? order.shares : -order.shares),
    currentWeight: 0.00452,
    targetWeight: 0.0227,
    plannedWeight: 0.022598,
    reason: "increase",
    value: money("18078.00", "USD"),
    ...changes,
  });
}

export function planOf(trades: readonly Trade[], changes: Partial<Plan> = {}): Plan {
  return { netLiquidation: money("1000000", "USD"), targetLeverage: 1, trades, untouched: [], ...changes };
}

/** Works, and has filled nothing yet. */
export function reportOf(order: PlannedOrder, changes: Partial<OrderReport> = {}): OrderReport {
  return aReport(tradeOf(order), {
    clientId: 7,
    orderId: 41,
    permId: 1_234_567_890,
    state: { life: "working", status: "submitted" },
    filledShares: 0,
    averageFillPrice: undefined,
    ...changes,
  });
}

/** All of the order in one execution. */
export function executionOf(order: PlannedOrder, changes: Partial<Execution> = {}): Execution {
  const { orderRef, account, side, shares } = order;
  const { conId, symbol, currency } = order.instrument;
  return anExecution({
    execId: "0000e0d5.6225a1b1.01.01",
    orderRef,
    permId: 1_234_567_890,
    clientId: 7,
    orderId: 41,
    account,
    conId,
    symbol,
    currency,
    side,
    shares,
    price: 150.71,
    executedAt: instant("2022-03-14T14:35:07Z"),
    commission: money("1.00", "USD"),
    realizedPnl: money("0", "USD"),
    ...changes,
  });
}

export function positionOf(changes: Partial<Position> = {}): Position {
  return aPosition({
    conId: 265598,
    symbol: "AAPL",
    shares: 150,
    averageCost: 148.23456789,
    marketPrice: 150.62,
    marketValue: money("22593.00", "USD"),
    unrealizedPnl: money("357.814817", "USD"),
    ...changes,
  });
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

/** A run that planned and sent nothing. */
export function outcomeOf(run: Run, changes: Partial<Outcome> = {}): Outcome {
  return anOutcome({
    run,
    endedAt: (run.startedAt + 42_000) as Instant,
    nextSession: undefined,
    plan: undefined,
    earlierWaves: [],
    review: undefined,
    orders: [],
    protection: undefined,
    executions: [],
    account: accountOf(),
    orderFile: undefined,
    ...changes,
  });
}
