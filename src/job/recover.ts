import type { Broker } from "../ports.ts";
import { sharesIn } from "../trading/account.ts";
import type { Execution } from "../trading/execution.ts";
import type { Finding } from "../trading/finding.ts";
import { minutesBetween } from "../trading/instant.ts";
import { type OrderReport, type OrderState, roleOf, type UnsettledOrder } from "../trading/order.ts";
import { all, held, ok, type Result } from "../trading/result.ts";
import type { Desk } from "./desk.ts";

export interface Recovered {
  /** Everything that works in our account now, whoever placed it. */
  readonly openOrders: readonly OrderReport[];
  /** Orders of earlier runs that have ended since, with how they ended. */
  readonly settled: readonly OrderReport[];
  /** Protective orders among them that worked, and of whose end the broker tells nothing. */
  readonly goneProtection: readonly OrderReport[];
  /** Order references that the broker knows of, beside those on our own record. */
  readonly orderRefs: ReadonlySet<string>;
}

type Needs = Pick<Desk, "broker" | "books" | "journal" | "session" | "voidAfterMinutes">;

/**
 * What earlier runs left behind: fills that nobody wrote down yet are booked, and orders that our record does not call
 * done get the end that the broker tells of them. Matched by order reference and permanent id, never by order id (C01).
 * An order that may have left and of which the broker knows nothing holds the run until it is proven void.
 */
export async function recover(desk: Needs): Promise<Result<Recovered>> {
  const unsettled = await desk.books.unsettledOrders();
  const first = await askBroker(desk, unsettled);
  if (!first.ok) return first;
  const { account } = desk.broker.identity;
  const book = async ({ open, executions }: Told) =>
    await desk.books.book(
      open.filter((order) => roleOf(order.orderRef)),
      executions,
    );
  await book(first.value);
  const vanished = unsettled.filter((order) => !knows(first.value.open, order));
  if (vanished.length === 0) return ok(recoveredFrom(first.value, []));

  const listed = await completedOrders(desk.broker);
  if (!listed.ok) return listed;
  const known = named({ ...first.value, completed: listed.value }, unsettled);
  const isWhole = (order: UnsettledOrder): boolean => hasEnded(order, known) && hasAllFills(order, known);
  if (vanished.every(isWhole)) return settle(vanished, known, desk);

  // Of some nobody knows the end, or not all fills. Young ones may still show up; else a list that came short comes whole when
  // it is asked for again (C10, O11, O12). Tomorrow no list tells of today's fills any more.
  const young = vanished.filter((order) => !hasEnded(order, known) && !isOldEnough(order, desk));
  if (young.length > 0) return held(...young.map(inDoubt));
  const second = await askBroker(desk, unsettled);
  if (!second.ok) return second;
  await book(second.value);
  const again = await completedOrders(desk.broker);
  if (!again.ok) return again;
  const told = together(known, named({ ...second.value, completed: again.value }, unsettled));
  const gone = vanished.filter((order) => !knows(told.open, order));
  const doubtful = gone.filter((order) => isInDoubt(order, told));
  const doubts = await doubtsAbout(doubtful, told, desk);
  if (!doubts.ok) return doubts;
  const { unproven, moved } = doubts.value;
  return unproven.length > 0 ? held(...unproven.map(inDoubt)) : settle(gone, { ...told, moved }, desk);

  async function settle(orders: readonly UnsettledOrder[], from: Told, { books, journal }: Needs) {
    const settled = orders.map((order) => endOf(order, from, account));
    await books.book(settled, from.executions);
    books.noteEnded(settled);
    for (const order of settled) journal.append({ kind: "order-settled", order });
    return ok(recoveredFrom(from, settled));
  }
}

/** What the broker has told of the account, until now. */
interface Told {
  readonly open: readonly OrderReport[];
  readonly executions: readonly Execution[];
  /** Undefined when the list was asked for and never ended (C11), or not asked for. */
  readonly completed: readonly OrderReport[] | undefined;
  /** References of orders without a told end whose shares have moved. */
  readonly moved?: ReadonlySet<string>;
}

/** Open orders and executions of our account, those that lost our reference under it again (O43). */
async function askBroker({ broker }: Needs, unsettled: readonly UnsettledOrder[]): Promise<Result<Told>> {
  const heard = all({ open: await broker.openOrders(), executions: await broker.executions() });
  if (!heard.ok) return heard;
  const { account } = broker.identity;
  const isOurs = (told: { readonly account: string }) => told.account === account;
  const executions = latest(heard.value.executions.filter(isOurs), ({ execId }) => execId);
  const told = { open: heard.value.open.filter(isOurs), executions };
  return ok(named({ ...told, completed: undefined }, unsettled));
}

