import { tableLines } from "../../reports/table.ts";
import { measureColdStart } from "./cold-start.ts";
import { type Measured, measureHourlyRuns } from "./hourly-run.ts";

const numbers = [
  "instruments",
  "quotes",
  "orders",
  "cancels",
  "others",
  "limit s",
  "wall s",
  "wall/limit",
  "CPU s",
];
const titles = ["snapshots", "run", ...numbers];
const columns = titles.map(
  (title) => ({ title, align: numbers.includes(title) ? "right" : "left" }) as const,
);

/**
 * `npm run bench`: wall time and messages on the wire of an hourly run, beside what the gateway's own limits make
 * unavoidable: messages at the configured rate, and market-data lines that a snapshot occupies for 11 s.
 * `npm run bench -- 20 500` measures these numbers of instruments only.
 */
async function bench(): Promise<void> {
  const sizes = process.argv.slice(2).map(Number).filter(Number.isInteger);
  const rows: string[][] = [];
  for (const real of [false, true]) {
    for (const instruments of sizes.length > 0 ? sizes : [20, 500, 2000]) {
      const options = {
        instruments,
        snapshotEndsAfterMs: real ? 11_000 : 0,
        marketDataLines: real ? 100 : 1000,
        messagesPerSecond: 40,
      };
      const [first, second] = await measureHourlyRuns(options);
      rows.push(rowOf("nothing cached", instruments, real, first));
      rows.push(rowOf("contracts cached", instruments, real, second));
      process.stdout.write(
        `${instruments} instruments, snapshots ${real ? "of 11 s" : "at once"}: measured\n`,
      );
    }
  }
  process.stdout.write(`\n${tableLines({ columns, rows }, 120).join("\n")}\n
limit: what pacing (40 messages a second of the gateway's 50) and lines (100, each busy for 11 s a snapshot) cost alone.
CPU: of the run; the gateway is a process of its own.
`);
}

function rowOf(run: string, instruments: number, real: boolean, measured: Measured): string[] {
  const { sent, quotes, orders, cancels, wallSeconds, cpuSeconds, outcome } = measured;
  if (outcome.verdict !== "done" || orders === 0)
    throw new Error(
      `the run of ${instruments} instruments was ${outcome.verdict}: ${JSON.stringify(outcome.findings)}`,
    );
  // Quotes are sent while earlier ones occupy their lines: lines or pacing cost their time, not both.
  const limitSeconds = (sent - quotes) / 40 + (real ? 11 * Math.ceil(quotes / 100) : quotes / 40);
  return [
    real ? "11 s, 100 lines" : "at once",
    run,
    String(instruments),
    String(quotes),
    String(orders),
    String(cancels),
    String(sent - quotes - orders - cancels),
    limitSeconds.toFixed(1),
    wallSeconds.toFixed(1),
    (wallSeconds / limitSeconds).toFixed(2),
    cpuSeconds.toFixed(1),
  ];
}

const { helpMs, emptyMs } = measureColdStart(20);
process.stdout.write(
  `cold start: trader --help ${helpMs.toFixed(0)} ms, node -e 0 ${emptyMs.toFixed(0)} ms: ${(helpMs / emptyMs).toFixed(2)} times\n\n`,
);
// The files that it writes are read by a program that takes none that a group may write.
process.umask(0o022);
await bench();
