/** A point in time: whole milliseconds since 1970-01-01 UTC. Never a wall-clock reading without its zone. */
export type Instant = number & { readonly unit: "ms since 1970 UTC" };

/** A trading date, `YYYY-MM-DD`, in the exchange's own zone. */
export type TradingDate = string & { readonly unit: "YYYY-MM-DD" };

/** Reads an ISO 8601 instant with a zone ("2022-03-14T13:30:00Z"). Throws RangeError on anything else. */
export function instant(iso: string): Instant {
  const ms = /(?:Z|[+-]\d\d:?\d\d)$/.test(iso) ? Date.parse(iso) : Number.NaN;
  if (Number.isNaN(ms)) throw new RangeError(`not an instant with a zone: ${iso}`);
  return ms as Instant;
}

/** An instant from a count of milliseconds since 1970 UTC. Throws RangeError unless it is a finite number. */
export function instantFromMs(ms: number): Instant {
  if (!Number.isFinite(ms)) throw new RangeError(`not an instant: ${ms}`);
  return Math.round(ms) as Instant;
}

/** "2022-03-14T13:30:00.000Z" */
export function isoOf(at: Instant): string {
  return new Date(at).toISOString();
}

/** "2022-03-14T13:30:00Z": for people and files, where milliseconds are noise. */
export function isoSecondsOf(at: Instant): string {
  return `${isoOf(at).slice(0, 19)}Z`;
}

/** The instant `ms` milliseconds later. */
export function later(at: Instant, ms: number): Instant {
  return instantFromMs(at + ms);
}

/** Minutes from the first instant to the second; negative when the second is earlier. */
export function minutesBetween(from: Instant, to: Instant): number {
  return (to - from) / 60_000;
}

/** Reads `YYYY-MM-DD`. Throws RangeError on anything else, also on the 30th of February. */
export function tradingDate(text: string): TradingDate {
  const ok =
    /^\d{4}-\d\d-\d\d$/.test(text) &&
    !Number.isNaN(Date.parse(`${text}T00:00:00Z`)) &&
    new Date(`${text}T00:00:00Z`).toISOString().startsWith(text);
  if (!ok) throw new RangeError(`not a date: ${text}`);
  return text as TradingDate;
}
