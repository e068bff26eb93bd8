import type { OrderState } from "../../trading/order.ts";

const working = (status: (OrderState & { life: "working" })["status"]): OrderState => ({
  life: "working",
  status,
});
const done = (status: (OrderState & { life: "done" })["status"]): OrderState => ({ life: "done", status });

/** Every status that TWS knows, placed once. A done order can never trade again; `Inactive` is looked at closer. */
const stateByStatus: Readonly<Record<string, OrderState>> = {
  ApiPending: working("pending-submit"),
  PendingSubmit: working("pending-submit"),
  PreSubmitted: working("pre-submitted"),
  WarnState: working("pre-submitted"),
  Submitted: working("submitted"),
  PendingCancel: working("pending-cancel"),
  PreCancelled: working("pending-cancel"),
  Cancelled: done("cancelled"),
  ApiCancelled: done("cancelled"),
  Filled: done("filled"),
  Inactive: done("rejected"),
};

/**
 * The state that a TWS status stands for. A sale that waits for stock to borrow (`whyHeld` "locate") still works,
 * whether it is shown as PreSubmitted or as Inactive (O15, O16). A status that is not in the table is unknown.
 */
export function stateOf(status: string, whyHeld: string): OrderState {
  const state = stateByStatus[status] ?? { life: "unknown" };
  const waits = whyHeld.split(",").includes("locate");
  const canWait = status === "Inactive" || status === "PreSubmitted";
  return waits && canWait ? working("waiting-for-locate") : state;
}
