/**
 * Text that came from a wire or a file, made safe to show on one line: control characters (terminal escapes, line
 * breaks that would forge a mail header) and marks that turn the reading direction become spaces.
 */
export function plainText(text: string): string {
  return text
    .replace(/[\p{Cc}\u200E\u200F\u202A-\u202E\u2028\u2029\u2066-\u2069]+/gu, " ")
    .replace(/ {2,}/g, " ")
    .trim();
}

/** At most `length` characters; a cut is shown by "…". */
export function shortened(text: string, length: number): string {
  const characters = Array.from(text);
  if (characters.length <= length) return text;
  return `${characters
    .slice(0, length - 1)
    .join("")
    .trimEnd()}…`;
}

/** The first names of a list and how many more there are: "AAPL, MSFT, TSLA and 45 more". */
export function listed(names: readonly string[], most: number): string {
  const shown = names.slice(0, most).map(plainText).join(", ");
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

/** "1 order", "3 orders". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;
}

/** The last part of a file's path. */
export function fileName(path: string): string {
  return path.split(/[/\\]/).at(-1) || path;
}

/** A sentence's first letter as a capital. */
export function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
