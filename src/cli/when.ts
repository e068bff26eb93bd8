import { type Instant, instant, later, tradingDate } from "../trading/instant.ts";
import { wallClock } from "../trading/session.ts";

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * A time as a person writes it: "2h", "90m" or "3d" from now, "2022-03-14T16:00" in their zone, or with a zone of its own
 * ("2022-03-14T20:00:00Z"). Undefined when it is none of these.
 */
export function whenIn(text: string, { zone, now }: { zone: string; now: Instant }): Instant | undefined {
  const [, count, unit] = /^(\d{1,4})([mhd])$/.exec(text) ?? [];
  if (count && unit) return later(now, Number(count) * unitMs[unit as keyof typeof unitMs]);
  const [, date, time, offset] =
    /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(Z|[+-]\d\d:\d\d)?$/.exec(text) ?? [];
  if (!date || !time) return undefined;
  try {
    return offset ? instant(`${date}T${time}${offset}`) : wallClock(tradingDate(date), time, zone);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
