import type { Broker, Brokerage, ConnectionRequest } from "../ports.ts";
import type { OrderReport, PlannedOrder } from "../trading/order.ts";
import { held, ok, type Result } from "../trading/result.ts";

/**
 * The same broker, watched but not touched: a cancel is assumed to succeed without being sent, and nothing is placed.
 * What the job decides in this world is what it would have done. Previews go to the broker only where its owner allows them:
 * they change nothing there, but they are the one message of a watcher that is made like an order.
 */
export function readOnlyBrokerage(
  inner: Brokerage,
  { asksPreviews = false }: { readonly asksPreviews?: boolean } = {},
): Brokerage {
  return {
    async connect(request: ConnectionRequest): Promise<Result<Broker>> {
      const connected = await inner.connect(request);
      return connected.ok ? ok(readOnly(connected.value, asksPreviews)) : connected;
    },
  };
}

function readOnly(broker: Broker, asksPreviews: boolean): Broker {
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
    preview: async (orders, baseCurrency) =>
      asksPreviews ? await broker.preview(orders, baseCurrency) : orders.map(notAskedAbout),
    place: async () => [],
    modify: async () => ok([]),
    progress: () => ({ ...broker.progress(), orders: [] }),
    [Symbol.asyncDispose]: () => broker[Symbol.asyncDispose](),
  };
}

function assumedCancelled(order: OrderReport): OrderReport {
  return { ...order, state: { life: "done", status: "cancelled" } };
}

function notAskedAbout({ instrument: { symbol }, side, shares }: PlannedOrder): Result<never> {
  return held({ kind: "preview-unanswered", symbol, side, shares, why: "not-asked", deadlineSeconds: 0 });
}
