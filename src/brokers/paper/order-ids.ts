/**
 * Which order ids each API client may still use. A new id must exceed every id that the client has used before and every one
 * that it was shown; the numbers outlive the client's connections, and the gateway when they are kept for it.
 */
export class OrderIds {
  readonly #highest: Map<number, number>;
  readonly #onChange: () => void;

  /** `entries` are client ids with the highest order id of each, as `entries` gave them. */
  constructor(entries: readonly (readonly [number, number])[] = [], onChange: () => void = () => {}) {
    this.#highest = new Map(entries);
    this.#onChange = onChange;
  }

  /** What nextValidId tells; asking twice without placing gives the same number. */
  next(clientId: number): number {
    return (this.#highest.get(clientId) ?? 0) + 1;
  }

  /** The client has used or seen this id. */
  note(clientId: number, orderId: number): void {
    this.#highest.set(clientId, Math.max(orderId, this.#highest.get(clientId) ?? 0));
    this.#onChange();
  }

  /** Every client's next id becomes lower by so much: the gateway restarts and has not seen its last orders (C01). */
  rollBack(by: number): void {
    for (const [clientId, highest] of this.#highest) this.#highest.set(clientId, Math.max(0, highest - by));
    this.#onChange();
  }

  entries(): readonly (readonly [number, number])[] {
    return [...this.#highest];
  }
}
