import type { Locate, Place } from "./locate.ts";

/** One thing that is wrong with trader.toml; `path` is the key it is about. */
export interface Mistake {
  readonly path: readonly PropertyKey[];
  /** What is wrong and what is allowed. */
  readonly what: string;
}

/** The configuration cannot be used; the message names every mistake with its place. For people, as it is. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** All mistakes with their places and lines, in the order of the file; first those that have no place in it. */
export function mistakesText(
  file: string,
  text: string,
  mistakes: readonly Mistake[],
  locate: Locate,
): string {
  const lines = text.split(/\r?\n/);
  return mistakes
    .map(({ path, what }) => ({ what: `${keyOf(path)}: ${what}`, place: locate(path) }))
    .toSorted((a, b) => order(a.place) - order(b.place))
    .map(({ what, place }) => {
      if (!place) return `${file}: ${what}`;
      const line = withoutSecrets(lines[place.line - 1] ?? "").trim();
      return `${file}:${place.line}:${place.column}: ${what}\n    ${line}`;
    })
    .join("\n");
}

/** Places as numbers that sort as they are read. */
function order(place: Place | undefined): number {
  return place ? place.line * 1e6 + place.column : 0;
}

/** `strategy[2].capital_share`, where the second `[[strategy]]` of the file is number 2. */
function keyOf(path: readonly PropertyKey[]): string {
  return path
    .map((key, i) => (typeof key === "number" ? `[${key + 1}]` : i > 0 ? `.${String(key)}` : String(key)))
    .join("");
}

/** A value as it may be shown: never what stands under a key that sounds like a secret (S13). */
export function shown(path: readonly PropertyKey[], value: unknown): string {
  if (path.some((key) => isSecretKey(String(key)))) return "(not shown)";
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "a table";
  return withoutSecrets(typeof value === "string" ? JSON.stringify(value) : String(value));
}

/** A line of a configuration as it may be shown. */
export function withoutSecrets(line: string): string {
  return line
    .replace(
      /^(\s*(?:[\w."'-]+\.)?["']?([\w-]+)["']?\s*=\s*).+$/s,
      (all: string, start: string, key: string) => (isSecretKey(key) ? `${start}(not shown)` : all),
    )
    .replace(
      /([\w"']*(?:pass|pwd|secret|token)[\w"']*\s*=\s*)("[^"]*"|'[^']*')/gi,
      (all: string, start: string) => (/password_file/.test(start) ? all : `${start}(not shown)`),
    )
    .replace(/:\/\/[^\s/@]+@/g, "://(not shown)@");
}

/** The name of an environment variable counts as one: people put the password itself there. */
function isSecretKey(key: string): boolean {
  return key !== "password_file" && /pass|pwd|secret|token|credential|api_?key/i.test(key);
}
