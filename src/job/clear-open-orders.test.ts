import type { ConnectionRequest } from "../ports.ts";
import { rebalance } from "../rebalance.ts";
import { jobOf, orderReport, scriptedWorld } from "../testing/scripted-world.ts";
import { held, ok } from "../trading/result.ts";

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
