import type { ExchangePhase } from "./exchange-days.ts";
import type { VenueOrder, VenueOrderRequest, VenueOrderType } from "./venue.ts";

const stops: ReadonlySet<VenueOrderType> = new Set(["STP", "STP LMT", "TRAIL", "TRAIL LIMIT"]);
const trails: ReadonlySet<VenueOrderType> = new Set(["TRAIL", "TRAIL LIMIT"]);
const closing: ReadonlySet<VenueOrderType> = new Set(["MOC", "LOC"]);

/** Does it wait until the market reaches a price? */
export function isStop({ orderType }: Pick<VenueOrderRequest, "orderType">): boolean {
  return stops.has(orderType);
}

/** Does its stop follow the market? */
export function isTrail({ orderType }: Pick<VenueOrderRequest, "orderType">): boolean {
  return trails.has(orderType);
}

/** Does it trade in the closing auction alone? */
export function isForClose({ orderType }: Pick<VenueOrderRequest, "orderType">): boolean {
  return closing.has(orderType);
}

/** Does it trade in the opening auction alone? */
export function isForOpen({ timeInForce }: Pick<VenueOrderRequest, "timeInForce">): boolean {
  return timeInForce === "OPG";
}

/** Does it end with the first chance to trade, filled or not? */
export function isImmediate({ timeInForce }: Pick<VenueOrderRequest, "timeInForce">): boolean {
  return timeInForce === "IOC" || timeInForce === "FOK";
}

/** Can it trade between auctions in this phase of the day, as far as hours go? */
export function tradesIn(phase: ExchangePhase, order: VenueOrderRequest): boolean {
  if (phase === "closed") return false;
  return phase === "regular" || order.tradesExtendedHours === true;
}

/** Is it held back by something other than hours and price? */
export function isHeld(order: VenueOrder): boolean {
  return (
    order.awaitsParent === true ||
    order.whyHeld === "locate" ||
    isForOpen(order) ||
    isForClose(order) ||
    (isStop(order) && order.isTriggered !== true)
  );
}

/** What a working order is called: Submitted once the exchange has it, PreSubmitted while the broker keeps it. */
export function workingStatus(order: VenueOrder, phase: ExchangePhase): "Submitted" | "PreSubmitted" {
  return !isHeld(order) && tradesIn(phase, order) ? "Submitted" : "PreSubmitted";
}

/**
 * As it is told first: a market order as PreSubmitted, also where it fills at once, as real gateways were recorded to do, and
 * so an order of an algorithm, which the broker keeps.
 */
export function firstStatus(order: VenueOrder, phase: ExchangePhase): "Submitted" | "PreSubmitted" {
  return order.orderType === "MKT" || order.algoStrategy !== ""
    ? "PreSubmitted"
    : workingStatus(order, phase);
}
