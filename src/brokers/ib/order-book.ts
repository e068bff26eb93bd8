import type {
  CommissionReport,
  Contract,
  Execution as IbExecution,
  OrderState as IbOrderState,
  Order,
} from "@stoqey/ib";
import type { Execution } from "../../trading/execution.ts";
import { brokerTermsOf, stopPriceOf } from "../../trading/execution-style.ts";
import { type OrderReport, type PlannedOrder, sentLimitOf } from "../../trading/order.ts";
import { type Side, sign } from "../../trading/side.ts";
import { endsRequest, meaningOf, messageOf } from "./codes.ts";
import { required } from "./events.ts";
import { HeardExecutions } from "./heard-executions.ts";
import {
  changeKey,
  endOf,
  type HeardOrder,
  learnExecution,
  learnStatus,
  newOrder,
  note,
  orderFrom,
  reportOf,
  sharesOf,
  stateNow,
} from "./heard-order.ts";
import { type Change, isRefusalOfChange, learnChange, refuseChange } from "./order-change.ts";
import { OrderIndex } from "./order-index.ts";
import { stopPriceTold, trailBpsTold } from "./wire-order.ts";

/**
 * Orders and executions heard in one connection. Fills are the sum of executions, each once, corrections replacing what
 * they correct: statuses repeat, come late or not at all (O32, O33, O34, S05).
 */
export class OrderBook {
  readonly #account: string;
  readonly #onChange: (order: OrderReport) => void;
  readonly #orders = new OrderIndex();
  readonly #executions: HeardExecutions;

  /** `onChange` hears of orders that were placed or cancelled here, whenever their state or their fills change. */
  constructor(account: string, onChange: (order: OrderReport) => void) {
    this.#account = account;
    this.#onChange = onChange;
    this.#executions = new HeardExecutions(account);
  }

  /** An order of ours that is about to be handed over: whatever comes of it has a place from now on. */
  expect(order: PlannedOrder, clientId: number, orderId: number): void {
    const { orderRef, account, side } = order;
    const limitPrice = sentLimitOf(order);
    const { conId, symbol } = order.instrument;
    const entry = newOrder({
      orderRef,
      clientId,
      orderId,
      permId: 0,
      account,
      conId,
      symbol,
      side,
      limitPrice,
      stopPrice: stopPriceOf(order.style),
      orderedShares: order.shares,
    });
    entry.tracked = true;
    entry.placedHere = true;
    entry.algoStrategy = brokerTermsOf(order.style, order.instrument.timeZone).algoStrategy;
    this.#add(entry);
  }

