import type { Account } from "../account.ts";
import type { StrategyPart } from "../forecast.ts";
import { add, convert, type Money, ratio, toNumber, zero } from "../money.ts";
import { isIncrease } from "../planner/is-increase.ts";
import type { Plan, Standing, Trade, Untouched } from "../planner/plan.ts";
import { weightOf as targetWeight } from "../planner/valued.ts";
import { type Check, type Judging, judge, tolerance } from "./check.ts";
import type { Limits } from "./limits.ts";
import type { RiskKnown } from "./review.ts";
import type { RiskRecord } from "./risk-record.ts";
import { shareValues } from "./share-values.ts";

/**
 * Judges the *planned* portfolio. What is over a limit and further from zero than at present fails; what comes nearer
 * does not, even when it is still over: a plan of reductions alone is never refused. Without a plan nothing is planned,
 * and what is held now is shown.
 */
export function portfolioChecks(
  plan: Plan | undefined,
  known: RiskKnown,
  limits: Limits,
  judging: Judging,
): readonly Check[] {
  if (!plan) return presentChecks(known, limits, judging);
  const standings: readonly Standing[] = [...plan.trades, ...plan.untouched];
  const isReducing = !plan.trades.some(isIncrease);
  const sums = (measure: (weight: number) => number, of = standings) => ({
    present: sum(of.map((each) => measure(each.currentWeight))),
    planned: sum(of.map((each) => measure(each.plannedWeight))),
  });
  const portfolio = (
    name: "gross-leverage" | "net-leverage" | "group-weight",
    { present, planned }: { present: number; planned: number },
    limit: number,
    subject = "",
  ) => {
    const isNoWorse = isReducing || planned <= present + tolerance;
    return judge(name, { subject, present, value: planned, limit, isNoWorse }, judging);
  };

  const net = sums((weight) => weight);
  const bySymbol = standingsBySymbol(standings);
  return [
    portfolio("gross-leverage", sums(Math.abs), limits.grossLeverageMax),
    portfolio(
      "net-leverage",
      { present: Math.abs(net.present), planned: Math.abs(net.planned) },
      limits.netLeverageMax,
    ),
    ...standings.map((each) => weightCheck(each, isTrade(each) && isIncrease(each), limits, judging)),
    ...limits.groups.map(({ name, symbols, weightMax }) =>
      portfolio(
        "group-weight",
        sums(
          Math.abs,
          [...symbols].flatMap((symbol) => bySymbol.get(symbol) ?? []),
        ),
        weightMax,
        name,
      ),
    ),
    ...strategyChecks(known, isReducing, limits, judging),
    ...valueChecks(plan.trades, limits, judging),
    ...activityChecks(plan, known, limits, judging),
  ];
}

/** One look at thousands of instruments, not one for each group. */
function standingsBySymbol(standings: readonly Standing[]): ReadonlyMap<string, readonly Standing[]> {
  const bySymbol = new Map<string, Standing[]>();
  for (const standing of standings) {
    const same = bySymbol.get(standing.symbol);
    if (same) same.push(standing);
    else bySymbol.set(standing.symbol, [standing]);
  }
  return bySymbol;
}

function isTrade(standing: Standing): standing is Trade {
  return "order" in standing;
}

function weightCheck(each: Standing, isGrowing: boolean, limits: Limits, judging: Judging): Check {
  const present = Math.abs(each.currentWeight);
  const value = Math.abs(each.plannedWeight);
  const facts = { subject: each.symbol, present, value, limit: limits.weightMax, isNoWorse: !isGrowing };
  return judge("weight", facts, judging);
}

/** What each strategy asks for, since positions are not split by strategy. */
function strategyChecks(
  known: RiskKnown,
  isReducing: boolean,
  { strategyWeightMax: limit }: Limits,
  judging: Judging,
): readonly Check[] {
  const { forecast } = known;
  if (!forecast) return [judge("strategy-weight", { value: undefined, limit }, judging)];
  return forecast.parts.map((part) => {
    const facts = { subject: part.strategy, value: askedWeight(part, known), limit, isNoWorse: isReducing };
    return judge("strategy-weight", facts, judging);
  });
}

/** Σ |weight| of all that a strategy asks for; undefined where money or shares among it cannot be weighed. */
function askedWeight(
  { grossWeight, targets }: StrategyPart,
  { account, market }: RiskKnown,
): number | undefined {
  if (targets.every(({ notional, shares }) => notional === 0 && shares === 0)) return grossWeight;
  if (!account || !market || account.netLiquidation.e6 <= 0n) return undefined;
  const valueOf = shareValues(account, market);
  const weights = targets.map((target) =>
    targetWeight(target, valueOf(target.symbol)?.unit, account.netLiquidation),
  );
  const weighed = weights.filter((weight) => weight !== undefined);
  return weighed.length < weights.length ? undefined : sum(weighed.map(Math.abs));
}

