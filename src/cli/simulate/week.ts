import { simulatedVenue } from "../../simulation/simulated-venue.ts";
import { syntheticHistory } from "../../simulation/synthetic-history.ts";
import type { Venue } from "../../simulation/venue.ts";
import { openDatabase } from "../../storage/sqlite/open-database.ts";
import type { Db } from "../../storage/sqlite/sqlite.ts";
import { isoSecondsOf, later, type TradingDate, tradingDate } from "../../trading/instant.ts";
import { daysFrom, nyseSession, nyseTradingDates, nyseZone } from "../../trading/nyse-calendar.ts";
import { wallClock } from "../../trading/session.ts";
import { drawJob } from "./draw-job.ts";
import { Draws } from "./draws.ts";
import { Gateway } from "./gateway.ts";
import { Host } from "./host.ts";
import { Inspector } from "./inspector.ts";
import { Outside } from "./outside.ts";
import { type Bug, type Ending, runProcess, type Scene } from "./process.ts";
import { Trouble } from "./trouble.ts";
import { Truth } from "./truth.ts";
import type { Violation } from "./violation.ts";

const account = "DU1234567";
const symbolCount = 5;

/** Two usual weeks, Thanksgiving with its half day, and the first weeks of summer time and of winter time. */
const mondays = ["2022-11-28", "2022-06-06", "2022-11-21", "2022-03-14", "2022-11-07"].map(tradingDate);
const runTimes = ["09:35", "10:35", "11:35", "12:35", "13:35", "14:35", "15:35", "16:35", "23:50"] as const;
/** So many runs of the session's end are without faults on Friday: what was broken has to be mended by them. */
const calmRuns = 3;

export interface WeekResult {
  readonly seed: number;
  readonly endings: ReadonlyMap<Ending, number>;
  readonly faults: Trouble["counts"];
  readonly violations: readonly Violation[];
  readonly waitsForPerson: boolean;
}

/** One trading week of hourly runs in a world whose faults are all drawn from the seed. `tell` hears its story. */
export async function simulateWeek(
  seed: number,
  { tell, bug = {} }: { readonly tell?: ((line: string) => void) | undefined; readonly bug?: Bug } = {},
): Promise<WeekResult> {
  const draws = new Draws(seed, "week");
  const monday = draws.pick(mondays);
  const venue = makeVenue(seed, monday, draws);
  const tellAt = tell && ((line: string) => tell(`${isoSecondsOf(venue.now())} ${line}`));
  const trouble = new Trouble(seed, tellAt ?? (() => {}));
  const truth = new Truth(venue);
  const gateway = new Gateway(truth, trouble);
  const host = new Host(trouble);
  const db = withKeptStatements(openDatabase(":memory:"));
  const job = drawJob(new Draws(seed, "owner"), {
    account,
    symbols: venue.contracts().map(({ symbol }) => symbol),
  });
  const inspector = new Inspector({ db, truth, host, gateway, job, account });
  const scene: Scene = { truth, trouble, gateway, host, db, job, inspector, bug, tell: tellAt };
  const outside = new Outside(scene, draws);

  const hour = async (): Promise<void> => {
    let ending = await runProcess(scene);
    if (trouble.strikes("cron fires twice")) ending = await runProcess(scene);
    const isTrouble = ending === "killed" || ending === "attention" || ending === "held";
    const isAgain = isTrouble
      ? trouble.strikes("started again by hand after trouble")
      : trouble.strikes("started again by hand");
    if (!isAgain) return;
    truth.venue.advanceTo(later(truth.now, draws.whole(2_000, 900_000)));
    await runProcess(scene, { again: draws.chance(0.7) });
  };
  const day = async (on: TradingDate, isLast: boolean): Promise<void> => {
    const closeAt = nyseSession(on)?.closeAt ?? 0;
    const isAway = !isLast && trouble.strikes("days of runs missed", on);
    const atAll = runTimes.map((time) => wallClock(on, time, nyseZone));
    const sessionRuns = atAll.filter((at) => at < closeAt).length;
    for (const [index, at] of atAll.entries()) {
      if (isLast && index === sessionRuns - calmRuns) calmDown(scene, outside);
      truth.venue.advanceTo(later(at, draws.whole(0, 20_000)));
      outside.happens();
      const isMissed = isAway || trouble.strikes("run missed");
      if (!isMissed) await hour();
      if (isLast && index === sessionRuns - 2) inspector.namesWhatIsOpen();
      if (isLast && index === sessionRuns - 2) outside.acceptAll();
      if (isLast && index === sessionRuns - 1) inspector.tradesAgain();
      if (index === sessionRuns - 1) outside.happensUnseen();
    }
  };

  try {
    const dates = nyseTradingDates(monday, daysFrom(monday, 4));
    for (const on of dates) await day(on, on === dates.at(-1));
    const { endings, violations, waitsForPerson } = inspector;
    return { seed, endings, faults: trouble.counts, violations, waitsForPerson };
  } finally {
    db.close();
  }
}

/** A database that compiles each statement once: thousands of runs ask the same. */
function withKeptStatements(db: Db): Db {
  const prepare = db.prepare.bind(db) as (sql: string) => ReturnType<Db["prepare"]>;
  const kept = new Map<string, ReturnType<Db["prepare"]>>();
  const keptOrPrepared = (sql: string): ReturnType<Db["prepare"]> => {
    const statement = kept.get(sql) ?? prepare(sql);
    kept.set(sql, statement);
    return statement;
  };
  return Object.assign(db, { prepare: keptOrPrepared });
}

/** The faults are over, and what was broken on the host has been mended. */
function calmDown({ trouble, host }: Scene, outside: Outside): void {
  trouble.isOver = true;
  host.skewMs = 0;
  host.isHalted = false;
  outside.changeForecast();
}

function makeVenue(seed: number, monday: TradingDate, draws: Draws): Venue {
  const history = syntheticHistory({
    symbols: symbolCount,
    days: 25,
    endOn: daysFrom(monday, -1),
    seed,
  });
  const prices = [...history.closes].map(([symbol, closes]) => ({ symbol, price: closes.at(-1) ?? 1 }));
  // Two that trade thinly beside what is ordered: their fills come in parts and take minutes or hours.
  const thin = draws.pick([1e9, 1e8, 2e7]);
  const contracts = prices.map(({ symbol, price }, index) => ({
    symbol,
    averageDailyShares: Math.round((index < 2 ? thin : 2e10) / price),
  }));
  const positions = prices
    .filter(() => draws.chance(0.7))
    .map(({ symbol, price }) => ({
      symbol,
      shares: Math.round((draws.between(-0.1, 0.4) * 1e6) / price) || 1,
      averageCost: price,
    }));
  return simulatedVenue({
    history,
    startAt: wallClock(monday, "08:00", nyseZone),
    seed,
    stepSeconds: draws.pick([5, 20, 60]),
    // With little of it, buys wait for what sales bring.
    accounts: [{ id: account, cash: draws.pick([1e6, 2e5, 5e4]), baseCurrency: "USD", positions }],
    contracts,
  });
}
