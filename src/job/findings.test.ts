import type { RunEvent } from "../trading/event.ts";
import type { Finding } from "../trading/finding.ts";
import { instant } from "../trading/instant.ts";
import type { Check } from "../trading/risk/check.ts";
import { Findings } from "./findings.ts";

function gathered(...found: readonly Finding[]) {
  const events: RunEvent[] = [];
  const findings = new Findings({ append: (event) => void events.push(event) });
  for (const finding of found) findings.add(finding);
  expect(events).toEqual(findings.all().map((finding) => ({ kind: "finding", finding })));
  return findings.all();
}

const failed = (subject: string, value: number): Finding => {
  const known = { name: "weight", present: 0.1, limit: 0.2, currency: "", verdict: "fail" } as const;
  const check: Check = { ...known, subject, value, override: undefined };
  return { kind: "check-failed", check, isNew: true };
};

it("a check that a later wave fails again is told once, as it was found first; others are told beside it", () => {
  expect(gathered(failed("AAA", 0.21), failed("AAA", 0.22), failed("BBB", 0.21))).toEqual([
    failed("AAA", 0.21),
    failed("BBB", 0.21),
  ]);
});

it("what a later wave finds again is no second problem because it is no news any more", () => {
  const foundAt = instant("2022-03-14T14:30:00Z");
  const unexplained = {
    kind: "position-unexplained",
    symbol: "AAA",
    conId: 7,
    expectedShares: 100,
    toldShares: 90,
    looksLike: "moved",
    foundAt,
    isNew: true,
  } as const;
  const other = { ...unexplained, toldShares: 80 };
  expect(gathered(unexplained, { ...unexplained, isNew: false }, other)).toEqual([unexplained, other]);
});
