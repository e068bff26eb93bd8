import { join } from "node:path";
import {
  type CommissionReport,
  type Contract,
  ErrorCode,
  EventName,
  type Execution,
  IBApi,
  OptionType,
  type Order,
  OrderAction,
  type OrderState,
  OrderType,
  SecType,
  TimeInForce,
} from "@stoqey/ib";
import { simulatedVenue } from "../../simulation/simulated-venue.ts";
import type { Venue } from "../../simulation/venue.ts";
import { readPriceHistory } from "../../storage/price-history-file.ts";
import { placeOrderMessage, RawTwsClient } from "../../testing/raw-tws-client.ts";
import { instant, later } from "../../trading/instant.ts";
import { type PaperGateway, startPaperGateway } from "./gateway.ts";

const history = readPriceHistory(join(import.meta.dirname, "../../../data/sp500-20-daily.csv.gz"));
const account = "DU1234567";

async function marketOn(at: string, seed = 7): Promise<Venue> {
  return simulatedVenue({
    history: await history,
    startAt: instant(at),
    seed,
    accounts: [
      {
        id: account,
        cash: 1_000_000,
        baseCurrency: "USD",
        positions: [{ symbol: "MSFT", shares: -120, averageCost: 290.5 }],
      },
    ],
  });
}

async function openGateway(
  venue: Venue,
  trace?: (line: string) => void,
): Promise<PaperGateway & AsyncDisposable> {
  const gateway = await startPaperGateway({
    venue,
    port: 0,
    clock: { kind: "stepped" },
    snapshotEndsAfterMs: 0,
    pacing: "off",
    log: (line) => trace?.(line),
    ...(trace && { trace }),
  });
  return Object.assign(gateway, { [Symbol.asyncDispose]: () => gateway.close() });
}

/** An independent client of the wire, with everything that it reports in one list. */
class Client implements Disposable {
  readonly events: { readonly name: EventName; readonly args: readonly unknown[] }[] = [];
  readonly api: IBApi;

  constructor(port: number, clientId: number) {
    this.api = new IBApi({ host: "127.0.0.1", port, clientId, maxReqPerSec: 1000 });
    this.api.on(EventName.all, (name, args) => this.events.push({ name: name as EventName, args }));
    this.api.connect();
  }

