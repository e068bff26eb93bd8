import { join, resolve } from "node:path";
import type { GatewayClock } from "../../brokers/paper/clock.ts";
import type { Scenario } from "../../brokers/paper/fault.ts";
import { type PaperGateway, startPaperGateway } from "../../brokers/paper/gateway.ts";
import type { Precautions } from "../../brokers/paper/precautions.ts";
import type { Halt } from "../../simulation/halt.ts";
import { journaledVenue, replayCalls } from "../../simulation/journaled-venue.ts";
import { withMadeListings } from "../../simulation/made-listings.ts";
import { shiftToEndOn } from "../../simulation/shift-history.ts";
import { simulatedVenue } from "../../simulation/simulated-venue.ts";
import type { Venue } from "../../simulation/venue.ts";
import { readPriceHistory, readShippedPrices } from "../../storage/price-history-file.ts";
import type { Instant, TradingDate } from "../../trading/instant.ts";
import { isoSecondsOf, later, tradingDate } from "../../trading/instant.ts";
import { daysFrom, nyseSessions, nyseZone } from "../../trading/nyse-calendar.ts";
import type { PriceHistory } from "../../trading/price-history.ts";
import { dateIn, spokenTime, wallClock } from "../../trading/session.ts";
import { ConfigError } from "../config/mistake.ts";
import { exitCode } from "../exit-code.ts";
import type { Host } from "../host.ts";
import type { GatewayOptions } from "../main.ts";
import { readFault, readScenario } from "../scenario/read-scenario.ts";
import { type Beginning, KeptState, readKeptState, type WrittenState } from "../state/kept-state.ts";
import { systemClock } from "../system-clock.ts";
import { packageFolder } from "../version.ts";

/** While a client waits for its orders, stepped time moves on: a run in another process sees its fills within seconds. */
const idleAdvance = { afterQuietMs: 250, stepSeconds: 5, atMostSeconds: 600 };

/**
 * `trader gateway`: the paper gateway in the foreground, until it is interrupted or told to quit. Throws ConfigError for
 * a taken port, unusable data and a time that the data does not reach.
 */
export async function gateway(options: GatewayOptions, host: Host): Promise<number> {
  if (options.controlPort !== undefined && !options.at && options.state === undefined)
    throw new ConfigError("--control-port moves a clock that waits: it needs --at");
  const file = options.state === undefined ? undefined : resolve(host.cwd, options.state);
  const earlier = file === undefined ? undefined : readKeptState(file);
  const begun = earlier ? begunAs(earlier, options) : begunNow(options);
  const kept = new KeptState(file, begun, earlier);
  const venue = liveAgain(venueOf(begun, await historyOf(begun, host)), kept, options);
  await kept.flushed().catch((error: Error) => {
    throw new ConfigError(`--state: ${error.message}`);
  });
  const scenario =
    options.scenario === undefined ? noFaults : readScenario(resolve(host.cwd, options.scenario));
  const gate = await started({ ...options, ...begun }, kept, scenario, venue, (line) =>
    host.stdout.write(`${clockOf(venue)}  ${line}\n`),
  );
  host.stdout.write(introduction({ ...options, ...begun }, gate, earlier));
  host.stdout.write(ignoredAt(options, earlier, venue));
  const stop = host.stopSignal();
  stop.addEventListener("abort", () => void gate.close());
  // Interrupted while it was starting: nobody is told that again.
  if (stop.aborted) void gate.close();
  await gate.closed;
  await kept.flushed();
  host.stdout.write("The gateway is closed.\n");
  return exitCode.done;
}

const noFaults: Scenario = { about: "nothing goes wrong", faults: [] };

async function historyOf({ data }: Beginning, host: Host): Promise<PriceHistory> {
  if (data === undefined) return withMadeListings(await readShippedPrices(join(packageFolder, "data")));
  const file = resolve(host.cwd, data);
  try {
    return await readPriceHistory(file);
  } catch (error) {
    throw new ConfigError(`--data ${file}: ${(error as Error).message}`);
  }
}

