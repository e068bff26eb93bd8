import { readFile, stat } from "node:fs/promises";
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
 * at once; a single one holds them all, because half of a blend is another portfolio.
 */
export function forecastFiles(options: { readonly strategies: readonly StrategyFile[] }): ForecastSource {
  return {
    async read(now) {
      const results = await Promise.all(options.strategies.map((strategy) => readOne(strategy, now)));
      return okUnless(
        results.flatMap((result) => findingsOf(result)),
        () => results.flatMap((result) => (result.ok ? [result.value] : [])),
      );
    },
  };
}

async function readOne(source: StrategyFile, now: Instant): Promise<Result<StrategyForecast>> {
  const { strategy, file } = source;
  const text = await textOf(file);
  if (!text.ok) return held({ kind: "forecast-unreadable", strategy, file, detail: text.detail });
  return judgeForecast(readForecastText(strategy, file, text.value), source, now);
}

const sizeMaxBytes = 16 * 1024 * 1024;

type Text = { readonly ok: true; readonly value: string } | { readonly ok: false; readonly detail: string };

async function textOf(file: string): Promise<Text> {
  try {
    // Looked at before it is opened: opening a named pipe waits for ever for its writer.
    const found = await stat(file);
    if (!found.isFile()) return { ok: false, detail: "it is not a file" };
    if (found.size > sizeMaxBytes) return { ok: false, detail: `it is larger than ${sizeMaxBytes} bytes` };
    const bytes = await readFile(file);
    return { ok: true, value: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: unknown };
    if (code === "ENOENT") return { ok: false, detail: "there is no such file" };
    if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") return { ok: false, detail: "it is not text in UTF-8" };
    if (typeof code === "string") return { ok: false, detail: String(message) };
    throw error;
  }
}
