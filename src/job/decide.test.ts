import { rebalance } from "../rebalance.ts";
import { jobOf } from "../testing/job-of.ts";
import { stock } from "../testing/scenario.ts";
import { scriptedWorld } from "../testing/scripted-world.ts";
import { forecastOf } from "../testing/world-script.ts";
import { instant } from "../trading/instant.ts";
import { money, toNumber } from "../trading/money.ts";
import { ok } from "../trading/result.ts";
import { emptyRiskRecord } from "../trading/risk/risk-record.ts";

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

it("the plan is told what was traded before: an instrument rests, and a day's turnover is used up", async () => {
  const plan = { ...jobOf().plan, cooldownSessions: 1 };
  const lastTrades = async () => new Map([[stock("AAA").conId, instant("2022-03-14T13:40:00Z")]]);
  const forecasts = ok([forecastOf({ AAA: 0.3, BBB: 0.2 })]);
  const resting = scriptedWorld({ forecasts, handled, store: { lastTrades } });
  const rested = await rebalance(jobOf({ plan }), resting.world);
  expect(rested.plan?.trades.map(({ symbol }) => symbol)).toEqual(["BBB"]);
  expect(rested.plan?.untouched.map(({ symbol, reason }) => [symbol, reason.kind])).toEqual([
    ["AAA", "cooling-down"],
  ]);

  const { today } = emptyRiskRecord;
  const executions = { ...today.executions, sold: [money("200000", "USD")] };
  const riskRecord = async () => ({ ...emptyRiskRecord, today: { ...today, executions } });
  const busy = scriptedWorld({ forecasts, handled, store: { riskRecord } });
  const day = { ...jobOf().plan, maxTurnoverPerDay: 0.3 };
  const limited = await rebalance(jobOf({ plan: day }), busy.world);
  const netLiquidation = toNumber(limited.plan?.netLiquidation ?? money("0", "USD"));
  const traded = limited.plan?.trades.reduce((sum, { value }) => sum + toNumber(value), 0) ?? 0;
  expect(traded).toBeGreaterThan(0);
  expect(traded).toBeLessThanOrEqual(0.3 * netLiquidation - 200_000);
});
