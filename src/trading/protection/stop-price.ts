import type { Position } from "../account.ts";
import type { ProtectiveStyle } from "../execution-style.ts";
import { isPrice, limitPrice, type PriceStep } from "../price.ts";
import type { Side } from "../side.ts";
import type { ProtectionTerms } from "./protection-policy.ts";

/** How a stop is sent, and the limit that goes with it: the stop itself where it takes any price. */
export interface StopOrder {
  readonly style: ProtectiveStyle;
  readonly limitPrice: number;
}

/** The side that takes a position back to zero: a short is bought back. */
export function closingSide({ shares }: Pick<Position, "shares">): Side {
  return shares < 0 ? "buy" : "sell";
}

/**
 * The stop that the terms ask for, on a tick, never farther from what it is counted from than they say. Undefined when that
 * price is not known, or no price above zero is left.
 */
export function wantedStop(
  position: Position,
  terms: ProtectionTerms,
  steps: readonly PriceStep[],
): number | undefined {
  const isFromCost = terms.kind === "stop" && terms.reference === "average-cost";
  const price = isFromCost ? position.averageCost : position.marketPrice;
  if (!isPrice(price)) return undefined;
  return limitPrice(price, closingSide(position), { collarBps: terms.distanceBps, steps });
}

/** A stop as it can be sent: what the broker has moved may stand between two ticks. Nearer to the market, never farther. */
export function sendableStop(side: Side, stopPrice: number, steps: readonly PriceStep[]): number | undefined {
  return limitPrice(stopPrice, side, { collarBps: 0, steps });
}

/** The one of two stops that lets the position lose less. */
export function nearerStop(side: Side, a: number, b: number): number {
  return side === "sell" ? Math.max(a, b) : Math.min(a, b);
}

/** Would a stop be reached at this price, the moment it is sent? */
export function isReached(side: Side, stopPrice: number, price: number): boolean {
  return side === "sell" ? price <= stopPrice : price >= stopPrice;
}

/** The order's style and limit for a stop. Undefined when the limit would be no price above zero. */
export function stopOrderOf(
  side: Side,
  stopPrice: number,
  terms: ProtectionTerms,
  steps: readonly PriceStep[],
): StopOrder | undefined {
  const { kind, distanceBps, limitOffsetBps } = terms;
  if (kind === "trailing-stop")
    return { style: { kind, stopPrice, trailBps: distanceBps }, limitPrice: stopPrice };
  if (limitOffsetBps === undefined) return { style: { kind: "stop", stopPrice }, limitPrice: stopPrice };
  const limit = limitPrice(stopPrice, side, { collarBps: limitOffsetBps, steps });
  return limit === undefined ? undefined : { style: { kind: "stop-limit", stopPrice }, limitPrice: limit };
}
