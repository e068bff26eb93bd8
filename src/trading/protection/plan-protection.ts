import type { Position } from "../account.ts";
import { type ExecutionStyle, stopPriceOf } from "../execution-style.ts";
import type { Instrument } from "../instrument.ts";
import { type OrderReport, orderRefOf, type PlannedOrder, roleOf } from "../order.ts";
import { byText } from "../planner/largest-first.ts";
import { isPrice } from "../price.ts";
import type { Run } from "../run.ts";
import type { Side } from "../side.ts";
import { cutToRoom } from "./make-room.ts";
import {
  type GapReason,
  type ProtectionDecision,
  type ProtectionPlan,
  type ProtectiveOrder,
  remainingOf,
  type WithdrawReason,
} from "./protection-plan.ts";
import {
  isChangeable,
  isSameTerms,
  type ProtectionPolicy,
  type ProtectionTerms,
  protectionRuleFor,
} from "./protection-policy.ts";
import { closingSide, isReached, nearerStop, sendableStop, stopOrderOf, wantedStop } from "./stop-price.ts";

export interface ProtectionInputs {
  readonly run: Run;
  /** The client id whose orders can be changed. */
  readonly clientId: number;
  readonly positions: readonly Position[];
  /** Contracts of which what is held is not explained, by conId: their stops become smaller at most. */
  readonly frozen: ReadonlySet<number>;
  /** So do all of them while the account's own state holds the run: its prices may be wrong. */
  readonly isAccountHeld: boolean;
  /** Symbols that the owner does not want traded. */
  readonly isTradable: (symbol: string) => boolean;
  /** By conId, those that are known. */
  readonly instruments: ReadonlyMap<number, Instrument>;
  /** Protective orders of ours that work. */
  readonly protecting: readonly ProtectiveOrder[];
  /** Every other order that works in the account, a person's too. */
  readonly others: readonly OrderReport[];
  readonly usedOrderRefs: ReadonlySet<string>;
  /** Stops that this run had to take away for a while, by conId: what protects again begins no farther from the market. */
  readonly takenAway: ReadonlyMap<number, TakenAway>;
}

export interface TakenAway {
  /** A stop of a long is none for the short that it has become. */
  readonly side: Side;
  readonly stopPrice: number;
  readonly terms: ProtectionTerms;
}

/**
 * What protective orders there shall be, from what is held: for each position one stop on its closing side, for so many whole
 * shares as nothing else that works may close. It opens and reverses nothing, whatever fills in which order. A stop moves only
 * in the position's favour, unless the owner has changed the setting. What cannot be changed is withdrawn, and its successor
 * is for the next look, when its end is certain. Planning again when all is done changes nothing.
 */
export function planProtection(inputs: ProtectionInputs, policy: ProtectionPolicy): ProtectionPlan {
  const positions = new Map(inputs.positions.map((position) => [position.conId, position]));
  const conIds = new Set([
    ...inputs.positions.map(({ conId }) => conId),
    ...inputs.protecting.map(({ report }) => report.conId),
  ]);
  const plans = [...conIds].map((conId) =>
    planOne(
      {
        conId,
        position: positions.get(conId),
        protecting: inputs.protecting.filter(({ report }) => report.conId === conId),
      },
      inputs,
      policy,
    ),
  );
  return { decisions: plans.flatMap((plan) => plan.decisions), gaps: plans.flatMap((plan) => plan.gaps) };
}

interface Held {
  readonly conId: number;
  readonly position: Position | undefined;
  readonly protecting: readonly ProtectiveOrder[];
}

