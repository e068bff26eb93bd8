import type { Contract, Order } from "@stoqey/ib";
import type { BrokerMessage } from "../../trading/broker-message.ts";
import { type Execution, splitExecId } from "../../trading/execution.ts";
import type { OrderReport, OrderState } from "../../trading/order.ts";
import { messageOf } from "./codes.ts";
import { type Changeable, sizeOf } from "./order-change.ts";
import { stateOf } from "./order-status.ts";
import { limitPriceOf, sideOfOrder, stopPriceTold, trailBpsTold } from "./wire-order.ts";

/** One order as this connection has heard of it. */
export interface HeardOrder extends Changeable {
  readonly orderRef: string;
  readonly clientId: number;
  readonly orderId: number;
  permId: number;
  readonly account: string;
  readonly conId: number;
  readonly symbol: string;
  readonly side: OrderReport["side"];
  /** Said by an error code alone, as long as no status says more. */
  rejected: boolean;
  /** By the codes of warnings alone, which say that it lives, as long as no status says more (O13, O15). */
  warned: OrderState | undefined;
  /** The broker has said something of it that is not in our table. */
  unlisted: boolean;
  /** A code that is no warning came since the cancel: whatever it says, its wait is over and the order is looked up. */
  cancelAnswered: boolean;
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

type Known = Pick<
  HeardOrder,
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
> & { readonly stopPrice?: number | undefined; readonly trailBps?: number | undefined };

/** An order of which no more than this is known. */
export function newOrder(known: Known): HeardOrder {
  return {
    ...knownOf(known),
    stopPrice: known.stopPrice,
    trailBps: known.trailBps,
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

function knownOf(order: Known): Known {
  const { orderRef, clientId, orderId, permId, account, conId, symbol, side } = order;
  const { orderedShares, limitPrice, stopPrice, trailBps } = order;
  const numbers = { orderRef, clientId, orderId, permId, account, conId, symbol, side };
  const stop = { ...(stopPrice !== undefined && { stopPrice }), ...(trailBps !== undefined && { trailBps }) };
  return { ...numbers, orderedShares, limitPrice, ...stop };
}

/** An order as an openOrder message shows it. */
export function orderFrom(orderId: number, contract: Contract, order: Order): HeardOrder {
  return newOrder({
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
    stopPrice: stopPriceTold(order),
    trailBps: trailBpsTold(order),
  });
}

/** A status after the end changes nothing: repeats and stragglers do not bring an order back to life (O32). */
export function learnStatus(heard: HeardOrder, status: string, whyHeld: string): void {
  const ended = heard.told?.life === "done" && heard.told.status !== "rejected";
  if (!ended) heard.told = stateOf(status, whyHeld);
}

/** A fill of it, in place of what it corrects. */
export function learnExecution(heard: HeardOrder, execution: Execution): void {
  heard.executions.set(splitExecId(execution.execId).key, execution);
}

/** What the broker has said of it, each thing once. */
export function note(heard: HeardOrder, code: number, text: string): void {
  if (!heard.messages.some((message) => message.code === code && message.text === text)) {
    heard.messages.push(messageOf(code, text));
  }
}

/** What is known of it by now. */
export function reportOf(heard: HeardOrder): OrderReport {
  const heardShares = sharesOf(heard);
  const value = [...heard.executions.values()].reduce((sum, { shares, price }) => sum + shares * price, 0);
  return {
    ...knownOf(heard),
    orderedShares: sizeOf(heard),
    state: stateNow(heard),
    // Fills of earlier connections are known by the broker's word alone until executions are asked for.
    filledShares: heard.placedHere ? heardShares : Math.max(heardShares, heard.toldFilledShares),
    averageFillPrice: heardShares > 0 ? value / heardShares : undefined,
    messages: [...heard.messages],
  };
}

/**
 * Done only when the executions that the broker tells of have been heard: an end that comes before its fills (S05,
 * O10) is still pending. Executions of the whole order end it whatever the statuses say.
 */
export function stateNow(heard: HeardOrder): OrderState {
  const end = endOf(heard);
  if (end) return end;
  const { told } = heard;
  if (told?.life !== "done") return told ?? heard.warned ?? { life: "unknown" };
  return { life: "working", status: told.status === "filled" ? "submitted" : "pending-cancel" };
}

/** How it ended, once all that it filled has been heard. */
export function endOf(heard: HeardOrder): (OrderState & { life: "done" }) | undefined {
  const heardShares = sharesOf(heard);
  const filledShares = heard.placedHere ? heardShares : Math.max(heardShares, heard.toldFilledShares);
  if (heard.orderedShares > 0 && filledShares >= sizeOf(heard)) return { life: "done", status: "filled" };
  const isPending = heard.told?.life === "working" && heard.told.status === "pending-submit";
  if (heard.told === undefined || isPending) {
    return heard.rejected ? { life: "done", status: "rejected" } : undefined;
  }
  if (heard.told.life !== "done" || heard.told.status === "filled") return undefined;
  return filledShares >= heard.toldFilledShares ? heard.told : undefined;
}

/** By executions alone. */
export function sharesOf(heard: HeardOrder): number {
  let shares = 0;
  for (const execution of heard.executions.values()) shares += execution.shares;
  return shares;
}

/** What a listener hears of: nothing is told twice. */
export function changeKey({ state, filledShares, orderedShares, limitPrice }: OrderReport): string {
  const { life } = state;
  return `${life} ${"status" in state ? state.status : ""} ${filledShares} ${orderedShares} ${limitPrice}`;
}
