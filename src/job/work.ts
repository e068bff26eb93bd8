import type { BeforeSend, Progress } from "../ports.ts";
import type { BrakeFinding, Finding } from "../trading/finding.ts";
import type { OrderReport, PlannedOrder } from "../trading/order.ts";
import { isIncrease } from "../trading/planner/is-increase.ts";
import { withNextLimits } from "../trading/planner/next-limits.ts";
import type { Plan } from "../trading/planner/plan.ts";
import { replaceRejected } from "../trading/planner/replace-rejected.ts";
import { findingsOf, ok, type Result, valueOf } from "../trading/result.ts";
import type { ClearedOrders } from "../trading/risk/gate.ts";
import type { Desk } from "./desk.ts";

interface Needs extends Pick<Desk, "broker" | "books" | "clock" | "brake" | "settleSeconds" | "unfilled"> {
  /** What the orders come from, and the gate that every change of them passes. */
  readonly plan: Plan;
  readonly clear: (plan: Plan) => Result<ClearedOrders>;
  /** References of orders among the cleared ones that work already and get new terms. */
  readonly changes: ReadonlySet<string>;
  /** Those of them that work for fewer shares afterwards. */
  readonly shrinking: ReadonlySet<string>;
  /** What the run's waves before this one came to. */
  readonly before: Worked;
}

/** How often the settling loop looks. */
const lookEveryMs = 200;

export interface Worked {
  /** Of this wave and those before it, as last heard. */
  readonly orders: readonly OrderReport[];
  /** Held when the broker did not answer the last look: what it told before is then no picture of now. */
  readonly lastLook: Result<unknown>;
  /** Why orders stayed, were not changed or may still work although they should not. */
  readonly stopped: readonly Finding[];
  /** References of orders whose end is what was asked for, filled or not. */
  readonly endedByUs: ReadonlySet<string>;
}

export const nothingSent: Worked = { orders: [], lastLook: ok([]), stopped: [], endedByUs: new Set() };

/**
 * Sends what the gate cleared and collects fills until every order is done or the settle time has passed. The intents
 * are on record before a byte leaves; what became of them is booked as it is heard. Orders that begin inside their collar go
 * towards it step by step; what is unfilled at the end is left to the next run, or cancelled where the owner says so.
 * What is unfinished then is asked for once more: a fill whose message was lost looks like an order that still works, and so
 * does a gateway that hangs (C14).
 */
export async function work(cleared: ClearedOrders, desk: Needs): Promise<Worked> {
  if (cleared.orders.length === 0) return desk.before;
  await desk.books.recordIntents(cleared.only(({ orderRef }) => !desk.changes.has(orderRef)));
  const { reports: first, findings: unsent } = await sendInTurn(cleared, desk);
  await desk.books.book(first, desk.broker.progress().executions);
  const again = await sendOtherwise(first, desk);
  const placed = [...first, ...(valueOf(again)?.reports ?? [])];

  const stopped: Finding[] = [...unsent, ...findingsOf(again), ...(await approach(placed, desk))];
  await settle(placed, desk.settleSeconds, desk);
  const isCancelled =
    desk.unfilled.afterSettle === "cancel" && (await desk.brake.pulled())?.kind !== "interrupted";
  const ended = isCancelled ? await cancelUnfilled(placed, desk) : ok([]);
  stopped.push(...findingsOf(ended));

  const sentUntilNow = [...desk.before.orders, ...placed];
  const isLeft = isUnfinished(latest(sentUntilNow, desk.broker.progress()), desk.broker.progress());
  const lastLook = isLeft ? await desk.broker.executions() : ok([]);
  const progress = desk.broker.progress();
  const orders = latest(sentUntilNow, progress);
  await desk.books.book(orders, progress.executions);
  const pulled = await desk.brake.pulled();
  if (pulled) stopped.push(pulled);
  const asked = ended.ok ? ended.value.map(({ orderRef }) => orderRef) : [];
  const atOnce = endingAtOnce([...cleared.orders, ...(valueOf(again)?.orders ?? [])]);
  const endedByUs = new Set([...desk.before.endedByUs, ...asked, ...atOnce]);
  return { orders, lastLook, stopped: [...desk.before.stopped, ...stopped], endedByUs };
}

