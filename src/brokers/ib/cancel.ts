import type { Finding } from "../../trading/finding.ts";
import type { OrderReport } from "../../trading/order.ts";
import { held, okUnless, type Result } from "../../trading/result.ts";
import { deadlineIn } from "./deadline.ts";
import type { Desk } from "./desk.ts";
import { readExecutions } from "./executions.ts";
import { readOpenOrders } from "./orders.ts";

/**
 * Cancels orders of this client id and confirms each: by a status or by 202, else by looking whether it is still
 * listed. What was filled meanwhile is learnt from executions, and the positions known before are what the next reading
 * of the account is measured against (O08, O09, O10, O11).
 */
export async function cancelOrders(
  reports: readonly OrderReport[],
  desk: Desk,
): Promise<Result<readonly OrderReport[]>> {
  const { connection, orders } = desk;
  const foreign = reports.filter((report) => report.clientId !== connection.clientId);
  if (foreign.length > 0) return held(...foreign.map(ofOtherClient));
  if (reports.length === 0) return { ok: true, value: [] };

  const cutOff = await connection.linked("cancel", desk.deadlineSeconds);
  if (cutOff) return held(cutOff, ...namesOf(reports, desk));
  await desk.accountBook.positionsKnown();
  for (const report of reports) {
    orders.track(report);
    await connection.send((api) => api.cancelOrder(report.orderId));
  }
  const isAnswered = (report: OrderReport): boolean => orders.isCancelAnswered(report);
  await connection.until(() => reports.every(isAnswered), deadlineIn(desk.deadlineSeconds));
  if (connection.lost) return held(...reports.map((report) => unconfirmed(report, desk)));

  const doubtful = reports.filter((report) => nowOf(report, desk).state.life !== "done");
  if (doubtful.length > 0 || reports.some((report) => orders.lacksExecutions(report))) {
    const executions = await readExecutions(desk);
    if (!executions.ok) return held(...executions.findings, ...namesOf(doubtful, desk));
  }
  if (doubtful.some((report) => nowOf(report, desk).state.life !== "done")) {
    const open = await readOpenOrders(desk);
    if (!open.ok) return held(...open.findings, ...namesOf(doubtful, desk));
    const isListed = (report: OrderReport): boolean =>
      open.value.some((order) => order.permId === report.permId);
    for (const report of doubtful) if (!isListed(report)) orders.closeAsGone(report);
  }
  const ended = reports.map((report) => nowOf(report, desk));
  return okUnless(namesOf(ended, desk), () => ended);
}

/** Those that may still work, by name: whatever else went wrong, a person must know which. */
function namesOf(reports: readonly OrderReport[], desk: Desk): readonly Finding[] {
  return reports
    .map((report) => nowOf(report, desk))
    .filter((report) => report.state.life !== "done")
    .map((report) => unconfirmed(report, desk));
}

function nowOf(report: OrderReport, { orders }: Desk): OrderReport {
  return orders.reportFor(report) ?? report;
}

function unconfirmed(report: OrderReport, { connection, deadlineSeconds }: Desk): Finding {
  const { orderRef, symbol, orderId, clientId } = report;
  const detail = connection.lost?.detail ?? `no end told within ${deadlineSeconds} s`;
  return { kind: "cancel-unconfirmed", orderRef, symbol, orderId, clientId, detail };
}

export function ofOtherClient({ orderRef, symbol, orderId, clientId }: OrderReport): Finding {
  const detail = "only the client id that placed an order can cancel it";
  return { kind: "order-of-other-client", orderRef, symbol, orderId, clientId, detail };
}
