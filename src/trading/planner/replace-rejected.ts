import { anotherAttempt, type OrderReport, type PlannedOrder } from "../order.ts";
import { coarserPrice } from "../price.ts";
import { changedPlan } from "./next-limits.ts";
import type { Plan } from "./plan.ts";

/** The algorithm, or what it is told, is not taken for this contract (439 … 443). */
const algorithmRefused: ReadonlySet<number> = new Set([439, 440, 441, 442, 443]);

/** The price does not conform to the step (O03, O05). */
const offStep = 110;

/**
 * The plan of new orders for those that the broker refused for a reason that says what to do otherwise: a price between steps
 * goes to the next coarser step, on the safe side of its limit (O05), and an order whose algorithm is not taken becomes a
 * plain limit order at the same limit (O41). Every other reason would come again. Undefined when there is none.
 */
export function replaceRejected(plan: Plan, reports: readonly OrderReport[]): Plan | undefined {
  return changedPlan(plan, reports, replacementOf);
}

function replacementOf(
  order: PlannedOrder,
  { state, filledShares, messages }: OrderReport,
): PlannedOrder | undefined {
  if (state.life !== "done" || state.status !== "rejected" || filledShares > 0) return undefined;
  const codes = messages.map(({ code }) => code);
  const again = { ...order, orderRef: anotherAttempt(order.orderRef), approach: [] };
  if (codes.some((code) => algorithmRefused.has(code))) return { ...again, style: { kind: "limit" } };
  if (!codes.includes(offStep)) return undefined;
  const limitPrice = coarserPrice(order.limitPrice, order.side, order.instrument.priceSteps);
  return limitPrice === undefined ? undefined : { ...again, limitPrice };
}
