import type { Finding } from "../finding.ts";
import type { StoppedStrategy, StrategyPart, StrategyTarget } from "../forecast.ts";
import { type Instant, minutesBetween } from "../instant.ts";
import { slackAt } from "./check.ts";

/**
 * What a strategy would have come to by its own forecasts alone: each forecast bought at the prices of the run that first
 * saw it and held, shares and all, until another one took its place. Before costs and dividends, and whatever of it was
 * traded: the account's own books do not say yet whose a share is. Prices at the runs between do not come into it, so the
 * value does not depend on how often it was looked at.
 */

/** One target that a strategy's value rests on. */
export interface StrategyHolding {
  readonly conId: number;
  readonly target: StrategyTarget;
  /** Of the strategy's own capital when it was bought; signed, leverage included. */
  readonly weight: number;
  /** Of one share when it was bought, base currency; after a split what that is for one share of today. */
  readonly price: number;
}

export interface StrategyBasis {
  /** The strategy's value when the holdings were bought. */
  readonly value: number;
  readonly holdings: readonly StrategyHolding[];
}

/** What a run has found a strategy to be worth. */
export interface StrategyMark {
  readonly markedAt: Instant;
  /** What one unit of money has become since `startedAt`. */
  readonly value: number;
  /** The highest that runs have seen since then, this one included. */
  readonly highest: number;
  readonly startedAt: Instant;
  readonly basis: StrategyBasis;
  readonly stopped: StrategyStop | undefined;
}

/** Why a strategy's targets count as nothing until a person begins its measure anew. */
export interface StrategyStop {
  readonly by: StoppedStrategy["by"];
  /** As it was set when it was broken: who changes it later has not started the strategy again. */
  readonly limit: number;
}

/** What our own record says of a strategy. */
export interface StrategyRecord {
  readonly strategy: string;
  /** How often a person has begun the measure anew; a mark of an earlier measure counts no more. */
  readonly resets: number;
  /** The last look at which its value was known. */
  readonly last: StrategyMark | undefined;
  /** The last look at all, of this measure. */
  readonly lookedAt: Instant | undefined;
}

/** A person has let a strategy trade again that had been stopped. */
export interface AcceptedStrategy {
  readonly strategy: string;
  readonly at: Instant;
  readonly note: string;
}

/** When a strategy is to be stopped; ratios, undefined for never. */
export interface StrategyPolicy {
  readonly strategy: string;
  /** Most that it may have fallen from its highest value: 0.2 is a fifth. */
  readonly stopLoss: number | undefined;
  /** Most that it may have risen since its start: 0.5 is half as much again. */
  readonly takeProfit: number | undefined;
}

/** A strategy as this run sees it. */
export interface MeasuredStrategy {
  readonly strategy: string;
  readonly resets: number;
  /** Undefined: this run does not know what it is worth. */
  readonly mark: StrategyMark | undefined;
  /** Symbols whose price was missing or not to be believed. */
  readonly notPriced: readonly string[];
  /** What of it is to be kept. A stopped strategy stands still, and a run without prices has not looked. */
  readonly look: "none" | "basis-as-before" | "other-basis";
}

/** A share's price now, in base currency, and what a split has made of one share since the price before. */
export interface PriceNow {
  readonly price: number;
  readonly splitRatio: number;
}

export interface StrategyMarket {
  readonly now: Instant;
  /** Undefined where there is no price, or one that is in doubt. */
  readonly priceOf: (symbol: string) => (PriceNow & { readonly conId: number }) | undefined;
  /** A target's share of net liquidation; undefined where it cannot be valued. */
  readonly weightOf: (target: StrategyTarget) => number | undefined;
}

/** The fall from the highest value; 0.2 is a fifth. */
export function fallOf({ value, highest }: Pick<StrategyMark, "value" | "highest">): number {
  return 1 - value / highest;
}

/** The rise since the start; negative when it has fallen. */
export function riseOf({ value }: Pick<StrategyMark, "value">): number {
  return value - 1;
}

