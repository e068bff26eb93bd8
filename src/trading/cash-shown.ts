import type { Account } from "./account.ts";
import type { Execution } from "./execution.ts";
import { absolute, add, convert, type Money, moneyFromNumber, subtract, toNumber, zero } from "./money.ts";
import { notional } from "./price.ts";
import { sign } from "./side.ts";

/**
 * Does an account's cash show executions already? Brokers tell positions and sums apart, and sums may lag. `too-much`: what
 * was bought is not taken from it yet, and who plans on it spends it twice; `too-little`: what sales brought is not in it.
 */
export type CashShown = "shown" | "too-much" | "too-little";

/** Both sums are told to the cent. */
const twoRoundings = 0.011;
/** Rates of other currencies move while an account is looked at. */
const rateNoise = 0.001;
/** A commission that was not told yet is less than this part of what was traded. */
const commissionPart = 0.01;

/** The account's cash against what it was `before`, with the executions since. A missing rate makes it too much to rely on. */
export function cashShown(before: Account, now: Account, since: readonly Execution[]): CashShown {
  const { baseCurrency } = now;
  const inBase = (amount: Money): Money | undefined => {
    if (amount.currency === baseCurrency) return amount;
    const rate = now.exchangeRates.get(amount.currency);
    return rate === undefined ? undefined : convert(amount, rate, baseCurrency);
  };
  let expected = before.cash;
  let noise = twoRoundings;
  let unknown = zero(baseCurrency);
  for (const { side, shares, price, currency, commission } of since) {
    const value = inBase(notional(shares, price, 1, currency));
    const cost = inBase(commission ?? zero(currency));
    if (!value || !cost) return "too-much";
    expected = subtract(sign(side) > 0 ? subtract(expected, value) : add(expected, value), cost);
    if (!commission) unknown = add(unknown, moneyFromNumber(commissionPart * toNumber(value), baseCurrency));
    if (currency !== baseCurrency) noise += rateNoise * toNumber(absolute(value));
  }
  if (now.cashByCurrency.some(({ currency, e6 }) => currency !== baseCurrency && e6 !== 0n))
    noise += rateNoise * toNumber(absolute(now.cash));
  const off = toNumber(subtract(now.cash, expected));
  if (off > noise) return "too-much";
  return off < -noise - toNumber(unknown) ? "too-little" : "shown";
}
