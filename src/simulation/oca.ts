import type { VenueOrder } from "./venue.ts";
import { remainingShares, type WorkingOrder } from "./working-order.ts";

/** The group in which one order's fill concerns the others; the children of one parent are a group too. */
export function groupOf(
  order: Pick<VenueOrder, "account" | "ocaGroup" | "parentPermId">,
): string | undefined {
  if (order.ocaGroup) return `${order.account} ${order.ocaGroup}`;
  return order.parentPermId === undefined ? undefined : `${order.account} parent ${order.parentPermId}`;
}

/**
 * What becomes of an order when another one of its group has been filled by a part of what that one had left; undefined when
 * it is cancelled (OCA type 1, or nothing of it is left). The exact remainder is kept beside the whole shares: else many small
 * fills would each be rounded away.
 */
export function afterOther(working: WorkingOrder, filledPart: number): WorkingOrder | undefined {
  const { order, exactRemaining = remainingShares(working) } = working;
  if (order.ocaType === 1) return undefined;
  const left = exactRemaining * (1 - filledPart);
  const shares = order.filledShares + Math.round(left);
  return shares > order.filledShares
    ? { ...working, exactRemaining: left, order: { ...order, shares } }
    : undefined;
}
