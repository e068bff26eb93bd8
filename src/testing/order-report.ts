import type { OrderReport } from "../trading/order.ts";
import { stock } from "./scenario.ts";

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
