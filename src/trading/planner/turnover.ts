import { add, type Money, moneyFromNumber, subtract, toNumber, zero } from "../money.ts";
import type { Claim } from "./at-work.ts";
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

/** Would what works on, when all of it is filled, leave the turnover of run and day within their limits? */
export function fitsTurnover(claims: readonly Claim[], desk: Desk): boolean {
  return roomsFor(claims, desk).every(({ left }) => left.e6 >= 0n);
}

/** The tighter of the two limits with what is left of it; undefined without any. */
function turnoverLeft(desk: Desk): (CutBy & { readonly kind: "turnover" }) | undefined {
  const { baseCurrency } = desk.inputs.account;
  const [tightest] = roomsFor(desk.claims, desk).toSorted((a, b) => Number(a.left.e6 - b.left.e6));
  return tightest && { ...tightest, left: leftOf(tightest.left, zero(baseCurrency)) };
}

/**
 * What each limit has left for new orders. An order of an earlier wave counts whole in its run, what it has filled counts in the
 * day, and what it may still fill as well.
 */
function roomsFor(
  claims: readonly Claim[],
  { inputs, policy }: Desk,
): readonly (CutBy & { readonly kind: "turnover" })[] {
  const { account, turnoverToday, orderedBefore } = inputs;
  const room = (per: "run" | "day", share: number, ...used: readonly Money[]) => ({
    kind: "turnover" as const,
    per,
    left: used.reduce<Money>(
      subtract,
      moneyFromNumber(share * toNumber(account.netLiquidation), account.baseCurrency),
    ),
  });
  const sumOf = (of: readonly Claim[]): Money =>
    of.reduce<Money>((sum, { value }) => add(sum, value), zero(account.baseCurrency));
  const ofOtherRuns = claims.filter(({ sentBy }) => sentBy === "earlier-run");
  const { maxTurnoverPerRun, maxTurnoverPerDay } = policy;
  return [
    ...(maxTurnoverPerRun === undefined
      ? []
      : [room("run", maxTurnoverPerRun, orderedBefore, sumOf(ofOtherRuns))]),
    ...(maxTurnoverPerDay === undefined || !turnoverToday
      ? []
      : [room("day", maxTurnoverPerDay, turnoverToday, sumOf(claims))]),
  ];
}
