import type { VenueBalances } from "./venue.ts";

/** What the broker lets an account do, and in which currency it counts. */
export interface AccountTerms {
  /** A cash account neither borrows nor sells short, and buys with what is settled. */
  readonly kind: VenueBalances["accountKind"];
  /** When what a sale brings may be spent by a cash account: brokers and countries differ. */
  readonly salesSettle: "later" | "at-once";
  readonly baseCurrency: BaseCurrency;
  /** Cash in the base currency, when that is not the dollars of the stocks. It is not traded. */
  readonly otherCash: number;
}

export type BaseCurrency = "USD" | "EUR";

/** A margin account in dollars. */
export const usualTerms: AccountTerms = {
  kind: "margin",
  salesSettle: "later",
  baseCurrency: "USD",
  otherCash: 0,
};
