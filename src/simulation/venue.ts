import type { Instant, TradingDate } from "../trading/instant.ts";
import type { PriceStep } from "../trading/price.ts";
import type { Session } from "../trading/session.ts";
import type { Side } from "../trading/side.ts";

/**
 * What the simulation offers to whoever speaks for it (the paper gateway over TCP, later a broker in memory for the
 * backtest): one exchange, the broker's books, and a clock that moves only when it is told to. It knows nothing of
 * messages, client connections or request ids.
 */
export interface Venue extends VenueQuotes {
  /** The simulated present. */
  now(): Instant;
  /** Moves time forward, trading as it goes; events are told in the order in which they happen. */
  advanceTo(at: Instant): void;
  /** Tells every later event, at the moment it happens. Answers with the way to stop. */
  subscribe(listener: (event: VenueEvent) => void): () => void;

  /** The zone in which the account's day begins and times are told ("US/Eastern"). */
  readonly zone: string;
  readonly accounts: readonly string[];

  contracts(): readonly VenueContract[];
  /** Currencies in dollars, with which accounts in them are counted: quoted like contracts, not traded. */
  currencyPairs(): readonly VenueContract[];
  /** What could be seen a quarter of an hour ago. */
  readonly delayed: VenueQuotes;
  /** Bars of the past up to the present, oldest first, the one of the present included as far as it has come. */
  bars(request: VenueBarRequest): readonly VenueBar[];
  /** The same bars in steps of a few milliseconds, as of the present at its first one. */
  findBars(request: VenueBarRequest): Generator<undefined, readonly VenueBar[], undefined>;
  /** When the first bar of a contract begins. */
  firstBarAt(conId: number): Instant;
  /** Sessions from the present day on, `days` calendar days, closed days left out. */
  sessions(days: number): readonly Session[];
  /** Is the regular session open now? */
  isOpen(): boolean;

  /** Judges and books a new order. A refusal leaves no order behind but a done one with `reason`. */
  place(order: VenueOrderRequest): VenueOrder;
  /**
   * Gives a working order other terms: price, size, time in force. A refusal leaves the order as it was. Throws RangeError
   * when no such order works.
   */
  modify(permId: number, terms: VenueOrderRequest): VenueRefusal | undefined;
  /** What an order would do to margins and cost; nothing is booked. */
  preview(order: VenueOrderRequest): VenuePreview | VenueRefusal;
  /** Withdraws an order; answers with it as it is then: a done order stays as it was, and one that its auction binds works on. */
  cancel(permId: number): VenueOrder | undefined;
  /**
   * Gives a working order the number under which its client knows it from now on: one that was given by hand has none until
   * then. Throws RangeError when no such order works.
   */
  bind(permId: number, orderId: number): void;
  /** Working orders of all accounts, oldest first. */
  openOrders(): readonly VenueOrder[];
  /** Orders that ended since midnight of the account's zone, oldest first. */
  completedOrders(): readonly VenueOrder[];
  /** The order that a client knows by this number: it works, or it ended today; the last one when ids were used again. */
  orderOf(clientId: number, orderId: number): VenueOrder | undefined;
  /** Executions since midnight of the account's zone, oldest first. */
  executions(): readonly VenueExecution[];
  positions(account: string): readonly VenuePosition[];
  /** Undefined when it is flat. */
  position(account: string, conId: number): VenuePosition | undefined;
  balances(account: string): VenueBalances;
}

/** What can be seen of the market at one instant. */
export interface VenueQuotes {
  quote(conId: number): VenueQuote;
  /** The quote, with the last session's last bid and ask where the market is closed; no shares stand behind those. */
  frozenQuote(conId: number): VenueQuote;
  /** What others have traded today; undefined before the open and on closed days. */
  today(conId: number): VenueToday | undefined;
}

export interface VenueContract {
  readonly conId: number;
  readonly symbol: string;
  readonly longName: string;
  readonly primaryExchange: string;
  readonly currency: string;
  /** What kind of stock; "COMMON" when not said. */
  readonly stockType?: "COMMON" | "ETF";
  readonly marketRuleId: number;
  readonly priceSteps: readonly PriceStep[];
  /** Order sizes are multiples of so many shares; 1 when not said. */
  readonly sizeIncrementShares?: number;
  /** Shares that can be borrowed for short sales in all accounts; as many as anybody wants when not said. */
  readonly borrowableShares?: number;
}

