import {
  type BarSizeSetting,
  type Contract,
  type ContractDetails,
  EventName,
  type IBApi,
  type Order,
  type WhatToShow,
} from "@stoqey/ib";
import type { Driver } from "./driver.ts";
import type { AskedContract, AskedOrder, Heard } from "./step.ts";
import type { StoqeyClient } from "./stoqey-client.ts";

/** Event → kind of message and the names of its arguments; an argument "*" is an object whose own fields are taken. */
const events: Readonly<Partial<Record<EventName, string>>> = {
  [EventName.accountDownloadEnd]: "valuesEnd account",
  [EventName.accountSummary]: "summary reqId account tag value currency",
  [EventName.accountSummaryEnd]: "summaryEnd reqId",
  [EventName.accountUpdateMulti]: "valueMulti reqId account modelCode key value currency",
  [EventName.accountUpdateMultiEnd]: "valuesMultiEnd reqId",
  [EventName.commissionReport]: "commission *",
  [EventName.completedOrder]: "completed * * *",
  [EventName.completedOrdersEnd]: "completedEnd",
  [EventName.contractDetails]: "details reqId *",
  [EventName.contractDetailsEnd]: "detailsEnd reqId",
  [EventName.disconnected]: "closed",
  [EventName.error]: "error text code id",
  [EventName.execDetails]: "execution reqId * *",
  [EventName.execDetailsEnd]: "executionsEnd reqId",
  [EventName.headTimestamp]: "head reqId date",
  [EventName.historicalData]: "bar reqId date open high low close volume count wap",
  [EventName.info]: "error text code",
  [EventName.managedAccounts]: "accounts list",
  [EventName.marketDataType]: "quoteType reqId type",
  [EventName.marketRule]: "rule ruleId steps",
  [EventName.nextValidId]: "nextId orderId",
  [EventName.openOrder]: "order orderId * * *",
  [EventName.openOrderEnd]: "ordersEnd",
  [EventName.orderBound]: "bound permId clientId orderId",
  [EventName.orderStatus]:
    "status orderId status filled remaining avgFillPrice permId parentId lastFillPrice clientId whyHeld",
  [EventName.pnl]: "pnl reqId dailyPnL unrealizedPnL realizedPnL",
  [EventName.pnlSingle]: "pnlSingle reqId position dailyPnL unrealizedPnL realizedPnL value",
  [EventName.position]: "position account * position avgCost",
  [EventName.positionEnd]: "positionsEnd",
  [EventName.positionMulti]: "positionMulti reqId account modelCode * position avgCost",
  [EventName.positionMultiEnd]: "positionsMultiEnd reqId",
  [EventName.symbolSamples]: "symbols reqId found",
  [EventName.tickGeneric]: "tick reqId type value",
  [EventName.tickPrice]: "tick reqId type value",
  [EventName.tickSize]: "tick reqId type value",
  [EventName.tickSnapshotEnd]: "snapshotEnd reqId",
  [EventName.tickString]: "tick reqId type value",
  [EventName.updateAccountTime]: "accountTime time",
  [EventName.updateAccountValue]: "value key value currency account",
  [EventName.updatePortfolio]:
    "portfolio * position marketPrice marketValue averageCost unrealizedPNL realizedPNL account",
};

/** @stoqey/ib, with what it reports in the words of `step.ts`: each field is what the library has read. */
export class StoqeyDriver implements Driver {
  readonly heard: Heard[] = [];
  readonly #client: StoqeyClient;
  readonly #api: IBApi;
  #settling = 0;

  constructor(client: StoqeyClient) {
    this.#client = client;
    this.#api = client.api;
    for (const { name, args } of client.events) this.#listen(name, args);
    this.#api.on(EventName.all, (name: string, args: readonly unknown[]) => this.#listen(name, args));
  }

