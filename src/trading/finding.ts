import type { BrokerMessage } from "./broker-message.ts";
import type { Instant } from "./instant.ts";
import type { Money } from "./money.ts";
import type { GapReason } from "./protection/protection-plan.ts";
import type { MarketDataFeed } from "./quote.ts";
import type { BreakLook } from "./reconciliation.ts";
import type { Check } from "./risk/check.ts";
import type { Side } from "./side.ts";

/**
 * Every expected reason for which a run may not trade, or for which a person must look, with its data and no text.
 * Their words are in `reports/finding-words/`; a kind that has none stops the build in `reports/finding-text.ts`.
 */
export type Finding =
  // the data folder
  | { kind: "run-in-progress"; by: { pid: number; host: string; since: string } | undefined }
  // earlier runs
  | { kind: "run-died"; runId: string; startedAt: Instant; ordersInDoubt: number }
  | { kind: "runs-missed"; count: number; lastRunAt: Instant }
  // what a person has pulled
  | { kind: "halted"; why: string; by: string; since: string }
  | { kind: "interrupted"; signal: string }
  // the connection
  | { kind: "broker-unreachable"; host: string; port: number; reason: UnreachableReason; detail: string }
  | { kind: "client-id-in-use"; clientId: number }
  | { kind: "spare-client-id"; clientId: number; spareFor: number }
  | { kind: "account-not-managed"; account: string; managed: readonly string[] }
  | { kind: "live-account-refused"; account: string }
  | { kind: "api-read-only"; request: string }
  | { kind: "clock-skew"; skewSeconds: number; limitSeconds: number }
  | { kind: "request-unanswered"; request: string; deadlineSeconds: number }
  | ({ kind: "request-refused"; request: string } & BrokerMessage)
  | { kind: "connection-lost"; during: string; detail: string; reset?: GatewayReset }
  | { kind: "gateway-restarts"; dailyAt: string; zone: string; minutesBefore: number; minutesAfter: number }
  | { kind: "link-cut"; during: string; isBack: boolean }
  // working orders
  | {
      kind: "cancel-unconfirmed";
      orderRef: string;
      symbol: string;
      orderId: number;
      clientId: number;
      detail: string;
    }
  | {
      kind: "order-of-other-client";
      orderRef: string;
      symbol: string;
      orderId: number;
      clientId: number;
      detail: string;
    }
  // forecast files
  | { kind: "forecast-unreadable"; strategy: string; file: string; detail: string }
  | {
      kind: "forecast-not-trusted";
      strategy: string;
      file: string;
      /** File, folders and links on the way that others could change, each with the command that puts it right. */
      faults: readonly { path: string; ownerUid: number; mode: string; remedy: string }[];
    }
  | { kind: "forecast-malformed"; file: string; line: number; value: string; expected: string }
  | { kind: "forecast-truncated"; file: string; line: number; declaredRows: number; foundRows: number }
  | { kind: "forecast-stale"; file: string; line: number; ageMinutes: number; limitMinutes: number }
  | { kind: "forecast-from-future"; file: string; line: number; minutesAhead: number; limitMinutes: number }
  | { kind: "forecast-duplicate-symbol"; file: string; line: number; symbol: string; firstLine: number }
  | { kind: "forecast-gross-exceeded"; file: string; line: number; gross: number; limit: number }
  | { kind: "forecast-unknown-symbol"; file: string; line: number; symbol: string; detail: string }
  | {
      kind: "forecast-ambiguous-symbol";
      file: string;
      line: number;
      symbol: string;
      listings: readonly string[];
    }
  // account
  | { kind: "account-value-missing"; tag: string; value: string }
  | { kind: "account-currencies-disagree"; tag: string; currencies: readonly string[] }
  | {
      kind: "position-lists-disagree";
      symbol: string;
      conId: number;
      portfolioShares: number;
      positionShares: number;
    }
  | { kind: "exchange-rate-missing"; symbol: string; currency: string; baseCurrency: string }
  | { kind: "net-liquidation-not-positive"; netLiquidation: Money }
  | { kind: "holding-unknown"; symbol: string; conId: number; detail: string }
  | { kind: "margin-deficit"; excessLiquidity: Money }
  | ({ kind: "margin-called" } & BrokerMessage)
  // our books and the broker's do not agree; `isNew`: found for the first time by this run
  | {
      kind: "position-unexplained";
      symbol: string;
      conId: number;
      expectedShares: number;
      toldShares: number;
      looksLike: BreakLook;
      foundAt: Instant;
      isNew: boolean;
    }
  | {
      kind: "net-liquidation-jumped";
      expected: Money;
      told: Money;
      limit: number;
      foundAt: Instant;
      isNew: boolean;
    }
  // quotes
  | { kind: "data-farm-down"; farms: readonly string[]; symbols: readonly string[] }
  | ({ kind: "quote-refused"; symbol: string } & BrokerMessage)
  | { kind: "quote-unanswered"; symbol: string; deadlineSeconds: number }
  | { kind: "quote-not-live"; symbol: string; feed: MarketDataFeed }
  | {
      kind: "quote-side-missing";
      symbol: string;
      side: "bid" | "ask" | "mid" | "last" | "close";
      value: string;
    }
  | { kind: "quote-crossed"; symbol: string; bid: number; ask: number }
  | { kind: "feed-silent"; instruments: number; ageMinutes: number; limitMinutes: number }
  | { kind: "quote-stale"; symbol: string; ageSeconds: number; limitSeconds: number }
  | { kind: "holding-not-priced"; symbol: string }
  // a limit is set that this run cannot judge
  | { kind: "target-not-priced"; symbol: string }
  | { kind: "plan-input-missing"; input: PlanInputName; symbol: string | undefined }
  | { kind: "limit-price-impossible"; symbol: string; side: "buy" | "sell"; mid: number }
  // previews (what-if) of orders: none of them is an order
  | ({ kind: "preview-refused"; symbol: string; side: Side; shares: number } & BrokerMessage)
  | {
      kind: "preview-unanswered";
      symbol: string;
      side: Side;
      shares: number;
      why: PreviewSilence;
      deadlineSeconds: number;
    }
  // the one thing that must never happen: what should only be looked at is an order at the broker
  | { kind: "preview-taken-for-order"; symbol: string; orderRef: string; orderId: number; detail: string }
  // checks of the plan and of the account; `isNew`: the run before did not fail it
  | { kind: "check-failed"; check: Check; isNew: boolean }
  // a strategy that may be stopped cannot be valued: no price for these; `knownAt` undefined: it never could
  | {
      kind: "strategy-value-unknown";
      strategy: string;
      symbols: readonly string[];
      knownAt: Instant | undefined;
      isNew: boolean;
    }
  // protective orders
  | { kind: "protection-too-large"; orderRef: string; symbol: string; side: "buy" | "sell"; shares: number }
  /** `isNew`: the run before did not find it. */
  | { kind: "position-unprotected"; symbol: string; shares: number; reason: GapReason; isNew: boolean }
  /** A protective order has traded: it did what it is there for. */
  | {
      kind: "protection-filled";
      orderRef: string;
      symbol: string;
      side: "buy" | "sell";
      shares: number;
      averagePrice: number;
    }
  /** It worked, it does no more, and the broker does not tell why: if it filled, our books lack its shares. */
  | { kind: "protection-gone"; orderRef: string; symbol: string; side: "buy" | "sell"; shares: number }
  /** An order that closes a part of a position was not sent, because what protects it did not give way, or has just traded. */
  | { kind: "protection-in-the-way"; orderRef: string; symbol: string; shares: number }
  // files
  | { kind: "file-not-written"; file: string; detail: string }
  | { kind: "file-not-read"; file: string; detail: string }
  | { kind: "history-unusable"; file: string; trouble: HistoryTrouble; detail: string }
  // after the orders were sent: they hold nothing, a person must look
  | { kind: "order-unknown"; orderRef: string; symbol: string; orderId: number }
  | ({ kind: "order-rejected"; orderRef: string; symbol: string } & BrokerMessage)
  | ({ kind: "order-not-sent"; orderRef: string; symbol: string } & BrokerMessage);

