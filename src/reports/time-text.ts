import { type Instant, instant } from "../trading/instant.ts";
import { type Session, spokenTime } from "../trading/session.ts";

/** "2022-03-14 09:30 to 16:00 EDT": a trading session as people at the exchange say it. */
export function sessionText({ openAt, closeAt }: Session, zone: string): string {
  const [openOn, opens] = spokenTime(openAt, zone).split(" ");
  const [closeOn, closes, zoneName] = spokenTime(closeAt, zone).split(" ");
  return openOn === closeOn
    ? `${openOn} ${opens} to ${closes} ${zoneName}`
    : `${openOn} ${opens} to ${closeOn} ${closes} ${zoneName}`;
}

/** "10:35 EDT": where the day is clear from what stands around it. */
export function timeOfDay(at: Instant, zone: string): string {
  return spokenTime(at, zone).slice(11);
}

/** An instant that was written down as text, told in the zone; other words ("today", by a hand in a hurry) stay as they are. */
export function writtenTime(text: string, zone: string): string {
  try {
    return spokenTime(instant(text), zone);
  } catch (error) {
    if ((error as { name?: unknown }).name === "RangeError") return text;
    throw error;
  }
}