/** One contract by itself. */
function planOne(
  { conId, position, protecting }: Held,
  inputs: ProtectionInputs,
  policy: ProtectionPolicy,
): ProtectionPlan {
  const symbol = position?.symbol ?? protecting[0]?.report.symbol ?? "";
  const terms = protectionRuleFor(symbol, policy, inputs.isTradable(symbol))?.terms;
  const gap = (reason: GapReason, shares: number): ProtectionPlan["gaps"] =>
    shares > 0 ? [{ conId, symbol, shares, reason }] : [];
  const heldShares = Math.floor(Math.abs(position?.shares ?? 0));

  const side = position && closingSide(position);
  const closing = side ? closingShares(conId, side, inputs.others) : { ours: 0, foreign: 0 };
  const instrument = inputs.instruments.get(conId);
  const isFrozen = inputs.frozen.has(conId);
  if (isFrozen || inputs.isAccountHeld) {
    const { clientId } = inputs;
    const bounds = { position, closing: closing.ours + closing.foreign, instrument, clientId };
    const atWork = protecting.reduce((shares, { report }) => shares + remainingOf(report), 0);
    const wanted = terms ? heldShares : 0;
    return {
      decisions: cutToRoom(protecting, bounds),
      gaps: isFrozen
        ? gap("frozen", Math.max(wanted, atWork))
        : gap("account-held", wanted - closing.ours - atWork),
    };
  }
  if (!position || !side || heldShares === 0) return withdrawn(protecting, "nothing-to-protect");
  if (!terms) return withdrawn(protecting, "not-wanted");
  if (position.securityType !== "STK")
    return { decisions: protecting.map(asItIs), gaps: gap("not-tradable", heldShares) };

  const room = Math.max(0, heldShares - closing.ours - closing.foreign);
  const gaps = [
    ...gap("being-closed", Math.min(heldShares, closing.ours)),
    ...gap("foreign-order", Math.max(0, Math.min(heldShares - closing.ours, closing.foreign))),
  ];
  const [wrong, right] = split(protecting, ({ report }) => report.side !== side);
  const [best, spare] = bestOf(right);
  const ended = [
    ...withdrawn(wrong, "nothing-to-protect").decisions,
    ...withdrawn(spare, "one-is-enough").decisions,
  ];
  const one: One = { position, side, terms, room, instrument };
  const next = best ? follow(best, one, inputs) : ended.length > 0 ? nothingYet : begin(one, inputs);
  return {
    decisions: [...ended, ...next.decisions],
    gaps: [...gaps, ...next.gaps.flatMap(({ reason, shares }) => gap(reason, shares))],
  };
}

interface One {
  readonly position: Position;
  readonly side: Side;
  readonly terms: ProtectionTerms;
  /** Whole shares that nothing else closes. */
  readonly room: number;
  readonly instrument: Instrument | undefined;
}

interface Next {
  readonly decisions: readonly ProtectionDecision[];
  readonly gaps: readonly { readonly reason: GapReason; readonly shares: number }[];
}

const nothingYet: Next = { decisions: [], gaps: [] };

/** The first protective order of a position. */
function begin({ position, side, terms, room, instrument }: One, inputs: ProtectionInputs): Next {
  if (room === 0) return nothingYet;
  const unprotected = (reason: GapReason): Next => ({ decisions: [], gaps: [{ reason, shares: room }] });
  if (!instrument) return unprotected("contract-unknown");
  const wanted = wantedStop(position, terms, instrument.priceSteps);
  const before = inputs.takenAway.get(position.conId);
  const stopPrice =
    before?.side === side && wanted !== undefined && isSameTerms(before.terms, terms)
      ? putBackAt(before.stopPrice, wanted, { side, terms, instrument })
      : wanted;
  const { marketPrice } = position;
  if (stopPrice === undefined || !isPrice(marketPrice)) return unprotected("no-price");
  if (isReached(side, stopPrice, marketPrice)) return unprotected("beyond-market");
  const stop = stopOrderOf(side, stopPrice, terms, instrument.priceSteps);
  if (!stop) return unprotected("no-price");
  const order: PlannedOrder = {
    ...stop,
    orderRef: freeRef(instrument.symbol, side, room, inputs),
    role: "protect",
    account: inputs.run.account,
    instrument,
    side,
    shares: room,
    decisionPrice: marketPrice,
    timeInForce: "GTC",
    outsideRegularHours: terms.outsideRegularHours,
    protection: terms,
  };
  return { decisions: [{ kind: "new", order }], gaps: [] };
}

/**
 * Where a stop comes back. Its last price was accepted once; the one that it should move to may be what the broker has just
 * refused. The next run moves it.
 */
function putBackAt(
  before: number,
  wanted: number,
  { side, terms, instrument }: Pick<One, "side" | "terms"> & { readonly instrument: Instrument },
): number {
  const stoodAt = sendableStop(side, before, instrument.priceSteps) ?? wanted;
  return terms.kind === "stop" ? stoodAt : nearerStop(side, stoodAt, wanted);
}

/** A protective order that works, brought in step with the position. */
function follow({ report, intent }: ProtectiveOrder, one: One, inputs: ProtectionInputs): Next {
  const { side, terms, room, instrument } = one;
  const keep: ProtectionDecision = { kind: "keep", report };
  const withdraw = (because: WithdrawReason): Next => ({
    decisions: [{ kind: "withdraw", report, because }],
    gaps: [],
  });
  const before = intent?.protection && asTold(intent.protection, report);
  const isRightSize = remainingOf(report) === room;
  if (room === 0) return withdraw("all-being-closed");
  if (!intent || !before) return withdraw("not-on-record");
  if (report.clientId !== inputs.clientId)
    return isRightSize && isSameTerms(before, terms)
      ? { decisions: [keep], gaps: [] }
      : withdraw("other-client");
  if (!isChangeable(before, terms)) return withdraw("set-otherwise");
  if (!instrument)
    return isRightSize
      ? { decisions: [keep], gaps: [] }
      : { ...withdraw("not-on-record"), gaps: [{ reason: "contract-unknown", shares: room }] };

  const { stopPrice, kept, isMoved, gap } = movedStop(
    { report, style: intent.style, before },
    one,
    instrument,
  );
  const gaps: Next["gaps"] = gap ? [{ reason: gap, shares: room }] : [];
  if (isRightSize && !isMoved && isSameTerms(before, kept)) return { decisions: [keep], gaps };
  const stop =
    stopPrice === undefined ? undefined : stopOrderOf(side, stopPrice, kept, instrument.priceSteps);
  if (!stop) return { ...withdraw("not-on-record"), gaps: [{ reason: "no-price", shares: room }] };
  const shares = report.filledShares + room;
  const order: PlannedOrder = {
    ...intent,
    ...stop,
    instrument,
    shares,
    timeInForce: "GTC",
    protection: kept,
  };
  return { decisions: [{ kind: "replace", report, order }], gaps };
}

