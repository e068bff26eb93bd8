import { invariant } from "../invariant.ts";
import { type Money, ratio, zero } from "../money.ts";
import type { OrderReport } from "../order.ts";
import type { UnitValue } from "../quantity.ts";
import { held, ok, type Result } from "../result.ts";
import { sign } from "../side.ts";
import { isProposal } from "./budget.ts";
import type { Desk } from "./desk.ts";
import { byText } from "./largest-first.ts";
import { fitsMoney } from "./money-at-hand.ts";
import type { Untouched } from "./plan.ts";
import type { Proposal } from "./proposal.ts";
import { fitsTurnover } from "./turnover.ts";
import { type Valued, worthOf } from "./valued.ts";

/** An order of ours that works on beside the plan, if the plan lets it. */
export interface AtWork {
  /** As the broker listed it before the positions were read. */
  readonly report: OrderReport;
  /** This run's own orders count in its turnover already. */
  readonly sentBy: "this-run" | "earlier-run";
  /** Nobody can say what it will still do. */
  readonly isUncertain: boolean;
  /** May the plan end it? Else it works on, whatever is wanted. */
  readonly isWithdrawable: boolean;
}

/** What an order at work may still take until it is done. */
export interface Claim {
  readonly sentBy: AtWork["sentBy"];
  readonly isBuy: boolean;
  /** Does it bring the position nearer to zero, or to zero, with the others of its side? */
  readonly reduces: boolean;
  /** At the mid, unsigned, base currency. */
  readonly value: Money;
  /** What is lost against the mid when it is filled at its limit. */
  readonly beyondMid: Money;
  /** What a buy can cost at its limit before commission; zero for a sale. */
  readonly cost: Money;
}

/** An instrument that has a price. */
type Priced = Valued & { readonly unit: UnitValue };

function isPriced(line: Valued): line is Priced {
  return line.unit !== undefined;
}

/** What is left at work, and what that claims of the money and turnover that there are. */
export interface LeftAtWork {
  readonly decided: readonly (Proposal | Untouched)[];
  readonly claims: readonly Claim[];
}

/**
 * Takes the instruments on which orders work out of what is planned, and says what those orders may still take: nothing
 * is sent beside them, and nothing that they may spend is spent by others. What works for no more than is wanted stays,
 * the largest first, as far as money and turnover have room for it; what does not stay is none of this plan, and its
 * instrument is planned as if it were gone. Orders of which the plan may not decide stay in any case.
 */
export function leaveAtWork(
  decided: readonly (Proposal | Untouched)[],
  lines: readonly Valued[],
  desk: Desk,
): Result<LeftAtWork> {
  const { atWork } = desk.inputs;
  if (atWork.length === 0) return ok({ decided, claims: [] });
  const priced = new Map(lines.filter(isPriced).map((line) => [line.candidate.conId, line]));
  const fixed = atWork.filter(({ isWithdrawable }) => !isWithdrawable).toSorted(largestFirst);
  const unvalued = fixed.filter(({ report }) => !priced.has(report.conId));
  if (unvalued.length > 0)
    return held(
      ...unvalued.map(({ report: { orderRef, symbol, orderId } }) => {
        return { kind: "order-unknown", orderRef, symbol, orderId } as const;
      }),
    );

  const { baseCurrency } = desk.inputs.account;
  const lineOf = ({ report: { conId, symbol } }: AtWork): Priced => {
    const line = priced.get(conId);
    invariant(line, `an order of ${symbol} stays and nobody knows what it is worth`);
    return line;
  };
  const claimsOf = (orders: readonly AtWork[]) =>
    orders.map((each) => claimOf(each, orders, lineOf(each), baseCurrency));
  let staying = fixed;
  for (const each of atWork.filter(({ isWithdrawable }) => isWithdrawable).toSorted(largestFirst)) {
    const beside = staying.filter(({ report }) => report.conId === each.report.conId);
    const proposal = decided.filter(isProposal).find(({ standing }) => standing.conId === each.report.conId);
    const isWanted = proposal !== undefined && beside.every(({ isWithdrawable }) => isWithdrawable);
    if (!isWanted || !isWithin(proposal, [...beside, each])) continue;
    const claims = claimsOf([...staying, each]);
    if (fitsTurnover(claims, desk) && fitsMoney(claims, lines, desk)) staying = [...staying, each];
  }

  const placed = decided.map((line) => {
    const conId = isProposal(line) ? line.standing.conId : line.conId;
    const orders = staying.filter(({ report }) => report.conId === conId);
    const [first] = orders;
    return first ? standingLine(line, orders, lineOf(first), desk) : line;
  });
  return ok({ decided: placed, claims: claimsOf(staying) });
}

/** What may still be filled of an order. */
export function remainingOf({ report }: Pick<AtWork, "report">): number {
  return report.orderedShares - report.filledShares;
}

/** Do these orders, all on the side that is wanted, trade no more than is wanted? */
function isWithin({ shares }: Proposal, orders: readonly AtWork[]): boolean {
  return (
    orders.every(({ report }) => sign(report.side) === Math.sign(shares)) &&
    orders.reduce((sum, each) => sum + remainingOf(each), 0) <= Math.abs(shares)
  );
}

/** The instrument where its orders will bring it. */
function standingLine(
  line: Proposal | Untouched,
  orders: readonly AtWork[],
  { unit }: Priced,
  { inputs }: Desk,
): Untouched {
  const { baseCurrency, netLiquidation } = inputs.account;
  const standing = isProposal(line) ? { ...line.standing, adjustments: line.adjustments } : line;
  const coming = orders.reduce((sum, each) => sum + sign(each.report.side) * remainingOf(each), 0);
  const targetShares = standing.currentShares + coming;
  return {
    ...standing,
    targetShares,
    plannedWeight: ratio(worthOf(targetShares, unit, baseCurrency), netLiquidation),
    reason: {
      kind: "order-at-work",
      wantedShares: isProposal(line) ? Math.abs(line.shares) : Math.abs(coming),
      isUncertain: orders.some(({ isUncertain }) => isUncertain),
      orderRefs: orders.map(({ report }) => report.orderRef),
    },
  };
}

function claimOf(
  { report, sentBy }: AtWork,
  staying: readonly AtWork[],
  { unit, standing }: Priced,
  baseCurrency: string,
): Claim {
  const { side, conId } = report;
  // Two that each reduce may go through zero together.
  const together = staying
    .filter((other) => other.report.conId === conId && other.report.side === side)
    .reduce((sum, other) => sum + remainingOf(other), 0);
  const shares = remainingOf({ report });
  const price = Math.max(report.limitPrice ?? 0, unit.price);
  return {
    sentBy,
    isBuy: side === "buy",
    reduces: standing.currentShares * sign(side) < 0 && together <= Math.abs(standing.currentShares),
    value: worthOf(shares, unit, baseCurrency),
    beyondMid: worthOf(shares, { ...unit, price: beyondMidOf(report, unit.price) }, baseCurrency),
    cost: side === "buy" ? worthOf(shares, { ...unit, price }, baseCurrency) : zero(baseCurrency),
  };
}

/** A limit that is better than the mid loses nothing; an order without one is reckoned at the mid. */
function beyondMidOf({ side, limitPrice }: OrderReport, mid: number): number {
  return limitPrice === undefined ? 0 : Math.max(0, sign(side) * (limitPrice - mid));
}

function largestFirst(a: AtWork, b: AtWork): number {
  return remainingOf(b) - remainingOf(a) || byText(a.report.orderRef, b.report.orderRef);
}