/** Those whose targets count as nothing, and at which value they were stopped. */
export function stoppedAmong(strategies: readonly MeasuredStrategy[]): readonly StoppedStrategy[] {
  return strategies.flatMap(({ strategy, mark }) => {
    if (!mark?.stopped) return [];
    const { by, limit } = mark.stopped;
    return [{ strategy, by, value: by === "strategy-loss" ? fallOf(mark) : riseOf(mark), limit }];
  });
}

/** What the values of the strategies still rest on: each holding that needs a price, once. */
export function restingOn(
  policies: readonly StrategyPolicy[],
  records: readonly StrategyRecord[],
): readonly StrategyHolding[] {
  const holdings = policies.filter(isMeasured).flatMap(({ strategy }) => {
    const last = records.find((record) => record.strategy === strategy)?.last;
    return last && !last.stopped ? last.basis.holdings.filter(({ weight }) => weight !== 0) : [];
  });
  return [...new Map(holdings.map((holding) => [holding.conId, holding])).values()];
}

/** Is there a limit that may stop it? */
export function isMeasured({ stopLoss, takeProfit }: StrategyPolicy): boolean {
  return stopLoss !== undefined || takeProfit !== undefined;
}

/** Only strategies that may be stopped are measured; without a market their last word stands, if it is a stop. */
export function measureStrategies(
  policies: readonly StrategyPolicy[],
  records: readonly StrategyRecord[],
  looked: { readonly parts: readonly StrategyPart[]; readonly market: StrategyMarket } | undefined,
): readonly MeasuredStrategy[] {
  return policies.filter(isMeasured).map((policy): MeasuredStrategy => {
    const { strategy } = policy;
    const record = records.find((each) => each.strategy === strategy) ?? neverSeen(strategy);
    const { resets, last } = record;
    if (last?.stopped) return { strategy, resets, mark: last, notPriced: [], look: "none" };
    const part = looked?.parts.find((each) => each.strategy === strategy);
    if (!part || !looked) return { strategy, resets, mark: undefined, notPriced: [], look: "none" };
    return measured(policy, record, part, looked.market);
  });
}

function neverSeen(strategy: string): StrategyRecord {
  return { strategy, resets: 0, last: undefined, lookedAt: undefined };
}

function measured(
  policy: StrategyPolicy,
  { resets, last }: StrategyRecord,
  part: StrategyPart,
  market: StrategyMarket,
): MeasuredStrategy {
  const { strategy } = policy;
  const known = last ? valued(last, market) : undefined;
  if (known && "notPriced" in known)
    return { strategy, resets, mark: undefined, notPriced: known.notPriced, look: "basis-as-before" };
  const value = known?.value ?? 1;
  const isAsBefore = known && areSame(known.holdings, part.targets);
  const bought = isAsBefore ? undefined : boughtOf(part, market);
  // A forecast that cannot be bought yet leaves the one before in its place.
  if (!known && bought && "notPriced" in bought)
    return { strategy, resets, mark: undefined, notPriced: bought.notPriced, look: "basis-as-before" };
  const holdings = bought && !("notPriced" in bought) ? bought.holdings : undefined;
  const basis = holdings ? { value, holdings } : (known?.basis ?? { value, holdings: [] });
  const mark = {
    markedAt: market.now,
    value,
    highest: Math.max(last?.highest ?? 1, value),
    startedAt: last?.startedAt ?? market.now,
    basis,
  };
  return {
    strategy,
    resets,
    mark: { ...mark, stopped: stopOf(mark, policy) },
    notPriced: [],
    look: basis === last?.basis ? "basis-as-before" : "other-basis",
  };
}

type NotPriced = { readonly notPriced: readonly string[] };

