import { tickAt } from "../../simulation/tick.ts";
import type { Venue, VenueOrderRequest } from "../../simulation/venue.ts";
import { contractOf } from "./contract-lookup.ts";
import type { Refusal } from "./refusal.ts";

/**
 * The precautionary settings of a real gateway's presets: an order beyond one of them is refused before it leaves. One that
 * is not said holds nothing back; with none it is as if "Bypass Order Precautions for API Orders" were ticked.
 */
export interface Precautions {
  /** Shares of one order. */
  readonly sizeMax?: number;
  /** Worth of one order, in dollars. */
  readonly valueMax?: number;
  /** How far a limit may reach through the market, in per cent of the bid or ask that it meets. */
  readonly percentMax?: number;
  /** The same in ticks of the price that it meets. */
  readonly ticksMax?: number;
}

const restriction = "Restriction is specified in Precautionary Settings of Global Configuration/Presets.";

/**
 * Is the order within the precautions? The texts of 383 and 451 are the real gateway's as clients have logged them, those of
 * 163 and 382 are from IB's table of message codes. That the real one looks only at limits through the market is an inference.
 */
export function judgePrecautions(
  venue: Venue,
  order: VenueOrderRequest,
  { sizeMax, valueMax, percentMax, ticksMax }: Precautions,
): Refusal | undefined {
  const { orderId, shares, limitPrice } = order;
  if (sizeMax !== undefined && shares > sizeMax)
    return {
      code: 383,
      text: `The following order "ID:${orderId}" size exceeds the Size Limit of ${grouped(sizeMax, 0)}. ${restriction}`,
    };
  if (valueMax === undefined && percentMax === undefined && ticksMax === undefined) return undefined;
  const isBuy = order.side === "buy";
  const quote = venue.quote(order.conId);
  const market = (isBuy ? quote.ask : quote.bid) ?? quote.last;
  const value = shares * (limitPrice ?? order.stopPrice ?? market);
  if (valueMax !== undefined && value > valueMax)
    return {
      code: 451,
      text: `The following order "ID:${orderId}" value estimate of ${grouped(value, 2)} USD exceeds the Total Value Limit of ${grouped(valueMax, 0)} USD. ${restriction}`,
    };
  const through = limitPrice === undefined ? 0 : (limitPrice - market) * (isBuy ? 1 : -1);
  if (percentMax !== undefined && (100 * through) / market > percentMax) return beyond(163, "percentage");
  const tick = tickAt(market, contractOf(venue, order.conId).priceSteps);
  if (ticksMax !== undefined && Math.round(through / tick) > ticksMax) return beyond(382, "number of ticks");
  return undefined;
}

function beyond(code: number, what: string): Refusal {
  return {
    code,
    text: `The price specified would violate the ${what} constraint specified in the default order settings.`,
  };
}

/** "106,260.00" */
function grouped(amount: number, decimals: number): string {
  return amount.toLocaleString("en-US", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: Math.max(decimals, 2),
  });
}
