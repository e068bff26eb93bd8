import { instant, tradingDate } from "./instant.ts";
import { missedHours } from "./missed-runs.ts";
import { sessionOn } from "./session.ts";

const monday = sessionOn(tradingDate("2022-03-14"), "09:30", "16:00", "America/New_York");
const halfDay = sessionOn(tradingDate("2022-03-15"), "09:30", "13:00", "America/New_York");
const sessions = [monday, halfDay];

// The session of Monday is 13:30Z to 20:00Z: its whole hours are 14 to 19; those of the half day 14 to 16.
it.each([
  ["nothing when it was the hour before", "2022-03-14T15:35:00Z", "2022-03-14T16:35:00Z", 0],
  ["nothing when it was this hour", "2022-03-14T16:05:00Z", "2022-03-14T16:35:00Z", 0],
  ["an hour in between", "2022-03-14T15:35:00Z", "2022-03-14T17:05:00Z", 1],
  ["not the hour that the session begins in", "2022-03-14T12:35:00Z", "2022-03-14T14:35:00Z", 0],
  ["the rest of the session, seen in the evening", "2022-03-14T17:35:00Z", "2022-03-14T20:35:00Z", 2],
  ["hours of two sessions, and no night between them", "2022-03-14T18:35:00Z", "2022-03-15T18:35:00Z", 1 + 3],
  ["nothing at night", "2022-03-14T19:35:00Z", "2022-03-15T13:35:00Z", 0],
  ["nothing when the clock went back", "2022-03-14T17:35:00Z", "2022-03-14T15:35:00Z", 0],
])("counts %s", (_name, last, now, missed) => {
  expect(missedHours(sessions, instant(last), instant(now))).toBe(missed);
});

it("counts nothing before the first run", () => {
  expect(missedHours(sessions, undefined, instant("2022-03-15T18:35:00Z"))).toBe(0);
});
