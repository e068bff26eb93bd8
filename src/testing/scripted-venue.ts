import { euroInDollars } from "../simulation/currency-pair.ts";
import { placedOrder } from "../simulation/placed-order.ts";
import type {
  Venue,
  VenueBalances,
  VenueBar,
  VenueBarRequest,
  VenueContract,
  VenueEvent,
  VenueExecution,
  VenueOrder,
  VenueOrderRequest,
  VenuePosition,
  VenuePreview,
  VenueQuote,
  VenueQuotes,
  VenueRefusal,
  VenueToday,
} from "../simulation/venue.ts";
import { type Instant, instant, tradingDate } from "../trading/instant.ts";
import { isOnTick } from "../trading/price.ts";
import { dateIn, type Session, sessionOn } from "../trading/session.ts";
import { sign } from "../trading/side.ts";

const cents = [{ lowEdge: 0, increment: 0.01 }];

/** Two listings of ABC make that symbol ambiguous; ÅKE's name is not ASCII; KO ticks in nickels above 50. */
export const scriptedContracts: readonly VenueContract[] = [
  listing(76792991, "TSLA", "TESLA INC", "NASDAQ"),
  {
    ...listing(8894, "KO", "COCA-COLA CO/THE", "NYSE"),
    marketRuleId: 27,
    priceSteps: [...cents, { lowEdge: 50, increment: 0.05 }],
  },
  listing(11, "ABC", "ABC ONE", "NASDAQ"),
  listing(12, "ABC", "ABC TWO", "NYSE"),
  listing(13, "AKE", "ÅKE €", "NYSE"),
];

function cheaper(quote: VenueQuote): VenueQuote {
  const { bid, ask, last, previousClose } = quote;
  return {
    ...quote,
    bid: bid === undefined ? undefined : bid - 1,
    ask: ask === undefined ? undefined : ask - 1,
    last: last - 1,
    previousClose: previousClose - 1,
  };
}

function listing(conId: number, symbol: string, longName: string, primaryExchange: string): VenueContract {
  return { conId, symbol, longName, primaryExchange, currency: "USD", marketRuleId: 26, priceSteps: cents };
}

/** Monday to Friday around 14 March 2022, the Monday after daylight saving began; Wednesday is made a half day, Thursday closed. */
const week: readonly Session[] = [
  sessionOn(tradingDate("2022-03-14"), "09:30", "16:00", "US/Eastern"),
  sessionOn(tradingDate("2022-03-15"), "09:30", "16:00", "US/Eastern"),
  sessionOn(tradingDate("2022-03-16"), "09:30", "13:00", "US/Eastern"),
  sessionOn(tradingDate("2022-03-18"), "09:30", "16:00", "US/Eastern"),
];

/** A venue in which nothing happens but what a test writes: it fills when told to, or at the instants it was given. */
export class ScriptedVenue implements Venue {
  readonly zone = "US/Eastern";
  readonly accounts: readonly string[];
  quotes = new Map<number, VenueQuote>();
  laidBars: readonly VenueBar[] = [];
  readonly barRequests: VenueBarRequest[] = [];
  readonly #orders: VenueOrder[] = [];
  readonly #executions: VenueExecution[] = [];
  readonly #positions = new Map<number, VenuePosition>();
  readonly #listeners = new Set<(event: VenueEvent) => void>();
  readonly #script: { readonly at: Instant; readonly act: () => void }[] = [];
  #now: Instant;
  #cash = 1_000_000.5;

  constructor(now = "2022-03-14T14:00:00Z", accounts: readonly string[] = ["DU1234567"]) {
    this.#now = instant(now);
    this.accounts = accounts;
  }

  now(): Instant {
    return this.#now;
  }

  advanceTo(at: Instant): void {
    this.#script.sort((a, b) => a.at - b.at);
    for (let next = this.#script[0]; next && next.at <= at; next = this.#script[0]) {
      this.#script.shift();
      this.#now = next.at;
      next.act();
    }
    this.#now = at;
  }

  /** Does something when time comes to that instant. */
  at(iso: string, act: () => void): void {
    this.#script.push({ at: instant(iso), act });
  }

