import { absolute, type Money } from "../money.ts";

/** Shares that somebody would like, and what all of them cost; both unsigned. */
interface Claim {
  readonly shares: number;
  readonly cost: Money;
}

/**
 * What each claim gets of a budget that does not suffice for all, in whole shares, in the order of the claims: everyone
 * the same part of what they want, or the first all of it, then the next. Together they never cost more than the budget.
 */
export function spread(
  claims: readonly Claim[],
  budget: Money,
  how: "in-proportion" | "greedy",
): readonly number[] {
  const total = claims.reduce((sum, { cost }) => sum + absolute(cost).e6, 0n);
  const room = budget.e6 > 0n ? budget.e6 : 0n;
  if (total <= room) return claims.map(({ shares }) => shares);
  if (how === "in-proportion") return claims.map((claim) => part(claim.shares, room, total));
  let rest = room;
  return claims.map(({ shares, cost }) => {
    if (cost.e6 <= rest) {
      rest -= cost.e6;
      return shares;
    }
    const got = part(shares, rest, cost.e6);
    rest -= (cost.e6 * BigInt(got) + BigInt(shares) - 1n) / BigInt(shares);
    return got;
  });
}

/** shares × room ÷ whole, cut to whole shares. */
function part(shares: number, room: bigint, whole: bigint): number {
  return Number((BigInt(shares) * room) / whole);
}
