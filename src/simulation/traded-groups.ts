import { groupOf } from "./oca.ts";
import type { VenueOrder } from "./venue.ts";

/**
 * Which groups have traded in the present second. Those of types 1 and 2 are "with block": one of their orders at a time is
 * at the market, so that no two fill before the other is cancelled or made smaller. Those of type 3 all are.
 */
export class TradedGroups {
  #second = -1;
  readonly #groups = new Set<string>();

  note(order: VenueOrder, second: number): void {
    const group = groupOf(order);
    if (second !== this.#second) this.#groups.clear();
    this.#second = second;
    if (group !== undefined) this.#groups.add(group);
  }

  /** Has its group traded in this second, so that the order must wait? */
  blocks(order: VenueOrder, second: number): boolean {
    const group = groupOf(order);
    if (group === undefined || second !== this.#second || (order.ocaType ?? 3) === 3) return false;
    return this.#groups.has(group);
  }
}
