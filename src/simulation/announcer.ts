/**
 * Tells listeners what happened, each event to all of them before the next one. What a listener causes is told after what
 * it was just hearing: nobody hears of a cancel before the fill that led to it.
 */
export class Announcer<E> {
  readonly #listeners = new Set<(event: E) => void>();
  readonly #waiting: E[] = [];
  #isTelling = false;

  /** Answers with the way to stop. */
  subscribe(listener: (event: E) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(...events: readonly E[]): void {
    this.#waiting.push(...events);
    if (this.#isTelling) return;
    this.#isTelling = true;
    try {
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift())
        for (const listener of this.#listeners) listener(next);
    } finally {
      this.#isTelling = false;
    }
  }
}
