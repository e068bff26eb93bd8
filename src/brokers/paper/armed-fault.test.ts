import { setTimeout as pause } from "node:timers/promises";
import { ArmedFault } from "./armed-fault.ts";
import { faultOn } from "./fault.ts";

const lost = { do: "lose" } as const;
const nothingYet: ReadonlySet<string> = new Set();

test("so many seconds after it first struck it is over, and not before it has struck", async () => {
  const armed = new ArmedFault(
    faultOn("execDetails", lost, { nth: 2, times: Number.POSITIVE_INFINITY, forSeconds: 0.05 }),
  );
  const isStruck = (): boolean => armed.isAbout("execDetails", {}, nothingYet) && armed.strikes();
  await pause(80);
  expect([isStruck(), isStruck(), isStruck()]).toEqual([false, true, true]);
  await pause(80);
  expect(isStruck()).toBe(false);
  expect(armed.struck).toBe(2);
});

test("a second end changes nothing, and a stopped fault leaves no timer", async () => {
  const armed = new ArmedFault(faultOn("connect", lost, { times: Number.POSITIVE_INFINITY }));
  armed.endAfter(0.05);
  armed.endAfter(3600);
  await pause(80);
  expect(armed.isAbout("connect", {}, nothingYet)).toBe(false);
  const stopped = new ArmedFault(faultOn("connect", lost));
  stopped.endAfter(0.05);
  stopped.stop();
  await pause(80);
  expect(stopped.isAbout("connect", {}, nothingYet)).toBe(true);
});

test("the n-th, so many times, with these values, between two others", () => {
  const armed = new ArmedFault(
    faultOn("orderStatus", lost, { nth: 2, times: 2, where: { symbol: "KO" }, after: "a", until: "b" }),
  );
  const isAbout = (symbol: string, ...happened: readonly string[]): boolean =>
    armed.isAbout("orderStatus", { symbol }, new Set(happened));
  expect([isAbout("KO"), isAbout("KO", "a"), isAbout("KO", "a", "b"), isAbout("PG", "a")]).toEqual([
    false,
    true,
    false,
    false,
  ]);
  expect(armed.isAbout("openOrder", { symbol: "KO" }, new Set(["a"]))).toBe(false);
  expect([1, 2, 3, 4].map(() => armed.strikes())).toEqual([false, true, true, false]);
});
