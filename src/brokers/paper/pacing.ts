/** What the real gateway reads of one client in a second, with 100 market-data lines. */
export const messagesPerSecond = 50;

/**
 * Lets at most 50 messages pass in any second, as the real gateway does: it reads slower, it loses nothing. Each message that
 * passes gives its place back a second later.
 */
export class Pacing {
  #places = messagesPerSecond;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #onPlace: () => void;

  /** `onPlace` is called whenever a place has become free. */
  constructor(onPlace: () => void) {
    this.#onPlace = onPlace;
  }

  /** Takes a place if there is one. */
  take(): boolean {
    if (this.#places === 0) return false;
    this.#places -= 1;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#places += 1;
      this.#onPlace();
    }, 1000);
    this.#timers.add(timer);
    return true;
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
