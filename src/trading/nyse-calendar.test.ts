import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { instant, isoSecondsOf, tradingDate } from "./instant.ts";
import {
  daysFrom,
  nyseSession,
  nyseSessions,
  nyseTradingDates,
  nyseTradingDatesEnding,
} from "./nyse-calendar.ts";

const on = tradingDate;

/** "13:30Z-20:00Z", or "closed" */
function hours(date: string): string {
  const session = nyseSession(on(date));
  if (!session) return "closed";
  const utc = (at: typeof session.openAt) => isoSecondsOf(at).slice(11, 16);
  return `${utc(session.openAt)}Z-${utc(session.closeAt)}Z`;
}

/** Every date on which the exchange traded from 1990 to 2022, from the shipped closes. */
function datesOfData(): string[] {
  const file = join(import.meta.dirname, "../../data/sp500-20-daily.csv.gz");
  const lines = gunzipSync(readFileSync(file)).toString("utf8").trim().split("\n");
  return lines.slice(1).map((line) => line.slice(0, 10));
}

describe("the NYSE calendar", () => {
  it("has exactly the trading dates that have closes, for 33 years", () => {
    const dates = datesOfData();
    expect(dates).toHaveLength(8313);
    expect(nyseTradingDates(on("1990-01-01"), on("2022-12-28"))).toEqual(dates);
  });

  it.each([
    // Published by the exchange for the years that the data do not cover.
    [2023, ["01-02", "01-16", "02-20", "04-07", "05-29", "06-19", "07-04", "09-04", "11-23", "12-25"]],
    [2024, ["01-01", "01-15", "02-19", "03-29", "05-27", "06-19", "07-04", "09-02", "11-28", "12-25"]],
    [
      2025,
      ["01-01", "01-09", "01-20", "02-17", "04-18", "05-26", "06-19", "07-04", "09-01", "11-27", "12-25"],
    ],
    [2026, ["01-01", "01-19", "02-16", "04-03", "05-25", "06-19", "07-03", "09-07", "11-26", "12-25"]],
    [2027, ["01-01", "01-18", "02-15", "03-26", "05-31", "06-18", "07-05", "09-06", "11-25", "12-24"]],
    // A Saturday New Year is not observed on the last day of the old year.
    [2028, ["01-17", "02-21", "04-14", "05-29", "06-19", "07-04", "09-04", "11-23", "12-25"]],
    [2035, ["01-01", "01-15", "02-19", "03-23", "05-28", "06-19", "07-04", "09-03", "11-22", "12-25"]],
  ])("knows the holidays of %i", (year, holidays) => {
    const closed: string[] = [];
    for (let day = on(`${year}-01-01`); day <= `${year}-12-31`; day = daysFrom(day, 1)) {
      const isWeekend = [0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay());
      if (!isWeekend && !nyseSession(day)) closed.push(day.slice(5));
    }
    expect(closed).toEqual(holidays);
    expect(hours(`${year - 1}-12-31`)).toBe(
      [0, 6].includes(new Date(`${year - 1}-12-31T00:00:00Z`).getUTCDay()) ? "closed" : "14:30Z-21:00Z",
    );
  });

  it("moves with New York's daylight saving, not with Europe's or with UTC (Z01)", () => {
    expect(hours("2022-03-11")).toBe("14:30Z-21:00Z"); // Friday before the change
    expect(hours("2022-03-14")).toBe("13:30Z-20:00Z"); // Monday after it; Europe follows two weeks later
    expect(hours("2022-10-31")).toBe("13:30Z-20:00Z"); // Europe has changed already
    expect(hours("2022-11-04")).toBe("13:30Z-20:00Z");
    expect(hours("2022-11-07")).toBe("14:30Z-21:00Z");
    expect(hours("2006-03-31")).toBe("14:30Z-21:00Z"); // until 2006 the change was in April
    expect(hours("2006-04-03")).toBe("13:30Z-20:00Z");
  });

  it.each([
    ["day after Thanksgiving", "2022-11-25", "14:30Z-18:00Z"],
    ["the same, a 29th", "2024-11-29", "14:30Z-18:00Z"],
    ["the same in 1992, at two", "1992-11-27", "14:30Z-19:00Z"],
    ["the same in 1991: not yet a custom", "1991-11-29", "14:30Z-21:00Z"],
    ["Christmas Eve on a Thursday", "2020-12-24", "14:30Z-18:00Z"],
    ["Christmas Eve in 1990, at two", "1990-12-24", "14:30Z-19:00Z"],
    ["Christmas Eve of a Saturday Christmas", "2021-12-24", "closed"],
    ["3 July on a Monday", "2023-07-03", "13:30Z-17:00Z"],
    ["3 July on a Wednesday", "2024-07-03", "13:30Z-17:00Z"],
    ["3 July on a Wednesday before 2013", "2002-07-03", "13:30Z-20:00Z"],
    ["5 July on a Friday before 2013", "2002-07-05", "13:30Z-17:00Z"],
    ["5 July on a Friday since", "2024-07-05", "13:30Z-20:00Z"],
    ["3 July observed as the holiday", "2020-07-03", "closed"],
    ["2 July before an observed Friday is a whole day", "2020-07-02", "13:30Z-20:00Z"],
    ["a first anniversary that opened at noon", "2002-09-11", "16:00Z-20:00Z"],
    ["snow at both ends", "1996-01-08", "16:00Z-19:00Z"],
  ])("knows half days: %s (Z02)", (_, date, expected) => {
    expect(hours(date)).toBe(expected);
  });

  it("puts the middle of a half day halfway", () => {
    expect(nyseSession(on("2022-11-25"))?.midAt).toBe(instant("2022-11-25T11:15:00-05:00"));
  });

  it("lists the sessions of a span, both ends included", () => {
    const dates = nyseSessions(on("2022-11-23"), on("2022-11-28")).map((session) => session.on);
    expect(dates).toEqual(["2022-11-23", "2022-11-25", "2022-11-28"]);
  });

  it("counts back from a date, across the week that was closed in 2001", () => {
    const dates = nyseTradingDatesEnding(on("2001-09-18"), 3);
    expect(dates).toEqual(["2001-09-10", "2001-09-17", "2001-09-18"]);
    expect(nyseTradingDatesEnding(on("2022-12-25"), 1)).toEqual(["2022-12-23"]);
  });

  it("refuses to guess outside its years (Z03)", () => {
    expect(() => nyseSession(on("1989-12-29"))).toThrow("knows 1990-01-01 to 2049-12-31");
    expect(() => nyseSession(on("2050-01-03"))).toThrow(RangeError);
  });
});
