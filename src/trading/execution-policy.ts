import type { AdaptivePriority, ExecutionStyle, StyleKind } from "./execution-style.ts";
import { type Instant, later, minutesBetween } from "./instant.ts";
import type { Instrument } from "./instrument.ts";
import { isPrice, limitPrice, pricesToward } from "./price.ts";
import type { Quote } from "./quote.ts";
import { held, ok, type Result } from "./result.ts";
import type { Session } from "./session.ts";
import type { Side } from "./side.ts";

/** The price that a collar is counted from. */
export type PriceReference = "mid" | "bid" | "ask" | "last" | "close";

/**
 * How long an order works: until its session ends, or for its first moment only. What lives on over sessions is not
 * offered for rebalancing: a run takes it for certain that yesterday's orders are gone.
 */
export type TimeInForce = "DAY" | "IOC";

/** How one order is priced and worked. */
export interface ExecutionTerms {
  readonly style: StyleKind;
  /** Of style `adaptive`. */
  readonly adaptivePriority: AdaptivePriority;
  /** A marketable limit is counted from the other side of the market instead. */
  readonly reference: PriceReference;
  /** How far from the reference the limit may lie against us. */
  readonly collarBps: number;
  /** The collar is at least so many ticks wide, however cheap the instrument is. */
  readonly collarTicks: number;
  /** (ask − bid) ÷ mid, beyond which the instrument is left alone. Undefined: any. */
  readonly spreadMaxBps: number | undefined;
  /** So many limits nearer to the reference are tried before the collar's own; 0 begins with that one. */
  readonly repriceSteps: number;
  readonly timeInForce: TimeInForce;
  /** May the order trade on after the close, until its day ends? */
  readonly outsideRegularHours: boolean;
  /** How long `vwap` and `twap` work, at most until the close. */
  readonly algoMinutes: number;
  /** Of `vwap`: the largest part of the market's volume; 0.1 is a tenth. */
  readonly volumePartMax: number;
  /** Nothing is sent so shortly after the open and before the close. */
  readonly minutesAfterOpen: number;
  readonly minutesBeforeClose: number;
}

/** Other terms for some orders. */
export interface ExecutionRule {
  /** Undefined: all. */
  readonly symbols: ReadonlySet<string> | undefined;
  /** For orders worth at least so much, in the account's base currency; 0 is all. */
  readonly orderValueMin: number;
  readonly terms: Partial<ExecutionTerms>;
}

export interface ExecutionPolicy extends ExecutionTerms {
  /** The first that fits an order counts; what it leaves open is as everywhere. */
  readonly rules: readonly ExecutionRule[];
}

/** Adaptive limit orders of the day, so far from the mid: what holds where nothing else is said. */
export function adaptiveWithin(collarBps: number): ExecutionPolicy {
  return {
    style: "adaptive",
    adaptivePriority: "Normal",
    reference: "mid",
    collarBps,
    collarTicks: 0,
    spreadMaxBps: undefined,
    repriceSteps: 0,
    timeInForce: "DAY",
    outsideRegularHours: false,
    algoMinutes: 45,
    volumePartMax: 0.1,
    minutesAfterOpen: 0,
    minutesBeforeClose: 0,
    rules: [],
  };
}

/** The terms of an order of this symbol and this value (base currency, unsigned). */
export function termsFor(
  symbol: string,
  value: number,
  { rules, ...usual }: ExecutionPolicy,
): ExecutionTerms {
  const rule = rules.find(
    ({ symbols, orderValueMin }) => value >= orderValueMin && symbols?.has(symbol) !== false,
  );
  return { ...usual, ...rule?.terms };
}

/** What a planned order is told of its execution. */
export interface Execute {
  /** The worst price that is accepted. */
  readonly limitPrice: number;
  /** Limits that are tried before it, nearest to the reference first. */
  readonly approach: readonly number[];
  readonly style: ExecutionStyle;
  readonly timeInForce: TimeInForce;
  readonly outsideRegularHours: boolean;
}

/** Why an instrument is not traded at this moment, although it should be. */
export type WaitReason =
  | { readonly kind: "spread-too-wide"; readonly spreadBps: number; readonly limitBps: number }
  /** `minutes` have passed since the open, or are left to the close. */
  | {
      readonly kind: "near-session-edge";
      readonly edge: "open" | "close";
      readonly minutes: number;
      readonly limitMinutes: number;
    };

/** NYSE takes closing orders until ten minutes before the close, Nasdaq until five (IBKR's page of MOC orders). */
const closingOrderMinutes = 10;

/**
 * How an order would be worked now, or why it waits. Held when the price that it is to be counted from is missing, or when
 * no price above zero is left.
 */
export function executeNow(
  order: { readonly instrument: Instrument; readonly side: Side; readonly quote: Quote },
  session: Session,
  now: Instant,
  terms: ExecutionTerms,
): Result<Execute | WaitReason> {
  const wait = nearEdge(session, now, terms) ?? wideSpread(order.quote, terms);
  if (wait) return ok(wait);
  const { instrument, side, quote } = order;
  const { symbol, priceSteps: steps } = instrument;
  const field = terms.style === "marketable-limit" ? (side === "buy" ? "ask" : "bid") : terms.reference;
  const reference = quote[field];
  if (!isPrice(reference))
    return held({ kind: "quote-side-missing", symbol, side: field, value: String(reference) });
  const { collarBps, collarTicks, timeInForce, outsideRegularHours } = terms;
  const limit = limitPrice(reference, side, { collarBps, collarTicks, steps });
  if (limit === undefined) return held({ kind: "limit-price-impossible", symbol, side, mid: reference });
  const approach = pricesToward(limit, reference, terms.repriceSteps, { side, steps });
  return ok({
    limitPrice: limit,
    approach,
    style: styleOf(terms, session, now),
    timeInForce,
    outsideRegularHours,
  });
}

function nearEdge({ openAt, closeAt }: Session, now: Instant, terms: ExecutionTerms): WaitReason | undefined {
  const { minutesAfterOpen, minutesBeforeClose, style } = terms;
  const sinceOpen = minutesBetween(openAt, now);
  if (sinceOpen < minutesAfterOpen)
    return { kind: "near-session-edge", edge: "open", minutes: sinceOpen, limitMinutes: minutesAfterOpen };
  const limitMinutes = Math.max(minutesBeforeClose, style === "market-on-close" ? closingOrderMinutes : 0);
  const toClose = minutesBetween(now, closeAt);
  return toClose < limitMinutes
    ? { kind: "near-session-edge", edge: "close", minutes: toClose, limitMinutes }
    : undefined;
}

function wideSpread({ bid, ask, mid }: Quote, { spreadMaxBps }: ExecutionTerms): WaitReason | undefined {
  const spreadBps = ((ask - bid) / mid) * 10_000;
  return spreadMaxBps !== undefined && spreadBps > spreadMaxBps + floatNoise
    ? { kind: "spread-too-wide", spreadBps, limitBps: spreadMaxBps }
    : undefined;
}

/** A spread that equals its limit to a billionth of a basis point is no wider. */
const floatNoise = 1e-9;

function styleOf(terms: ExecutionTerms, { closeAt }: Session, now: Instant): ExecutionStyle {
  const { style: kind, adaptivePriority: priority, volumePartMax } = terms;
  const endAt = Math.min(later(now, terms.algoMinutes * 60_000), closeAt) as Instant;
  if (kind === "adaptive") return { kind, priority };
  if (kind === "vwap") return { kind, endAt, volumePartMax };
  return kind === "twap" ? { kind, endAt } : { kind };
}
