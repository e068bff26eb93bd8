import type { Broker, Journal } from "../ports.ts";
import type { Execution } from "../trading/execution.ts";
import type { Finding } from "../trading/finding.ts";
import { type Instant, minutesBetween } from "../trading/instant.ts";
import { type OrderReport, roleOf, type UnsettledOrder } from "../trading/order.ts";
import { all, held, ok, type Result } from "../trading/result.ts";
import type { Bookkeeper } from "./bookkeeper.ts";

export interface Recovered {
  /** Everything that works in our account now, whoever placed it. */
  readonly openOrders: readonly OrderReport[];
  /** Orders of earlier runs that have ended since, with how they ended. */
  readonly settled: readonly OrderReport[];
  /** Order references that the broker knows of, beside those on our own record. */
  readonly orderRefs: ReadonlySet<string>;
}

/**
 * What earlier runs left behind: fills that nobody wrote down yet are booked, and orders that our record does not call
 * done get the end that the broker tells of them. Matched by order reference, never by order id (C01).
 */
export async function recover(
  broker: Broker,
  books: Bookkeeper,
  journal: Journal,
): Promise<Result<Recovered>> {
  const heard = all({ open: await broker.openOrders(), executions: await broker.executions() });
  if (!heard.ok) return heard;
  const { account } = broker.identity;
  const open = heard.value.open.filter((order) => order.account === account);
  const executions = heard.value.executions.filter((execution) => execution.account === account);

  await books.book(
    open.filter((order) => roleOf(order.orderRef)),
    executions,
  );

  const working = new Set(open.map((order) => order.orderRef));
  const vanished = (await books.unsettledOrders()).filter((order) => !working.has(order.orderRef));
  const completed = vanished.length === 0 ? ok([]) : await completedOrders(broker);
  if (!completed.ok) return completed;
  const orderRefs = new Set([...open, ...completed.value, ...executions].map((told) => told.orderRef));
  const inTheAir = vanished.filter((order) => mayStillArrive(order, orderRefs, broker.marketTime()));
  if (inTheAir.length > 0) return held(...inTheAir.map(unknownOrder));

  const settled = vanished.map((order) => endOf(order, completed.value, executions, account));
  await books.book(settled, executions);
  for (const order of settled) journal.append({ kind: "order-settled", order });
  return ok({ openOrders: open, settled, orderRefs });
}

/**
 * Asked only when it is needed, and not waited for twice: on some gateways this list never ends, in no run (C11). What is
 * not open has ended all the same, and what it filled is among the executions.
 */
async function completedOrders(broker: Broker): Promise<Result<readonly OrderReport[]>> {
  const listed = await broker.completedOrders();
  const isSilent = !listed.ok && listed.findings.every(({ kind }) => kind === "request-unanswered");
  return isSilent ? ok([]) : listed;
}

function unknownOrder({ orderRef, symbol }: UnsettledOrder): Finding {
  return { kind: "order-unknown", orderRef, symbol, orderId: 0 };
}

/** How long an order that the broker tells nothing of may still be on its way (a cut link keeps and sends later). */
const onItsWayMinutes = 10;

/** Nobody knows it and it is young: sent again it could trade twice, so the run waits for the next one (O11, O12). */
function mayStillArrive(
  { orderRef, sentAt }: UnsettledOrder,
  orderRefs: ReadonlySet<string>,
  now: Instant,
): boolean {
  return !orderRefs.has(orderRef) && minutesBetween(sentAt, now) < onItsWayMinutes;
}

/**
 * The end of an order that is no longer open: as the broker's list of completed orders tells it, else by its
 * executions. One that the broker knows nothing of any more has ended too: a DAY order does not outlive its session,
 * and one that never arrived cannot trade.
 */
function endOf(
  order: UnsettledOrder,
  completed: readonly OrderReport[],
  executions: readonly Execution[],
  account: string,
): OrderReport {
  const told = completed.find((report) => report.orderRef === order.orderRef);
  const own = executions.filter((execution) => execution.orderRef === order.orderRef);
  const filledShares = Math.max(sharesOf(own), order.filledShares);
  // Completed orders come without their ids, and their quantity may be told as 0.
  if (told)
    return {
      ...told,
      orderedShares: order.orderedShares,
      filledShares: Math.max(told.filledShares, filledShares),
    };
  const filled = filledShares >= order.orderedShares;
  const value = own.reduce((sum, execution) => sum + execution.shares * execution.price, 0);
  return {
    orderRef: order.orderRef,
    clientId: own[0]?.clientId ?? 0,
    orderId: own[0]?.orderId ?? 0,
    permId: own[0]?.permId ?? order.permId,
    account,
    conId: own[0]?.conId ?? 0,
    symbol: order.symbol,
    side: order.side,
    orderedShares: order.orderedShares,
    limitPrice: undefined,
    state: { life: "done", status: filled ? "filled" : "cancelled" },
    filledShares,
    averageFillPrice: own.length > 0 ? value / sharesOf(own) : undefined,
    messages: filled ? [] : [{ code: 0, text: "The broker lists it neither as open nor as completed." }],
  };
}

function sharesOf(executions: readonly Execution[]): number {
  return executions.reduce((sum, execution) => sum + execution.shares, 0);
}
