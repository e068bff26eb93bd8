import { absolute, add, convert, type Money, moneyFromNumber, subtract, toNumber, zero } from "../money.ts";
import { notional } from "../price.ts";
import { costOfAll, fitTo, isProposal } from "./budget.ts";
import type { Desk } from "./desk.ts";
import { fitExcessLiquidity } from "./fit-excess-liquidity.ts";
import type { Untouched } from "./plan.ts";
import { isReduction, type Proposal, valueOfTrade } from "./proposal.ts";
import type { Valued } from "./valued.ts";

/**
 * Cuts buys to the cash at hand, or new positions to the margin at hand. What this plan's own sells will bring does not
 * count: until they are filled it is a hope. The next run finds it as cash.
 */
export function fitMoney(
  proposals: readonly Proposal[],
  lines: readonly Valued[],
  desk: Desk,
): readonly (Proposal | Untouched)[] {
  if (!desk.policy.borrowing) return fitCash(proposals, lines, desk);
  return desk.policy.initialMarginRate === undefined
    ? proposals
    : fitExcessLiquidity(fitMargin(proposals, desk.policy.initialMarginRate, desk), desk);
}

/**
 * Buys at their limit prices within cash. Covering a short comes first and is paid with what its sale once brought:
 * that part of the cash is no money for anything else. Then come longs, down to the cash buffer.
 */
function fitCash(
  proposals: readonly Proposal[],
  lines: readonly Valued[],
  desk: Desk,
): readonly (Proposal | Untouched)[] {
  const { account } = desk.inputs;
  const currency = account.baseCurrency;
  const costOf = (proposal: Proposal) => costAtLimit(proposal, currency);
  const sells = proposals.filter(({ shares }) => shares < 0);
  const buys = proposals.filter(({ shares }) => shares > 0);
  const cash = account.cash;
  const covers = fitTo(
    buys.filter(isReduction),
    { left: cash, by: { kind: "cash", left: cash }, costOf },
    desk,
  );

  const kept = covers.filter(isProposal);
  const coverCost = costOfAll(kept, costOf, currency);
  const covered = costOfAll(kept, (proposal) => valueOfTrade(proposal, currency), currency);
  const shorts = lines.reduce(
    (sum, { marketValue }) => (marketValue.e6 < 0n ? add(sum, absolute(marketValue)) : sum),
    zero(currency),
  );
  const own = subtract(subtract(cash, coverCost), subtract(shorts, covered));
  const left = beyondBuffer(own, desk);
  const longs = buys.filter((proposal) => !isReduction(proposal));
  return [...sells, ...covers, ...fitTo(longs, { left, by: { kind: "cash", left }, costOf }, desk)];
}

/**
 * What buys may spend of the cash: all beyond the buffer, once there is more than the buffer's band of it. Dividends and
 * fees move the cash within the band every day, and none of them shall buy or sell a share.
 */
function beyondBuffer(own: Money, { inputs, policy }: Desk): Money {
  const netLiquidation = toNumber(inputs.account.netLiquidation);
  const buffer = moneyFromNumber(policy.cashBuffer * netLiquidation, own.currency);
  const band = moneyFromNumber(policy.cashBufferBand * netLiquidation, own.currency);
  const beyond = subtract(own, buffer);
  return beyond.e6 > band.e6 ? beyond : zero(own.currency);
}

/** Our own estimate; the broker's is asked for the largest orders before they are sent. */
function fitMargin(
  proposals: readonly Proposal[],
  initialMarginRate: number,
  desk: Desk,
): readonly (Proposal | Untouched)[] {
  const { baseCurrency, availableFunds } = desk.inputs.account;
  const costOf = (proposal: Proposal) =>
    convert(valueOfTrade(proposal, baseCurrency), initialMarginRate, baseCurrency);
  const reductions = proposals.filter(isReduction);
  const others = proposals.filter((proposal) => !isReduction(proposal));
  const left = availableFunds;
  return [...reductions, ...fitTo(others, { left, by: { kind: "margin", left }, costOf }, desk)];
}

/** The most that a buy can cost before commission. */
function costAtLimit({ shares, unit, execution }: Proposal, baseCurrency: string): Money {
  const price = Math.max(execution.limitPrice, unit.price);
  return convert(notional(Math.abs(shares), price, unit.multiplier, baseCurrency), unit.rate, baseCurrency);
}
