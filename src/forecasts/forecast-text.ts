import { parse } from "csv-parse/sync";
import type { Finding } from "../trading/finding.ts";
import type { ForecastRow, Written, WrittenForecast } from "../trading/forecast.ts";
import { type Instant, instant, tradingDate } from "../trading/instant.ts";

/**
 * Reads the text of a forecast file as far as it can be read; nothing is judged but its form. The form is strict, since
 * what is not written plainly may be a torn or mixed-up file: see docs/forecast-files.md.
 */
export function readForecastText(strategy: string, file: string, text: string): WrittenForecast {
  const mistakes: Finding[] = [];
  const malformed = (line: number, value: string, expected: string): undefined => {
    mistakes.push({ kind: "forecast-malformed", file, line, value, expected });
  };
  const lines = linesOf(text, malformed);
  const columns = lines.find(({ text: line }) => !isComment(line));
  const units = columns && unitsOf(columns.text);
  if (!columns) malformed(lines.at(-1)?.line ?? 1, "", `the line "${columnLine}" after the header`);
  else if (!units) malformed(columns.line, columns.text, columnRule);

  const endOfHeader = columns?.line ?? Number.POSITIVE_INFINITY;
  const headers = headersOf(lines, endOfHeader, malformed);
  const rowLines = lines.filter(({ text: line, line: at }) => at > endOfHeader && !isComment(line));
  const rows = rowLines.flatMap((line) => rowOf(line, units ?? ["weight"], malformed) ?? []);
  return { strategy, file, ...headers, rows, foundRows: rowLines.length, mistakes };
}

interface Line {
  readonly line: number;
  readonly text: string;
}

type Malformed = (line: number, value: string, expected: string) => undefined;

/** What a target may be written in, with what its cell must be. */
const cellRules = {
  weight: "a finite number such as 0.25, negative for a short",
  notional: "an amount of the account's base currency such as 25000, negative for a short",
  quantity: "a whole number of shares such as 120, negative for a short",
};

type Unit = keyof typeof cellRules;

const columnLine = "symbol,weight";
const columnRule = `${columnLine}, or notional or quantity beside or instead of weight`;

/** The columns behind the symbol, each once; undefined when they are not what a forecast has. */
function unitsOf(text: string): readonly Unit[] | undefined {
  const [first, ...names] = cellsOf(text) ?? [];
  const units = names.filter((name): name is Unit => Object.hasOwn(cellRules, name));
  const isWhole = units.length === names.length && new Set(units).size === units.length;
  return first === "symbol" && isWhole && units.length > 0 ? units : undefined;
}

function isComment(text: string): boolean {
  return text.startsWith("#");
}

/** All lines that are not blank, with their numbers. A file that ends within a line may have lost digits of it. */
function linesOf(text: string, malformed: Malformed): readonly Line[] {
  const physical = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  const last = physical.at(-1) ?? "";
  if (last !== "")
    malformed(physical.length, last, "a line end after the last line: the file may be cut off");
  return physical
    .map((line, index) => ({ line: index + 1, text: line.trim() }))
    .filter(({ text: line }) => line !== "");
}

/** The cells of one line, or undefined when its quotes are wrong. A row never goes on in the next line. */
function cellsOf(line: string): readonly string[] | undefined {
  try {
    const [cells] = parse(line, { relax_column_count: true, trim: true });
    return cells;
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (typeof code === "string" && /^(CSV|INVALID)_/.test(code)) return undefined;
    throw error;
  }
}

interface Headers {
  readonly asOf: Written<Instant> | undefined;
  readonly leverage: Written<number> | undefined;
  readonly declaredRows: Written<number> | undefined;
}

const examples = {
  as_of: "an instant with its zone, such as 2022-03-14T13:30:00Z",
  leverage: "a number from 0 up, such as 1.0",
  rows: "the number of rows, such as 20",
};

function headersOf(lines: readonly Line[], endOfHeader: number, malformed: Malformed): Headers {
  const read = <T>(
    key: keyof typeof examples,
    valueOf: (text: string) => T | undefined,
  ): Written<T> | undefined => {
    const found = lines.flatMap(({ line, text }) => {
      const match = new RegExp(`^#\\s*${key}\\s*:(.*)$`).exec(text);
      return match ? [{ line, text, written: (match[1] ?? "").trim() }] : [];
    });
    const [first, ...others] = found;
    if (!first) return malformed(1, "", `a header line "# ${key}: …" with ${examples[key]}`);
    for (const other of others)
      malformed(other.line, other.text, `"# ${key}:" once; it stands on line ${first.line} too`);
    if (first.line > endOfHeader)
      malformed(first.line, first.text, `"# ${key}:" above the line "${columnLine}"`);
    const value = valueOf(first.written);
    return value === undefined
      ? malformed(first.line, first.written, examples[key])
      : { value, line: first.line };
  };
  return {
    asOf: read("as_of", instantIn),
    leverage: read("leverage", (text) => notNegative(decimalIn(text))),
    declaredRows: read("rows", (text) => (/^\d{1,9}$/.test(text) ? Number(text) : undefined)),
  };
}

/** A row has exactly one target: an empty cell is not a 0, and two targets are two opinions. */
function rowOf({ line, text }: Line, units: readonly Unit[], malformed: Malformed): ForecastRow | undefined {
  const cells = cellsOf(text);
  if (!cells || cells.length !== units.length + 1)
    return malformed(line, text, `a symbol and a ${units.join(", ")}, such as ${exampleOf(units)}`);
  const [symbol = "", ...amounts] = cells;
  const written = units
    .map((unit, index) => ({ unit, cell: amounts[index] ?? "" }))
    .filter(({ cell }) => units.length === 1 || cell !== "");
  const [target, ...others] = written;
  if (!/^[A-Z0-9][A-Z0-9 .*&+/'-]{0,31}$/.test(symbol))
    return malformed(line, symbol, "a symbol in capital letters, such as AAPL or BRK B");
  if (!target || others.length > 0) return malformed(line, text, `one of ${units.join(", ")} and no other`);
  const amount = amountIn(target.cell, target.unit);
  if (amount === undefined) return malformed(line, target.cell, cellRules[target.unit]);
  if (target.unit === "weight") return { symbol, weight: amount, line };
  return target.unit === "notional" ? { symbol, notional: amount, line } : { symbol, quantity: amount, line };
}

function exampleOf(units: readonly Unit[]): string {
  const example = { weight: "0.25", notional: "25000", quantity: "120" };
  return ["AAPL", ...units.map((unit, index) => (index === 0 ? example[unit] : ""))].join();
}

/** Amounts beyond these are slips of a program; they would not survive exact arithmetic either. */
const largest = { weight: Number.POSITIVE_INFINITY, notional: 1e12, quantity: 1e9 };

function amountIn(text: string, unit: Unit): number | undefined {
  const amount = decimalIn(text);
  if (amount === undefined || Math.abs(amount) > largest[unit]) return undefined;
  return unit === "quantity" && !Number.isInteger(amount) ? undefined : amount;
}

/** A plain decimal number. `Number` alone would read "" as 0 and "0x10" as 16. */
function decimalIn(text: string): number | undefined {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function notNegative(value: number | undefined): number | undefined {
  return value !== undefined && value >= 0 ? value : undefined;
}

function instantIn(text: string): Instant | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/.test(text)) return undefined;
  try {
    tradingDate(text.slice(0, 10));
    return instant(text);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
