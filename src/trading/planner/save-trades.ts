import { toNumber } from "../money.ts";
import type { Desk } from "./desk.ts";
import { byText } from "./largest-first.ts";
import type { Untouched } from "./plan.ts";
import { left, type Proposal, valueOfTrade } from "./proposal.ts";

/**
 * The fewest trades that bring the portfolio near enough: the smallest are left out while they add up to no more than
 * the policy allows to be off target. Closes are always made, and so is the first order of a reversal.
 */
export function saveTrades(proposals: readonly Proposal[], desk: Desk): readonly (Proposal | Untouched)[] {
  const max = desk.policy.offTargetMax;
  const { netLiquidation, baseCurrency } = desk.inputs.account;
  const weightOf = (proposal: Proposal) =>
    toNumber(valueOfTrade(proposal, baseCurrency)) / toNumber(netLiquidation);
  const smallestFirst = proposals
    .filter(({ reason }) => reason === "open" || reason === "increase" || reason === "reduce")
    .map((proposal) => ({ proposal, weight: weightOf(proposal) }))
    .toSorted(
      (a, b) => a.weight - b.weight || byText(a.proposal.standing.symbol, b.proposal.standing.symbol),
    );
  const saved = new Set<Proposal>();
  let leftOut = 0;
  for (const { proposal, weight } of smallestFirst) {
    if (leftOut + weight > max) break;
    leftOut += weight;
    saved.add(proposal);
  }
  return proposals.map((proposal) =>
    saved.has(proposal) ? left(proposal, { kind: "trade-saved", leftOut, max }) : proposal,
  );
}
