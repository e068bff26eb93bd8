import { divideHalfEven, isGreater, type Money } from "../trading/money.ts";

const perShareE6 = 5_000n;
const orderMinE6 = 1_000_000n;
/** One per cent of the trade value. */
const maxDivisor = 100n;

/**
 * What an order has cost after `shares` for `value` in all, over all its executions: 0.005 USD a share, 1 USD at least,
 * 1 % of the value at most (which wins over the least). Source: IBKR's fixed pricing for US stocks, without the
 * exchanges' and regulators' charges on sales.
 */
export function orderCommission(shares: number, value: Money<"USD">): Money<"USD"> {
  const byShares = BigInt(shares) * perShareE6;
  const usual: Money<"USD"> = { currency: "USD", e6: byShares > orderMinE6 ? byShares : orderMinE6 };
  const most: Money<"USD"> = { currency: "USD", e6: divideHalfEven(value.e6, maxDivisor) };
  return isGreater(usual, most) ? most : usual;
}
