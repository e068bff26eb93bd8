import type { ConnectionRequest } from "../ports.ts";
import { rebalance } from "../rebalance.ts";
import { jobOf } from "../testing/job-of.ts";
import { orderReport } from "../testing/order-report.ts";
import { scenarioNow } from "../testing/scenario.ts";
import { scriptedWorld } from "../testing/scripted-world.ts";
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

describe("C06, C07: under a spare client id", () => {
  const identity = { account: "DU1234567", clientId: 27, spareFor: 11, serverVersion: 178, skewSeconds: 0 };

  /** A run whose usual id, 11, is in use. */
  async function asSpare(openOrders: readonly ReturnType<typeof orderReport>[]) {
    const scripted = scriptedWorld({ openOrders, handled: ["2022-03-14 open"] });
    const requests: ConnectionRequest[] = [];
    const brokerage = {
      async connect(request: ConnectionRequest) {
        requests.push(request);
        const connected = await scripted.world.brokerage.connect(request);
        return connected.ok && request.clientId === 11 ? ok({ ...connected.value, identity }) : connected;
      },
    };
    const outcome = await rebalance(jobOf(), { ...scripted.world, brokerage });
    return { outcome, requests, acts: scripted.acts };
  }

  it("the run only watches while orders of the usual one work, and names them", async () => {
    const { outcome, requests, acts } = await asSpare([
      orderReport({ orderRef: "trader.reb.x.AAA.B1.1.0000" }),
    ]);
    expect(outcome.verdict).toBe("held");
    expect(outcome.findings).toMatchObject([
      { kind: "spare-client-id", clientId: 27, spareFor: 11 },
      { kind: "order-of-other-client", orderRef: "trader.reb.x.AAA.B1.1.0000", clientId: 11 },
    ]);
    // Nobody knocks at an id that is known to be in use.
    expect(requests).toHaveLength(1);
    expect(acts.filter((act) => /^(place|cancel)/.test(act))).toEqual([]);
  });

  it("the run trades when none works, and says under which id", async () => {
    const { outcome, acts } = await asSpare([]);
    expect(outcome).toMatchObject({
      verdict: "attention",
      findings: [{ kind: "spare-client-id", spareFor: 11 }],
    });
    expect(acts.filter((act) => act.startsWith("place"))).toHaveLength(1);
  });

  it("orders of another spare id are cancelled as that id, which takes no spare one itself", async () => {
    const { outcome, requests } = await asSpare([orderReport({ clientId: 28 })]);
    expect(requests.map(({ clientId, spareClientIds }) => [clientId, spareClientIds])).toEqual([
      [11, undefined],
      [28, []],
    ]);
    expect(outcome.verdict).toBe("attention");
  });
});

it("a run sends no order beside twenty of people and other programs on one side of a contract", async () => {
  const foreign = (count: number) =>
    Array.from({ length: count }, (_, n) =>
      orderReport({ orderRef: `mine ${n}`, clientId: 0, orderId: 50 + n }),
    );
  const placed = async (count: number) => {
    const scripted = scriptedWorld({ openOrders: foreign(count), handled: ["2022-03-14 open"] });
    const outcome = await rebalance(jobOf(), scripted.world);
    const why = outcome.plan?.untouched.map(({ symbol, reason }) => `${symbol} ${reason.kind}`) ?? [];
    return [...scripted.acts.filter((act) => act.startsWith("place")), ...why];
  };
  expect(await placed(19)).toEqual(["place buy AAA 6000"]);
  expect(await placed(20)).toEqual(["AAA side-is-full"]);
});
