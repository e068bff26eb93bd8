import { stopPriceOf } from "../trading/execution-style.ts";
import { unreachable } from "../trading/invariant.ts";
import {
  type ProtectionDecision,
  type ProtectionDone,
  type ProtectionGap,
  remainingOf,
  type WithdrawReason,
} from "../trading/protection/protection-plan.ts";
import type { ProtectionTerms } from "../trading/protection/protection-policy.ts";
import { gapText } from "./finding-words/protection.ts";
import { percentText, priceOf, sharesText } from "./numbers.ts";
import type { Section } from "./outcome-report.ts";
import { plainText } from "./plain-text.ts";
import { nothing } from "./plan-table.ts";

/** What protects the positions, what this run did for it, and what is not protected. Nothing where nobody asked for it. */
export function protectionSection(protection: ProtectionDone | undefined): Section | undefined {
  if (!protection) return undefined;
  const { resting, decisions, gaps } = protection;
  const refs = new Set(decisions.map(refOf));
  const rows = [
    ...gaps.map(gapRow),
    ...decisions.map(decisionRow),
    ...resting
      .filter(({ report }) => !refs.has(report.orderRef))
      .map(({ report, protection: terms }) => [
        plainText(report.symbol),
        actionOf(report.side),
        sharesText(remainingOf(report)),
        priceCell(report.stopPrice),
        kindText(terms),
        "rests at the broker",
      ]),
  ];
  if (rows.length === 0) return undefined;
  return { kind: "table", title: "Protection", table: { columns, rows } };
}

const columns = [
  { title: "Instrument", align: "left" },
  { title: "Action", align: "left" },
  { title: "Shares", align: "right" },
  { title: "Stop", align: "right" },
  { title: "Kind", align: "left" },
  { title: "What", align: "left" },
] as const;

function gapRow({ symbol, shares, reason }: ProtectionGap): readonly string[] {
  const what = reason === "being-closed" ? gapText(reason) : `NOT PROTECTED: ${gapText(reason)}`;
  return [plainText(symbol), nothing, sharesText(shares), nothing, nothing, what];
}

function decisionRow(decision: ProtectionDecision): readonly string[] {
  switch (decision.kind) {
    case "new":
    case "replace": {
      const { instrument, side, shares, style, protection } = decision.order;
      const what =
        decision.kind === "new"
          ? "new"
          : `changed, was ${sharesText(decision.report.orderedShares)} at ${priceCell(decision.report.stopPrice)}`;
      return [
        plainText(instrument.symbol),
        actionOf(side),
        sharesText(shares - (decision.kind === "replace" ? decision.report.filledShares : 0)),
        priceCell(stopPriceOf(style)),
        kindText(protection),
        what,
      ];
    }
    case "keep":
    case "withdraw": {
      const { symbol, side, stopPrice } = decision.report;
      const what =
        decision.kind === "keep" ? "rests at the broker" : `withdrawn: ${withdrawText(decision.because)}`;
      const shares = sharesText(remainingOf(decision.report));
      return [plainText(symbol), actionOf(side), shares, priceCell(stopPrice), nothing, what];
    }
    default:
      return unreachable(decision);
  }
}

function refOf(decision: ProtectionDecision): string {
  return decision.kind === "new" ? decision.order.orderRef : decision.report.orderRef;
}

function withdrawText(because: WithdrawReason): string {
  switch (because) {
    case "nothing-to-protect":
      return "nothing is held on its side any more";
    case "not-wanted":
      return "no [[protect]] table asks for it";
    case "all-being-closed":
      return "orders of the run close the position";
    case "one-is-enough":
      return "another one protects it";
    case "change-unconfirmed":
      return "an earlier change of it was never confirmed; withdrawn to be sure";
    case "set-otherwise":
      return "its setting has changed, a new one takes its place";
    case "other-client":
      return "another client id placed it, a new one takes its place";
    case "not-on-record":
      return "our record does not know it, a new one takes its place";
    default:
      return unreachable(because);
  }
}

/** "stop, 10 % from average cost", "trailing stop, 7.5 %". */
function kindText(terms: ProtectionTerms | undefined): string {
  if (!terms) return "unknown";
  const { kind, distanceBps, reference, limitOffsetBps } = terms;
  const distance = percentText(distanceBps / 10_000);
  if (kind === "trailing-stop") return `trailing stop, ${distance}`;
  const limit = limitOffsetBps === undefined ? "" : `, limit ${percentText(limitOffsetBps / 10_000)} behind`;
  return `stop, ${distance} from ${reference === "price" ? "the price" : "average cost"}${limit}`;
}

function actionOf(side: "buy" | "sell"): string {
  return side === "buy" ? "Buy" : "Sell";
}

function priceCell(price: number | undefined): string {
  return price === undefined ? nothing : priceOf(price);
}
