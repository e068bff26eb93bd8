import { type MarginUse, partOfUse, useOf } from "../margin.ts";
import { add, convert, type Money } from "../money.ts";
import { sideOf } from "../side.ts";
import type { Desk } from "./desk.ts";
import { isReduction, type Proposal, valueOfTrade } from "./proposal.ts";
import { worthOf } from "./valued.ts";

/**
 * What a proposal takes of the excess liquidity: what the broker says of so many shares, else our own estimate, which is the
 * initial margin and so more than what IB asks to keep a position. On top comes what its limit may cost beyond the mid.
 * Undefined for a reduction, which is not counted before it is filled, and where nobody has told a margin.
 */
export function marginUseOf(proposal: Proposal, desk: Desk): MarginUse | undefined {
  if (isReduction(proposal)) return undefined;
  const { inputs, policy } = desk;
  const { baseCurrency } = inputs.account;
  const shares = Math.abs(proposal.shares);
  const previewed = inputs.previews.get(proposal.standing.conId);
  const beyondMid = costBeyondMid(proposal, baseCurrency);
  if (previewed?.kind === "told") {
    const margin = partOfUse(useOf(previewed.preview), shares, previewed.shares);
    return { amount: add(margin, beyondMid), source: "broker" };
  }
  if (policy.initialMarginRate === undefined) return undefined;
  const margin = convert(valueOfTrade(proposal, baseCurrency), policy.initialMarginRate, baseCurrency);
  return { amount: add(margin, beyondMid), source: "estimate" };
}

/** What is lost against the mid when all is filled at the limit; nothing for a limit that is better than the mid. */
function costBeyondMid({ shares, unit, execution }: Proposal, baseCurrency: string): Money {
  const { limitPrice } = execution;
  const beyond = sideOf(shares) === "buy" ? limitPrice - unit.price : unit.price - limitPrice;
  return worthOf(Math.abs(shares), { ...unit, price: Math.max(0, beyond) }, baseCurrency);
}