  async settled(): Promise<void> {
    this.#settling += 1;
    this.#api.reqCurrentTime();
    while (this.#settling > 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }

  end(): void {
    this.#client.end();
  }

  #listen(name: string, args: readonly unknown[]): void {
    if (name === "currentTime") {
      if (this.#settling > 0) this.#settling -= 1;
      else this.heard.push({ kind: "time", seconds: args[0] });
      return;
    }
    const words = events[name as EventName];
    if (words !== undefined) this.heard.push(read(words.split(" "), args));
  }

  readonly requests: Required<Driver["requests"]> = {
    place: ({ orderId, ...args }) =>
      void this.#api.placeOrder(orderId, contractOf(args), orderOf({ orderId, ...args })),
    cancel: ({ orderId }) => void this.#api.cancelOrder(orderId, ""),
    globalCancel: () => void this.#api.reqGlobalCancel(),
    openOrders: () => void this.#api.reqOpenOrders(),
    allOpenOrders: () => void this.#api.reqAllOpenOrders(),
    autoOpenOrders: ({ bind }) => void this.#api.reqAutoOpenOrders(bind),
    completedOrders: () => void this.#api.reqCompletedOrders(false),
    executions: ({ reqId, ...filter }) => void this.#api.reqExecutions(reqId, known(filter)),
    positions: () => void this.#api.reqPositions(),
    cancelPositions: () => void this.#api.cancelPositions(),
    positionsMulti: ({ reqId, account, modelCode = "" }) =>
      void this.#api.reqPositionsMulti(reqId, account, modelCode),
    cancelPositionsMulti: ({ reqId }) => void this.#api.cancelPositionsMulti(reqId),
    updates: ({ subscribe, account }) => void this.#api.reqAccountUpdates(subscribe, account),
    updatesMulti: ({ reqId, account, modelCode = "" }) =>
      void this.#api.reqAccountUpdatesMulti(reqId, account, modelCode, true),
    cancelUpdatesMulti: ({ reqId }) => void this.#api.cancelAccountUpdatesMulti(reqId),
    summary: ({ reqId, tags }) => void this.#api.reqAccountSummary(reqId, "All", tags),
    cancelSummary: ({ reqId }) => void this.#api.cancelAccountSummary(reqId),
    details: ({ reqId, ...contract }) => void this.#api.reqContractDetails(reqId, contractOf(contract)),
    symbols: ({ reqId, pattern }) => void this.#api.reqMatchingSymbols(reqId, pattern),
    rule: ({ ruleId }) => void this.#api.reqMarketRule(ruleId),
    quote: ({ reqId, snapshot = false, genericTicks = "", ...contract }) =>
      void this.#api.reqMktData(reqId, contractOf(contract), genericTicks, snapshot, false),
    cancelQuote: ({ reqId }) => void this.#api.cancelMktData(reqId),
    quoteType: ({ type }) => void this.#api.reqMarketDataType(type),
    bars: ({ reqId, barSize, duration, whatToShow, endDateTime, useRth = true, ...contract }) =>
      void this.#api.reqHistoricalData(
        reqId,
        contractOf(contract),
        endDateTime ?? "20220311 16:00:00 US/Eastern",
        duration,
        barSize as BarSizeSetting,
        whatToShow as WhatToShow,
        useRth,
        1,
        false,
      ),
    cancelBars: ({ reqId }) => void this.#api.cancelHistoricalData(reqId),
    head: ({ reqId, whatToShow, ...contract }) =>
      void this.#api.reqHeadTimestamp(reqId, contractOf(contract), whatToShow as WhatToShow, true, 1),
    pnl: ({ reqId, account, modelCode = "" }) => void this.#api.reqPnL(reqId, account, modelCode),
    cancelPnl: ({ reqId }) => void this.#api.cancelPnL(reqId),
    pnlSingle: ({ reqId, account, modelCode = "", conId }) =>
      void this.#api.reqPnLSingle(reqId, account, modelCode, conId),
    cancelPnlSingle: ({ reqId }) => void this.#api.cancelPnLSingle(reqId),
    ids: () => void this.#api.reqIds(),
    accounts: () => void this.#api.reqManagedAccts(),
    time: () => void this.#api.reqCurrentTime(),
    logLevel: ({ level }) => void this.#api.setServerLogLevel(level),
  };
}

/** The library's own types name the values that the protocol has; rows name them as the protocol does. */
function contractOf(asked: AskedContract): Contract {
  const { symbol, conId, secType, exchange, primaryExch, currency } = asked;
  const stock = symbol === undefined ? {} : { symbol, secType: "STK", exchange: "SMART", currency: "USD" };
  return { ...stock, ...known({ secType, exchange, currency, conId, primaryExch }) } as Contract;
}

const contractNames = new Set(["symbol", "conId", "secType", "exchange", "primaryExch", "currency"]);

function orderOf({ algoParams, transmit = true, ...asked }: AskedOrder): Order {
  const own = Object.entries(asked).filter(([name]) => !contractNames.has(name));
  return known({ ...Object.fromEntries(own), transmit, algoParams }) as Order;
}

/** What was said, without what was not. */
function known(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function read([kind = "", ...names]: readonly string[], args: readonly unknown[]): Heard {
  const fields = names.map((name, at) =>
    name === "*" ? fieldsOf(args[at]) : { [name]: name === "text" ? textOf(args[at]) : args[at] },
  );
  const heard = Object.assign({}, ...fields) as Readonly<Record<string, unknown>>;
  if (kind === "bar" && String(heard["date"]).startsWith("finished")) return { ...heard, kind: "barsEnd" };
  // A message of no request has id -1 on the wire, and the library leaves it out.
  return kind === "error" ? { id: -1, ...heard, kind } : { ...heard, kind };
}

/** The fields of an object, those of the contract in it among them. */
function fieldsOf(value: unknown): object {
  const fields = (value ?? {}) as Partial<ContractDetails> & { readonly algoParams?: readonly AlgoParam[] };
  const algo = fields.algoParams?.map(({ tag, value: text }) => `${tag} ${text}`).join(" ");
  return { ...fields.contract, ...fields, ...(algo !== undefined && { algo }) };
}

interface AlgoParam {
  readonly tag: string;
  readonly value: string;
}

function textOf(value: unknown): string {
  return value instanceof Error ? value.message : String(value);
}
