import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { readPriceHistory, readShippedPrices } from "./price-history-file.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trader-prices-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const text = "Date,AAPL,BRK B\n2022-03-11,154.73,\n2022-03-14,150.62,324.5\n";

it.each([
  ["closes.csv", Buffer.from(text)],
  ["closes.csv.gz", gzipSync(text)],
  ["from-a-spreadsheet.csv", Buffer.from(text.replaceAll("\n", "\r\n"))],
  ["without-last-line-end.csv", Buffer.from(text.trimEnd())],
])("reads %s: a column per symbol, a missing close as NaN", async (name, bytes) => {
  writeFileSync(join(folder, name), bytes);
  expect(await readPriceHistory(join(folder, name))).toEqual({
    dates: ["2022-03-11", "2022-03-14"],
    closes: new Map([
      ["AAPL", Float64Array.of(154.73, 150.62)],
      ["BRK B", Float64Array.of(Number.NaN, 324.5)],
    ]),
  });
});

it.each([
  ["2022-03-14", "2022-3-14", ':3: "2022-3-14" is not a date (YYYY-MM-DD)'],
  ["2022-03-14", "2022-02-30", ':3: "2022-02-30" is not a date'],
  ["2022-03-14", "2022-03-11", ':3: "2022-03-11" is not later than the date of the line before'],
  ["150.62", "n/a", ':3: "n/a" is not a price of AAPL'],
  ["324.5", "-1", ':3: "-1" is not a price of BRK B'],
  ["324.5", "0", ':3: "0" is not a price of BRK B'],
  ["324.5", "Infinity", ':3: "Infinity" is not a price of BRK B'],
  ["150.62,324.5", "150.62", ':3: "1 closes" is not one for each of 2 symbols'],
  ["Date", "Day", ':1: "Day" is not the name of the first column'],
  ["BRK B", "AAPL", ':1: "AAPL" is not a symbol of its own'],
  [",AAPL,BRK B", "", ':1: "" is not a symbol'],
  [text, "Date,AAPL\n", ':2: "" is not a line of closes'],
  [text, "", ':1: "" is not the name of the first column'],
])("says where the mistake is: %j as %j", async (good, bad, message) => {
  const file = join(folder, "closes.csv");
  writeFileSync(file, text.replace(good, bad));
  await expect(readPriceHistory(file)).rejects.toThrow(`${file}${message}`);
});

it("reads the shipped history whole", async () => {
  const shipped = join(import.meta.dirname, "../../data/sp500-20-daily.csv.gz");
  const { dates, closes } = await readPriceHistory(shipped);
  expect([dates.length, dates[0], dates.at(-1)]).toEqual([8_313, "1990-01-02", "2022-12-28"]);
  expect(closes.get("AAPL")?.at(-1)).toBe(125.674);
  expect(closes.get("XOM")?.at(0)).toBe(4.068);
});

it("reads stocks and index together", async () => {
  const { dates, closes } = await readShippedPrices(join(import.meta.dirname, "../../data"));
  expect([closes.size, closes.get("SP500")?.[0], closes.get("SP500")?.at(-1)]).toEqual([21, 359.69, 3783.22]);
  expect(closes.get("SP500")).toHaveLength(dates.length);
  writeFileSync(join(folder, "sp500-20-daily.csv.gz"), gzipSync(text));
  writeFileSync(join(folder, "sp500-index-daily.csv.gz"), gzipSync("Date,SP500\n2022-03-10,4259.52\n"));
  await expect(readShippedPrices(folder)).rejects.toThrow("do not have the same dates");
});
