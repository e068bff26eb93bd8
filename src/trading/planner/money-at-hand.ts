import { absolute, add, convert, type Money, moneyFromNumber, subtract, toNumber, zero } from "../money.ts";
import { notional } from "../price.ts";
import type { Claim } from "./at-work.ts";
import { costOfAll, fitTo, isProposal } from "./budget.ts";
import type { Desk } from "./desk.ts";
import { fitExcessLiquidity, fitsExcessLiquidity } from "./fit-excess-liquidity.ts";
import type { CutBy, Untouched } from "./plan.ts";
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

/** Would what works on, when all of it is filled, be paid with money that is there? */
export function fitsMoney(claims: readonly Claim[], lines: readonly Valued[], desk: Desk): boolean {
  const { policy, inputs } = desk;
  if (policy.borrowing)
    return (
      policy.initialMarginRate === undefined ||
      (marginLeft(claims, policy.initialMarginRate, desk).e6 >= 0n && fitsExcessLiquidity(claims, desk))
    );
  const own = ownCash(claims, lines, desk);
  const buffer = bufferOf(desk);
  const buys = claims.filter(({ isBuy }) => isBuy);
  const isCovering = buys.every(({ reduces }) => reduces);
  return isCovering
    ? subtract(inputs.account.cash, costOfClaims(claims, desk)).e6 >= 0n
    : own.e6 >= buffer.e6 && fundsLeft(claims, desk).e6 >= 0n;
}

/**
 * Buys at their limit prices within cash. Covering a short comes first and is paid with what its sale once brought:
 * that part of the cash is no money for anything else. Then come longs, down to the cash buffer, and within what the
 * broker makes available: a cash account has to wait for a sale's money to settle. What works on is paid before all.
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
  const cash = subtract(account.cash, costOfClaims(desk.claims, desk));
  const covers = fitTo(
    buys.filter(isReduction),
    { left: cash, by: { kind: "cash", left: cash }, costOf },
    desk,
  );

  const kept = covers.filter(isProposal);
  const coverCost = costOfAll(kept, costOf, currency);
  const covered = costOfAll(kept, (proposal) => valueOfTrade(proposal, currency), currency);
  const own = add(subtract(ownCash(desk.claims, lines, desk), coverCost), covered);
  const longs = buys.filter((proposal) => !isReduction(proposal));
  return [...sells, ...covers, ...fitTo(longs, { ...forLongs(own, desk), costOf }, desk)];
}

/** What longs may spend, and what says so. */
function forLongs(own: Money, desk: Desk): { readonly left: Money; readonly by: CutBy } {
  const cash = beyondBuffer(own, desk);
  const funds = fundsLeft(desk.claims, desk);
  return funds.e6 < cash.e6
    ? { left: funds, by: { kind: "available-funds", left: funds } }
    : { left: cash, by: { kind: "cash", left: cash } };
}

/** Cash that neither is owed for shorts nor is wanted by what works on: that may be filled or not, in any order. */
function ownCash(claims: readonly Claim[], lines: readonly Valued[], desk: Desk): Money {
  const { cash, baseCurrency } = desk.inputs.account;
  const shorts = lines.reduce(
    (sum, { marketValue }) => (marketValue.e6 < 0n ? add(sum, absolute(marketValue)) : sum),
    zero(baseCurrency),
  );
  const covered = claims
    .filter(({ isBuy, reduces }) => isBuy && reduces)
    .reduce<Money>((sum, { value }) => add(sum, value), zero(baseCurrency));
  return add(subtract(subtract(cash, costOfClaims(claims, desk)), shorts), covered);
}

function costOfClaims(claims: readonly Claim[], { inputs }: Desk): Money {
  return claims.reduce<Money>((sum, { cost }) => add(sum, cost), zero(inputs.account.baseCurrency));
}

/** What the broker makes available, less what buys that work on may take of it. */
function fundsLeft(claims: readonly Claim[], desk: Desk): Money {
  return subtract(desk.inputs.account.availableFunds, costOfClaims(claims, desk));
}

/**
 * What buys may spend of the cash: all beyond the buffer, once there is more than the buffer's band of it. Dividends and
 * fees move the cash within the band every day, and none of them shall buy or sell a share.
 */
function beyondBuffer(own: Money, desk: Desk): Money {
  const beyond = subtract(own, bufferOf(desk));
  return beyond.e6 > shareOf(desk.policy.cashBufferBand, desk).e6 ? beyond : zero(own.currency);
}

function bufferOf(desk: Desk): Money {
  return shareOf(desk.policy.cashBuffer, desk);
}

function shareOf(share: number, { inputs }: Desk): Money {
  const { netLiquidation, baseCurrency } = inputs.account;
  return moneyFromNumber(share * toNumber(netLiquidation), baseCurrency);
}

/** Our own estimate; the broker's is asked for the largest orders before they are sent. */
function fitMargin(
  proposals: readonly Proposal[],
  initialMarginRate: number,
  desk: Desk,
): readonly (Proposal | Untouched)[] {
  const { baseCurrency } = desk.inputs.account;
  const costOf = (proposal: Proposal) =>
    convert(valueOfTrade(proposal, baseCurrency), initialMarginRate, baseCurrency);
  const reductions = proposals.filter(isReduction);
  const others = proposals.filter((proposal) => !isReduction(proposal));
  const left = marginLeft(desk.claims, initialMarginRate, desk);
  return [...reductions, ...fitTo(others, { left, by: { kind: "margin", left }, costOf }, desk)];
}

function marginLeft(claims: readonly Claim[], initialMarginRate: number, { inputs }: Desk): Money {
  const { availableFunds, baseCurrency } = inputs.account;
  return claims
    .filter(({ reduces }) => !reduces)
    .reduce<Money>(
      (left, { value }) => subtract(left, convert(value, initialMarginRate, baseCurrency)),
      availableFunds,
    );
}

/** The most that a buy can cost before commission. */
function costAtLimit({ shares, unit, execution }: Proposal, baseCurrency: string): Money {
  const price = Math.max(execution.limitPrice, unit.price);
  return convert(notional(Math.abs(shares), price, unit.multiplier, baseCurrency), unit.rate, baseCurrency);
}
