import { instant, tradingDate } from "./instant.ts";
import { sessionOn } from "./session.ts";
import { dayToCommit, updateDue } from "./updates.ts";

const zone = "America/New_York";
const monday = sessionOn(tradingDate("2022-11-21"), "09:30", "16:00", zone);
const halfDay = sessionOn(tradingDate("2022-11-25"), "09:30", "13:00", zone);
const at = (text: string) => instant(`${text}:00-05:00`);
const longAgo = at("2022-10-01T10:00");

const due = (now: string, handled: string[] = [], firstRunAt = longAgo, sessions = [monday, halfDay]) => {
  const update = updateDue(sessions, at(now), new Set(handled), firstRunAt);
  return update && [update.key, ...update.missed.map((slot) => `also ${slot}`)].join(", ");
};

describe("updateDue", () => {
  it("is one mail each at the first run at or after open, middle and close", () => {
    expect(due("2022-11-21T09:29")).toBeUndefined();
    expect(due("2022-11-21T09:30")).toBe("2022-11-21 open");
    expect(due("2022-11-21T12:35", ["2022-11-21 open"])).toBeUndefined();
    expect(due("2022-11-21T12:45", ["2022-11-21 open"])).toBe("2022-11-21 middle");
    expect(due("2022-11-21T16:00", ["2022-11-21 open", "2022-11-21 middle"])).toBe("2022-11-21 close");
  });

  it("is once per session even if cron fires twice", () => {
    expect(due("2022-11-21T09:35", ["2022-11-21 open"])).toBeUndefined();
    expect(
      due("2022-11-21T23:35", ["2022-11-21 open", "2022-11-21 middle", "2022-11-21 close"]),
    ).toBeUndefined();
  });

  it("stands for missed ones instead of mailing twice at once", () => {
    expect(due("2022-11-21T14:35")).toBe("2022-11-21 middle, also open");
    expect(due("2022-11-22T08:35")).toBe("2022-11-21 close, also open, also middle");
  });

  it("follows a half day's own hours (Z02)", () => {
    expect(due("2022-11-25T11:14", ["2022-11-25 open"])).toBeUndefined();
    expect(due("2022-11-25T11:15", ["2022-11-25 open"])).toBe("2022-11-25 middle");
    expect(due("2022-11-25T13:35", ["2022-11-25 open", "2022-11-25 middle"])).toBe("2022-11-25 close");
  });

  it("owes nothing for a session that was over before our first run", () => {
    expect(due("2022-11-21T18:00", [], at("2022-11-21T18:00"))).toBeUndefined();
    expect(due("2022-11-21T18:00", [], at("2022-11-21T15:00"))).toBe(
      "2022-11-21 close, also open, also middle",
    );
  });
});

describe("dayToCommit", () => {
  const commit = (now: string, committed: string[] = [], firstRunAt = longAgo) =>
    dayToCommit([monday, halfDay], at(now), new Set(committed), firstRunAt)?.on;

  it("is the session that is over and not on record, however late the run comes", () => {
    expect(commit("2022-11-21T15:59")).toBeUndefined();
    expect(commit("2022-11-21T16:00")).toBe("2022-11-21");
    expect(commit("2022-11-24T03:35")).toBe("2022-11-21");
    expect(commit("2022-11-21T17:35", ["2022-11-21"])).toBeUndefined();
    expect(commit("2022-11-25T13:00", ["2022-11-21"])).toBe("2022-11-25");
  });

  it("is none when we have never run in it", () => {
    expect(commit("2022-11-21T18:00", [], at("2022-11-21T18:00"))).toBeUndefined();
  });
});
