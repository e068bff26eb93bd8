import { ratio } from "../money.ts";
import { orderRefOf, type PlannedOrder } from "../order.ts";
import { sideOf } from "../side.ts";
import type { Desk } from "./desk.ts";
import { marginUseOf } from "./margin-use.ts";
import type { Trade } from "./plan.ts";
import { type Proposal, valueOfTrade } from "./proposal.ts";
import { worthOf } from "./valued.ts";

/** A proposal that stands, with the order that carries it out. */
export function tradeOf(proposal: Proposal, desk: Desk): Trade {
  const { standing, shares, unit, reason, adjustments } = proposal;
  const { netLiquidation, baseCurrency } = desk.inputs.account;
  const marginUse = marginUseOf(proposal, desk);
  const previewed = marginUse && desk.inputs.previews.get(standing.conId);
  const targetShares = standing.currentShares + shares;
  return {
    ...standing,
    adjustments,
    targetShares,
    plannedWeight: ratio(worthOf(targetShares, unit, baseCurrency), netLiquidation),
    reason,
    value: valueOfTrade(proposal, baseCurrency),
    order: orderOf(proposal, desk),
    ...(marginUse && { marginUse }),
    ...(previewed?.kind === "told" && { previewed }),
  };
}

function orderOf(proposal: Proposal, { inputs }: Desk): PlannedOrder {
  const { run, usedOrderRefs } = inputs;
  const { instrument } = proposal;
  const side = sideOf(proposal.shares);
  const shares = Math.abs(proposal.shares);
  const refOf = (attempt: number) =>
    orderRefOf({ ...run, role: "rebalance", symbol: instrument.symbol, side, shares, attempt });
  let orderRef = refOf(1);
  for (let attempt = 2; usedOrderRefs.has(orderRef); attempt++) orderRef = refOf(attempt);
  return {
    orderRef,
    role: "rebalance",
    account: run.account,
    instrument,
    side,
    shares,
    decisionPrice: proposal.quote.mid,
    ...proposal.execution,
  };
}
