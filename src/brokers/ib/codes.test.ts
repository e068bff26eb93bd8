import { readFileSync } from "node:fs";
import { join } from "node:path";
import { endsRequest, meaningOf } from "./codes.ts";
import { stateOf } from "./order-status.ts";

test("every code of the table is placed once", () => {
  const source = readFileSync(join(import.meta.dirname, "codes.ts"), "utf8");
  const table = source.slice(source.indexOf("codesByMeaning"), source.indexOf("meaningByCode"));
  const codes: readonly string[] = table.replace(/\/\/.*/g, "").match(/\b\d{3,5}\b/g) ?? [];
  expect(codes.length).toBeGreaterThan(50);
  expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
});

test.each([
  [2104, "information"],
  [399, "warning"],
  [2100, "warning"],
  [2148, "warning"],
  [2199, "warning"],
  [201, "order-rejected"],
  [202, "order-cancelled"],
  [10147, "cancel-answered"],
  [1100, "link-cut"],
  [2110, "link-cut"],
  [1101, "link-restored-data-lost"],
  [1102, "link-restored"],
  [326, "client-id-in-use"],
  [505, "protocol"],
  [2200, undefined],
])("%i is %s", (code, meaning) => {
  expect(meaningOf(code)).toBe(meaning);
});

test("a request ends with every code but information and warnings, unlisted ones included", () => {
  expect([354, 10197, 10089, 19_999].map(endsRequest)).toEqual([true, true, true, true]);
  expect([10167, 10090, 10091, 2104, 2150].map(endsRequest)).toEqual([false, false, false, false, false]);
});

test.each([
  ["ApiPending", "", "pending-submit"],
  ["PendingSubmit", "", "pending-submit"],
  ["PreSubmitted", "", "pre-submitted"],
  ["PreSubmitted", "locate", "waiting-for-locate"],
  ["WarnState", "", "pre-submitted"],
  ["Submitted", "", "submitted"],
  ["PendingCancel", "", "pending-cancel"],
  ["PreCancelled", "", "pending-cancel"],
  ["Cancelled", "", "cancelled"],
  ["Cancelled", "locate", "cancelled"],
  ["ApiCancelled", "", "cancelled"],
  ["Filled", "", "filled"],
  ["Inactive", "", "rejected"],
  ["Inactive", "child,locate", "waiting-for-locate"],
  ["Inactive", "trigger", "rejected"],
])("status %s held because of %p is %s", (status, whyHeld, expected) => {
  expect(stateOf(status, whyHeld)).toMatchObject({ status: expected });
});

test("a status that nobody knows is unknown, neither working nor done", () => {
  expect(stateOf("Sideways", "")).toEqual({ life: "unknown" });
});
