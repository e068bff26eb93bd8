import type { Expected, Heard, Requests, Verb } from "./step.ts";

/** One client library at one client id, spoken to and listened to in the words of `step.ts`. */
export interface Driver {
  /** What it can ask; a row that asks more is not for this client. */
  readonly requests: { readonly [V in Verb]?: (args: Requests[V]) => Promise<void> | void };
  /** What it has heard and no step has taken yet, oldest first. */
  readonly heard: Heard[];
  /** Resolves when the gateway has answered everything that was asked. */
  settled(): Promise<void>;
  end(): void;
}

/** The first message that fits. */
export function indexOfHeard(heard: readonly Heard[], what: string, fields: Expected): number {
  return heard.findIndex((message) => message.kind === what && fits(message, fields));
}

function fits(message: Heard, fields: Expected): boolean {
  return Object.entries(fields).every(([name, wanted]) => {
    const seen = message[name];
    if (wanted instanceof RegExp) return wanted.test(spoken(seen));
    if (typeof wanted === "number") return spoken(seen) !== "" && Number(spoken(seen)) === wanted;
    if (typeof wanted === "boolean") return wanted === (spoken(seen) === "true" || spoken(seen) === "1");
    return spoken(seen) === wanted;
  });
}

/** A field as text; what is missing is empty. */
export function spoken(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** A message in one line, with the fields that a failure should show. */
export function lineOf({ kind, ...fields }: Heard): string {
  const shown = Object.entries(fields).filter(([, value]) => spoken(value) !== "");
  return `${kind}{${shown.map(([name, value]) => `${name}=${spoken(value)}`).join(" ")}}`;
}
