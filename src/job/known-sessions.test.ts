import { scenarioNow, stock } from "../testing/scenario.ts";
import { type Instant, instant, tradingDate } from "../trading/instant.ts";
import type { Instrument } from "../trading/instrument.ts";
import { latestSession, sessionOn, sessionOpenAt } from "../trading/session.ts";
import { knownSessions } from "./known-sessions.ts";

const ny = "America/New_York";

const sessionsAt = (now: Instant, instruments: readonly Instrument[]) =>
  knownSessions(now, { load: async () => instruments, save: async () => undefined });

const told = (symbol: string, on: string, [open, close]: readonly [string, string], zone = ny) =>
  stock(symbol, { sessions: [sessionOn(tradingDate(on), open, close, zone)], hoursKnownThrough: on });

describe("known sessions", () => {
  it("are the calendar's where the broker has told nothing, a week back and ten days ahead", async () => {
    const days = (await sessionsAt(instant("2022-11-21T15:00:00Z"), [])).map(({ on }) => on);
    expect(days[0]).toBe("2022-11-14");
    expect(days.at(-1)).toBe("2022-12-01");
    expect(days).toHaveLength(13);
    expect(days).not.toContain("2022-11-24");
  });

  it("are the broker's where it has told them: a half day and a day off that the calendar does not know (Z02)", async () => {
    const shortWeek = stock("AAA", {
      sessions: [
        sessionOn(tradingDate("2022-03-14"), "09:30", "12:00", ny),
        sessionOn(tradingDate("2022-03-16"), "09:30", "16:00", ny),
      ],
      hoursKnownThrough: "2022-03-18",
    });
    const sessions = await sessionsAt(scenarioNow, [shortWeek]);
    expect(sessionOpenAt(sessions, instant("2022-03-14T15:59:00Z"))?.on).toBe("2022-03-14");
    expect(sessionOpenAt(sessions, instant("2022-03-14T16:00:00Z"))).toBeUndefined();
    expect(sessionOpenAt(sessions, instant("2022-03-15T15:00:00Z"))).toBeUndefined();
    expect(sessionOpenAt(sessions, instant("2022-03-18T15:00:00Z"))).toBeUndefined();
    expect(sessionOpenAt(sessions, instant("2022-03-21T15:00:00Z"))?.on).toBe("2022-03-21");
  });

  it("of two exchanges make one day, from the first open to the last close, whichever was told last", async () => {
    const newYork = told("AAA", "2022-03-16", ["09:30", "16:00"]);
    const frankfurt = told("SAP", "2022-03-16", ["09:00", "17:30"], "Europe/Berlin");
    for (const instruments of [
      [newYork, frankfurt],
      [frankfurt, newYork],
    ]) {
      const sessions = await sessionsAt(instant("2022-03-16T15:00:00Z"), instruments);
      const open = sessionOpenAt(sessions, instant("2022-03-16T19:00:00Z"));
      expect(open).toEqual({
        on: "2022-03-16",
        openAt: instant("2022-03-16T08:00:00Z"),
        midAt: instant("2022-03-16T14:00:00Z"),
        closeAt: instant("2022-03-16T20:00:00Z"),
      });
    }
  });

  it("are still the calendar's between the hours of an instrument long gone and those told now", async () => {
    const gone = told("OLD", "2022-01-14", ["09:30", "16:00"]);
    const fresh = told("AAA", "2022-03-15", ["09:30", "16:00"]);
    const sessions = await sessionsAt(instant("2022-03-15T12:00:00Z"), [gone, fresh]);
    expect(latestSession(sessions, instant("2022-03-15T12:00:00Z"))?.on).toBe("2022-03-14");
  });
});
