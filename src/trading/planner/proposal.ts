import type { Execute } from "../execution-policy.ts";
import type { Instrument } from "../instrument.ts";
import { absolute, isGreater, type Money, moneyFromNumber } from "../money.ts";
import { type UnitValue, wholeLots } from "../quantity.ts";
import type { Quote } from "../quote.ts";
import type { Adjustment, CutBy, Standing, TradeReason, Untouched, UntouchedReason } from "./plan.ts";
import { boardLotOf, type PlanPolicy } from "./plan-policy.ts";
import { worthOf } from "./valued.ts";

/** A trade that the instrument's own numbers ask for; what the portfolio has no room for is still cut from it. */
export interface Proposal extends Draft {
  /** How it is worked, by the terms for its value before the portfolio cut it. */
  readonly execution: Execute;
}

/** A trade of which it is not yet decided how it is worked. */
export interface Draft {
  readonly standing: Standing;
  readonly instrument: Instrument;
  readonly quote: Quote;
  readonly unit: UnitValue;
  /** To trade, signed, whole lots. */
  readonly shares: number;
  readonly reason: TradeReason;
  readonly adjustments: readonly Adjustment[];
}

/** Does it bring the position nearer to zero, or to zero? */
export function isReduction({ standing, shares }: Proposal): boolean {
  const { currentShares } = standing;
  return currentShares * shares < 0 && Math.abs(shares) <= Math.abs(currentShares);
}

/** What a proposal's shares are worth at the mid; unsigned, base currency. */
export function valueOfTrade({ shares, unit }: Pick<Draft, "shares" | "unit">, baseCurrency: string): Money {
  return absolute(worthOf(shares, unit, baseCurrency));
}

/**
 * The proposal with fewer shares, in whole lots. Nothing of it is left when what remains is too small to be worth an
 * order, also of a close: the rest of it follows when there is room.
 */
export function cutTo<T extends Draft>(
  proposal: T,
  toShares: number,
  by: CutBy,
  { policy, baseCurrency }: { readonly policy: PlanPolicy; readonly baseCurrency: string },
): T | Untouched {
  const shares = wholeLots(toShares, boardLotOf(policy, proposal.standing.symbol));
  const cut: Adjustment = { kind: "cut", fromShares: proposal.shares, toShares: shares, by };
  const smaller = { ...proposal, shares, adjustments: [...proposal.adjustments, cut] };
  const tooSmall = smallness(smaller, policy, baseCurrency);
  return tooSmall ? left(proposal, { kind: "no-room", wantedShares: proposal.shares, by }) : smaller;
}

/** Why a trade is too small to be worth an order; undefined when it is large enough. */
export function smallness(
  trade: Pick<Draft, "shares" | "unit">,
  policy: PlanPolicy,
  baseCurrency: string,
): UntouchedReason | undefined {
  const shares = Math.abs(trade.shares);
  if (shares === 0) return { kind: "less-than-one-share" };
  if (shares < policy.minOrderShares)
    return { kind: "below-minimum-shares", shares, minimum: policy.minOrderShares };
  const value = valueOfTrade(trade, baseCurrency);
  const minimum = moneyFromNumber(policy.minOrderValue, baseCurrency);
  return isGreater(minimum, value) ? { kind: "below-minimum-value", value, minimum } : undefined;
}

/** The instrument of a proposal, left as it is. */
export function left({ standing, adjustments }: Draft, reason: UntouchedReason): Untouched {
  return { ...standing, adjustments, reason };
}