/** What the holdings of the last mark have come to, and those holdings, splits since considered. */
function valued(
  { basis }: StrategyMark,
  { priceOf }: StrategyMarket,
):
  | {
      readonly value: number;
      readonly holdings: readonly StrategyHolding[];
      readonly basis: StrategyBasis;
    }
  | NotPriced {
  const notPriced: string[] = [];
  let growth = 0;
  let hasSplit = false;
  const holdings = basis.holdings.map((holding): StrategyHolding => {
    if (holding.weight === 0) return holding;
    const now = priceOf(holding.target.symbol);
    if (!now || now.conId !== holding.conId) {
      notPriced.push(holding.target.symbol);
      return holding;
    }
    const price = unsplit(holding.price, now);
    hasSplit ||= price !== holding.price;
    growth += holding.weight * (now.price / price - 1);
    return { ...holding, price };
  });
  if (notPriced.length > 0) return { notPriced };
  // More than everything is not lost: what a leveraged strategy owes then is the account's.
  const value = basis.value * Math.max(0, 1 + growth);
  return { value, holdings, basis: hasSplit ? { ...basis, holdings } : basis };
}

/**
 * The earlier price of what is one share today. The position says by how much it was split; it has counted already when
 * the price has not moved by that much since.
 */
function unsplit(price: number, now: PriceNow): number {
  const split = price / now.splitRatio;
  const distance = (before: number) => Math.abs(Math.log(now.price / before));
  return distance(split) < distance(price) ? split : price;
}

/** The same targets in the strategy's own words: what they weigh today is another matter. */
function areSame(holdings: readonly StrategyHolding[], targets: readonly StrategyTarget[]): boolean {
  if (holdings.length !== targets.length) return false;
  return holdings.every(({ target: { symbol, weight, notional, shares } }, index) => {
    const other = targets[index];
    return (
      symbol === other?.symbol &&
      weight === other.weight &&
      notional === other.notional &&
      shares === other.shares
    );
  });
}

/** A forecast bought at today's prices. A target of nothing needs no price. */
function boughtOf(
  { targets, capitalShare }: StrategyPart,
  { priceOf, weightOf }: StrategyMarket,
): { readonly holdings: readonly StrategyHolding[] } | NotPriced {
  const notPriced: string[] = [];
  const holdings = targets.map((target): StrategyHolding => {
    const now = priceOf(target.symbol);
    const weight = weightOf(target);
    const isNothing = target.weight === 0 && target.notional === 0 && target.shares === 0;
    if (isNothing) return { conId: now?.conId ?? 0, target, weight: 0, price: now?.price ?? 0 };
    if (!now || weight === undefined) {
      notPriced.push(target.symbol);
      return { conId: 0, target, weight: 0, price: 0 };
    }
    return { conId: now.conId, target, weight: weight / capitalShare, price: now.price };
  });
  return notPriced.length > 0 ? { notPriced } : { holdings };
}

function stopOf(
  mark: Pick<StrategyMark, "value" | "highest">,
  { stopLoss, takeProfit }: StrategyPolicy,
): StrategyStop | undefined {
  if (stopLoss !== undefined && isBeyond(fallOf(mark), stopLoss))
    return { by: "strategy-loss", limit: stopLoss };
  if (takeProfit !== undefined && isBeyond(riseOf(mark), takeProfit))
    return { by: "strategy-profit", limit: takeProfit };
  return undefined;
}

/** As the check judges it. */
function isBeyond(value: number, limit: number): boolean {
  return value > limit + slackAt(limit);
}

/** Minutes for which a value may stay unknown before a person is told: a halt of an hour has its own line. */
const patienceMinutes = 24 * 60;

/** Strategies whose value has not been known for longer than a halt lasts: a stop loss that nobody can judge. */
export function strategyFindings(
  measuredNow: readonly MeasuredStrategy[],
  records: readonly StrategyRecord[],
  now: Instant,
): readonly Finding[] {
  return measuredNow.flatMap(({ strategy, notPriced }): readonly Finding[] => {
    if (notPriced.length === 0) return [];
    const { last, lookedAt } = records.find((each) => each.strategy === strategy) ?? neverSeen(strategy);
    const isOverdue = (at: Instant) => !last || minutesBetween(last.markedAt, at) > patienceMinutes;
    if (!isOverdue(now)) return [];
    const isNew = lookedAt === undefined || !isOverdue(lookedAt);
    return [{ kind: "strategy-value-unknown", strategy, symbols: notPriced, knownAt: last?.markedAt, isNew }];
  });
}
