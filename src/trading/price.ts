import { divideHalfEven, type Money } from "./money.ts";
import type { Side } from "./side.ts";

/**
 * Prices are plain numbers of the instrument's currency per share, as the wire brings them. Every calculation that must
 * not carry float noise to the broker (error 110) goes through whole hundred-millionths here and comes back as the
 * number nearest to the exact decimal.
 */

/** From `lowEdge` upward (by absolute price) orders must be multiples of `increment`: one row of IB's market rule. */
export interface PriceStep {
  readonly lowEdge: number;
  readonly increment: number;
}

const scale = 100_000_000n;

/** Is this a price at all? −1, 0, NaN and infinity are what a gateway says when it has none. */
export function isPrice(price: number | undefined): price is number {
  return price !== undefined && Number.isFinite(price) && price > 0;
}

/** shares × price × multiplier, exact to the millionth; signed as the shares are. */
export function notional<C extends string>(
  shares: number,
  price: number,
  multiplier: number,
  currency: C,
): Money<C> {
  const e16 = toE8(shares) * toE8(price) * BigInt(Math.round(multiplier * 1e4));
  return { currency, e6: divideHalfEven(e16, 100_000_000_000_000n) };
}

/** How far from a reference price a limit may lie against us. */
export interface Collar {
  readonly collarBps: number;
  /** At least so many ticks, where basis points are less than that; 0 when not said. */
  readonly collarTicks?: number;
  readonly steps: readonly PriceStep[];
}

/**
 * The worst price we accept: the collar away from `reference` against us, rounded to the tick towards the reference, so
 * that the rounding never costs more than the collar allows. The tick is the one that holds at the limit price itself, not
 * at the market (O03, O04). Undefined when no price above zero is left.
 */
export function limitPrice(reference: number, side: Side, collar: Collar): number | undefined {
  const { collarBps, collarTicks = 0, steps } = collar;
  const bps = BigInt(Math.round(collarBps * 100));
  const factor = side === "buy" ? 1_000_000n + bps : 1_000_000n - bps;
  const byBps = onTick(toE8(reference) * factor, side, steps);
  if (collarTicks === 0) return byBps > 0n ? fromE8(byBps) : undefined;
  let byTicks = onTick(toE8(reference) * 1_000_000n, side, steps);
  for (let i = 0; i < collarTicks && byTicks > 0n; i++) byTicks = nextTick(byTicks, side, steps);
  const worst = side === "buy" ? maxOf(byBps, byTicks) : minOf(byBps, byTicks);
  return worst > 0n ? fromE8(worst) : undefined;
}

/**
 * Limits on the way from a reference price to the worst one, in equal parts and the nearest first, each on a tick; the worst
 * one itself is not among them. Fewer than `count` where there are not so many ticks between.
 */
export function pricesToward(
  worst: number,
  reference: number,
  count: number,
  { side, steps }: { readonly side: Side; readonly steps: readonly PriceStep[] },
): readonly number[] {
  const from = toE8(reference) * 1_000_000n;
  const way = toE8(worst) * 1_000_000n - from;
  const parts = BigInt(count + 1);
  const prices = Array.from({ length: count }, (_, k) =>
    onTick(from + (way * BigInt(k + 1)) / parts, side, steps),
  );
  const isNearer = (e8: bigint): boolean => (side === "buy" ? e8 < toE8(worst) : e8 > toE8(worst));
  return [...new Set(prices)].filter((e8) => e8 > 0n && isNearer(e8)).map(fromE8);
}

/**
 * The price on the next coarser step of the usual ladder (0.01, 0.05, 0.10, 0.50 …), never worse than it was: for contracts
 * whose own step is coarser than the broker says (O05). Undefined when no price above zero is left.
 */
export function coarserPrice(price: number, side: Side, steps: readonly PriceStep[]): number | undefined {
  const e8 = toE8(price);
  const tick = tickAt(e8, steps);
  let coarser = 1n;
  for (let isFive = false; coarser <= tick; isFive = !isFive) coarser *= isFive ? 2n : 5n;
  const rounded = side === "buy" ? e8 - (e8 % coarser) : e8 + ((coarser - (e8 % coarser)) % coarser);
  return rounded > 0n ? fromE8(rounded) : undefined;
}

/** The last tick on the way from the market to a price in hundred-millionths of a millionth: below it for a buy, above for a sell. */
function onTick(worstE14: bigint, side: Side, steps: readonly PriceStep[]): bigint {
  const roundedAt = (tickE8: bigint): bigint => {
    const tickE14 = tickE8 * 1_000_000n;
    const ticks = side === "buy" ? worstE14 / tickE14 : (worstE14 + tickE14 - 1n) / tickE14;
    return ticks * tickE8;
  };
  const first = roundedAt(tickAt(worstE14 / 1_000_000n, steps));
  const again = tickAt(first, steps);
  return first % again === 0n ? first : roundedAt(again);
}

/** One tick further against us. On the edge of two rules the way down begins with the lower one's tick. */
function nextTick(e8: bigint, side: Side, steps: readonly PriceStep[]): bigint {
  return side === "buy" ? e8 + tickAt(e8, steps) : e8 - tickAt(e8 - 1n, steps);
}

function maxOf(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function minOf(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** Does the price stand on a tick of the rule that holds at it? */
export function isOnTick(price: number, steps: readonly PriceStep[]): boolean {
  const e8 = toE8(price);
  return e8 % tickAt(e8, steps) === 0n;
}

/** (bid + ask) ÷ 2, exactly. */
export function midOf(bid: number, ask: number): number {
  return Number(toE8(bid) + toE8(ask)) / 2e8;
}

/** The decimal text of a price without float noise: "409.59", "0.0001". */
export function priceText(price: number): string {
  const e8 = toE8(price);
  const digits = (e8 < 0n ? -e8 : e8).toString().padStart(9, "0");
  const text = `${digits.slice(0, -8)}.${digits.slice(-8)}`.replace(/0{1,6}$/, "");
  return e8 < 0n ? `-${text}` : text;
}

function tickAt(priceE8: bigint, steps: readonly PriceStep[]): bigint {
  let found: PriceStep | undefined;
  for (const step of steps) {
    const isHigher = found === undefined || step.lowEdge >= found.lowEdge;
    if (toE8(step.lowEdge) <= priceE8 && isHigher) found = step;
  }
  if (!found || !(found.increment > 0)) throw new RangeError(`no price step at ${fromE8(priceE8)}`);
  return toE8(found.increment);
}

function toE8(value: number): bigint {
  if (!Number.isFinite(value)) throw new RangeError(`not a number to calculate with: ${value}`);
  const whole = Math.trunc(value);
  return BigInt(whole) * scale + BigInt(Math.round((value - whole) * 1e8));
}

function fromE8(e8: bigint): number {
  return Number(e8) / 1e8;
}