function begunNow(options: GatewayOptions): Beginning {
  const { at, account, cash, baseCurrency, accountType, salesSettle, seed, data, halt, priceBand } = options;
  const now = systemClock.now();
  return {
    ...(at && { at }),
    ...(data !== undefined && { data }),
    account,
    cash,
    baseCurrency,
    accountType,
    ...(salesSettle === "at-once" && { salesSettle }),
    seed: seed ?? now % 1_000_000_000,
    startAt: now,
    ...(halt && { halt }),
    ...(priceBand > 0 && { priceBand }),
  };
}

/** A gateway goes on as it began: only whether its clock waits can be said again, and must agree. */
function begunAs({ beginning }: WrittenState, { at, state }: GatewayOptions): Beginning {
  if (at !== undefined && beginning.at === undefined)
    throw new ConfigError(`--at: the gateway of ${state} lives now; it goes on without --at`);
  return beginning;
}

/** The venue as it was when its state was kept, or later: at --at, where the clock waits. */
function liveAgain(venue: Venue, kept: KeptState, { at }: GatewayOptions): Venue {
  replayCalls(venue, kept.calls());
  if (kept.now !== undefined) {
    venue.advanceTo(kept.now);
    if (at) venue.advanceTo(wallClock(tradingDate(at.date), at.time, nyseZone));
  }
  kept.moved(venue.now());
  return journaledVenue(venue, {
    called: (call) => kept.called(call),
    moved: (to) => kept.moved(to),
  });
}

function venueOf(beginning: Beginning, history: PriceHistory): Venue {
  const { at, account, cash, baseCurrency, accountType, seed, data, startAt, priceBand } = beginning;
  const { salesSettle = "later" } = beginning;
  const accounts = account
    .split(",")
    .map((id) => ({ id, cash, baseCurrency, kind: accountType, salesSettle, positions: [] }));
  const time = at
    ? { history, startAt: exchangeTime(at, history) }
    : { history: shiftToEndOn(history, lastSessionOn(startAt)), startAt };
  const market = {
    halts: haltsOf(beginning, history),
    ...(priceBand !== undefined && { priceBand: priceBand / 100 }),
  };
  try {
    return simulatedVenue({ ...time, ...market, seed, accounts });
  } catch (error) {
    if (data === undefined || !(error instanceof RangeError)) throw error;
    throw new ConfigError(`--data ${data}: ${error.message}`);
  }
}

function haltsOf({ halt = [] }: Beginning, { closes }: PriceHistory): readonly Halt[] {
  return halt.map(({ symbol, date, time, minutes }) => {
    if (![...closes.keys()].some((column) => column.split("@")[0] === symbol))
      throw new ConfigError(`--halt: there are no prices of ${symbol}`);
    const from = clockTime("--halt", date, time);
    return { symbol, from, until: later(from, minutes * 60_000) };
  });
}

function exchangeTime({ date, time }: NonNullable<GatewayOptions["at"]>, { dates }: PriceHistory): Instant {
  const [first, last] = [dates[1], dates.at(-1)];
  if (!first || !last) throw new ConfigError("--data: at least two days of closes are needed");
  if (date < first)
    throw new ConfigError(`--at ${date}: the data begins on ${dates[0]}: expected ${first} or later`);
  return clockTime("--at", date, time);
}

function clockTime(option: string, date: string, time: string): Instant {
  try {
    return wallClock(tradingDate(date), time, nyseZone);
  } catch (error) {
    if (error instanceof RangeError && !("code" in error))
      throw new ConfigError(`${option}: ${error.message}`);
    throw error;
  }
}

/** The last session that is over: its close is the last one that is known. */
function lastSessionOn(now: Instant): TradingDate {
  const today = dateIn(nyseZone, now);
  const over = nyseSessions(daysFrom(today, -14), today).findLast((session) => session.closeAt <= now);
  if (!over) throw new RangeError(`no session in the two weeks before ${today}`);
  return over.on;
}

