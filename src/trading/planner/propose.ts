import { executeNow, termsFor } from "../execution-policy.ts";
import { invariant } from "../invariant.ts";
import { moneyFromNumber, toNumber } from "../money.ts";
import { sharesWorth, wholeLots } from "../quantity.ts";
import { held, ok, type Result } from "../result.ts";
import { sessionOpenAt } from "../session.ts";
import { sideOf } from "../side.ts";
import type { Desk } from "./desk.ts";
import type { CutBy, TradeReason, Untouched, UntouchedReason } from "./plan.ts";
import { boardLotOf, modeOf } from "./plan-policy.ts";
import { cutTo, type Draft, left, type Proposal, smallness, valueOfTrade } from "./proposal.ts";
import type { Valued } from "./valued.ts";
import { wantedOf, wishOf } from "./wish.ts";

/** What one instrument's own numbers ask for: a trade, or to be left alone. Other instruments do not come into it. */
export function propose(line: Valued, desk: Desk): Result<Proposal | Untouched> {
  const notNow = whyNotNow(line, desk);
  if (notNow) return ok({ ...line.standing, reason: notNow });
  const { standing, candidate, quote, unit } = line;
  const { conId, symbol, instrument } = candidate;
  if (!instrument) return held({ kind: "holding-unknown", symbol, conId, detail: "" });
  if (!quote || !unit) return held({ kind: "quote-side-missing", symbol, side: "bid", value: "no quote" });

  const wanted = wantedOf(line, desk);
  const wish = wishOf(line, unit, wanted, desk);
  if ("kind" in wish) return ok({ ...standing, adjustments: wanted.adjustments, reason: wish });
  const draft = sized({ standing, instrument, quote, unit, ...wish }, desk);
  if (!draft.ok) return draft;
  if (!("unit" in draft.value)) return ok(draft.value);
  return executed(draft.value, desk);
}

/** What may work on one side of a contract in an account (IBKR's order limitations); of ours there is one at most. */
const ordersOfSideMax = 20;

/** How a draft would be worked now, by the terms for its value; or why it waits. */
function executed(draft: Draft, { inputs, policy }: Desk): Result<Proposal | Untouched> {
  const { instrument, quote, shares } = draft;
  const session = sessionOpenAt(instrument.sessions, inputs.now);
  invariant(session, `${instrument.symbol} is to be traded and its market is closed`);
  const value = toNumber(valueOfTrade(draft, inputs.account.baseCurrency));
  const terms = termsFor(instrument.symbol, value, policy.execution);
  const side = sideOf(shares);
  const atWork = inputs.ordersOfOthers.get(instrument.conId)?.[side] ?? 0;
  if (atWork >= ordersOfSideMax)
    return ok(left(draft, { kind: "side-is-full", side, atWork, max: ordersOfSideMax }));
  const execution = executeNow({ instrument, side, quote }, session, inputs.now, terms);
  if (!execution.ok) return execution;
  if ("style" in execution.value) return ok({ ...draft, execution: execution.value });
  return ok(left(draft, execution.value));
}

/** What keeps an instrument from being traded by this run, whatever is wanted of it. */
function whyNotNow({ candidate }: Valued, { inputs, policy }: Desk): UntouchedReason | undefined {
  const { conId, symbol, instrument, position, target } = candidate;
  const mode = modeOf(policy, symbol);
  if (inputs.frozen.has(conId)) return { kind: "frozen" };
  if (inputs.tried.has(conId)) return { kind: "tried-already" };
  if (mode === "do-not-trade") return { kind: "mode", mode };
  if (!target && mode !== "close" && policy.unlisted !== "close")
    return { kind: policy.unlisted === "leave" ? "left-to-owner" : "not-in-any-forecast" };
  if (position && position.securityType !== "STK")
    return { kind: "not-tradable", securityType: position.securityType };
  if (instrument && !sessionOpenAt(instrument.sessions, inputs.now)) return { kind: "market-closed" };
  if (instrument && inputs.halted.has(conId)) return { kind: "check-failed", check: "trading-halt" };
  return undefined;
}

/** To the last share whatever the minimum says: the owner asked for none, or for the other side of zero. */
const neverTooSmall: readonly TradeReason[] = ["close", "close-unlisted", "close-by-mode", "reverse"];

/** The wish in whole lots, if it is worth an order, and no more of it than one order may be. */
function sized(wish: Draft, desk: Desk): Result<Draft | Untouched> {
  const { policy, inputs } = desk;
  const { baseCurrency } = inputs.account;
  const { symbol, conId } = wish.standing;
  const boardLot = boardLotOf(policy, symbol);
  const lots = { ...wish, shares: wholeLots(wish.shares, boardLot) };
  if (lots.shares === 0 && wish.shares !== 0)
    return ok(
      left(wish, { kind: "no-room", wantedShares: wish.shares, by: { kind: "board-lot", boardLot } }),
    );
  const tooSmall = neverTooSmall.includes(lots.reason)
    ? lots.shares === 0
    : smallness(lots, policy, baseCurrency);
  if (tooSmall) return ok(left(lots, tooSmall === true ? { kind: "less-than-one-share" } : tooSmall));

  const averageDailyVolume = inputs.averageDailyVolumes.get(conId);
  if (policy.maxVolumeShare !== undefined && averageDailyVolume === undefined)
    return held({ kind: "plan-input-missing", input: "average-volume", symbol });
  const most = mostOf(lots, averageDailyVolume, desk);
  if (!most || Math.abs(lots.shares) <= most.shares) return ok(lots);
  return ok(cutTo(lots, Math.sign(lots.shares) * most.shares, most.by, { policy, baseCurrency }));
}

/** The most shares that one order may be for, and what says so; undefined without a limit. */
function mostOf(
  { unit }: Draft,
  averageDailyVolume: number | undefined,
  { policy, inputs }: Desk,
): { readonly shares: number; readonly by: CutBy } | undefined {
  const { maxOrderValue, maxVolumeShare } = policy;
  const limits: { readonly shares: number; readonly by: CutBy }[] = [];
  if (maxOrderValue !== undefined) {
    const max = moneyFromNumber(maxOrderValue, inputs.account.baseCurrency);
    limits.push({ shares: sharesWorth(max, unit), by: { kind: "order-value", max } });
  }
  if (maxVolumeShare !== undefined && averageDailyVolume !== undefined)
    limits.push({
      shares: Math.floor(averageDailyVolume * maxVolumeShare),
      by: { kind: "volume", averageDailyVolume, maxVolumeShare },
    });
  return limits.toSorted((a, b) => a.shares - b.shares)[0];
}
