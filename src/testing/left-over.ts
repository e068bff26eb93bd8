import type { Venue } from "../simulation/venue.ts";
import { deskAccount } from "./cron-desk.ts";

/** An order that a test has put there: no run has an intent or a file of it. */
export const leftOverRef = "trader.reb.2022031413.GE.B9.9.0000";

/** An order of ours that an earlier run left working, far from the market: nothing but a cancel ends it. */
export function leaveOrder(
  venue: Venue,
  { clientId, orderId }: { readonly clientId: number; readonly orderId: number },
): void {
  venue.place({
    account: deskAccount,
    clientId,
    orderId,
    orderRef: leftOverRef,
    conId: venue.contracts().find(({ symbol }) => symbol === "GE")?.conId ?? 0,
    side: "buy",
    shares: 9,
    orderType: "LMT",
    limitPrice: 20,
    timeInForce: "DAY",
    algoStrategy: "Adaptive",
    algoParams: [{ tag: "adaptivePriority", value: "Normal" }],
  });
}
