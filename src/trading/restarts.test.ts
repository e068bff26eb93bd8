import { type Instant, instant } from "./instant.ts";
import { judgeRestart, type RestartRule, restartNear } from "./restarts.ts";

const rule: RestartRule = {
  dailyAt: ["23:45", "05:27"],
  zone: "America/New_York",
  minutesBefore: 5,
  minutesAfter: 2,
};
const near = (iso: string, changed: Partial<RestartRule> = {}): string | undefined =>
  restartNear(instant(iso), { ...rule, ...changed })?.dailyAt;

test.each([
  ["2022-03-15T03:39:59Z", undefined],
  ["2022-03-15T03:40:00Z", "23:45"],
  ["2022-03-15T03:47:00Z", "23:45"],
  ["2022-03-15T03:47:01Z", undefined],
  // In winter the same time of day is an hour later.
  ["2022-01-15T03:46:00Z", undefined],
  ["2022-01-15T04:46:00Z", "23:45"],
  ["2022-03-15T09:26:00Z", "05:27"],
])("C02, C18: %s is near %s", (iso, expected) => {
  expect(near(iso)).toBe(expected);
});

test("a window reaches across midnight, both ways", () => {
  const atMidnight = { dailyAt: ["00:02"] };
  expect(near("2022-03-15T03:56:59Z", atMidnight)).toBeUndefined();
  expect(near("2022-03-15T03:57:30Z", atMidnight)).toBe("00:02");
  const late = { dailyAt: ["23:59"], minutesAfter: 4 };
  expect(near("2022-03-15T04:02:30Z", late)).toBe("23:59");
  expect(near("2022-03-15T04:03:30Z", late)).toBeUndefined();
});

test("an hour that daylight saving repeats has its window twice", () => {
  const inIt = { dailyAt: ["01:30"] };
  expect(near("2022-11-06T05:30:00Z", inIt)).toBe("01:30");
  expect(near("2022-11-06T06:30:00Z", inIt)).toBe("01:30");
  expect(near("2022-11-06T07:30:00Z", inIt)).toBeUndefined();
});

test("the judgement names the window; without a rule any time will do", () => {
  const at: Instant = instant("2022-03-15T03:46:00Z");
  expect(judgeRestart(at, rule)).toEqual({
    ok: false,
    findings: [
      {
        kind: "gateway-restarts",
        dailyAt: "23:45",
        zone: "America/New_York",
        minutesBefore: 5,
        minutesAfter: 2,
      },
    ],
  });
  expect(judgeRestart(at, undefined)).toEqual({ ok: true, value: undefined });
  expect(judgeRestart(instant("2022-03-15T15:00:00Z"), rule)).toMatchObject({ ok: true });
});
