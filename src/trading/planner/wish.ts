import { sharesToClose, sharesToTrade, type TargetAmount, type UnitValue } from "../quantity.ts";
import { bandOf, isWithin, stopShort } from "./band.ts";
import type { Candidate } from "./candidate.ts";
import type { Desk } from "./desk.ts";
import type { Adjustment, TradeReason, UntouchedReason } from "./plan.ts";
import { modeOf } from "./plan-policy.ts";
import { type Valued, weightOf } from "./valued.ts";

/** What shall be held, caps considered, and what made it other than the forecast's. */
interface Wanted {
  readonly target: TargetAmount;
  readonly adjustments: readonly Adjustment[];
}

/** A trade as target, band, cooldown and mode ask for it; not yet cut to what one order may be. */
export interface Wish {
  /** Signed, whole. */
  readonly shares: number;
  readonly reason: TradeReason;
  readonly adjustments: readonly Adjustment[];
}

const nothing: TargetAmount = { weight: 0, notional: 0, shares: 0 };

function isNothing({ weight, notional, shares }: TargetAmount): boolean {
  return weight === 0 && notional === 0 && shares === 0;
}

/** The target after mode and caps. */
export function wantedOf(
  { candidate: { target, symbol } }: Valued,
  { policy, scaling, leverageCuts }: Desk,
): Wanted {
  if (!target || modeOf(policy, symbol) === "close") return { target: nothing, adjustments: [] };
  const { stopped } = target;
  const cuts = leverageCuts.get(symbol)?.map((cut) => ({ kind: "leverage-cut", ...cut }) as const) ?? [];
  const adjustments: readonly Adjustment[] = stopped
    ? [...cuts, { kind: "strategy-stopped", strategies: stopped.strategies }]
    : cuts;
  if (!scaling || isNothing(target)) return { target, adjustments };
  const { factor } = scaling;
  const { weight, notional, shares } = target;
  return {
    target: { weight: weight * factor, notional: notional * factor, shares: shares * factor },
    adjustments: [...adjustments, scaling],
  };
}

/** What the target asks to be traded of what is held, or why nothing is. */
export function wishOf(
  line: Valued,
  unit: UnitValue,
  { target, adjustments }: Wanted,
  desk: Desk,
): Wish | UntouchedReason {
  const { currentShares, currentWeight } = line.standing;
  if (isNothing(target)) {
    if (currentShares === 0) return { kind: "on-target" };
    const reason = closeReason(line.candidate, desk);
    return allowed({ shares: sharesToClose(currentShares), reason, adjustments }, line, desk);
  }
  const { netLiquidation } = desk.inputs.account;
  const drift = currentWeight - (weightOf(target, unit, netLiquidation) ?? 0);
  const band = bandOf(currentWeight - drift, desk.policy);
  if (isWithin(drift, band)) return { kind: "within-band", drift, band };
  const resting = cooldownOf(line.candidate.conId, drift, desk);
  if (resting) return resting;

  const short = stopShort(drift, band, desk.policy);
  const stop: Adjustment = { kind: "trade-to", band, tradeTo: desk.policy.tradeTo };
  const goal = { ...target, weight: target.weight + short };
  const shares = sharesToTrade(netLiquidation, goal, currentShares, unit);
  const whole: Wish = {
    shares,
    reason: reasonOf(currentShares, currentShares + shares),
    adjustments: short === 0 ? adjustments : [...adjustments, stop],
  };
  return allowed(zeroFirst(whole, currentShares), line, desk);
}

function closeReason({ symbol, target }: Candidate, { policy }: Desk): TradeReason {
  if (modeOf(policy, symbol) === "close") return "close-by-mode";
  return target ? "close" : "close-unlisted";
}

function reasonOf(currentShares: number, targetShares: number): TradeReason {
  if (currentShares === 0) return "open";
  if (currentShares * targetShares < 0) return "reverse";
  return Math.abs(targetShares) > Math.abs(currentShares) ? "increase" : "reduce";
}

/** An instrument that was just traded rests, unless it is off by more than the hard band. */
function cooldownOf(conId: number, drift: number, { inputs, policy }: Desk): UntouchedReason | undefined {
  const { cooldownSessions, hardBandWeight } = policy;
  const sessions = inputs.sessionsSinceTrade?.get(conId);
  if (sessions === undefined || sessions >= cooldownSessions) return undefined;
  if (hardBandWeight !== undefined && !isWithin(drift, hardBandWeight)) return undefined;
  return { kind: "cooling-down", sessions, cooldownSessions };
}

/**
 * A long that becomes short is two orders, the second after the first is done: one order through zero is a sale and a
 * short sale in one, which brokers split or refuse. The next run plans the second from the position that it finds. A
 * fraction of a share cannot be sold alone, so it goes through zero with the rest.
 */
function zeroFirst(wish: Wish, currentShares: number): Wish {
  const toZero = sharesToClose(currentShares);
  if (wish.reason !== "reverse" || toZero === 0) return wish;
  const rest: Adjustment = { kind: "rest-waits", shares: wish.shares - toZero };
  return { ...wish, shares: toZero, adjustments: [...wish.adjustments, rest] };
}

/** The wish as far as the instrument's mode allows it, and its rest after a stop. */
function allowed(
  wish: Wish,
  { candidate, standing }: Valued,
  { inputs, policy }: Desk,
): Wish | UntouchedReason {
  const mode = modeOf(policy, candidate.symbol);
  const isReducing = standing.currentShares * wish.shares < 0;
  // A fraction of a share goes through zero with the rest, which is no reduction.
  const isThroughZero = Math.abs(wish.shares) > Math.abs(standing.currentShares);
  const isForbidden =
    (mode === "buy-only" && wish.shares < 0) ||
    (mode === "sell-only" && wish.shares > 0) ||
    (mode === "reduce-only" && wish.shares !== 0 && (!isReducing || isThroughZero));
  if (isForbidden) return { kind: "mode", mode };
  const rest = inputs.resting.get(candidate.conId);
  if (rest && wish.shares !== 0 && !isReducing)
    return rest === "filling" ? { kind: "stop-filling" } : { kind: "resting-after-stop", ...rest };
  if (mode !== "reduce-only" || wish.reason !== "reverse") return wish;
  const kept = wish.adjustments.filter(({ kind }) => kind !== "rest-waits");
  return { ...wish, reason: "reduce", adjustments: [...kept, { kind: "mode", mode }] };
}
