import { unreachable } from "../../trading/invariant.ts";
import type { GapReason } from "../../trading/protection/protection-plan.ts";
import { averagePriceOf, sharesText } from "../numbers.ts";
import type { FindingWords } from "./words.ts";

/** What became of protective orders, and of positions that should have them. */
export const protectionWords = {
  "protection-too-large": (finding) => ({
    title: `a protective order of ${finding.symbol} would close more than is held`,
    detail: `${finding.side} ${sharesText(finding.shares)} (${finding.orderRef}) was not sent`,
    remedy:
      "This is a mistake of the program: keep the log, and protect the position by hand until it is mended.",
  }),
  "position-unprotected": (finding) => ({
    title: `${finding.symbol} is not protected`,
    detail: `${sharesText(finding.shares)} shares: ${gapText(finding.reason)}`,
    remedy: gapRemedy(finding.reason),
  }),
  "protection-filled": (finding) => ({
    title: `protection filled: ${finding.symbol}`,
    detail: `its stop was reached: ${finding.side === "sell" ? "sold" : "bought back"} ${sharesText(finding.shares)} at ${averagePriceOf(finding.averagePrice)} on average (${finding.orderRef})`,
    remedy:
      "It did what it is there for. Nothing more of the instrument is taken on for the rest_sessions of its [[protect]] table.",
  }),
  "protection-gone": (finding) => ({
    title: `a protective order of ${finding.symbol} is gone`,
    detail: `${finding.side} ${sharesText(finding.shares)} (${finding.orderRef}) worked, and the broker lists it neither as open nor as ended`,
    remedy:
      "If it filled on an earlier day, the position is not what our books expect: look at the broker's trades and settle it with `trader accept`. Else it was cancelled at the broker, and a new one takes its place.",
  }),
  "protection-in-the-way": (finding) => ({
    title: `an order of ${finding.symbol} was not sent`,
    detail: `its protective order did not give way, or has just traded: ${finding.orderRef} over ${sharesText(finding.shares)} shares, and nothing that takes on more was sent either`,
    remedy: "The next run plans anew from the positions.",
  }),
} satisfies Partial<FindingWords>;

/** Why a position is less protected than its owner asked for. */
export function gapText(reason: GapReason): string {
  switch (reason) {
    case "frozen":
      return "what is held is not explained, so its protective orders become smaller at most";
    case "beyond-market":
      return "the market is beyond the stop already, which would trade at once";
    case "no-price":
      return "no price is known by which its stop could be set";
    case "contract-unknown":
      return "the broker does not know its contract";
    case "foreign-order":
      return "an order of a person or another program works on the same side";
    case "being-closed":
      return "orders that work close them already";
    case "not-tradable":
      return "it is not a kind of instrument that this program protects";
    case "brake":
      return "nothing is sent while trading is halted, or once the run was told to stop";
    case "not-accepted":
      return "the protective order that was sent does not work";
    case "account-held":
      return "the run is held for what the account says of itself, so nothing is added";
    case "not-put-back":
      return "its protective order gave way to an order of this run and could not be put back";
    default:
      return unreachable(reason);
  }
}

function gapRemedy(reason: GapReason): string {
  switch (reason) {
    case "frozen":
      return "`trader accept` settles what is held.";
    case "beyond-market":
      return "Decide by hand: close the position, or give its [[protect]] table a larger distance_bps.";
    case "no-price":
      return "The next run asks again. Protect it by hand until then.";
    case "contract-unknown":
      return "Look the contract up at the broker: it may have been renamed or delisted. Protect it by hand.";
    case "foreign-order":
      return 'Together with a stop of ours it could close more than is held. Cancel it, or write kind = "none" for the symbol.';
    case "not-accepted":
      return "Look at what else this run found of it. The next run tries again.";
    case "not-tradable":
      return "Protect it by hand.";
    case "account-held":
    case "not-put-back":
      return "Look at what else this run found. The next run that may brings it in step; protect it by hand until then.";
    case "being-closed":
    case "brake":
      return "Nothing, if that is meant.";
    default:
      return unreachable(reason);
  }
}
