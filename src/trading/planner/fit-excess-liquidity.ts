import { invariant } from "../invariant.ts";
import { add, convert, type Money, moneyFromNumber, subtract, toNumber } from "../money.ts";
import type { Claim } from "./at-work.ts";
import { costOfAll, fitTo, isProposal } from "./budget.ts";
import type { Desk } from "./desk.ts";
import { marginUseOf } from "./margin-use.ts";
import type { Untouched } from "./plan.ts";
import { isReduction, left, type Proposal } from "./proposal.ts";

/**
 * Cuts increases to what they may take of the excess liquidity, in whole lots. Reductions are never cut and free nothing
 * here: until they are filled it is a hope, and the next plan finds it in the account. What the broker was asked about and
 * refused, or did not answer, is left alone.
 */
export function fitExcessLiquidity(
  decided: readonly (Proposal | Untouched)[],
  desk: Desk,
): readonly (Proposal | Untouched)[] {
  const answered = decided.map((line) => (isProposal(line) ? unlessInDoubt(line, desk) : line));
  const least = leastOf(desk);
  if (!least) return answered;
  const increases = answered.filter(isProposal).filter((proposal) => !isReduction(proposal));
  const costOf = useIn(desk);
  const room = roomBeyond(least, desk.claims, desk);
  if (costOfAll(increases, costOf, least.currency).e6 <= room.e6) return answered;
  const by = { kind: "excess-liquidity", left: room, least } as const;
  // A millionth for each: what the use of a part may be rounded up by.
  const budget = subtract(room, { currency: room.currency, e6: BigInt(increases.length) });
  const fitted = fitTo(increases, { left: budget, by, costOf }, desk);
  return [...answered.filter((line) => !isProposal(line) || isReduction(line)), ...fitted];
}

/** Would what works on, when all of it is filled, leave as much excess liquidity as must stay? */
export function fitsExcessLiquidity(claims: readonly Claim[], desk: Desk): boolean {
  const least = leastOf(desk);
  return !least || roomBeyond(least, claims, desk).e6 >= 0n;
}

/** Excess liquidity beyond what must stay, less what orders that work on may take by our own estimate. */
function roomBeyond(least: Money, claims: readonly Claim[], { inputs, policy }: Desk): Money {
  const { excessLiquidity, baseCurrency } = inputs.account;
  const rate = policy.initialMarginRate ?? 1;
  return claims
    .filter(({ reduces }) => !reduces)
    .reduce<Money>(
      (room, { value, beyondMid }) => subtract(room, add(convert(value, rate, baseCurrency), beyondMid)),
      subtract(excessLiquidity, least),
    );
}

/** The larger of the two amounts that must stay; undefined when neither is set. */
function leastOf({ inputs: { account }, policy }: Desk): Money | undefined {
  const { excessLiquidityMin, cushionMin } = policy;
  if (excessLiquidityMin === undefined && cushionMin === undefined) return undefined;
  const ofNetLiquidation = (cushionMin ?? 0) * toNumber(account.netLiquidation);
  return moneyFromNumber(Math.max(excessLiquidityMin ?? 0, ofNetLiquidation), account.baseCurrency);
}

function unlessInDoubt(proposal: Proposal, { inputs }: Desk): Proposal | Untouched {
  const answer = inputs.previews.get(proposal.standing.conId);
  if (!answer || answer.kind === "told" || isReduction(proposal)) return proposal;
  if (answer.kind === "unanswered") return left(proposal, { kind: "preview-unanswered" });
  const { kind: _kind, ...message } = answer;
  return left(proposal, { kind: "preview-refused", ...message });
}

function useIn(desk: Desk): (proposal: Proposal) => Money {
  return (proposal) => {
    const use = marginUseOf(proposal, desk);
    invariant(use, `the margin of an increase of ${proposal.standing.symbol}`);
    return use.amount;
  };
}