async function started(
  options: GatewayOptions,
  kept: KeptState,
  scenario: Scenario,
  venue: Venue,
  log: (line: string) => void,
): Promise<PaperGateway> {
  const { port, controlPort, at, pacing, masterClientId, marketData, snapshotSeconds } = options;
  const clock: GatewayClock = at
    ? { kind: "stepped", idleAdvance }
    : { kind: "real", now: () => systemClock.now() };
  try {
    return await startPaperGateway({
      venue,
      port,
      clock,
      ...(at && { controlPort: controlPort ?? 0 }),
      snapshotEndsAfterMs: snapshotSeconds === undefined ? (at ? 0 : 1_000) : snapshotSeconds * 1_000,
      pacing: pacing ?? (at ? "off" : "throttle"),
      ...(marketData && { marketData }),
      ...(masterClientId !== undefined && { masterClientId }),
      precautions: precautionsOf(options),
      orderIds: kept.orderIds,
      scenario,
      readFault,
      log,
    });
  } catch (error) {
    if (error instanceof RangeError && !("code" in error))
      throw new ConfigError(`--scenario: ${error.message}`);
    if ((error as { code?: unknown }).code !== "EADDRINUSE") throw error;
    throw new ConfigError(
      `a port is taken (${(error as Error).message}): choose another with --port or --control-port`,
    );
  }
}

function precautionsOf({ sizeLimit, valueLimit, percentageLimit, tickLimit }: GatewayOptions): Precautions {
  return {
    ...(sizeLimit !== undefined && { sizeMax: sizeLimit }),
    ...(valueLimit !== undefined && { valueMax: valueLimit }),
    ...(percentageLimit !== undefined && { percentMax: percentageLimit }),
    ...(tickLimit !== undefined && { ticksMax: tickLimit }),
  };
}

type Seeded = GatewayOptions & Beginning;

function introduction(
  { at, scenario, account, cash, baseCurrency, data, seed, state }: Seeded,
  gate: PaperGateway,
  earlier: WrittenState | undefined,
): string {
  const { venue, port, controlPort } = gate;
  const lines = [
    `Paper gateway on 127.0.0.1:${port}: account ${account.replaceAll(",", ", ")}, ${cash} ${baseCurrency}, ${venue.contracts().length} listings, seed ${seed}.`,
    at
      ? `It is ${clockOf(venue)} there. Time waits: it moves while a client waits for its orders, and on command:`
      : `It lives now (${clockOf(venue)}), with ${data === undefined ? "the shipped prices" : data} shifted to end at the last session.`,
    ...(at && controlPort !== undefined
      ? [
          `  echo "advance 3600" | nc -N 127.0.0.1 ${controlPort}     (seconds; or: advance-to ${isoSecondsOf(venue.now())}, now, orders, faults, trigger NAME, arm FAULT, quit)`,
        ]
      : []),
    ...(earlier
      ? [`It goes on as ${state} has it: accounts, cash, seed and prices are those it once began with.`]
      : []),
    ...(scenario === undefined ? [] : [`What ${scenario} says goes wrong.`]),
    "In trader.toml:",
    `  account = "${account.split(",")[0]}"`,
    '  [gateway]  host = "127.0.0.1"',
    `             port = ${port}`,
    ...(at ? ["             trust_host_clock = false"] : []),
    state === undefined
      ? "Ctrl-C ends it; positions and cash are gone then."
      : `Ctrl-C ends it; orders, positions and cash stay in ${state}.`,
  ];
  return `${lines.join("\n")}\n`;
}

/** An --at that the kept state has left behind moves nothing, and that is said. */
function ignoredAt({ at }: GatewayOptions, earlier: WrittenState | undefined, venue: Venue): string {
  if (!at || !earlier || clockTime("--at", at.date, at.time) >= venue.now()) return "";
  return `--at ${at.date}T${at.time} is ignored: the gateway is later already, and time does not go back.\n`;
}

function clockOf(venue: Venue): string {
  return spokenTime(venue.now(), nyseZone);
}
