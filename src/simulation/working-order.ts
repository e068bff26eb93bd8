import type { Instant } from "../trading/instant.ts";
import { add, type Money, subtract, toNumber, zero } from "../trading/money.ts";
import { notional } from "../trading/price.ts";
import { orderCommission } from "./commission.ts";
import type { VenueOrder } from "./venue.ts";

/** An order that may still trade, with the exact sums behind its averages. */
export interface WorkingOrder {
  readonly order: VenueOrder;
  readonly value: Money<"USD">;
  readonly commission: Money<"USD">;
  /**
   * What its group's fills have left of it, not rounded: its shares less the filled ones are this to the nearest whole. As
   * long as no other one of a group has been filled there is none.
   */
  readonly exactRemaining?: number | undefined;
}

/** An order as it is before its first fill. */
export function workingOrder(order: VenueOrder): WorkingOrder {
  return { order, value: zero("USD"), commission: zero("USD") };
}

/** Ordered less filled. */
export function remainingShares({ order }: WorkingOrder): number {
  return order.shares - order.filledShares;
}

/** May it trade at this price? An order without a limit may at any. */
export function accepts(order: VenueOrder, price: number): boolean {
  const { limitPrice } = order;
  if (limitPrice === undefined) return true;
  return order.side === "buy" ? price <= limitPrice : price >= limitPrice;
}

/** The order after one more fill, and the commission that this fill adds to what the order has cost. */
export function afterFill(
  working: WorkingOrder,
  fill: { readonly shares: number; readonly price: number; readonly at: Instant },
): { readonly working: WorkingOrder; readonly commission: Money<"USD"> } {
  const { order } = working;
  const filledShares = order.filledShares + fill.shares;
  const value = add(working.value, notional(fill.shares, fill.price, 1, "USD"));
  const commission = orderCommission(filledShares, value);
  const isFilled = filledShares === order.shares;
  const { exactRemaining } = working;
  const unfilledPart = 1 - fill.shares / remainingShares(working);
  return {
    commission: subtract(commission, working.commission),
    working: {
      value,
      commission,
      ...(exactRemaining !== undefined && { exactRemaining: exactRemaining * unfilledPart }),
      order: {
        ...order,
        status: isFilled ? "Filled" : "Submitted",
        filledShares,
        averageFillPrice: toNumber(value) / filledShares,
        lastFillPrice: fill.price,
        commission: toNumber(commission),
        endedAt: isFilled ? fill.at : undefined,
      },
    },
  };
}
