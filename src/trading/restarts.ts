import type { Instant } from "./instant.ts";
import { held, ok, type Result } from "./result.ts";
import { minuteOfDay } from "./session.ts";

/**
 * When the gateway restarts itself, or the broker resets the server that it is linked to. What is written to its socket in
 * the last moments before is answered by nobody (C02), and each region has a minute of its own (C18).
 */
export interface RestartRule {
  /** Wall-clock times of every day by the gateway's own clock: "23:45". */
  readonly dailyAt: readonly string[];
  /** IANA zone of that clock. */
  readonly zone: string;
  readonly minutesBefore: number;
  readonly minutesAfter: number;
}

/** The restart that an instant is too near to. */
export interface RestartNear {
  readonly dailyAt: string;
  readonly zone: string;
  readonly minutesBefore: number;
  readonly minutesAfter: number;
}

/**
 * The restart whose window the instant lies in, both ends included. By the time of day and not by the date, so that an hour
 * that daylight saving repeats has its window twice.
 */
export function restartNear(at: Instant, rule: RestartRule | undefined): RestartNear | undefined {
  if (!rule) return undefined;
  const { zone, minutesBefore, minutesAfter } = rule;
  const now = minuteOfDay(at, zone);
  const dailyAt = rule.dailyAt.find((time) => {
    const since = minutesSince(time, now);
    return -minutesBefore <= since && since <= minutesAfter;
  });
  return dailyAt === undefined ? undefined : { dailyAt, zone, minutesBefore, minutesAfter };
}

/** May orders be sent or cancelled now? Reading goes on: what it misses, it says. */
export function judgeRestart(at: Instant, rule: RestartRule | undefined): Result<undefined> {
  const near = restartNear(at, rule);
  return near ? held({ kind: "gateway-restarts", ...near }) : ok(undefined);
}

/** Minutes that have passed since a time such as 23:45 at this minute of the day, the shorter way round midnight. */
function minutesSince(time: string, now: number): number {
  const day = 24 * 60;
  const [hours = Number.NaN, minutes = Number.NaN] = time.split(":").map(Number);
  const since = (now - (hours * 60 + minutes) + day) % day;
  return since > day / 2 ? since - day : since;
}
