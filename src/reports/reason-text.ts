import { unreachable } from "../trading/invariant.ts";
import type {
  Trade,
  TradeReason,
  Untouched,
  UntouchedReason,
  WorkingTerms,
} from "../trading/planner/plan.ts";
import { adjustmentText, cutText, modeText } from "./adjustment-text.ts";
import { checkTitle } from "./check-text.ts";
import { factorPair, moneyText, percentPair, percentText, priceOf, sharesText } from "./numbers.ts";
import { plainText } from "./plain-text.ts";

/**
 * Why an instrument is traded or left alone, in one line: for the order file, tables and mails.
 * "open: target 12.0 %, nothing held"; "within the no-trade band: 0.3 % off target, band 0.5 %".
 */
export function reasonText(line: Trade | Untouched): string {
  const why = "order" in line ? tradeText(line) : untouchedText(line);
  const changed = "changes" in line && line.changes ? [changeText(line.changes)] : [];
  return [why, ...changed, ...line.adjustments.map(adjustmentText)].join("; ");
}

/** The order's quantity is not what is traded now: a part of it may have been filled. */
function changeText({ orderedShares, filledShares, limitPrice }: WorkingTerms): string {
  const limit = limitPrice === undefined ? "" : ` at ${priceOf(limitPrice)}`;
  return `new terms for the order of ${sharesText(orderedShares)}${limit} that works, ${sharesText(filledShares)} of it filled`;
}

/** The reason without an instrument's numbers: what instruments that were left alone are gathered under. */
export function untouchedTitle(kind: UntouchedReason["kind"]): string {
  switch (kind) {
    case "on-target":
      return "on target";
    case "less-than-one-share":
      return "less than one share off target";
    case "within-band":
      return "within the no-trade band";
    case "below-minimum-value":
      return "below the minimum order value";
    case "not-in-any-forecast":
      return 'not in any forecast; left alone (unlisted = "report")';
    case "left-to-owner":
      return 'not in any forecast; its owner\'s business (unlisted = "leave")';
    case "below-minimum-shares":
      return "fewer shares than the minimum of an order";
    case "cooling-down":
      return "rests since its last trade";
    case "stop-filling":
      return "its protective order is being filled; nothing is traded against it";
    case "resting-after-stop":
      return "rests since its protective order filled";
    case "trade-saved":
      return "left out to save trades";
    case "no-room":
      return "no room for an order";
    case "mode":
      return "its mode does not allow it";
    case "market-closed":
      return "its market is closed now";
    case "frozen":
      return "frozen: what is held is not explained; trader accept settles it";
    case "check-failed":
      return "a check forbids it now";
    case "not-tradable":
      return "not a kind of instrument that this program trades";
    case "preview-refused":
      return "the broker would not take the order";
    case "preview-unanswered":
      return "the broker did not say what the order would take";
    case "side-is-full":
      return "the broker takes no further order for it";
    case "order-at-work":
      return "an order works on it already";
    case "next-wave":
      return "what takes risk away is sent first: this is the next wave's, or the next run's";
    case "tried-already":
      return "has had its order in this run; the next run decides about the rest";
    case "spread-too-wide":
      return "its spread is too wide now";
    case "near-session-edge":
      return "too near to the open or the close";
    default:
      return unreachable(kind);
  }
}

function tradeText(trade: Trade): string {
  const now = percentText(trade.currentWeight);
  const target = targetText(trade);
  const held = `${sharesText(trade.currentShares)} held`;
  const reason: TradeReason = trade.reason;
  switch (reason) {
    case "open":
      return `open: target ${target}, nothing held`;
    case "increase":
      return `increase: ${held}, ${now}, target ${target}`;
    case "reduce":
      return `reduce: ${held}, ${now}, target ${target}`;
    case "close":
      return `close: ${held}, ${now}, target 0 %`;
    case "close-unlisted":
      return `close: ${held}, ${now}, not in any forecast (unlisted = "close")`;
    case "close-by-mode":
      return `close: ${held}, ${now}, mode "close"`;
    case "reverse":
      return `reverse: ${held}, ${now}, target ${target}`;
    default:
      return unreachable(reason);
  }
}

/** A number of shares that has no price has no weight. */
function targetText({ targetWeight }: Trade | Untouched): string {
  return targetWeight === undefined ? "of unknown weight" : percentText(targetWeight);
}

function untouchedText(line: Untouched): string {
  const { reason, currentShares, currentWeight } = line;
  const title = untouchedTitle(reason.kind);
  switch (reason.kind) {
    case "on-target":
      return currentShares === 0 ? `${title}: nothing held, nothing wanted` : `${title}: ${targetText(line)}`;
    case "less-than-one-share":
      return `${title}: ${percentText(currentWeight)}, target ${targetText(line)}`;
    case "within-band": {
      const [off, band] = percentPair(Math.abs(reason.drift), reason.band);
      return `${title}: ${off} off target, band ${band}`;
    }
    case "below-minimum-value":
      return `${title}: ${moneyText(reason.value)} to trade, at least ${moneyText(reason.minimum)}`;
    case "below-minimum-shares":
      return `${title}: ${sharesText(reason.shares)} to trade, at least ${sharesText(reason.minimum)}`;
    case "cooling-down":
      return `${title}: ${reason.sessions} of ${reason.cooldownSessions} sessions are over`;
    case "resting-after-stop":
      return `${title}: ${reason.sessions} of ${reason.restSessions} sessions are over, nothing more of it is taken on`;
    case "trade-saved": {
      const [leftOut, max] = percentPair(reason.leftOut, reason.max);
      return `${title}: ${leftOut} left out in all, at most ${max}`;
    }
    case "no-room":
      return `${title}: ${sharesText(Math.abs(reason.wantedShares))} shares wanted, ${cutText(reason.by)}`;
    case "mode":
      return modeText(reason.mode);
    case "not-in-any-forecast":
    case "left-to-owner":
    case "market-closed":
    case "frozen":
    case "tried-already":
    case "stop-filling":
    case "preview-unanswered":
      return title;
    case "preview-refused":
      return `${title}: ${reason.code} ${plainText(reason.text)}`;
    case "next-wave":
      return `${title}; ${sharesText(reason.wantedShares)} shares are wanted`;
    case "check-failed":
      return `${title}: ${checkTitle(reason.check)}`;
    case "not-tradable":
      return `${title}: ${plainText(reason.securityType)}`;
    case "side-is-full":
      return `${title}: ${reason.atWork} orders to ${reason.side} of others work on it, at most ${reason.max}`;
    case "order-at-work":
      return reason.isUncertain
        ? `${title}: what it will still do is not known, nothing is sent beside it`
        : `${title}: ${sharesText(reason.wantedShares)} shares are wanted`;
    case "spread-too-wide": {
      const [spread, limit] = factorPair(reason.spreadBps, reason.limitBps);
      return `${title}: ${spread} bps, at most ${limit} bps`;
    }
    case "near-session-edge":
      return reason.edge === "open"
        ? `${title}: ${minutesText(reason.minutes)} after the open, at least ${reason.limitMinutes} min`
        : `${title}: ${minutesText(reason.minutes)} before the close, at least ${reason.limitMinutes} min`;
    default:
      return unreachable(reason);
  }
}

/** Cut, so that it never reads like the limit that it is short of. */
function minutesText(minutes: number): string {
  return `${Math.floor(minutes)} min`;
}
