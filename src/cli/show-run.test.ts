import { anOutcome } from "../testing/outcome-builder.ts";
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
