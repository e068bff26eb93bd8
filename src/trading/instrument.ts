import type { PriceStep } from "./price.ts";
import type { Session } from "./session.ts";

/** What the desk needs to know of a contract before it trades it. The conId is the identity; the symbol is a label. */
export interface Instrument {
  readonly conId: number;
  readonly symbol: string;
  readonly securityType: "STK";
  readonly primaryExchange: string;
  readonly currency: string;
  readonly multiplier: number;
  /** Smallest price steps, by the limit price's own level. */
  readonly priceSteps: readonly PriceStep[];
  /** IANA or IB zone in which the exchange keeps its hours ("US/Eastern"). */
  readonly timeZone: string;
  /** The regular sessions that the broker has told so far, oldest first. */
  readonly sessions: readonly Session[];
  /** The last calendar day that those hours cover: after it they must be asked for again. */
  readonly hoursKnownThrough: string;
}

/** A contract to look up: what a forecast file and the configuration say of it. */
export interface ContractRequest {
  readonly symbol: string;
  readonly currency: string;
  /** Needed only where a symbol is listed more than once. */
  readonly primaryExchange?: string;
}
