import { groupOf } from "./oca.ts";
import type { VenueOrder } from "./venue.ts";

/**
 * Which order of each group has traded in the present second. Groups of types 1 and 2 are "with block": one of their orders
 * at a time is at the market, so that no two fill before the other is cancelled or made smaller. Those of type 3 all are.
 */
export class TradedGroups {
  #second = -1;
  readonly #permIds = new Map<string, number>();

  note(order: VenueOrder, second: number): void {
    const group = groupOf(order);
    if (second !== this.#second) this.#permIds.clear();
    this.#second = second;
    if (group !== undefined) this.#permIds.set(group, order.permId);
  }

  /** Has another order of its group traded in this second, so that this one must wait? */
  blocks(order: VenueOrder, second: number): boolean {
    const group = groupOf(order);
    if (group === undefined || second !== this.#second || (order.ocaType ?? 3) === 3) return false;
    const permId = this.#permIds.get(group);
    return permId !== undefined && permId !== order.permId;
  }
}
