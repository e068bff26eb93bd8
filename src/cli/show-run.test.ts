import { anOutcome, aReport } from "../testing/outcome-builder.ts";
import { scriptedWorld } from "../testing/scripted-world.ts";
import { Terminal } from "../testing/terminal.ts";
import { showRun } from "./show-run.ts";

it.each([true, false])("a log that fails at the end changes no exit code (S17), with --json %p", (json) => {
  const host = new Terminal("/");
  const full = () => {
    throw new Error("ENOSPC");
  };
  const log = { file: "run.jsonl", write: full, close: () => {} };
  const { clock } = scriptedWorld().world;
  const shown = showRun({ host, clock, zone: "UTC", json, log });
  expect(shown.end(anOutcome())).toBe(0);
  expect(host.out).not.toBe("");
  expect(host.err).toMatch(/the log fails.*ENOSPC/);
});

it("tells the end of an earlier run's order once on the terminal, and all of the broker's word as JSON", () => {
  const order = aReport(undefined, { state: { life: "done", status: "cancelled" }, filledShares: 0 });
  const told = (json: boolean) => {
    const host = new Terminal("/");
    const { clock } = scriptedWorld().world;
    const { journal } = showRun({ host, clock, zone: "America/New_York", json });
    journal.append({ kind: "order-changed", order });
    journal.append({ kind: "working-order-cancelled", order });
    return host.out.split("\n").filter((line) => line !== "");
  };
  expect(told(false)).toEqual([
    expect.stringMatching(/ {2}working order taken back: buy 120 AAPL: cancelled$/),
  ]);
  expect(told(true)).toHaveLength(2);
});
