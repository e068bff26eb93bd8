import type { Driver } from "./driver.ts";
import type { AskedContract, AskedOrder, Heard } from "./step.ts";
import type { TwsApiClient } from "./tws-api-client.ts";

/**
 * ib-tws-api: it makes its own request and order ids, so the row's ids are translated. It shows orders when it is asked for
 * them, and it has no words for executions, commissions and account values.
 */
export class TwsApiDriver implements Driver {
  readonly heard: Heard[] = [];
  /** Resolves when it is connected or has failed to. */
  readonly ready: Promise<void>;
  readonly #client: TwsApiClient;
  /** The library's order id → the row's. */
  readonly #orderIds: Map<number, number>;
  readonly #streams = new Map<number, { stop(): void }>();

  /** `orderIds` are those of an earlier connection with the same client id. */
  constructor(client: TwsApiClient, orderIds: Map<number, number>) {
    this.#client = client;
    this.#orderIds = orderIds;
    client.onEvent("orderStatus", (status) => {
      const { orderId, parentId } = status as { readonly orderId: number; readonly parentId: number };
      this.#hear("status", { ...(status as object), ...this.#rowIds(orderId, parentId) });
    });
    client.onEvent("error", (error) => this.#hear("error", { id: -1, ...errorFields(error) }));
    client.onEvent("close", () => {
      if (this.heard.at(-1)?.kind !== "closed") this.#hear("closed", {});
    });
    this.ready = client
      .connect()
      .catch((error: unknown) => this.#hear("error", { id: -1, ...errorFields(error) }));
  }

  async settled(): Promise<void> {
    await this.#client.getCurrentTime();
  }

  end(): void {
    this.#client.end();
  }

  readonly requests: Driver["requests"] = {
    place: async ({ orderId, ...asked }) => {
      const ownId = await this.#client.placeOrder({
        contract: contractOf(asked),
        order: this.#orderOf({ orderId, ...asked }),
      });
      this.#orderIds.set(ownId, orderId);
      this.#client.onOrderError(ownId, (error) =>
        this.#hear("error", { id: orderId, ...errorFields(error) }),
      );
    },
    cancel: ({ orderId }) =>
      this.#answer(orderId, this.#client.cancelOrder(this.#ownId(orderId)), (error) =>
        this.#hear("error", { id: orderId, ...errorFields(error) }),
      ),
    globalCancel: () => this.#client.reqGlobalCancel(),
    openOrders: () => this.#orders(this.#client.getOpenOrders()),
    allOpenOrders: () => this.#orders(this.#client.getAllOpenOrders()),
    autoOpenOrders: ({ bind }) => this.#client.reqAutoOpenOrders(bind),
    positions: () =>
      this.#answer(-1, this.#client.getPositions(), (positions) => {
        for (const { contract, position, avgCost } of Object.values(positions))
          this.#hear("position", { ...contract, position, avgCost });
        this.#hear("positionsEnd", {});
      }),
    cancelPositions: () => this.#client.cancelPositions(),
    details: ({ reqId, ...contract }) =>
      this.#answer(reqId, this.#client.getContractDetails(contractOf(contract)), (all) => {
        for (const details of all)
          this.#hear("details", {
            ...details,
            ...details.contract,
            reqId,
            primaryExch: details.contract.primaryExchange,
          });
        this.#hear("detailsEnd", { reqId });
      }),
    quote: ({ reqId, snapshot = false, genericTicks = "", ...contract }) =>
      snapshot
        ? this.#answer(
            reqId,
            this.#client.getMarketDataSnapshot({ contract: contractOf(contract) }),
            (ticks) => this.#snapshot(reqId, ticks),
          )
        : this.#stream(reqId, genericTicks, contract),
    cancelQuote: ({ reqId }) => this.#streams.get(reqId)?.stop(),
    quoteType: ({ type }) => this.#client.reqMarketDataType(type),
    bars: ({ reqId, barSize, useRth = true, endDateTime, ...asked }) =>
      this.#answer(
        reqId,
        this.#client.getHistoricalData({
          contract: contractOf(asked),
          endDateTime: endDateTime ?? "20220311 16:00:00 US/Eastern",
          duration: asked.duration,
          barSizeSetting: barSize,
          whatToShow: asked.whatToShow,
          useRth: useRth ? 1 : 0,
          formatDate: 1,
        }),
        ({ bars }) => {
          for (const bar of bars)
            this.#hear("bar", { reqId, ...bar, wap: bar["average"], count: bar["barCount"] });
          this.#hear("barsEnd", { reqId, count: bars.length });
        },
      ),
    head: ({ reqId, whatToShow, ...contract }) =>
      this.#answer(
        reqId,
        this.#client.getHeadTimeStamp({
          contract: contractOf(contract),
          whatToShow,
          useRth: 1,
          formatDate: 1,
        }),
        (date) => this.#hear("head", { reqId, date }),
      ),
    time: () => this.#answer(-1, this.#client.getCurrentTime(), (seconds) => this.#hear("time", { seconds })),
  };

  #hear(kind: string, fields: object): void {
    this.heard.push({ ...fields, kind });
  }

  /** What a promise of the library brings, or with what it fails. Nobody waits for it here: the row's next steps do. */
  #answer<T>(id: number, promise: Promise<T>, told: (answer: T) => void): void {
    promise.then(told, (error: unknown) => this.#hear("error", { id, ...errorFields(error) }));
  }

  #orders(asked: ReturnType<TwsApiClient["getOpenOrders"]>): void {
    this.#answer(-1, asked, (orders) => {
      for (const { contract, order } of orders)
        this.#hear("order", { ...contract, ...order, ...this.#rowIds(order.orderId, order.parentId ?? 0) });
      this.#hear("ordersEnd", {});
    });
  }

  #snapshot(reqId: number, ticks: Readonly<Record<string, number>>): void {
    const { marketDataType, ...values } = ticks;
    if (marketDataType !== undefined) this.#hear("quoteType", { reqId, type: marketDataType });
    for (const [name, value] of Object.entries(values))
      this.#hear("tick", { reqId, type: tickTypes[name] ?? name, value });
    this.#hear("snapshotEnd", { reqId });
  }

  async #stream(reqId: number, genericTickList: string, contract: AskedContract): Promise<void> {
    const stream = await this.#client.streamMarketData({ contract: contractOf(contract), genericTickList });
    this.#streams.set(reqId, stream);
    stream.on("tick", (tick) => {
      const { tickType, value } = tick as { readonly tickType: number; readonly value: unknown };
      this.#hear("tick", { reqId, type: tickType, value });
    });
    stream.on("marketDataType", (type) => {
      this.#hear("quoteType", { reqId, type: (type as { readonly marketDataType: number }).marketDataType });
    });
    stream.on("error", (error) => this.#hear("error", { id: reqId, ...errorFields(error) }));
  }

  #orderOf({ transmit = true, ...asked }: AskedOrder): AskedOrder & { readonly transmit: boolean } {
    const parentId = asked.parentId === undefined ? {} : { parentId: this.#ownId(asked.parentId) };
    return { ...asked, transmit, ...parentId };
  }

  #ownId(orderId: number): number {
    for (const [own, row] of this.#orderIds) if (row === orderId) return own;
    return orderId;
  }

  #rowIds(orderId: number, parentId: number): { readonly orderId: number; readonly parentId: number } {
    return {
      orderId: this.#orderIds.get(orderId) ?? orderId,
      parentId: this.#orderIds.get(parentId) ?? parentId,
    };
  }
}

