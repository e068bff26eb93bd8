import { clearedPlan } from "../../../testing/risk-builder.ts";
import { tradingDate } from "../../../trading/instant.ts";
import type { Instrument } from "../../../trading/instrument.ts";
import { money } from "../../../trading/money.ts";
import type { PlannedOrder } from "../../../trading/order.ts";
import type { Trade } from "../../../trading/planner/plan.ts";
import type { ClearedOrders } from "../../../trading/risk/gate.ts";
import { sessionOn } from "../../../trading/session.ts";
import { sign } from "../../../trading/side.ts";
import { account } from "./peer.ts";

export function instrumentOf(symbol = "AAPL", conId = 265598): Instrument {
  return {
    conId,
    symbol,
    securityType: "STK",
    primaryExchange: "NASDAQ",
    currency: "USD",
    multiplier: 1,
    priceSteps: [{ lowEdge: 0, increment: 0.01 }],
    timeZone: "US/Eastern",
    sessions: [sessionOn(tradingDate("2022-03-14"), "09:30", "16:00", "US/Eastern")],
    hoursKnownThrough: "2022-03-15",
  };
}

/** Planned orders that passed the gate, by the only door there is: a plan. */
export function clearedOrders(...orders: readonly Partial<PlannedOrder>[]): ClearedOrders {
  const trades = orders.map((changed, index): Trade => {
    const order: PlannedOrder = {
      orderRef: `trader.reb.2022031413.AAPL.B100.${index + 1}.aaaa`,
      role: "rebalance",
      account,
      instrument: instrumentOf(),
      side: "buy",
      shares: 100,
      limitPrice: 171.43,
      decisionPrice: 171.26,
      style: { kind: "adaptive", priority: "Normal" },
      timeInForce: "DAY",
      outsideRegularHours: false,
      ...changed,
    };
    const { conId, symbol, currency } = order.instrument;
    return {
      conId,
      symbol,
      currency,
      currentShares: 0,
      targetShares: sign(order.side) * order.shares,
      currentWeight: 0,
      targetWeight: 0.01,
      plannedWeight: 0.01,
      price: order.decisionPrice,
      adjustments: [],
      reason: "open",
      order,
      value: money("17126", "USD"),
    };
  });
  const plan = { netLiquidation: money("1000000", "USD"), targetLeverage: 1, trades, untouched: [] };
  const cleared = clearedPlan(plan);
  if (!cleared.ok) throw new Error("the test's plan did not pass the gate");
  return cleared.value;
}