function recoveredFrom(
  { open, executions, completed = [] }: Told,
  settled: readonly OrderReport[],
): Recovered {
  const orderRefs = new Set([...open, ...completed, ...executions].map((told) => told.orderRef));
  const isTold = ({ orderRef }: OrderReport): boolean =>
    completed.some((report) => report.orderRef === orderRef);
  const goneProtection = settled.filter(
    (order) => roleOf(order.orderRef) === "protect" && isCancelled(order.state) && !isTold(order),
  );
  return { openOrders: open, settled, goneProtection, orderRefs };
}

function isCancelled(state: OrderState): boolean {
  return state.life === "done" && state.status === "cancelled";
}

/** The broker's permanent id names an order of ours also where our reference was dropped. */
function named(told: Told, unsettled: readonly UnsettledOrder[]): Told {
  const withName = namedBy(unsettled);
  return {
    open: told.open.map(withName),
    executions: told.executions.map(withName),
    completed: told.completed?.map(withName),
  };
}

/** Gives what the broker tells of orders of ours the names back that were dropped on the way (O43). */
export function namedBy(
  unsettled: readonly UnsettledOrder[],
): <T extends { readonly orderRef: string; readonly permId: number }>(report: T) => T {
  const refs = new Map(
    unsettled.flatMap(({ permId, orderRef }) => (permId === 0 ? [] : [[permId, orderRef]])),
  );
  return (report) => {
    const orderRef = report.orderRef || refs.get(report.permId);
    return orderRef === undefined ? report : { ...report, orderRef };
  };
}

/** Both answers: what either of them tells is known. The later word on an order or execution counts. */
function together(first: Told, second: Told): Told {
  const isHeard = first.completed !== undefined && second.completed !== undefined;
  return {
    open: latest([...first.open, ...second.open], nameOfOrder),
    executions: latest([...first.executions, ...second.executions], ({ execId }) => execId),
    completed: isHeard ? latest([...first.completed, ...second.completed], nameOfOrder) : undefined,
  };
}

function nameOfOrder({ orderRef, permId, clientId, orderId }: OrderReport): string {
  return orderRef || `${permId} ${clientId} ${orderId}`;
}

/** The last word on each. */
function latest<T>(told: readonly T[], nameOf: (item: T) => string): readonly T[] {
  return [...new Map(told.map((item) => [nameOf(item), item])).values()];
}

/** Not waited for for ever: on some gateways this list never ends, in no run (C11). Undefined then. */
async function completedOrders(broker: Broker): Promise<Result<readonly OrderReport[] | undefined>> {
  const listed = await broker.completedOrders();
  const isSilent = !listed.ok && listed.findings.every(({ kind }) => kind === "request-unanswered");
  return isSilent ? ok(undefined) : listed;
}

function knows(reports: readonly { readonly orderRef: string }[], { orderRef }: UnsettledOrder): boolean {
  return reports.some((report) => report.orderRef === orderRef);
}

/** Its end is told, or its shares are all there, or nothing of it has ever left. */
function hasEnded(order: UnsettledOrder, told: Told): boolean {
  return (
    knows(told.completed ?? [], order) ||
    filledOf(order, told) >= order.orderedShares ||
    (order.life === "planned" && !knows(told.executions, order))
  );
}

/** No more of it is told as filled than its executions come to: what positions say may agree all the same, by another move. */
function hasAllFills(order: UnsettledOrder, told: Told): boolean {
  const report = told.completed?.find(({ orderRef }) => orderRef === order.orderRef);
  return (report?.filledShares ?? 0) <= filledOf(order, told);
}

/** It may have left, and the broker has never shown that it has it. */
function isInDoubt(order: UnsettledOrder, told: Told): boolean {
  const wasAnswered = order.life === "acknowledged" || order.life === "working" || order.permId !== 0;
  return !hasEnded(order, told) && !wasAnswered && !knows(told.executions, order);
}

function isOldEnough({ sentAt }: UnsettledOrder, { broker, voidAfterMinutes }: Needs): boolean {
  return minutesBetween(sentAt, broker.marketTime()) >= voidAfterMinutes;
}

/** What the positions and the clock say of orders of which the broker tells nothing. */
interface Doubts {
  /** May be at the broker all the same: they hold the run. */
  readonly unproven: readonly UnsettledOrder[];
  /** Their session is over, and their shares have moved: they did arrive, and a person must settle the break. */
  readonly moved: ReadonlySet<string>;
}

