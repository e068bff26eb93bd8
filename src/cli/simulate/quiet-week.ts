import type { Broker, World } from "../../ports.ts";
import { simulatedVenue } from "../../simulation/simulated-venue.ts";
import { syntheticHistory } from "../../simulation/synthetic-history.ts";
import type { Venue } from "../../simulation/venue.ts";
import { openDatabase } from "../../storage/sqlite/open-database.ts";
import { connectionOf } from "../../testing/connection-of.ts";
import { jobOf } from "../../testing/job-of.ts";
import type { RunEvent } from "../../trading/event.ts";
import { adaptiveWithin } from "../../trading/execution-policy.ts";
import { type Instant, later, type TradingDate, tradingDate } from "../../trading/instant.ts";
import { daysFrom, nyseSession, nyseTradingDates, nyseZone } from "../../trading/nyse-calendar.ts";
import { plainRules } from "../../trading/planner/plan-policy.ts";
import type { OnOpenOrders } from "../../trading/planner/working-orders.ts";
import { ok } from "../../trading/result.ts";
import { noLimits } from "../../trading/risk/limits.ts";
import { wallClock } from "../../trading/session.ts";
import { sign } from "../../trading/side.ts";
import { bandWeight, minOrderValue, trend } from "./draw-job.ts";
import { Draws } from "./draws.ts";
import { Gateway } from "./gateway.ts";
import { Host } from "./host.ts";
import { isOurs } from "./inspected.ts";
import { Inspector } from "./inspector.ts";
import { type Bug, runProcess, type Scene } from "./process.ts";
import { Trouble } from "./trouble.ts";
import { Truth } from "./truth.ts";
import type { Violation } from "./violation.ts";

const account = "DU1234567";
const monday = tradingDate("2022-06-06");
const runTimes = ["09:35", "10:35", "11:35", "12:35", "13:35", "14:35", "15:35"] as const;
/** So large beside the market that an order fills in parts, over hours. */
const cash = 5_000_000;
const dailyValue = 1e8;

/** What a week of hourly runs came to; amounts in dollars, weights as shares of net liquidation. */
export interface QuietFigures {
  readonly runs: number;
  /** Messages about orders. */
  readonly placed: number;
  readonly changed: number;
  readonly cancelled: number;
  readonly fills: number;
  readonly sharesFilled: number;
  readonly valueFilled: number;
  readonly commission: number;
  /** Σ value × slippage against the mid of the plan that an execution belongs to, in basis points; positive is a cost. */
  readonly valueTimesSlippageBps: number;
  /** Σ |actual − target weight| right before each run, summed over the runs: what waiting for fills costs. */
  readonly offTargetSum: number;
  /** The same after the week's last run. */
  readonly offTargetAtEnd: number;
  /** Signed shares by symbol, at the start and at the end. */
  readonly positionsAtStart: ReadonlyMap<string, number>;
  readonly positionsAtEnd: ReadonlyMap<string, number>;
  /** Signed shares traded by symbol. */
  readonly traded: ReadonlyMap<string, number>;
  readonly violations: readonly Violation[];
}

/**
 * One week without faults, in a market in which orders fill in parts: hourly runs that cancel, change or keep what still
 * works. The same seed is the same market with the same forecasts, whatever the mode. `days`: so many, from Monday on.
 */
export async function quietWeek(seed: number, onOpenOrders: OnOpenOrders, days = 5): Promise<QuietFigures> {
  const trouble = new Trouble(seed, () => {});
  trouble.isOver = true;
  const truth = new Truth(thinVenue(seed));
  const gateway = new Gateway(truth, trouble);
  const host = new Host(trouble);
  const db = openDatabase(":memory:");
  const symbols = truth.venue.contracts().map(({ symbol }) => symbol);
  const job = jobOf({
    connection: connectionOf({ account }),
    strategies: [trend],
    plan: {
      ...plainRules,
      execution: adaptiveWithin(10),
      bandWeight,
      minOrderValue,
    },
    limits: noLimits,
    onOpenOrders,
    world: "simulation",
  });
  const inspector = new Inspector({ db, truth, host, gateway, job, account });
  const count = new Count(truth);
  const bug: Bug = { world: (world) => count.over(world) };
  const scene: Scene = { truth, trouble, gateway, host, db, job, inspector, bug, tell: undefined };
  const positionsAtStart = count.positions();
  const forecasts = new Draws(seed, "forecasts");
  let offTargetSum = 0;
  try {
    const dates = nyseTradingDates(monday, daysFrom(monday, days - 1));
    for (const at of runsOn(dates)) {
      truth.venue.advanceTo(later(at, forecasts.whole(0, 20_000)));
      if (!host.forecast || forecasts.chance(0.15)) host.forecast = forecastOf(forecasts, symbols, truth);
      offTargetSum += offTarget(scene);
      await runProcess(scene);
    }
    truth.venue.advanceTo(nyseSession(daysFrom(monday, days - 1))?.closeAt ?? truth.now);
    return {
      ...count.figures(),
      offTargetSum,
      offTargetAtEnd: offTarget(scene),
      positionsAtStart,
      positionsAtEnd: count.positions(),
      violations: inspector.violations,
    };
  } finally {
    db.close();
  }
}

function* runsOn(dates: readonly TradingDate[]): Generator<Instant> {
  for (const on of dates) for (const time of runTimes) yield wallClock(on, time, nyseZone);
}

