import type { Finding } from "./finding.ts";
import { type Instant, minutesBetween } from "./instant.ts";
import { invariant } from "./invariant.ts";
import type { TargetAmount } from "./quantity.ts";
import { okUnless, type Result } from "./result.ts";

/** One target as a strategy wrote it, with the line it stands on. All amounts are signed: negative is short. */
export type ForecastRow = {
  readonly symbol: string;
  readonly line: number;
} & (
  | { /** Share of the strategy's capital, before leverage. */ readonly weight: number }
  | { /** Base currency, before leverage. */ readonly notional: number }
  | { /** Shares, before leverage. */ readonly quantity: number }
);

/** One strategy's forecast file, read and found good. */
export interface StrategyForecast {
  readonly strategy: string;
  readonly file: string;
  /** The instant that the weights hold for, by the file's own word. */
  readonly asOf: Instant;
  readonly leverage: number;
  readonly rows: readonly ForecastRow[];
}

/** A value with the line it stands on, from 1. */
export interface Written<T> {
  readonly value: T;
  readonly line: number;
}

/**
 * A forecast file as far as it could be read, not yet judged. A header that could not be read is undefined and its
 * mistake is among `mistakes`, so that one look at a file tells everything that is wrong with it.
 */
export interface WrittenForecast {
  readonly strategy: string;
  readonly file: string;
  readonly asOf: Written<Instant> | undefined;
  readonly leverage: Written<number> | undefined;
  readonly declaredRows: Written<number> | undefined;
  /** The rows that could be read; weights are finite. */
  readonly rows: readonly ForecastRow[];
  /** All lines that stand where a row belongs, also those that could not be read. */
  readonly foundRows: number;
  readonly mistakes: readonly Finding[];
}

/** What a forecast must keep to be traded on. */
export interface ForecastPolicy {
  readonly maxAgeMinutes: number;
  /** How far `asOf` may lie ahead of us: clocks of two machines differ a little. */
  readonly futureToleranceMinutes: number;
  /** Most that Σ |weight| of one file may be, before leverage. */
  readonly grossMax: number;
}

/** Float noise in a sum of weights is no breach. */
const tolerance = 1e-9;

/** Finds a written forecast good, or tells every mistake in it in the order of their lines. */
export function judgeForecast(
  written: WrittenForecast,
  policy: ForecastPolicy,
  now: Instant,
): Result<StrategyForecast> {
  const findings = [
    ...written.mistakes,
    ...ageFindings(written, policy, now),
    ...countFindings(written),
    ...duplicateFindings(written),
    ...grossFindings(written, policy),
  ].toSorted((a, b) => lineOf(a) - lineOf(b));
  return okUnless(findings, () => {
    const { strategy, file, asOf, leverage, rows } = written;
    invariant(asOf && leverage && written.declaredRows, `no mistake told of an unread header of ${file}`);
    return { strategy, file, asOf: asOf.value, leverage: leverage.value, rows };
  });
}

function ageFindings(written: WrittenForecast, policy: ForecastPolicy, now: Instant): readonly Finding[] {
  if (!written.asOf) return [];
  const { file } = written;
  const { value, line } = written.asOf;
  const ageMinutes = minutesBetween(value, now);
  if (ageMinutes > policy.maxAgeMinutes)
    return [{ kind: "forecast-stale", file, line, ageMinutes, limitMinutes: policy.maxAgeMinutes }];
  if (-ageMinutes > policy.futureToleranceMinutes) {
    const limitMinutes = policy.futureToleranceMinutes;
    return [{ kind: "forecast-from-future", file, line, minutesAhead: -ageMinutes, limitMinutes }];
  }
  return [];
}

/** More rows than declared is as wrong as fewer: two writers may have met in one file (S07). */
function countFindings({ file, declaredRows, foundRows }: WrittenForecast): readonly Finding[] {
  if (!declaredRows || declaredRows.value === foundRows) return [];
  const { value, line } = declaredRows;
  return [{ kind: "forecast-truncated", file, line, declaredRows: value, foundRows }];
}

function duplicateFindings({ file, rows }: WrittenForecast): readonly Finding[] {
  const firstLines = new Map<string, number>();
  const findings: Finding[] = [];
  for (const { symbol, line } of rows) {
    const firstLine = firstLines.get(symbol);
    if (firstLine === undefined) firstLines.set(symbol, line);
    else findings.push({ kind: "forecast-duplicate-symbol", file, line, symbol, firstLine });
  }
  return findings;
}