/**
 * Void is only what nobody knew of in two answers each, over a link that was never cut, under the id that placed it, and
 * whose shares have not moved. Once its session is over nothing of it can come any more, whatever lists are silent (C11):
 * a DAY order does not outlive it. A protective one does: what has moved its shares may be that order, still at work.
 */
async function doubtsAbout(
  doubtful: readonly UnsettledOrder[],
  { completed }: Told,
  { broker, books, session }: Needs,
): Promise<Result<Doubts>> {
  if (doubtful.length === 0) return ok({ unproven: [], moved: new Set() });
  const account = await broker.account();
  if (!account.ok) return account;
  const expected = await books.expectedPositions();
  const isHalfBlind = broker.progress().linkWasCut || broker.identity.spareFor !== undefined;
  const now = broker.marketTime();
  const hasMoved = ({ conId }: UnsettledOrder): boolean =>
    expected !== undefined && sharesIn(expected, conId) !== sharesIn(account.value.positions, conId);
  const isOver = ({ sentAt }: UnsettledOrder): boolean =>
    session !== undefined && (sentAt < session.openAt || now >= session.closeAt);
  return ok({
    unproven: doubtful.filter(
      (order) =>
        isHalfBlind ||
        (!isOver(order) && (hasMoved(order) || completed === undefined)) ||
        (roleOf(order.orderRef) === "protect" && hasMoved(order)),
    ),
    moved: new Set(doubtful.filter(hasMoved).map(({ orderRef }) => orderRef)),
  });
}

function inDoubt({ orderRef, symbol }: UnsettledOrder): Finding {
  return { kind: "order-unknown", orderRef, symbol, orderId: 0 };
}

function filledOf({ orderRef, filledShares }: UnsettledOrder, { executions }: Told): number {
  return Math.max(sharesOf(executions.filter((execution) => execution.orderRef === orderRef)), filledShares);
}

/**
 * The end of an order that is no longer open: as the broker's list of completed orders tells it, else by its executions;
 * one that never left, or that is proven not to have arrived, ends as such. What the broker once had and has neither open
 * nor completed any more has ended too: a DAY order does not outlive its session.
 */
function endOf(order: UnsettledOrder, told: Told, account: string): OrderReport {
  const report = told.completed?.find(({ orderRef }) => orderRef === order.orderRef);
  const filledShares = filledOf(order, told);
  const own = told.executions.filter(({ orderRef }) => orderRef === order.orderRef);
  const value = own.reduce((sum, execution) => sum + execution.shares * execution.price, 0);
  const averageFillPrice = own.length > 0 ? value / sharesOf(own) : undefined;
  // Completed orders come without their ids and prices, and their quantity may be told as 0.
  if (report)
    return {
      ...report,
      orderedShares: order.orderedShares,
      filledShares: Math.max(report.filledShares, filledShares),
      averageFillPrice: report.averageFillPrice ?? averageFillPrice,
    };
  const status = statusOf(order, told);
  return {
    orderRef: order.orderRef,
    clientId: own[0]?.clientId ?? 0,
    orderId: own[0]?.orderId ?? 0,
    permId: own[0]?.permId ?? order.permId,
    account,
    conId: order.conId,
    symbol: order.symbol,
    side: order.side,
    orderedShares: order.orderedShares,
    limitPrice: undefined,
    state: { life: "done", status },
    filledShares,
    averageFillPrice,
    messages: endWords[status],
  };
}

type EndStatus = (OrderState & { life: "done" })["status"];

function statusOf(order: UnsettledOrder, told: Told): EndStatus {
  if (filledOf(order, told) >= order.orderedShares) return "filled";
  if (order.life === "planned" && !knows(told.executions, order)) return "not-sent";
  return isInDoubt(order, told) && !told.moved?.has(order.orderRef) ? "void" : "cancelled";
}

const endWords: Readonly<Record<EndStatus, OrderReport["messages"]>> = {
  filled: [],
  rejected: [],
  cancelled: [{ code: 0, text: "The broker lists it neither as open nor as completed." }],
  "not-sent": [{ code: 0, text: "Not sent: the run that planned it ended before its turn came." }],
  void: [{ code: 0, text: "The broker has never heard of it, and nothing has traded." }],
};

function sharesOf(executions: readonly Execution[]): number {
  return executions.reduce((sum, execution) => sum + execution.shares, 0);
}
