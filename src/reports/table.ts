import { noPaint, type Paint } from "./paint.ts";

interface Column {
  readonly title: string;
  /** Numbers stand on the right, so that their digits stand under each other. */
  readonly align: "left" | "right";
}

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

/** Columns narrower than this are not worth wrapping: the table is then wider than asked for. */
const narrowest = 20;
const gap = "  ";

/**
 * A table as plain lines. The last column gives way, then the first: their text is wrapped so that the whole fits into
 * `width` characters. Cells are expected to be one line each (`plainText`).
 */
export function tableLines({ columns, rows }: Table, width = 100, paint: Paint = noPaint): string[] {
  const widths = columns.map((column, at) =>
    Math.max(column.title.length, ...rows.map((row) => (row[at] ?? "").length)),
  );
  const last = columns.length - 1;
  const before = widths.slice(0, last).reduce((sum, each) => sum + each + gap.length, 0);
  widths[last] = Math.min(widths[last] ?? 0, Math.max(width - before, narrowest));
  const tooMuch = Math.max(before + (widths[last] ?? 0) - width, 0);
  if (last > 0) widths[0] = Math.min(widths[0] ?? 0, Math.max((widths[0] ?? 0) - tooMuch, narrowest));

  const line = (cells: readonly string[]): string =>
    columns
      .map(({ align }, at) => {
        const cell = cells[at] ?? "";
        return align === "right" ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0);
      })
      .join(gap)
      .trimEnd();

  const body = rows.flatMap((row) => {
    const texts = row.map((cell, at) => (at === 0 || at === last ? wrapped(cell, widths[at] ?? 0) : [cell]));
    const height = Math.max(...texts.map((lines) => lines.length));
    return Array.from({ length: height }, (_, at) => line(texts.map((lines) => lines[at] ?? "")));
  });
  return [
    paint("bold", line(columns.map(({ title }) => title))),
    paint("dim", widths.map((each) => "-".repeat(each)).join(gap)),
    ...body,
  ];
}

/** Lines of at most `width` characters, broken between words but not before "%"; too long a word is broken anywhere. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/ (?!%)/).flatMap((each) => pieces(each, width))) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function pieces(word: string, width: number): string[] {
  if (word.length <= width) return [word];
  return [word.slice(0, width), ...pieces(word.slice(width), width)];
}

/** A column of words. */
export function left(title: string) {
  return { title, align: "left" } as const;
}

/** A column of numbers. */
export function right(title: string) {
  return { title, align: "right" } as const;
}
