import { instantFromMs } from "../../trading/instant.ts";
import type { PlannedOrder } from "../../trading/order.ts";
import { ClearedOrders } from "../../trading/risk/gate.ts";
import { noLimits } from "../../trading/risk/limits.ts";
import { nothingKnown } from "../../trading/risk/review.ts";
import { sign } from "../../trading/side.ts";

const noTolerances = {
  maxNavMove: Number.POSITIVE_INFINITY,
  quoteMaxAgeSeconds: Number.POSITIVE_INFINITY,
  strategies: [],
};

/** Orders through the only door there is, a plan, with nothing that could refuse them. */
export function clearedForSure(orders: readonly PlannedOrder[]): ClearedOrders {
  const trades = orders.map((order) => {
    const { conId, symbol, currency } = order.instrument;
    return {
      conId,
      symbol,
      currency,
      currentShares: 0,
      currentWeight: 0,
      targetWeight: 0,
      plannedWeight: 0,
      targetShares: sign(order.side) * order.shares,
      price: order.decisionPrice,
      adjustments: [],
      reason: "open" as const,
      order,
      value: { currency, e6: 0n },
    };
  });
  const plan = { netLiquidation: { currency: "USD", e6: 1n }, targetLeverage: 1, trades, untouched: [] };
  const { cleared } = ClearedOrders.clear(plan, nothingKnown(instantFromMs(0)), {
    limits: noLimits,
    ...noTolerances,
  });
  if (!cleared.ok) throw new Error("a plan without limits was refused");
  return cleared.value;
}

/** One of the orders that a gate has cleared. */
export function onlyThis(order: PlannedOrder): ClearedOrders {
  return clearedForSure([order]);
}
