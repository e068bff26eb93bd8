import type { VenueOrder } from "./venue.ts";

/** The group in which one order's fill concerns the others; the children of one parent are a group too. */
export function groupOf(
  order: Pick<VenueOrder, "account" | "ocaGroup" | "parentPermId">,
): string | undefined {
  if (order.ocaGroup) return `${order.account} ${order.ocaGroup}`;
  return order.parentPermId === undefined ? undefined : `${order.account} parent ${order.parentPermId}`;
}

/**
 * What becomes of an order when another one of its group has been filled by a part of what that one had left: its new size,
 * or undefined when it is cancelled (OCA type 1, or nothing of it is left).
 */
export function sharesAfterOther(order: VenueOrder, filledPart: number): number | undefined {
  if (order.ocaType === 1) return undefined;
  const remaining = order.shares - order.filledShares;
  const left = remaining - Math.round(remaining * filledPart);
  return left > 0 ? order.filledShares + left : undefined;
}
