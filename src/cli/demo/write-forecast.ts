import { renameSync, writeFileSync } from "node:fs";
import { type Instant, isoSecondsOf } from "../../trading/instant.ts";

/** A forecast file as a strategy's program should write it: a whole new file beside the old one, then a rename. */
export function writeForecast(file: string, asOf: Instant, percents: Readonly<Record<string, number>>): void {
  writeFileSync(`${file}.new`, forecastText(asOf, percents));
  renameSync(`${file}.new`, file);
}

/** What is left when the program writes in place and dies half-way: fewer rows than the header declares. */
export function writeForecastHalfway(
  file: string,
  asOf: Instant,
  percents: Readonly<Record<string, number>>,
): void {
  const lines = forecastText(asOf, percents).split("\n");
  writeFileSync(file, `${lines.slice(0, 4 + Math.floor(Object.keys(percents).length / 2)).join("\n")}\n`);
}

function forecastText(asOf: Instant, percents: Readonly<Record<string, number>>): string {
  const rows = Object.entries(percents).map(([symbol, percent]) => `${symbol},${percent / 100}`);
  return [
    `# as_of: ${isoSecondsOf(asOf)}`,
    "# leverage: 1.0",
    `# rows: ${rows.length}`,
    "symbol,weight",
    ...rows,
    "",
  ].join("\n");
}
