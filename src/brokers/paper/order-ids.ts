/**
 * Which order ids each API client may still use. A new id must exceed every id that the client has used before and every one
 * that it was shown; the numbers outlive the client's connections, not the gateway.
 */
export class OrderIds {
  readonly #highest = new Map<number, number>();

  /** What nextValidId tells; asking twice without placing gives the same number. */
  next(clientId: number): number {
    return (this.#highest.get(clientId) ?? 0) + 1;
  }

  /** The client has used or seen this id. */
  note(clientId: number, orderId: number): void {
    this.#highest.set(clientId, Math.max(orderId, this.#highest.get(clientId) ?? 0));
  }

  /** Every client's next id becomes lower by so much: the gateway restarts and has not seen its last orders (C01). */
  rollBack(by: number): void {
    for (const [clientId, highest] of this.#highest) this.#highest.set(clientId, Math.max(0, highest - by));
  }
}
