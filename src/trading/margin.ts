import { type Money, subtract, zero } from "./money.ts";
import { type PlannedOrder, previewRefOf } from "./order.ts";
import { limitPrice } from "./price.ts";

/** What an account must keep, and what it has for that; in its base currency. */
export interface Margins {
  readonly initialMargin: Money;
  readonly maintenanceMargin: Money;
  readonly equityWithLoan: Money;
}

/**
 * The broker's word on what one order would do to the account, were it filled whole: TWS's what-if. The order was looked at,
 * not sent. Previews are of single orders against the account as it is: those of several orders do not add up exactly.
 */
export interface MarginPreview {
  readonly before: Margins;
  readonly after: Margins;
  /** The least and the most that the broker may charge, in its own currency; undefined when it does not say. */
  readonly commission: { readonly least: Money; readonly most: Money } | undefined;
  /** What the broker remarked; empty for nothing. */
  readonly warning: string;
}

/** What an order takes of the account's excess liquidity, never negative, and who says so. */
export interface MarginUse {
  readonly amount: Money;
  readonly source: "broker" | "estimate";
}

/** Room before the broker liquidates: equity with loan value less maintenance margin. */
export function excessOf({ equityWithLoan, maintenanceMargin }: Margins): Money {
  return subtract(equityWithLoan, maintenanceMargin);
}

/** What a previewed order takes of the excess liquidity; what it would free is not counted before it is filled. */
export function useOf({ before, after }: MarginPreview): Money {
  const use = subtract(excessOf(before), excessOf(after));
  return use.e6 > 0n ? use : zero(use.currency);
}

/** The part of a use that so many of its shares take, rounded up to the millionth. */
export function partOfUse(use: Money, shares: number, ofShares: number): Money {
  const [part, whole] = [BigInt(shares), BigInt(ofShares)];
  return { currency: use.currency, e6: (use.e6 * part + whole - 1n) / whole };
}

/** How far behind the mid a previewed order's limit lies. */
const behindBps = 50;

/**
 * The order as it is previewed: the same contract, side and size, as a plain limit order of the day. How an order is worked
 * does not change what it takes, and the broker answers for some algorithms with nothing. Its reference is no order's, and its
 * limit lies behind the market: should a broker ever take it for an order, it finds nobody before it is withdrawn.
 */
export function previewedOrder(order: PlannedOrder): PlannedOrder {
  const { decisionPrice, side, instrument } = order;
  const behind = limitPrice(decisionPrice, side, { collarBps: -behindBps, steps: instrument.priceSteps });
  return {
    ...order,
    orderRef: previewRefOf(order.orderRef),
    // Of a stock that is worth less than a step nothing lies behind.
    limitPrice: behind ?? order.limitPrice,
    approach: [],
    style: { kind: "limit" },
    timeInForce: "DAY",
    outsideRegularHours: false,
  };
}
