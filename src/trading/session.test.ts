import { instant, isoSecondsOf, tradingDate } from "./instant.ts";
import {
  dateIn,
  latestSession,
  nextSession,
  readHours,
  sessionOn,
  sessionOpenAt,
  spokenTime,
  wallClock,
} from "./session.ts";

const ny = "America/New_York";

describe("times of an exchange", () => {
  it("turns wall-clock time into an instant by the zone's own daylight saving (Z01)", () => {
    expect(wallClock(tradingDate("2022-03-11"), "09:30", ny)).toBe(instant("2022-03-11T14:30:00Z"));
    expect(wallClock(tradingDate("2022-03-14"), "09:30", ny)).toBe(instant("2022-03-14T13:30:00Z"));
    expect(wallClock(tradingDate("2022-03-14"), "09:30", "US/Eastern")).toBe(instant("2022-03-14T13:30:00Z"));
  });

  it("refuses zones and times that do not exist", () => {
    expect(() => wallClock(tradingDate("2022-03-14"), "09:30", "America/Gotham")).toThrow(
      "unknown time zone",
    );
    expect(() => wallClock(tradingDate("2022-03-14"), "25:30", ny)).toThrow("no such time");
  });

  it("names the day by the exchange's date, not by UTC or the host's (Z05)", () => {
    const evening = instant("2022-03-15T02:00:00Z");
    expect(dateIn(ny, evening)).toBe("2022-03-14");
    expect(dateIn("Australia/Sydney", evening)).toBe("2022-03-15");
    expect(spokenTime(evening, ny)).toBe("2022-03-14 22:00 EDT");
  });
});

describe("readHours", () => {
  it("reads days, half days and closed ones as the broker writes them (Z02)", () => {
    const text = "20221124:CLOSED;20221125:0930-20221125:1300;20221126:CLOSED;20221127:CLOSED";
    const { sessions, knownThrough } = readHours(text, "US/Eastern");
    expect(sessions).toEqual([sessionOn(tradingDate("2022-11-25"), "09:30", "13:00", ny)]);
    expect(isoSecondsOf(sessions[0]?.midAt ?? instant("1990-01-01T00:00:00Z"))).toBe("2022-11-25T16:15:00Z");
    expect(knownThrough).toBe("2022-11-27");
  });

  it("joins the spans of one day, and gives a night session to the day on which it ends (Z05, Z08)", () => {
    const lunch = readHours("20220314:0930-20220314:1200,20220314:1300-20220314:1600", "Asia/Hong_Kong");
    expect(lunch.sessions).toEqual([
      sessionOn(tradingDate("2022-03-14"), "09:30", "16:00", "Asia/Hong_Kong"),
    ]);
    const night = readHours("20220313:1800-20220314:1700", "America/Chicago");
    expect(night.sessions[0]?.on).toBe("2022-03-14");
    expect(night.sessions[0]?.openAt).toBe(instant("2022-03-13T23:00:00Z"));
  });

  it("sorts the sessions and knows the last day, whatever the order of the text", () => {
    const { sessions, knownThrough } = readHours(
      "20220315:0930-20220315:1600;20220314:0930-20220314:1600;20220313:CLOSED",
      ny,
    );
    expect(sessions.map((session) => session.on)).toEqual(["2022-03-14", "2022-03-15"]);
    expect(knownThrough).toBe("2022-03-15");
  });

  it.each([
    "",
    ";",
    "CLOSED",
    "20220314:0930-1600",
    "20220314:1600-20220314:0930",
    "20220230:CLOSED",
    "NO DATA",
  ])("refuses %p: hours that are not understood are not closed hours", (text) => {
    expect(() => readHours(text, ny)).toThrow(RangeError);
  });
});

describe("which session", () => {
  const monday = sessionOn(tradingDate("2022-03-14"), "09:30", "16:00", ny);
  const tuesday = sessionOn(tradingDate("2022-03-15"), "09:30", "16:00", ny);
  const sessions = [monday, tuesday];

  it.each([
    ["before the first open", "2022-03-14T09:29:59.999-04:00", undefined, undefined, monday],
    ["at the open's first instant", "2022-03-14T09:30:00-04:00", monday, monday, tuesday],
    ["just before the close", "2022-03-14T15:59:59.999-04:00", monday, monday, tuesday],
    ["at the close", "2022-03-14T16:00:00-04:00", undefined, monday, tuesday],
    ["after the last", "2022-03-15T18:00:00-04:00", undefined, tuesday, undefined],
  ])("%s", (_, at, open, latest, next) => {
    expect(sessionOpenAt(sessions, instant(at))).toBe(open);
    expect(latestSession(sessions, instant(at))).toBe(latest);
    expect(nextSession(sessions, instant(at))).toBe(next);
  });
});
