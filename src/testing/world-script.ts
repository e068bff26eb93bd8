import type { Broker, Store, World } from "../ports.ts";
import type { Execution } from "../trading/execution.ts";
import type { StrategyForecast } from "../trading/forecast.ts";
import { type Instant, instant } from "../trading/instant.ts";
import type { MarginPreview } from "../trading/margin.ts";
import type { OrderReport, PlannedOrder, UnsettledOrder } from "../trading/order.ts";
import { ok, type Result } from "../trading/result.ts";
import { aPreview, scenarioNow } from "./scenario.ts";

/** What a test changes of the scripted world; everything else is a quiet, healthy paper account. */
export interface Script {
  readonly now: Instant;
  readonly forecasts: Result<readonly StrategyForecast[]>;
  readonly quotes: Readonly<Record<string, readonly [bid: number, ask: number]>>;
  readonly holdings: Readonly<Record<string, number>>;
  readonly openOrders: readonly OrderReport[];
  readonly completedOrders: readonly OrderReport[];
  readonly unsettled: readonly UnsettledOrder[];
  /** Executions that the broker tells of earlier runs. */
  readonly earlier: readonly Execution[];
  /** What becomes of an order that is sent; a number: so many of its shares are filled at once, the rest works on. */
  readonly fill: (order: PlannedOrder) => OrderReport["state"] | "filled" | number;
  /** What the broker says of an order that it is asked about. */
  readonly preview: (order: PlannedOrder) => Result<MarginPreview>;
  /** Any port's method, replaced. */
  readonly broker: Partial<Broker>;
  readonly world: Partial<World>;
  readonly store: Partial<Store>;
  readonly handled: readonly string[];
  readonly firstRunAt: Instant | undefined;
  readonly lastRunAt: Instant | undefined;
}

export function scriptOf(changes: Partial<Script>): Script {
  return {
    now: scenarioNow,
    forecasts: ok([forecastOf({ AAA: 0.3 })]),
    quotes: { AAA: [49.95, 50.05], BBB: [99.9, 100.1] },
    holdings: {},
    openOrders: [],
    completedOrders: [],
    unsettled: [],
    earlier: [],
    fill: () => "filled",
    preview: () => ok(aPreview("0")),
    broker: {},
    world: {},
    store: {},
    handled: [],
    firstRunAt: instant("2022-03-01T15:00:00Z"),
    lastRunAt: undefined,
    ...changes,
  };
}

export function forecastOf(weights: Readonly<Record<string, number>>): StrategyForecast {
  const rows = Object.entries(weights).map(([symbol, weight], index) => ({
    symbol,
    weight,
    line: index + 5,
  }));
  return { strategy: "trend", file: "trend.csv", asOf: scenarioNow, leverage: 1, rows };
}
