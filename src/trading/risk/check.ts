import type { Instant } from "../instant.ts";

/** In which unit a check's numbers are; `amount` is in the account's base currency, `count` is of orders. */
export type CheckUnit = "factor" | "ratio" | "amount" | "count" | "bps" | "seconds" | "minutes" | "yes-no";

/**
 * What a failed check does: `hold`: nothing is sent; `reduce`: only orders that bring positions nearer to zero are sent;
 * `skip`: the instrument is left alone in this run; `stop`: the strategy's targets count as nothing, until a person begins
 * its measure anew.
 */
export type CheckEffect = "hold" | "reduce" | "skip" | "stop";

interface CheckKind {
  /** What one check of this kind is about: its `subject` is the name of that. */
  readonly about: "account" | "symbol" | "group" | "strategy";
  readonly unit: CheckUnit;
  /** Is the limit the most or the least that the value may be? */
  readonly bound: "max" | "min";
  readonly effect: CheckEffect;
  /**
   * May a person set it aside for a time? Never where the data are in doubt, the broker is about to liquidate, or another
   * command settles it.
   */
  readonly canBeOverridden: boolean;
}

/** Every check there is, in the order in which they are shown. */
export const checkKinds = {
  "gross-leverage": { about: "account", unit: "factor", bound: "max", effect: "hold", canBeOverridden: true },
  "net-leverage": { about: "account", unit: "factor", bound: "max", effect: "hold", canBeOverridden: true },
  weight: { about: "symbol", unit: "ratio", bound: "max", effect: "hold", canBeOverridden: true },
  "group-weight": { about: "group", unit: "ratio", bound: "max", effect: "hold", canBeOverridden: true },
  "strategy-weight": {
    about: "strategy",
    unit: "ratio",
    bound: "max",
    effect: "hold",
    canBeOverridden: true,
  },
  "order-value": { about: "symbol", unit: "amount", bound: "max", effect: "hold", canBeOverridden: true },
  "orders-per-run": { about: "account", unit: "count", bound: "max", effect: "hold", canBeOverridden: true },
  "orders-per-day": { about: "account", unit: "count", bound: "max", effect: "hold", canBeOverridden: true },
  "turnover-per-run": {
    about: "account",
    unit: "ratio",
    bound: "max",
    effect: "hold",
    canBeOverridden: true,
  },
  "turnover-per-day": {
    about: "account",
    unit: "ratio",
    bound: "max",
    effect: "hold",
    canBeOverridden: true,
  },
  "price-jump": { about: "symbol", unit: "ratio", bound: "max", effect: "skip", canBeOverridden: true },
  spread: { about: "symbol", unit: "bps", bound: "max", effect: "skip", canBeOverridden: true },
  "quote-age": { about: "symbol", unit: "seconds", bound: "max", effect: "hold", canBeOverridden: false },
  "trading-halt": { about: "symbol", unit: "yes-no", bound: "max", effect: "skip", canBeOverridden: false },
  "session-hours": { about: "symbol", unit: "minutes", bound: "max", effect: "skip", canBeOverridden: false },
  "forecast-age": {
    about: "strategy",
    unit: "minutes",
    bound: "max",
    effect: "hold",
    canBeOverridden: false,
  },
  "nav-jump": { about: "account", unit: "ratio", bound: "max", effect: "hold", canBeOverridden: false },
  "excess-liquidity": {
    about: "account",
    unit: "amount",
    bound: "min",
    effect: "reduce",
    canBeOverridden: false,
  },
  cushion: { about: "account", unit: "ratio", bound: "min", effect: "reduce", canBeOverridden: false },
  "daily-loss": { about: "account", unit: "ratio", bound: "max", effect: "reduce", canBeOverridden: true },
  "drawdown-de-risk": {
    about: "account",
    unit: "ratio",
    bound: "max",
    effect: "reduce",
    canBeOverridden: true,
  },
  "drawdown-halt": { about: "account", unit: "ratio", bound: "max", effect: "hold", canBeOverridden: true },
  "strategy-loss": { about: "strategy", unit: "ratio", bound: "max", effect: "stop", canBeOverridden: false },
  "strategy-profit": {
    about: "strategy",
    unit: "ratio",
    bound: "max",
    effect: "stop",
    canBeOverridden: false,
  },
} as const satisfies Record<string, CheckKind>;

