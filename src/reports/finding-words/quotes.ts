import { unreachable } from "../../trading/invariant.ts";
import type { MarketDataFeed } from "../../trading/quote.ts";
import { adviceText } from "../advice-text.ts";
import { durationText, priceOf } from "../numbers.ts";
import { counted, listed } from "../plain-text.ts";
import { adviceOn, type FindingWords } from "./words.ts";

/** Prices. */
export const quotesWords = {
  "data-farm-down": (finding) => ({
    title: "the broker's data server is down",
    detail: `${listed(finding.farms, 8)}; without data: ${listed(finding.symbols, 10)}`,
    remedy: adviceText("farm-down"),
  }),
  "quote-refused": (finding) => ({
    title: `no quote for ${finding.symbol}`,
    detail: `the gateway refused it: ${finding.code} ${finding.text}`,
    remedy: adviceOn(finding),
  }),
  "quote-unanswered": (finding) => ({
    title: `no quote for ${finding.symbol}`,
    detail: `nothing came within ${durationText(finding.deadlineSeconds)}`,
    remedy: "See whether the gateway's market data connection is up. The next run asks again.",
  }),
  "quote-not-live": (finding) => ({
    title: `the quote for ${finding.symbol} is ${feedText(finding.feed)}`,
    detail: "only live quotes are traded on",
    remedy:
      "Subscribe to the exchange's market data for API use. On a paper account execution.allow_delayed_quotes = true may do.",
  }),
  "quote-side-missing": (finding) => ({
    title: `the quote for ${finding.symbol} has no ${finding.side}`,
    detail: `the gateway gave "${finding.value}"`,
    remedy: "The instrument may be halted or hardly traded. The next run asks again.",
  }),
  "quote-crossed": (finding) => ({
    title: `the quote for ${finding.symbol} is crossed`,
    detail: `bid ${priceOf(finding.bid)} is above ask ${priceOf(finding.ask)}`,
    remedy: "The two sides are not of one moment, or the feed is wrong. The next run asks again.",
  }),
  "feed-silent": (finding) => ({
    title: "the price feed is silent",
    detail: `none of ${counted(finding.instruments, "instrument")} has traded for ${Math.floor(
      finding.ageMinutes,
    )} minutes, at most ${finding.limitMinutes} are allowed`,
    remedy:
      "The gateway's data connection may be frozen: look at it, restart it if need be. For stocks that trade rarely raise execution.feed_max_silence_minutes.",
  }),
  "quote-stale": (finding) => ({
    title: `the quote for ${finding.symbol} is stale`,
    detail: `it is ${durationText(finding.ageSeconds)} old, at most ${durationText(finding.limitSeconds)} is allowed`,
    remedy: "The next run asks again. The limit is execution.quote_max_age_seconds.",
  }),
  "holding-not-priced": (finding) => ({
    title: `the holding ${finding.symbol} has no price`,
    detail: "neither a quote nor the broker's mark",
    remedy: "Without it no weight is right. See at the broker whether it is halted or delisted.",
  }),
} satisfies Partial<FindingWords>;

function feedText(feed: MarketDataFeed): string {
  switch (feed) {
    case "live":
      return "live";
    case "frozen":
      return "frozen at the last close";
    case "delayed":
      return "delayed";
    case "delayed-frozen":
      return "delayed and frozen";
    default:
      return unreachable(feed);
  }
}
