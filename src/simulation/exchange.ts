import { type Instant, instantFromMs } from "../trading/instant.ts";
import { invariant } from "../trading/invariant.ts";
import { toNumber } from "../trading/money.ts";
import type { BaseCurrency } from "./account-terms.ts";
import type { Books } from "./books.ts";
import { type ExchangeDay, isOpenAt, nextOpenAt } from "./exchange-days.ts";
import { judgeAccount } from "./judge-account.ts";
import { judgeTerms, type Refusal } from "./judge-order.ts";
import type { Touch } from "./liquidity.ts";
import type { Listing } from "./listings.ts";
import type { Market } from "./market.ts";
import { OrderNames } from "./order-names.ts";
import type { MarkOf } from "./simulated-account.ts";
import { settlesAt } from "./settlement.ts";
import { TakenShares } from "./taken-shares.ts";
import type { VenueEvent, VenueExecution, VenueOrder, VenueOrderRequest } from "./venue.ts";
import { accepts, afterFill, remainingShares, type WorkingOrder, workingOrder } from "./working-order.ts";

export interface ExchangeParts {
  readonly startAt: Instant;
  readonly seed: number;
  readonly dayOf: (at: Instant) => ExchangeDay;
  readonly market: Market;
  readonly markOf: MarkOf;
  readonly listings: ReadonlyMap<number, Listing>;
  readonly books: ReadonlyMap<string, Books>;
  /** Dollars for one unit of a base currency. */
  readonly dollarsPer: (currency: BaseCurrency) => number;
  readonly tell: (...events: readonly VenueEvent[]) => void;
}

const msPerSecond = 1000;

/**
 * Orders and time. While orders work in an open session every whole second is lived through; else time jumps to the next
 * instant at which something can happen. An order trades against what the market displays, at the price that it displays:
 * a limit decides only whether. What it takes is gone for everybody until the next second.
 */
export class Exchange {
  readonly #parts: ExchangeParts;
  readonly #names: OrderNames;
  /** By permId, oldest first. */
  readonly #working = new Map<number, WorkingOrder>();
  #done: VenueOrder[] = [];
  #executions: VenueExecution[] = [];
  readonly #taken = new TakenShares();
  #now: Instant;
  #isAdvancing = false;

  constructor(parts: ExchangeParts) {
    this.#parts = parts;
    this.#names = new OrderNames(parts.seed, parts.startAt);
    this.#now = parts.startAt;
  }

  /** The simulated present. */
  get now(): Instant {
    return this.#now;
  }

  /** Shares that orders have taken from one side of the touch in the present second. */
  takenShares(conId: number, from: keyof Touch): number {
    return this.#taken.of(conId, from, secondOf(this.#now));
  }

