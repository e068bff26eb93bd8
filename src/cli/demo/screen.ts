import type { Clock } from "../../ports.ts";
import { eventLine } from "../../reports/event-line.ts";
import { counted } from "../../reports/plain-text.ts";
import type { RunEvent } from "../../trading/event.ts";
import { nyseZone } from "../../trading/nyse-calendar.ts";
import type { Host } from "../host.ts";
import type { Sink } from "../journals.ts";
import { paintOn } from "../show-run.ts";
import type { DemoHour } from "./script.ts";

/** What the demo shows while it works. */
export interface DemoScreen {
  opening(folder: string, port: number): void;
  hour(hour: DemoHour): void;
  sink(clock: Clock): Sink;
}

/** A run says these things in its log; on the demo's screen they would hide the day's story. */
const untold: ReadonlySet<RunEvent["kind"]> = new Set([
  "run-started",
  "connected",
  "contracts-known",
  "quotes-read",
  "order-sent",
  "order-changed",
  "executed",
  "reviewed",
  "disconnected",
]);

/** Lines for a terminal or a file: each hour with its story, then what the run did. */
export function demoLines(host: Host): DemoScreen {
  const paint = paintOn(host.stdout, host);
  const print = (line: string) => host.stdout.write(`${line}\n`);
  let folderName = "";
  let filled = 0;
  let sent = false;
  return {
    opening(folder, port) {
      folderName = `${folder}/`;
      print(
        paint(
          "bold",
          "One trading day of hourly runs: Thursday, 10 November 2022, with that day's real prices.",
        ),
      );
      print(`A paper gateway listens on 127.0.0.1:${port}; the runs' files go to ${folder}.`);
    },
    hour({ time, story }) {
      print(`\n${paint("bold", `${time} New York`)}  ${story}`);
    },
    sink: () => ({
      name: "the demo's screen",
      see(event) {
        if (event.kind === "executed") filled += 1;
        if (event.kind === "run-started") sent = false;
        if (event.kind === "order-sent") sent = true;
        if (event.kind === "account-read") {
          if (filled > 0)
            print(`       ${sent ? "filled" : "filled since the last run"}: ${counted(filled, "execution")}`);
          filled = 0;
        }
        const line = untold.has(event.kind) ? undefined : eventLine(event, { zone: nyseZone, paint });
        if (line !== undefined) print(`       ${line.replaceAll(folderName, "")}`);
      },
    }),
  };
}
