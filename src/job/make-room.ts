import { type Account, sharesIn } from "../trading/account.ts";
import type { Finding } from "../trading/finding.ts";
import type { Instrument } from "../trading/instrument.ts";
import { type OrderReport, type PlannedOrder, roleOf } from "../trading/order.ts";
import { hasRoom, isInDoubt, makeRoom } from "../trading/protection/make-room.ts";
import type { TakenAway } from "../trading/protection/plan-protection.ts";
import { type ProtectionDecision, remainingOf } from "../trading/protection/protection-plan.ts";
import { closingSide } from "../trading/protection/stop-price.ts";
import { ok, type Result, valueOf, whenOk } from "../trading/result.ts";
import type { ClearedOrders } from "../trading/risk/gate.ts";
import type { Desk } from "./desk.ts";
import { carryOut, isProtective, lookAtProtection, type ProtectionLook } from "./protective-orders.ts";

/** What the orders of this run were decided from. */
export interface Decided {
  readonly account: Account | undefined;
  /** Everything that worked when the run began. */
  readonly openOrders: readonly OrderReport[];
  readonly instruments: readonly Instrument[];
  /** References of cleared orders that work already and get new terms. */
  readonly changes: ReadonlySet<string>;
  /** By earlier waves of the run. */
  readonly givenUp: GivenUp;
}

/** What protective orders have given up in this run for orders that close positions. */
export interface GivenUp {
  readonly decisions: readonly ProtectionDecision[];
  /** Where the stops stood that work no longer, by conId. */
  readonly takenAway: ReadonlyMap<number, TakenAway>;
}

export const nothingGivenUp: GivenUp = { decisions: [], takenAway: new Map() };

export interface Room {
  /** What may be sent now. */
  readonly orders: ClearedOrders;
  /** Why other orders stay. */
  readonly blocked: readonly Finding[];
  /** Until now, earlier waves of the run included. */
  readonly givenUp: GivenUp;
}

/**
 * Before orders that close a part of a position are sent, its protective orders give up as much, confirmed: at no moment may
 * both together trade more than is held. A stop that has nothing to protect any more, because the position was turned or
 * closed by other hands, is withdrawn before anything is sent beside it. Where they do not, or have traded since the positions
 * were read, the order stays, and so does everything that takes on more: the plan counted on what it brings.
 */
export async function roomFor(cleared: ClearedOrders, decided: Decided, desk: Desk): Promise<Room> {
  const beside = ordersBesideStops(cleared, decided);
  if (beside.length === 0) return { orders: cleared, blocked: [], givenUp: decided.givenUp };

  const { note } = desk.findings;
  const pulled = await desk.brake.pulled();
  // Nothing would follow: the stops stay as they are.
  if (pulled) return { orders: cleared.only(() => false), blocked: [pulled], givenUp: decided.givenUp };
  const before = note(await lookAtProtection(desk));
  const working = valueOf(before)?.others ?? [];
  const closing = beside.filter((order) => isClosing(order, decided));
  const misplaced = new Map(beside.map(({ instrument: { conId } }) => [conId, 0]));
  const shares = closingShares(closing, working.filter(isOurs), decided.changes);
  const withForeign = new Map([...misplaced, ...closingShares(closing, working, decided.changes)]);
  const { clientId } = desk.broker.identity;
  const decisions = before.ok ? makingRoom(withForeign, before.value, { ...decided, clientId }) : [];
  const all = [...decided.givenUp.decisions, ...decisions];
  const takenAway = note(await whenOk(before, (look) => giveWay(decisions, all, look, desk)));
  const after = decisions.length === 0 ? before : note(await whenOk(takenAway, () => lookAtProtection(desk)));

  const blocked = beside.filter(
    ({ instrument: { conId } }) =>
      !after.ok || !isRoomFor(shares.get(conId) ?? 0, conId, decided, after.value),
  );
  const orders =
    blocked.length === 0
      ? cleared
      : cleared.only((order) => !blocked.includes(order) && isClosing(order, decided));
  return {
    orders,
    blocked: blocked.map(({ orderRef, shares: size, instrument: { symbol } }) => {
      return { kind: "protection-in-the-way", orderRef, symbol, shares: size };
    }),
    givenUp: {
      decisions: all,
      takenAway: new Map([...decided.givenUp.takenAway, ...(valueOf(takenAway) ?? [])]),
    },
  };
}

