import type { PlannedOrder } from "../trading/order.ts";
import type { Trade } from "../trading/planner/plan.ts";
import type { ClearedOrders } from "../trading/risk/gate.ts";
import { sign } from "../trading/side.ts";
import { aTrade } from "./outcome-builder.ts";
import { clearedPlan } from "./risk-builder.ts";

/** Orders through the only door there is, a plan, with nothing that could refuse them. */
export function clearedForSure(orders: readonly PlannedOrder[]): ClearedOrders {
  const netLiquidation = { currency: "USD", e6: 1n };
  const trades = orders.map(tradeFor);
  const cleared = clearedPlan({ netLiquidation, targetLeverage: 1, trades, untouched: [] });
  if (!cleared.ok) throw new Error(`a plan without limits was refused: ${JSON.stringify(cleared.findings)}`);
  return cleared.value;
}

function tradeFor(order: PlannedOrder): Trade {
  const value = { currency: order.instrument.currency, e6: 0n };
  const targetShares = sign(order.side) * order.shares;
  return aTrade({ order, targetShares, targetWeight: 0, plannedWeight: 0, value });
}
