import { type Contract, type Order, OrderAction, type OrderType, SecType } from "@stoqey/ib";
import { brokerTermsOf, trailBpsOf } from "../../trading/execution-style.ts";
import { type PlannedOrder, sentLimitOf } from "../../trading/order.ts";
import { isPrice } from "../../trading/price.ts";
import type { Side } from "../../trading/side.ts";

/** The contract of an order as it is sent: over SMART, named by its conId. */
export function contractOf({ instrument }: PlannedOrder): Contract {
  const { conId, symbol, currency } = instrument;
  return { conId, symbol, secType: SecType.STK, exchange: "SMART", currency };
}

/**
 * Every field that we mean, and none that we do not (C23): the one place where an order's message is made, for a new order
 * as for a change, from our own intent (O23). `transmit` left out would mean "keep it, do not send it".
 */
export function wireOrderOf(order: PlannedOrder): Order {
  const limitPrice = sentLimitOf(order);
  const { orderType, algoStrategy, algoParams, stopPrice, trailStopPrice, trailPercent } = brokerTermsOf(
    order.style,
    order.instrument.timeZone,
  );
  return {
    action: order.side === "buy" ? OrderAction.BUY : OrderAction.SELL,
    totalQuantity: order.shares,
    // The package's enumerations are the broker's own words.
    orderType: orderType as OrderType,
    ...(limitPrice !== undefined && { lmtPrice: limitPrice }),
    tif: order.timeInForce,
    account: order.account,
    orderRef: order.orderRef,
    transmit: true,
    outsideRth: order.outsideRegularHours,
    ...(stopPrice !== undefined && { auxPrice: stopPrice }),
    ...(trailStopPrice !== undefined && { trailStopPrice }),
    ...(trailPercent !== undefined && { trailingPercent: trailPercent }),
    ...(algoStrategy !== "" && { algoStrategy, algoParams: [...algoParams] }),
  };
}

/** A market order's limit is told as zero, an unset one as undefined. */
export function limitPriceOf({ lmtPrice }: Order): number | undefined {
  return isPrice(lmtPrice) ? lmtPrice : undefined;
}

/** Where a stop order's stop stands; other orders carry such fields too, without a meaning. */
export function stopPriceTold({ orderType, auxPrice, trailStopPrice }: Order): number | undefined {
  const type: string = orderType ?? "";
  const told = type.startsWith("TRAIL") ? trailStopPrice : type.startsWith("STP") ? auxPrice : undefined;
  return isPrice(told) ? told : undefined;
}

/** How far a trailing stop follows, in basis points; undefined of other orders, and of one that follows by an amount. */
export function trailBpsTold({ orderType, trailingPercent }: Order): number | undefined {
  const isTrailing = (orderType as string | undefined)?.startsWith("TRAIL") ?? false;
  return isTrailing && isPrice(trailingPercent) ? trailBpsOf(trailingPercent) : undefined;
}

/** Short sales are sells. */
export function sideOfOrder({ action }: Order): Side {
  return action === OrderAction.SELL ? "sell" : "buy";
}
