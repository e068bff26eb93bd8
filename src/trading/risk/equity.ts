import type { Instant } from "../instant.ts";
import { add, type Money, ratio, zero } from "../money.ts";

/** Net liquidation as a run saw it. */
export interface EquityPoint {
  readonly at: Instant;
  readonly netLiquidation: Money;
}

/** A deposit (positive) or withdrawal (negative) that a person has declared: neither profit nor loss. */
export interface CashFlow {
  /** When it was booked in the account. */
  readonly at: Instant;
  readonly amount: Money;
  readonly note: string;
}

/** What one unit of money, there from the first point on, has become by an instant, with all flows taken out. */
export interface IndexPoint {
  readonly at: Instant;
  readonly index: number;
}

/**
 * The account's growth with deposits and withdrawals taken out (time-weighted). A flow counts from the point before it: a
 * deposit adds to what the next point is measured from, a withdrawal takes from it. Points in another currency than
 * the last, and flows in another, are of another book and left out.
 */
export function growthOf(points: readonly EquityPoint[], flows: readonly CashFlow[]): readonly IndexPoint[] {
  const currency = points.at(-1)?.netLiquidation.currency;
  const known = points.filter(({ netLiquidation }) => netLiquidation.currency === currency);
  const grown: IndexPoint[] = [];
  let index = 1;
  for (const [n, { at, netLiquidation }] of known.entries()) {
    const before = known[n - 1];
    if (before) {
      const base = add(before.netLiquidation, flowed(flows, before, at));
      // From nothing there is no return: the account was emptied, or filled for the first time.
      if (base.e6 > 0n) index *= Math.max(0, Number(netLiquidation.e6) / Number(base.e6));
    }
    grown.push({ at, index });
  }
  return grown;
}

/** What was paid in and out after a point, until an instant, in the point's currency. */
export function flowed(flows: readonly CashFlow[], after: EquityPoint, until: Instant): Money {
  const { currency } = after.netLiquidation;
  return flows
    .filter(({ at, amount }) => after.at < at && at <= until && amount.currency === currency)
    .reduce((sum, { amount }) => add(sum, amount), zero(currency));
}

/** 1 − where the account stands ÷ its high-water mark; undefined without a point. */
export function drawdownOf(growth: readonly IndexPoint[]): number | undefined {
  const now = growth.at(-1);
  if (!now) return undefined;
  const highWaterMark = growth.reduce((highest, { index }) => Math.max(highest, index), 0);
  return 1 - now.index / highWaterMark;
}

/**
 * The loss since the last point before the session opened, or since the session's first where there is none; negative is
 * a gain. Undefined without a point.
 */
export function lossSince(growth: readonly IndexPoint[], openAt: Instant): number | undefined {
  const now = growth.at(-1);
  const before = growth.findLast(({ at }) => at <= openAt) ?? growth[0];
  return now && before && before.index > 0 ? 1 - now.index / before.index : undefined;
}

/**
 * By how much net liquidation has moved since a point, as a ratio. Deposits and withdrawals that were declared explain a
 * move, and nothing is made of one that has been declared and is not in the account yet: the smaller of the two counts.
 * Undefined when there is nothing to compare with, or not in the same currency.
 */
export function netLiquidationMove(
  before: EquityPoint | undefined,
  flows: readonly CashFlow[],
  { at, netLiquidation }: EquityPoint,
): number | undefined {
  if (!before || before.netLiquidation.currency !== netLiquidation.currency) return undefined;
  const bases = [before.netLiquidation, add(before.netLiquidation, flowed(flows, before, at))];
  const moves = bases.filter(({ e6 }) => e6 > 0n).map((base) => Math.abs(ratio(netLiquidation, base) - 1));
  return moves.length === 0 ? undefined : Math.min(...moves);
}
