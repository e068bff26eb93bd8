import type { Touch } from "./liquidity.ts";

/** What orders have taken from the displayed sizes of one second; the next second begins with nothing taken. */
export class TakenShares {
  #second = -1;
  readonly #shares = new Map<string, number>();

  of(conId: number, from: keyof Touch, second: number): number {
    return second === this.#second ? (this.#shares.get(`${conId} ${from}`) ?? 0) : 0;
  }

  take(conId: number, from: keyof Touch, second: number, shares: number): void {
    const before = this.of(conId, from, second);
    if (second !== this.#second) this.#shares.clear();
    this.#second = second;
    this.#shares.set(`${conId} ${from}`, before + shares);
  }
}