/** Why nothing may be sent although nothing is wrong. */
export type BrakeFinding = Extract<Finding, { kind: "halted" | "interrupted" }>;

/** Does a person learn something by it? What was told before, or is their own doing, is shown and not mailed again. */
export function isNews(finding: Finding): boolean {
  return finding.kind === "halted" ? false : "isNew" in finding ? finding.isNew : true;
}

/** What a plan needs to know beside account, forecasts and quotes, once a setting asks for it. */
export type PlanInputName = "turnover-today" | "last-trades" | "average-volume";

/** Nothing came; an answer came whose margins are all unset (O44); this world sends no previews. */
export type PreviewSilence = "silence" | "no-margins" | "not-asked";

export type UnreachableReason = "refused" | "no-answer" | "closed" | "not-ready" | "protocol";

/**
 * What is wrong with the history: broken inside; another program's; without content; of a newer version; held by another
 * process; without a run whose order file is there; or the system does not let us at it.
 */
export type HistoryTrouble =
  | "damaged"
  | "not-ours"
  | "empty"
  | "newer"
  | "locked"
  | "behind"
  | "out-of-reach";

/** The gateway itself ended a connection that had been good (C02). */
export interface GatewayReset {
  readonly at: Instant;
  /** It lies in a window of the configured restarts. */
  readonly isExpected: boolean;
}
