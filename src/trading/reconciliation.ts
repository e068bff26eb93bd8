import type { Position } from "./account.ts";
import type { Finding } from "./finding.ts";
import type { Instant } from "./instant.ts";
import type { Money } from "./money.ts";
import { type EquityPoint, netLiquidationMove } from "./risk/equity.ts";
import type { RiskRecord } from "./risk/risk-record.ts";

/** What our own books say is held: opening positions, executions and what a person accepted, added up. */
export interface ExpectedPosition {
  readonly conId: number;
  readonly symbol: string;
  /** Signed. */
  readonly shares: number;
}

/** What our books and the broker do not agree on, and no execution explains. */
export type Break = PositionBreak | NetLiquidationBreak;

export interface PositionBreak {
  readonly kind: "position";
  readonly conId: number;
  readonly symbol: string;
  readonly expectedShares: number;
  readonly toldShares: number;
}

export interface NetLiquidationBreak {
  readonly kind: "net-liquidation";
  readonly expected: Money;
  readonly told: Money;
}

/** A break on record that nobody has settled yet. */
export type OpenBreak = Break & { readonly foundAt: Instant; readonly isNew: boolean };

/** What a break of positions looks like to a person: a help to look in the right place, never a reason to go on. */
export type BreakLook = "split" | "new-holding" | "gone" | "moved";

/** Positions that are not what our books expect, by contract. Shares are told in whole or in fractions, exactly. */
export function positionBreaks(
  expected: readonly ExpectedPosition[],
  told: readonly Position[],
): readonly PositionBreak[] {
  const toldById = new Map(told.map((position) => [position.conId, position]));
  const expectedById = new Map(expected.map((position) => [position.conId, position]));
  const conIds = [...new Set([...expectedById.keys(), ...toldById.keys()])];
  return conIds.flatMap((conId): readonly PositionBreak[] => {
    const [ours, theirs] = [expectedById.get(conId), toldById.get(conId)];
    const [expectedShares, toldShares] = [ours?.shares ?? 0, theirs?.shares ?? 0];
    if (isSameSize(expectedShares, toldShares)) return [];
    const symbol = theirs?.symbol ?? ours?.symbol ?? "";
    return [{ kind: "position", conId, symbol, expectedShares, toldShares }];
  });
}

/** Sums of fractions of shares differ by less than this: the broker counts to four decimals at most. */
const smallestShares = 0.00005;

function isSameSize(a: number, b: number): boolean {
  return Math.abs(a - b) < smallestShares;
}

/** The whole ratios of splits, forward and reverse, that occur in practice. */
const splitRatios = [2, 3, 4, 5, 6, 7, 8, 10, 15, 20, 25, 30, 50, 3 / 2, 4 / 3, 5 / 4];

/** A split moves a position by a known ratio to the share; a new or vanished holding speaks for itself. */
export function lookOf({ expectedShares, toldShares }: PositionBreak): BreakLook {
  if (expectedShares === 0) return "new-holding";
  if (toldShares === 0) return "gone";
  const isRatio = (ratioOf: number) =>
    [expectedShares * ratioOf, expectedShares / ratioOf].some((shares) => Math.abs(shares - toldShares) < 1);
  return splitRatios.some(isRatio) ? "split" : "moved";
}

/**
 * Net liquidation that moved by more than the limit, as a share of what it was (0.2 is 20 %), since the last look, declared
 * deposits and withdrawals taken out. Undefined when it did not, or when there is nothing to compare with, or not in the
 * same currency.
 */
export function netLiquidationBreak(
  { equity, flows }: Pick<RiskRecord, "equity" | "flows">,
  now: EquityPoint,
  limit: number,
): NetLiquidationBreak | undefined {
  const before = equity.at(-1);
  const move = netLiquidationMove(before, flows, now);
  if (!before || move === undefined || move <= limit) return undefined;
  return { kind: "net-liquidation", expected: before.netLiquidation, told: now.netLiquidation };
}

/** What a person is told of an open break; `limit` is how much net liquidation may move. */
export function findingOf(open: OpenBreak, limit: number): Finding {
  const { foundAt, isNew } = open;
  if (open.kind === "net-liquidation") {
    const { expected, told } = open;
    return { kind: "net-liquidation-jumped", expected, told, limit, foundAt, isNew };
  }
  const { conId, symbol, expectedShares, toldShares } = open;
  const looksLike = lookOf(open);
  return {
    kind: "position-unexplained",
    symbol,
    conId,
    expectedShares,
    toldShares,
    looksLike,
    foundAt,
    isNew,
  };
}
