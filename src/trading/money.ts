import { invariant } from "./invariant.ts";

/**
 * An exact amount of one currency, in whole millionths. Sums are exact; the only roundings are the ones named here.
 * The type parameter stops two currencies known at compile time from being added; `add` and its kin check the rest.
 */
export interface Money<C extends string = string> {
  readonly currency: C;
  readonly e6: bigint;
}

const one = 1_000_000n;

/** Reads a decimal text ("-1234.56") of up to six places. Throws RangeError on anything else. */
export function money<C extends string>(text: string, currency: C): Money<C> {
  const match = /^(-?)(\d+)(?:\.(\d{1,6}))?$/.exec(text);
  if (!match) throw new RangeError(`not an amount of money: "${text}"`);
  const [, minus, whole = "", part = ""] = match;
  const e6 = BigInt(whole + part.padEnd(6, "0"));
  return { currency, e6: minus ? -e6 : e6 };
}

/** A floating-point amount to the nearest millionth. Throws RangeError unless it is finite. */
export function moneyFromNumber<C extends string>(value: number, currency: C): Money<C> {
  if (!Number.isFinite(value)) throw new RangeError(`not an amount of money: ${value}`);
  const whole = Math.trunc(value);
  return { currency, e6: BigInt(whole) * one + BigInt(Math.round((value - whole) * 1e6)) };
}

export function zero<C extends string>(currency: C): Money<C> {
  return { currency, e6: 0n };
}

export function add<C extends string>(a: Money<C>, b: Money<NoInfer<C>>): Money<C> {
  sameCurrency(a, b);
  return { currency: a.currency, e6: a.e6 + b.e6 };
}

export function subtract<C extends string>(a: Money<C>, b: Money<NoInfer<C>>): Money<C> {
  sameCurrency(a, b);
  return { currency: a.currency, e6: a.e6 - b.e6 };
}

/** One sum for each currency, in the order in which the currencies come. */
export function totals(amounts: readonly Money[]): readonly Money[] {
  const sums = new Map<string, Money>();
  for (const amount of amounts)
    sums.set(amount.currency, add(sums.get(amount.currency) ?? zero(amount.currency), amount));
  return [...sums.values()];
}

export function absolute<C extends string>(a: Money<C>): Money<C> {
  return a.e6 < 0n ? { currency: a.currency, e6: -a.e6 } : a;
}

export function isGreater<C extends string>(a: Money<C>, b: Money<NoInfer<C>>): boolean {
  sameCurrency(a, b);
  return a.e6 > b.e6;
}

/** How many times `whole` goes into `part`: a plain ratio. Throws RangeError when `whole` is zero. */
export function ratio<C extends string>(part: Money<C>, whole: Money<NoInfer<C>>): number {
  sameCurrency(part, whole);
  if (whole.e6 === 0n) throw new RangeError(`a ratio to 0 ${whole.currency}`);
  return Number(part.e6) / Number(whole.e6);
}

/** The amount in another currency at `rate` units of it per unit of ours, to the nearest millionth. */
export function convert<C extends string>(a: Money, rate: number, to: C): Money<C> {
  invariant(Number.isFinite(rate) && rate > 0, `an exchange rate of ${rate}`);
  const rateE9 = BigInt(Math.round(rate * 1e9));
  return { currency: to, e6: divideHalfEven(a.e6 * rateE9, 1_000_000_000n) };
}

/** The number nearest to the amount: for ratios and charts, never for books. */
export function toNumber(a: Money): number {
  return Number(a.e6) / 1e6;
}

/** "1234.56" with at least two places and no more than it needs: for files and tables that are read back. */
export function decimalOf(a: Money): string {
  const digits = (a.e6 < 0n ? -a.e6 : a.e6).toString().padStart(7, "0");
  const text = `${digits.slice(0, -6)}.${digits.slice(-6)}`.replace(/0{1,4}$/, "");
  return a.e6 < 0n ? `-${text}` : text;
}

/** Integer division that rounds halves to the even neighbour, so that long sums do not drift. */
export function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const rest = numerator % denominator;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  const size = denominator < 0n ? -denominator : denominator;
  const away = twice > size || (twice === size && quotient % 2n !== 0n);
  if (!away) return quotient;
  return numerator < 0n === denominator < 0n ? quotient + 1n : quotient - 1n;
}

function sameCurrency(a: Money, b: Money): void {
  invariant(a.currency === b.currency, `${a.currency} and ${b.currency} in one sum`);
}