/** Names that the library gives to ticks of a snapshot. */
const tickTypes: Readonly<Record<string, number>> = {
  bidSize: 0,
  bid: 1,
  ask: 2,
  askSize: 3,
  last: 4,
  lastSize: 5,
  high: 6,
  low: 7,
  volume: 8,
  close: 9,
  open: 14,
  halted: 49,
  delayedBid: 66,
  delayedAsk: 67,
  delayedLast: 68,
  delayedVolume: 74,
  delayedClose: 75,
};

function contractOf(asked: AskedContract): AskedContract & { readonly primaryExchange?: string } {
  const { symbol, conId, secType, exchange, primaryExch, currency } = asked;
  const stock = symbol === undefined ? {} : { symbol, secType: "STK", exchange: "SMART", currency: "USD" };
  return {
    ...stock,
    ...(conId !== undefined && { conId }),
    ...(secType !== undefined && { secType }),
    ...(exchange !== undefined && { exchange }),
    ...(currency !== undefined && { currency }),
    ...(primaryExch !== undefined && { primaryExchange: primaryExch }),
  };
}

/** The library tells an error as an object with its code, or throws one that has it in its details. */
function errorFields(error: unknown): { readonly code: unknown; readonly text: unknown } {
  const { details, code, message } = error as {
    readonly details?: { readonly code: unknown };
    readonly code?: unknown;
    readonly message?: string;
  };
  return { code: details?.code ?? code, text: message };
}
