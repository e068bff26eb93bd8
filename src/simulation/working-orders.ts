import { groupOf } from "./oca.ts";
import type { VenueOrder } from "./venue.ts";
import type { WorkingOrder } from "./working-order.ts";

/**
 * Orders that may still trade, oldest first, and the ways to find some of them without looking at all: an order must cost
 * the same beside five thousand others as beside none.
 */
export class WorkingOrders {
  /** By permId, which rises with every order. */
  readonly #all = new Map<number, WorkingOrder>();
  readonly #byOrderId = new Map<string, number>();
  /** Those that do not await a parent. */
  readonly #active = new Map<string, Set<number>>();
  readonly #groups = new Map<string, Set<number>>();
  readonly #children = new Map<string, Set<number>>();

  get size(): number {
    return this.#all.size;
  }

  get(permId: number): WorkingOrder | undefined {
    return this.#all.get(permId);
  }

  /** The order that a client knows by this number. */
  withOrderId(clientId: number, orderId: number): WorkingOrder | undefined {
    return this.#all.get(this.#byOrderId.get(`${clientId}/${orderId}`) ?? 0);
  }

  orders(): VenueOrder[] {
    return Array.from(this.#all.values(), ({ order }) => order);
  }

  permIds(): number[] {
    return [...this.#all.keys()];
  }

  /** An account's orders of one contract that have begun: those that await their parent are not among them. */
  active(account: string, conId: number): readonly VenueOrder[] {
    return this.#named(this.#active, `${account} ${conId}`);
  }

  /** The orders of a group, as `groupOf` names it. */
  inGroup(group: string): readonly VenueOrder[] {
    return this.#named(this.#groups, group);
  }

  childrenOf(permId: number): readonly VenueOrder[] {
    return this.#named(this.#children, `${permId}`);
  }

  /** The order as it is now, new or known. */
  set(working: WorkingOrder): void {
    const { order } = working;
    const before = this.#all.get(order.permId);
    if (before) this.#unlist(before.order);
    if (before && before.order.orderId !== order.orderId) this.#forgetOrderId(before.order);
    this.#all.set(order.permId, working);
    this.#byOrderId.set(`${order.clientId}/${order.orderId}`, order.permId);
    for (const [index, name] of this.#placesOf(order)) {
      const permIds = index.get(name);
      if (permIds) permIds.add(order.permId);
      else index.set(name, new Set([order.permId]));
    }
  }

  delete(permId: number): void {
    const before = this.#all.get(permId);
    if (!before) return;
    this.#all.delete(permId);
    this.#unlist(before.order);
    this.#forgetOrderId(before.order);
  }

  #forgetOrderId({ clientId, orderId, permId }: VenueOrder): void {
    const name = `${clientId}/${orderId}`;
    if (this.#byOrderId.get(name) === permId) this.#byOrderId.delete(name);
  }

  #unlist(order: VenueOrder): void {
    for (const [index, name] of this.#placesOf(order)) {
      const permIds = index.get(name);
      permIds?.delete(order.permId);
      if (permIds?.size === 0) index.delete(name);
    }
  }

  #placesOf(order: VenueOrder): readonly (readonly [Map<string, Set<number>>, string])[] {
    const group = groupOf(order);
    return [
      ...(order.awaitsParent ? [] : [[this.#active, `${order.account} ${order.conId}`] as const]),
      ...(group === undefined ? [] : [[this.#groups, group] as const]),
      ...(order.parentPermId === undefined ? [] : [[this.#children, `${order.parentPermId}`] as const]),
    ];
  }

  #named(index: ReadonlyMap<string, ReadonlySet<number>>, name: string): readonly VenueOrder[] {
    const permIds = [...(index.get(name) ?? [])].toSorted((one, other) => one - other);
    return permIds.flatMap((permId) => this.#all.get(permId)?.order ?? []);
  }
}