  /** An order that works here, and whose new terms are about to be handed over. */
  expectChange(order: PlannedOrder): void {
    const { orderRef, shares, style, instrument } = order;
    const entry = required(this.#orders.byRef(orderRef), orderRef);
    const { orderedShares, limitPrice, stopPrice } = entry;
    const { algoStrategy, trailPercent } = brokerTermsOf(style, instrument.timeZone);
    entry.change = {
      shares,
      limitPrice: sentLimitOf(order),
      stopPrice: stopPriceOf(style),
      trailPercent,
      before: { shares: orderedShares, limitPrice, stopPrice },
      answer: "pending",
    };
    entry.algoStrategy = algoStrategy;
  }

  /** What has come of an order's new terms; undefined when none were sent. */
  changeOf(orderRef: string): Change["answer"] | undefined {
    return this.#orders.byRef(orderRef)?.change?.answer;
  }

  /** An order of ours that was never handed over to the wire. */
  notSent(order: PlannedOrder, clientId: number, why: { code: number; text: string }): void {
    this.expect(order, clientId, 0);
    const entry = required(this.#orders.byRef(order.orderRef), order.orderRef);
    entry.told = { life: "done", status: "not-sent" };
    entry.messages.push(why);
    this.#tell(entry);
  }

  /** An order that an earlier connection placed and that this one is about to cancel. */
  track(report: OrderReport): void {
    const known = this.#orders.find(report);
    const entry = known ?? this.#add(newOrder(report));
    entry.tracked = true;
    entry.cancelAnswered = false;
    if (!known) entry.told = report.state;
    entry.toldFilledShares = Math.max(entry.toldFilledShares, report.filledShares);
    entry.lastTold = changeKey(reportOf(entry));
  }

  hearOpenOrder(orderId: number, contract: Contract, order: Order, state: IbOrderState): void {
    const permId = order.permId ?? 0;
    const clientId = order.clientId ?? 0;
    const known = this.#orders.find({ permId, clientId, orderId, orderRef: order.orderRef ?? "" });
    const entry = known ?? this.#add(orderFrom(orderId, contract, order));
    this.#learnPermId(entry, permId);
    if (order.totalQuantity !== undefined && !entry.placedHere) entry.orderedShares = order.totalQuantity;
    entry.stopPrice = stopPriceTold(order);
    entry.trailBps = trailBpsTold(order);
    learnChange(entry, order);
    learnStatus(entry, state.status, "");
    if (state.warningText) note(entry, 0, state.warningText);
    if (entry.placedHere && (order.algoStrategy ?? "") !== entry.algoStrategy) {
      const expected = entry.algoStrategy === "" ? "with an" : `without its ${entry.algoStrategy}`;
      note(entry, 0, `The broker shows this order ${expected} algorithm.`); // O41
    }
    this.#tell(entry);
  }

  hearStatus(heard: {
    readonly orderId: number;
    readonly clientId: number;
    readonly permId: number;
    readonly status: string;
    readonly whyHeld: string;
    readonly filledShares: number | undefined;
  }): void {
    const entry = this.#orders.find({ ...heard, orderRef: "" });
    if (!entry) return;
    this.#learnPermId(entry, heard.permId);
    entry.toldFilledShares = Math.max(entry.toldFilledShares, heard.filledShares ?? 0);
    learnStatus(entry, heard.status, heard.whyHeld);
    this.#tell(entry);
  }

  /** An error or warning about an order of this connection's client. Answers whether such an order is known. */
  hearError(orderId: number, clientId: number, code: number, text: string): boolean {
    const entry = this.#orders.byId(clientId, orderId);
    if (!entry) return false;
    note(entry, code, text);
    const meaning = meaningOf(code);
    if (isRefusalOfChange(entry, code)) {
      refuseChange(entry, messageOf(code, text));
      this.#tell(entry);
      return true;
    }
    const isFilled = meaning === "already-filled";
    if (meaning === "order-rejected" || (isFilled && entry.placedHere)) entry.rejected = true;
    if (endsRequest(code)) entry.cancelAnswered = true;
    if (meaning === "warning") entry.warned ??= { life: "working", status: "pending-submit" };
    if (meaning === "waits-for-locate") {
      entry.warned = { life: "working", status: "waiting-for-locate" };
      if (entry.told?.life === "working" && entry.told.status !== "pending-cancel") entry.told = entry.warned;
    }
    if (meaning === undefined) entry.unlisted = true;
    if (meaning === "order-cancelled" && entry.told?.life !== "done") {
      entry.told = { life: "done", status: "cancelled" };
    }
    this.#tell(entry);
    return true;
  }

  /** `live`: told as it happened, not as the answer to a request. */
  hearExecution(contract: Contract, told: IbExecution, live: boolean): void {
    const execution = this.#executions.hear(contract, told, live);
    const entry = execution && this.#orders.orderOf(execution);
    if (!execution || !entry) return;
    this.#learnPermId(entry, execution.permId);
    learnExecution(entry, execution);
    this.#tell(entry);
  }

  /** Joined by execution id; one of an unknown execution belongs to somebody else, or comes first. */
  hearCommission(report: CommissionReport): void {
    const execution = this.#executions.hearCommission(report);
    const entry = execution && this.#orders.orderOf(execution);
    if (execution && entry) learnExecution(entry, execution);
  }

  /** Every execution of the account heard in this connection, each once, in the order in which they were heard. */
  executions(): readonly Execution[] {
    return this.#executions.all();
  }

  /** The latest word on these executions, by ids that may have been corrected since. */
  latestOf(execIds: Iterable<string>): readonly Execution[] {
    return this.#executions.latestOf(execIds);
  }

  /** A mark in the stream of executions, for `sharesSince`. */
  get mark(): number {
    return this.#executions.mark;
  }

  /** Signed shares per conId traded since the mark, live or by orders that this connection placed. */
  sharesSince(mark: number): ReadonlyMap<number, { readonly symbol: string; readonly shares: number }> {
    const sums = new Map<number, { symbol: string; shares: number }>();
    for (const { execution, live } of this.#executions.since(mark)) {
      if (!live && !this.#orders.orderOf(execution)?.placedHere) continue;
      const { conId, symbol } = execution;
      const before = sums.get(conId)?.shares ?? 0;
      sums.set(conId, { symbol, shares: before + sign(execution.side) * execution.shares });
    }
    return sums;
  }

  /** An order id that nobody has used as far as was heard, and not below `atLeast`. */
  freeOrderId(atLeast: number): number {
    return this.#orders.freeOrderId(atLeast);
  }

  /** Orders placed or cancelled in this connection. */
  tracked(): readonly OrderReport[] {
    return [...this.#orders.all()].filter((entry) => entry.tracked).map(reportOf);
  }

  /** Orders of this account, whoever placed them, that may work on one side of a contract as far as was heard. */
  workingOn(conId: number, side: Side): number {
    let count = 0;
    for (const entry of this.#orders.all()) {
      const isThere = entry.conId === conId && entry.side === side && entry.account === this.#account;
      if (isThere && stateNow(entry).life !== "done") count += 1;
    }
    return count;
  }

  /** What is known of an order by now. */
  reportFor(
    order: Pick<OrderReport, "orderRef" | "permId" | "clientId" | "orderId">,
  ): OrderReport | undefined {
    const entry = this.#orders.find(order);
    return entry && reportOf(entry);
  }

  /** Has the broker answered to this order: with a number of its own, an execution, or a refusal? */
  isAcknowledged(orderRef: string): boolean {
    const entry = this.#orders.byRef(orderRef);
    return entry !== undefined && (entry.permId !== 0 || entry.rejected || entry.told?.life === "done");
  }

  /** Acknowledged, or answered with a code that is not in our table: there is nothing more to wait for. */
  isAnswered(orderRef: string): boolean {
    return this.isAcknowledged(orderRef) || this.#orders.byRef(orderRef)?.unlisted === true;
  }

  /** Has the broker said how it ended, or that there is nothing to cancel? */
  isCancelAnswered(order: OrderReport): boolean {
    const entry = this.#orders.find(order);
    return entry !== undefined && (entry.cancelAnswered || endOf(entry) !== undefined);
  }

  /** Does a status tell of more fills than executions were heard? */
  lacksExecutions(order: OrderReport): boolean {
    const entry = this.#orders.find(order);
    return entry !== undefined && entry.toldFilledShares > sharesOf(entry);
  }

  /** Looked up and not found among the open orders: it has ended. */
  closeAsGone(order: OrderReport): void {
    const entry = this.#orders.find(order);
    if (!entry || endOf(entry)) return;
    const filled = Math.max(sharesOf(entry), entry.toldFilledShares) >= entry.orderedShares;
    entry.told = { life: "done", status: filled ? "filled" : "cancelled" };
    this.#tell(entry);
  }

  #add(entry: HeardOrder): HeardOrder {
    this.#orders.add(entry);
    this.#adopt(entry);
    return entry;
  }

  #learnPermId(entry: HeardOrder, permId: number): void {
    if (this.#orders.learnPermId(entry, permId)) this.#adopt(entry);
  }

  /** Executions may come before the order that they belong to (O33). */
  #adopt(entry: HeardOrder): void {
    for (const execution of this.#executions.all()) {
      if (this.#orders.orderOf(execution) === entry) learnExecution(entry, execution);
    }
  }

  #tell(entry: HeardOrder): void {
    if (!entry.tracked) return;
    const report = reportOf(entry);
    const key = changeKey(report);
    if (key === entry.lastTold) return;
    entry.lastTold = key;
    this.#onChange(report);
  }
}
