import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventJson } from "../reports/outcome-json.ts";
import type { RunEvent } from "../trading/event.ts";
import { instant } from "../trading/instant.ts";
import { money } from "../trading/money.ts";
import { journalTo } from "./journals.ts";
import { openRunLog, type RunLogOptions } from "./run-log.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trader-log-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const ended: RunEvent = { kind: "run-ended", verdict: "held", seconds: 1.5 };

const options = (): RunLogOptions => ({
  folder: join(folder, "logs"),
  startedAt: instant("2022-03-14T14:35:07.891Z"),
  pid: 4711,
  version: "1.2.3",
  configDigest: "abcdef012345",
  secrets: ['ge"heim', "pw"],
});

const linesOf = (file: string) =>
  readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe("the log of a run", () => {
  it("is one file named by the run's start, with every event on disk when it was told", () => {
    const log = openRunLog(options());
    log.write(eventJson(ended) as Record<string, unknown>);
    const finding: RunEvent = {
      kind: "finding",
      finding: {
        kind: "net-liquidation-not-positive",
        netLiquidation: money("-12345678901234567.25", "USD"),
      },
    };
    log.write(eventJson(finding) as Record<string, unknown>);
    expect(readdirSync(join(folder, "logs"))).toEqual(["20220314T143507Z.jsonl"]);
    expect(linesOf(log.file)).toMatchObject([
      {
        pid: 4711,
        version: "1.2.3",
        config: "abcdef012345",
        kind: "run-ended",
        verdict: "held",
        seconds: 1.5,
      },
      {
        kind: "finding",
        finding: { netLiquidation: { amount: "-12345678901234567.25", currency: "USD" } },
      },
    ]);
  });

  it("keeps the lines of a run that began in the same second", () => {
    openRunLog(options()).write({ kind: "first" });
    const second = openRunLog({ ...options(), pid: 4712 });
    second.write({ kind: "second" });
    expect(linesOf(second.file)).toMatchObject([
      { pid: 4711, kind: "first" },
      { pid: 4712, kind: "second" },
    ]);
  });

  it("never shows a secret, whatever text it comes in (S13)", () => {
    const log = openRunLog(options());
    log.write({ kind: "mail-kept", reason: 'AUTH failed for ge"heim', smtp: { password: "pw" } });
    expect(readFileSync(log.file, "utf8")).not.toMatch(/heim|"pw"/);
    expect(linesOf(log.file)).toMatchObject([
      { reason: "AUTH failed for (not shown)", smtp: { password: "(not shown)" } },
    ]);
  });

  it("that cannot be made is thrown before the run begins", () => {
    writeFileSync(join(folder, "logs"), "in the way");
    expect(() => openRunLog(options())).toThrow(/EEXIST|ENOTDIR/);
  });
});

describe("the journal", () => {
  it("tells every sink in order; one that fails is told about once and left out, and the run goes on (S17)", () => {
    const told: string[] = [];
    const complaints: string[] = [];
    let tries = 0;
    const full = {
      name: "the log",
      see() {
        tries += 1;
        throw new Error("ENOSPC: no space left on device");
      },
    };
    const first = { name: "a", see: (event: RunEvent) => told.push(`a ${event.kind}`) };
    const last = { name: "b", see: (event: RunEvent) => told.push(`b ${event.kind}`) };
    const journal = journalTo([first, full, last], { write: (text) => complaints.push(text) });
    journal.append(ended);
    journal.append({ kind: "disconnected" });
    expect(told).toEqual(["a run-ended", "b run-ended", "a disconnected", "b disconnected"]);
    expect(tries).toBe(1);
    expect(complaints).toEqual([
      "trader: the log fails, the run goes on without it: Error: ENOSPC: no space left on device\n",
    ]);
  });

  it("goes on when the disk becomes full while the log is written", () => {
    mkdirSync(join(folder, "logs"));
    symlinkSync("/dev/full", join(folder, "logs/20220314T143507Z.jsonl"));
    const log = openRunLog(options());
    const complaints: string[] = [];
    const sink = { name: "the log", see: (event: RunEvent) => log.write({ ...event }) };
    const journal = journalTo([sink], { write: (text) => complaints.push(text) });
    journal.append(ended);
    journal.append(ended);
    expect(complaints).toEqual([expect.stringContaining("ENOSPC")]);
  });
});
