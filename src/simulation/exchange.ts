import { type Instant } from "../trading/instant.ts";
import { invariant } from "../trading/invariant.ts";
import { toNumber } from "../trading/money.ts";
import { Admission, type AdmissionParts } from "./admission.ts";
import { isWindowOver } from "./algo-schedule.ts";
import { DayRecords } from "./day-records.ts";
import { type ExchangeDay, type ExchangePhase, extendedHours, phaseAt } from "./exchange-days.ts";
import type { Refusal } from "./judge-order.ts";
import type { Touch } from "./liquidity.ts";
import type { Listing } from "./listings.ts";
import type { Market } from "./market.ts";
import { MarketNow } from "./market-now.ts";
import { nextMoment } from "./next-moment.ts";
import { afterOther, groupOf } from "./oca.ts";
import {
  firstStatus,
  isForClose,
  isForOpen,
  isHeld,
  isImmediate,
  isStop,
  workingStatus,
} from "./order-kinds.ts";
import { OrderNames } from "./order-names.ts";
import { executionOf, isSameTrail, placedOrder, sharesOfChild } from "./placed-order.ts";
import { secondOf } from "./second-of.ts";
import { settlesAt } from "./settlement.ts";
import { TradedGroups } from "./traded-groups.ts";
import type { VenueEvent, VenueExecution, VenueOrder, VenueOrderRequest, VenuePreview } from "./venue.ts";
import { accepts, afterFill, remainingShares, type WorkingOrder, workingOrder } from "./working-order.ts";
import { WorkingOrders } from "./working-orders.ts";

export interface ExchangeParts extends Omit<AdmissionParts, "working" | "now"> {
  readonly startAt: Instant;
  readonly seed: number;
  /** Orders meet the market once in so many seconds. */
  readonly stepSeconds: number;
  readonly market: Market;
  readonly tell: (...events: readonly VenueEvent[]) => void;
}

/**
 * Orders and time. While orders work in an open session every whole second is lived through (or every tenth, as
 * `stepSeconds` says); else time jumps to the next instant at which something can happen. An order trades against what the market displays, at the price that it displays:
 * a limit decides only whether. What it takes is gone for everybody until the next second.
 */
export class Exchange {
  readonly #parts: ExchangeParts;
  readonly #names: OrderNames;
  readonly #working = new WorkingOrders();
  readonly #admission: Admission;
  readonly #today: DayRecords;
  readonly #market: MarketNow;
  readonly #tradedGroups = new TradedGroups();
  #settlement: { readonly on: ExchangeDay["on"]; readonly at: Instant } | undefined;
  #now: Instant;
  #isAdvancing = false;

  constructor(parts: ExchangeParts) {
    this.#parts = parts;
    this.#names = new OrderNames(parts.seed, parts.startAt);
    this.#now = parts.startAt;
    this.#today = new DayRecords(() => parts.dayOf(this.#now).startAt);
    const now = () => this.#now;
    this.#market = new MarketNow({ ...parts, now });
    this.#admission = new Admission({ ...parts, working: this.#working, now });
  }

  /** The simulated present. */
  get now(): Instant {
    return this.#now;
  }

  /** Shares that orders have taken from one side of the touch in the present second. */
  takenShares(conId: number, from: keyof Touch): number {
    return this.#market.takenShares(conId, from);
  }

  /** Orders that may still trade, oldest first. */
  working(): readonly VenueOrder[] {
    return this.#working.orders();
  }

  /** Orders that ended since midnight. */
  done(): readonly VenueOrder[] {
    return this.#today.done();
  }

  /** The order that a client knows by this number: it works, or it ended since midnight. */
  orderOf(clientId: number, orderId: number): VenueOrder | undefined {
    return this.#working.withOrderId(clientId, orderId)?.order ?? this.#today.withOrderId(clientId, orderId);
  }

