import type { Finding } from "./finding.ts";

/** What a step came to: a value, or every reason why there is none. "Nothing there" is a value; "no answer" is not. */
export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly findings: readonly Finding[] };

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function held(...findings: readonly Finding[]): Result<never> {
  return { ok: false, findings };
}

/** The value when there are no findings, else all of them. */
export function okUnless<T>(findings: readonly Finding[], value: () => T): Result<T> {
  return findings.length === 0 ? ok(value()) : held(...findings);
}

type Values<R> = { [K in keyof R]: R[K] extends Result<infer T> ? T : never };

/** All values together, or the findings of every part that has any: the mail names all reasons, not the first. */
export function all<R extends Record<string, Result<unknown>>>(parts: R): Result<Values<R>> {
  const reasons = Object.values(parts).flatMap((part) => (part.ok ? [] : [part.findings]));
  if (reasons.length > 0) return held(...reasons.flat());
  const values = Object.entries(parts).map(([name, part]) => [name, part.ok ? part.value : undefined]);
  return ok(Object.fromEntries(values) as Values<R>);
}

/** A step that was not taken because an earlier one is held: no value, and no reason of its own. */
export const notAsked: Result<never> = held();

/** A step that asks the world for more, taken only with a value. The missing reason is the earlier step's. */
export async function whenOk<T, U>(
  result: Result<T>,
  next: (value: T) => Promise<Result<U>>,
): Promise<Result<U>> {
  return result.ok ? await next(result.value) : notAsked;
}

export function findingsOf(result: Result<unknown>): readonly Finding[] {
  return result.ok ? [] : result.findings;
}

export function valueOf<T>(result: Result<T>): T | undefined {
  return result.ok ? result.value : undefined;
}
