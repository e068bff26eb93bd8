import type { BrokerMessage } from "./broker-message.ts";
import { type Finding } from "./finding.ts";
import { type Instant, minutesBetween } from "./instant.ts";
import { isPrice, midOf } from "./price.ts";
import { held, ok, type Result } from "./result.ts";

export type MarketDataFeed = "live" | "frozen" | "delayed" | "delayed-frozen";

/** What the gateway answered for one instrument, as it came: −1, 0 and undefined are not yet judged. */
export interface QuoteReading {
  readonly conId: number;
  readonly symbol: string;
  readonly bid?: number;
  readonly ask?: number;
  readonly last?: number;
  /** Of the session before this one. */
  readonly close?: number;
  /** Has the exchange stopped trading in it? Undefined when the gateway did not say. */
  readonly isHalted?: boolean;
  /** When `last` was traded. Bids and asks carry no time on the wire, so their age counts from `receivedAt`. */
  readonly lastTradedAt?: Instant;
  readonly receivedAt: Instant;
  readonly feed: MarketDataFeed;
  /** Why the gateway gives no prices, when it said so (354, 10089, 10168, 10197, 101 …). */
  readonly refusal?: BrokerMessage;
}

/** A quote that may be traded on: both sides there, uncrossed, fresh, and of an allowed feed. */
export interface Quote {
  readonly conId: number;
  readonly bid: number;
  readonly ask: number;
  readonly mid: number;
  /** Undefined when the gateway told none: neither decides whether a quote is good. */
  readonly last?: number | undefined;
  /** Of the session before this one. */
  readonly close?: number | undefined;
  readonly receivedAt: Instant;
}

export interface QuotePolicy {
  readonly allowDelayedQuotes: boolean;
  readonly quoteMaxAgeSeconds: number;
  /** How long a live feed may show no trade in any of our instruments while their market is open. */
  readonly feedMaxSilenceMinutes: number;
}

/** Turns a reading into a quote, or says what is wrong with it. A price of −1, 0 or NaN is a finding, not a number (D01). */
export function judgeQuote(reading: QuoteReading, policy: QuotePolicy, now: Instant): Result<Quote> {
  const { symbol, bid, ask } = reading;
  if (reading.refusal) return held({ kind: "quote-refused", symbol, ...reading.refusal });
  const findings: Finding[] = [];
  const isAllowedFeed = reading.feed === "live" || (reading.feed === "delayed" && policy.allowDelayedQuotes);
  if (!isAllowedFeed) findings.push({ kind: "quote-not-live", symbol, feed: reading.feed });
  if (!isPrice(bid)) findings.push({ kind: "quote-side-missing", symbol, side: "bid", value: String(bid) });
  if (!isPrice(ask)) findings.push({ kind: "quote-side-missing", symbol, side: "ask", value: String(ask) });
  if (isPrice(bid) && isPrice(ask) && bid > ask) findings.push({ kind: "quote-crossed", symbol, bid, ask });
  const ageSeconds = (now - reading.receivedAt) / 1000;
  if (Math.abs(ageSeconds) > policy.quoteMaxAgeSeconds)
    findings.push({ kind: "quote-stale", symbol, ageSeconds, limitSeconds: policy.quoteMaxAgeSeconds });
  if (findings.length > 0 || !isPrice(bid) || !isPrice(ask)) return held(...findings);
  const { conId, last, close, receivedAt } = reading;
  return ok({ conId, bid, ask, mid: midOf(bid, ask), last, close, receivedAt });
}

/**
 * Is the feed alive? Bids and asks carry no time on the wire: a farm that froze an hour ago still shows them (C16, C17).
 * The last trades do carry theirs. One quiet stock proves nothing, so the newest trade of all decides; before the first
 * trade of the session its age counts from the open. Readings that tell no trade time are no evidence either way.
 */
export function judgeFeed(
  readings: readonly QuoteReading[],
  openAt: Instant,
  policy: QuotePolicy,
  now: Instant,
): Result<undefined> {
  const told = readings.filter((reading) => reading.feed === "live" && reading.lastTradedAt !== undefined);
  if (told.length === 0) return ok(undefined);
  const newest = Math.max(openAt, ...told.map((reading) => reading.lastTradedAt ?? openAt)) as Instant;
  const ageMinutes = minutesBetween(newest, now);
  if (ageMinutes <= policy.feedMaxSilenceMinutes) return ok(undefined);
  return held({
    kind: "feed-silent",
    instruments: told.length,
    ageMinutes,
    limitMinutes: policy.feedMaxSilenceMinutes,
  });
}