/**
 * Told at the row that goes beyond the limit, with the gross of the whole file. Notionals and quantities have no weight
 * yet: the portfolio's limits judge what they come to.
 */
function grossFindings({ file, rows }: WrittenForecast, { grossMax }: ForecastPolicy): readonly Finding[] {
  const gross = rows.reduce((sum, row) => sum + absoluteWeightOf(row), 0);
  if (gross <= grossMax + tolerance) return [];
  let soFar = 0;
  const row = rows.find((each) => {
    soFar += absoluteWeightOf(each);
    return soFar > grossMax + tolerance;
  });
  return [{ kind: "forecast-gross-exceeded", file, line: row?.line ?? 1, gross, limit: grossMax }];
}

function absoluteWeightOf(row: ForecastRow): number {
  return "weight" in row ? Math.abs(row.weight) : 0;
}

function lineOf(finding: Finding): number {
  return "line" in finding ? finding.line : 0;
}

/** What shall be held of one instrument, capital shares and leverage included; weights are of net liquidation. */
export interface Target extends TargetAmount {
  readonly symbol: string;
  /** Where the first strategy that names the symbol does so. */
  readonly file: string;
  readonly line: number;
  /** Set when a strategy that names the symbol has been stopped: what it asks for is not in the amounts. */
  readonly stopped?: StoppedPart;
}

/** A strategy whose targets count as nothing, and why. */
export interface StoppedStrategy {
  readonly strategy: string;
  readonly by: "strategy-loss" | "strategy-profit";
  /** How far it had fallen or risen when it was stopped, as a ratio; and what it may at most. */
  readonly value: number;
  readonly limit: number;
}

export interface StoppedPart {
  readonly strategies: readonly StoppedStrategy[];
  /**
   * Only reductions may follow from a stop. Where the stopped strategies held against the others, or held alone, what is
   * left is no reason to take the position further from zero.
   */
  readonly isReduceOnly: boolean;
}

/** What one strategy asks for of one symbol, capital share and leverage included. */
export interface StrategyTarget extends TargetAmount {
  readonly symbol: string;
}

export interface StrategyPart {
  readonly strategy: string;
  readonly asOf: Instant;
  readonly capitalShare: number;
  /** In the symbols' order. */
  readonly targets: readonly StrategyTarget[];
  /**
   * Σ |weight| of the account's net liquidation, capital share and leverage included. What its notionals and quantities
   * come to is not in it: they have no weight before there are prices (`targets` has them).
   */
  readonly grossWeight: number;
}

/** A strategy that asked for more leverage than is allowed. */
export interface LeverageCut {
  readonly strategy: string;
  readonly written: number;
  readonly used: number;
}

/** The forecasts of all strategies as one. */
export interface Forecast {
  /** The oldest of the strategies' instants: the blend is no fresher than that. */
  readonly asOf: Instant;
  /** One per symbol, in the symbols' order. An amount of 0 is a target too: nothing shall be held. */
  readonly targets: readonly Target[];
  /** Mean of the leverages used, by capital share; for one strategy simply its own. */
  readonly targetLeverage: number;
  /** What each strategy adds to it. */
  readonly parts: readonly StrategyPart[];
  /** Strategies that asked for more leverage than is allowed. */
  readonly capped: readonly LeverageCut[];
}

/**
 * Adds up the strategies: each target counts with its file's leverage, cut to `leverageMax`, and weights with the
 * strategy's capital share too; notionals and quantities are absolute. Opposite targets of two strategies cancel out.
 * Every share must have its forecast and the reverse.
 */
