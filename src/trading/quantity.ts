import { type Money, moneyFromNumber } from "./money.ts";

/** One share's value, exactly enough: price × multiplier × rate to the base currency. */
export interface UnitValue {
  readonly price: number;
  readonly multiplier: number;
  /** Units of base currency for one unit of the instrument's. */
  readonly rate: number;
}

/** What is wanted of one instrument: its parts add up. All signed, negative is short. */
export interface TargetAmount {
  /** Share of net liquidation. */
  readonly weight: number;
  /** Base currency. */
  readonly notional: number;
  readonly shares: number;
}

/**
 * Shares to trade, signed, so that the target is held: whole shares, cut towards zero, so that a trade is never larger
 * than what is wanted. Exact for amounts to the millionth and weights to the trillionth: no float noise turns 1,000
 * shares into 999. Throws RangeError unless one share has a value.
 */
export function sharesToTrade(
  netLiquidation: Money,
  target: TargetAmount,
  heldShares: number,
  unit: UnitValue,
): number {
  const unitE21 = unitE21Of(unit);
  const weightE29 = netLiquidation.e6 * scaled(target.weight, 12) * 100_000_000_000n;
  const notionalE29 = moneyFromNumber(target.notional, netLiquidation.currency).e6 * e23;
  const shortOfE8 = scaled(target.shares, 8) - scaled(heldShares, 8);
  return Number((weightE29 + notionalE29 + shortOfE8 * unitE21) / (unitE21 * 100_000_000n));
}

/** Shares to trade, signed, to hold nothing. Fractions stay: the broker takes whole shares only. */
export function sharesToClose(heldShares: number): number {
  return heldShares === 0 ? 0 : -Math.trunc(heldShares);
}

/** The largest multiple of the board lot that is no larger, on either side of zero. */
export function wholeLots(signedShares: number, boardLot: number): number {
  const lots = Math.trunc(signedShares / boardLot) * boardLot;
  return lots === 0 ? 0 : lots;
}

/** Whole shares that are worth no more than an amount of base currency; 0 for a negative one. */
export function sharesWorth(value: Money, unit: UnitValue): number {
  return value.e6 <= 0n ? 0 : Number((value.e6 * 1_000_000_000_000_000n) / unitE21Of(unit));
}

const e23 = 10n ** 23n;

function unitE21Of(unit: UnitValue): bigint {
  const unitE21 = scaled(unit.price, 8) * scaled(unit.multiplier, 4) * scaled(unit.rate, 9);
  if (unitE21 <= 0n) throw new RangeError(`a share without a value: ${JSON.stringify(unit)}`);
  return unitE21;
}

function scaled(value: number, places: number): bigint {
  if (!Number.isFinite(value)) throw new RangeError(`not a number to calculate with: ${value}`);
  const whole = Math.trunc(value);
  const one = 10 ** places;
  return BigInt(whole) * BigInt(one) + BigInt(Math.round((value - whole) * one));
}
