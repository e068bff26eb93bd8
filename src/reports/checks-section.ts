import { unreachable } from "../trading/invariant.ts";
import { type Check, kindOf, nameOf, type Override } from "../trading/risk/check.ts";
import type { Review } from "../trading/risk/review.ts";
import type { AcceptedStrategy } from "../trading/risk/strategy-value.ts";
import { spokenTime } from "../trading/session.ts";
import { checkLabel, checkNumbers, effectText } from "./check-text.ts";
import { counted, plainText } from "./plain-text.ts";
import type { Table } from "./table.ts";

/** The checks that a run could make: what is measured, before and with the plan, its limit, and what came of it. */
export function checksTable({ checks }: Review, zone: string): Table {
  return {
    columns: [
      { title: "Check", align: "left" },
      { title: "Now", align: "right" },
      { title: "Judged", align: "right" },
      { title: "Limit", align: "left" },
      { title: "Verdict", align: "left" },
    ],
    rows: checks.filter(isKnown).map((check) => {
      const { present, value, limit } = checkNumbers(check);
      return [checkLabel(check), present ?? "", value, limit, verdictOf(check, zone)];
    }),
  };
}

/** What could not be judged because the run did not learn the number, in one line; undefined when there is no such check. */
export function notKnownLine({ checks }: Review): string | undefined {
  const labels = checks.filter((check) => !isKnown(check)).map(checkLabel);
  return labels.length === 0 ? undefined : `not known in this run: ${labels.join(", ")}`;
}

/** "Risk: 41 checks, 1 failed": with how many were judged, since of those that pass only the nearest is shown. */
export function checksTitle({ checks, judged }: Review): string {
  const failed = checks.filter(({ verdict }) => verdict === "fail").length;
  const notKnown = checks.filter((check) => !isKnown(check)).length;
  const known = `risk: ${counted(judged, "check")}, ${failed === 0 ? "none" : failed} failed`;
  return notKnown === 0 ? known : `${known}, ${notKnown} not known`;
}

function isKnown({ verdict }: Check): boolean {
  return verdict !== "unknown";
}

/** "weight AAPL until 2022-03-14 16:00 EDT, by owner: split". */
export function overrideText(override: Override, zone: string): string {
  const { untilAt, why, by } = override;
  return plainText(`${nameOf(override)} until ${spokenTime(untilAt, zone)}, by ${by}: ${why}`);
}

/** "strategy trend counts again, accepted 2022-03-14 10:35 EDT: looked at it with Anna". */
export function acceptedText({ strategy, at, note }: AcceptedStrategy, zone: string): string {
  const why = note === "" ? "" : `: ${note}`;
  return plainText(`strategy ${strategy} counts again, accepted ${spokenTime(at, zone)}${why}`);
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