  /** Orders that may still trade, oldest first. */
  working(): readonly VenueOrder[] {
    return [...this.#working.values()].map(({ order }) => order);
  }

  /** Orders that ended since midnight. */
  done(): readonly VenueOrder[] {
    return this.#done.filter(({ endedAt }) => this.#isToday(endedAt));
  }

  /** Executions since midnight. */
  executions(): readonly VenueExecution[] {
    return this.#executions.filter(({ executedAt }) => this.#isToday(executedAt));
  }

  /** An instant that is not later changes nothing: simulated time never goes back. */
  advanceTo(at: Instant): void {
    invariant(!this.#isAdvancing, "time moved by a listener of the simulation");
    this.#isAdvancing = true;
    try {
      let next = this.#nextMoment();
      while (next !== undefined && next <= at) {
        this.#now = next;
        this.#live();
        next = this.#nextMoment();
      }
      if (at > this.#now) this.#now = at;
    } finally {
      this.#isAdvancing = false;
    }
  }

  /** The next instant at which an order can change; undefined when none works. */
  #nextMoment(): Instant | undefined {
    if (this.#working.size === 0) return undefined;
    const day = this.#parts.dayOf(this.#now);
    if (!isOpenAt(day, this.#now)) return nextOpenAt(this.#now, this.#parts.dayOf);
    // Sessions open and close on whole seconds, so no second steps over a close.
    return instantFromMs((secondOf(this.#now) + 1) * msPerSecond);
  }

  #live(): void {
    const { session } = this.#parts.dayOf(this.#now);
    if (this.#now === session?.closeAt) return this.#close();
    if (this.#now === session?.openAt) this.#open();
    for (const { order } of this.#each()) this.#match(order.permId);
  }

  #open(): void {
    for (const working of this.#each())
      if (working.order.status === "PreSubmitted")
        this.#keep({ ...working, order: { ...working.order, status: "Submitted" } });
  }

  #close(): void {
    for (const working of this.#each()) {
      const { order } = working;
      if (order.timeInForce === "DAY")
        this.#end({ ...order, status: "Cancelled", reason: { code: 202, text: expired } });
      else this.#keep({ ...working, order: { ...order, status: "PreSubmitted" } });
    }
  }

  /** Those that work now, whatever listeners do while they are told of the first. */
  *#each(): Generator<WorkingOrder> {
    const permIds = [...this.#working.keys()];
    for (const permId of permIds) {
      const working = this.#working.get(permId);
      if (working) yield working;
    }
  }

  /** Judges an order, books it, and trades at once what can be traded. Answers with it as it is after that. */
  place(request: VenueOrderRequest): VenueOrder {
    const isOpen = isOpenAt(this.#parts.dayOf(this.#now), this.#now);
    const permId = this.#names.nextPermId();
    const order = newOrder(request, permId, this.#now, isOpen);
    const refusal = this.#judge(request);
    if (refusal) return this.#end({ ...order, status: "Inactive", reason: refusal });
    this.#keep(workingOrder(order));
    if (isOpen) this.#match(permId);
    return this.#find(permId) ?? order;
  }

  #judge(request: VenueOrderRequest): Refusal | undefined {
    const { listings, books, markOf } = this.#parts;
    const account = books.get(request.account);
    if (!account)
      return { code: 321, text: "Error validating request.-'bW' : cause - Invalid account code." };
    const refusal = judgeTerms(request, listings.get(request.conId));
    if (refusal) return refusal;
    const working = this.working().filter((order) => order.account === request.account);
    const { otherCash, baseCurrency } = account.terms;
    const dollarsPerBase = this.#parts.dollarsPer(baseCurrency);
    const money = { otherDollars: otherCash * dollarsPerBase, dollarsPerBase };
    return judgeAccount(request, { books: account, working, markOf, ...money, now: this.#now });
  }

  /** Answers with the order as it is then: cancelled, or done already; undefined when today knows no such order. */
  cancel(permId: number): VenueOrder | undefined {
    const working = this.#working.get(permId);
    if (!working) return this.#find(permId);
    return this.#end({ ...working.order, status: "Cancelled" });
  }

  #find(permId: number): VenueOrder | undefined {
    return this.#working.get(permId)?.order ?? this.#done.findLast((order) => order.permId === permId);
  }

  /** Trades what can be traded of an order in the present second. */
  #match(permId: number): void {
    const working = this.#working.get(permId);
    const listing = working && this.#parts.listings.get(working.order.conId);
    const touch = listing && this.#parts.market.touch(listing, this.#now);
    if (!working || !touch) return;
    const { conId, side } = working.order;
    const from = side === "buy" ? "ask" : "bid";
    const price = touch[from];
    if (!accepts(working.order, price)) return;
    const displayed = this.#parts.market.displayed(listing, from, this.#now);
    const shares = Math.min(remainingShares(working), displayed - this.takenShares(conId, from));
    if (shares <= 0) return;
    this.#taken.take(conId, from, secondOf(this.#now), shares);
    this.#fill(working, listing, { shares, price, at: this.#now });
  }

  #fill(
    before: WorkingOrder,
    listing: Listing,
    fill: { readonly shares: number; readonly price: number; readonly at: Instant },
  ): void {
    const { working, commission } = afterFill(before, fill);
    const { order } = working;
    const books = this.#parts.books.get(order.account);
    invariant(books, `books of ${order.account}`);
    const { shares, price } = fill;
    const realizedPnl = books.book({
      ...{ conId: order.conId, side: order.side, shares, price, commission },
      settlesAt: settlesAt(fill.at),
    });
    const execution = executionOf(order, {
      execId: this.#names.nextExecId(),
      exchange: listing.primaryExchange,
      shares,
      price,
      executedAt: fill.at,
      commission: toNumber(commission),
      realizedPnl: realizedPnl && toNumber(realizedPnl),
    });
    this.#executions = forgetBefore(this.#executions, this.#midnight(), (known) => known.executedAt);
    this.#executions.push(execution);
    this.#put(working);
    this.#parts.tell(
      { kind: "execution", execution },
      { kind: "order", order },
      { kind: "books", account: order.account, conIds: [order.conId] },
    );
  }

  /** The order works on as it is now, and everybody is told. */
  #keep(working: WorkingOrder): void {
    this.#put(working);
    this.#parts.tell({ kind: "order", order: working.order });
  }

  /** The order has ended now, and everybody is told. */
  #end(order: VenueOrder): VenueOrder {
    const ended = { ...order, endedAt: this.#now };
    this.#put(workingOrder(ended));
    this.#parts.tell({ kind: "order", order: ended });
    return ended;
  }

  #put(working: WorkingOrder): void {
    const { order } = working;
    if (order.endedAt === undefined) {
      this.#working.set(order.permId, working);
      return;
    }
    this.#working.delete(order.permId);
    this.#done = forgetBefore(this.#done, this.#midnight(), (known) => known.endedAt ?? this.#now);
    this.#done.push(order);
  }

  #midnight(): Instant {
    return this.#parts.dayOf(this.#now).startAt;
  }

  #isToday(at: Instant | undefined): boolean {
    return at !== undefined && at >= this.#midnight();
  }
}

const expired = "The order expired at the close of the session.";

/** The second that an instant lies in, counted since 1970. */
function secondOf(at: Instant): number {
  return Math.floor(at / msPerSecond);
}

/** The list without what lies before an instant; the same list when there is nothing to forget. Oldest first. */
function forgetBefore<T>(list: T[], at: Instant, atOf: (item: T) => Instant): T[] {
  const [oldest] = list;
  return oldest !== undefined && atOf(oldest) < at ? list.filter((item) => atOf(item) >= at) : list;
}

function newOrder(request: VenueOrderRequest, permId: number, at: Instant, isOpen: boolean): VenueOrder {
  return {
    ...request,
    permId,
    placedAt: at,
    status: isOpen ? "Submitted" : "PreSubmitted",
    filledShares: 0,
    averageFillPrice: 0,
    lastFillPrice: 0,
    commission: 0,
    endedAt: undefined,
    reason: undefined,
  };
}

type FillReport = Pick<
  VenueExecution,
  "execId" | "exchange" | "shares" | "price" | "executedAt" | "commission" | "realizedPnl"
>;

/** The execution that brought an order to where it is now. */
function executionOf(order: VenueOrder, report: FillReport): VenueExecution {
  return {
    ...report,
    permId: order.permId,
    clientId: order.clientId,
    orderId: order.orderId,
    orderRef: order.orderRef,
    account: order.account,
    conId: order.conId,
    side: order.side,
    cumulativeShares: order.filledShares,
    averagePrice: order.averageFillPrice,
    commissionCurrency: "USD",
  };
}
