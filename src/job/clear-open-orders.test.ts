import type { ConnectionRequest } from "../ports.ts";
import { rebalance } from "../rebalance.ts";
import { scenarioNow } from "../testing/scenario.ts";
import { jobOf, orderReport, scriptedWorld } from "../testing/scripted-world.ts";
import { held, ok } from "../trading/result.ts";
import { spokenTime } from "../trading/session.ts";

it("orders cancelled over a second connection: their fills must be in the positions before anybody plans", async () => {
  const scripted = scriptedWorld({
    openOrders: [orderReport({ clientId: 12 })],
    handled: ["2022-03-14 open"],
  });
  const lagging = held({
    kind: "request-unanswered",
    request: "positions that show the executions of AAA",
    deadlineSeconds: 15,
  });
  const brokerage = {
    async connect(request: ConnectionRequest) {
      const connected = await scripted.world.brokerage.connect(request);
      if (!connected.ok || request.clientId !== 12) return connected;
      return ok({ ...connected.value, account: async () => lagging });
    },
  };
  const outcome = await rebalance(jobOf(), { ...scripted.world, brokerage });
  expect(outcome.verdict).toBe("held");
  expect(outcome.findings).toEqual(lagging.ok ? [] : lagging.findings);
  expect(scripted.acts.filter((act) => act.startsWith("place"))).toEqual([]);
});

it("C02: close to the gateway's restart nothing is cancelled and nothing sent, and the run says so", async () => {
  const scripted = scriptedWorld({ openOrders: [orderReport()], handled: ["2022-03-14 open"] });
  const job = jobOf();
  const time = spokenTime(scenarioNow, "America/New_York").slice(11, 16);
  const restarts = { dailyAt: [time], zone: "America/New_York", minutesBefore: 5, minutesAfter: 3 };
  const outcome = await rebalance({ ...job, connection: { ...job.connection, restarts } }, scripted.world);
  expect(outcome.verdict).toBe("held");
  expect(outcome.findings).toMatchObject([{ kind: "gateway-restarts", dailyAt: time }]);
  expect(scripted.acts.filter((act) => /^(place|cancel|order file)/.test(act))).toEqual([]);
  // What can be read is read: the snapshot has the account.
  expect(outcome.account).toBeDefined();
});
