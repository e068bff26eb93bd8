import type { Instant } from "../trading/instant.ts";
import { bits, type NoiseKey, noiseKey } from "./noise.ts";

/** The numbers that a broker gives: each once, the same ones for the same seed. */
export class OrderNames {
  readonly #key: NoiseKey;
  #orders = 0;
  #executions = 0;

  /** Another start gives other names: a gateway that begins again does not repeat ids that a history has on record. */
  constructor(seed: number, startAt: Instant) {
    this.#key = noiseKey(seed, `order names ${startAt}`);
  }

  /** As high as IB's are today, and rising. */
  nextPermId(): number {
    this.#orders += 1;
    return 1_100_000_000 + (bits(this.#key, 0) % 500_000_000) + this.#orders;
  }

  /**
   * Of IB's shape, "0000e0d5.67fe667b.01.01"; the last segment would count corrections. Multiplying by an odd number meets
   * each 32-bit number once before any repeats.
   */
  nextExecId(): string {
    this.#executions += 1;
    const venue = bits(this.#key, 1) & 0xffff;
    const number = (Math.imul(this.#executions, 0x9e3779b1) ^ bits(this.#key, 2)) >>> 0;
    return `${hex8(venue)}.${hex8(number)}.01.01`;
  }
}

function hex8(number: number): string {
  return number.toString(16).padStart(8, "0");
}
