import { anOutcome } from "../testing/outcome-builder.ts";
import { scriptedWorld } from "../testing/scripted-world.ts";
import type { Host } from "./host.ts";
import { showRun } from "./show-run.ts";

it.each([true, false])("a log that fails at the end changes no exit code (S17), with --json %p", (json) => {
  const told = { out: "", err: "" };
  const host: Host = {
    env: {},
    cwd: "/",
    stdout: { write: (text) => void (told.out += text) },
    stderr: { write: (text) => void (told.err += text) },
    pid: 1,
    stopSignal: () => new AbortController().signal,
  };
  const full = () => {
    throw new Error("ENOSPC");
  };
  const log = { file: "run.jsonl", write: full, close: () => {} };
  const { clock } = scriptedWorld().world;
  const shown = showRun({ host, clock, zone: "UTC", json, log });
  expect(shown.end(anOutcome())).toBe(0);
  expect(told.out).not.toBe("");
  expect(told.err).toMatch(/the log fails.*ENOSPC/);
});