  /** Executions since midnight. */
  executions(): readonly VenueExecution[] {
    return this.#today.executions();
  }

  /** What an account has realized since midnight, in dollars: with one contract, or with all of them. */
  realizedPnl(account: string, conId?: number): number {
    return this.#today.realizedPnl(account, conId);
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
    return this.#working.size === 0 ? undefined : nextMoment(this.#now, this.working(), this.#parts);
  }

  #day(): ExchangeDay {
    return this.#parts.dayOf(this.#now);
  }

  #phase(): ExchangePhase {
    return phaseAt(this.#day(), this.#now);
  }

  #live(): void {
    const day = this.#parts.dayOf(this.#now);
    this.#endOverdue();
    if (this.#now === day.session?.closeAt) this.#close();
    if (this.#now === extendedHours(day)?.closeAt)
      this.#closeDay((order) => order.tradesExtendedHours === true);
    if (this.#now === day.session?.openAt || this.#now === extendedHours(day)?.openAt) this.#open();
    for (const { order } of this.#each()) this.#match(order.permId);
  }

  /** GTD orders whose time has come, and algorithms whose window is over. */
  #endOverdue(): void {
    for (const { order } of this.#each())
      if (order.goodTillAt !== undefined && order.goodTillAt <= this.#now) this.#expire(order);
      else if (isWindowOver(order, this.#now)) this.#expire(order, windowOver);
  }

  /** The exchange has the orders now that waited for it; the opening auction is held at the session's first trade. */
  #open(): void {
    const phase = this.#phase();
    for (const working of this.#each())
      if (phase === "regular" && isForOpen(working.order)) this.#auction(working);
      else this.#restate(working, phase);
  }

  /** The closing auction, then what does not outlive the session. */
  #close(): void {
    for (const working of this.#each())
      if (isForClose(working.order) && !working.order.awaitsParent) this.#auction(working);
    this.#closeDay((order) => order.tradesExtendedHours !== true && !isForOpen(order));
  }

  /** Ends the day's orders among those concerned; the others are the broker's until the next opening. */
  #closeDay(concerns: (order: VenueOrder) => boolean): void {
    const phase = this.#phase();
    for (const working of this.#each()) {
      const { order } = working;
      if (!concerns(order)) continue;
      if (order.timeInForce === "DAY") this.#expire(order);
      else this.#restate(working, phase);
    }
  }

  #expire(order: VenueOrder, text = expired): void {
    this.#end({ ...order, status: "Cancelled", reason: { code: 202, text } });
  }

  /** Tells an order again when it is not called what it was. */
  #restate(working: WorkingOrder, phase: ExchangePhase): void {
    const status = workingStatus(working.order, phase);
    if (status !== working.order.status) this.#keep({ ...working, order: { ...working.order, status } });
  }

  /** All that an order wants trades at the auction's one price, or the order ends. */
  #auction(working: WorkingOrder): void {
    const { order } = working;
    const listing = this.#parts.listings.get(order.conId);
    invariant(listing, `the listing of contract ${order.conId}`);
    const { price } = this.#parts.market.lastTrade(listing, this.#now);
    if (accepts(order, price) && this.#market.canDeliver(order, listing))
      this.#fill(working, listing, { shares: remainingShares(working), price, at: this.#now });
    else this.#expire(order, isForOpen(order) ? notAtOpen : expired);
  }

  /** Those that work now, whatever listeners do while they are told of the first. */
  *#each(): Generator<WorkingOrder> {
    for (const permId of this.#working.permIds()) {
      const working = this.#working.get(permId);
      if (working) yield working;
    }
  }

  /** Judges an order, books it, and trades at once what can be traded. Answers with it as it is after that. */
  place(request: VenueOrderRequest): VenueOrder {
    const permId = this.#names.nextPermId();
    const order = placedOrder(request, permId, this.#now);
    const parent = request.parentPermId === undefined ? undefined : this.#find(request.parentPermId);
    const held: VenueOrder = {
      ...order,
      ...(parent?.endedAt === undefined && parent && { awaitsParent: true }),
    };
    const refusal = this.#admission.judge(request);
    if (refusal) return this.#end({ ...order, status: "Inactive", reason: refusal });
    const shares = parent?.endedAt === undefined ? order.shares : sharesOfChild(order, parent);
    if (shares === 0) return this.#end({ ...order, status: "Inactive", reason: missingParent });
    const located = this.#market.located(this.#market.withStop({ ...held, shares }));
    this.#keep(workingOrder({ ...located, status: firstStatus(located, this.#phase()) }));
    this.#match(permId);
    const working = this.#working.get(permId);
    if (working) this.#restate(working, this.#phase());
    return this.#find(permId) ?? order;
  }

  /** Gives a working order other terms and trades at once what can be traded. A refusal leaves it as it was (O06). */
  modify(permId: number, terms: VenueOrderRequest): Refusal | undefined {
    const working = this.#working.get(permId);
    if (!working) throw new RangeError(`no order ${permId} works`);
    const { order } = working;
    const refusal = this.#admission.judgeChange(order, terms);
    if (refusal) return refusal;
    const { parentPermId, parentOrderId } = order;
    const trailStopPrice =
      terms.trailStopPrice ?? (isSameTrail(order, terms) ? order.trailStopPrice : undefined);
    const changed = this.#market.located({ ...order, ...terms, parentPermId, parentOrderId, trailStopPrice });
    const status = workingStatus(changed, this.#phase());
    this.#keep({ ...working, exactRemaining: undefined, order: { ...changed, status } });
    this.#match(permId);
    return undefined;
  }

  /** What the order would do to the account's margins, or why it would be refused. */
  preview(request: VenueOrderRequest): VenuePreview | Refusal {
    return this.#admission.preview(request);
  }

  /** Gives a working order another number. Throws RangeError when no such order works. */
  bind(permId: number, orderId: number): void {
    const working = this.#working.get(permId);
    if (!working) throw new RangeError(`no order ${permId} works`);
    this.#keep({ ...working, order: { ...working.order, orderId } });
  }

  /**
   * Answers with the order as it is then: cancelled, done already, or still working because its auction binds it; undefined
   * when today knows no such order. Its group goes with it: IB says so of a cancellation by the client, and that one by the
   * system (here: it has expired, or another's fill has left nothing of it) leaves the others alone.
   */
  cancel(permId: number): VenueOrder | undefined {
    const working = this.#working.get(permId);
    if (!working || this.#admission.isBound(working.order)) return this.#find(permId);
    const ended = this.#end({ ...working.order, status: "Cancelled" });
    this.#concernGroup(ended, 1);
    return ended;
  }

  #find(permId: number): VenueOrder | undefined {
    return this.#working.get(permId)?.order ?? this.#today.order(permId);
  }

  /** Trades what can be traded of an order in the present second. */
  #match(permId: number): void {
    const listing = this.#parts.listings.get(this.#working.get(permId)?.order.conId ?? 0);
    const touch = listing && this.#lookAround(permId, listing);
    const working = this.#working.get(permId);
    if (!working || !listing || !touch) return;
    const { order } = working;
    const offer = this.#market.offer(order, listing, touch);
    const due = this.#market.scheduled(order, listing) - order.filledShares;
    const shares = Math.min(remainingShares(working), offer.shares, due);
    const isFree = !this.#tradedGroups.blocks(order, secondOf(this.#now));
    const isEnough =
      isFree && shares > 0 && (order.timeInForce !== "FOK" || shares === remainingShares(working));
    if (isEnough && accepts(order, offer.price)) {
      this.#market.take(order.conId, offer.from, shares);
      this.#fill(working, listing, { shares, price: offer.price, at: this.#now });
    }
    const left = this.#working.get(permId);
    if (left && isImmediate(left.order)) this.#end({ ...left.order, status: "Cancelled" });
  }

  /** What an order sees before it trades: stops follow and trigger, short sales find their stock. Undefined: it may not trade. */
  #lookAround(permId: number, listing: Listing): Touch | undefined {
    const working = this.#working.get(permId);
    const touch = working && this.#market.touchFor(working.order, listing);
    if (!working || !touch || working.order.awaitsParent) return undefined;
    const before = working.order;
    const order = this.#market.located(
      isStop(before) ? this.#market.afterLooking(before, listing, touch) : before,
    );
    const status = workingStatus(order, this.#phase());
    if (order !== before) {
      if (status !== before.status) this.#keep({ ...working, order: { ...order, status } });
      else this.#put({ ...working, order });
    }
    return isHeld(order) ? undefined : touch;
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
      conId: order.conId,
      side: order.side,
      shares,
      price,
      commission,
      settlesAt: this.#settlesAt(),
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
    this.#today.addExecution(execution);
    this.#tradedGroups.note(order, secondOf(this.#now));
    this.#put(working);
    this.#parts.tell(
      { kind: "execution", execution },
      { kind: "order", order },
      { kind: "books", account: order.account, conIds: [order.conId] },
    );
    this.#concernGroup(order, shares / remainingShares(before));
    if (order.endedAt !== undefined) this.#concernChildren(order);
  }

  /** When the money of today's trades is there; looked up in the calendar once a day. */
  #settlesAt(): Instant {
    const { on } = this.#day();
    if (this.#settlement?.on !== on) this.#settlement = { on, at: settlesAt(this.#now) };
    return this.#settlement.at;
  }

  /** Orders of the same group are made smaller or cancelled when one of them is filled by a part of what it had left. */
  #concernGroup(order: VenueOrder, filledPart: number): void {
    const group = groupOf(order);
    if (group === undefined) return;
    for (const { permId } of this.#working.inGroup(group)) {
      const other = this.#working.get(permId);
      if (!other || permId === order.permId || groupOf(other.order) !== group) continue;
      const left = afterOther(other, filledPart);
      if (left === undefined) this.#end({ ...other.order, status: "Cancelled" });
      else if (left.order.shares !== other.order.shares) this.#keep(left);
      else this.#put(left);
    }
  }

  /**
   * Children begin when their parent is filled. When it ends before, they end with it, but for what it had been filled: they
   * begin with no more shares than that, so that an entry's exits never turn the position round.
   */
  #concernChildren(parent: VenueOrder): void {
    for (const { permId } of this.#working.childrenOf(parent.permId)) {
      const child = this.#working.get(permId);
      if (!child?.order.awaitsParent) continue;
      if (parent.filledShares === 0) this.#end({ ...child.order, status: "Cancelled" });
      else this.#begin(child, sharesOfChild(child.order, parent));
    }
  }

  #begin(child: WorkingOrder, shares: number): void {
    const order = { ...child.order, awaitsParent: false, shares };
    const begun = {
      ...child,
      exactRemaining: undefined,
      order: { ...order, status: workingStatus(order, this.#phase()) },
    };
    const isNews = begun.order.status !== child.order.status || shares !== child.order.shares;
    if (isNews) this.#keep(begun);
    else this.#put(begun);
    this.#match(order.permId);
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
    if (ended.status === "Cancelled") this.#concernChildren(ended);
    return ended;
  }

  #put(working: WorkingOrder): void {
    const { order } = working;
    this.#admission.changed(order);
    if (order.endedAt === undefined) return this.#working.set(working);
    this.#working.delete(order.permId);
    this.#today.addDone(order);
  }
}

const missingParent = { code: 10006, text: "Missing parent order." };
const windowOver = "The algorithm's time is over.";
const notAtOpen = "At the open order can not be executed";
const expired = "The order expired at the close of the session.";
