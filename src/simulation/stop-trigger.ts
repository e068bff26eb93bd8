import type { PriceStep } from "../trading/price.ts";
import type { Touch } from "./liquidity.ts";
import { isStop, isTrail } from "./order-kinds.ts";
import { roundToTick } from "./tick.ts";
import type { VenueOrder, VenueTrigger } from "./venue.ts";

/** What a stop sees of the market in one second. */
export interface SeenPrices extends Touch {
  readonly last: number;
  readonly steps: readonly PriceStep[];
}

/**
 * The stop order after it has seen the market: a trailing stop has followed it (never away from it), and one that the
 * market has reached is triggered. The same order when nothing has changed.
 */
export function afterLooking(order: VenueOrder, seen: SeenPrices): VenueOrder {
  if (!isStop(order) || order.isTriggered === true) return order;
  const followed = isTrail(order) ? following(order, seen) : order;
  const stop = isTrail(followed) ? followed.trailStopPrice : followed.stopPrice;
  if (stop === undefined || !isReached(followed, stop, seen)) return followed;
  return { ...followed, isTriggered: true };
}

/** A sell's stop goes up with the market, a buy's goes down; TRAIL LIMIT takes its limit along. */
function following(order: VenueOrder, { last, steps }: SeenPrices): VenueOrder {
  const distance = order.trailPercent === undefined ? order.trailAmount : (last * order.trailPercent) / 100;
  if (distance === undefined) return order;
  const stop = roundToTick(order.side === "sell" ? last - distance : last + distance, steps);
  const before = order.trailStopPrice;
  const isNearer = before === undefined || (order.side === "sell" ? stop > before : stop < before);
  const trailStopPrice = isNearer ? stop : before;
  const limitPrice = trailedLimit(order, trailStopPrice, steps);
  if (trailStopPrice === before && limitPrice === order.limitPrice) return order;
  return { ...order, trailStopPrice, limitPrice };
}

function trailedLimit(order: VenueOrder, stop: number, steps: readonly PriceStep[]): number | undefined {
  if (order.orderType !== "TRAIL LIMIT" || order.limitOffset === undefined) return order.limitPrice;
  return roundToTick(stop + (order.side === "sell" ? -order.limitOffset : order.limitOffset), steps);
}

function isReached(order: VenueOrder, stop: number, seen: SeenPrices): boolean {
  const isBuy = order.side === "buy";
  const prices = pricesFor(order.triggeredBy ?? "last", isBuy, seen);
  return prices.some((price) => (isBuy ? price >= stop : price <= stop));
}

/** A buy stop looks at the ask, a sell stop at the bid. */
function pricesFor(by: VenueTrigger, isBuy: boolean, { bid, ask, last }: SeenPrices): readonly number[] {
  const side = isBuy ? ask : bid;
  if (by === "last") return [last];
  if (by === "midpoint") return [(bid + ask) / 2];
  return by === "bid or ask" ? [side] : [last, side];
}
