import { readTrusted } from "../files/read-trusted.ts";
import type { Trust } from "../files/trust.ts";
import type { ForecastSource } from "../ports.ts";
import { type ForecastPolicy, judgeForecast, type StrategyForecast } from "../trading/forecast.ts";
import type { Instant } from "../trading/instant.ts";
import { findingsOf, held, okUnless, type Result } from "../trading/result.ts";
import { readForecastText } from "./forecast-text.ts";

/** One strategy with the file that its program writes, and what the file must keep to. */
export interface StrategyFile extends ForecastPolicy {
  readonly strategy: string;
  readonly file: string;
}

/**
 * Forecasts from one CSV file per strategy, in the form of docs/forecast-files.md. Every mistake of every file is told
 * at once; a single one holds them all, because half of a blend is another portfolio. Who can write such a file can
 * trade the account, so only files that `trust` allows are read.
 */
export function forecastFiles(options: {
  readonly strategies: readonly StrategyFile[];
  readonly trust: Trust;
}): ForecastSource {
  return {
    async read(now) {
      const results = options.strategies.map((strategy) => readOne(strategy, options.trust, now));
      return okUnless(
        results.flatMap((result) => findingsOf(result)),
        () => results.flatMap((result) => (result.ok ? [result.value] : [])),
      );
    },
  };
}

function readOne(source: StrategyFile, trust: Trust, now: Instant): Result<StrategyForecast> {
  const { strategy, file } = source;
  const unreadable = (detail: string) => held({ kind: "forecast-unreadable", strategy, file, detail });
  const found = readTrusted(file, { trust, sizeMaxBytes });
  if (found.kind === "unreadable") return unreadable(found.why);
  if (found.kind === "not-trusted")
    return held({ kind: "forecast-not-trusted", strategy, file, faults: found.faults });
  const text = textOf(found.bytes);
  if (text === undefined) return unreadable("it is not text in UTF-8");
  return judgeForecast(readForecastText(strategy, file, text), source, now);
}

const sizeMaxBytes = 16 * 1024 * 1024;

function textOf(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if ((error as { code?: unknown }).code === "ERR_ENCODING_INVALID_ENCODED_DATA") return undefined;
    throw error;
  }
}