/** The same as it is known now: a fill while another wave was planned is none of that wave's, and on record all the same. */
export async function heardSince(
  worked: Worked,
  { broker, books }: Pick<Desk, "broker" | "books">,
): Promise<Worked> {
  if (worked.orders.length === 0) return worked;
  const progress = broker.progress();
  const orders = latest(worked.orders, progress);
  await books.book(orders, progress.executions);
  return { ...worked, orders };
}

interface Sent {
  readonly reports: readonly OrderReport[];
  /** Why the rest stayed. */
  readonly findings: readonly Finding[];
}

/**
 * What leaves less at risk goes first, changes of working orders and new orders alike; what takes more follows once that is
 * known to have left. A run that breaks off in between has less at risk than it planned, never more.
 */
async function sendInTurn(cleared: ClearedOrders, desk: Needs): Promise<Sent> {
  const { plan, changes, shrinking } = desk;
  const increases = new Set(plan.trades.filter(isIncrease).map(({ order }) => order.orderRef));
  const takesMore = ({ orderRef }: PlannedOrder) => increases.has(orderRef) && !shrinking.has(orderRef);
  const isGrowing = (order: PlannedOrder) => changes.has(order.orderRef) && takesMore(order);
  // New orders are in this sequence already: only a change would overtake them.
  if (!cleared.orders.some(isGrowing)) return await sendPart(cleared, desk);
  const first = await sendPart(
    cleared.only((order) => !takesMore(order)),
    desk,
  );
  const haveLeft = first.reports.every(({ state }) => state.life !== "unknown" && !isNotSent(state));
  if (first.findings.length > 0 || !haveLeft) return first;
  const then = await sendPart(cleared.only(takesMore), desk);
  return { reports: [...first.reports, ...then.reports], findings: then.findings };
}

/** Changes, then new orders: one that nobody confirms may still trade anything, and nothing is sent beside it. */
async function sendPart(cleared: ClearedOrders, desk: Needs): Promise<Sent> {
  const changed = await change(
    cleared.only(({ orderRef }) => desk.changes.has(orderRef)),
    desk,
  );
  if (!changed.ok) return { reports: [], findings: changed.findings };
  const fresh = cleared.only(({ orderRef }) => !desk.changes.has(orderRef));
  const placed = fresh.orders.length > 0 ? await desk.broker.place(fresh, lastWord(desk)) : [];
  return { reports: [...changed.value, ...placed], findings: [] };
}

function isNotSent(state: OrderReport["state"]): boolean {
  return state.life === "done" && state.status === "not-sent";
}

/** New terms for orders that earlier runs left working. */
async function change(orders: ClearedOrders, desk: Needs): Promise<Result<readonly OrderReport[]>> {
  return orders.orders.length === 0 ? ok([]) : await desk.broker.modify(orders, lastWordOnChange(desk));
}

/** Rejected orders once more, otherwise, where their reason says how; never a third time. */
async function sendOtherwise(
  placed: readonly OrderReport[],
  desk: Needs,
): Promise<Result<{ readonly orders: readonly PlannedOrder[]; readonly reports: readonly OrderReport[] }>> {
  const { broker, books, brake, unfilled } = desk;
  const progress = broker.progress();
  const plan = unfilled.replacesRejected ? replaceRejected(desk.plan, latest(placed, progress)) : undefined;
  if (!plan || !progress.connected || (await brake.pulled())) return ok({ orders: [], reports: [] });
  const cleared = desk.clear(plan);
  if (!cleared.ok) return cleared;
  await books.recordIntents(cleared.value);
  const reports = await broker.place(cleared.value, lastWord(desk));
  await books.book(reports, broker.progress().executions);
  return ok({ orders: cleared.value.orders, reports });
}

