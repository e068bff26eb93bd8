import type { Finding } from "../finding.ts";
import { held, okUnless, type Result } from "../result.ts";
import { leaveAtWork } from "./at-work.ts";
import { isProposal } from "./budget.ts";
import { candidatesOf, targetsWithoutInstrument } from "./candidate.ts";
import { type Desk, leverageCutsOf } from "./desk.ts";
import { isIncrease } from "./is-increase.ts";
import { largestFirst } from "./largest-first.ts";
import { fitMoney } from "./money-at-hand.ts";
import type { Plan, Trade, Untouched } from "./plan.ts";
import type { PlanInputs } from "./plan-inputs.ts";
import type { PlanPolicy } from "./plan-policy.ts";
import type { Proposal } from "./proposal.ts";
import { propose } from "./propose.ts";
import { saveTrades } from "./save-trades.ts";
import { scalingOf } from "./scaling.ts";
import { tradeOf } from "./trade-of.ts";
import { fitTurnover } from "./turnover.ts";
import { type Valued, valueOf } from "./valued.ts";

/**
 * Targets against what is held: first each instrument by itself, then what the portfolio has room for. Every instrument
 * of the forecast and of the account comes out either as a trade or as untouched, with its why; what cannot be valued is
 * a finding and there is no plan at all (D06, D07). Sells come before buys, so that they free the money that buys need.
 */
export function planRebalance(inputs: PlanInputs, policy: PlanPolicy): Result<Plan> {
  const { netLiquidation } = inputs.account;
  if (netLiquidation.e6 <= 0n) return held({ kind: "net-liquidation-not-positive", netLiquidation });
  const findings: Finding[] = [...targetsWithoutInstrument(inputs), ...unknownInputs(inputs, policy)];
  const lines = valuesOf(
    candidatesOf(inputs).map((candidate) => valueOf(candidate, inputs)),
    findings,
  );
  const [scaling] = valuesOf([scalingOf(lines, policy)], findings);
  const leverageCuts = leverageCutsOf(inputs.forecast);
  const desk: Desk = { inputs, policy, scaling, leverageCuts, claims: [] };
  const decided = valuesOf(
    lines.map((line) => propose(line, desk)),
    findings,
  );
  const left = leaveAtWork(decided, lines, desk);
  if (!left.ok) return held(...findings, ...left.findings);
  return okUnless(findings, () => {
    const beside = { ...desk, claims: left.value.claims };
    return planOf(fitted(left.value.decided, lines, beside), lines, beside);
  });
}

/** The values there are; what stands in the way of the others goes to `findings`. */
function valuesOf<T>(results: readonly Result<T>[], findings: Finding[]): readonly T[] {
  return results.flatMap((result) => {
    if (result.ok) return [result.value];
    findings.push(...result.findings);
    return [];
  });
}

/** A limit that is set and cannot be judged holds: unknown is not "nothing traded yet". */
function unknownInputs(inputs: PlanInputs, policy: PlanPolicy): readonly Finding[] {
  const unknown: Finding[] = [];
  if (policy.maxTurnoverPerDay !== undefined && !inputs.turnoverToday)
    unknown.push({ kind: "plan-input-missing", input: "turnover-today", symbol: undefined });
  if (policy.cooldownSessions > 0 && !inputs.sessionsSinceTrade)
    unknown.push({ kind: "plan-input-missing", input: "last-trades", symbol: undefined });
  return unknown;
}

type Decided = readonly (Proposal | Untouched)[];

/** What the portfolio has room for: trades worth making, then turnover, then money. */
function fitted(decided: Decided, lines: readonly Valued[], desk: Desk): Decided {
  const steps = [
    (proposals: readonly Proposal[]) => saveTrades(proposals, desk),
    (proposals: readonly Proposal[]) => fitTurnover(proposals, desk),
    (proposals: readonly Proposal[]) => fitMoney(proposals, lines, desk),
  ];
  return steps.reduce<Decided>(
    (before, step) => [...before.filter(isUntouched), ...step(before.filter(isProposal))],
    decided,
  );
}

function isUntouched(line: Proposal | Untouched): line is Untouched {
  return !isProposal(line);
}

function planOf(decided: Decided, lines: readonly Valued[], desk: Desk): Plan {
  const { account, forecast } = desk.inputs;
  const trades = decided.filter(isProposal).map((proposal) => tradeOf(proposal, desk));
  const places = new Map(lines.map(({ candidate }, index) => [candidate.conId, index]));
  const placeOf = ({ conId }: Untouched) => places.get(conId) ?? 0;
  return {
    netLiquidation: account.netLiquidation,
    excessLiquidity: account.excessLiquidity,
    targetLeverage: forecast.targetLeverage,
    trades: safestFirst(trades),
    untouched: decided.filter(isUntouched).toSorted((a, b) => placeOf(a) - placeOf(b)),
  };
}

/**
 * What brings a position nearer to zero goes before what takes one further away: a run that breaks off in the middle leaves
 * less at risk than it planned, never more. Then sells before buys, larger values first, then by symbol: the same plan
 * whatever the order of the inputs.
 */
function safestFirst(trades: readonly Trade[]): readonly Trade[] {
  const increases = new Set(trades.filter(isIncrease));
  const reductions = trades.filter((trade) => !increases.has(trade));
  return [...reductions.toSorted(bySide), ...[...increases].toSorted(bySide)];
}

const byValue = largestFirst<Trade>(({ value }) => value);

function bySide(a: Trade, b: Trade): number {
  if (a.order.side !== b.order.side) return a.order.side === "sell" ? -1 : 1;
  return byValue(a, b);
}
