import type { Account, Position } from "../trading/account.ts";
import type { Execution } from "../trading/execution.ts";
import { instant, tradingDate } from "../trading/instant.ts";
import type { Instrument } from "../trading/instrument.ts";
import { money } from "../trading/money.ts";
import type { Notice } from "../trading/notice.ts";
import type { OrderReport, PlannedOrder } from "../trading/order.ts";
import type { Outcome } from "../trading/outcome.ts";
import type { Plan, Trade, Untouched } from "../trading/planner/plan.ts";
import { notional } from "../trading/price.ts";
import { type Session, sessionOn } from "../trading/session.ts";
import type { SessionSoFar } from "../trading/session-so-far.ts";

// Valid values to start from; a test says only what differs. No two numbers are alike, so that a swap shows.

export const newYork = "America/New_York";

/** Monday the 14th of March 2022, the first session after daylight saving began. */
export const aSession: Session = sessionOn(tradingDate("2022-03-14"), "09:30", "16:00", newYork);

export const theNextSession: Session = sessionOn(tradingDate("2022-03-15"), "09:30", "16:00", newYork);

export function anInstrument(differs: Partial<Instrument> = {}): Instrument {
  return {
    conId: 265598,
    symbol: "AAPL",
    securityType: "STK",
    primaryExchange: "NASDAQ",
    currency: "USD",
    multiplier: 1,
    priceSteps: [{ lowEdge: 0, increment: 0.01 }],
    timeZone: "US/Eastern",
    sessions: [aSession, theNextSession],
    hoursKnownThrough: "2022-03-18",
    ...differs,
  };
}

export function aPlannedOrder(differs: Partial<PlannedOrder> = {}): PlannedOrder {
  return {
    orderRef: "trader.reb.2022031414.AAPL.B120.1.5f0a",
    role: "rebalance",
    account: "DU1234567",
    instrument: anInstrument(),
    side: "buy",
    shares: 120,
    limitPrice: 151.18,
    decisionPrice: 151.03,
    style: { kind: "adaptive", priority: "Normal" },
    timeInForce: "DAY",
    outsideRegularHours: false,
    ...differs,
  };
}

/** Opens 1.79 % of AAPL: 120 shares, limit 151.18. */
export function aTrade(differs: Partial<Trade> = {}): Trade {
  const order = differs.order ?? aPlannedOrder();
  const { conId, symbol, currency } = order.instrument;
  return {
    conId,
    symbol,
    currency,
    currentShares: 0,
    targetShares: 120,
    currentWeight: 0,
    targetWeight: 0.018,
    plannedWeight: 0.0179,
    price: order.decisionPrice,
    adjustments: [],
    reason: "open",
    value: notional(order.shares, order.decisionPrice, 1, currency),
    ...differs,
    order,
  };
}

/** Reduces a holding of 500 MSFT by 200 at 276.41 or more. */
export function aSale(): Trade {
  const instrument = anInstrument({ conId: 272093, symbol: "MSFT" });
  return aTrade({
    currentShares: 500,
    targetShares: 300,
    currentWeight: 0.1366,
    targetWeight: 0.082,
    plannedWeight: 0.0819,
    reason: "reduce",
    order: aPlannedOrder({
      orderRef: "trader.reb.2022031414.MSFT.S200.1.5f0a",
      instrument,
      side: "sell",
      shares: 200,
      limitPrice: 276.41,
      decisionPrice: 276.69,
    }),
  });
}

/** 40 shares of KO, 0.3 % off a target of 0.5 %, inside a band of 0.5 %. */
export function anUntouched(differs: Partial<Untouched> = {}): Untouched {
  return {
    conId: 8894,
    symbol: "KO",
    currency: "USD",
    currentShares: 40,
    targetShares: 40,
    currentWeight: 0.002,
    targetWeight: 0.005,
    plannedWeight: 0.002,
    price: 58.62,
    adjustments: [],
    reason: { kind: "within-band", drift: -0.003, band: 0.005 },
    ...differs,
  };
}

export function aPlan(differs: Partial<Plan> = {}): Plan {
  return {
    netLiquidation: money("1012345.67", "USD"),
    targetLeverage: 1,
    trades: [aSale(), aTrade()],
    untouched: [anUntouched()],
    ...differs,
  };
}

/** What the broker says of a trade's order: all of it filled, unless told otherwise. */
export function aReport(trade: Trade = aTrade(), differs: Partial<OrderReport> = {}): OrderReport {
  const { order } = trade;
  return {
    orderRef: order.orderRef,
    clientId: 11,
    orderId: 42,
    permId: 1_987_654_321,
    account: order.account,
    conId: order.instrument.conId,
    symbol: order.instrument.symbol,
    side: order.side,
    orderedShares: order.shares,
    limitPrice: order.limitPrice,
    state: { life: "done", status: "filled" },
    filledShares: order.shares,
    averageFillPrice: order.decisionPrice,
    messages: [],
    ...differs,
  };
}

