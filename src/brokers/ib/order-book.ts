import {
  type CommissionReport,
  type Contract,
  type Execution as IbExecution,
  type OrderState as IbOrderState,
  type Order,
  OrderAction,
} from "@stoqey/ib";
import type { BrokerMessage } from "../../trading/broker-message.ts";
import type { Execution } from "../../trading/execution.ts";
import { brokerTermsOf } from "../../trading/execution-style.ts";
import { moneyFromNumber } from "../../trading/money.ts";
import { type OrderReport, type OrderState, type PlannedOrder, sentLimitOf } from "../../trading/order.ts";
import { isPrice } from "../../trading/price.ts";
import { type Side, sign } from "../../trading/side.ts";
import { endsRequest, meaningOf, messageOf } from "./codes.ts";
import { required } from "./events.ts";
import { executionInstant } from "./exec-time.ts";
import { stateOf } from "./order-status.ts";

/** One order as this connection has heard of it. */
interface Entry {
  readonly orderRef: string;
  readonly clientId: number;
  readonly orderId: number;
  permId: number;
  readonly account: string;
  readonly conId: number;
  readonly symbol: string;
  readonly side: OrderReport["side"];
  orderedShares: number;
  limitPrice: number | undefined;
  /** What the broker's last status stands for; undefined until there is one. */
  told: OrderState | undefined;
  /** Said by an error code alone, as long as no status says more. */
  rejected: boolean;
  /** By the codes of warnings alone, which say that it lives, as long as no status says more (O13, O15). */
  warned: OrderState | undefined;
  /** The broker has said something of it that is not in our table. */
  unlisted: boolean;
  /** A code that is no warning came since the cancel: whatever it says, its wait is over and the order is looked up. */
  cancelAnswered: boolean;
  /** New terms that were sent for it here. */
  change: Change | undefined;
  /** The most that any status has told as filled. */
  toldFilledShares: number;
  /** By execution id without its last segment: a correction replaces what it corrects. */
  readonly executions: Map<string, Execution>;
  readonly messages: BrokerMessage[];
  /** Placed or cancelled in this connection: its changes are told. */
  tracked: boolean;
  placedHere: boolean;
  /** What must work an order that was placed here; empty for none. */
  algoStrategy: string;
  lastTold: string;
}

interface Terms {
  readonly shares: number;
  readonly limitPrice: number | undefined;
}

/** `answer`: nothing yet, the order was shown with the new terms, or why they were refused. */
interface Change extends Terms {
  readonly before: Terms;
  answer: "pending" | "made" | BrokerMessage;
}

/** What TWS shows as the id of an order that a person entered. */
const noOrderId = 2_147_483_647;

interface Heard {
  readonly execution: Execution;
  /** Told as it happened, not as the answer to a request. */
  readonly live: boolean;
  readonly sequence: number;
}

/**
 * Orders and executions heard in one connection. Orders are known by permId and by our reference; an order id counts
 * only together with its client id and only for an order that has no permId yet, because the gateway may give an id
 * again after a restart (C01). Fills are the sum of executions, each once, corrections replacing what they correct:
 * statuses repeat, come late or not at all (O32, O33, O34, S05).
 */
export class OrderBook {
  readonly #account: string;
  readonly #onChange: (order: OrderReport) => void;
  readonly #entries = new Set<Entry>();
  readonly #byPermId = new Map<number, Entry>();
  readonly #byId = new Map<string, Entry>();
  readonly #byRef = new Map<string, Entry>();
  readonly #executions = new Map<string, Heard>();
  readonly #commissions = new Map<string, CommissionReport>();
  #sequence = 0;
  /** New ids must be above every id that this client was shown, those of other clients included (O01). */
  #highestOrderId = 0;

  /** `onChange` hears of orders that were placed or cancelled here, whenever their state or their fills change. */
  constructor(account: string, onChange: (order: OrderReport) => void) {
    this.#account = account;
    this.#onChange = onChange;
  }

