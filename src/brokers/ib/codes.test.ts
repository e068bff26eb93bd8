import { codeTable, endsRequest, meaningOf, messageOf } from "./codes.ts";
import { stateOf } from "./order-status.ts";

test("every code of the table is placed once", () => {
  const codes = codeTable.flatMap((row) => row.codes);
  expect(codes.length).toBeGreaterThan(80);
  expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
});

test("every code that was ever met in public programs is in the table", () => {
  const met = [
    100, 101, 103, 104, 105, 109, 110, 135, 161, 162, 163, 200, 201, 202, 203, 320, 321, 322, 326, 327, 329,
    354, 366, 382, 383, 387, 388, 399, 404, 412, 434, 435, 436, 439, 440, 441, 443, 451, 460, 461, 492, 502,
    503, 504, 505, 506, 512, 1100, 1101, 1102, 2100, 2101, 2102, 2103, 2104, 2105, 2106, 2107, 2108, 2109,
    2110, 2119, 2137, 2148, 2157, 2158, 10089, 10090, 10091, 10147, 10148, 10167, 10168, 10186, 10197, 10243,
    10252, 10268, 10274, 10349,
  ];
  const known = new Set(codeTable.flatMap((row) => row.codes));
  expect(met.filter((code) => !known.has(code))).toEqual([]);
});

test.each([
  [2119, "information"],
  [2104, "farm-up"],
  [2108, "farm-up"],
  [2103, "farm-down"],
  [2105, "farm-down"],
  [2157, "farm-down"],
  [399, "warning"],
  [404, "waits-for-locate"],
  [2148, "warning"],
  [2199, "warning"],
  [201, "order-rejected"],
  [202, "order-cancelled"],
  [104, "already-filled"],
  [10147, "cancel-answered"],
  [354, "refused"],
  [10197, "refused"],
  [1100, "link-cut"],
  [2110, "link-cut"],
  [1101, "link-restored-data-lost"],
  [1102, "link-restored"],
  [326, "client-id-in-use"],
  [504, "connection"],
  [505, "protocol"],
  [2200, undefined],
])("%i is %s", (code, meaning) => {
  expect(meaningOf(code)).toBe(meaning);
});

test("what can be done about it goes with the code, and a code that nobody knows has none", () => {
  expect(messageOf(383, "too big")).toEqual({ code: 383, text: "too big", advice: "over-precaution" });
  expect(messageOf(19_999, "who knows")).toEqual({ code: 19_999, text: "who knows" });
});

test("a request ends with every code but information and warnings, unlisted ones included", () => {
  expect([354, 10197, 10089, 19_999].map(endsRequest)).toEqual([true, true, true, true]);
  expect([10167, 10090, 10091, 2104, 2119, 2103, 2150].map(endsRequest)).not.toContain(true);
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
