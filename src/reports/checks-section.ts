import { unreachable } from "../trading/invariant.ts";
import { type Check, kindOf, nameOf, type Override } from "../trading/risk/check.ts";
import type { Review } from "../trading/risk/review.ts";
import { spokenTime } from "../trading/session.ts";
import { checkLabel, checkNumbers, effectText } from "./check-text.ts";
import { counted, plainText } from "./plain-text.ts";
import type { Table } from "./table.ts";

/** The checks of a run: what is measured, before and with the plan, its limit, and what came of it. */
export function checksTable({ checks }: Review, zone: string): Table {
  return {
    columns: [
      { title: "Check", align: "left" },
      { title: "Now", align: "right" },
      { title: "Judged", align: "right" },
      { title: "Limit", align: "left" },
      { title: "Verdict", align: "left" },
    ],
    rows: checks.map((check) => {
      const { present, value, limit } = checkNumbers(check);
      return [checkLabel(check), present ?? "", value, limit, verdictOf(check, zone)];
    }),
  };
}

/** "Risk: 41 checks, 1 failed": with how many were judged, since of those that pass only the nearest is shown. */
export function checksTitle({ checks, judged }: Review): string {
  const failed = checks.filter(({ verdict }) => verdict === "fail").length;
  return `risk: ${counted(judged, "check")}, ${failed === 0 ? "none" : failed} failed`;
}

/** "weight AAPL until 2022-03-14 16:00 EDT, by owner: split". */
export function overrideText(override: Override, zone: string): string {
  const { untilAt, why, by } = override;
  return plainText(`${nameOf(override)} until ${spokenTime(untilAt, zone)}, by ${by}: ${why}`);
}

function verdictOf({ name, verdict, override }: Check, zone: string): string {
  switch (verdict) {
    case "pass":
      return "pass";
    case "warn":
      return override ? `OVERRIDDEN: ${overrideText(override, zone)}` : "warn";
    case "fail":
      return `FAIL: ${effectText(kindOf(name).effect)}`;
    case "unknown":
      return "not known";
    default:
      return unreachable(verdict);
  }
}
