import { rebalance } from "../rebalance.ts";
import { forecastOf, jobOf, scriptedWorld } from "../testing/scripted-world.ts";
import { ok } from "../trading/result.ts";

const handled = ["2022-03-14 open"];

it("an order of this window that is on our own record lends its name to no other (S10)", async () => {
  const first = await rebalance(jobOf(), scriptedWorld({ handled }).world);
  const ref = first.plan?.trades[0]?.order.orderRef ?? "";
  const scripted = scriptedWorld({ handled });
  const orderRefsOf = async (window: string) => new Set(window === "2022031414" ? [ref] : []);
  const store = { ...scripted.world.store, orderRefsOf };
  const outcome = await rebalance(jobOf(), { ...scripted.world, store });
  expect(outcome.plan?.trades[0]?.order.orderRef).toBe(ref.replace(".1.", ".2."));
});

it("leverage beyond the owner's is cut, and both numbers are told", async () => {
  const forecasts = ok([{ ...forecastOf({ AAA: 0.3 }), leverage: 1.5 }]);
  const { world, events } = scriptedWorld({ forecasts, handled });
  const outcome = await rebalance(jobOf({ leverageMax: 1.2 }), world);
  expect(outcome.plan?.targetLeverage).toBe(1.2);
  expect(outcome.plan?.trades[0]?.targetWeight).toBeCloseTo(0.36, 12);
  expect(events).toContainEqual(
    expect.objectContaining({ kind: "forecast-read", leverage: 1.2, leverageAsWritten: 1.5 }),
  );
});
