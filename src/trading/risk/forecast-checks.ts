import { minutesBetween } from "../instant.ts";
import { type Check, type Judging, judge } from "./check.ts";
import type { RiskKnown, RiskPolicy } from "./review.ts";

/** How old each strategy's forecast is. One that was refused for its age is told by its finding. */
export function forecastChecks(
  { forecast, findings, now }: RiskKnown,
  { strategies }: RiskPolicy,
  judging: Judging,
): readonly Check[] {
  const stale = findings.flatMap((finding) => (finding.kind === "forecast-stale" ? [finding] : []));
  const tooOld = stale.map(({ file, ageMinutes, limitMinutes }) =>
    judge("forecast-age", { subject: file, value: ageMinutes, limit: limitMinutes }, judging),
  );
  if (!forecast) {
    const limit = Math.min(...strategies.map(({ maxAgeMinutes }) => maxAgeMinutes));
    return [...tooOld, judge("forecast-age", { value: undefined, limit }, judging)];
  }
  const ages = strategies.map(({ strategy, maxAgeMinutes }) => {
    const asOf = forecast.parts.find((part) => part.strategy === strategy)?.asOf;
    const value = asOf === undefined ? undefined : minutesBetween(asOf, now);
    return judge("forecast-age", { subject: strategy, value, limit: maxAgeMinutes }, judging);
  });
  return [...tooOld, ...ages];
}
