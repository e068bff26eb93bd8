import { unreachable } from "../../trading/invariant.ts";
import type { BreakLook } from "../../trading/reconciliation.ts";
import { spokenTime } from "../../trading/session.ts";
import { moneyText, percentText, sharesText } from "../numbers.ts";
import type { FindingWords } from "./words.ts";

/** Where our books and the broker's do not agree. */
export const booksWords = {
  "position-unexplained": (finding, zone) => ({
    title: `${finding.symbol} is frozen: its position is not explained`,
    detail: `the broker tells ${sharesText(finding.toldShares)}, our books expect ${sharesText(
      finding.expectedShares,
    )} (contract ${finding.conId}), and no execution explains it; found ${spokenTime(finding.foundAt, zone)}. ${lookText(
      finding.looksLike,
    )}`,
    remedy: `Look at the broker's statement. If ${sharesText(finding.toldShares)} is right: trader accept ${finding.symbol}.`,
  }),
  "net-liquidation-jumped": (finding, zone) => ({
    title: "net liquidation has jumped",
    detail: `from ${moneyText(finding.expected)} to ${moneyText(finding.told)}, at most ${percentText(
      finding.limit,
    )} is allowed between two runs; found ${spokenTime(finding.foundAt, zone)}`,
    remedy:
      "Look at the broker's statement. A deposit or withdrawal: trader flow AMOUNT. Else, if it is right and no wrong price: trader accept net-liquidation. The limit is limits.max_nav_move.",
  }),
} satisfies Partial<FindingWords>;

function lookText(look: BreakLook): string {
  switch (look) {
    case "split":
      return "It looks like a split.";
    case "new-holding":
      return "Our books have never had it: a transfer, a spin-off or a trade by hand before midnight?";
    case "gone":
      return "It is gone: sold by hand, renamed, merged or delisted?";
    case "moved":
      return "A trade by hand, or one whose execution was told before midnight?";
    default:
      return unreachable(look);
  }
}
