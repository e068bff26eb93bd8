import type { Act, NamedFields } from "./fault.ts";
import { namedValues, withValues } from "./fault-messages.ts";
import { decimalText } from "./fields.ts";
import type { Refusal } from "./refusal.ts";

type Fields = readonly string[];

/** What a fault does to the text of a message. */
export type Rewriting = Act & { do: "repeat" | "change" | "say" | "drop-algorithm" };

export function isRewriting(act: Act): act is Rewriting {
  return /^(repeat|change|say|drop-algorithm)$/.test(act.do);
}

/** The messages that arrive in place of these; `values` are the occasion's. Throws RangeError for a field they do not have. */
export function rewritten(
  name: string,
  messages: readonly Fields[],
  act: Rewriting,
  values: NamedFields,
): readonly Fields[] {
  switch (act.do) {
    case "say":
      return [...(act.instead ? [] : messages), ...spoken(act.messages, values)];
    case "drop-algorithm":
      return messages.map((message) => withoutAlgorithm(message));
    case "repeat":
      return [...messages, ...repeated(name, messages, act, values)];
    case "change":
    default:
      return messages.map((message) => changed(name, message, act, values));
  }
}

function repeated(
  name: string,
  messages: readonly Fields[],
  { times, set }: Act & { do: "repeat" },
  values: NamedFields,
): readonly Fields[] {
  const once = messages.map((message) => withValues(name, message, filledInAll(set, values)));
  return Array.from({ length: times }, () => once).flat();
}

/** One message with its fields set, its numbers multiplied and added to; a field that is no number stays as it is. */
export function changed(
  name: string,
  message: Fields,
  { set, add, multiply }: Act & { do: "change" },
  values: NamedFields,
): Fields {
  const present = namedValues(name, message);
  const numbers: Record<string, string> = {};
  for (const field of new Set([...Object.keys(multiply), ...Object.keys(add)])) {
    const is = Number(present[field] || Number.NaN);
    if (!Number.isFinite(is)) continue;
    numbers[field] = decimalText(is * (multiply[field] ?? 1) + (add[field] ?? 0));
  }
  return withValues(name, message, { ...numbers, ...filledInAll(set, values) });
}

const algorithms: ReadonlySet<string> = new Set(["Adaptive", "Twap", "Vwap"]);

/** An order's message whose algorithm is empty; how many parameters it has stands behind its name. */
export function withoutAlgorithm(message: Fields): Fields {
  const at = message.findIndex((field) => algorithms.has(field));
  if (at === -1) return message;
  const parameters = Number(message[at + 1]);
  return [...message.slice(0, at), "", ...message.slice(at + 2 + 2 * parameters)];
}

/** Messages as scenarios write them, with "|" behind each field. */
export function spoken(messages: readonly string[], values: NamedFields): readonly Fields[] {
  return messages.map((message) => filledIn(message, values).split("|").slice(0, -1));
}

/** An error with the occasion's values in its text. */
export function worded({ code, text }: Refusal, values: NamedFields): Refusal {
  return { code, text: filledIn(text, values) };
}

function filledInAll(set: NamedFields, values: NamedFields): NamedFields {
  return Object.fromEntries(Object.entries(set).map(([field, text]) => [field, filledIn(text, values)]));
}

/** A text with the occasion's values in place of {name}; what has no value is left empty. */
function filledIn(text: string, values: NamedFields): string {
  return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");
}