export type CheckName = keyof typeof checkKinds;

export const checkNames = Object.keys(checkKinds) as readonly CheckName[];

export function kindOf(name: CheckName): CheckKind {
  return checkKinds[name];
}

/** `unknown`: this run did not learn the value. Beyond the limit and no worse by the plan is a warning, not a failure. */
export type CheckVerdict = "pass" | "warn" | "fail" | "unknown";

/** One check with its numbers, in the unit of its kind. */
export interface Check {
  readonly name: CheckName;
  /** The symbol, group or strategy that it is about; empty for the whole account. */
  readonly subject: string;
  /** Before the plan, where the plan changes it: a reduction towards a limit always passes. */
  readonly present: number | undefined;
  /** What is judged. */
  readonly value: number | undefined;
  readonly limit: number;
  /** Of amounts; empty for all else, and where no account has told it. */
  readonly currency: string;
  readonly verdict: CheckVerdict;
  /** Set when the value is beyond the limit and a person has taken that on for a time. */
  readonly override: Override | undefined;
}

/** A person's word that a check may be broken until an instant. */
export interface Override {
  readonly name: CheckName;
  /** The one subject that is meant; empty for all of them. */
  readonly subject: string;
  readonly givenAt: Instant;
  /** It ends by itself at this market time. */
  readonly untilAt: Instant;
  readonly why: string;
  readonly by: string;
}

/** What a check is judged with. */
export interface Judging {
  readonly now: Instant;
  readonly overrides: readonly Override[];
  /** The account's base currency; empty when it is not known. */
  readonly currency: string;
  /** A value beyond this share of its limit is a warning. */
  readonly warnAt: number;
}

interface Facts {
  readonly subject?: string;
  readonly present?: number | undefined;
  readonly value: number | undefined;
  readonly limit: number;
  /** The plan does not make it worse: then it does not fail. */
  readonly isNoWorse?: boolean;
}

/** Float noise in a sum of weights is no breach. */
export const tolerance = 1e-9;

/** How far beyond a limit a value is still at it. */
export function slackAt(limit: number): number {
  return tolerance * Math.max(1, Math.abs(limit));
}

/** Judges one value against its limit. */
export function judge(name: CheckName, facts: Facts, judging: Judging): Check {
  const { subject = "", present, limit } = facts;
  const value = Number.isNaN(facts.value) ? undefined : facts.value;
  const judged = verdictOn(name, value, facts, judging.warnAt);
  const override = judged === "fail" ? overrideOf(name, subject, judging) : undefined;
  // One literal for every check: thousands of them are made in a run.
  return {
    name,
    subject,
    present,
    value,
    limit,
    currency: kindOf(name).unit === "amount" ? judging.currency : "",
    verdict: override ? "warn" : judged,
    override,
  };
}

function verdictOn(
  name: CheckName,
  value: number | undefined,
  { limit, isNoWorse = false }: Facts,
  warnAt: number,
): CheckVerdict {
  if (value === undefined) return "unknown";
  const isMax = kindOf(name).bound === "max";
  const slack = slackAt(limit);
  const isBeyond = isMax ? value > limit + slack : value < limit - slack;
  if (isBeyond) return isNoWorse ? "warn" : "fail";
  const isNear = isMax ? value > limit * warnAt + slack : value * warnAt < limit - slack;
  return isNear ? "warn" : "pass";
}

function overrideOf(name: CheckName, subject: string, { overrides, now }: Judging): Override | undefined {
  return overrides.find((each) => isInForce(each, now) && covers(each, name, subject));
}

/** In force from when it is given until it ends: the end itself is no longer in it. */
export function isInForce({ untilAt }: Override, now: Instant): boolean {
  return now < untilAt;
}

function covers(override: Override, name: CheckName, subject: string): boolean {
  const isMeant = override.name === name && (override.subject === "" || override.subject === subject);
  return isMeant && kindOf(name).canBeOverridden;
}

/** "weight AAPL", "gross-leverage": the same check of another run bears the same name. */
export function nameOf({ name, subject }: Pick<Check, "name" | "subject">): string {
  return subject === "" ? name : `${name} ${subject}`;
}
