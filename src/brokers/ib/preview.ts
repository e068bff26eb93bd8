import type { OrderState as IbOrderState } from "@stoqey/ib";
import type { MarginPreview } from "../../trading/margin.ts";
import { type Money, moneyFromNumber } from "../../trading/money.ts";
import type { PlannedOrder } from "../../trading/order.ts";
import { held, ok, type Result } from "../../trading/result.ts";
import { deadlineIn } from "./deadline.ts";
import type { Desk } from "./desk.ts";
import { type OrderIds, takeOrderId } from "./order-ids.ts";
import { hasMargins, type PreviewBook, type ToldMargins } from "./preview-book.ts";
import { contractOf } from "./wire-order.ts";
import { whatIfOrderOf } from "./wire-preview.ts";

export interface PreviewDesk extends Desk {
  readonly previews: PreviewBook;
}

/**
 * What-ifs, all of them at once: the gateway answers each with one openOrder that is none, and no status. Each has a number
 * of its own that no order gets later.
 */
export async function previewOrders(
  orders: readonly PlannedOrder[],
  baseCurrency: string,
  desk: PreviewDesk,
  ids: OrderIds,
): Promise<readonly Result<MarginPreview>[]> {
  const { connection, deadlineSeconds } = desk;
  const cutOff = await connection.linked("what-if", deadlineSeconds);
  if (cutOff) return orders.map(() => held(cutOff));
  return await Promise.all(orders.map((order) => previewOne(order, baseCurrency, desk, ids)));
}

async function previewOne(
  order: PlannedOrder,
  baseCurrency: string,
  desk: PreviewDesk,
  ids: OrderIds,
): Promise<Result<MarginPreview>> {
  const { connection, previews, deadlineSeconds } = desk;
  const cutsBefore = connection.linkCuts;
  const orderId = takeOrderId(desk.orders, ids);
  const wireOrder = whatIfOrderOf(order);
  previews.expect(orderId);
  await connection.send((api) => api.placeOrder(orderId, contractOf(order), wireOrder));
  await connection.until(() => previews.answerOf(orderId) !== undefined, deadlineIn(deadlineSeconds));

  const { symbol } = order.instrument;
  const { side, shares } = order;
  const answer = previews.answerOf(orderId);
  if (answer?.kind === "taken") {
    const { orderRef = "" } = wireOrder;
    return held({ kind: "preview-taken-for-order", symbol, orderRef, orderId, detail: answer.detail });
  }
  if (answer?.kind === "refused")
    return held({ kind: "preview-refused", symbol, side, shares, ...answer.message });
  if (answer?.kind === "told" && hasMargins(answer.state)) return ok(previewOf(answer.state, baseCurrency));
  if (connection.lost) return held(connection.lostDuring("what-if"));
  if (connection.linkCuts !== cutsBefore) return held(connection.cutDuring("what-if"));
  const why = previews.isEmpty(orderId) ? "no-margins" : "silence";
  return held({ kind: "preview-unanswered", symbol, side, shares, why, deadlineSeconds });
}

function previewOf(state: IbOrderState & ToldMargins, baseCurrency: string): MarginPreview {
  const inBase = (value: number): Money => moneyFromNumber(value, baseCurrency);
  return {
    before: {
      initialMargin: inBase(state.initMarginBefore),
      maintenanceMargin: inBase(state.maintMarginBefore),
      equityWithLoan: inBase(state.equityWithLoanBefore),
    },
    after: {
      initialMargin: inBase(state.initMarginAfter),
      maintenanceMargin: inBase(state.maintMarginAfter),
      equityWithLoan: inBase(state.equityWithLoanAfter),
    },
    commission: commissionOf(state),
    warning: state.warningText ?? "",
  };
}

/** One figure, or the least and the most of it: the broker tells the one or the other. */
function commissionOf(state: IbOrderState): MarginPreview["commission"] {
  const { commission, minCommission = commission, maxCommission = commission, commissionCurrency } = state;
  if (!commissionCurrency || minCommission === undefined || maxCommission === undefined) return undefined;
  return {
    least: moneyFromNumber(minCommission, commissionCurrency),
    most: moneyFromNumber(maxCommission, commissionCurrency),
  };
}
