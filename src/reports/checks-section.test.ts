import { aCheck } from "../testing/risk-builder.ts";
import { instant } from "../trading/instant.ts";
import type { Override } from "../trading/risk/check.ts";
import { checksTable, checksTitle, notKnownLine, overrideText } from "./checks-section.ts";

const zone = "America/New_York";
const override: Override = {
  name: "weight",
  subject: "KO",
  givenAt: instant("2022-03-14T14:00:00Z"),
  untilAt: instant("2022-03-14T20:00:00Z"),
  why: "merger\nnews",
  by: "owner",
};

it("shows each check with its value, its limit and its verdict, in the check's unit", () => {
  const checks = [
    aCheck({ name: "gross-leverage", present: 0.9, value: 1.104, limit: 1.1 }),
    aCheck({ subject: "KO", value: 0.31, verdict: "warn", override }),
    aCheck({ name: "order-value", value: 60_000, limit: 100_000, currency: "USD", verdict: "pass" }),
    aCheck({ name: "excess-liquidity", value: 17.5, limit: 20_000, currency: "USD" }),
    aCheck({ name: "orders-per-day", present: 17, value: 20, limit: 19 }),
    aCheck({ name: "spread", subject: "PG", value: 200.04, limit: 150 }),
    aCheck({ name: "quote-age", value: undefined, limit: 60, verdict: "unknown" }),
    aCheck({ name: "order-value", value: undefined, limit: 100_000, currency: "USD", verdict: "unknown" }),
    aCheck({ name: "daily-loss", value: -0.0408, limit: 0.1, verdict: "pass" }),
    aCheck({ name: "trading-halt", subject: "PG", value: 1, limit: 0 }),
    aCheck({ name: "forecast-age", subject: "trend", value: 82.04, limit: 90, verdict: "warn" }),
    aCheck({ name: "weight", value: 0.2, limit: Number.POSITIVE_INFINITY, verdict: "pass" }),
  ];
  const review = { checks, judged: 41, overrides: [] };
  expect(checksTitle(review)).toBe("risk: 41 checks, 5 failed, 2 not known");
  expect(checksTable(review, zone).rows).toEqual([
    ["gross leverage", "0.9", "1.104", "at most 1.100", "FAIL: nothing is sent"],
    [
      "weight KO",
      "",
      "31.0 %",
      "at most 25.0 %",
      "OVERRIDDEN: weight KO until 2022-03-14 16:00 EDT, by owner: merger news",
    ],
    ["order value", "", "60,000 USD", "at most 100,000 USD", "pass"],
    ["excess liquidity", "", "17.50 USD", "at least 20,000 USD", "FAIL: only reductions are sent"],
    ["orders in the session", "17", "20", "at most 19", "FAIL: nothing is sent"],
    ["spread PG", "", "200.0 bps", "at most 150.0 bps", "FAIL: it is left alone"],
    ["loss since the session before", "", "up 4.08 %", "at most 10.0 %", "pass"],
    ["trading halt PG", "", "yes", "no", "FAIL: it is left alone"],
    ["age of the forecast trend", "", "82 min", "at most 90 min", "warn"],
    ["weight", "", "20.0 %", "no limit", "pass"],
  ]);
  expect(notKnownLine(review)).toBe("not known in this run: age of the quote, order value");
});

it("says nothing of what is not known when all is", () => {
  expect(notKnownLine({ checks: [aCheck({ verdict: "pass" })], judged: 3, overrides: [] })).toBeUndefined();
});

it("tells none of none", () => {
  expect(checksTitle({ checks: [], judged: 1, overrides: [] })).toBe("risk: 1 check, none failed");
});

it("keeps an override's words on one line", () => {
  expect(overrideText({ ...override, subject: "" }, zone)).toBe(
    "weight until 2022-03-14 16:00 EDT, by owner: merger news",
  );
});
