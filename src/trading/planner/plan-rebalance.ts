import type { Account, Position } from "../account.ts";
import { type Execute, executeNow, termsFor } from "../execution-policy.ts";
import type { Finding } from "../finding.ts";
import type { Forecast } from "../forecast.ts";
import type { Instant } from "../instant.ts";
import type { Instrument } from "../instrument.ts";
import { absolute, convert, isGreater, type Money, moneyFromNumber, ratio, toNumber } from "../money.ts";
import { orderRefOf, type PlannedOrder } from "../order.ts";
import { notional } from "../price.ts";
import { sharesToClose, sharesToTrade } from "../quantity.ts";
import type { Quote } from "../quote.ts";
import { held, ok, okUnless, type Result } from "../result.ts";
import type { Run } from "../run.ts";
import { sessionOpenAt } from "../session.ts";
import { type Side, sideOf } from "../side.ts";
import type { Plan, PlanPolicy, Standing, Trade, TradeReason, Untouched, UntouchedReason } from "./plan.ts";

/** Everything a plan is made of. The same inputs make the same plan, live, on paper and in a backtest. */
export interface PlanInputs {
  readonly run: Run;
  /** Market time at which the plan is made. */
  readonly now: Instant;
  readonly account: Account;
  /** Contracts that must not be traded, by conId. */
  readonly frozen: ReadonlySet<number>;
  /** Contracts whose trading the exchange has stopped: they have no quotes to be traded on. */
  readonly halted: ReadonlySet<number>;
  readonly forecast: Forecast;
  /** Instruments of all forecast symbols, and of the holdings that may be closed. */
  readonly instruments: readonly Instrument[];
  /** Good quotes by conId: one for every instrument that may trade now. */
  readonly quotes: ReadonlyMap<number, Quote>;
  /** References that earlier orders of this window already bear. */
  readonly usedOrderRefs: ReadonlySet<string>;
}

/**
 * Net liquidation × weight against what is held, instrument by instrument. Every instrument of the forecast and of the
 * account comes out either as a trade or as untouched, with its why; what cannot be valued is a finding and there is no
 * plan at all (D06, D07). Sells come before buys, so that they free the money that the buys need.
 */
export function planRebalance(inputs: PlanInputs, policy: PlanPolicy): Result<Plan> {
  const { account } = inputs;
  if (account.netLiquidation.e6 <= 0n)
    return held({ kind: "net-liquidation-not-positive", netLiquidation: account.netLiquidation });

  const findings: Finding[] = [...targetsWithoutInstrument(inputs)];
  const trades: Trade[] = [];
  const untouched: Untouched[] = [];
  for (const candidate of candidatesOf(inputs)) {
    const decided = decide(candidate, inputs, policy);
    if (!decided.ok) findings.push(...decided.findings);
    else if ("order" in decided.value) trades.push(decided.value);
    else untouched.push(decided.value);
  }
  return okUnless(findings, () => ({
    netLiquidation: account.netLiquidation,
    targetLeverage: inputs.forecast.targetLeverage,
    trades: trades.toSorted(sellsFirst),
    untouched,
  }));
}

/** Weights are quotients of exact amounts: a drift that equals the band to a trillionth is inside it. */
const floatNoise = 1e-12;

/** An instrument that the forecast wants or the account holds. */
interface Candidate {
  readonly conId: number;
  readonly symbol: string;
  readonly currency: string;
  readonly instrument: Instrument | undefined;
  readonly position: Position | undefined;
  /** Undefined when no forecast names it. */
  readonly targetWeight: number | undefined;
}

/** A target that no instrument bears the name of must not be passed over: what is held of it would pass for unlisted. */
function targetsWithoutInstrument({ forecast, instruments }: PlanInputs): readonly Finding[] {
  const known = new Set(instruments.map((instrument) => instrument.symbol));
  const detail = "the broker lists it under another symbol";
  return forecast.targets
    .filter((target) => !known.has(target.symbol))
    .map(({ symbol, file, line }) => ({ kind: "forecast-unknown-symbol", file, line, symbol, detail }));
}

function candidatesOf({ account, forecast, instruments }: PlanInputs): Candidate[] {
  const positions = new Map(account.positions.map((position) => [position.conId, position]));
  const byConId = new Map(instruments.map((instrument) => [instrument.conId, instrument]));
  const bySymbol = new Map(instruments.map((instrument) => [instrument.symbol, instrument]));
  const listed = forecast.targets.flatMap((target): Candidate[] => {
    const instrument = bySymbol.get(target.symbol);
    if (!instrument) return [];
    const { conId, symbol, currency } = instrument;
    return [
      { conId, symbol, currency, instrument, position: positions.get(conId), targetWeight: target.weight },
    ];
  });
  const named = new Set(listed.map((candidate) => candidate.conId));
  const unlisted = account.positions
    .filter((position) => position.shares !== 0 && !named.has(position.conId))
    .map((position): Candidate => {
      const { conId, symbol, currency } = position;
      return { conId, symbol, currency, instrument: byConId.get(conId), position, targetWeight: undefined };
    });
  return [...listed, ...unlisted];
}