function thinVenue(seed: number): Venue {
  const history = syntheticHistory({ symbols: 5, days: 25, endOn: daysFrom(monday, -1), seed });
  const prices = [...history.closes].map(([symbol, closes]) => ({ symbol, price: closes.at(-1) ?? 1 }));
  const draws = new Draws(seed, "venue");
  return simulatedVenue({
    history,
    startAt: wallClock(monday, "08:00", nyseZone),
    seed,
    stepSeconds: 30,
    accounts: [
      {
        id: account,
        cash,
        baseCurrency: "USD",
        positions: prices.map(({ symbol, price }) => ({
          symbol,
          shares: Math.round((draws.between(-0.1, 0.3) * cash) / price) || 1,
          averageCost: price,
        })),
      },
    ],
    contracts: prices.map(({ symbol, price }) => ({
      symbol,
      averageDailyShares: Math.round(dailyValue / price),
    })),
  });
}

function forecastOf(draws: Draws, symbols: readonly string[], truth: Truth): NonNullable<Host["forecast"]> {
  const rows = symbols.map((symbol, index) => ({
    symbol,
    weight: draws.between(-0.08, 0.28),
    line: index + 5,
  }));
  return { strategy: "trend", file: "trend.csv", asOf: truth.now, leverage: 1, rows };
}

/** Σ |actual − target weight|. */
function offTarget({ truth, host }: Scene): number {
  const { netLiquidation } = truth.venue.balances(account);
  const distances = truth.venue.contracts().map(({ conId, symbol }) => {
    const row = host.forecast?.rows.find((each) => each.symbol === symbol);
    const target = row && "weight" in row ? row.weight : 0;
    return Math.abs(
      (truth.sharesOf(account, conId) * truth.venue.quote(conId).last) / netLiquidation - target,
    );
  });
  return distances.reduce((sum, distance) => sum + distance, 0);
}

/** Counts what goes to the broker and what comes back. */
class Count {
  readonly #truth: Truth;
  #runs = 0;
  #placed = 0;
  #changed = 0;
  #cancelled = 0;
  #fills = 0;
  #sharesFilled = 0;
  #valueFilled = 0;
  #commission = 0;
  #valueTimesSlippageBps = 0;
  readonly #traded = new Map<string, number>();
  /** Of the last plan, by conId. */
  readonly #mids = new Map<number, number>();

  constructor(truth: Truth) {
    this.#truth = truth;
    truth.venue.subscribe((event) => {
      if (event.kind === "execution" && isOurs(event.execution.orderRef)) this.#fill(event.execution);
    });
  }

  over(world: World): World {
    const append = (event: RunEvent): void => {
      this.#hear(event);
      world.journal.append(event);
    };
    const connect: World["brokerage"]["connect"] = async (request) => {
      const connected = await world.brokerage.connect(request);
      return connected.ok ? ok(this.#countingCancels(connected.value)) : connected;
    };
    return { ...world, journal: { append }, brokerage: { connect } };
  }

  positions(): ReadonlyMap<string, number> {
    const { venue } = this.#truth;
    return new Map(
      venue.contracts().map(({ conId, symbol }) => [symbol, this.#truth.sharesOf(account, conId)]),
    );
  }

  figures() {
    return {
      runs: this.#runs,
      placed: this.#placed,
      changed: this.#changed,
      cancelled: this.#cancelled,
      fills: this.#fills,
      sharesFilled: this.#sharesFilled,
      valueFilled: this.#valueFilled,
      commission: this.#commission,
      valueTimesSlippageBps: this.#valueTimesSlippageBps,
      traded: this.#traded,
    };
  }

  #hear(event: RunEvent): void {
    if (event.kind === "run-started") this.#runs += 1;
    if (event.kind !== "planned") return;
    for (const { conId, price } of [...event.plan.trades, ...event.plan.untouched])
      if (price !== undefined) this.#mids.set(conId, price);
  }

  #countingCancels(broker: Broker): Broker {
    const cancel: Broker["cancel"] = (orders) => {
      this.#cancelled += orders.length;
      return broker.cancel(orders);
    };
    const place: Broker["place"] = (orders, beforeSend) => {
      this.#placed += orders.orders.length;
      return broker.place(orders, beforeSend);
    };
    const modify: Broker["modify"] = (orders, beforeSend) => {
      this.#changed += orders.orders.length;
      return broker.modify(orders, beforeSend);
    };
    const counting: Partial<Broker> = { cancel, place, modify };
    return new Proxy(broker, {
      get: (target, key) =>
        (key in counting ? Reflect.get(counting, key) : Reflect.get(target, key, target)) as unknown,
    });
  }

  #fill({ conId, side, shares, price, commission }: ReturnType<Venue["executions"]>[number]): void {
    const symbol = this.#truth.venue.contracts().find((contract) => contract.conId === conId)?.symbol ?? "";
    const mid = this.#mids.get(conId) ?? price;
    this.#fills += 1;
    this.#sharesFilled += shares;
    this.#valueFilled += shares * price;
    this.#commission += commission;
    this.#valueTimesSlippageBps += shares * price * ((sign(side) * (price - mid)) / mid) * 10_000;
    this.#traded.set(symbol, (this.#traded.get(symbol) ?? 0) + sign(side) * shares);
  }
}
