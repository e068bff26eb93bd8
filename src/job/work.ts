import type { Broker, Clock, Progress } from "../ports.ts";
import type { OrderReport } from "../trading/order.ts";
import type { ClearedOrders } from "../trading/risk/gate.ts";
import type { Bookkeeper } from "./bookkeeper.ts";

interface Desk {
  readonly broker: Broker;
  readonly books: Bookkeeper;
  readonly clock: Clock;
  readonly settleSeconds: number;
}

/** How often the settling loop looks. */
const lookEveryMs = 200;

/**
 * Sends what the gate cleared and collects fills until every order is done or the settle time has passed. The intents
 * are on record before a byte leaves; what became of them is booked as it is heard. Orders that still work are left to
 * the next run.
 */
export async function work(cleared: ClearedOrders, desk: Desk): Promise<readonly OrderReport[]> {
  if (cleared.orders.length === 0) return [];
  await desk.books.recordIntents(cleared);
  const placed = await desk.broker.place(cleared);
  await desk.books.book(placed, desk.broker.progress().executions);

  const untilMs = desk.clock.monotonicMs() + desk.settleSeconds * 1000;
  let progress = desk.broker.progress();
  while (mayStillFill(progress) && desk.clock.monotonicMs() < untilMs) {
    await desk.clock.sleep(Math.min(lookEveryMs, untilMs - desk.clock.monotonicMs()));
    const heardBefore = progress.executions.length;
    progress = desk.broker.progress();
    // On record as it is heard: a run that dies while it waits has lost nothing.
    if (progress.executions.length > heardBefore)
      await desk.books.book(latest(placed, progress), progress.executions);
  }
  const reports = latest(placed, progress);
  await desk.books.book(reports, progress.executions);
  return reports;
}

function latest(placed: readonly OrderReport[], { orders }: Progress): readonly OrderReport[] {
  return placed.map((order) => orders.find((heard) => heard.orderRef === order.orderRef) ?? order);
}

/** Unknown orders are waited for as well: an answer may still come. */
function mayStillFill({ connected, orders }: Progress): boolean {
  return connected && orders.some((order) => order.state.life !== "done");
}
