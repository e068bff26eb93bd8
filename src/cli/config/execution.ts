import type { ExecutionPolicy, ExecutionRule, ExecutionTerms } from "../../trading/execution-policy.ts";
import type { Written } from "./schema.ts";

type WrittenTerms = Written["execution"];
type WrittenRule = Written["execution_rule"][number];

/** [execution] and its [[execution_rule]] tables in the desk's words. */
export function executionOf(written: WrittenTerms, rules: readonly WrittenRule[]): ExecutionPolicy {
  return { ...termsOf(written), rules: rules.map(ruleOf) };
}

function ruleOf({ symbols, min_order_value, ...written }: WrittenRule): ExecutionRule {
  return {
    symbols: symbols && new Set(symbols),
    orderValueMin: min_order_value,
    terms: withoutGaps(termsOf(written)),
  };
}

/** Key by key, so that a key that is left out stays out. */
function termsOf(written: WrittenTerms): ExecutionTerms;
function termsOf(written: Omit<WrittenRule, "symbols" | "min_order_value">): Gaps<ExecutionTerms>;
function termsOf(
  written: WrittenTerms | Omit<WrittenRule, "symbols" | "min_order_value">,
): Gaps<ExecutionTerms> {
  return {
    style: written.style,
    adaptivePriority: written.adaptive_priority,
    reference: written.price_reference,
    collarBps: written.collar_bps,
    collarTicks: written.collar_ticks,
    spreadMaxBps: written.max_spread_bps,
    repriceSteps: written.reprice_steps,
    timeInForce: written.time_in_force,
    outsideRegularHours: written.outside_regular_hours,
    algoMinutes: written.algo_minutes,
    volumePartMax: written.max_volume_part,
    minutesAfterOpen: written.minutes_after_open,
    minutesBeforeClose: written.minutes_before_close,
  };
}

type Gaps<T> = { readonly [K in keyof T]: T[K] | undefined };

function withoutGaps<T extends object>(terms: Gaps<T>): Partial<T> {
  return Object.fromEntries(Object.entries(terms).filter(([, value]) => value !== undefined)) as Partial<T>;
}
