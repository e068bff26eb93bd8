import { noiseKey, uniform } from "../../simulation/noise.ts";

/** A row of seeded random numbers: the same seed and the same questions give the same answers. */
export class Draws {
  readonly #key: ReturnType<typeof noiseKey>;
  #drawn = 0;

  constructor(seed: number, name: string) {
    this.#key = noiseKey(seed, name);
  }

  /** Between 0 and 1, neither included. */
  uniform(): number {
    this.#drawn += 1;
    return uniform(this.#key, this.#drawn);
  }

  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.uniform() * (high - low + 1));
  }

  pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.uniform() * items.length)];
    if (item === undefined) throw new RangeError("nothing to pick from");
    return item;
  }
}
