import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { type TradingDate, tradingDate } from "../trading/instant.ts";
import type { PriceHistory } from "../trading/price-history.ts";

/**
 * Reads daily closes: a header `Date,AAPL,AMD,…`, then one line per trading date, oldest first, with a price per symbol
 * or an empty cell where there is none (NaN). A name that ends in `.gz` is unpacked. Throws an Error that names file,
 * line and value when anything else stands there, and what the file system throws.
 */
export async function readPriceHistory(file: string): Promise<PriceHistory> {
  const bytes = await readFile(file);
  const text = (file.endsWith(".gz") ? await promisify(gunzip)(bytes) : bytes).toString("utf8");
  return priceHistoryIn(text, file);
}

/**
 * The closes that ship with the program: 20 stocks, and the index SP500. Throws what `readPriceHistory` does, and when the
 * two files do not have the same dates.
 */
export async function readShippedPrices(folder: string): Promise<PriceHistory> {
  const [stocks, index] = await Promise.all(
    ["sp500-20-daily.csv.gz", "sp500-index-daily.csv.gz"].map((name) => readPriceHistory(join(folder, name))),
  );
  if (!stocks || !index || stocks.dates.join() !== index.dates.join())
    throw new Error(`${folder}: stocks and index do not have the same dates`);
  return { dates: stocks.dates, closes: new Map([...stocks.closes, ...index.closes]) };
}

function priceHistoryIn(text: string, file: string): PriceHistory {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  const fail = (index: number, value: string, expected: string): never => {
    throw new Error(`${file}:${index + 1}: "${value}" is not ${expected}`);
  };
  const [dateName, ...symbols] = (lines[0] ?? "").split(",");
  if (dateName !== "Date") fail(0, dateName ?? "", 'the name of the first column, "Date"');
  const odd = symbols.find((symbol, index) => symbol === "" || symbols.indexOf(symbol) !== index);
  if (odd !== undefined || symbols.length === 0) fail(0, odd ?? "", "a symbol of its own");
  if (lines.length < 2) fail(1, "", "a line of closes");

  const dates: TradingDate[] = [];
  const columns = symbols.map(() => new Float64Array(lines.length - 1));
  for (let index = 1; index < lines.length; index++) {
    const cells = (lines[index] ?? "").split(",");
    if (cells.length !== symbols.length + 1)
      fail(index, `${cells.length - 1} closes`, `one for each of ${symbols.length} symbols`);
    const date = dateOf(cells[0] ?? "") ?? fail(index, cells[0] ?? "", "a date (YYYY-MM-DD)");
    if (date <= (dates.at(-1) ?? "")) fail(index, date, "later than the date of the line before");
    dates.push(date);
    // By index, not by iterators: this is the inner loop of a sixth of a million prices.
    for (let column = 0; column < columns.length; column++) {
      const cell = cells[column + 1] ?? "";
      const close = cell === "" ? Number.NaN : Number(cell);
      if (cell !== "" && !(close > 0 && close < Number.POSITIVE_INFINITY))
        fail(index, cell, `a price of ${symbols[column]}`);
      (columns[column] as Float64Array)[index - 1] = close;
    }
  }
  return {
    dates,
    closes: new Map(symbols.map((symbol, index) => [symbol, columns[index] ?? new Float64Array()])),
  };
}

function dateOf(text: string): TradingDate | undefined {
  try {
    return tradingDate(text);
  } catch {
    return undefined;
  }
}
