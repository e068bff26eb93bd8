import type { Instrument } from "../instrument.ts";
import { add, convert, type Money, moneyFromNumber, ratio, zero } from "../money.ts";
import { notional } from "../price.ts";
import type { TargetAmount, UnitValue } from "../quantity.ts";
import type { Quote } from "../quote.ts";
import { held, ok, type Result } from "../result.ts";
import type { Candidate } from "./candidate.ts";
import type { Standing } from "./plan.ts";
import type { PlanInputs } from "./plan-inputs.ts";

/** A candidate with what is held of it, what that is worth, and what is wanted. */
export interface Valued {
  readonly candidate: Candidate;
  readonly standing: Standing;
  /** Of the position, signed, in base currency. */
  readonly marketValue: Money;
  readonly quote: Quote | undefined;
  /** Undefined without a price. */
  readonly unit: UnitValue | undefined;
}

/** Values at the mid where there is a quote and else at the broker's mark; no value is a finding (D06, D07). */
export function valueOf(candidate: Candidate, inputs: PlanInputs): Result<Valued> {
  const { conId, symbol, currency, instrument, position, target } = candidate;
  const { account } = inputs;
  const { netLiquidation, baseCurrency } = account;
  const rate = currency === baseCurrency ? 1 : account.exchangeRates.get(currency);
  if (rate === undefined) return held({ kind: "exchange-rate-missing", symbol, currency, baseCurrency });
  const quote = inputs.quotes.get(conId);
  const currentShares = position?.shares ?? 0;
  const told =
    currentShares === 0
      ? zero(currency)
      : quote && instrument
        ? notional(currentShares, quote.mid, instrument.multiplier, currency)
        : position?.marketValue;
  if (!told) return held({ kind: "holding-not-priced", symbol });
  const marketValue = convert(told, rate, baseCurrency);
  const price = quote?.mid ?? position?.marketPrice;
  const unit = price === undefined ? undefined : unitOf(instrument, price, rate);
  const currentWeight = ratio(marketValue, netLiquidation);
  const standing: Standing = {
    conId,
    symbol,
    currency,
    currentShares,
    targetShares: currentShares,
    currentWeight,
    targetWeight: target ? weightOf(target, unit, netLiquidation) : 0,
    plannedWeight: currentWeight,
    price,
    adjustments: [],
  };
  return ok({ candidate, standing, marketValue, quote, unit });
}

/** What signed shares are worth in base currency. */
export function worthOf(shares: number, { price, multiplier, rate }: UnitValue, baseCurrency: string): Money {
  const value = notional(shares, price, multiplier, baseCurrency);
  return rate === 1 ? value : convert(value, rate, baseCurrency);
}

/** All parts of a target as one share of net liquidation; undefined for shares that have no price. */
export function weightOf(
  target: TargetAmount,
  unit: UnitValue | undefined,
  netLiquidation: Money,
): number | undefined {
  if (target.shares === 0 && target.notional === 0) return target.weight;
  if (target.shares !== 0 && !unit) return undefined;
  const base = netLiquidation.currency;
  const sharesValue = unit ? worthOf(target.shares, unit, base) : zero(base);
  return target.weight + ratio(add(moneyFromNumber(target.notional, base), sharesValue), netLiquidation);
}

function unitOf(instrument: Instrument | undefined, price: number, rate: number): UnitValue {
  return { price, multiplier: instrument?.multiplier ?? 1, rate };
}
