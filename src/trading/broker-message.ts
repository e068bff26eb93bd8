/** A code with its text, as the broker told it. Reasons of our own have code 0. */
export interface BrokerMessage {
  readonly code: number;
  readonly text: string;
  /** What a person can do about it, where the adapter that heard it knows. */
  readonly advice?: Advice;
}

/**
 * What a person can do about what a broker said. Adapters know the codes, `reports/advice-text.ts` has the sentences: a new
 * one stops the build there.
 */
export type Advice =
  // nothing, or not much
  | "ask-again"
  | "opens-later"
  | "locating-stock"
  | "ended-by-broker"
  | "already-ended"
  | "nothing-to-do"
  // the order itself
  | "ids-used-by-another-program"
  | "price-off-step"
  | "over-precaution"
  | "size-not-accepted"
  | "contract-not-found"
  | "contract-not-tradable"
  | "margin-or-permission"
  | "account-on-order"
  | "order-not-understood"
  // the gateway's settings
  | "read-only-api"
  | "client-id-in-use"
  | "too-many-messages"
  // market data
  | "market-data-not-subscribed"
  | "competing-session"
  | "too-many-quotes"
  | "farm-down"
  | "delayed-data"
  // the connection
  | "link-down"
  | "gateway-down"
  | "version-mismatch"
  // the account
  | "margin-call";
