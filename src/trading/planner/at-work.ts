import { type Money, ratio, zero } from "../money.ts";
import type { OrderReport } from "../order.ts";
import { held, ok, type Result } from "../result.ts";
import { sign } from "../side.ts";
import { isProposal } from "./budget.ts";
import type { Desk } from "./desk.ts";
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
  const byConId = new Map(lines.map((line) => [line.candidate.conId, line]));
  const fixed = atWork.filter(({ isWithdrawable }) => !isWithdrawable).toSorted(largestFirst);
  const unvalued = fixed.filter(({ report }) => !byConId.get(report.conId)?.unit);
  if (unvalued.length > 0)
    return held(
      ...unvalued.map(({ report: { orderRef, symbol, orderId } }) => {
        return { kind: "order-unknown", orderRef, symbol, orderId } as const;
      }),
    );

  const { baseCurrency } = desk.inputs.account;
  const claimsOf = (orders: readonly AtWork[]) =>
    orders.flatMap((each) => claimOf(each, orders, byConId.get(each.report.conId), baseCurrency));
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
    return orders.length === 0 ? line : standingLine(line, orders, byConId.get(conId), desk);
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
  valued: Valued | undefined,
  { inputs }: Desk,
): Untouched {
  const { baseCurrency, netLiquidation } = inputs.account;
  const standing = isProposal(line) ? { ...line.standing, adjustments: line.adjustments } : line;
  const coming = orders.reduce((sum, each) => sum + sign(each.report.side) * remainingOf(each), 0);
  const targetShares = standing.currentShares + coming;
  const worth = valued?.unit && worthOf(targetShares, valued.unit, baseCurrency);
  return {
    ...standing,
    targetShares,
    plannedWeight: worth ? ratio(worth, netLiquidation) : standing.plannedWeight,
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
  line: Valued | undefined,
  baseCurrency: string,
): readonly Claim[] {
  if (!line?.unit) return [];
  const { unit, standing } = line;
  const { side, conId } = report;
  // Two that each reduce may go through zero together.
  const together = staying
    .filter((other) => other.report.conId === conId && other.report.side === side)
    .reduce((sum, other) => sum + remainingOf(other), 0);
  const shares = remainingOf({ report });
  const price = Math.max(report.limitPrice ?? 0, unit.price);
  return [
    {
      sentBy,
      isBuy: side === "buy",
      reduces: standing.currentShares * sign(side) < 0 && together <= Math.abs(standing.currentShares),
      value: worthOf(shares, unit, baseCurrency),
      beyondMid: worthOf(shares, { ...unit, price: beyondMidOf(report, unit.price) }, baseCurrency),
      cost: side === "buy" ? worthOf(shares, { ...unit, price }, baseCurrency) : zero(baseCurrency),
    },
  ];
}

/** A limit that is better than the mid loses nothing; an order without one is reckoned at the mid. */
function beyondMidOf({ side, limitPrice }: OrderReport, mid: number): number {
  return limitPrice === undefined ? 0 : Math.max(0, sign(side) * (limitPrice - mid));
}

function largestFirst(a: AtWork, b: AtWork): number {
  const bySize = remainingOf(b) - remainingOf(a);
  return bySize !== 0 ? bySize : a.report.orderRef < b.report.orderRef ? -1 : 1;
}