export function anExecution(differs: Partial<Execution> = {}): Execution {
  return {
    execId: "0000e0d5.6231a3c1.01.01",
    orderRef: "trader.reb.2022031414.AAPL.B120.1.5f0a",
    permId: 1_987_654_321,
    clientId: 11,
    orderId: 42,
    account: "DU1234567",
    conId: 265598,
    symbol: "AAPL",
    currency: "USD",
    exchange: "ISLAND",
    side: "buy",
    shares: 70,
    price: 151.07,
    executedAt: instant("2022-03-14T14:35:12Z"),
    commission: money("0.61", "USD"),
    realizedPnl: undefined,
    ...differs,
  };
}

/** A short, so that signs show: −30 TSLA. */
export function aPosition(differs: Partial<Position> = {}): Position {
  return {
    conId: 76792991,
    symbol: "TSLA",
    securityType: "STK",
    currency: "USD",
    shares: -30,
    averageCost: 801.2345,
    marketPrice: 766.37,
    marketValue: money("-22991.1", "USD"),
    unrealizedPnl: money("1045.94", "USD"),
    ...differs,
  };
}

export function anAccount(differs: Partial<Account> = {}): Account {
  return {
    id: "DU1234567",
    baseCurrency: "USD",
    netLiquidation: money("1012345.67", "USD"),
    cash: money("-123456.78", "USD"),
    grossPositionValue: money("1181784.64", "USD"),
    initialMargin: money("295446.16", "USD"),
    maintenanceMargin: money("268587.42", "USD"),
    availableFunds: money("716899.51", "USD"),
    excessLiquidity: money("743758.25", "USD"),
    cashByCurrency: [money("-124567.89", "USD"), money("1000.1", "EUR")],
    exchangeRates: new Map([
      ["USD", 1],
      ["EUR", 1.111],
    ]),
    positions: [aPosition()],
    ...differs,
  };
}

/** A run at 10:35 in New York that bought AAPL, sold MSFT and left KO alone. */
export function anOutcome(differs: Partial<Outcome> = {}): Outcome {
  return {
    run: {
      id: "20220314T143500Z",
      startedAt: instant("2022-03-14T14:35:00Z"),
      window: "2022031414",
      account: "DU1234567",
    },
    verdict: "done",
    endedAt: instant("2022-03-14T14:36:05Z"),
    session: aSession,
    nextSession: theNextSession,
    findings: [],
    accepted: [],
    settledOrders: [],
    foreignOrders: [],
    plan: aPlan(),
    earlierWaves: [],
    lookedOn: undefined,
    review: { checks: [], judged: 0, overrides: [] },
    orders: [aReport(aSale()), aReport()],
    protection: undefined,
    executions: [anExecution()],
    account: anAccount(),
    orderFile: "orders/20220314T143500Z.csv",
    crash: undefined,
    ...differs,
  };
}

/** A run that a truncated forecast held: nothing planned, nothing sent. */
export function aHeldOutcome(differs: Partial<Outcome> = {}): Outcome {
  return anOutcome({
    verdict: "held",
    findings: [
      {
        kind: "forecast-truncated",
        file: "forecasts/momentum.csv",
        line: 3,
        declaredRows: 20,
        foundRows: 17,
      },
    ],
    plan: undefined,
    review: undefined,
    orders: [],
    executions: [],
    orderFile: undefined,
    ...differs,
  });
}

export function anAlert(outcome: Outcome = aHeldOutcome()): Notice & { kind: "alert" } {
  return { kind: "alert", key: `${outcome.run.id} alert`, outcome };
}

/** Seven runs since 09:36 in New York, one of them held; +0.42 % until `anAccount`. */
export function aSessionSoFar(differs: Partial<SessionSoFar> = {}): SessionSoFar {
  return {
    runs: { count: 7, held: 1, attention: 0, crashed: 0, unreachable: 0, interrupted: 0 },
    orders: { sent: 24, filled: 19, partlyFilled: 2, cancelled: 3, rejected: 0, unknown: 0, working: 0 },
    executions: {
      count: 142,
      bought: [money("812345.67", "USD"), money("1000.5", "EUR")],
      sold: [money("531000.12", "USD")],
      commission: [money("107.51", "USD")],
      withoutCommission: 4,
    },
    firstSnapshot: {
      runId: "20220314T133500Z",
      takenAt: instant("2022-03-14T13:36:05Z"),
      netLiquidation: money("1008111.54", "USD"),
    },
    ...differs,
  };
}

export function anUpdate(differs: Partial<Notice & { kind: "update" }> = {}): Notice & { kind: "update" } {
  const slot = differs.slot ?? "middle";
  return {
    kind: "update",
    key: `2022-03-14 ${slot}`,
    session: aSession,
    slot,
    missed: [],
    outcome: anOutcome(),
    soFar: aSessionSoFar(),
    ...differs,
  };
}