/** Undefined sides: nobody quotes (the market is closed, extended hours too, or trading is halted). */
export interface VenueQuote {
  readonly bid: number | undefined;
  readonly ask: number | undefined;
  readonly bidShares: number;
  readonly askShares: number;
  readonly last: number;
  readonly lastTradedAt: Instant;
  readonly previousClose: number;
  /** Bid and ask are those of the last session's end; no when not said. */
  readonly isFrozen?: boolean;
  /** Trading stands still, and why; it does not when not said. */
  readonly halt?: VenueHalt | undefined;
}

/** By order of the exchange or a regulator, or because the price left its band. */
export type VenueHalt = "regulatory" | "volatility";

/** Of the trades since the open. */
export interface VenueToday {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly volumeShares: number;
}

export interface VenueBarRequest {
  readonly conId: number;
  /** "bid and ask": from the average bid to the average ask, between the lowest bid and the highest ask. */
  readonly price: "trades" | "midpoint" | "bid" | "ask" | "bid and ask";
  /** Whole seconds of a bar within a session, or a longer one. */
  readonly size: number | "day" | "week" | "month";
  /** Nothing later is in a bar. */
  readonly until: Instant;
  /** How far back from there: days are sessions, seconds are those of sessions, the others the calendar's. */
  readonly length: {
    readonly count: number;
    readonly unit: "seconds" | "days" | "weeks" | "months" | "years";
  };
}

/** Volume, average price and trades are 0 unless the bar is one of trades. */
export interface VenueBar {
  readonly startAt: Instant;
  /** The session's date: of its first session for a week or a month. */
  readonly on: TradingDate;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volumeShares: number;
  readonly averagePrice: number;
  readonly trades: number;
}

export interface VenueOrderRequest {
  readonly account: string;
  readonly clientId: number;
  readonly orderId: number;
  readonly orderRef: string;
  readonly conId: number;
  readonly side: Side;
  readonly shares: number;
  readonly orderType: VenueOrderType;
  /** Undefined: any price. Of MIDPRICE the worst midpoint that is accepted. */
  readonly limitPrice: number | undefined;
  readonly timeInForce: VenueTimeInForce;
  readonly algoStrategy: string;
  readonly algoParams: readonly { readonly tag: string; readonly value: string }[];
  /** What Twap and Vwap make of their parameters; undefined trades as fast as the market lets it. */
  readonly schedule?: VenueSchedule | undefined;
  /** When a GTD order ends. */
  readonly goodTillAt?: Instant | undefined;
  /** May it trade before the open and after the close? */
  readonly tradesExtendedHours?: boolean | undefined;
  /** What STP and STP LMT wait for. */
  readonly stopPrice?: number | undefined;
  /** Which prices reach a stop; the last trade when not said. */
  readonly triggeredBy?: VenueTrigger | undefined;
  /** How far a trailing stop follows behind the market: in price, or in per cent of it. */
  readonly trailAmount?: number | undefined;
  readonly trailPercent?: number | undefined;
  /** Where a trailing stop stands: at first as the client says or else behind the market, then where it has come to. */
  readonly trailStopPrice?: number | undefined;
  /** TRAIL LIMIT: how far its limit stands behind its stop, in price. */
  readonly limitOffset?: number | undefined;
  /** Orders of one account that depend on each other; empty or undefined when it stands alone. */
  readonly ocaGroup?: string | undefined;
  /** 1: a fill cancels the others; 2 and 3: it makes them smaller by as much. 3 when not said. */
  readonly ocaType?: 1 | 2 | 3 | undefined;
  /** The order without whose fill this one does not begin. */
  readonly parentPermId?: number | undefined;
  readonly parentOrderId?: number | undefined;
  /** Name of the model portfolio that it is for; kept, and of no effect. */
  readonly modelCode?: string | undefined;
}

/** A window over which an order trades in slices. */
export interface VenueSchedule {
  /** Even over time, or as the market's volume comes. */
  readonly slices: "even" | "with volume";
  /** When it is placed, when not said. */
  readonly startAt: Instant | undefined;
  /** The session's close, when not said. */
  readonly endAt: Instant | undefined;
  /** Does what is left at the end go on trading? Else it is cancelled. */
  readonly tradesPastEnd: boolean;
  /** At most this part of what others trade in the window. */
  readonly volumePartMax: number | undefined;
}