function valueChecks(trades: readonly Trade[], { orderValueMax: limit }: Limits, judging: Judging) {
  if (trades.length === 0) return [judge("order-value", { value: 0, limit }, judging)];
  return trades.map((trade) => {
    const facts = {
      subject: trade.symbol,
      value: toNumber(trade.value),
      limit,
      isNoWorse: !isIncrease(trade),
    };
    return judge("order-value", facts, judging);
  });
}

/** Orders and turnover of this run, and of the session with it. */
function activityChecks(
  plan: Plan | undefined,
  { account, orderedBefore, record: { today } }: RiskKnown,
  limits: Limits,
  judging: Judging,
): readonly Check[] {
  const isNoWorse = !plan?.trades.some(isIncrease);
  const orders = plan?.trades.length ?? 0;
  const turnover = plan && sum(plan.trades.map(({ value }) => ratio(value, plan.netLiquidation)));
  const before = orderedBefore?.orders ?? 0;
  const turnedBefore = orderedBefore && plan ? ratio(orderedBefore.value, plan.netLiquidation) : 0;
  const comingAtWork = sum(plan?.untouched.map(atWorkWeight) ?? []);
  const traded = account && tradedToday(today, account);
  const turnedOver = traded && weightOf(traded, account);
  const checked = (
    name: Check["name"],
    present: number | undefined,
    value: number | undefined,
    limit: number,
  ) => judge(name, { present, value, limit, isNoWorse }, judging);
  const { sent } = today.orders;
  return [
    checked("orders-per-run", undefined, plan && before + orders, limits.ordersPerRunMax),
    checked("orders-per-day", sent, sent + orders, limits.ordersPerDayMax),
    checked(
      "turnover-per-run",
      undefined,
      turnover === undefined ? undefined : turnedBefore + turnover,
      limits.turnoverPerRunMax,
    ),
    checked(
      "turnover-per-day",
      turnedOver,
      turnedOver === undefined ? undefined : turnedOver + comingAtWork + (turnover ?? 0),
      limits.turnoverPerDayMax,
    ),
  ];
}

/** What orders at work will turn over when they are filled. */
function atWorkWeight({ reason, plannedWeight, currentWeight }: Untouched): number {
  return reason.kind === "order-at-work" ? Math.abs(plannedWeight - currentWeight) : 0;
}

/** What was traded in the session before, unsigned, in base currency; undefined when a rate is missing. */
export function tradedToday(
  { executions: { bought, sold } }: RiskRecord["today"],
  account: Account,
): Money | undefined {
  const traded = [...bought, ...sold];
  const converted = traded.flatMap((amount) => inBase(amount, account) ?? []);
  if (converted.length < traded.length) return undefined;
  return converted.reduce<Money>((total, amount) => add(total, amount), zero(account.baseCurrency));
}

/** The account as it is: shown also when the run is held and plans nothing. */
function presentChecks(known: RiskKnown, limits: Limits, judging: Judging): readonly Check[] {
  const { account } = known;
  const held = account?.positions.filter(({ shares }) => shares !== 0) ?? [];
  const weights = held.map(({ symbol, marketValue }) => ({
    symbol,
    weight: account && marketValue && weightOf(marketValue, account),
  }));
  const total = (of: (weight: number) => number, among = weights) =>
    account && among.every(({ weight }) => weight !== undefined)
      ? sum(among.map(({ weight }) => of(weight ?? 0)))
      : undefined;
  const net = total((weight) => weight);
  const shown = (name: Check["name"], subject: string, value: number | undefined, limit: number) =>
    judge(name, { subject, present: value, value, limit, isNoWorse: true }, judging);
  return [
    shown("gross-leverage", "", total(Math.abs), limits.grossLeverageMax),
    shown("net-leverage", "", net === undefined ? undefined : Math.abs(net), limits.netLeverageMax),
    ...(account && weights.length > 0 ? weights : [{ symbol: "", weight: account && 0 }]).map(
      ({ symbol, weight }) =>
        shown("weight", symbol, weight === undefined ? undefined : Math.abs(weight), limits.weightMax),
    ),
    ...limits.groups.map(({ name, symbols, weightMax }) =>
      shown(
        "group-weight",
        name,
        total(
          Math.abs,
          weights.filter(({ symbol }) => symbols.has(symbol)),
        ),
        weightMax,
      ),
    ),
    ...strategyChecks(known, true, limits, judging),
    shown("order-value", "", undefined, limits.orderValueMax),
    ...activityChecks(undefined, known, limits, judging),
  ];
}

/** Signed, of net liquidation; undefined where a rate is missing or there is no net liquidation to be a share of. */
function weightOf(value: Money, account: Account): number | undefined {
  const amount = inBase(value, account);
  return amount && account.netLiquidation.e6 > 0n ? ratio(amount, account.netLiquidation) : undefined;
}

function inBase(value: Money, { baseCurrency, exchangeRates }: Account): Money | undefined {
  if (value.currency === baseCurrency) return value;
  const rate = exchangeRates.get(value.currency);
  return rate === undefined ? undefined : convert(value, rate, baseCurrency);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
