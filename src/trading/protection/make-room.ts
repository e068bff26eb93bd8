import type { Position } from "../account.ts";
import { stopPriceOf } from "../execution-style.ts";
import type { Instrument } from "../instrument.ts";
import type { OrderReport } from "../order.ts";
import { type ProtectionDecision, type ProtectiveOrder, remainingOf } from "./protection-plan.ts";
import { closingSide, sendableStop, stopOrderOf } from "./stop-price.ts";

/**
 * What protective orders give up before orders that close a part of the same position are sent, so that both together never
 * trade more than is held. `closing`: whole shares that other orders will then be able to close, by conId. Those that cannot
 * be made smaller are withdrawn, and so is one whose last change nobody confirmed: it may still become as large as that. What
 * is left of the position is protected again when those orders have done their work.
 */
export function makeRoom(
  closing: ReadonlyMap<number, number>,
  positions: readonly Position[],
  protecting: readonly ProtectiveOrder[],
  instruments: ReadonlyMap<number, Instrument>,
  clientId: number,
): readonly ProtectionDecision[] {
  const positionOf = new Map(positions.map((position) => [position.conId, position]));
  return [...closing].flatMap(([conId, shares]): readonly ProtectionDecision[] => {
    const ours = protecting.filter(({ report }) => report.conId === conId);
    const instrument = instruments.get(conId);
    const bounds = { position: positionOf.get(conId), closing: shares, instrument, clientId };
    const doubtful = new Set(ours.filter(isInDoubt));
    return [
      ...cutToRoom(
        ours.filter((order) => !doubtful.has(order)),
        bounds,
      ),
      ...[...doubtful].map(({ report }) => {
        return { kind: "withdraw", report, because: "change-unconfirmed" } as const;
      }),
    ];
  });
}

/** May a change that nobody confirmed still make it larger than the broker lists it? */
export function isInDoubt({ report, mayBecome }: ProtectiveOrder): boolean {
  return mayBecome !== undefined && mayBecome > report.orderedShares;
}

/** What bounds the protective orders of a position. */
export interface Bounds {
  readonly position: Position | undefined;
  /** Whole shares that other orders can close. */
  readonly closing: number;
  readonly instrument: Instrument | undefined;
  /** The client id whose orders can be changed. */
  readonly clientId: number;
}

/** Protective orders of one position, none larger than before, so that they close no more than others leave of it. */
export function cutToRoom(
  protecting: readonly ProtectiveOrder[],
  { position, closing, instrument, clientId }: Bounds,
): readonly ProtectionDecision[] {
  let left = Math.floor(Math.abs(position?.shares ?? 0)) - closing;
  return protecting.map((order): ProtectionDecision => {
    const wrongSide = position === undefined || order.report.side !== closingSide(position);
    const may = wrongSide ? 0 : Math.max(0, Math.min(left, remainingOf(order.report)));
    left -= may;
    const { report } = order;
    if (may === remainingOf(report)) return { kind: "keep", report };
    const isHeld = position !== undefined && position.shares !== 0 && !wrongSide;
    if (may === 0)
      return { kind: "withdraw", report, because: isHeld ? "all-being-closed" : "nothing-to-protect" };
    return report.clientId === clientId
      ? smaller(order, may, instrument)
      : { kind: "withdraw", report, because: "other-client" };
  });
}

function smaller(
  { report, intent }: ProtectiveOrder,
  shares: number,
  instrument: Instrument | undefined,
): ProtectionDecision {
  const notOnRecord: ProtectionDecision = { kind: "withdraw", report, because: "not-on-record" };
  if (!intent?.protection || !instrument) return notOnRecord;
  const { priceSteps: steps } = instrument;
  const told = report.stopPrice ?? stopPriceOf(intent.style);
  const stopPrice = told === undefined ? undefined : sendableStop(report.side, told, steps);
  if (stopPrice === undefined) return notOnRecord;
  const stop = stopOrderOf(report.side, stopPrice, intent.protection, steps);
  if (!stop) return notOnRecord;
  const order = {
    ...intent,
    ...stop,
    instrument,
    shares: report.filledShares + shares,
    timeInForce: "GTC",
  } as const;
  return { kind: "replace", report, order };
}

/**
 * May orders that close so many shares work beside what protects a position? What has moved it since it was `planned`, signed
 * shares, has made it another decision.
 */
export function hasRoom(
  closingShares: number,
  position: { readonly planned: number; readonly now: number },
  protecting: readonly OrderReport[],
): boolean {
  const atWork = protecting.reduce((shares, report) => shares + remainingOf(report), 0);
  return position.now === position.planned && closingShares + atWork <= Math.floor(Math.abs(position.now));
}
