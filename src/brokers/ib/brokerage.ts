import type {
  BeforeSend,
  Broker,
  Brokerage,
  Clock,
  ConnectionRequest,
  Journal,
  Progress,
} from "../../ports.ts";
import { ok, type Result } from "../../trading/result.ts";
import { AccountBook } from "./account.ts";
import { cancelOrders } from "./cancel.ts";
import { type Connected, connect } from "./connect.ts";
import type { Connection } from "./connection.ts";
import { readContracts } from "./contracts.ts";
import type { Desk } from "./desk.ts";
import { readExecutions } from "./executions.ts";
import { modifyOrders } from "./modify.ts";
import { OrderBook } from "./order-book.ts";
import type { OrderIds } from "./order-ids.ts";
import { readCompletedOrders, readOpenOrders } from "./orders.ts";
import { type PlaceDesk, placeOrders } from "./place.ts";
import { previewOrders } from "./preview.ts";
import { PreviewBook } from "./preview-book.ts";
import { readQuotes } from "./quotes.ts";

export interface IbBrokerageOptions {
  readonly clock: Clock;
  readonly journal: Journal;
  /** How long one snapshot is waited for; the gateway takes up to 11 s (D02). 15 unless told otherwise. */
  readonly quoteDeadlineSeconds?: number;
  /** Ask for delayed data where the account has no live ones. They come marked as such; otherwise they are refused. */
  readonly delayedQuotes?: boolean;
}

/** Interactive Brokers by way of a TWS or an IB Gateway, over the TWS API. */
export function ibBrokerage(options: IbBrokerageOptions): Brokerage {
  return {
    async connect(request: ConnectionRequest): Promise<Result<Broker>> {
      const connected = await connect(request, options);
      return connected.ok ? ok(brokerOver(connected.value, request, options)) : connected;
    },
  };
}

/** TWS's number for delayed market data: live ones are sent where there are any. */
const delayedMarketData = 3;

function brokerOver(
  { connection, spareFor, nextOrderId, skewMs }: Connected,
  request: ConnectionRequest,
  options: IbBrokerageOptions,
): Broker {
  const { clock, journal, quoteDeadlineSeconds = 15, delayedQuotes = false } = options;
  const { account, requestDeadlineSeconds: deadlineSeconds, marketDataLines } = request;
  const orders = new OrderBook(account, (order) => journal.append({ kind: "order-changed", order }));
  // Whatever it takes: an order that nobody wanted is withdrawn the moment it shows itself.
  const previews = new PreviewBook(connection.clientId, (orderId) => {
    void connection.send((api) => api.cancelOrder(orderId));
  });
  hearOrders(connection, { orders, previews, journal });
  const accountBook = new AccountBook(connection, orders, account, deadlineSeconds);
  const desk: Desk = {
    connection,
    orders,
    accountBook,
    account,
    clock,
    journal,
    deadlineSeconds,
    quoteDeadlineSeconds,
    marketDataLines,
  };
  const ids: OrderIds = { next: nextOrderId };
  const { marketTime } = connection;
  const { clientId, serverVersion } = connection;
  const skewSeconds = skewMs / 1000;
  journal.append({
    kind: "connected",
    account,
    clientId,
    serverVersion,
    marketTimeAt: marketTime(),
    skewSeconds,
  });
  const placing = (beforeSend: BeforeSend): PlaceDesk => ({
    ...desk,
    marketTime,
    beforeSend: async (order) => previews.whyNothingMore() ?? (await beforeSend(order)),
    restarts: request.restarts,
    spareFor,
  });
  let isOpen = true;
  let isFeedChosen = !delayedQuotes;

  return {
    identity: {
      account,
      clientId,
      ...(spareFor === undefined ? {} : { spareFor }),
      serverVersion,
      skewSeconds,
    },
    marketTime,
    openOrders: () => readOpenOrders(desk),
    completedOrders: () => readCompletedOrders(desk),
    executions: () => readExecutions(desk),
    account: () => accountBook.read(),
    contracts: (requests) => readContracts(requests, desk),
    async quotes(instruments) {
      if (!isFeedChosen) await connection.send((api) => api.reqMarketDataType(delayedMarketData));
      isFeedChosen = true;
      return await readQuotes(instruments, { ...desk, marketTime });
    },
    cancel: (reports) => cancelOrders(reports, desk),
    preview: (asked, baseCurrency) => previewOrders(asked, baseCurrency, { ...desk, previews }, ids),
    place: (cleared, beforeSend) => placeOrders(cleared, placing(beforeSend), ids),
    modify: (cleared, beforeSend) => modifyOrders(cleared, placing(beforeSend)),
    progress(): Progress {
      return {
        connected: connection.lost === undefined,
        linkWasCut: connection.linkCuts > 0,
        ...(connection.marginCall && { marginCall: connection.marginCall }),
        orders: orders.tracked(),
        executions: orders.executions(),
      };
    },
    async [Symbol.asyncDispose]() {
      await connection.close();
      if (isOpen) journal.append({ kind: "disconnected" });
      isOpen = false;
    },
  };
}

/** Everything told of orders and executions goes into the book, asked for or not, whatever the link does (C03). */
function hearOrders(
  connection: Connection,
  {
    orders,
    previews,
    journal,
  }: { readonly orders: OrderBook; readonly previews: PreviewBook; readonly journal: Journal },
): void {
  connection.on("openOrder", (orderId, contract, order, state) => {
    if (previews.hearOpenOrder(orderId, order, state)) return;
    orders.hearOpenOrder(orderId, contract, order, state);
  });
  connection.on(
    "orderStatus",
    (orderId, status, filledShares, _rest, _average, permId, _parent, _last, clientId, whyHeld) => {
      previews.hearStatus(orderId, clientId, status);
      orders.hearStatus({ orderId, clientId, permId, status, whyHeld, filledShares });
    },
  );
  connection.on("execDetails", (id, contract, execution) => {
    orders.hearExecution(contract, execution, id < 0);
  });
  connection.on("commissionReport", (report) => orders.hearCommission(report));
  connection.onOrderError((orderId, code, text) => {
    if (previews.hearError(orderId, code, text)) return;
    const isKnown = orders.hearError(orderId, connection.clientId, code, text);
    if (!isKnown) journal.append({ kind: "broker-notice", code, text });
  });
}
