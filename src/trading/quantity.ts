import type { Money } from "./money.ts";

/** One share's value, exactly enough: price × multiplier × rate to the base currency. */
export interface UnitValue {
  readonly price: number;
  readonly multiplier: number;
  /** Units of base currency for one unit of the instrument's. */
  readonly rate: number;
}

/**
 * Shares to trade, signed, so that `targetWeight` of net liquidation is held: whole shares, cut towards zero, so that a
 * trade is never larger than what is wanted. Exact for amounts to the millionth and weights to the trillionth: no float
 * noise turns 1,000 shares into 999. Throws RangeError unless one share has a value.
 */
export function sharesToTrade(
  netLiquidation: Money,
  targetWeight: number,
  heldShares: number,
  unit: UnitValue,
): number {
  const unitE21 = scaled(unit.price, 8) * scaled(unit.multiplier, 4) * scaled(unit.rate, 9);
  if (unitE21 <= 0n) throw new RangeError(`a share without a value: ${JSON.stringify(unit)}`);
  const wantedE29 = netLiquidation.e6 * scaled(targetWeight, 12) * 100_000_000_000n;
  const heldE29 = scaled(heldShares, 8) * unitE21;
  return Number((wantedE29 - heldE29) / (unitE21 * 100_000_000n));
}

/** Shares to trade, signed, to hold nothing. Fractions stay: the broker takes whole shares only. */
export function sharesToClose(heldShares: number): number {
  return heldShares === 0 ? 0 : -Math.trunc(heldShares);
}

function scaled(value: number, places: number): bigint {
  if (!Number.isFinite(value)) throw new RangeError(`not a number to calculate with: ${value}`);
  const whole = Math.trunc(value);
  const one = 10 ** places;
  return BigInt(whole) * BigInt(one) + BigInt(Math.round((value - whole) * one));
}
