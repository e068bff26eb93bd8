import { orderReportOf } from "../../brokers/simulated/told.ts";
import { venueOrderOf } from "../../brokers/simulated/venue-order.ts";
import type { BeforeSend, Broker } from "../../ports.ts";
import { clearedForSure } from "../../testing/cleared-for-sure.ts";
import { invariant } from "../../trading/invariant.ts";
import type { OrderReport, PlannedOrder } from "../../trading/order.ts";
import { ok, type Result } from "../../trading/result.ts";
import type { Holder } from "./gateway.ts";
import type { Trouble } from "./trouble.ts";

/** The connection over which an order is changed. */
interface Link {
  readonly inner: Broker;
  readonly holder: Holder;
  readonly deadlineSeconds: number;
  /** As everything is cancelled here: late, or unconfirmed. */
  readonly cancel: Broker["cancel"];
  readonly lose: (detail: string) => Promise<void>;
  readonly isLost: () => boolean;
}

/**
 * New terms for one working order, on a bad day: refused, never there, there and not answered, there much later or twice.
 * As the port promises, what is not changed for certain is cancelled; a cancel that fails names the order.
 */
export async function changeUnreliably(
  order: PlannedOrder,
  beforeSend: BeforeSend,
  link: Link,
): Promise<Result<OrderReport>> {
  const { inner, holder, lose, isLost } = link;
  const { trouble } = holder.gateway;
  if (trouble.strikes("connection lost while changing", order.orderRef)) await lose("closed by the gateway");
  const before = workingOf(order, link);
  if (isLost()) return await cancelOne(before, link);
  const fate = fateIn(trouble, order.orderRef);
  if (fate === "refused" || fate === "never" || fate === "later") {
    const isWorthIt = before.state.life !== "done" && before.filledShares < order.shares;
    const isSent = isWorthIt && (await leaves(order, beforeSend, link)) === undefined;
    if (isSent && fate === "later") sendLater(order, before, holder);
    if (isSent && fate !== "refused") await waitInVain(link);
    return await cancelOne(before, link);
  }

  const answered = await inner.modify(clearedForSure([order]), (asked) => leaves(asked, beforeSend, link));
  if (!answered.ok) return answered;
  if (trouble.strikes("crash between change and answer", order.orderRef)) await holder.die();
  if (fate === "twice") await inner.modify(clearedForSure([order]), async () => undefined);
  const now = workingOf(order, link);
  if (fate === "unheard") await waitInVain(link);
  return fate === "unheard" && now.state.life !== "done" ? await cancelOne(now, link) : ok(now);
}

/** On record, and then its bytes leave; the reason why they stay, if so. Until they are there the order trades on. */
async function leaves(order: PlannedOrder, beforeSend: BeforeSend, { holder }: Link): ReturnType<BeforeSend> {
  const whyNot = await beforeSend(order);
  if (whyNot) return whyNot;
  const { gateway, clock, die, onChange } = holder;
  const { trouble } = gateway;
  if (trouble.strikes("crash between record and change", order.orderRef)) return await die();
  onChange(order);
  if (trouble.strikes("change takes its time", order.orderRef))
    await clock.sleep(trouble.draws.between(500, 10_000));
  return undefined;
}

function sendLater(
  order: PlannedOrder,
  { permId, clientId, orderId }: OrderReport,
  { gateway }: Holder,
): void {
  const { truth, trouble } = gateway;
  truth.changeIn(trouble.draws.between(2000, latestChangeMs), permId, venueOrderOf(order, clientId, orderId));
}

/** Nobody answers until the deadline, or the connection ends with the answer in it. */
async function waitInVain({ holder, deadlineSeconds, lose }: Link): Promise<void> {
  if (holder.gateway.trouble.draws.chance(0.5)) await lose("cut while an order was being changed");
  else await holder.clock.sleep(deadlineSeconds * 1000);
}

async function cancelOne(report: OrderReport, { cancel }: Link): Promise<Result<OrderReport>> {
  if (report.state.life === "done") return ok(report);
  const cancelled = await cancel([report]);
  return cancelled.ok ? ok(cancelled.value[0] ?? report) : cancelled;
}

/** As the broker has it now. */
function workingOf({ orderRef, instrument }: PlannedOrder, { holder }: Link): OrderReport {
  const order = holder.gateway.truth.orderOf(orderRef);
  invariant(order, `order ${orderRef}, which is to be changed`);
  return orderReportOf(order, () => instrument.symbol);
}

/** Later than this no new terms arrive that were sent. */
const latestChangeMs = 8 * 60_000;

type Fate = "arrives" | "unheard" | "never" | "later" | "twice" | "refused";

function fateIn(trouble: Trouble, orderRef: string): Fate {
  if (trouble.strikes("change refused", orderRef)) return "refused";
  if (trouble.strikes("change unheard", orderRef)) return "unheard";
  if (trouble.strikes("change never arrives", orderRef)) return "never";
  if (trouble.strikes("change arrives later", orderRef)) return "later";
  return trouble.strikes("change arrives twice", orderRef) ? "twice" : "arrives";
}
