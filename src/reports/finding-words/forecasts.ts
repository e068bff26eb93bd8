import { durationText, factorPair } from "../numbers.ts";
import { counted, fileName, listed } from "../plain-text.ts";
import { because, type FindingWords } from "./words.ts";

const refusedAsAWhole = "The file is refused as a whole; the next run reads it again.";

/** Forecast files. */
export const forecastsWords = {
  "forecast-unreadable": (finding) => ({
    title: `forecast ${fileName(finding.file)} cannot be read`,
    detail: `${finding.file} of strategy ${finding.strategy}${because(finding.detail)}`,
    remedy: "Check that the forecast program has run, and the strategy's file in trader.toml.",
  }),
  "forecast-not-trusted": (finding) => ({
    title: `forecast ${fileName(finding.file)} could be written by others`,
    detail: `${finding.file} of strategy ${finding.strategy}: ${finding.faults
      .map(({ path, mode, ownerUid }) => `${path} has mode ${mode} and owner ${ownerUid}`)
      .join(", ")}`,
    remedy: `Run "${finding.faults
      .map(({ remedy }) => remedy)
      .join(" && ")}": who can write it can trade the account.`,
  }),
  "forecast-malformed": (finding) => ({
    title: `forecast ${fileName(finding.file)} is malformed`,
    detail: `${finding.file}:${finding.line} has "${finding.value}", expected ${finding.expected}`,
    remedy: `Correct the program that writes the file. ${refusedAsAWhole}`,
  }),
  "forecast-truncated": (finding) => ({
    title: `forecast ${fileName(finding.file)} is truncated`,
    detail: `${finding.file}:${finding.line} declares ${counted(finding.declaredRows, "row")}, ${
      finding.foundRows
    } ${finding.foundRows === 1 ? "was" : "were"} found`,
    remedy: `Have the forecast program write a temporary file and rename it when it is complete. ${refusedAsAWhole}`,
  }),
  "forecast-stale": (finding) => ({
    title: `forecast ${fileName(finding.file)} is stale`,
    detail: `${finding.file}:${finding.line} is ${minutes(finding.ageMinutes)} old, at most ${minutes(
      finding.limitMinutes,
    )} is allowed`,
    remedy:
      "See why the forecast program has not written a new one. The limit is the strategy's max_age_minutes.",
  }),
  "forecast-from-future": (finding) => ({
    title: `forecast ${fileName(finding.file)} is stamped in the future`,
    detail: `${finding.file}:${finding.line} is ${minutes(finding.minutesAhead)} ahead, at most ${minutes(
      finding.limitMinutes,
    )} is allowed`,
    remedy: "Check the clock and the time zone of the program that writes the file.",
  }),
  "forecast-duplicate-symbol": (finding) => ({
    title: `forecast ${fileName(finding.file)} names ${finding.symbol} twice`,
    detail: `${finding.file}:${finding.line} repeats line ${finding.firstLine}`,
    remedy: `Leave one of the two lines. ${refusedAsAWhole}`,
  }),
  "forecast-gross-exceeded": (finding) => {
    const [gross, limit] = factorPair(finding.gross, finding.limit);
    return {
      title: `forecast ${fileName(finding.file)} weighs too much`,
      detail: `${finding.file}:${finding.line} the absolute weights add up to ${gross}, at most ${limit} is allowed`,
      remedy: "Correct the weights, or the strategy's gross_max if they are meant.",
    };
  },
  "forecast-unknown-symbol": (finding) => ({
    title: `forecast ${fileName(finding.file)} names an unknown symbol, ${finding.symbol}`,
    detail: `${finding.file}:${finding.line}${because(finding.detail)}`,
    remedy:
      "Correct the symbol (the broker writes BRK B, not BRK.B), or give its currency and exchange in a [[listing]] of trader.toml. It may have been renamed or delisted.",
  }),
  "forecast-ambiguous-symbol": (finding) => ({
    title: `forecast ${fileName(finding.file)} names an ambiguous symbol, ${finding.symbol}`,
    detail: `${finding.file}:${finding.line} could be ${listed(finding.listings, 8)}`,
    remedy: "Say which one in a [[listing]] of trader.toml: primary_exchange and currency.",
  }),
} satisfies Partial<FindingWords>;

function minutes(count: number): string {
  return durationText(count * 60);
}
