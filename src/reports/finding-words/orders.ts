import { adviceText } from "../advice-text.ts";
import { adviceOn, because, type FindingWords } from "./words.ts";

const nextRunPlans = "The next run plans anew from the positions.";

/** What became of orders: those found at work, and those sent. */
export const ordersWords = {
  "cancel-unconfirmed": (finding) => ({
    title: `the cancel of the ${finding.symbol} order was not confirmed`,
    detail: `order ${finding.orderId} of client ${finding.clientId} (${finding.orderRef})${because(finding.detail)}`,
    remedy:
      "The order may still trade, so nothing new was sent. Cancel it by hand if it stays; the next run asks for it again.",
  }),
  "order-of-other-client": (finding) => ({
    title: `our ${finding.symbol} order works under client id ${finding.clientId}`,
    detail: `order ${finding.orderId} (${finding.orderRef}) could not be cancelled with that id${because(finding.detail)}`,
    remedy: `Cancel it by hand, or free client id ${finding.clientId}: only the id that placed an order can cancel it.`,
  }),
  "order-unknown": (finding) => ({
    title: `nobody knows whether the ${finding.symbol} order was accepted`,
    detail: `${finding.orderRef} was not acknowledged`,
    remedy:
      "Look for it at the broker; do not enter it again. The next run looks it up by its reference before it sends anything.",
  }),
  "order-rejected": (finding) => ({
    title: `the ${finding.symbol} order was rejected`,
    detail: `${finding.code === 0 ? "" : `${finding.code} `}${finding.text} (${finding.orderRef})`,
    remedy: adviceOn(finding),
  }),
  "order-not-sent": (finding) => ({
    title: `the ${finding.symbol} order was not sent`,
    detail: `${finding.code === 0 ? "" : `${finding.code} `}${finding.text} (${finding.orderRef})`,
    remedy: `Nothing of it has reached the broker. ${finding.advice === undefined ? nextRunPlans : adviceText(finding.advice)}`,
  }),
} satisfies Partial<FindingWords>;