/** A change is on record before it leaves; whether a trailing stop follows so far only the broker can tell. */
function asTold(onRecord: ProtectionTerms, { trailBps }: OrderReport): ProtectionTerms {
  return trailBps === undefined ? onRecord : { ...onRecord, distanceBps: trailBps };
}

interface Standing {
  readonly report: OrderReport;
  readonly style: ExecutionStyle;
  readonly before: ProtectionTerms;
}

interface MovedStop {
  /** As it can be sent. */
  readonly stopPrice: number | undefined;
  readonly kept: ProtectionTerms;
  readonly isMoved: boolean;
  readonly gap?: GapReason;
}

/**
 * Where a working stop goes, and under which setting. One that would move to where the market is already stays: it would trade
 * at once.
 */
function movedStop(
  { report, style, before }: Standing,
  { position, side, terms }: One,
  { priceSteps: steps }: Instrument,
): MovedStop {
  const told = report.stopPrice ?? stopPriceOf(style);
  const standsAt = told === undefined ? undefined : sendableStop(side, told, steps);
  const isUnchanged = isSameTerms(before, terms);
  // The broker moves a trailing stop by itself.
  const stays = { stopPrice: standsAt, kept: before, isMoved: false };
  if (isUnchanged && terms.kind === "trailing-stop" && standsAt !== undefined) return stays;
  const wanted = wantedStop(position, terms, steps);
  if (wanted === undefined) return isUnchanged ? stays : { ...stays, gap: "no-price" };
  const goal = isUnchanged && standsAt !== undefined ? nearerStop(side, standsAt, wanted) : wanted;
  const { marketPrice } = position;
  if (goal === standsAt || (isPrice(marketPrice) && !isReached(side, goal, marketPrice)))
    return { stopPrice: goal, kept: terms, isMoved: goal !== standsAt };
  return isUnchanged ? stays : { ...stays, gap: "beyond-market" };
}

/** The one that protects most, ties by name; one of our own record before one that nobody knows. */
function bestOf(
  orders: readonly ProtectiveOrder[],
): [ProtectiveOrder | undefined, readonly ProtectiveOrder[]] {
  const [best, ...spare] = orders.toSorted(
    (a, b) =>
      Number(b.intent !== undefined) - Number(a.intent !== undefined) ||
      remainingOf(b.report) - remainingOf(a.report) ||
      byText(a.report.orderRef, b.report.orderRef),
  );
  return [best, spare];
}

/** What other working orders may still take off a position, by whose they are. */
function closingShares(conId: number, side: Side, others: readonly OrderReport[]) {
  const sum = (isOurs: boolean): number =>
    others
      .filter((order) => order.conId === conId && order.side === side)
      .filter(({ orderRef }) => (roleOf(orderRef) !== undefined) === isOurs)
      .reduce((shares, order) => shares + remainingOf(order), 0);
  return { ours: sum(true), foreign: sum(false) };
}

function asItIs({ report }: ProtectiveOrder): ProtectionDecision {
  return { kind: "keep", report };
}

function withdrawn(
  orders: readonly ProtectiveOrder[],
  because: "nothing-to-protect" | "not-wanted" | "one-is-enough",
): ProtectionPlan {
  return { decisions: orders.map(({ report }) => ({ kind: "withdraw", report, because })), gaps: [] };
}

function split<T>(items: readonly T[], isFirst: (item: T) => boolean): [readonly T[], readonly T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}

function freeRef(
  symbol: string,
  side: Side,
  shares: number,
  { run, usedOrderRefs }: ProtectionInputs,
): string {
  const refOf = (attempt: number) => orderRefOf({ ...run, role: "protect", symbol, side, shares, attempt });
  let orderRef = refOf(1);
  for (let attempt = 2; usedOrderRefs.has(orderRef); attempt++) orderRef = refOf(attempt);
  return orderRef;
}
