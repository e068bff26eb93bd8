import { type Account, sharesIn } from "../trading/account.ts";
import type { Instrument } from "../trading/instrument.ts";
import type { OrderReport } from "../trading/order.ts";
import type { Plan, Trade, Untouched } from "../trading/planner/plan.ts";
import { standingOf } from "../trading/planner/standing-of.ts";
import {
  decideOrders,
  isUncertain,
  type LeftWorking,
  type OrderDecision,
  wantedIn,
} from "../trading/planner/working-orders.ts";
import { ok, type Result } from "../trading/result.ts";
import type { Bookkeeper } from "./bookkeeper.ts";
import { cancelAndBook } from "./clear-open-orders.ts";
import type { Desk } from "./desk.ts";
import type { Market } from "./read-market.ts";

export interface Matched {
  /** What is to be sent, new orders and new terms, and everything that is left as it is. */
  readonly plan: Plan;
  /** References of the orders in it that work already and get new terms. */
  readonly changes: ReadonlySet<string>;
  /** Those of them that work for fewer shares afterwards. */
  readonly shrinking: ReadonlySet<string>;
  /** Working orders that were withdrawn, with their confirmed end. */
  readonly ended: readonly OrderReport[];
}

type Needs = Pick<Desk, "broker" | "books" | "onOpenOrders">;

export const fillsMeanwhile = "plan-again";

/** What the plan was made of. */
interface PlannedFrom {
  readonly account: Account;
  readonly market: Market;
}

/**
 * Brings a plan together with the orders of earlier runs that still work. They are listed once more: when any of them has
 * filled or ended since the list before the positions were read, or while others were withdrawn, the plan knows nothing of
 * those shares, and the answer is to plan anew, never to guess. A fill may be told after the end of its order was confirmed
 * without it (O10): positions say so too, and are asked for once more.
 */
export async function matchWorking(
  plan: Plan,
  left: readonly OrderReport[],
  { account, market }: PlannedFrom,
  desk: Needs,
): Promise<Result<Matched | typeof fillsMeanwhile>> {
  if (left.length === 0) return ok({ plan, changes: new Set(), shrinking: new Set(), ended: [] });
  const listed = await desk.broker.openOrders();
  if (!listed.ok) return listed;
  const now = new Map(listed.value.map((report) => [report.orderRef, report]));
  if (left.some(({ orderRef }) => !now.has(orderRef))) return ok(fillsMeanwhile);

  const intents = await desk.books.intentsOf(left.map(({ orderRef }) => orderRef));
  const byConId = new Map(market.instruments.map((instrument) => [instrument.conId, instrument]));
  const working = left.map((before) =>
    leftWorking(before, now.get(before.orderRef) ?? before, intents, byConId),
  );
  const wanted = wantedIn(plan);
  const isUnforeseen = (each: LeftWorking) => isUncertain(each) && !wanted.atWork.has(each.report.orderRef);
  const decided = decideOrders(wanted, working, desk.onOpenOrders);
  if (decided.kind === "plan-again" || working.some(isUnforeseen)) return ok(fillsMeanwhile);

  const { decisions } = decided;
  const withdrawn = decisions.flatMap((each) => (each.kind === "cancel" ? [each.report] : []));
  const cancelled = await cancelAndBook(desk.broker, withdrawn, desk.books);
  if (!cancelled.ok) return cancelled;
  desk.books.noteWithdrawn(cancelled.value);
  const filledBefore = new Map(working.map(({ report, filledAtRead }) => [report.orderRef, filledAtRead]));
  const hasFilled = ({ orderRef, filledShares }: OrderReport) => filledShares !== filledBefore.get(orderRef);
  if (cancelled.value.some(hasFilled)) return ok(fillsMeanwhile);
  if (withdrawn.length > 0) {
    const told = await desk.broker.account();
    if (!told.ok) return told;
    const hasMoved = ({ conId }: OrderReport) =>
      sharesIn(told.value.positions, conId) !== sharesIn(account.positions, conId);
    if (withdrawn.some(hasMoved)) return ok(fillsMeanwhile);
  }
  return ok({ ...planned(plan, decisions), ended: cancelled.value });
}

function leftWorking(
  before: OrderReport,
  report: OrderReport,
  intents: Awaited<ReturnType<Bookkeeper["intentsOf"]>>,
  byConId: ReadonlyMap<number, Instrument>,
): LeftWorking {
  const recorded = intents.get(before.orderRef);
  const instrument = byConId.get(before.conId);
  const intent = recorded && instrument ? { ...recorded, instrument } : undefined;
  return { report, filledAtRead: before.filledShares, intent };
}

/** The plan as it is sent: what a working order stands for already is no order of this run. */
function planned(plan: Plan, decisions: readonly OrderDecision[]): Omit<Matched, "ended"> {
  const trades: Trade[] = [];
  const untouched: Untouched[] = [...plan.untouched];
  const changes = new Set<string>();
  const shrinking = new Set<string>();
  for (const trade of plan.trades) {
    const { conId, order } = trade;
    const isNew = decisions.some((each) => each.kind === "new" && each.order.orderRef === order.orderRef);
    const replaced = decisions.find(
      (each) => each.kind === "replace" && each.order.instrument.conId === conId,
    );
    if (isNew) trades.push(trade);
    else if (replaced?.kind === "replace") {
      changes.add(replaced.order.orderRef);
      const { orderedShares, filledShares, limitPrice } = replaced.report;
      if (replaced.order.shares < orderedShares) shrinking.add(replaced.order.orderRef);
      trades.push({ ...trade, order: replaced.order, changes: { orderedShares, filledShares, limitPrice } });
    } else untouched.push(leftAtWork(trade, decisions));
  }
  return { plan: { ...plan, trades, untouched }, changes, shrinking };
}

/** It stands where its order will bring it. */
function leftAtWork(trade: Trade, decisions: readonly OrderDecision[]): Untouched {
  const orderRefs = decisions.flatMap((each) =>
    each.kind === "keep" && each.report.conId === trade.conId ? [each.report.orderRef] : [],
  );
  const wantedShares = trade.order.shares;
  const reason = { kind: "order-at-work", wantedShares, isUncertain: false, orderRefs } as const;
  return { ...standingOf(trade), reason };
}