  async until(
    name: EventName,
    isIt: (...args: readonly never[]) => boolean = () => true,
  ): Promise<readonly unknown[]> {
    for (;;) {
      const found = this.events.find((event) => event.name === name && isIt(...(event.args as never[])));
      if (found) return found.args;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  /** Nothing that the decoder could not make sense of, no field left over. */
  faults(): readonly unknown[] {
    return this.events.filter(
      ({ name, args }) =>
        (name === EventName.info || name === EventName.error) && args.includes(ErrorCode.UNKNOWN_ID),
    );
  }

  names(): readonly string[] {
    return this.events.map(({ name }) => name);
  }

  [Symbol.dispose](): void {
    this.api.disconnect();
  }
}

const stock = (symbol: string): Contract => ({
  symbol,
  secType: SecType.STK,
  exchange: "SMART",
  currency: "USD",
});
const adaptive = (action: OrderAction, totalQuantity: number, lmtPrice: number, orderRef: string): Order => ({
  action,
  totalQuantity,
  lmtPrice,
  orderRef,
  orderType: OrderType.LMT,
  tif: TimeInForce.DAY,
  account,
  transmit: true,
  outsideRth: false,
  algoStrategy: "Adaptive",
  algoParams: [{ tag: "adaptivePriority", value: "Normal" }],
});

test("an independent client lives through an order: quotes, fills, commission, positions, lists", async () => {
  const venue = await marketOn("2022-03-14T14:00:00Z");
  await using gateway = await openGateway(venue);
  using client = new Client(gateway.port, 3);
  const { api } = client;
  await client.until(EventName.nextValidId);
  const told = client.names().filter((name) => name !== "sent" && name !== "received");
  expect(told.slice(0, 4)).toEqual(["connected", "server", "managedAccounts", "nextValidId"]);
  api.reqContractDetails(901, stock("AAPL"));
  await client.until(EventName.contractDetailsEnd);
  api.reqMktData(902, stock("AAPL"), "", true, false);
  await client.until(EventName.tickSnapshotEnd);
  const [, , ask] = (await client.until(EventName.tickPrice, (_id, type) => type === 2)) as readonly number[];
  const quote = venue.quote(venue.contracts().find(({ symbol }) => symbol === "AAPL")?.conId ?? 0);
  expect(ask).toBe(quote.ask);
  api.reqPositions();
  await client.until(EventName.positionEnd);
  const limit = Math.round(((ask ?? 0) + 0.5) * 100) / 100;
  api.placeOrder(1, stock("AAPL"), adaptive(OrderAction.BUY, 250, limit, "ref-1"));
  await client.until(EventName.orderStatus);
  for (let minutes = 0; minutes < 60 && venue.openOrders().length > 0; minutes += 1)
    await gateway.advanceTo(later(venue.now(), 60_000));
  await client.until(EventName.orderStatus, (_id, status) => status === "Filled");
  await client.until(EventName.position, (_account, contract: Contract) => contract.symbol === "AAPL");

  const opened = client.events.find(({ name }) => name === EventName.openOrder)?.args ?? [];
  const { transmit: _notTold, ...asked } = adaptive(OrderAction.BUY, 250, limit, "ref-1");
  expect(opened[2]).toMatchObject(asked);
  expect(opened[2]).toMatchObject({ clientId: 3, permId: venue.completedOrders()[0]?.permId });
  const executed = client.events
    .filter(({ name }) => name === EventName.execDetails)
    .map(({ args }) => args[2] as Execution);
  const commissions = client.events
    .filter(({ name }) => name === EventName.commissionReport)
    .map(({ args }) => args[0] as CommissionReport);
  expect(executed.reduce((shares, execution) => shares + (execution.shares ?? 0), 0)).toBe(250);
  expect(commissions.map(({ execId }) => execId)).toEqual(executed.map(({ execId }) => execId));
  expect(
    executed.every(
      ({ price = 0, orderRef, side }) => price <= limit && orderRef === "ref-1" && side === "BOT",
    ),
  ).toBe(true);
  const last = client.events.findLast(({ name }) => name === EventName.openOrder)?.args[3] as OrderState;
  expect(last.commission).toBeCloseTo(
    commissions.reduce((sum, { commission = 0 }) => sum + commission, 0),
    6,
  );

  api.reqCompletedOrders(true);
  await client.until(EventName.completedOrdersEnd);
  const completed = client.events.find(({ name }) => name === EventName.completedOrder)?.args ?? [];
  expect(completed[1]).toMatchObject({ orderRef: "ref-1", filledQuantity: 250, totalQuantity: 0, account });
  expect(completed[2]).toMatchObject({ status: "Filled", completedStatus: "Filled Size: 250" });
  api.reqAccountUpdates(true, account);
  const [, , value] = await client
    .until(EventName.accountDownloadEnd)
    .then(() => client.until(EventName.updateAccountValue, (key) => key === "NetLiquidation"));
  expect(value).toBe("USD");
  const net = await client.until(EventName.updateAccountValue, (key) => key === "NetLiquidation");
  expect(Number(net[1])).toBeCloseTo(venue.balances(account).netLiquidation, 1);
  expect(client.faults()).toEqual([]);
});

test("every message that the gateway knows is read to its last field by an independent decoder", async () => {
  const venue = await marketOn("2022-03-14T19:50:00Z");
  await using gateway = await openGateway(venue);
  using client = new Client(gateway.port, 3);
  const { api } = client;
  await client.until(EventName.nextValidId);
  api.placeOrder(1, stock("AAPL"), adaptive(OrderAction.BUY, 10, 1.01, "far away"));
  api.placeOrder(2, stock("KO"), {
    ...adaptive(OrderAction.SELL, 30, 1.01, "at once"),
    orderType: OrderType.MKT,
  });
  api.placeOrder(3, stock("KO"), adaptive(OrderAction.BUY, 30, 60.001, "off the tick"));
  api.placeOrder(4, stock("AAPL"), adaptive(OrderAction.BUY, 10_000_000, 200, "too much"));
  await gateway.advanceTo(later(venue.now(), 60_000));
  api.reqAccountSummary(11, "All", "NetLiquidation,$LEDGER:ALL");
  api.reqAccountUpdates(true, account);
  api.reqPositions();
  api.reqOpenOrders();
  api.reqAllOpenOrders();
  api.reqCompletedOrders(false);
  api.reqExecutions(12, {});
  api.reqMarketRule(26);
  api.reqMktData(13, stock("KO"), "", false, false);
  api.reqHistoricalData(14, stock("KO"), "", "1 D", "1 day" as never, "TRADES", 1, 1, false);
  api.reqHistoricalData(16, stock("AAPL"), "", "600 S", "1 min" as never, "BID", 1, 2, true);
  api.reqHeadTimestamp(17, stock("KO"), "TRADES", true, 1);
  api.reqPnL(18, account, "");
  api.reqPnLSingle(19, account, "", 8894);
  api.reqMatchingSymbols(20, "Coca");
  api.reqContractDetails(15, { ...stock("KO"), secType: SecType.OPT, right: OptionType.Call, strike: 60 });
  api.cancelOrder(1);
  api.cancelOrder(77);
  // Past the close: what still works has ended, and the account is told anew.
  await client.until(EventName.error, (_error, _code, id) => id === 77);
  await gateway.advanceTo(instant("2022-03-14T20:30:00Z"));
  api.reqCurrentTime();
  await client.until(EventName.currentTime);
  expect(client.faults()).toEqual([]);
  const errors = client.events
    .filter(({ name }) => name === EventName.error)
    .map(({ args }) => `${String(args[2])} ${String(args[1])}`);
  expect(errors.toSorted()).toEqual(["1 202", "15 200", "3 110", "4 201", "77 10147"]);
  expect(client.names()).toEqual(
    expect.arrayContaining([
      "openOrderEnd",
      "completedOrdersEnd",
      "execDetailsEnd",
      "marketRule",
      "accountSummaryEnd",
      "historicalData",
      "historicalDataUpdate",
      "headTimestamp",
      "pnl",
      "pnlSingle",
      "symbolSamples",
    ]),
  );
});

test("orders lost in the last moment before a client leaves are not invented: what arrived is in the lists", async () => {
  const venue = await marketOn("2022-03-14T14:00:00Z");
  await using gateway = await openGateway(venue);
  const client = await RawTwsClient.start(gateway.port, 4);
  const message = placeOrderMessage({
    orderId: 1,
    symbol: "AAPL",
    secType: "STK",
    exchange: "SMART",
    currency: "USD",
    action: "BUY",
    orderType: "LMT",
    totalQuantity: 5,
    lmtPrice: 100,
    orderRef: "last word",
    transmit: 1,
  });
  client.send(message);
  await client.end();
  const again = await RawTwsClient.start(gateway.port, 4);
  const [openOrder] = await again.ask("5|1|");
  expect(openOrder).toContain("|last word|");
  expect(again.messages).toEqual([]);
});

/** A day of the same requests: quotes, orders of two clients, a cancel, steps of time, lists. */
async function day(seed: number): Promise<readonly string[]> {
  const lines: string[] = [];
  const venue = await marketOn("2022-03-14T13:25:00Z", seed);
  await using gateway = await openGateway(venue, (line) => lines.push(line));
  const [one, two] = [await RawTwsClient.start(gateway.port, 1), await RawTwsClient.start(gateway.port, 2)];
  const base = { secType: "STK", exchange: "SMART", currency: "USD", transmit: 1, orderType: "MKT" };
  await one.ask("6|2|1||");
  await two.ask("1|11|5|0|KO|STK||0|||SMART||USD|||0||0|0||");
  await one.ask(
    placeOrderMessage({ ...base, orderId: 1, symbol: "AAPL", action: "BUY", totalQuantity: 4000 }),
  );
  await two.ask(placeOrderMessage({ ...base, orderId: 1, symbol: "KO", action: "SELL", totalQuantity: 900 }));
  for (let minute = 0; minute < 30; minute += 1) {
    await gateway.advanceTo(later(venue.now(), 60_000));
    await one.heard();
    await two.heard();
  }
  await two.ask("4|1|1||");
  await one.ask("7|3|9||||||||");
  await one.ask("99|1|");
  return lines;
}

test("the same seed and the same requests give the same messages, byte for byte; another seed does not", async () => {
  const [once, again, other] = [await day(11), await day(11), await day(12)];
  expect(once.length).toBeGreaterThan(100);
  expect(again).toEqual(once);
  expect(other).not.toEqual(once);
});
