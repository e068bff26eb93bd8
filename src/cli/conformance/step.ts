import type { Driver } from "./driver.ts";

/** A contract in a request: what is left out is a stock of that symbol in dollars, routed by SMART. */
export interface AskedContract {
  readonly symbol?: string;
  readonly conId?: number;
  readonly secType?: string;
  readonly exchange?: string;
  readonly primaryExch?: string;
  readonly currency?: string;
}

export interface AskedOrder extends AskedContract {
  readonly orderId: number;
  readonly action: string;
  readonly totalQuantity: number;
  readonly orderType: string;
  readonly lmtPrice?: number;
  readonly auxPrice?: number;
  readonly tif?: string;
  readonly ocaGroup?: string;
  readonly ocaType?: number;
  readonly account?: string;
  readonly orderRef?: string;
  readonly modelCode?: string;
  readonly parentId?: number;
  readonly transmit?: boolean;
  readonly outsideRth?: boolean;
  readonly goodAfterTime?: string;
  readonly goodTillDate?: string;
  readonly trailStopPrice?: number;
  readonly trailingPercent?: number;
  readonly lmtPriceOffset?: number;
  readonly whatIf?: boolean;
  readonly algoStrategy?: string;
  readonly algoParams?: readonly { readonly tag: string; readonly value: string }[];
}

export interface AskedBars extends AskedContract {
  readonly reqId: number;
  readonly barSize: string;
  readonly duration: string;
  readonly whatToShow: string;
  /** The last session before the usual gateway's present, when not said. */
  readonly endDateTime?: string;
  readonly useRth?: boolean;
}

type Nothing = Readonly<Record<string, never>>;
interface ById {
  readonly reqId: number;
}
interface OfAccount extends ById {
  readonly account: string;
  readonly modelCode?: string;
}

/** Every request that rows make, with what it needs: one vocabulary for clients that spell them differently. */
export interface Requests {
  readonly place: AskedOrder;
  readonly cancel: { readonly orderId: number };
  readonly globalCancel: Nothing;
  readonly openOrders: Nothing;
  readonly allOpenOrders: Nothing;
  readonly autoOpenOrders: { readonly bind: boolean };
  readonly completedOrders: Nothing;
  readonly executions: ById & {
    readonly clientId?: number;
    readonly acctCode?: string;
    readonly time?: string;
    readonly symbol?: string;
    readonly secType?: string;
    readonly exchange?: string;
    readonly side?: string;
  };
  readonly positions: Nothing;
  readonly cancelPositions: Nothing;
  readonly positionsMulti: OfAccount;
  readonly cancelPositionsMulti: ById;
  readonly updates: { readonly subscribe: boolean; readonly account: string };
  readonly updatesMulti: OfAccount;
  readonly cancelUpdatesMulti: ById;
  readonly summary: ById & { readonly tags: string };
  readonly cancelSummary: ById;
  readonly details: ById & AskedContract;
  readonly symbols: ById & { readonly pattern: string };
  readonly rule: { readonly ruleId: number };
  readonly quote: ById & AskedContract & { readonly snapshot?: boolean; readonly genericTicks?: string };
  readonly cancelQuote: ById;
  readonly quoteType: { readonly type: number };
  readonly bars: AskedBars;
  readonly cancelBars: ById;
  readonly head: ById & AskedContract & { readonly whatToShow: string };
  readonly pnl: OfAccount;
  readonly cancelPnl: ById;
  readonly pnlSingle: OfAccount & { readonly conId: number };
  readonly cancelPnlSingle: ById;
  readonly ids: Nothing;
  readonly accounts: Nothing;
  readonly time: Nothing;
  readonly logLevel: { readonly level: number };
}

export type Verb = keyof Requests;

/** What a client has heard: one word for every kind of message, the fields by the names of the protocol. */
export interface Heard extends Readonly<Record<string, unknown>> {
  readonly kind: string;
}

/** Fields that must be so: numbers and texts as they are, patterns in their text. */
export type Expected = Readonly<Record<string, number | string | boolean | RegExp>>;

/** One step of a conversation, the same for every client. */
export type Step =
  | { readonly kind: "ask"; readonly verb: Verb; readonly args: object; readonly say: Say }
  | { readonly kind: "hear"; readonly what: string; readonly fields: Expected }
  | { readonly kind: "silent"; readonly what: string; readonly fields: Expected }
  | { readonly kind: "never"; readonly what: string; readonly fields: Expected }
  | { readonly kind: "wait"; readonly seconds: number }
  | { readonly kind: "pause"; readonly ms: number }
  | { readonly kind: "as"; readonly clientId: number }
  | { readonly kind: "passOver" }
  | { readonly kind: "control"; readonly words: string }
  | { readonly kind: "leave" }
  | { readonly kind: "restart" };

type Say = (driver: Driver) => Promise<void> | void;

export function ask<V extends Verb>(verb: V, args: Requests[V]): Step {
  return { kind: "ask", verb, args, say: (driver) => driver.requests[verb]?.(args) };
}

/** The next message of that kind with these fields comes in time; what comes before it is passed over. */
export function hear(what: string, fields: Expected = {}): Step {
  return { kind: "hear", what, fields };
}

/** All that was asked is answered, and no such message among what was not heard yet. */
export function never(what: string, fields: Expected = {}): Step {
  return { kind: "never", what, fields };
}

/** No such message comes for a moment, from a gateway that may answer nothing at all. */
export function silent(what: string): Step {
  return { kind: "silent", what, fields: {} };
}

/** All that was asked is answered, and what was heard until then is of no interest. */
export const passOver: Step = { kind: "passOver" };

/** The stepped clock moves on when all that was asked is answered. */
export function wait(seconds: number): Step {
  return { kind: "wait", seconds };
}

/** Time of the host goes by. */
export function pause(ms: number): Step {
  return { kind: "pause", ms };
}

/** A command for the control port of the gateway. */
export function control(words: string): Step {
  return { kind: "control", words };
}

/** Goes on as the client of that id, which connects if it is not there. */
export function as(clientId: number): Step {
  return { kind: "as", clientId };
}

/** The client that speaks closes its connection. */
export const leave: Step = { kind: "leave" };

/** The gateway ends and comes back with what it has kept; all clients are gone. */
export const restart: Step = { kind: "restart" };

/** 100 AAPL at 120, far below the market of some 150: it works until somebody changes or cancels it. */
export function order(fields: Partial<AskedOrder> = {}): Step {
  const limit = { orderId: 1, action: "BUY", totalQuantity: 100, orderType: "LMT", lmtPrice: 120 };
  return ask("place", { symbol: "AAPL", ...limit, ...fields });
}

/** 100 AAPL at the market. */
export function market(fields: Partial<AskedOrder> = {}): Step {
  const plain = { orderId: 1, action: "BUY", totalQuantity: 100, orderType: "MKT" };
  return ask("place", { symbol: "AAPL", ...plain, ...fields });
}