export function blend(
  forecasts: readonly StrategyForecast[],
  shares: readonly { readonly strategy: string; readonly capitalShare: number }[],
  leverageMax: number,
): Forecast {
  invariant(
    forecasts.length === shares.length,
    `${forecasts.length} forecasts for ${shares.length} strategies`,
  );
  const parts = shares.map(({ strategy, capitalShare }) => {
    const forecast = forecasts.find((candidate) => candidate.strategy === strategy);
    invariant(forecast, `no forecast of strategy ${strategy}`);
    return { forecast, capitalShare, used: Math.min(forecast.leverage, leverageMax) };
  });
  const totalShare = parts.reduce((sum, part) => sum + part.capitalShare, 0);
  invariant(totalShare > 0, "no strategy has capital");

  const targets = new Map<string, Target>();
  for (const { forecast, capitalShare, used } of parts) {
    for (const row of forecast.rows) {
      const { symbol, line } = row;
      const sum = targets.get(symbol) ?? { symbol, ...nothing, file: forecast.file, line };
      targets.set(symbol, { ...sum, ...added(sum, row, { capitalShare, used }) });
    }
  }
  return {
    asOf: parts.map((part) => part.forecast.asOf).reduce((a, b) => (a < b ? a : b)),
    targets: [...targets.values()].toSorted((a, b) => (a.symbol < b.symbol ? -1 : 1)),
    targetLeverage: parts.reduce((sum, part) => sum + part.capitalShare * part.used, 0) / totalShare,
    parts: parts.map(({ forecast, capitalShare, used }) => ({
      strategy: forecast.strategy,
      asOf: forecast.asOf,
      capitalShare,
      targets: forecast.rows
        .map((row) => ({ symbol: row.symbol, ...nothing, ...added(nothing, row, { capitalShare, used }) }))
        .toSorted((a, b) => (a.symbol < b.symbol ? -1 : 1)),
      grossWeight: capitalShare * used * forecast.rows.reduce((sum, row) => sum + absoluteWeightOf(row), 0),
    })),
    capped: parts
      .filter(({ forecast, used }) => used < forecast.leverage)
      .map(({ forecast, used }) => ({ strategy: forecast.strategy, written: forecast.leverage, used })),
  };
}

const nothing: TargetAmount = { weight: 0, notional: 0, shares: 0 };

function added(
  { weight, notional, shares }: TargetAmount,
  row: ForecastRow,
  { capitalShare, used }: { readonly capitalShare: number; readonly used: number },
): Partial<TargetAmount> {
  if ("weight" in row) return { weight: weight + capitalShare * used * row.weight };
  if ("notional" in row) return { notional: notional + used * row.notional };
  return { shares: shares + used * row.quantity };
}

/**
 * The forecast without what some strategies ask for: their targets count as nothing. Every symbol stays, so that what is
 * held for them is sold.
 */
export function withoutStrategies(forecast: Forecast, stopped: readonly StoppedStrategy[]): Forecast {
  if (stopped.length === 0) return forecast;
  const stops = new Map(stopped.map((each) => [each.strategy, each]));
  const isStopped = ({ strategy }: StrategyPart) => stops.has(strategy);
  const gone = askedBySymbol(forecast.parts.filter(isStopped));
  const others = askedBySymbol(forecast.parts.filter((part) => !isStopped(part)));
  return {
    ...forecast,
    targets: forecast.targets.map((target): Target => {
      const left = gone.get(target.symbol);
      if (!left) return target;
      const kept = others.get(target.symbol) ?? [];
      const signs = new Set([...left, ...kept].map(signOf));
      const isReduceOnly = kept.length === 0 || signs.size > 1 || signs.has(undefined);
      return {
        ...target,
        ...kept.reduce(sumOf, nothing),
        stopped: { strategies: left.flatMap(({ strategy }) => stops.get(strategy) ?? []), isReduceOnly },
      };
    }),
    parts: forecast.parts.map((part) => (isStopped(part) ? { ...part, grossWeight: 0, targets: [] } : part)),
  };
}

/** What is asked for of each symbol, and by whom; who asks for nothing of it is not among them. */
function askedBySymbol(
  parts: readonly StrategyPart[],
): ReadonlyMap<string, readonly (StrategyTarget & { readonly strategy: string })[]> {
  const asked = new Map<string, (StrategyTarget & { readonly strategy: string })[]>();
  for (const { strategy, targets } of parts) {
    for (const target of targets.filter((each) => signOf(each) !== 0)) {
      const of = asked.get(target.symbol) ?? [];
      of.push({ ...target, strategy });
      asked.set(target.symbol, of);
    }
  }
  return asked;
}

function sumOf(a: TargetAmount, b: TargetAmount): TargetAmount {
  return { weight: a.weight + b.weight, notional: a.notional + b.notional, shares: a.shares + b.shares };
}

/** Of an amount whose parts do not agree it is not known before there is a price. */
function signOf({ weight, notional, shares }: TargetAmount): number | undefined {
  const signs = new Set([weight, notional, shares].filter((amount) => amount !== 0).map(Math.sign));
  return signs.size > 1 ? undefined : ([...signs][0] ?? 0);
}