  subscribe(listener: (event: VenueEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  contracts(): readonly VenueContract[] {
    return scriptedContracts;
  }

  quote(conId: number): VenueQuote {
    const previousClose = 195.97;
    const quoted = { last: 196.5, lastTradedAt: instant("2022-03-14T13:59:58Z"), previousClose };
    if (!this.isOpen()) return { bid: undefined, ask: undefined, bidShares: 0, askShares: 0, ...quoted };
    return this.quotes.get(conId) ?? { bid: 196.48, ask: 196.52, bidShares: 300, askShares: 700, ...quoted };
  }

  currencyPairs(): readonly VenueContract[] {
    return [euroInDollars];
  }

  frozenQuote(conId: number): VenueQuote {
    const now = this.quote(conId);
    return this.isOpen() ? now : { ...now, bid: 196.25, ask: 196.75, isFrozen: true };
  }

  /** A quarter of an hour ago all prices were lower by a dollar. */
  readonly delayed: VenueQuotes = {
    quote: (conId) => cheaper(this.quote(conId)),
    frozenQuote: (conId) => cheaper(this.frozenQuote(conId)),
    today: () => this.today() && { open: 194.5, high: 196.75, low: 193.25, volumeShares: 98_760 },
  };

  today(): VenueToday | undefined {
    return this.isOpen() ? { open: 195.5, high: 197.75, low: 194.25, volumeShares: 123_450 } : undefined;
  }

  /** Whatever was asked, the bars that the test has laid down. */
  bars(request: VenueBarRequest): readonly VenueBar[] {
    this.barRequests.push(request);
    return this.laidBars;
  }

  /** A search that takes as long as the test wants. */
  isSearching = false;

  *findBars(request: VenueBarRequest): Generator<undefined, readonly VenueBar[], undefined> {
    while (this.isSearching) yield;
    return this.bars(request);
  }

  firstBarAt(): Instant {
    return instant("2021-03-15T13:30:00Z");
  }

  sessions(days: number): readonly Session[] {
    const today = dateIn(this.zone, this.#now);
    const until = this.#now + days * 86_400_000;
    return week.filter((session) => session.on >= today && session.openAt < until);
  }

  isOpen(): boolean {
    return week.some((session) => session.openAt <= this.#now && this.#now < session.closeAt);
  }

  /** Refuses prices off the tick (110) and more than 100,000 shares (201); everything else waits for the script. */
  place(request: VenueOrderRequest): VenueOrder {
    const steps = scriptedContracts.find((contract) => contract.conId === request.conId)?.priceSteps ?? [];
    const offTick = request.limitPrice !== undefined && !isOnTick(request.limitPrice, steps);
    const reason = offTick
      ? { code: 110, text: "The price does not conform to the minimum price variation for this contract." }
      : { code: 201, text: "Order rejected - reason:YOUR ORDER IS NOT ACCEPTED. Margin – too small" };
    const order = placedOrder(request, 1_376_327_563 + this.#orders.length, this.#now);
    const isRefused = offTick || request.shares > 100_000;
    return this.#book(isRefused ? { ...order, status: "Inactive", endedAt: this.#now, reason } : order);
  }

  /** Gives it the new terms; prices off the tick are refused. */
  modify(permId: number, terms: VenueOrderRequest): VenueRefusal | undefined {
    const steps = scriptedContracts.find((contract) => contract.conId === terms.conId)?.priceSteps ?? [];
    if (terms.limitPrice !== undefined && !isOnTick(terms.limitPrice, steps))
      return {
        code: 110,
        text: "The price does not conform to the minimum price variation for this contract.",
      };
    this.#book({ ...this.order(permId), ...terms });
    return undefined;
  }

  /** No two numbers alike. */
  preview(): VenuePreview {
    return {
      before: { initialMargin: 300.11, maintenanceMargin: 200.22, equityWithLoan: 1_000_123.45 },
      after: { initialMargin: 10_126.11, maintenanceMargin: 5113.22, equityWithLoan: 1_000_122.45 },
      commission: 1,
    };
  }

  cancel(permId: number): VenueOrder | undefined {
    const order = this.#orders.find((candidate) => candidate.permId === permId);
    if (!order || order.endedAt !== undefined) return order;
    return this.#book({ ...order, status: "Cancelled", endedAt: this.#now });
  }

  bind(permId: number, orderId: number): void {
    this.#book({ ...this.order(permId), orderId });
  }

  /** Ends an order as the broker does by itself. */
  expire(permId: number, reason: { code: number; text: string }): void {
    this.#book({ ...this.order(permId), status: "Cancelled", endedAt: this.#now, reason });
  }

  order(permId: number): VenueOrder {
    const order = this.#orders.find((candidate) => candidate.permId === permId);
    if (!order) throw new RangeError(`no order ${permId}`);
    return order;
  }

  /** Fills a part of an order. */
  fill(permId: number, shares: number, price: number, commission = 1): void {
    const order = this.order(permId);
    const filledShares = order.filledShares + shares;
    const averageFillPrice = (order.averageFillPrice * order.filledShares + price * shares) / filledShares;
    const isDone = filledShares === order.shares;
    const held = this.#positions.get(order.conId)?.shares ?? 0;
    const signedShares = sign(order.side) * shares;
    const closes = held !== 0 && Math.sign(held) !== Math.sign(signedShares);
    const execution: VenueExecution = {
      permId,
      clientId: order.clientId,
      orderId: order.orderId,
      orderRef: order.orderRef,
      account: order.account,
      execId: `00025b46.63f8f39c.${String(this.#executions.length + 1).padStart(2, "0")}.01`,
      conId: order.conId,
      exchange: "ISLAND",
      side: order.side,
      shares,
      price,
      executedAt: this.#now,
      cumulativeShares: filledShares,
      averagePrice: averageFillPrice,
      commission,
      commissionCurrency: "USD",
      modelCode: order.modelCode ?? "",
      realizedPnl: closes ? 12.34 : undefined,
    };
    this.#executions.push(execution);
    this.#tell({ kind: "execution", execution });
    this.#cash -= signedShares * price + commission;
    const position = {
      conId: order.conId,
      shares: held + signedShares,
      averageCost: price,
      marketPrice: 197.25,
      realizedPnl: 3.5,
    };
    this.#positions.set(order.conId, position);
    this.#book({
      ...order,
      filledShares,
      averageFillPrice,
      lastFillPrice: price,
      commission: order.commission + commission,
      status: isDone ? "Filled" : "Submitted",
      endedAt: isDone ? this.#now : undefined,
    });
    this.#tell({ kind: "books", account: order.account, conIds: [order.conId] });
  }

  openOrders(): readonly VenueOrder[] {
    return this.#orders.filter((order) => order.endedAt === undefined);
  }
  completedOrders(): readonly VenueOrder[] {
    return this.#orders.filter((order) => order.endedAt !== undefined);
  }
  orderOf(clientId: number, orderId: number): VenueOrder | undefined {
    const isIt = (order: VenueOrder): boolean => order.clientId === clientId && order.orderId === orderId;
    return this.openOrders().find(isIt) ?? this.completedOrders().findLast(isIt);
  }
  executions(): readonly VenueExecution[] {
    return this.#executions;
  }
  positions(): readonly VenuePosition[] {
    return [...this.#positions.values()];
  }
  position(_account: string, conId: number): VenuePosition | undefined {
    return this.#positions.get(conId);
  }

  /** No two numbers alike, so that a swapped pair shows. */
  balances(): VenueBalances {
    return {
      accountKind: "margin",
      baseCurrency: "USD",
      ledgers: [
        {
          currency: "USD",
          exchangeRate: 1,
          cash: this.#cash,
          stockMarketValue: -321.5,
          unrealizedPnl: -7.77,
          realizedPnl: 8.88,
        },
      ],
      cash: this.#cash,
      settledCash: 876_543.21,
      netLiquidation: 1_000_123.45,
      stockMarketValue: -321.5,
      grossPositionValue: 654.25,
      equityWithLoan: 999_900.01,
      initialMargin: 300.11,
      maintenanceMargin: 200.22,
      availableFunds: 999_599.9,
      excessLiquidity: 999_699.79,
      buyingPower: 3_998_399.6,
      unrealizedPnl: -7.77,
      realizedPnl: 8.88,
    };
  }

  #book(order: VenueOrder): VenueOrder {
    const index = this.#orders.findIndex((known) => known.permId === order.permId);
    if (index === -1) this.#orders.push(order);
    else this.#orders[index] = order;
    this.#tell({ kind: "order", order });
    return order;
  }

  #tell(event: VenueEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
