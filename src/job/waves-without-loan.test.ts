import { simulatedBrokerage } from "../brokers/simulated/simulated-brokerage.ts";
import { rebalance } from "../rebalance.ts";
import { noiseKey, uniform } from "../simulation/noise.ts";
import { simulatedClock } from "../simulation/simulated-clock.ts";
import { connectionOf } from "../testing/connection-of.ts";
import { jobOf } from "../testing/job-of.ts";
import { scriptedWorld } from "../testing/scripted-world.ts";
import { account, newYork, smallVenue } from "../testing/small-venue.ts";
import { forecastOf } from "../testing/world-script.ts";
import { adaptiveWithin } from "../trading/execution-policy.ts";
import { ok } from "../trading/result.ts";

/** Hours of a session with drawn forecasts over a venue that fills in parts and when it pleases. */
async function lived(seed: number, kind: "cash" | "margin") {
  const key = noiseKey(seed, "waves");
  let drawn = 0;
  const draw = (): number => uniform(key, (drawn += 1));
  const positions = [
    { symbol: "AAPL", shares: Math.floor(draw() * 600), averageCost: 140 },
    { symbol: "RRC", shares: Math.floor(draw() * 4_000), averageCost: 25 },
  ];
  const cash = 5_000 + draw() * 40_000;
  const venue = smallVenue({
    seed,
    accounts: [{ id: account, cash, baseCurrency: "USD", kind, salesSettle: "at-once", positions }],
  });
  let least = cash;
  venue.subscribe(() => {
    least = Math.min(least, venue.balances(account).cash);
  });
  const refs = new Set<string>();
  let sent = 0;
  let waves = 0;
  for (const hour of ["10", "11", "12", "13", "14", "15"]) {
    venue.advanceTo(newYork(`${hour}:35:00`));
    const aapl = draw();
    const forecasts = ok([
      { ...forecastOf({ AAPL: aapl * 0.97, RRC: (1 - aapl) * 0.97 }), asOf: venue.now() },
    ]);
    const clock = simulatedClock(venue, () => 0);
    const journal = { append: () => {} };
    const { world } = scriptedWorld({
      forecasts,
      store: {
        orderRefsOf: async () => refs,
        recordIntents: async (_run, { orders }) => orders.forEach(({ orderRef }) => refs.add(orderRef)),
      },
      world: { clock, brokerage: simulatedBrokerage({ venue, clock, journal, highestOrderIds: new Map() }) },
    });
    const { plan, limits } = jobOf();
    const outcome = await rebalance(
      jobOf({
        connection: connectionOf({ account }),
        plan: {
          ...plan,
          execution: adaptiveWithin(draw() < 0.6 ? 0 : 30),
          borrowing: false,
          cashBuffer: 0.005,
        },
        limits: { ...limits, grossLeverageMax: 2, weightMax: 2 },
        maxNavMove: 1,
        settleSeconds: Math.floor(draw() * 20),
        wavesMax: 3,
        onOpenOrders: draw() < 0.7 ? "keep" : "cancel",
        unfilled: {
          repriceSeconds: 1,
          afterSettle: draw() < 0.5 ? "leave" : "cancel",
          replacesRejected: false,
        },
      }),
      world,
    );
    sent += outcome.orders.length;
    waves += outcome.earlierWaves.length;
    const refused = outcome.orders.filter(
      ({ state }) => state.life === "done" && state.status === "rejected",
    );
    expect(refused).toEqual([]);
  }
  return { least, sent, waves };
}

it.each(["cash", "margin"] as const)(
  "a %s account that may not borrow never owes anything, whatever fills and when",
  async (kind) => {
    let [sent, waves] = [0, 0];
    for (let seed = 1; seed <= 12; seed += 1) {
      const week = await lived(seed, kind);
      expect({ seed, least: Math.min(0, week.least) }).toEqual({ seed, least: 0 });
      sent += week.sent;
      waves += week.waves;
    }
    // Else it would show nothing.
    expect(sent).toBeGreaterThan(60);
    expect(waves).toBeGreaterThan(10);
  },
  60_000,
);
