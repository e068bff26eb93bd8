import { clearedForSure } from "../../../testing/cleared-for-sure.ts";
import { stock } from "../../../testing/scenario.ts";
import type { Instrument } from "../../../trading/instrument.ts";
import type { PlannedOrder } from "../../../trading/order.ts";
import type { ClearedOrders } from "../../../trading/risk/gate.ts";
import { account } from "./peer.ts";

export function instrumentOf(symbol = "AAPL", conId = 265598): Instrument {
  return stock(symbol, { conId });
}

/** A purchase of 100 AAPL, but for what is said of it. */
export function plannedOrder(changed: Partial<PlannedOrder> = {}): PlannedOrder {
  return {
    orderRef: "trader.reb.2022031413.AAPL.B100.1.aaaa",
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
}

/** Planned orders that passed the gate: purchases of 100 AAPL, but for what is said of each. */
export function clearedOrders(...orders: readonly Partial<PlannedOrder>[]): ClearedOrders {
  return clearedForSure(
    orders.map((changed, index) =>
      plannedOrder({ orderRef: `trader.reb.2022031413.AAPL.B100.${index + 1}.aaaa`, ...changed }),
    ),
  );
}
