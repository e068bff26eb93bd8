import { jobOf } from "../testing/job-of.ts";
import { orderReport } from "../testing/order-report.ts";
import { scenarioNow, scenarioPolicy, stock } from "../testing/scenario.ts";
import { scriptedWorld } from "../testing/scripted-world.ts";
import { type Instant, instant } from "../trading/instant.ts";
import { countedBySide, sessionsSinceTrade, volumesOf } from "./plan-inputs.ts";

it("volumes are the owner's, by contract", () => {
  const job = jobOf({ averageDailyVolumes: new Map([["BBB", 4_000_000]]) });
  expect(volumesOf(job, [stock("AAA"), stock("BBB")])).toEqual(new Map([[stock("BBB").conId, 4_000_000]]));
});

describe("sessions since a trade", () => {
  // scenarioNow is Monday the 14th of March 2022.
  const asked: string[] = [];
  const answer = (
    trades: Readonly<Record<number, string>>,
    cooldownSessions: number,
    now: Instant = scenarioNow,
  ) => {
    const lastTrades = async (account: string, since: Instant) => {
      asked.push(`${account} ${new Date(since).toISOString()}`);
      return new Map(Object.entries(trades).map(([conId, at]) => [Number(conId), instant(at)]));
    };
    const { store } = scriptedWorld({ store: { lastTrades } }).world;
    const job = jobOf({ plan: { ...scenarioPolicy, cooldownSessions } });
    return sessionsSinceTrade(job, { store, account: "DU1234567", now });
  };

  it("are counted by trading dates: a weekend is none", async () => {
    const counted = await answer(
      {
        1: "2022-03-14T13:31:00Z",
        2: "2022-03-11T20:59:00Z",
        3: "2022-03-10T15:00:00Z",
        // Still the 10th in New York.
        4: "2022-03-11T00:30:00Z",
      },
      3,
    );
    expect(counted).toEqual(
      new Map([
        [1, 0],
        [2, 1],
        [3, 2],
        [4, 2],
      ]),
    );
    expect(asked.at(-1)).toBe("DU1234567 2022-03-10T05:00:00.000Z");
  });

  it("are counted over holidays and half days: the day after Thanksgiving is one, the day itself none", async () => {
    // The Monday after: Wednesday the 23rd, Friday the 25th (until 13:00) and Monday the 28th were sessions.
    const monday = instant("2022-11-28T15:30:00Z");
    const trades = { 1: "2022-11-25T17:59:00Z", 2: "2022-11-23T20:30:00Z", 3: "2022-11-22T20:30:00Z" };
    expect(await answer(trades, 3, monday)).toEqual(
      new Map([
        [1, 1],
        [2, 2],
        [3, 3],
      ]),
    );
    expect(asked.at(-1)).toBe("DU1234567 2022-11-23T05:00:00.000Z");
  });

  it("are not asked for without a cooldown", async () => {
    const before = asked.length;
    expect(await answer({ 1: "2022-03-14T13:31:00Z" }, 0)).toBeUndefined();
    expect(asked).toHaveLength(before);
  });
});

it("orders of others are counted by contract and side; one that has ended is none", () => {
  const none = { buy: 0, sell: 0 };
  const orders = [
    orderReport(),
    orderReport({ side: "sell" }),
    orderReport({ side: "sell", state: { life: "unknown" } }),
    orderReport({ side: "sell", state: { life: "done", status: "cancelled" } }),
    orderReport({ conId: stock("BBB").conId, side: "sell" }),
  ];
  expect(countedBySide(orders)).toEqual(
    new Map([
      [stock("AAA").conId, { buy: 1, sell: 2 }],
      [stock("BBB").conId, { ...none, sell: 1 }],
    ]),
  );
});
