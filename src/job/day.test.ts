import { rebalance } from "../rebalance.ts";
import { jobOf } from "../testing/job-of.ts";
import { scenarioNow } from "../testing/scenario.ts";
import { scriptedWorld } from "../testing/scripted-world.ts";
import { forecastOf, type Script } from "../testing/world-script.ts";
import { instant, tradingDate } from "../trading/instant.ts";
import { held, ok } from "../trading/result.ts";

const evening = instant("2022-03-14T20:35:00Z");
const allHandled = ["2022-03-14 open", "2022-03-14 middle", "2022-03-14 close"];

async function runIn(changes: Partial<Script>, committed: readonly string[] = []) {
  const scripted = scriptedWorld({ now: evening, handled: allHandled, ...changes });
  const committedDays = new Set(committed.map(tradingDate));
  const store = {
    ...scripted.world.store,
    history: async () => ({ firstRunAt: scenarioNow, lastRunAt: undefined, committedDays }),
  };
  const outcome = await rebalance(jobOf(), { ...scripted.world, store });
  return { ...scripted, outcome };
}

describe("a run outside the session", () => {
  it("connects for a mail alone, and for the day's row alone", async () => {
    const mail = await runIn({ handled: allHandled.slice(0, 2) }, ["2022-03-14"]);
    expect(mail.outcome.verdict).toBe("closed");
    expect(mail.notices.map(({ key }) => key)).toEqual(["2022-03-14 close"]);
    const row = await runIn({});
    expect(row.outcome.verdict).toBe("closed");
    expect(row.acts).toContain("commit 2022-03-14");
  });

  it("connects for an order without an end, and for nothing else in the evening", async () => {
    const owesNothing = ["2022-03-14"];
    expect((await runIn({}, owesNothing)).outcome.verdict).toBe("idle");
    const unsettled = {
      orderRef: "trader.reb.2022031419.AAA.B100.1.0000",
      life: "working" as const,
      permId: 7,
      conId: 1,
      symbol: "AAA",
      side: "buy" as const,
      orderedShares: 100,
      filledShares: 0,
      sentAt: scenarioNow,
    };
    const protective = { ...unsettled, orderRef: "trader.pro.2022031419.AAA.S100.1.0000" };
    expect((await runIn({ unsettled: [protective] }, owesNothing)).outcome.verdict).toBe("idle");
    const unsure = { ...protective, life: "sending" as const };
    expect((await runIn({ unsettled: [unsure] }, owesNothing)).outcome.verdict).not.toBe("idle");
    const settling = await runIn({ unsettled: [unsettled] }, owesNothing);
    expect(settling.outcome.verdict).toBe("closed");
    expect(settling.outcome.settledOrders).toHaveLength(1);
  });

  it.each([
    ["2022-03-15T02:59:59Z", "idle"],
    ["2022-03-15T03:00:00Z", "closed"],
    ["2022-03-15T03:59:59Z", "closed"],
    ["2022-03-15T04:00:00Z", "idle"],
    // A Saturday has no executions to forget.
    ["2022-03-20T03:35:00Z", "idle"],
  ])("connects in the last hour before the broker's midnight, once more: %s is %s", async (now, verdict) => {
    const handled = [...allHandled, ...allHandled.map((key) => key.replace("14", "18"))];
    const { outcome } = await runIn({ now: instant(now), handled }, ["2022-03-14", "2022-03-18"]);
    expect(outcome.verdict).toBe(verdict);
  });

  it("that is not told the account is held, and commits no day: the next one does", async () => {
    const unanswered = held({ kind: "request-unanswered", request: "positions", deadlineSeconds: 15 });
    const { outcome, acts, notices } = await runIn({ broker: { account: async () => unanswered } });
    expect(outcome.verdict).toBe("held");
    expect(acts.filter((act) => act.startsWith("commit"))).toEqual([]);
    expect(acts).toContain("snapshot");
    expect(notices.map(({ kind }) => kind)).toEqual(["alert"]);
  });
});

it("the day is the broker's once connected, whatever the host's clock says (Z07)", async () => {
  const scripted = scriptedWorld({ handled: ["2022-03-14 open"] });
  const clock = { ...scripted.world.clock, now: () => instant("2026-07-04T03:00:00Z") };
  const outcome = await rebalance(jobOf({ trustHostClock: false }), { ...scripted.world, clock });
  expect(outcome.verdict).toBe("done");
  expect(outcome.run).toMatchObject({ startedAt: scenarioNow, window: "2022031414" });
  expect(outcome.session?.on).toBe("2022-03-14");
});

it("days without a run are counted to the last hour, weeks too, and a person is told once (S16)", async () => {
  const lastRunAt = instant("2022-02-25T15:35:00Z");
  const now = instant("2022-03-14T17:35:00Z");
  const forecasts = ok([{ ...forecastOf({ AAA: 0.3 }), asOf: now }]);
  const absent = scriptedWorld({ now, forecasts, lastRunAt, firstRunAt: lastRunAt });
  const outcome = await rebalance(jobOf(), absent.world);
  // A Friday at 10:35: five whole hours are left of it (16 to 20 UTC), then ten days of six, and this Monday's 14 to 16 UTC:
  // daylight saving has come the night before.
  const count = 5 + 10 * 6 + 3;
  expect(outcome.findings).toEqual([{ kind: "runs-missed", count, lastRunAt }]);
  expect(outcome.verdict).toBe("attention");
  expect(absent.notices).toContainEqual(
    expect.objectContaining({
      kind: "alert",
      outcome: expect.objectContaining({ findings: outcome.findings }),
    }),
  );
});