export type VenueOrderType =
  | "LMT"
  | "MKT"
  | "STP"
  | "STP LMT"
  | "TRAIL"
  | "TRAIL LIMIT"
  | "MIDPRICE"
  | "MOC"
  | "LOC";
export type VenueTimeInForce = "DAY" | "GTC" | "GTD" | "IOC" | "FOK" | "OPG";
export type VenueTrigger = "last" | "bid or ask" | "last or bid or ask" | "midpoint";

/** Error code and text with which the broker refused or ended something. */
export interface VenueRefusal {
  readonly code: number;
  readonly text: string;
}

/** In the base currency, before an order and after it. */
export interface VenuePreview {
  readonly before: VenueMargins;
  readonly after: VenueMargins;
  readonly commission: number;
}

export interface VenueMargins {
  readonly initialMargin: number;
  readonly maintenanceMargin: number;
  readonly equityWithLoan: number;
}

export interface VenueOrder extends VenueOrderRequest {
  readonly permId: number;
  readonly placedAt: Instant;
  readonly status: "PreSubmitted" | "Submitted" | "Filled" | "Cancelled" | "Inactive";
  readonly filledShares: number;
  readonly averageFillPrice: number;
  readonly lastFillPrice: number;
  readonly commission: number;
  readonly endedAt: Instant | undefined;
  readonly reason: VenueRefusal | undefined;
  /** A stop that the market has reached: from then on a market or limit order. */
  readonly isTriggered?: boolean;
  /** Its parent has not been filled yet. */
  readonly awaitsParent?: boolean;
  /** A short sale for which there is no stock to borrow yet. */
  readonly whyHeld?: "locate" | "";
}

export interface VenueExecution {
  readonly execId: string;
  readonly permId: number;
  readonly clientId: number;
  readonly orderId: number;
  readonly orderRef: string;
  readonly account: string;
  readonly conId: number;
  readonly exchange: string;
  readonly side: Side;
  readonly shares: number;
  readonly price: number;
  readonly executedAt: Instant;
  /** Shares and average price of the order after this execution. */
  readonly cumulativeShares: number;
  readonly averagePrice: number;
  readonly commission: number;
  readonly commissionCurrency: string;
  /** Empty when the order names no model portfolio. */
  readonly modelCode: string;
  /** Undefined when the execution closes nothing. */
  readonly realizedPnl: number | undefined;
}

export interface VenuePosition {
  readonly conId: number;
  readonly shares: number;
  /** Per share, commissions included. */
  readonly averageCost: number;
  readonly marketPrice: number;
  readonly realizedPnl: number;
}

/** One currency's part of an account, in that currency. */
export interface VenueLedger {
  readonly currency: string;
  /** What one unit of it is worth in the base currency. */
  readonly exchangeRate: number;
  readonly cash: number;
  readonly stockMarketValue: number;
  readonly unrealizedPnl: number;
  readonly realizedPnl: number;
}

/** In the base currency. */
export interface VenueBalances {
  readonly accountKind: "margin" | "cash";
  readonly baseCurrency: string;
  /** The base currency first. */
  readonly ledgers: readonly VenueLedger[];
  readonly cash: number;
  /** Cash without the proceeds of sales that are not paid yet. */
  readonly settledCash: number;
  readonly netLiquidation: number;
  readonly stockMarketValue: number;
  readonly grossPositionValue: number;
  readonly equityWithLoan: number;
  readonly initialMargin: number;
  readonly maintenanceMargin: number;
  readonly availableFunds: number;
  readonly excessLiquidity: number;
  readonly buyingPower: number;
  readonly unrealizedPnl: number;
  readonly realizedPnl: number;
}

export type VenueEvent =
  /** Accepted, filled further, cancelled, expired or refused. */
  | { readonly kind: "order"; readonly order: VenueOrder }
  /** Told before the order event that carries its new filled quantity, as the real gateway does. */
  | { readonly kind: "execution"; readonly execution: VenueExecution }
  /** Cash, margins or positions of the account are not what they were. */
  | { readonly kind: "books"; readonly account: string; readonly conIds: readonly number[] };
