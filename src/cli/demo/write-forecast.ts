import { writeFileSync } from "node:fs";
import { writeDurably } from "../../files/write-durably.ts";
import { type Instant, isoSecondsOf } from "../../trading/instant.ts";

/** A forecast file as a strategy's program should write it: a whole new file beside the old one, then a rename. */
export async function writeForecast(
  file: string,
  asOf: Instant,
  percents: Readonly<Record<string, number>>,
): Promise<void> {
  await writeDurably(file, forecastText(asOf, percents), 0o644);
}

/** What is left when the program writes in place and dies half-way: fewer rows than the header declares. */
export async function writeForecastHalfway(
  file: string,
  asOf: Instant,
  percents: Readonly<Record<string, number>>,
): Promise<void> {
  const lines = forecastText(asOf, percents).split("\n");
  writeFileSync(file, `${lines.slice(0, 4 + Math.floor(Object.keys(percents).length / 2)).join("\n")}\n`, {
    mode: 0o644,
  });
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
