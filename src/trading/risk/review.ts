import type { Account } from "../account.ts";
import type { Finding } from "../finding.ts";
import type { Forecast } from "../forecast.ts";
import type { Instant } from "../instant.ts";
import type { Instrument } from "../instrument.ts";
import type { Money } from "../money.ts";
import type { Plan } from "../planner/plan.ts";
import type { Quote } from "../quote.ts";
import type { Session } from "../session.ts";
import { accountChecks } from "./account-checks.ts";
import {
  type Check,
  type CheckName,
  isInForce,
  type Judging,
  kindOf,
  nameOf,
  type Override,
} from "./check.ts";
import { forecastChecks } from "./forecast-checks.ts";
import type { Limits } from "./limits.ts";
import { marketChecks } from "./market-checks.ts";
import { portfolioChecks } from "./portfolio-checks.ts";
import { emptyRiskRecord, type RiskRecord } from "./risk-record.ts";
import { strategyLossChecks } from "./strategy-checks.ts";
import type { MeasuredStrategy, StrategyPolicy } from "./strategy-value.ts";

/** Everything that a run's risk is judged by: the limits and the tolerances that other steps judge with. */
export interface RiskPolicy {
  readonly limits: Limits;
  /** By how much net liquidation may move between two runs. */
  readonly maxNavMove: number;
  readonly quoteMaxAgeSeconds: number;
  readonly strategies: readonly (StrategyPolicy & { readonly maxAgeMinutes: number })[];
}

/** What a run has learnt; what is undefined it has not, and the checks that need it say so. */
export interface RiskKnown {
  readonly now: Instant;
  readonly session: Session | undefined;
  readonly record: RiskRecord;
  readonly account: Account | undefined;
  /** Without what stopped strategies ask for. */
  readonly forecast: Forecast | undefined;
  readonly market: RiskMarket | undefined;
  /** Those that may be stopped, as this run sees them. */
  readonly strategies: readonly MeasuredStrategy[];
  /** What earlier waves of this run have ordered: it counts in the run. */
  readonly orderedBefore: OrderedBefore | undefined;
  /** What earlier steps have refused: a stale quote is a failed check although there is no quote. */
  readonly findings: readonly Finding[];
}

/** Orders, and what they were worth when they were planned: unsigned, base currency. */
export interface OrderedBefore {
  readonly orders: number;
  readonly value: Money;
}

/** What a run knows that has learnt nothing yet. */
export function nothingKnown(now: Instant): RiskKnown {
  return {
    now,
    session: undefined,
    record: emptyRiskRecord,
    account: undefined,
    forecast: undefined,
    market: undefined,
    strategies: [],
    orderedBefore: undefined,
    findings: [],
  };
}

export interface RiskMarket {
  readonly instruments: readonly Instrument[];
  /** Good quotes by conId. */
  readonly quotes: ReadonlyMap<number, Quote>;
  /** Contracts whose trading the exchange has stopped. */
  readonly haltedConIds: ReadonlySet<number>;
}

/**
 * What is shown and kept of a run's checks: every one that does not simply pass, and of those that pass for many
 * instruments the one that is nearest to its limit.
 */
export interface Review {
  readonly checks: readonly Check[];
  /** How many there were. */
  readonly judged: number;
  /** What persons have taken on at this time, whether it was needed or not. */
  readonly overrides: readonly Override[];
}

/** Runs every check there is, whatever the others say. Without a plan the present portfolio is judged. */
export function allChecks(plan: Plan | undefined, known: RiskKnown, policy: RiskPolicy): readonly Check[] {
  const judging = judgingOf(known, policy);
  return [...portfolioChecks(plan, known, policy.limits, judging), ...otherChecks(plan, known, policy)];
}

/** All checks as one review. */
export function reviewOf(checks: readonly Check[], { now, record }: RiskKnown): Review {
  const overrides = record.overrides.filter((each) => isInForce(each, now));
  return { checks: toldOf(checks), judged: checks.length, overrides };
}

/** The checks that need no plan: they decide what may be planned. */
export function earlyChecks(known: RiskKnown, policy: RiskPolicy): readonly Check[] {
  return otherChecks(undefined, known, policy);
}

function otherChecks(plan: Plan | undefined, known: RiskKnown, policy: RiskPolicy): readonly Check[] {
  const judging = judgingOf(known, policy);
  return [
    ...marketChecks(known, policy, judging),
    ...forecastChecks(known, policy, judging),
    ...accountChecks(plan, known, policy, judging),
    ...strategyLossChecks(known, policy, judging),
  ];
}

function judgingOf({ now, record, account }: RiskKnown, { limits }: RiskPolicy): Judging {
  const currency = account?.baseCurrency ?? "";
  return { now, overrides: record.overrides, currency, warnAt: limits.warnAt };
}

/** Findings with which steps before the gate tell of the same: it is not said twice. */
const toldBefore: Partial<Record<Check["name"], Finding["kind"]>> = {
  "quote-age": "quote-stale",
  "forecast-age": "forecast-stale",
  "nav-jump": "net-liquidation-jumped",
  "excess-liquidity": "margin-deficit",
};

/** A market that is wide or halted is no reason to call a person. */
const toldInTheReview: ReadonlySet<Check["name"]> = new Set(["spread", "trading-halt"]);

/** What a person must hear of. */
export function findingsIn(
  { checks }: Review,
  { record: { failedBefore }, findings }: Pick<RiskKnown, "record" | "findings">,
): readonly Finding[] {
  const isTold = ({ name }: Check) =>
    toldInTheReview.has(name) || findings.some(({ kind }) => kind === toldBefore[name]);
  return checks
    .filter((check) => check.verdict === "fail" && !isTold(check))
    .map((check) => ({ kind: "check-failed", check, isNew: !failedBefore.has(nameOf(check)) }));
}

function toldOf(checks: readonly Check[]): readonly Check[] {
  const nearest = { pass: new Map<CheckName, Check>(), unknown: new Map<CheckName, Check>() };
  for (const check of checks) {
    if (check.verdict !== "pass" && check.verdict !== "unknown") continue;
    const byName = nearest[check.verdict];
    const known = byName.get(check.name);
    if (!known || nearness(check) > nearness(known)) byName.set(check.name, check);
  }
  return checks.filter((check) =>
    check.verdict === "pass" || check.verdict === "unknown"
      ? nearest[check.verdict].get(check.name) === check
      : true,
  );
}

/** 1 at the limit, less inside it. */
function nearness({ name, value = 0, limit }: Check): number {
  const [near, far] = kindOf(name).bound === "max" ? [value, limit] : [limit, value];
  return near / Math.max(far, Number.MIN_VALUE);
}