  /** An order of ours that is about to be handed over: whatever comes of it has a place from now on. */
  expect(order: PlannedOrder, clientId: number, orderId: number): void {
    const { orderRef, account, side } = order;
    const limitPrice = sentLimitOf(order);
    const { conId, symbol } = order.instrument;
    const entry = newEntry({
      orderRef,
      clientId,
      orderId,
      permId: 0,
      account,
      conId,
      symbol,
      side,
      limitPrice,
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
    const entry = required(this.#byRef.get(orderRef), orderRef);
    const before = { shares: entry.orderedShares, limitPrice: entry.limitPrice };
    entry.change = { shares, limitPrice: sentLimitOf(order), before, answer: "pending" };
    entry.algoStrategy = brokerTermsOf(style, instrument.timeZone).algoStrategy;
  }

  /** What has come of an order's new terms; undefined when none were sent. */
  changeOf(orderRef: string): Change["answer"] | undefined {
    return this.#byRef.get(orderRef)?.change?.answer;
  }

  /** An order of ours that was never handed over to the wire. */
  notSent(order: PlannedOrder, clientId: number, why: { code: number; text: string }): void {
    this.expect(order, clientId, 0);
    const entry = required(this.#byRef.get(order.orderRef), order.orderRef);
    entry.told = { life: "done", status: "not-sent" };
    entry.messages.push(why);
    this.#tell(entry);
  }

  /** An order that an earlier connection placed and that this one is about to cancel. */
  track(report: OrderReport): void {
    const known = this.#find(report.permId, report.clientId, report.orderId, report.orderRef);
    const entry = known ?? this.#add(newEntry(report));
    entry.tracked = true;
    entry.cancelAnswered = false;
    if (!known) entry.told = report.state;
    entry.toldFilledShares = Math.max(entry.toldFilledShares, report.filledShares);
    entry.lastTold = changeKey(reportOf(entry));
  }

  hearOpenOrder(orderId: number, contract: Contract, order: Order, state: IbOrderState): void {
    const permId = order.permId ?? 0;
    const clientId = order.clientId ?? 0;
    const known = this.#find(permId, clientId, orderId, order.orderRef ?? "");
    const entry = known ?? this.#add(entryFrom(orderId, contract, order));
    this.#learnPermId(entry, permId);
    if (order.totalQuantity !== undefined && !entry.placedHere) entry.orderedShares = order.totalQuantity;
    learnChange(entry, order);
    this.#learnStatus(entry, state.status, "");
    if (state.warningText) this.#note(entry, 0, state.warningText);
    if (entry.placedHere && (order.algoStrategy ?? "") !== entry.algoStrategy) {
      const expected = entry.algoStrategy === "" ? "with an" : `without its ${entry.algoStrategy}`;
      this.#note(entry, 0, `The broker shows this order ${expected} algorithm.`); // O41
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
    const entry = this.#find(heard.permId, heard.clientId, heard.orderId, "");
    if (!entry) return;
    this.#learnPermId(entry, heard.permId);
    entry.toldFilledShares = Math.max(entry.toldFilledShares, heard.filledShares ?? 0);
    this.#learnStatus(entry, heard.status, heard.whyHeld);
    this.#tell(entry);
  }

  /** An error or warning about an order of this connection's client. Answers whether such an order is known. */
  hearError(orderId: number, clientId: number, code: number, text: string): boolean {
    const entry = this.#byId.get(idKey(clientId, orderId));
    if (!entry) return false;
    this.#note(entry, code, text);
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
    if (told.acctNumber !== this.#account) return;
    const execution = this.#withCommission(executionFrom(contract, told));
    const { base, revision } = splitExecId(execution.execId);
    const before = this.#executions.get(base);
    if (before && splitExecId(before.execution.execId).revision > revision) return;
    this.#executions.set(base, {
      execution,
      live: live || before?.live === true,
      sequence: before?.sequence ?? ++this.#sequence,
    });
    const entry = this.#entryOf(execution);
    if (!entry) return;
    this.#learnPermId(entry, execution.permId);
    entry.executions.set(base, execution);
    this.#tell(entry);
  }

  /** Joined by execution id; one of an unknown execution belongs to somebody else, or comes first. */
  hearCommission(report: CommissionReport): void {
    const execId = required(report.execId, "execution id of a commission");
    this.#commissions.set(execId, report);
    const { base } = splitExecId(execId);
    const heard = this.#executions.get(base);
    if (heard?.execution.execId !== execId) return;
    const execution = this.#withCommission(heard.execution);
    this.#executions.set(base, { ...heard, execution });
    this.#entryOf(execution)?.executions.set(base, execution);
  }

  /** Every execution of the account heard in this connection, each once, in the order in which they were heard. */
  executions(): readonly Execution[] {
    return [...this.#executions.values()].map((heard) => heard.execution);
  }

  /** The latest word on these executions, by ids that may have been corrected since. */
  latestOf(execIds: Iterable<string>): readonly Execution[] {
    const bases = new Set([...execIds].map((execId) => splitExecId(execId).base));
    return [...bases].flatMap((base) => this.#executions.get(base)?.execution ?? []);
  }

  /** A mark in the stream of executions, for `sharesSince`. */
  get mark(): number {
    return this.#sequence;
  }

  /** Signed shares per conId traded since the mark, live or by orders that this connection placed. */
  sharesSince(mark: number): ReadonlyMap<number, { readonly symbol: string; readonly shares: number }> {
    const sums = new Map<number, { symbol: string; shares: number }>();
    for (const { execution, live, sequence } of this.#executions.values()) {
      if (sequence <= mark || !(live || this.#entryOf(execution)?.placedHere)) continue;
      const { conId, symbol } = execution;
      const before = sums.get(conId)?.shares ?? 0;
      sums.set(conId, { symbol, shares: before + sign(execution.side) * execution.shares });
    }
    return sums;
  }

  /** An order id that nobody has used as far as was heard, and not below `atLeast`. */
  freeOrderId(atLeast: number): number {
    return Math.max(atLeast, this.#highestOrderId + 1);
  }

  /** Orders placed or cancelled in this connection. */
  tracked(): readonly OrderReport[] {
    return [...this.#entries].filter((entry) => entry.tracked).map(reportOf);
  }

  /** Orders of this account, whoever placed them, that may work on one side of a contract as far as was heard. */
  workingOn(conId: number, side: Side): number {
    let count = 0;
    for (const entry of this.#entries) {
      const isThere = entry.conId === conId && entry.side === side && entry.account === this.#account;
      if (isThere && stateNow(entry).life !== "done") count += 1;
    }
    return count;
  }

  /** What is known of an order by now. */
  reportFor(
    order: Pick<OrderReport, "orderRef" | "permId" | "clientId" | "orderId">,
  ): OrderReport | undefined {
    const entry = this.#find(order.permId, order.clientId, order.orderId, order.orderRef);
    return entry && reportOf(entry);
  }

  /** Has the broker answered to this order: with a number of its own, an execution, or a refusal? */
  isAcknowledged(orderRef: string): boolean {
    const entry = this.#byRef.get(orderRef);
    return entry !== undefined && (entry.permId !== 0 || entry.rejected || entry.told?.life === "done");
  }

  /** Acknowledged, or answered with a code that is not in our table: there is nothing more to wait for. */
  isAnswered(orderRef: string): boolean {
    return this.isAcknowledged(orderRef) || this.#byRef.get(orderRef)?.unlisted === true;
  }

  /** Has the broker said how it ended, or that there is nothing to cancel? */
  isCancelAnswered(order: OrderReport): boolean {
    const entry = this.#find(order.permId, order.clientId, order.orderId, order.orderRef);
    return entry !== undefined && (entry.cancelAnswered || endOf(entry) !== undefined);
  }

  /** Does a status tell of more fills than executions were heard? */
  lacksExecutions(order: OrderReport): boolean {
    const entry = this.#find(order.permId, order.clientId, order.orderId, order.orderRef);
    return entry !== undefined && entry.toldFilledShares > sharesOf(entry);
  }

  /** Looked up and not found among the open orders: it has ended. */
  closeAsGone(order: OrderReport): void {
    const entry = this.#find(order.permId, order.clientId, order.orderId, order.orderRef);
    if (!entry || endOf(entry)) return;
    const filled = Math.max(sharesOf(entry), entry.toldFilledShares) >= entry.orderedShares;
    entry.told = { life: "done", status: filled ? "filled" : "cancelled" };
    this.#tell(entry);
  }

  #find(permId: number, clientId: number, orderId: number, orderRef: string): Entry | undefined {
    const byPermId = permId === 0 ? undefined : this.#byPermId.get(permId);
    if (byPermId) return byPermId;
    const candidate =
      this.#byId.get(idKey(clientId, orderId)) ?? (orderRef === "" ? undefined : this.#byRef.get(orderRef));
    if (!candidate) return undefined;
    const sameOrder =
      (orderRef === "" || candidate.orderRef === orderRef) && (permId === 0 || candidate.permId === 0);
    return sameOrder ? candidate : undefined;
  }

  #entryOf(execution: Execution): Entry | undefined {
    const byPermId = this.#byPermId.get(execution.permId);
    if (byPermId) return byPermId;
    const byRef = execution.orderRef === "" ? undefined : this.#byRef.get(execution.orderRef);
    return byRef && (byRef.permId === 0 || byRef.permId === execution.permId) ? byRef : undefined;
  }

  #add(entry: Entry): Entry {
    this.#entries.add(entry);
    if (entry.orderId < noOrderId) this.#highestOrderId = Math.max(this.#highestOrderId, entry.orderId);
    if (entry.orderId > 0) this.#byId.set(idKey(entry.clientId, entry.orderId), entry);
    if (entry.orderRef !== "") this.#byRef.set(entry.orderRef, entry);
    if (entry.permId !== 0) this.#byPermId.set(entry.permId, entry);
    this.#adopt(entry);
    return entry;
  }

  #learnPermId(entry: Entry, permId: number): void {
    if (permId === 0 || entry.permId !== 0) return;
    entry.permId = permId;
    this.#byPermId.set(permId, entry);
    this.#adopt(entry);
  }

  /** Executions may come before the order that they belong to (O33). */
  #adopt(entry: Entry): void {
    for (const [base, { execution }] of this.#executions) {
      if (this.#entryOf(execution) === entry) entry.executions.set(base, execution);
    }
  }

  /** A status after the end changes nothing: repeats and stragglers do not bring an order back to life (O32). */
  #learnStatus(entry: Entry, status: string, whyHeld: string): void {
    const ended = entry.told?.life === "done" && entry.told.status !== "rejected";
    if (!ended) entry.told = stateOf(status, whyHeld);
  }

  #note(entry: Entry, code: number, text: string): void {
    if (!entry.messages.some((message) => message.code === code && message.text === text)) {
      entry.messages.push(messageOf(code, text));
    }
  }

  #tell(entry: Entry): void {
    if (!entry.tracked) return;
    const report = reportOf(entry);
    const key = changeKey(report);
    if (key === entry.lastTold) return;
    entry.lastTold = key;
    this.#onChange(report);
  }

  #withCommission(execution: Execution): Execution {
    const report = this.#commissions.get(execution.execId);
    // The package reads "not told" as undefined; a negative commission is a rebate (O38).
    if (report?.commission === undefined || !report.currency) return execution;
    const { commission, currency, realizedPNL } = report;
    return {
      ...execution,
      commission: moneyFromNumber(commission, currency),
      realizedPnl: realizedPNL === undefined ? undefined : moneyFromNumber(realizedPNL, currency),
    };
  }
}

type Known = Pick<
  Entry,
  | "orderRef"
  | "clientId"
  | "orderId"
  | "permId"
  | "account"
  | "conId"
  | "symbol"
  | "side"
  | "orderedShares"
  | "limitPrice"
>;

function newEntry(known: Known): Entry {
  const { orderRef, clientId, orderId, permId, account, conId, symbol, side, orderedShares, limitPrice } =
    known;
  return {
    orderRef,
    clientId,
    orderId,
    permId,
    account,
    conId,
    symbol,
    side,
    orderedShares,
    limitPrice,
    told: undefined,
    rejected: false,
    warned: undefined,
    unlisted: false,
    cancelAnswered: false,
    change: undefined,
    toldFilledShares: 0,
    executions: new Map(),
    messages: [],
    tracked: false,
    placedHere: false,
    algoStrategy: "",
    lastTold: "",
  };
}

function entryFrom(orderId: number, contract: Contract, order: Order): Entry {
  return newEntry({
    orderRef: order.orderRef ?? "",
    clientId: order.clientId ?? 0,
    orderId,
    permId: order.permId ?? 0,
    account: order.account ?? "",
    conId: contract.conId ?? 0,
    symbol: contract.symbol ?? "",
    side: sideOfOrder(order),
    // A person's order over an amount of money has no quantity; ours always have one.
    orderedShares: order.totalQuantity ?? 0,
    limitPrice: limitPriceOf(order),
  });
}

/** The order with its new terms in it is the only yes: statuses say nothing of terms. */
function learnChange(entry: Entry, order: Order): void {
  const { change } = entry;
  if (change?.answer !== "pending") return;
  if (order.totalQuantity !== change.shares || limitPriceOf(order) !== change.limitPrice) return;
  change.answer = "made";
  entry.orderedShares = change.shares;
  entry.limitPrice = change.limitPrice;
}

/** "Unable to modify this order as it is still being processed": a warning by its number, and a refusal in effect. */
const tooEarlyToModify = 2102;

/** A working order whose change is refused works on at its old terms, also when it was shown with the new ones before (O06). */
function isRefusalOfChange(entry: Entry, code: number): boolean {
  const { change, told } = entry;
  const isOver = change === undefined || typeof change.answer === "object" || told?.life === "done";
  if (isOver || meaningOf(code) === "order-cancelled") return false;
  return endsRequest(code) || code === tooEarlyToModify;
}

function refuseChange(entry: Entry, why: BrokerMessage): void {
  const { change } = entry;
  if (!change) return;
  if (change.answer === "made") {
    entry.orderedShares = change.before.shares;
    entry.limitPrice = change.before.limitPrice;
  }
  change.answer = why;
}

/** A market order's limit is told as zero, an unset one as undefined. */
export function limitPriceOf({ lmtPrice }: Order): number | undefined {
  return isPrice(lmtPrice) ? lmtPrice : undefined;
}

export function sideOfOrder({ action }: Order): Side {
  return action === OrderAction.SELL ? "sell" : "buy";
}

function reportOf(entry: Entry): OrderReport {
  const { orderRef, clientId, orderId, permId, account, conId, symbol, side, limitPrice } = entry;
  const heardShares = sharesOf(entry);
  const value = [...entry.executions.values()].reduce((sum, { shares, price }) => sum + shares * price, 0);
  return {
    orderRef,
    clientId,
    orderId,
    permId,
    account,
    conId,
    symbol,
    side,
    orderedShares: sizeOf(entry),
    limitPrice,
    state: stateNow(entry),
    // Fills of earlier connections are known by the broker's word alone until executions are asked for.
    filledShares: entry.placedHere ? heardShares : Math.max(heardShares, entry.toldFilledShares),
    averageFillPrice: heardShares > 0 ? value / heardShares : undefined,
    messages: [...entry.messages],
  };
}

/**
 * Done only when the executions that the broker tells of have been heard: an end that comes before its fills (S05,
 * O10) is still pending. Executions of the whole order end it whatever the statuses say.
 */
function stateNow(entry: Entry): OrderState {
  const end = endOf(entry);
  if (end) return end;
  const { told } = entry;
  if (told?.life !== "done") return told ?? entry.warned ?? { life: "unknown" };
  return { life: "working", status: told.status === "filled" ? "submitted" : "pending-cancel" };
}

function endOf(entry: Entry): (OrderState & { life: "done" }) | undefined {
  const heardShares = sharesOf(entry);
  const filledShares = entry.placedHere ? heardShares : Math.max(heardShares, entry.toldFilledShares);
  if (entry.orderedShares > 0 && filledShares >= sizeOf(entry)) return { life: "done", status: "filled" };
  const isPending = entry.told?.life === "working" && entry.told.status === "pending-submit";
  if (entry.told === undefined || isPending) {
    return entry.rejected ? { life: "done", status: "rejected" } : undefined;
  }
  if (entry.told.life !== "done" || entry.told.status === "filled") return undefined;
  return filledShares >= entry.toldFilledShares ? entry.told : undefined;
}

/** Either of two sizes may be in force while nobody has answered to a change: the order may work for the larger. */
function sizeOf({ orderedShares, change, told }: Entry): number {
  const isOpen = change?.answer === "pending" && told?.life !== "done";
  return isOpen ? Math.max(orderedShares, change.shares) : orderedShares;
}

function sharesOf(entry: Entry): number {
  let shares = 0;
  for (const execution of entry.executions.values()) shares += execution.shares;
  return shares;
}

function changeKey({ state, filledShares, orderedShares, limitPrice }: OrderReport): string {
  const { life } = state;
  return `${life} ${"status" in state ? state.status : ""} ${filledShares} ${orderedShares} ${limitPrice}`;
}

function idKey(clientId: number, orderId: number): string {
  return `${clientId}:${orderId}`;
}

/** "0000e0d5.67fe667b.01.02" is the second word on "0000e0d5.67fe667b.01". */
function splitExecId(execId: string): { readonly base: string; readonly revision: number } {
  const dot = execId.lastIndexOf(".");
  const revision = Number(execId.slice(dot + 1));
  return dot < 0 || Number.isNaN(revision)
    ? { base: execId, revision: 0 }
    : { base: execId.slice(0, dot), revision };
}

function executionFrom(contract: Contract, told: IbExecution): Execution {
  const bought = told.side === "BOT";
  if (!bought && told.side !== "SLD") throw new RangeError(`not the side of an execution: "${told.side}"`);
  return {
    execId: required(told.execId, "execution id"),
    orderRef: told.orderRef ?? "",
    permId: told.permId ?? 0,
    clientId: told.clientId ?? 0,
    orderId: told.orderId ?? 0,
    account: required(told.acctNumber, "account of an execution"),
    conId: required(contract.conId, "contract of an execution"),
    symbol: required(contract.symbol, "symbol of an execution"),
    currency: required(contract.currency, "currency of an execution"),
    exchange: told.exchange ?? "",
    side: bought ? "buy" : "sell",
    shares: required(told.shares, "shares of an execution"),
    price: required(told.price, "price of an execution"),
    executedAt: executionInstant(required(told.time, "time of an execution")),
    commission: undefined,
    realizedPnl: undefined,
  };
}
