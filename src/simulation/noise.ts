/**
 * Randomness without a state: every value is a pure function of a key and an index, so that any second of any day can be
 * asked for without walking there, and asking never changes what is answered later.
 *
 * The mixing is MurmurHash3's (Appleby, public domain): its finalizer spreads each input bit over all output bits, which
 * counters and dates need. It draws prices, it keeps no secrets.
 */
export type NoiseKey = number & { readonly unit: "noise key" };

// Held here because a test runner's sandbox looks up the global `Math` a hundred times slower.
const { imul, sqrt, log, cos, PI } = Math;

/** The key of something named by words and whole numbers: `noiseKey(seed, "AAPL", "2022-03-14", "path")`. */
export function noiseKey(...parts: readonly (string | number)[]): NoiseKey {
  let hash = 0;
  for (const part of parts) hash = typeof part === "string" ? mixText(hash, part) : mixNumber(hash, part);
  return finish(hash) as NoiseKey;
}

/** Evenly distributed between 0 and 1, neither included; 2³² different values. */
export function uniform(key: NoiseKey, index: number): number {
  return (bits(key, index) + 0.5) / 4_294_967_296;
}

/** Normally distributed, mean 0 and deviation 1 (Box and Muller). */
export function normal(key: NoiseKey, index: number): number {
  const radius = sqrt(-2 * log(uniform(key, 2 * index)));
  return radius * cos(2 * PI * uniform(key, 2 * index + 1));
}

/** 32 bits as an unsigned whole number. */
export function bits(key: NoiseKey, index: number): number {
  return finish(mix(key, index));
}

function mixText(hash: number, text: string): number {
  let mixed = mix(hash, text.length);
  for (let i = 0; i < text.length; i += 1) mixed = mix(mixed, text.charCodeAt(i));
  return mixed;
}

function mixNumber(hash: number, value: number): number {
  if (!Number.isSafeInteger(value)) throw new RangeError(`not a whole number to draw from: ${value}`);
  return mix(mix(hash, value), Math.floor(value / 4_294_967_296));
}

function mix(hash: number, word: number): number {
  const scrambled = imul(rotate(imul(word, 0xcc9e2d51), 15), 0x1b873593);
  return (imul(rotate(hash ^ scrambled, 13), 5) + 0xe6546b64) | 0;
}

function finish(hash: number): number {
  let mixed = imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
