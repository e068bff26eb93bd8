import type { Broker } from "../ports.ts";
import type { Finding } from "../trading/finding.ts";
import { type OrderReport, roleOf } from "../trading/order.ts";
import { judgeRestart } from "../trading/restarts.ts";
import { held, ok, type Result } from "../trading/result.ts";
import type { Bookkeeper } from "./bookkeeper.ts";
import type { Desk } from "./desk.ts";

export interface Cleared {
  /** Our orders that were working, with their confirmed end: cancelled, or filled meanwhile. */
  readonly ended: readonly OrderReport[];
  /** Our orders that still work, for the plan to decide. */
  readonly left: readonly OrderReport[];
  /** Working orders of a person or another program: reported, never touched (O30). */
  readonly foreign: readonly OrderReport[];
  /** Everything at work that is not ours to decide now: those, and protective orders. */
  readonly staying: readonly OrderReport[];
}

type Needs = Pick<Desk, "broker" | "brokerage" | "connection" | "books" | "journal" | "onOpenOrders">;

/**
 * Cancels our rebalance orders that still work, so that the plan starts from positions alone, and books what they
 * filled. Only the client id that placed an order can cancel it: orders of ours under another id are cancelled over a
 * second connection with that id, or hold the run by name. Protective orders stay. Close to a restart of the gateway
 * nothing is sent any more, cancels neither (C02). Where the owner wants working orders changed or kept, those of this client
 * id are left to the plan.
 */
export async function clearOpenOrders(
  openOrders: readonly OrderReport[],
  desk: Needs,
): Promise<Result<Cleared>> {
  const calm = judgeRestart(desk.broker.marketTime(), desk.connection.restarts);
  if (!calm.ok) return calm;
  const foreign = openOrders.filter((order) => roleOf(order.orderRef) === undefined);
  for (const order of foreign) desk.journal.append({ kind: "foreign-order-left-alone", order });

  const ours = openOrders.filter((order) => roleOf(order.orderRef) === "rebalance");
  const { clientId: ownId } = desk.broker.identity;
  const left = desk.onOpenOrders === "cancel" ? [] : ours.filter(({ clientId }) => clientId === ownId);
  const ending = ours.filter((order) => !left.includes(order));
  const { ended, findings } = await cancelAsPlaced(ending, desk);
  desk.books.noteWithdrawn(ended);
  if (findings.length > 0) return held(...findings);
  const staying = openOrders.filter((order) => !ours.includes(order));
  return ok({ ended, left, foreign, staying });
}

/** Each under the client id that placed it; those that cannot be reached hold nothing else up. */
export async function cancelAsPlaced(
  orders: readonly OrderReport[],
  desk: Omit<Needs, "onOpenOrders">,
): Promise<{ readonly ended: readonly OrderReport[]; readonly findings: readonly Finding[] }> {
  const { clientId: ownId } = desk.broker.identity;
  const ended: OrderReport[] = [];
  const findings: Finding[] = [];
  for (const clientId of new Set(orders.map((order) => order.clientId))) {
    const theirs = orders.filter((order) => order.clientId === clientId);
    const cancelled =
      clientId === ownId
        ? await cancelAndBook(desk.broker, theirs, desk.books)
        : await cancelAs(clientId, theirs, desk);
    if (cancelled.ok) ended.push(...cancelled.value);
    else findings.push(...cancelled.findings);
  }
  return { ended, findings };
}

async function cancelAs(
  clientId: number,
  orders: readonly OrderReport[],
  desk: Omit<Needs, "onOpenOrders">,
): Promise<Result<readonly OrderReport[]>> {
  const outOfReach = (detail: string): Result<never> =>
    held(
      ...orders.map(({ orderRef, symbol, orderId }) => {
        return { kind: "order-of-other-client", orderRef, symbol, orderId, clientId, detail } as const;
      }),
    );
  // A run under a spare id only watches while the usual one has working orders.
  if (clientId === desk.broker.identity.spareFor) return outOfReach("the gateway says that the id is in use");
  const connected = await desk.brokerage.connect({ ...desk.connection, clientId, spareClientIds: [] });
  if (!connected.ok) return outOfReach(connected.findings.map((finding) => finding.kind).join(", "));
  await using second = connected.value;
  const cancelled = await cancelAndBook(second, orders, desk.books);
  if (!cancelled.ok) return cancelled;
  // What they filled was told to this connection alone: only it can tell when the positions show it (A06).
  const shown = await second.account();
  return shown.ok ? cancelled : shown;
}

/** What they filled is on record, also when a cancel is not confirmed. */
export async function cancelAndBook(
  broker: Broker,
  orders: readonly OrderReport[],
  books: Bookkeeper,
): Promise<Result<readonly OrderReport[]>> {
  const cancelled = await broker.cancel(orders);
  const { orders: heard, executions } = broker.progress();
  await books.book(heard, executions);
  if (!cancelled.ok) return cancelled;
  // One whose name the broker has dropped ends under the name by which we know it (O43).
  const ended = cancelled.value.map((order, index) => {
    return order.orderRef === "" ? { ...order, orderRef: orders[index]?.orderRef ?? "" } : order;
  });
  await books.book(ended, executions);
  return ok(ended);
}
