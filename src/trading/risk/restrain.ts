import type { Forecast } from "../forecast.ts";
import { isIncrease } from "../planner/is-increase.ts";
import type { Plan, Standing, Trade, Untouched } from "../planner/plan.ts";
import { type Check, type CheckName, kindOf } from "./check.ts";
import type { Limits } from "./limits.ts";

/** What failed checks leave of a plan. */
export interface Restraint {
  /** Targets are multiplied by it before anything is planned. */
  readonly targetFactor: number;
  /** The check for which only reductions may be sent. */
  readonly reduceOnly: CheckName | undefined;
  /** Instruments that are left alone, each with its check. */
  readonly skipped: ReadonlyMap<string, CheckName>;
  /** Instruments of which only reductions may be sent, each with its check. */
  readonly reduceOnlySymbols: ReadonlyMap<string, CheckName>;
}

/** What the failed checks among these ask for; the forecast says which instruments a stopped strategy leaves. */
export function restraintOf(
  checks: readonly Check[],
  { drawdown }: Limits,
  forecast: Pick<Forecast, "targets"> | undefined,
): Restraint {
  const failed = checks.filter(({ verdict }) => verdict === "fail");
  return {
    targetFactor: failed.some(({ name }) => name === "drawdown-de-risk") ? drawdown.deRiskFactor : 1,
    reduceOnly: failed.find(({ name }) => kindOf(name).effect === "reduce")?.name,
    skipped: new Map(
      failed.filter(({ name }) => kindOf(name).effect === "skip").map(({ subject, name }) => [subject, name]),
    ),
    reduceOnlySymbols: reduceOnlySymbols(failed, forecast),
  };
}

/** What stopped strategies held alone or against the others: no stop takes a position further from zero. */
function reduceOnlySymbols(
  failed: readonly Check[],
  forecast: Pick<Forecast, "targets"> | undefined,
): ReadonlyMap<string, CheckName> {
  const stops = failed.filter(({ name }) => kindOf(name).effect === "stop");
  if (!forecast) return new Map();
  return new Map(
    forecast.targets.flatMap(({ symbol, stopped }) => {
      const by =
        stopped?.isReduceOnly &&
        stops.find(({ subject }) => stopped.strategies.some(({ strategy }) => strategy === subject));
      return by ? [[symbol, by.name] as const] : [];
    }),
  );
}

/** A forecast that asks for less of everything. */
export function scaled(forecast: Forecast, factor: number): Forecast {
  if (factor === 1) return forecast;
  return {
    ...forecast,
    targets: forecast.targets.map(({ weight, notional, shares, ...target }) => ({
      ...target,
      weight: weight * factor,
      notional: notional * factor,
      shares: shares * factor,
    })),
    targetLeverage: forecast.targetLeverage * factor,
  };
}

/**
 * The plan without what a failed check forbids: its instruments are left alone, and why. A working order that the plan would
 * keep is then wanted no more.
 */
export function restrained(plan: Plan, restraint: Restraint): Plan {
  const refused = plan.trades.flatMap((trade) => refusedLine(trade, restraint) ?? []);
  const untouched = plan.untouched.map((line) => (isKept(line) && refusedLine(line, restraint)) || line);
  return {
    ...plan,
    trades: plan.trades.filter((trade) => forbidden(trade, restraint) === undefined),
    untouched: [...untouched, ...refused],
  };
}

function refusedLine(line: Trade | Untouched, restraint: Restraint): Untouched | undefined {
  const check = forbidden(line, restraint);
  if (check === undefined) return undefined;
  const { conId, symbol, currency, currentShares, currentWeight, targetWeight, price, adjustments } = line;
  const standing = {
    conId,
    symbol,
    currency,
    currentShares,
    currentWeight,
    targetWeight,
    price,
    adjustments,
  };
  const reason = { kind: "check-failed", check } as const;
  return { ...standing, targetShares: currentShares, plannedWeight: currentWeight, reason };
}

/** Would the plan keep orders at work on it of which it may decide? */
function isKept({ reason }: Untouched): boolean {
  return reason.kind === "order-at-work" && !reason.isUncertain;
}

/** The check that forbids the trade; undefined when none does. */
export function forbidden(
  trade: Standing,
  { skipped, reduceOnly, reduceOnlySymbols: few }: Restraint,
): CheckName | undefined {
  return skipped.get(trade.symbol) ?? (isIncrease(trade) ? (reduceOnly ?? few.get(trade.symbol)) : undefined);
}
