import type { BeforeSend, Brake, Broker, Clock, Progress } from "../ports.ts";
import type { BrakeFinding, Finding } from "../trading/finding.ts";
import type { OrderReport } from "../trading/order.ts";
import { ok, type Result } from "../trading/result.ts";
import type { ClearedOrders } from "../trading/risk/gate.ts";
import type { Bookkeeper } from "./bookkeeper.ts";

interface Desk {
  readonly broker: Broker;
  readonly books: Bookkeeper;
  readonly clock: Clock;
  readonly brake: Brake;
  readonly settleSeconds: number;
}

/** How often the settling loop looks. */
const lookEveryMs = 200;

export interface Worked {
  readonly orders: readonly OrderReport[];
  /** Held when the broker did not answer the last look: what it told before is then no picture of now. */
  readonly lastLook: Result<unknown>;
  /** Why the rest of the orders stayed, when somebody pulled the brake meanwhile. */
  readonly stopped: readonly Finding[];
}

/**
 * Sends what the gate cleared and collects fills until every order is done or the settle time has passed. The intents
 * are on record before a byte leaves; what became of them is booked as it is heard. What is unfinished then is asked for
 * once more: a fill whose message was lost looks like an order that still works, and so does a gateway that hangs (C14).
 * Orders that really work are left to the next run.
 */
export async function work(cleared: ClearedOrders, desk: Desk): Promise<Worked> {
  if (cleared.orders.length === 0) return { orders: [], lastLook: ok([]), stopped: [] };
  await desk.books.recordIntents(cleared);
  const placed = await desk.broker.place(cleared, lastWord(desk));
  let progress = desk.broker.progress();
  await desk.books.book(placed, progress.executions);

  const untilMs = desk.clock.monotonicMs() + desk.settleSeconds * 1000;
  while (
    progress.connected &&
    (await desk.brake.pulled())?.kind !== "interrupted" &&
    isUnfinished(latest(placed, progress), progress) &&
    desk.clock.monotonicMs() < untilMs
  ) {
    await desk.clock.sleep(Math.min(lookEveryMs, untilMs - desk.clock.monotonicMs()));
    const heardBefore = progress.executions.length;
    progress = desk.broker.progress();
    // On record as it is heard: a run that dies while it waits has lost nothing.
    if (progress.executions.length > heardBefore)
      await desk.books.book(latest(placed, progress), progress.executions);
  }
  const lastLook = isUnfinished(latest(placed, progress), progress) ? await desk.broker.executions() : ok([]);
  progress = desk.broker.progress();
  const orders = latest(placed, progress);
  await desk.books.book(orders, progress.executions);
  const pulled = await desk.brake.pulled();
  return { orders, lastLook, stopped: pulled ? [pulled] : [] };
}

/** Durable before its bytes leave, and only while nobody has pulled the brake. */
function lastWord({ brake, books, broker }: Desk): BeforeSend {
  return async ({ orderRef }) => {
    const pulled = await brake.pulled();
    if (pulled) return { code: 0, text: `Not sent: ${brakeText(pulled)}.` };
    await books.markSending(orderRef, broker.marketTime());
    return undefined;
  };
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
