import type { Execution } from "../trading/execution.ts";
import type { Finding } from "../trading/finding.ts";
import type { Instrument } from "../trading/instrument.ts";
import { type OrderReport, roleOf } from "../trading/order.ts";
import { modeOf } from "../trading/planner/plan-policy.ts";
import { planProtection, type TakenAway } from "../trading/protection/plan-protection.ts";
import {
  gapName,
  type ProtectionDecision,
  type ProtectionDone,
  type ProtectionGap,
  type ProtectionPlan,
  remainingOf,
  type WithdrawReason,
} from "../trading/protection/protection-plan.ts";
import { judgeRestart } from "../trading/restarts.ts";
import { type Result, valueOf, whenOk } from "../trading/result.ts";
import type { Desk } from "./desk.ts";
import type { GivenUp } from "./make-room.ts";
import {
  carryOut,
  instrumentsOfHoldings,
  isProtective,
  lookAtProtection,
  type ProtectionLook,
} from "./protective-orders.ts";
import type { Reconciled } from "./reconcile.ts";
import type { Recovered } from "./recover.ts";

/** What the run has learnt and done before it looks after protection. */
export interface Before {
  readonly recovered: Result<Recovered>;
  readonly reconciled: Result<Reconciled>;
  readonly instruments: readonly Instrument[];
  /** The account after orders were sent; undefined when none were. */
  readonly after?: Result<unknown> | undefined;
  /** What protective orders gave up for orders of this run. */
  readonly givenUp?: GivenUp | undefined;
}

/**
 * Brings protective orders in step with what is held now, at every run, whether it has traded or not and whether the market is
 * open or not: a stop may rest at the broker at any hour. Each kind of act is tried once a run. Nothing is done while
 * something is unknown that it is judged by (earlier orders, positions), under a spare client id, whose orders the usual one
 * could not change, close to a restart of the gateway, and while a person has pulled the brake. What is not protected
 * then is a finding, and so is each fill of a protective order.
 */
export async function keepProtected(before: Before, desk: Desk): Promise<ProtectionDone | undefined> {
  const { books, findings } = desk;
  findings.add(...goneOf(valueOf(before.recovered)));
  const done = await inStep(before, desk);
  findings.add(...filledProtection(books.newExecutions()));
  const gaps = done?.gaps ?? (before.givenUp ? notPutBack(before.givenUp.decisions) : []);
  findings.add(...(await gapFindings(gaps, desk)));
  return done;
}

async function inStep(before: Before, desk: Desk): Promise<ProtectionDone | undefined> {
  const { broker, connection, protection } = desk;
  const { recovered, reconciled, after } = before;
  if (!recovered.ok) return undefined;
  const isAnyAtWork = recovered.value.openOrders.some(isProtective);
  if (protection.length === 0 && !isAnyAtWork) return undefined;
  if (broker.identity.spareFor !== undefined || !judgeRestart(broker.marketTime(), connection.restarts).ok)
    return undefined;
  const isAccountHeld = !reconciled.ok || after?.ok === false;
  const frozen = valueOf(reconciled)?.frozen ?? new Set();
  return await passes({ ...before, recovered: recovered.value, frozen, isAccountHeld }, desk);
}

interface Known extends Omit<Before, "recovered"> {
  readonly recovered: Recovered;
  readonly frozen: ReadonlySet<number>;
  /** What the account says of itself, or does not say, holds the run. */
  readonly isAccountHeld: boolean;
}

/** Step by step, each from a new look: what takes another's place waits until that one has ended. */
async function passes(known: Known, desk: Desk): Promise<ProtectionDone | undefined> {
  const { note } = desk.findings;
  const takenAway = new Map(known.givenUp?.takenAway);
  const tried = new Set<string>();
  const placed: OrderReport[] = [];
  const givenUp = known.givenUp?.decisions ?? [];
  let decisions = givenUp;
  // A stop that was made smaller here has followed its position: nothing of that is missing.
  const takenSoFar = () => [
    ...givenUp,
    ...decisions.slice(givenUp.length).filter(({ kind }) => kind === "withdraw"),
  ];
  for (;;) {
    const look = note(await lookAtProtection(desk));
    if (!look.ok)
      return decisions.length > 0 ? { decisions, resting: [], gaps: notPutBack(takenSoFar()) } : undefined;
    const plan = await planFor(look.value, known, takenAway, desk);
    const gaps = [...plan.gaps, ...notAccepted(placed)];
    const done = { decisions, resting: restingIn(look.value), gaps };
    const acts = nextActs(plan, tried);
    if (await desk.brake.pulled()) return { ...done, gaps: [...gaps, ...plan.decisions.flatMap(brakedGap)] };
    if (acts.length === 0) return done;
    for (const act of acts) tried.add(nameOf(act));
    decisions = [...decisions, ...acts];
    const file = note(await desk.orderFiles.writeProtection(desk.run, decisions));
    const carried = note(await whenOk(file, () => carryOut(acts, look.value, known.frozen, desk)));
    // Each act is tried once: what failed is looked at anew, and holds nothing else up.
    if (!carried.ok) continue;
    placed.push(...carried.value.placed);
    for (const [conId, stop] of carried.value.takenAway) takenAway.set(conId, stop);
  }
}

