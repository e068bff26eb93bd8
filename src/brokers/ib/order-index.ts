import type { Execution } from "../../trading/execution.ts";
import type { HeardOrder } from "./heard-order.ts";

/** What TWS shows as the id of an order that a person entered. */
const noOrderId = 2_147_483_647;

/**
 * Orders by the names that a broker's message may give them: by permId and by our reference; an order id counts only
 * together with its client id and only for an order that has no permId yet, because the gateway may give an id again after
 * a restart (C01).
 */
export class OrderIndex {
  readonly #all = new Set<HeardOrder>();
  readonly #byPermId = new Map<number, HeardOrder>();
  readonly #byId = new Map<string, HeardOrder>();
  readonly #byRef = new Map<string, HeardOrder>();
  /** New ids must be above every id that this client was shown, those of other clients included (O01). */
  #highestOrderId = 0;

  all(): Iterable<HeardOrder> {
    return this.#all;
  }

  add(order: HeardOrder): void {
    this.#all.add(order);
    if (order.orderId < noOrderId) this.#highestOrderId = Math.max(this.#highestOrderId, order.orderId);
    if (order.orderId > 0) this.#byId.set(idKey(order.clientId, order.orderId), order);
    if (order.orderRef !== "") this.#byRef.set(order.orderRef, order);
    if (order.permId !== 0) this.#byPermId.set(order.permId, order);
  }

  /** The broker's own number of an order that was known without it; answers whether that was news. */
  learnPermId(order: HeardOrder, permId: number): boolean {
    if (permId === 0 || order.permId !== 0) return false;
    order.permId = permId;
    this.#byPermId.set(permId, order);
    return true;
  }

  byRef(orderRef: string): HeardOrder | undefined {
    return this.#byRef.get(orderRef);
  }

  /** The order that this client has given the id to last. */
  byId(clientId: number, orderId: number): HeardOrder | undefined {
    return this.#byId.get(idKey(clientId, orderId));
  }

  /** The order that the names mean; undefined when none is known, or when they contradict what is known of it. */
  find({ permId, clientId, orderId, orderRef }: Names): HeardOrder | undefined {
    const byPermId = permId === 0 ? undefined : this.#byPermId.get(permId);
    if (byPermId) return byPermId;
    const candidate =
      this.byId(clientId, orderId) ?? (orderRef === "" ? undefined : this.#byRef.get(orderRef));
    if (!candidate) return undefined;
    const sameOrder =
      (orderRef === "" || candidate.orderRef === orderRef) && (permId === 0 || candidate.permId === 0);
    return sameOrder ? candidate : undefined;
  }

  /** The order that an execution belongs to. */
  orderOf(execution: Execution): HeardOrder | undefined {
    const byPermId = this.#byPermId.get(execution.permId);
    if (byPermId) return byPermId;
    const byRef = execution.orderRef === "" ? undefined : this.#byRef.get(execution.orderRef);
    return byRef && (byRef.permId === 0 || byRef.permId === execution.permId) ? byRef : undefined;
  }

  /** An order id that nobody has used as far as was heard, and not below `atLeast`. */
  freeOrderId(atLeast: number): number {
    return Math.max(atLeast, this.#highestOrderId + 1);
  }
}

/** What a message calls an order; 0 and empty where it does not say. */
export type Names = Pick<HeardOrder, "permId" | "clientId" | "orderId" | "orderRef">;

function idKey(clientId: number, orderId: number): string {
  return `${clientId}:${orderId}`;
}