/** Waits for fills, at most so long. Each is on record as it is heard: a run that dies while it waits has lost nothing. */
async function settle(placed: readonly OrderReport[], seconds: number, desk: Needs): Promise<void> {
  const { broker, books, brake, clock } = desk;
  const untilMs = clock.monotonicMs() + seconds * 1000;
  let progress = broker.progress();
  while (
    progress.connected &&
    (await brake.pulled())?.kind !== "interrupted" &&
    isUnfinished(latest(placed, progress), progress) &&
    clock.monotonicMs() < untilMs
  ) {
    await clock.sleep(Math.min(lookEveryMs, untilMs - clock.monotonicMs()));
    const heardBefore = progress.executions.length;
    progress = broker.progress();
    if (progress.executions.length > heardBefore)
      await books.book(latest(placed, progress), progress.executions);
  }
}

/**
 * Takes orders that are not filled to their next limit, again and again until they stand at their collar. Each step passes
 * the gate and the brake; why there is no next one, if so.
 */
async function approach(placed: readonly OrderReport[], desk: Needs): Promise<readonly Finding[]> {
  const { broker, books, brake, unfilled } = desk;
  let plan = desk.plan;
  for (;;) {
    const isAnyLeft = withNextLimits(plan, latest(placed, broker.progress())) !== undefined;
    if (isAnyLeft) await settle(placed, unfilled.repriceSeconds, desk);
    const progress = broker.progress();
    const next = withNextLimits(plan, latest(placed, progress));
    if (!next || !progress.connected || (await brake.pulled())) return [];
    const cleared = desk.clear(next);
    if (!cleared.ok) return cleared.findings;
    const changed = await broker.modify(cleared.value, lastWordOnChange(desk));
    const { executions } = broker.progress();
    await books.book(latest(placed, broker.progress()), executions);
    if (!changed.ok) return changed.findings;
    const changedOf = new Map(next.trades.map((trade) => [trade.order.orderRef, trade]));
    plan = { ...plan, trades: plan.trades.map((trade) => changedOf.get(trade.order.orderRef) ?? trade) };
  }
}

/** Withdraws what still works, of this run's orders. */
async function cancelUnfilled(
  placed: readonly OrderReport[],
  { broker, books }: Needs,
): Promise<Result<readonly OrderReport[]>> {
  const progress = broker.progress();
  const working = latest(placed, progress).filter(({ state }) => state.life === "working");
  if (!progress.connected || working.length === 0) return ok([]);
  const cancelled = await broker.cancel(working);
  if (cancelled.ok) await books.book(cancelled.value, broker.progress().executions);
  return cancelled;
}

/** Durable before its bytes leave, and only while nobody has pulled the brake. */
export function lastWord({ brake, books, broker }: Pick<Needs, "brake" | "books" | "broker">): BeforeSend {
  return async ({ orderRef }) => {
    const pulled = await brake.pulled();
    if (pulled) return { code: 0, text: `Not sent: ${brakeText(pulled)}.` };
    await books.markSending(orderRef, broker.marketTime());
    return undefined;
  };
}

function lastWordOnChange({ brake, books, broker }: Needs): BeforeSend {
  return async (order) => {
    const pulled = await brake.pulled();
    if (pulled) return { code: 0, text: `Not changed: ${brakeText(pulled)}.` };
    await books.markChanging(order, broker.marketTime());
    return undefined;
  };
}

/** Orders that the broker ends by itself when they find nobody at once. */
function endingAtOnce(orders: readonly PlannedOrder[]): readonly string[] {
  return orders.filter(({ timeInForce }) => timeInForce === "IOC").map(({ orderRef }) => orderRef);
}

function brakeText(pulled: BrakeFinding): string {
  return pulled.kind === "halted"
    ? `trading was halted (${pulled.why})`
    : `the run was told to stop (${pulled.signal})`;
}

function latest(placed: readonly OrderReport[], { orders }: Progress): readonly OrderReport[] {
  return placed.map((order) => orders.find((heard) => heard.orderRef === order.orderRef) ?? order);
}

/** Unknown orders are waited for as well: an answer may still come. The last fill's commission comes after its fill. */
function isUnfinished(orders: readonly OrderReport[], { executions }: Progress): boolean {
  const refs = new Set(orders.map((order) => order.orderRef));
  return (
    orders.some((order) => order.state.life !== "done") ||
    executions.some(({ orderRef, commission }) => refs.has(orderRef) && commission === undefined)
  );
}
