import { stringify } from "csv-stringify/sync";
import { decimalOf } from "../../trading/money.ts";
import { priceText } from "../../trading/price.ts";

/** What a cell may hold; undefined and null are empty cells: "not known" is never a zero. */
export type Cell = string | number | bigint | null | undefined;

/** The columns of a file in their order, each with what it shows of a row. */
export type Columns<R> = Readonly<Record<string, (row: R) => Cell>>;

/** The header line, without its line end. */
export function headerOf(columns: Readonly<Record<string, unknown>>): string {
  return lineOf(Object.keys(columns));
}

/** A row as a line of comma-separated values, quoted where needed, without its line end. */
export function csvLine<R>(columns: Columns<R>, row: R): string {
  return lineOf(Object.values(columns).map((cellOf) => cellOf(row)));
}

/** A whole file: header and rows, each line with its end. */
export function csvText<R>(columns: Columns<R>, rows: readonly R[]): string {
  return [headerOf(columns), ...rows.map((row) => csvLine(columns, row)), ""].join("\n");
}

/** Whole millionths as a decimal text, exact. */
export function amountCell(e6: bigint | null): Cell {
  return e6 === null ? undefined : decimalOf({ currency: "", e6 });
}

export function priceCell(price: number | null | undefined): Cell {
  return price === null || price === undefined ? undefined : priceText(price);
}

/** A ratio to six places, a hundredth of a basis point. */
export function ratioCell(ratio: number | null | undefined): Cell {
  if (ratio === null || ratio === undefined) return undefined;
  const text = ratio.toFixed(6);
  return text === "-0.000000" ? "0.000000" : text;
}

/** Most lines need no quotes, and a history has many lines: only the others take the long way. */
function lineOf(cells: readonly Cell[]): string {
  const texts = cells.map((cell) => (cell === null || cell === undefined ? "" : String(cell)));
  return texts.some((text) => /[",\r\n]/.test(text)) ? stringify([texts], { eof: false }) : texts.join(",");
}
