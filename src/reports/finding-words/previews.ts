import type { PreviewSilence } from "../../trading/finding.ts";
import { unreachable } from "../../trading/invariant.ts";
import { durationText, sharesText } from "../numbers.ts";
import { adviceOn, type FindingWords } from "./words.ts";

/** What keeps the broker from saying what an order would do. */
export const previewsWords = {
  "preview-refused": (finding) => ({
    title: `the broker would not take the ${finding.symbol} order`,
    detail: `asked about ${finding.side} ${sharesText(finding.shares)} it said: ${finding.code} ${finding.text}`,
    remedy: `Nothing was sent for ${finding.symbol}. If margin is the reason, portfolio.initial_margin_rate is too low. ${adviceOn(finding)}`,
  }),
  "preview-unanswered": (finding) => ({
    title: `the broker did not say what the ${finding.symbol} order would take`,
    detail: `asked about ${finding.side} ${sharesText(finding.shares)}, ${silenceText(finding.why, finding.deadlineSeconds)}`,
    remedy:
      "portfolio.what_if_failed says what becomes of such an order. If it comes again, see that the gateway answers other questions, or set portfolio.what_if_max = 0.",
  }),
  "preview-taken-for-order": (finding) => ({
    title: `THE BROKER TOOK A QUESTION FOR AN ORDER in ${finding.symbol}`,
    detail: `number ${finding.orderId} (${finding.orderRef}): ${finding.detail}; its cancel was sent at once`,
    remedy:
      "Look at the broker whether it was filled. Set portfolio.what_if_max = 0 until it is clear why: a gateway that this version was not tested with?",
  }),
} satisfies Partial<FindingWords>;

function silenceText(why: PreviewSilence, deadlineSeconds: number): string {
  switch (why) {
    case "silence":
      return `it said nothing for ${durationText(deadlineSeconds)}`;
    case "no-margins":
      return `its answer had no margins in it, and none came within ${durationText(deadlineSeconds)}`;
    case "not-asked":
      return "or rather not asked: this world sends no questions that are made like orders";
    default:
      return unreachable(why);
  }
}