function decide(candidate: Candidate, inputs: PlanInputs, policy: PlanPolicy): Result<Trade | Untouched> {
  const valued = valueOf(candidate, inputs);
  if (!valued.ok) return valued;
  const { standing, rate } = valued.value;
  const leave = (reason: UntouchedReason): Result<Untouched> => ok({ ...standing, reason });

  const { instrument, targetWeight } = candidate;
  if (inputs.frozen.has(candidate.conId)) return leave({ kind: "frozen" });
  if (targetWeight === undefined && !policy.closeUnlisted) return leave({ kind: "not-in-any-forecast" });
  if (candidate.position && candidate.position.securityType !== "STK")
    return leave({ kind: "not-tradable", securityType: candidate.position.securityType });
  if (!instrument)
    return held({ kind: "holding-unknown", symbol: candidate.symbol, conId: candidate.conId, detail: "" });
  const session = sessionOpenAt(instrument.sessions, inputs.now);
  if (!session) return leave({ kind: "market-closed" });
  if (inputs.halted.has(candidate.conId)) return leave({ kind: "check-failed", check: "trading-halt" });
  const quote = inputs.quotes.get(candidate.conId);
  if (!quote)
    return held({ kind: "quote-side-missing", symbol: candidate.symbol, side: "bid", value: "no quote" });

  const wanted = targetWeight ?? 0;
  const { currentShares, currentWeight } = standing;
  const unit = { price: quote.mid, multiplier: instrument.multiplier, rate };
  const closes = wanted === 0 && currentShares !== 0;
  const signedShares = closes
    ? sharesToClose(currentShares)
    : sharesToTrade(inputs.account.netLiquidation, wanted, currentShares, unit);
  const value = absolute(
    inBase(notional(signedShares, quote.mid, instrument.multiplier, instrument.currency), rate, inputs),
  );
  const minimum = moneyFromNumber(policy.minOrderValue, inputs.account.baseCurrency);
  const drift = currentWeight - wanted;

  if (wanted === 0 && currentShares === 0) return leave({ kind: "on-target" });
  if (!closes && Math.abs(drift) <= policy.bandWeight + floatNoise)
    return leave({ kind: "within-band", drift, band: policy.bandWeight });
  if (signedShares === 0) return leave({ kind: "less-than-one-share" });
  if (!closes && isGreater(minimum, value)) return leave({ kind: "below-minimum-value", value, minimum });

  const side = sideOf(signedShares);
  const terms = termsFor(candidate.symbol, toNumber(value), policy.execution);
  const execution = executeNow({ instrument, side, quote }, session, inputs.now, terms);
  if (!execution.ok) return execution;
  if ("kind" in execution.value) return leave(execution.value);
  const targetShares = currentShares + signedShares;
  const plannedValue = inBase(
    notional(targetShares, quote.mid, instrument.multiplier, instrument.currency),
    rate,
    inputs,
  );
  return ok({
    ...standing,
    targetShares,
    plannedWeight: ratio(plannedValue, inputs.account.netLiquidation),
    reason: reasonOf(currentShares, targetShares, targetWeight),
    value,
    order: orderOf(instrument, side, Math.abs(signedShares), execution.value, quote.mid, inputs),
  });
}

/** What is held now, and what it weighs, at the mid where there is a quote and else at the broker's mark. */
function valueOf(candidate: Candidate, inputs: PlanInputs): Result<{ standing: Standing; rate: number }> {
  const { conId, symbol, currency, instrument, position } = candidate;
  const { account } = inputs;
  const rate = currency === account.baseCurrency ? 1 : account.exchangeRates.get(currency);
  if (rate === undefined)
    return held({ kind: "exchange-rate-missing", symbol, currency, baseCurrency: account.baseCurrency });
  const quote = inputs.quotes.get(conId);
  const currentShares = position?.shares ?? 0;
  const marketValue =
    currentShares === 0
      ? { currency, e6: 0n }
      : quote && instrument
        ? notional(currentShares, quote.mid, instrument.multiplier, currency)
        : position?.marketValue;
  if (!marketValue) return held({ kind: "holding-not-priced", symbol });
  const currentWeight = ratio(inBase(marketValue, rate, inputs), account.netLiquidation);
  return ok({
    rate,
    standing: {
      conId,
      symbol,
      currency,
      currentShares,
      targetShares: currentShares,
      currentWeight,
      targetWeight: candidate.targetWeight ?? 0,
      plannedWeight: currentWeight,
      price: quote?.mid ?? position?.marketPrice,
    },
  });
}

function inBase(value: Money, rate: number, { account }: PlanInputs): Money {
  return value.currency === account.baseCurrency ? value : convert(value, rate, account.baseCurrency);
}

function reasonOf(
  currentShares: number,
  targetShares: number,
  targetWeight: number | undefined,
): TradeReason {
  if (targetWeight === undefined) return "close-unlisted";
  if (targetWeight === 0) return "close";
  if (currentShares === 0) return "open";
  if (currentShares * targetShares < 0) return "reverse";
  return Math.abs(targetShares) > Math.abs(currentShares) ? "increase" : "reduce";
}

function orderOf(
  instrument: Instrument,
  side: Side,
  shares: number,
  execution: Execute,
  mid: number,
  { run, usedOrderRefs }: PlanInputs,
): PlannedOrder {
  const refOf = (attempt: number) =>
    orderRefOf({ ...run, role: "rebalance", symbol: instrument.symbol, side, shares, attempt });
  let attempt = 1;
  while (usedOrderRefs.has(refOf(attempt))) attempt += 1;
  return {
    orderRef: refOf(attempt),
    role: "rebalance",
    account: run.account,
    instrument,
    side,
    shares,
    decisionPrice: mid,
    ...execution,
  };
}

/** Sells before buys, larger values first, then by symbol: the same plan whatever the order of the inputs. */
function sellsFirst(a: Trade, b: Trade): number {
  if (a.order.side !== b.order.side) return a.order.side === "sell" ? -1 : 1;
  if (a.value.e6 !== b.value.e6) return a.value.e6 > b.value.e6 ? -1 : 1;
  return a.symbol < b.symbol ? -1 : a.symbol > b.symbol ? 1 : 0;
}
