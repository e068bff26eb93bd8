import type { Finding } from "../trading/finding.ts";
import { type Forecast, withoutStrategies } from "../trading/forecast.ts";
import type { Instant } from "../trading/instant.ts";
import { weightOf } from "../trading/planner/valued.ts";
import { all, ok, type Result } from "../trading/result.ts";
import { earlyChecks, nothingKnown, type RiskKnown, type RiskMarket } from "../trading/risk/review.ts";
import type { RiskRecord } from "../trading/risk/risk-record.ts";
import { shareValues } from "../trading/risk/share-values.ts";
import {
  type MeasuredStrategy,
  measureStrategies,
  type StrategyMarket,
  stoppedAmong,
  strategyFindings,
} from "../trading/risk/strategy-value.ts";
import type { Bookkeeper } from "./bookkeeper.ts";
import type { Job } from "./job.ts";
import type { Market } from "./read-market.ts";
import type { Reconciled } from "./reconcile.ts";
import { riskPolicyOf } from "./review-risk.ts";

/** What a run knows when it values the strategies. */
interface Looked {
  readonly forecast: Forecast;
  readonly market: Market;
  /** Of what strategies are still measured by and no forecast names any more. */
  readonly dropped: RiskMarket;
  readonly reconciled: Reconciled;
}

interface Desk {
  readonly record: RiskRecord;
  readonly now: Instant;
  readonly books: Pick<Bookkeeper, "keepStrategies">;
  /** What was found until now: a split shows as shares that nobody has traded. */
  readonly findings: readonly Finding[];
}

export interface Strategies {
  readonly measured: readonly MeasuredStrategy[];
  /** Without what stopped strategies ask for. */
  readonly forecast: Result<Forecast>;
  readonly findings: readonly Finding[];
}

/**
 * Values the strategies that may be stopped, and puts it on record: a stop counts from here on, also for a run that breaks
 * off right behind it.
 */
export async function lookAtStrategies(
  job: Job,
  seen: { readonly [part in keyof Looked]: Result<Looked[part]> },
  desk: Desk,
): Promise<Strategies> {
  const { record, now, books } = desk;
  const looked = all({ ...seen });
  if (!looked.ok) return { measured: standingStrategies(job, record), forecast: seen.forecast, findings: [] };
  const { forecast } = looked.value;
  const market = strategyMarket(job, looked.value, desk);
  const measured = measureStrategies(job.strategies, record.strategies, { parts: forecast.parts, market });
  const looks = measured.filter(({ look }) => look !== "none");
  if (looks.length > 0) await books.keepStrategies(looks, now);
  return {
    measured,
    forecast: ok(withoutStrategies(forecast, stoppedAmong(measured))),
    findings: strategyFindings(measured, record.strategies, now),
  };
}

/** Without a market: those that have been stopped stay so, of the others nothing is known. */
export function standingStrategies(job: Job, { strategies }: RiskRecord): readonly MeasuredStrategy[] {
  return measureStrategies(job.strategies, strategies, undefined);
}

/**
 * Prices as net liquidation has them: the mid, and the broker's mark for what is held and has no quote. One that jumped
 * further than is allowed between two looks is not believed, unless a split explains it: then the position shows it too.
 */
function strategyMarket(
  job: Job,
  { forecast, market: named, dropped, reconciled: { account } }: Looked,
  { record, now, findings }: Desk,
): StrategyMarket {
  const market = bothOf(named, dropped);
  const known: RiskKnown = { ...nothingKnown(now), record, account, forecast, market };
  const doubted = new Set(
    earlyChecks(known, riskPolicyOf(job))
      .filter(({ name, verdict }) => name === "price-jump" && verdict === "fail")
      .map(({ subject }) => subject),
  );
  const splits = new Map(
    findings.flatMap((finding) =>
      finding.kind === "position-unexplained" && finding.looksLike === "split"
        ? [[finding.conId, finding.toldShares / finding.expectedShares] as const]
        : [],
    ),
  );
  const valueOf = shareValues(account, market);
  return {
    now,
    priceOf: (symbol) => {
      const found = valueOf(symbol);
      if (!found) return undefined;
      const splitRatio = splits.get(found.conId) ?? 1;
      if (doubted.has(symbol) && splitRatio === 1) return undefined;
      return { conId: found.conId, price: found.unit.price * found.unit.rate, splitRatio };
    },
    weightOf: (target) =>
      account.netLiquidation.e6 > 0n
        ? weightOf(target, valueOf(target.symbol)?.unit, account.netLiquidation)
        : undefined,
  };
}

function bothOf(a: RiskMarket, b: RiskMarket): RiskMarket {
  return {
    instruments: [...a.instruments, ...b.instruments],
    quotes: new Map([...a.quotes, ...b.quotes]),
    haltedConIds: new Set([...a.haltedConIds, ...b.haltedConIds]),
  };
}
