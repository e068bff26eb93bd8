import type { Broker, Brokerage, ConnectionRequest } from "../ports.ts";
import type { OrderReport } from "../trading/order.ts";
import { ok, type Result } from "../trading/result.ts";

/**
 * The same broker, watched but not touched: a cancel is assumed to succeed without being sent, and nothing is placed.
 * What the job decides in this world is what it would have done.
 */
export function readOnlyBrokerage(inner: Brokerage): Brokerage {
  return {
    async connect(request: ConnectionRequest): Promise<Result<Broker>> {
      const connected = await inner.connect(request);
      return connected.ok ? ok(readOnly(connected.value)) : connected;
    },
  };
}

function readOnly(broker: Broker): Broker {
  return {
    identity: broker.identity,
    marketTime: () => broker.marketTime(),
    openOrders: () => broker.openOrders(),
    completedOrders: () => broker.completedOrders(),
    executions: () => broker.executions(),
    account: () => broker.account(),
    contracts: (requests) => broker.contracts(requests),
    quotes: (instruments) => broker.quotes(instruments),
    cancel: async (orders) => ok(orders.map(assumedCancelled)),
    place: async () => [],
    modify: async () => ok([]),
    progress: () => ({ ...broker.progress(), orders: [] }),
    [Symbol.asyncDispose]: () => broker[Symbol.asyncDispose](),
  };
}

function assumedCancelled(order: OrderReport): OrderReport {
  return { ...order, state: { life: "done", status: "cancelled" } };
}
