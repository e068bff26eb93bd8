import { add, type Money, subtract, zero } from "../money.ts";
import type { Desk } from "./desk.ts";
import { largestFirst } from "./largest-first.ts";
import type { CutBy, Untouched } from "./plan.ts";
import { cutTo, type Proposal } from "./proposal.ts";
import { spread } from "./spread.ts";

/** What a proposal takes out of a budget; unsigned, base currency. */
export type CostOf = (proposal: Proposal) => Money;

/**
 * Cuts proposals to what a budget has room for, the furthest off target first where it is given out greedily. Answers
 * with every line, cut or not, in the order in which they came.
 */
export function fitTo(
  proposals: readonly Proposal[],
  budget: { readonly left: Money; readonly by: CutBy; readonly costOf: CostOf },
  { policy, inputs }: Desk,
): readonly (Proposal | Untouched)[] {
  const { baseCurrency } = inputs.account;
  const claims = proposals
    .map((proposal) => {
      const { symbol, conId } = proposal.standing;
      return { proposal, symbol, conId, shares: Math.abs(proposal.shares), cost: budget.costOf(proposal) };
    })
    .toSorted(largestFirst(({ cost }) => cost));
  const got = new Map(
    spread(claims, budget.left, policy.scarce).map((shares, index) => [claims[index]?.proposal, shares]),
  );
  return proposals.map((proposal) => {
    const shares = got.get(proposal) ?? 0;
    if (shares === Math.abs(proposal.shares)) return proposal;
    return cutTo(proposal, Math.sign(proposal.shares) * shares, budget.by, { policy, baseCurrency });
  });
}

/** What all of them cost together. */
export function costOfAll(proposals: readonly Proposal[], costOf: CostOf, currency: string): Money {
  return proposals.reduce((sum, proposal) => add(sum, costOf(proposal)), zero(currency));
}

/** What is left of a budget, not less than nothing. */
export function leftOf(budget: Money, spent: Money): Money {
  return spent.e6 >= budget.e6 ? zero(budget.currency) : subtract(budget, spent);
}

export function isProposal(line: Proposal | Untouched): line is Proposal {
  return "unit" in line;
}
