import { type Money, moneyFromNumber, toNumber } from "../money.ts";
import { costOfAll, fitTo, isProposal, leftOf } from "./budget.ts";
import type { Desk } from "./desk.ts";
import type { CutBy, Untouched } from "./plan.ts";
import { isReduction, type Proposal, valueOfTrade } from "./proposal.ts";

/**
 * Cuts the trades to what may be turned over in a run and in a day. Reductions have the first call on it: what takes
 * risk away does not wait for what brings it.
 */
export function fitTurnover(proposals: readonly Proposal[], desk: Desk): readonly (Proposal | Untouched)[] {
  const by = turnoverLeft(desk);
  if (!by) return proposals;
  const { baseCurrency } = desk.inputs.account;
  const costOf = (proposal: Proposal) => valueOfTrade(proposal, baseCurrency);
  const reductions = fitTo(proposals.filter(isReduction), { left: by.left, by, costOf }, desk);
  const spent = costOfAll(reductions.filter(isProposal), costOf, baseCurrency);
  const left = leftOf(by.left, spent);
  const others = proposals.filter((proposal) => !isReduction(proposal));
  return [...reductions, ...fitTo(others, { left, by: { ...by, left }, costOf }, desk)];
}

/** The tighter of the two limits with what is left of it; undefined without any. */
function turnoverLeft({ inputs, policy }: Desk): (CutBy & { readonly kind: "turnover" }) | undefined {
  const { account, turnoverToday } = inputs;
  const sum = (share: number): Money =>
    moneyFromNumber(share * toNumber(account.netLiquidation), account.baseCurrency);
  const { maxTurnoverPerRun, maxTurnoverPerDay } = policy;
  const run = maxTurnoverPerRun === undefined ? undefined : sum(maxTurnoverPerRun);
  const day =
    maxTurnoverPerDay === undefined || !turnoverToday
      ? undefined
      : leftOf(sum(maxTurnoverPerDay), turnoverToday);
  if (day && (!run || day.e6 < run.e6)) return { kind: "turnover", per: "day", left: day };
  return run && { kind: "turnover", per: "run", left: run };
}
