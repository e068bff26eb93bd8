import { unreachable } from "../trading/invariant.ts";
import type { OrderReport } from "../trading/order.ts";
import { averagePriceOf, priceOf, sharesText } from "./numbers.ts";
import { plainText } from "./plain-text.ts";

/** "sell 200 MSFT": an order in speech. */
export function orderName({ side, orderedShares, symbol }: OrderReport): string {
  return `${side} ${sharesText(orderedShares)} ${plainText(symbol)}`;
}

/** "filled", "cancelled, 40 of 100 filled at 185.18", "UNKNOWN: not acknowledged": what became of an order so far. */
export function fateText(order: OrderReport): string {
  const { state, filledShares, orderedShares, averageFillPrice } = order;
  const at = averageFillPrice === undefined ? "" : ` at ${averagePriceOf(averageFillPrice)}`;
  const filled =
    filledShares > 0 ? `, ${sharesText(filledShares)} of ${sharesText(orderedShares)} filled${at}` : "";
  if (state.life === "unknown") return `UNKNOWN: not acknowledged${filled}`;
  if (state.life === "done" && state.status === "filled") return `filled${at}`;
  return `${statusText(order)}${filled}`;
}

/** A working order in the words of people, or why a done one is done. */
function statusText({ state, messages }: OrderReport): string {
  if (state.life === "unknown") return "unknown";
  switch (state.status) {
    case "pending-submit":
    case "pre-submitted":
    case "submitted":
      return "working";
    case "pending-cancel":
      return "working, cancel not confirmed";
    case "waiting-for-locate":
      return "working, waits for stock to borrow";
    case "filled":
      return "filled";
    case "cancelled": {
      const why = messages.findLast(({ code }) => code === 0)?.text.replace(/\.$/, "") ?? "";
      return /^(cancell?ed)?$/i.test(why) ? "cancelled" : `cancelled (${plainText(why)})`;
    }
    case "rejected": {
      const reason = messages.at(-1);
      return reason ? `REJECTED: ${reason.code} ${plainText(reason.text)}` : "REJECTED";
    }
    case "not-sent":
      return plainText(messages.at(-1)?.text ?? "not sent");
    case "void":
      return "void: it never reached the broker";
    default:
      return unreachable(state);
  }
}

/** " limit 185.18", or nothing for an order without a limit. */
export function limitText({ limitPrice }: OrderReport): string {
  return limitPrice === undefined ? "" : `, limit ${priceOf(limitPrice)}`;
}
