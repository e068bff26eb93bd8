import type { Broker, Brokerage, ConnectionRequest } from "../ports.ts";
import { stopPriceOf } from "../trading/execution-style.ts";
import { type OrderReport, type PlannedOrder, sentLimitOf } from "../trading/order.ts";
import { held, ok, type Result } from "../trading/result.ts";

interface Watching {
  readonly asksPreviews?: boolean;
  /** The client id of the runs that this one looks like: their orders are seen as its own. */
  readonly standsFor?: number;
}

/**
 * The same broker, watched but not touched: what would be cancelled, changed or placed is assumed to be, as far as the job
 * asks for open orders again, and nothing of it is sent. What the job decides in this world is what it would have done. Previews go to the broker only where its owner allows them:
 * they change nothing there, but they are the one message of a watcher that is made like an order.
 */
export function readOnlyBrokerage(inner: Brokerage, watching: Watching = {}): Brokerage {
  return {
    async connect(request: ConnectionRequest): Promise<Result<Broker>> {
      const connected = await inner.connect(request);
      return connected.ok ? ok(readOnly(connected.value, watching)) : connected;
    },
  };
}

function readOnly(broker: Broker, { asksPreviews = false, standsFor }: Watching): Broker {
  const { clientId } = broker.identity;
  const assumed = new Map<string, OrderReport | undefined>();
  const asOurs = (order: OrderReport): OrderReport =>
    order.clientId === standsFor ? { ...order, clientId } : order;
  const asAssumed = (order: OrderReport): readonly OrderReport[] => {
    const name = nameOf(order);
    if (!assumed.has(name)) return [order];
    const changed = assumed.get(name);
    return changed ? [{ ...order, ...termsOf(changed) }] : [];
  };
  return {
    identity: broker.identity,
    marketTime: () => broker.marketTime(),
    async openOrders() {
      const listed = await broker.openOrders();
      if (!listed.ok) return listed;
      const known = new Set(listed.value.map(nameOf));
      const placed = [...assumed].flatMap(([name, order]) => (order && !known.has(name) ? [order] : []));
      return ok([...listed.value.map(asOurs).flatMap(asAssumed), ...placed]);
    },
    completedOrders: () => broker.completedOrders(),
    executions: () => broker.executions(),
    account: () => broker.account(),
    contracts: (requests) => broker.contracts(requests),
    quotes: (instruments) => broker.quotes(instruments),
    async cancel(orders) {
      for (const order of orders) assumed.set(nameOf(order), undefined);
      return ok(orders.map(assumedCancelled));
    },
    preview: async (orders, baseCurrency) =>
      asksPreviews ? await broker.preview(orders, baseCurrency) : orders.map(notAskedAbout),
    async place({ orders }) {
      for (const order of orders) assumed.set(order.orderRef, assumedWorking(order, clientId));
      return [];
    },
    async modify({ orders }) {
      for (const order of orders) assumed.set(order.orderRef, assumedWorking(order, clientId));
      return ok([]);
    },
    progress: () => ({ ...broker.progress(), orders: [] }),
    [Symbol.asyncDispose]: () => broker[Symbol.asyncDispose](),
  };
}

/** Ours have a name for ever; a person's order has its number. */
function nameOf({ orderRef, permId }: OrderReport): string {
  return orderRef || `number ${permId}`;
}

function assumedWorking(order: PlannedOrder, clientId: number): OrderReport {
  const { orderRef, account, side, shares, instrument, style } = order;
  return {
    orderRef,
    clientId,
    orderId: 0,
    permId: 0,
    account,
    conId: instrument.conId,
    symbol: instrument.symbol,
    side,
    orderedShares: shares,
    limitPrice: sentLimitOf(order),
    stopPrice: stopPriceOf(style),
    state: { life: "working", status: "pending-submit" },
    filledShares: 0,
    averageFillPrice: undefined,
    messages: [],
  };
}

function termsOf({ orderedShares, limitPrice, stopPrice }: OrderReport) {
  return { orderedShares, limitPrice, stopPrice };
}

function assumedCancelled(order: OrderReport): OrderReport {
  return { ...order, state: { life: "done", status: "cancelled" } };
}

function notAskedAbout({ instrument: { symbol }, side, shares }: PlannedOrder): Result<never> {
  return held({ kind: "preview-unanswered", symbol, side, shares, why: "not-asked", deadlineSeconds: 0 });
}