/** What others work at makes stops smaller too; whether we sell beside it was never for it to say. */
function isOurs({ orderRef }: OrderReport): boolean {
  return roleOf(orderRef) !== undefined;
}

function isClosing({ instrument, side }: PlannedOrder, { account }: Decided): boolean {
  return closes({ conId: instrument.conId, side }, account);
}

/** Orders that take a part off a position beside which a protective order works, or that meet one with nothing to protect. */
function ordersBesideStops(cleared: ClearedOrders, decided: Decided): readonly PlannedOrder[] {
  const protecting = decided.openOrders.filter(isProtective);
  return cleared.orders.filter((order) => {
    const { conId } = order.instrument;
    const stops = protecting.filter((stop) => stop.conId === conId);
    return (
      stops.length > 0 && (isClosing(order, decided) || stops.some((stop) => !closes(stop, decided.account)))
    );
  });
}

/** Does an order of that side take something off the position? */
function closes({ conId, side }: Pick<OrderReport, "conId" | "side">, account: Account | undefined): boolean {
  const position = account?.positions.find((each) => each.conId === conId);
  return position !== undefined && position.shares !== 0 && side === closingSide(position);
}

/** What will be able to close each position beside its protection, by conId: these orders, and what works already. */
function closingShares(
  closing: readonly PlannedOrder[],
  working: readonly OrderReport[],
  changes: ReadonlySet<string>,
): ReadonlyMap<number, number> {
  const shares = new Map<number, number>();
  const add = (conId: number, more: number) => shares.set(conId, (shares.get(conId) ?? 0) + more);
  for (const { orderRef, shares: size, instrument } of closing) {
    const before = changes.has(orderRef) ? working.find((each) => each.orderRef === orderRef) : undefined;
    // Until the change is confirmed the order may work for the larger of its sizes.
    add(instrument.conId, Math.max(size - (before?.filledShares ?? 0), before ? remainingOf(before) : 0));
  }
  for (const order of working) {
    const beside = closing.filter(({ instrument }) => instrument.conId === order.conId);
    const isNamed = beside.some(({ orderRef }) => orderRef === order.orderRef);
    if (!isNamed && beside[0]?.side === order.side) add(order.conId, remainingOf(order));
  }
  return shares;
}

function makingRoom(
  shares: ReadonlyMap<number, number>,
  { account, protecting }: ProtectionLook,
  { instruments, clientId }: Decided & { readonly clientId: number },
): readonly ProtectionDecision[] {
  const known = new Map(instruments.map((instrument) => [instrument.conId, instrument]));
  return makeRoom(shares, account.positions, protecting, known, clientId).filter(
    ({ kind }) => kind !== "keep",
  );
}

/** Withdrawals first, then changes, once they are written down. Answers with the stops that it took away. */
async function giveWay(
  decisions: readonly ProtectionDecision[],
  allUntilNow: readonly ProtectionDecision[],
  look: ProtectionLook,
  desk: Desk,
): Promise<Result<ReadonlyMap<number, TakenAway>>> {
  if (decisions.length === 0) return ok(new Map());
  const file = await desk.orderFiles.writeProtection(desk.run, allUntilNow);
  if (!file.ok) return file;
  const takenAway = new Map<number, TakenAway>();
  for (const kind of ["withdraw", "replace"] as const) {
    const part = decisions.filter((each) => each.kind === kind);
    const carried = await carryOut(part, look, new Set(), desk);
    if (!carried.ok) return carried;
    for (const [conId, stop] of carried.value.takenAway) takenAway.set(conId, stop);
  }
  return ok(takenAway);
}

function isRoomFor(
  shares: number,
  conId: number,
  { account }: Decided,
  { account: now, protecting }: ProtectionLook,
): boolean {
  const stops = protecting.filter(({ report }) => report.conId === conId);
  const atWork = stops.map(({ report }) => report);
  // One that was to be withdrawn and is still listed may become as large as its last change.
  if (stops.some(isInDoubt) || atWork.some((stop) => !closes(stop, now))) return false;
  return hasRoom(
    shares,
    { planned: sharesIn(account?.positions ?? [], conId), now: sharesIn(now.positions, conId) },
    atWork,
  );
}