async function planFor(
  { account, protecting, others }: ProtectionLook,
  { recovered, frozen, isAccountHeld, instruments }: Known,
  takenAway: ReadonlyMap<number, TakenAway>,
  desk: Desk,
): Promise<ProtectionPlan> {
  const { run, broker, store, plan, protection } = desk;
  const onRecord = await store.orderRefsOf(run.window);
  return planProtection(
    {
      run,
      clientId: broker.identity.clientId,
      positions: account.positions,
      frozen,
      isAccountHeld,
      isTradable: (symbol) => modeOf(plan, symbol) !== "do-not-trade",
      instruments: await instrumentsOfHoldings(account, instruments, desk),
      protecting,
      others,
      usedOrderRefs: new Set([...onRecord, ...recovered.orderRefs]),
      takenAway,
    },
    protection,
  );
}

/** Withdrawals by themselves; each act once, so that what the broker refuses is not sent again and again. */
function nextActs(plan: ProtectionPlan, tried: ReadonlySet<string>): readonly ProtectionDecision[] {
  const acts = plan.decisions.filter((each) => each.kind !== "keep" && !tried.has(nameOf(each)));
  const withdrawals = acts.filter(({ kind }) => kind === "withdraw");
  return withdrawals.length > 0 ? withdrawals : acts;
}

function nameOf(decision: ProtectionDecision): string {
  const { kind } = decision;
  return kind === "new" ? `new ${decision.order.instrument.conId}` : `${kind} ${decision.report.orderRef}`;
}

function restingIn({ protecting }: ProtectionLook): ProtectionDone["resting"] {
  return protecting.map(({ report, intent }) => ({ report, protection: intent?.protection }));
}

function notAccepted(placed: readonly OrderReport[]): readonly ProtectionGap[] {
  const failed = placed.filter(
    ({ state }) => state.life === "unknown" || (state.life === "done" && state.status !== "filled"),
  );
  return failed.map(({ conId, symbol, orderedShares: shares }) => {
    return { conId, symbol, shares, reason: "not-accepted" };
  });
}

function brakedGap(act: ProtectionDecision): readonly ProtectionGap[] {
  if (act.kind !== "new" && act.kind !== "replace") return [];
  const { instrument, shares: wanted } = act.order;
  const shares = act.kind === "new" ? wanted : wanted - act.report.orderedShares;
  const { conId, symbol } = instrument;
  return shares > 0 ? [{ conId, symbol, shares, reason: "brake" }] : [];
}

/** What was taken away in this run, as far as nobody can say that it is back. */
function notPutBack(decisions: readonly ProtectionDecision[]): readonly ProtectionGap[] {
  return decisions.flatMap((each): readonly ProtectionGap[] => {
    if (each.kind !== "withdraw" && each.kind !== "replace") return [];
    const { conId, symbol } = each.report;
    const isToStay = each.kind === "withdraw" && !isForAnother.has(each.because);
    const after = each.kind === "replace" ? each.order.shares - each.report.filledShares : 0;
    const shares = remainingOf(each.report) - after;
    return shares > 0 && !isToStay ? [{ conId, symbol, shares, reason: "not-put-back" }] : [];
  });
}

/** Withdrawn so that another one can take its place. */
const isForAnother: ReadonlySet<WithdrawReason> = new Set([
  "all-being-closed",
  "set-otherwise",
  "change-unconfirmed",
  "other-client",
  "not-on-record",
]);

/** One that worked, and of whose end nobody tells: if it filled, our books lack its shares. */
function goneOf(recovered: Recovered | undefined): readonly Finding[] {
  return (recovered?.goneProtection ?? []).map(({ orderRef, symbol, side, orderedShares, filledShares }) => {
    return { kind: "protection-gone", orderRef, symbol, side, shares: orderedShares - filledShares };
  });
}

/** Told once: an execution is new to our books only once. */
export function filledProtection(executions: readonly Execution[]): readonly Finding[] {
  const protective = executions.filter(({ orderRef }) => roleOf(orderRef) === "protect");
  const refs = [...new Set(protective.map(({ orderRef }) => orderRef))];
  return refs.flatMap((orderRef): Finding[] => {
    const fills = protective.filter((execution) => execution.orderRef === orderRef);
    const [first] = fills;
    if (!first) return [];
    const shares = fills.reduce((sum, fill) => sum + fill.shares, 0);
    const averagePrice = fills.reduce((sum, fill) => sum + fill.shares * fill.price, 0) / shares;
    const { symbol, side } = first;
    return [{ kind: "protection-filled", orderRef, symbol, side, shares, averagePrice }];
  });
}

/** What orders that work close already is as it should be, and shown, but nothing for a person to look at. */
async function gapFindings(gaps: readonly ProtectionGap[], { books }: Desk): Promise<readonly Finding[]> {
  const told = gaps.filter(({ reason }) => reason !== "being-closed");
  if (told.length === 0) return [];
  const gapsBefore = await books.gapsBefore();
  return told.map(({ symbol, shares, reason }) => {
    const isNew = !gapsBefore.has(gapName({ symbol, reason }));
    return { kind: "position-unprotected", symbol, shares, reason, isNew };
  });
}
