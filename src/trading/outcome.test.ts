import { exitCodeOf } from "./outcome.ts";

it.each([
  ["done", 0],
  ["closed", 0],
  ["idle", 0],
  ["crashed", 1],
  ["held", 3],
  ["attention", 3],
  ["unreachable", 4],
  ["busy", 5],
] as const)("%s ends with exit code %d", (verdict, code) => {
  expect(exitCodeOf(verdict)).toBe(code);
});
