import { type Instant, instantFromMs, tradingDate } from "../../trading/instant.ts";
import { wallClock } from "../../trading/session.ts";

/**
 * The instant of an execution as TWS writes it: "20220314 09:31:05 US/Eastern" (servers from 174 on name the zone),
 * "20220314-13:31:05" (always UTC), or seconds since 1970. Throws RangeError on anything else: a time without a zone
 * could be any (Z06).
 */
export function executionInstant(text: string): Instant {
  if (/^\d{9,10}$/.test(text)) return instantFromMs(Number(text) * 1000);
  const match = /^(\d{4})(\d\d)(\d\d)(?:-| +)(\d\d:\d\d:\d\d)(?: +(\S+))?$/.exec(text);
  const [, year, month, day, time = "", named] = match ?? [];
  const zone = named ?? (text.charAt(8) === "-" ? "UTC" : undefined);
  if (!match || zone === undefined) throw new RangeError(`not the time of an execution: "${text}"`);
  return wallClock(tradingDate(`${year}-${month}-${day}`), time, zone);
}
