import type { RunEvent } from "../trading/event.ts";
import { instantFromMs, isoOf } from "../trading/instant.ts";
import { decimalOf, type Money } from "../trading/money.ts";
import { exitCodeOf, type Outcome } from "../trading/outcome.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Raised when a field is renamed, removed or changes its meaning; new fields do not raise it. */
const format = 1;

/**
 * An outcome for scripts (`--json`). Field names are ours, amounts are `{ "amount": "1234.56", "currency": "USD" }` with
 * exact decimals, instants are ISO 8601 in UTC, what is not known is null and never left out.
 */
export function outcomeJson(outcome: Outcome): Json {
  return { format, kind: "outcome", exitCode: exitCodeOf(outcome.verdict), ...fieldsOf(outcome) };
}

/** An event of a run for scripts, in the same form. */
export function eventJson(event: RunEvent): Json {
  return { format, ...fieldsOf(event) };
}

function fieldsOf(value: object): { readonly [key: string]: Json } {
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, jsonOf(key, each)]));
}

/** Names that end in `At`, and `asOf`, are instants throughout the desk's vocabulary. */
function jsonOf(key: string, value: unknown): Json {
  if (value === undefined || value === null) return null;
  if (typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") return numberOf(key, value);
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([name, each]) => [String(name), jsonOf("", each)]));
  if (Array.isArray(value)) return value.map((each) => jsonOf("", each));
  if (typeof value !== "object") throw new TypeError(`no JSON for "${key}"`);
  if (isMoney(value)) return { amount: decimalOf(value), currency: value.currency };
  if (isInstrument(value)) {
    const { conId, symbol, primaryExchange, currency } = value;
    return fieldsOf({ conId, symbol, primaryExchange, currency });
  }
  return fieldsOf(value);
}

/** JSON has no NaN and no infinity; as text they are still told. */
function numberOf(key: string, value: number): Json {
  if (!Number.isFinite(value)) return String(value);
  return /At$|^asOf$/.test(key) ? isoOf(instantFromMs(value)) : value;
}

function isMoney(value: object): value is Money {
  return "e6" in value && typeof value.e6 === "bigint" && "currency" in value;
}

/** An instrument comes with its price steps and hours: told once by the contracts, noise in every order. */
function isInstrument(
  value: object,
): value is Record<"conId" | "symbol" | "primaryExchange" | "currency", unknown> {
  return "priceSteps" in value && "sessions" in value;
}
