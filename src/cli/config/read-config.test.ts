import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ownFiles } from "../../files/trust.ts";
import type { Config } from "./config.ts";
import { ConfigError } from "./mistake.ts";
import { type Env, readConfig } from "./read-config.ts";
import { schema } from "./schema.ts";

const example = readFileSync(join(import.meta.dirname, "../../../trader.example.toml"), "utf8");

const valid = `account = "DU1234567"

[gateway]
host = "127.0.0.1"
port = 4002
client_id = 17

[data]
folder = "data"

[[strategy]]
name = "momentum"
file = "forecasts/momentum.csv"
capital_share = 0.7
max_age_minutes = 90
gross_max = 1.2

[[strategy]]
name = "value"
file = "/srv/value.csv"
capital_share = 0.3
max_age_minutes = 1500
gross_max = 1

[portfolio]
leverage_max = 1.5
no_trade_band = 0.004
min_order_value = 250
currency = "USD"

[execution]
collar_bps = 12
adaptive_priority = "Patient"

[limits]
gross_leverage = 1.6
weight_per_instrument = 0.2
order_value = 50_000
orders_per_run = 40

[mail]
from = "Trader <trader@example.com>"
to = ["one@example.com", "two@example.com"]
zone = "Australia/Sydney"
`;

const smtp = `
[mail.smtp]
host = "smtp.example.com"
port = 587
security = "starttls"
user = "trader"
`;

let folder = "";
let file = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trader-config-"));
  mkdirSync(join(folder, "data"));
  file = join(folder, "trader.toml");
});
afterEach(() => rmSync(folder, { recursive: true }));

function load(text: string, env: Env = {}): Config {
  writeFileSync(file, text);
  return readConfig(file, env);
}

/** The mistakes that a text is refused with, without the folder. */
function mistakesOf(text: string, env: Env = {}): string {
  try {
    load(text, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.replaceAll(`${folder}/`, "");
    throw error;
  }
  throw new Error("nothing was found wrong");
}

/** `valid` with one line of it, named by how it begins, in other words. */
function withLine(start: string, line: string): string {
  const lines = valid.split("\n");
  const at = lines.findIndex((candidate) => candidate.startsWith(start));
  expect(at).toBeGreaterThan(-1);
  return lines.with(at, line).join("\n");
}

describe("a valid configuration", () => {
  it("says what every part of the program needs, in its own words and units", () => {
    expect(load(valid)).toEqual({
      file,
      digest: expect.stringMatching(/^[0-9a-f]{12}$/),
      job: {
        connection: {
          host: "127.0.0.1",
          port: 4002,
          clientId: 17,
          account: "DU1234567",
          live: false,
          connectDeadlineSeconds: 30,
          requestDeadlineSeconds: 15,
          messagesPerSecond: 40,
          marketDataLines: 90,
          maxClockSkewSeconds: 5,
        },
        trustHostClock: true,
        strategies: [
          {
            strategy: "momentum",
            capitalShare: 0.7,
            maxAgeMinutes: 90,
            stopLoss: undefined,
            takeProfit: undefined,
          },
          {
            strategy: "value",
            capitalShare: 0.3,
            maxAgeMinutes: 1500,
            stopLoss: undefined,
            takeProfit: undefined,
          },
        ],
        leverageMax: 1.5,
        currency: "USD",
        listings: [],
        protection: [],
        quotes: { allowDelayedQuotes: false, quoteMaxAgeSeconds: 60, feedMaxSilenceMinutes: 15 },
        plan: {
          execution: {
            style: "adaptive",
            adaptivePriority: "Patient",
            reference: "mid",
            collarBps: 12,
            collarTicks: 0,
            spreadMaxBps: undefined,
            repriceSteps: 0,
            timeInForce: "DAY",
            outsideRegularHours: false,
            algoMinutes: 45,
            volumePartMax: 0.1,
            minutesAfterOpen: 0,
            minutesBeforeClose: 0,
            rules: [],
          },
          bandWeight: 0.004,
          minOrderValue: 250,
          grossCap: undefined,
          netCap: undefined,
          unlisted: "report",
          instruments: new Map(),
          bandOfTarget: undefined,
          bandChoice: "wider",
          hardBandWeight: undefined,
          tradeTo: 1,
          cooldownSessions: 0,
          offTargetMax: 0,
          minOrderShares: 1,
          maxOrderValue: undefined,
          maxTurnoverPerRun: undefined,
          maxTurnoverPerDay: undefined,
          maxVolumeShare: undefined,
          borrowing: true,
          initialMarginRate: undefined,
          excessLiquidityMin: undefined,
          cushionMin: undefined,
          scarce: "in-proportion",
          cashBuffer: 0,
          cashBufferBand: 0,
        },
        averageDailyVolumes: new Map(),
        limits: {
          grossLeverageMax: 1.6,
          netLeverageMax: 1.6,
          weightMax: 0.2,
          groups: [],
          strategyWeightMax: 1.6,
          orderValueMax: 50_000,
          ordersPerRunMax: 40,
          ordersPerDayMax: 200,
          turnoverPerRunMax: 3.2,
          turnoverPerDayMax: 6.4,
          priceJumpMax: 0.3,
          spreadBpsMax: 200,
          excessLiquidityMin: 0,
          cushionMin: 0.05,
          dailyLossMax: 0.1,
          drawdown: { warnAt: 0.1, deRiskAt: 0.2, deRiskFactor: 0.5, haltAt: 0.3 },
          warnAt: 0.9,
        },
        maxNavMove: 0.2,
        voidAfterMinutes: 10,
        again: false,
        settleSeconds: 30,
        wavesMax: 1,
        unfilled: { repriceSeconds: 10, afterSettle: "leave", replacesRejected: false },
        onOpenOrders: "cancel",
        whatIf: { purpose: "none", max: 3, onSilence: "leave" },
        world: "paper",
      },
      dryRunClientId: 67,
      paths: {
        data: join(folder, "data"),
        orders: join(folder, "data/orders"),
        snapshots: join(folder, "data/snapshots"),
        database: join(folder, "data/snapshots/history.db"),
        mail: join(folder, "data/mail"),
        logs: join(folder, "data/logs"),
        state: join(folder, "data/state"),
      },
      strategies: [
        {
          strategy: "momentum",
          file: join(folder, "forecasts/momentum.csv"),
          maxAgeMinutes: 90,
          futureToleranceMinutes: 1,
          grossMax: 1.2,
        },
        {
          strategy: "value",
          file: "/srv/value.csv",
          maxAgeMinutes: 1500,
          futureToleranceMinutes: 1,
          grossMax: 1,
        },
      ],
      mail: {
        from: "Trader <trader@example.com>",
        to: ["one@example.com", "two@example.com"],
        zone: "Australia/Sydney",
        smtp: undefined,
      },
      trust: { uid: process.geteuid?.() },
    });
  });

  it("takes every limit as written, and groups", () => {
    const lines = [
      "orders_per_run = 7",
      "max_nav_move = 0.21",
      "net_leverage = 1.1",
      "weight_per_strategy = 0.8",
      "orders_per_day = 31",
      "turnover_per_run = 2.5",
      "turnover_per_day = 4.5",
      "price_jump = 0.35",
      "spread_bps = 150",
      "excess_liquidity = 20000",
      "cushion = 0.06",
      "daily_loss = 0.07",
      "drawdown_warn = 0.11",
      "drawdown_de_risk = 0.22",
      "de_risk_factor = 0.55",
      "drawdown_halt = 0.33",
      "warn_at = 0.85",
      "[[group]]",
      'name = "tech"',
      'symbols = ["MSFT", "AAPL"]',
      "weight_max = 0.45",
    ];
    const { limits, maxNavMove } = load(withLine("orders_per_run", lines.join("\n"))).job;
    expect(maxNavMove).toBe(0.21);
    expect(limits).toEqual({
      grossLeverageMax: 1.6,
      netLeverageMax: 1.1,
      weightMax: 0.2,
      groups: [{ name: "tech", symbols: new Set(["MSFT", "AAPL"]), weightMax: 0.45 }],
      strategyWeightMax: 0.8,
      orderValueMax: 50_000,
      ordersPerRunMax: 7,
      ordersPerDayMax: 31,
      turnoverPerRunMax: 2.5,
      turnoverPerDayMax: 4.5,
      priceJumpMax: 0.35,
      spreadBpsMax: 150,
      excessLiquidityMin: 20_000,
      cushionMin: 0.06,
      dailyLossMax: 0.07,
      drawdown: { warnAt: 0.11, deRiskAt: 0.22, deRiskFactor: 0.55, haltAt: 0.33 },
      warnAt: 0.85,
    });
  });

  it.each([
    [
      "drawdown_warn = 0.25",
      "drawdown_warn, drawdown_de_risk and drawdown_halt in rising order, not 0.25, 0.2, 0.3",
    ],
    ["drawdown_halt = 0.15", "in rising order, not 0.1, 0.2, 0.15"],
  ])("wants the levels of drawdown in rising order: %s", (line, what) => {
    expect(mistakesOf(withLine("orders_per_run", `orders_per_run = 40\n${line}`))).toContain(what);
  });

  it("takes the gateway's restarts by its own clock", () => {
    const restarts = (lines: string) =>
      load(withLine("client_id", `client_id = 17\n${lines}`)).job.connection.restarts;
    expect(restarts('restart_at = "23:45"\nrestart_zone = "Asia/Tokyo"')).toEqual({
      dailyAt: ["23:45"],
      zone: "Asia/Tokyo",
      minutesBefore: 5,
      minutesAfter: 5,
    });
    const both = 'restart_at = "23:45"\nreset_at = "05:27"\nrestart_zone = "UTC"';
    expect(restarts(`${both}\nrestart_minutes_before = 7\nrestart_minutes_after = 2.5`)).toEqual({
      dailyAt: ["23:45", "05:27"],
      zone: "UTC",
      minutesBefore: 7,
      minutesAfter: 2.5,
    });
    expect(restarts('restart_zone = "UTC"')).toBeUndefined();
  });

  it("takes spare client ids in their order", () => {
    const config = load(withLine("client_id", "client_id = 17\nspare_client_ids = [28, 27]"));
    expect(config.job.connection.spareClientIds).toEqual([28, 27]);
  });

  it("takes how orders are worked, and rules that say only what they change", () => {
    const lines = `style = "limit"
price_reference = "last"
collar_ticks = 3
max_spread_bps = 45.5
reprice_steps = 4
time_in_force = "IOC"
outside_regular_hours = true
algo_minutes = 31
max_volume_part = 0.07
minutes_after_open = 6
minutes_before_close = 8
[[execution_rule]]
symbols = ["BRK B", "RRC"]
min_order_value = 12_500
style = "marketable-limit"
time_in_force = "DAY"
[[execution_rule]]
collar_bps = 33
`;
    expect(load(valid.replace("[limits]", `${lines}[limits]`)).job.plan.execution).toEqual({
      style: "limit",
      adaptivePriority: "Patient",
      reference: "last",
      collarBps: 12,
      collarTicks: 3,
      spreadMaxBps: 45.5,
      repriceSteps: 4,
      timeInForce: "IOC",
      outsideRegularHours: true,
      algoMinutes: 31,
      volumePartMax: 0.07,
      minutesAfterOpen: 6,
      minutesBeforeClose: 8,
      rules: [
        {
          symbols: new Set(["BRK B", "RRC"]),
          orderValueMin: 12_500,
          terms: { style: "marketable-limit", timeInForce: "DAY" },
        },
        { symbols: undefined, orderValueMin: 0, terms: { collarBps: 33 } },
      ],
    });
  });

  it("takes every optional key as written", () => {
    const config = load(
      valid
        .replace('"DU1234567"', '"U7654321"\nlive = true')
        .replace("client_id = 17", "client_id = 3\ndry_run_client_id = 4\ntrust_host_clock = false")
        .replace("port = 4002", "port = 4001\nconnect_deadline_seconds = 31\nrequest_deadline_seconds = 16")
        .replace(
          "[data]",
          "messages_per_second = 41\nmarket_data_lines = 91\nmax_clock_skew_seconds = 6\n[data]",
        )
        .replace("gross_max = 1.2", "gross_max = 1.2\nfuture_tolerance_minutes = 2")
        .replace("leverage_max", 'unlisted = "close"\nleverage_max')
        .replace(
          "[limits]",
          'settle_seconds = 32\nreprice_seconds = 12\nunfilled = "cancel"\nreplace_rejected = true\non_open_orders = "modify"\nallow_delayed_quotes = true\nquote_max_age_seconds = 61\nfeed_max_silence_minutes = 16\n[limits]',
        )
        .replace(
          "[execution]",
          '[[listing]]\nsymbol = "BHP"\nprimary_exchange = "ASX"\ncurrency = "AUD"\n[execution]',
        ),
    );
    expect(config.job).toMatchObject({
      connection: {
        account: "U7654321",
        live: true,
        port: 4001,
        clientId: 3,
        connectDeadlineSeconds: 31,
        requestDeadlineSeconds: 16,
        messagesPerSecond: 41,
        marketDataLines: 91,
        maxClockSkewSeconds: 6,
      },
      trustHostClock: false,
      listings: [{ symbol: "BHP", primaryExchange: "ASX", currency: "AUD" }],
      quotes: { allowDelayedQuotes: true, quoteMaxAgeSeconds: 61, feedMaxSilenceMinutes: 16 },
      plan: { unlisted: "close" },
      settleSeconds: 32,
      unfilled: { repriceSeconds: 12, afterSettle: "cancel", replacesRejected: true },
      onOpenOrders: "modify",
      world: "live",
    });
    expect(config.dryRunClientId).toBe(4);
    expect(config.strategies.map(({ futureToleranceMinutes }) => futureToleranceMinutes)).toEqual([2, 1]);
  });

  it("takes the stops of a strategy for that strategy", () => {
    const config = load(
      valid
        .replace("gross_max = 1.2", "gross_max = 1.2\ntake_profit = 0.55")
        .replace("gross_max = 1\n", "gross_max = 1\nstop_loss = 0.15\n"),
    );
    expect(config.job.strategies).toMatchObject([
      { strategy: "momentum", stopLoss: undefined, takeProfit: 0.55 },
      { strategy: "value", stopLoss: 0.15, takeProfit: undefined },
    ]);
  });

  it("takes what the plan may be told, each under its own name", () => {
    const settings = `gross_cap = 1.3
net_cap = 0.7
unlisted = "leave"
no_trade_band_of_target = 0.11
no_trade_band_choice = "narrower"
no_trade_band_hard = 0.03
trade_to = 0.4
cooldown_sessions = 2
off_target_max = 0.02
min_order_shares = 3
max_order_value = 40_000
max_turnover_per_run = 0.21
max_turnover_per_day = 0.52
max_volume_share = 0.013
initial_margin_rate = 0.55
scarce = "greedy"
`;
    const instruments = `
[[instrument]]
symbol = "AAPL"
mode = "reduce-only"
average_daily_volume = 4_000_000

[[instrument]]
symbol = "BRK B"
board_lot = 100
`;
    const { plan, averageDailyVolumes } = load(
      valid.replace('currency = "USD"\n', `currency = "USD"\n${settings}${instruments}`),
    ).job;
    expect(plan).toMatchObject({
      grossCap: 1.3,
      netCap: 0.7,
      unlisted: "leave",
      bandOfTarget: 0.11,
      bandChoice: "narrower",
      hardBandWeight: 0.03,
      tradeTo: 0.4,
      cooldownSessions: 2,
      offTargetMax: 0.02,
      minOrderShares: 3,
      maxOrderValue: 40_000,
      maxTurnoverPerRun: 0.21,
      maxTurnoverPerDay: 0.52,
      maxVolumeShare: 0.013,
      initialMarginRate: 0.55,
      scarce: "greedy",
    });
    expect(plan.instruments).toEqual(
      new Map([
        ["AAPL", { mode: "reduce-only", boardLot: 1 }],
        ["BRK B", { mode: "trade", boardLot: 100 }],
      ]),
    );
    expect(averageDailyVolumes).toEqual(new Map([["AAPL", 4_000_000]]));
    const cash = "borrowing = false\ncash_buffer = 0.04\ncash_buffer_band = 0.015\n";
    expect(load(withLine("currency", `currency = "USD"\n${cash}`)).job.plan).toMatchObject({
      borrowing: false,
      cashBuffer: 0.04,
      cashBufferBand: 0.015,
    });
    const cushionOf = (lines: string, limits = "") =>
      load(withLine("currency", `currency = "USD"\n${lines}`).replace("[limits]\n", `[limits]\n${limits}`))
        .job.limits.cushionMin;
    expect(cushionOf("")).toBe(0.05);
    expect(cushionOf(cash)).toBe(0);
    expect(cushionOf(cash, "cushion = 0.02\n")).toBe(0.02);
    expect(load(withLine("currency", 'currency = "USD"\ntrade_to = "edge"')).job.plan.tradeTo).toBe(0);
  });

  it.each([
    ["close_unlisted = true", 'close_unlisted: now called unlisted: write unlisted = "close" for true'],
    [
      "cooldown_sessions = 1\nno_trade_band_hard = 0.003",
      "hard: expected no less than no_trade_band, which is 0.004",
    ],
    ["no_trade_band_hard = 0.03", "no_trade_band_hard: expected cooldown_sessions with it"],
    ["max_order_value = 249", "max_order_value: expected no less than min_order_value, which is 250"],
    ["cash_buffer = 0.1", "cash_buffer: expected borrowing = false with it"],
    ["cash_buffer_band = 0.1", "cash_buffer_band: expected borrowing = false with it"],
    ["min_excess_liquidity = 9000", "min_excess_liquidity: expected an initial_margin_rate with it"],
    ["what_if_max = 21", "what_if_max: expected a whole number from 0 to 20, not 21"],
    [
      "borrowing = false\ninitial_margin_rate = 0.5",
      "initial_margin_rate: expected borrowing = true with it",
    ],
    ["trade_to = 1.5", 'trade_to: expected "target", "edge", or how far from the edge'],
    [
      '[[instrument]]\nsymbol = "A"\n[[instrument]]\nsymbol = "A"',
      '"A" is the symbol of [[instrument]] number 1',
    ],
  ])("does not take %s", (line, what) => {
    expect(mistakesOf(withLine("currency", `currency = "USD"\n${line}`))).toContain(what);
  });

  it("keeps the larger of two amounts of excess liquidity, and asks the broker only for one of its own", () => {
    const read = (portfolio: string, least = 20_000) => {
      const text = withLine("currency", `currency = "USD"\n${portfolio}`);
      const limits = `[limits]\nexcess_liquidity = ${least}\ncushion = 0.07\n`;
      const { plan, whatIf } = load(text.replace("[limits]\n", limits)).job;
      return [plan.excessLiquidityMin, plan.cushionMin, whatIf.purpose, whatIf.max, whatIf.onSilence];
    };
    expect(read("")).toEqual([undefined, undefined, "none", 3, "leave"]);
    const rate = "initial_margin_rate = 0.5\n";
    expect(read(rate)).toEqual([20_000, 0.07, "none", 3, "leave"]);
    expect(read(`${rate}min_excess_liquidity = 15000\nwhat_if_max = 5`)).toEqual([
      20_000,
      0.07,
      "fit",
      5,
      "leave",
    ]);
    expect(read(`${rate}min_excess_liquidity = 15000\nwhat_if_failed = "estimate"`, 4_000)).toEqual([
      15_000,
      0.07,
      "fit",
      3,
      "estimate",
    ]);
  });

  it("protects what its [[protect]] tables say, in its own words", () => {
    const { protection } = load(`${valid}
[[protect]]
symbols = ["KO", "PG"]
kind = "none"
[[protect]]
symbols = ["RRC"]
kind = "stop"
distance_bps = 1500
reference = "price"
limit_offset_bps = 125
outside_regular_hours = true
rest_sessions = 7
[[protect]]
kind = "trailing-stop"
distance_bps = 750
`).job;
    const all = { reference: "price", outsideRegularHours: true } as const;
    expect(protection).toEqual([
      { symbols: new Set(["KO", "PG"]), terms: undefined, restSessions: 5 },
      {
        symbols: new Set(["RRC"]),
        terms: { ...all, kind: "stop", distanceBps: 1_500, limitOffsetBps: 125 },
        restSessions: 7,
      },
      {
        symbols: undefined,
        terms: {
          ...all,
          kind: "trailing-stop",
          distanceBps: 750,
          limitOffsetBps: undefined,
          outsideRegularHours: false,
        },
        restSessions: 5,
      },
    ]);
    const usual = load(`${valid}[[protect]]\nkind = "stop"\ndistance_bps = 900\n`).job.protection;
    expect(usual[0]?.terms?.reference).toBe("average-cost");
  });

  it.each([
    ['kind = "stop"', "protect[1].distance_bps: missing: expected how far the stop lies away"],
    [
      'kind = "trailing-stop"\ndistance_bps = 500\nreference = "price"',
      'protect[1].reference: reference is for kind = "stop"',
    ],
    [
      'kind = "trailing-stop"\ndistance_bps = 500\nlimit_offset_bps = 9',
      "protect[1].limit_offset_bps: limit_offset_bps is for",
    ],
    ['kind = "stop"\ndistance_bps = 10000', "protect[1].distance_bps: expected a number from 1 to 9999"],
    [
      'kind = "none"\n[[protect]]\nsymbols = ["KO"]\nkind = "none"',
      "protect[2].kind: this table is never read",
    ],
    [
      'symbols = ["KO"]\nkind = "none"\n[[protect]]\nsymbols = ["PG", "KO"]\nkind = "none"',
      'protect[2].symbols: "KO" is in an earlier [[protect]] table already',
    ],
  ])("refuses a [[protect]] table that means nothing: %s", (table, mistake) => {
    expect(mistakesOf(`${valid}[[protect]]\n${table}\n`)).toContain(mistake);
  });

  it("refuses stops for all where holdings are left to their owner", () => {
    const left = withLine("leverage_max", 'leverage_max = 1.5\nunlisted = "leave"');
    const stop = 'kind = "stop"\ndistance_bps = 500\n';
    expect(mistakesOf(`${left}[[protect]]\n${stop}`)).toContain("protect[1].symbols: missing");
    expect(load(`${left}[[protect]]\nsymbols = ["KO"]\n${stop}`).job.protection).toHaveLength(1);
    expect(load(`${left}[[protect]]\nkind = "none"\n`).job.protection).toHaveLength(1);
  });

  it("counts waves only where they are wanted", () => {
    const wavesOf = (lines: string) => load(withLine("collar_bps", `collar_bps = 12\n${lines}`)).job.wavesMax;
    expect(wavesOf("")).toBe(1);
    expect(wavesOf('waves = "within-run"')).toBe(3);
    expect(wavesOf('waves = "within-run"\nwaves_max = 5')).toBe(5);
    const without = withLine("collar_bps", "collar_bps = 12\nwaves_max = 2");
    expect(mistakesOf(without)).toContain('execution.waves_max: expected waves = "within-run" with it');
  });

  it("changes its digest with its text (S19)", () => {
    expect(load(valid).digest).not.toBe(load(withLine("collar_bps", "collar_bps = 13")).digest);
  });
});

describe("one mistake is told with its place, its line and what is allowed", () => {
  it.each<[string, string, string, string]>([
    // the line that is replaced, what it becomes, the place and what is said
    ["port", 'port = "4002"', "5:1: gateway.port", 'expected a whole number from 1 to 65535, not "4002"'],
    ["port", "port = 70000", "5:1: gateway.port", "expected a whole number from 1 to 65535, not 70000"],
    ["port", "port = 4002.5", "5:1: gateway.port", "expected a whole number from 1 to 65535, not 4002.5"],
    ["port", "prot = 4002", "3:1: gateway.port", "missing: expected a whole number from 1 to 65535"],
    [
      "client_id",
      "  client_id = 0",
      "6:3: gateway.client_id",
      "expected a whole number from 1 to 999999, not 0",
    ],
    [
      "client_id",
      'client_id = 17\nrestart_at = "24:45"\nrestart_zone = "UTC"',
      "7:1: gateway.restart_at",
      'expected a time of day such as "23:45", not "24:45"',
    ],
    [
      "client_id",
      'client_id = 17\nrestart_at = "23:45"\nrestart_zone = "+01:00"',
      "8:1: gateway.restart_zone",
      "expected a time zone",
    ],
    [
      "collar_bps",
      'collar_bps = 12\ntime_in_force = "IOC"',
      "33:1: execution.time_in_force",
      'time_in_force = "IOC" needs the style "limit" or "marketable-limit", not "adaptive"',
    ],
    [
      "adaptive_priority",
      'adaptive_priority = "Normal"\nstyle = "limit"\noutside_regular_hours = true\n[[execution_rule]]\nstyle = "twap"',
      "37:1: execution_rule[1].style",
      'outside_regular_hours = true needs the style "limit" or "marketable-limit", not "twap"',
    ],
    [
      "adaptive_priority",
      'adaptive_priority = "Normal"\nstyle = "market-on-close"\nunfilled = "cancel"',
      "34:1: execution.style",
      'expected unfilled = "leave" in [execution] with "market-on-close"',
    ],
    [
      "adaptive_priority",
      'adaptive_priority = "Normal"\nunfilled = "cancel"\n[[execution_rule]]\nstyle = "limit"\n[[execution_rule]]\nstyle = "vwap"',
      "38:1: execution_rule[2].style",
      'expected unfilled = "leave" in [execution] with "vwap": "cancel" would end its orders after settle_seconds',
    ],
    [
      "adaptive_priority",
      'adaptive_priority = "Normal"\nreprice_steps = 2\nreprice_seconds = 20\nquote_max_age_seconds = 40',
      "35:1: execution.reprice_seconds",
      "expected less than quote_max_age_seconds for all steps: 2 of 20 seconds are not within 40",
    ],
    [
      "adaptive_priority",
      'adaptive_priority = "Normal"\nreprice_seconds = 20\n[[execution_rule]]\nreprice_steps = 3',
      "34:1: execution.reprice_seconds",
      "expected less than quote_max_age_seconds for all steps: 3 of 20 seconds are not within 60",
    ],
    [
      "adaptive_priority",
      'adaptive_priority = "Normal"\n[protect]\nkind = "stop"\ndistance_bps = 1500',
      "34:1: protect",
      "expected [[protect]] in double brackets, not [protect]",
    ],
    ["folder", 'folder = "dota"', "9:1: data.folder", "there is no folder dota: expected one that exists"],
    ["folder", 'folder = " "', "9:1: data.folder", "expected a path: the folder for orders"],
    ["name", 'name = "a/b"', "12:1: strategy[1].name", "expected a name of letters"],
    [
      "capital_share",
      "capital_share = 0",
      "14:1: strategy[1].capital_share",
      "expected a number from 0.000001 to 1, not 0",
    ],
    [
      "gross_max",
      "gross_max = nan",
      "16:1: strategy[1].gross_max",
      "expected a number from 0.000001 to 100, not NaN",
    ],
    [
      "gross_max",
      "gross_max = 1\nstop_loss = 1.5",
      "17:1: strategy[1].stop_loss",
      "expected a number from 0.001 to 1, not 1.5",
    ],
    [
      "gross_max",
      "gross_max = 1\ntake_profit = 0",
      "17:1: strategy[1].take_profit",
      "expected a number from 0.001 to 1000, not 0",
    ],
    [
      "no_trade_band",
      "no_trade_band = -0.1",
      "27:1: portfolio.no_trade_band",
      "expected a number from 0 to 1, not -0.1",
    ],
    [
      "min_order_value",
      "min_order_value = inf",
      "28:1: portfolio.min_order_value",
      "expected a number from 0 to 1000000000000, not Infinity",
    ],
    [
      "currency",
      'currency = "usd"',
      "29:1: portfolio.currency",
      'expected a currency such as USD, not "usd"',
    ],
    [
      "adaptive",
      'adaptive_priority = "patient"',
      "33:1: execution.adaptive_priority",
      'expected one of "Urgent", "Normal", "Patient", not "patient"',
    ],
    [
      "order_value",
      "order_value = 2022-03-14",
      "38:1: limits.order_value",
      "expected a number from 0.000001 to 1000000000000, not 2022-03-14",
    ],
    ["from", 'from = "me"', "42:1: mail.from", 'expected an address such as "desk@example.com", not "me"'],
    ["from", 'from = "a@b.c\\r\\nBcc: x@y.z"', "42:1: mail.from", "expected an address"],
    ["to", "to = []", "43:1: mail.to", "expected at least one mail address"],
    ["to", 'to = ["a@b.c", "d"]', "43:16: mail.to[2]", "expected an address"],
    [
      "zone",
      'zone = "Mars/Olympus"',
      "44:1: mail.zone",
      'expected a time zone such as "America/New_York", not "Mars/Olympus"',
    ],
    ["zone", 'zone = "+10:00"', "44:1: mail.zone", "expected a time zone"],
    ["[data]", "[data]\nfolder2 = 1", "9:1: data.folder2", "no such key; expected one of: folder"],
    [
      "[limits]",
      "[limits]\nmax_orders = 5",
      "36:1: limits.max_orders",
      "no such key; expected one of: gross_leverage, weight_per_instrument, order_value, orders_per_run",
    ],
    [
      "name",
      'name = "x"\nweight = 5',
      "13:1: strategy[1].weight",
      "no such key; expected one of: name, file, capital_share",
    ],
    [
      "zone",
      'zone = "UTC"\n[mail.smpt]\nport = 25',
      "45:1: mail.smpt",
      "no such key; expected one of: from, to, zone, smtp",
    ],
  ])("%s: %s", (start, line, place, what) => {
    const mistakes = mistakesOf(withLine(start, line));
    expect(mistakes).toContain(`trader.toml:${place}: ${what}`);
    const at = Number(place.split(":")[0]);
    const written = withLine(start, line).split("\n")[at - 1]?.trim();
    expect(mistakes).toContain(`\n    ${written}`);
  });

  it("also where the file is no TOML", () => {
    expect(mistakesOf(withLine("port", "port = = 4002"))).toMatch(
      /^trader\.toml:5:\d+: not TOML: .*\n {4}port = = 4002$/,
    );
  });

  it("also when a whole section is missing", () => {
    expect(mistakesOf(valid.replace(/\[limits\][^[]*/, ""))).toBe(
      "trader.toml: limits: missing: expected a table",
    );
  });

  it("also in newer TOML, which may break an inline table over lines", () => {
    const inline = valid
      .replace(/\[data\]\nfolder.*/, "")
      .replace("account", 'data = {\n  folder = "data",\n  oders = 1,\n}\naccount');
    expect(mistakesOf(inline)).toContain("trader.toml:3:3: data.oders: no such key");
  });

  it("when [strategy] was meant to be [[strategy]]", () => {
    const text = valid
      .replaceAll("[[strategy]]", "[strategy]")
      .replace(/\[strategy\]\nname = "value"[^[]*/, "");
    expect(mistakesOf(text)).toContain(
      "trader.toml:11:1: strategy: expected [[strategy]] in double brackets, not [strategy]",
    );
  });
});

describe("rules between keys", () => {
  it.each<[string, string, string]>([
    [
      "a live account without live = true",
      valid.replace("DU1234567", "U1234567"),
      "1:1: account: U1234567 is a live account",
    ],
    [
      "an advisor's account too",
      valid.replace("DU1234567", "F1234567"),
      "1:1: account: F1234567 is a live account",
    ],
    [
      "capital shares over 1",
      withLine("capital_share = 0.3", "capital_share = 0.31"),
      "21:1: strategy[2].capital_share: the capital shares add up to 1.01 (0.7 + 0.31): expected 1 at most",
    ],
    [
      "one name twice",
      withLine('name = "value"', 'name = "momentum"'),
      '19:1: strategy[2].name: "momentum" is the name of [[strategy]] number 1 already',
    ],
    [
      "one listing twice",
      `${valid}[[listing]]\nsymbol = "BHP"\n[[listing]]\nsymbol = "BHP"\n`,
      '48:1: listing[2].symbol: "BHP" is the symbol',
    ],
    [
      "a restart without the zone of its clock",
      withLine("client_id", 'client_id = 17\nreset_at = "05:27"'),
      "3:1: gateway.restart_zone: missing: expected the zone of the gateway's clock",
    ],
    [
      "a spare client id that is the run's own",
      withLine("client_id", "client_id = 17\nspare_client_ids = [27, 17]"),
      "7:1: gateway.spare_client_ids: expected other numbers than client_id and dry_run_client_id, each once, not 17",
    ],
    [
      "a spare client id that is the dry run's",
      withLine("client_id", "client_id = 17\nspare_client_ids = [67]"),
      "7:1: gateway.spare_client_ids: expected other numbers than client_id and dry_run_client_id, each once, not 67",
    ],
    [
      "a spare client id twice",
      withLine("client_id", "client_id = 17\nspare_client_ids = [27, 28, 27]"),
      "7:1: gateway.spare_client_ids: expected other numbers than client_id and dry_run_client_id, each once, not 27",
    ],
    [
      "the dry run with the run's client id",
      withLine("client_id", "client_id = 17\ndry_run_client_id = 17"),
      "7:1: gateway.dry_run_client_id: expected another number than client_id",
    ],
    [
      "mail without TLS over the network",
      valid + smtp.replace("starttls", "none"),
      '49:1: mail.smtp.security: expected "tls" or "starttls"',
    ],
    [
      "a mail user without a password",
      valid + smtp,
      "50:1: mail.smtp.user: expected password_env or password_file",
    ],
    [
      "a mail password without a user",
      `${valid}${smtp.replace(/user.*\n/, "")}password_env = "PW"\n`,
      "50:1: mail.smtp.password_env: expected user",
    ],
    [
      "two places of one password",
      `${valid}${smtp}password_env = "PW"\npassword_file = "pw"\n`,
      "52:1: mail.smtp.password_file: expected either",
    ],
  ])("%s", (_, text, mistake) => {
    expect(mistakesOf(text, { PW: "geheim" })).toContain(`trader.toml:${mistake}`);
  });

  it.each([
    [
      "ten shares of 0.1, whose sum in floating point is not 1",
      valid.replace(
        /\[\[strategy\]\][^]*?\[portfolio\]/,
        `${Array.from({ length: 10 }, (_, i) => `[[strategy]]\nname = "s${i}"\nfile = "f"\ncapital_share = 0.1\nmax_age_minutes = 5\ngross_max = 1\n`).join("")}[portfolio]`,
      ),
    ],
    ["a live account with live = true", valid.replace('"DU1234567"', '"U1234567"\nlive = true')],
    [
      "mail without TLS to this machine",
      valid +
        smtp
          .replace("starttls", "none")
          .replace("smtp.example.com", "127.0.0.1")
          .replace(/user.*\n/, ""),
    ],
  ])("allow %s", (_, text) => {
    expect(() => load(text)).not.toThrow();
  });
});

it("tells all mistakes at once, in the order of the file, those between keys among them", () => {
  const text = valid
    .replace("DU1234567", "U1234567")
    .replace("port = 4002", 'port = "x"')
    .replace("capital_share = 0.7", "capital_share = 0.8")
    .replace("currency", "curency")
    .replace(/\[limits\][^[]*/, "");
  const places = mistakesOf(text)
    .split("\n")
    .filter((line) => !line.startsWith("    "))
    .map((line) => line.split(": ").slice(0, 2).join(" "));
  expect(places).toEqual([
    "trader.toml limits",
    "trader.toml:1:1 account",
    "trader.toml:5:1 gateway.port",
    "trader.toml:21:1 strategy[2].capital_share",
    "trader.toml:25:1 portfolio.currency",
    "trader.toml:29:1 portfolio.curency",
  ]);
});

describe("the mail password", () => {
  const withFile = `${valid}${smtp}password_file = "secret/pw"\n`;
  const withEnv = `${valid}${smtp}password_env = "TRADER_PW"\n`;

  it("comes from an environment variable", () => {
    expect(load(withEnv, { TRADER_PW: "ge heim" }).mail.smtp).toEqual({
      host: "smtp.example.com",
      port: 587,
      security: "starttls",
      login: { user: "trader", password: "ge heim" },
    });
  });

  it("or from the first line of a file beside the configuration", () => {
    mkdirSync(join(folder, "secret"));
    writeFileSync(join(folder, "secret/pw"), "geheim\r\nold\n", { mode: 0o640 });
    expect(load(withFile).mail.smtp?.login).toEqual({ user: "trader", password: "geheim" });
  });

  it("must be there (S12)", () => {
    expect(mistakesOf(withEnv, { TRADER_PW: "" })).toContain(
      "51:1: mail.smtp.password_env: this environment variable is not set\n    password_env = (not shown)",
    );
    expect(mistakesOf(withFile)).toContain("51:1: mail.smtp.password_file: there is no file secret/pw");
    mkdirSync(join(folder, "secret/pw"), { recursive: true });
    expect(mistakesOf(withFile)).toContain("secret/pw: it is not a file");
  });

  it("must not be in a file that every user may read, nor in an empty one", () => {
    mkdirSync(join(folder, "secret"));
    writeFileSync(join(folder, "secret/pw"), "geheim\n");
    chmodSync(join(folder, "secret/pw"), 0o644);
    expect(mistakesOf(withFile)).toContain("run: chmod 600 secret/pw");
    chmodSync(join(folder, "secret/pw"), 0o600);
    writeFileSync(join(folder, "secret/pw"), "\ngeheim\n");
    expect(mistakesOf(withFile)).toContain("the first line of secret/pw is empty");
  });

  it.each([
    ["under a key of its own", `${smtp}password = "hunter2"\n`],
    ["where the variable's name belongs", `${smtp}password_env = "hunter2"\n`],
    ["in the host", smtp.replace("smtp.example.com", "smtps://trader:hunter2@smtp.example.com")],
    ["as another key", `${smtp}api_token = 'hunter2' # hunter2\n`],
    ["in an inline table", 'smtp = { host = "h", pass = "hunter2", port = 0 }\n'],
    ["in a line that is no TOML", `${smtp}password = "hunter2\n`],
    ["in an inline table that is no TOML", 'smtp = { host = "h", password = "hunter2", port = = 0 }\n'],
  ])("is never shown when it was written %s (S13)", (_, text) => {
    const mistakes = mistakesOf(valid + text);
    expect(mistakes).not.toContain("hunter2");
    expect(mistakes).toMatch(/not shown/);
  });
});

it("a file that cannot be read is told as that", () => {
  expect(() => readConfig(join(folder, "none.toml"), {})).toThrow(/none\.toml: there is no such file/);
  expect(() => readConfig(folder, {})).toThrow(/: it is not a file$/);
});

describe("trader.example.toml", () => {
  it("is a valid configuration", () => {
    expect(load(example).job.connection.port).toBe(4002);
  });

  it.each(keysOf(schema))("explains $section $key above it, with its default", ({ section, key, preset }) => {
    const lines = example.split("\n");
    const start = section === "" ? 0 : lines.indexOf(section);
    const at = lines.findIndex((line, i) => i >= start && new RegExp(`^(# )?${key} = `).test(line));
    const nextSection = lines.findIndex((line, i) => i > start && line.startsWith("["));
    expect(start).toBeGreaterThanOrEqual(0);
    expect(at).toBeGreaterThan(-1);
    if (nextSection > 0) expect(at).toBeLessThan(nextSection);
    const above = lines.slice(0, at).toReversed();
    const comment = above.slice(
      0,
      above.findIndex((line) => !line.startsWith("#")),
    );
    // Some stand in pairs under one comment.
    if (!["host", "port", "to"].includes(key)) expect(comment.length).toBeGreaterThan(0);
    if (preset !== undefined)
      expect(comment.join(" ")).toMatch(new RegExp(`default ${JSON.stringify(preset)}(?!\\w)`, "i"));
  });
});

interface Key {
  readonly section: string;
  readonly key: string;
  /** The default that the schema has. */
  readonly preset: unknown;
}

/** Every key of the schema with the section of a TOML file that it stands in. */
function keysOf(object: { shape: Record<string, unknown> }, name = "", isList = false): readonly Key[] {
  const section = name === "" ? "" : isList ? `[[${name}]]` : `[${name}]`;
  return Object.entries(object.shape).flatMap(([key, type]) => {
    const { inner, preset } = withoutWrapping(type);
    const full = name === "" ? key : `${name}.${key}`;
    if (inner.shape) return keysOf({ shape: inner.shape }, full);
    const element = inner.element === undefined ? undefined : withoutWrapping(inner.element).inner;
    if (element?.shape) return keysOf({ shape: element.shape }, full, true);
    return [{ section, key, preset }];
  });
}

interface Type {
  readonly def: { readonly type: string; readonly innerType?: unknown; readonly defaultValue?: unknown };
  readonly shape?: Record<string, unknown>;
  readonly element?: unknown;
}

function withoutWrapping(type: unknown): { inner: Type; preset: unknown } {
  const { def } = type as Type;
  if (def.type !== "default" && def.type !== "optional") return { inner: type as Type, preset: undefined };
  return { inner: withoutWrapping(def.innerType).inner, preset: def.defaultValue };
}

describe("what others could change decides nothing", () => {
  it("not the configuration, nor its folder", () => {
    writeFileSync(file, valid);
    chmodSync(file, 0o664);
    const others =
      /^.*trader\.toml: others could change it: .*trader\.toml has mode 0664 and owner \d+: run: chmod go-w .*trader\.toml$/;
    expect(() => readConfig(file, {})).toThrow(others);
    chmodSync(file, 0o644);
    chmodSync(folder, 0o707);
    expect(() => readConfig(file, {})).toThrow(`run: chmod go-w ${folder}`);
    expect(readConfig(file, {}, { ...ownFiles, within: join(folder, "data") }).file).toBe(file);
  });

  it("nor the mail password", () => {
    mkdirSync(join(folder, "secret"));
    writeFileSync(join(folder, "secret/pw"), "geheim\n");
    chmodSync(join(folder, "secret/pw"), 0o660);
    const text = `${valid}${smtp}password_file = "secret/pw"\n`;
    expect(mistakesOf(text)).toMatch(
      /51:1: mail\.smtp\.password_file: others could change it: .* run: chmod go-w secret\/pw/,
    );
    chmodSync(join(folder, "secret/pw"), 0o600);
    expect(load(text).mail.smtp?.login?.password).toBe("geheim");
  });

  it("nor the data folder, where contracts and unfinished orders are remembered", () => {
    chmodSync(join(folder, "data"), 0o775);
    expect(mistakesOf(valid)).toMatch(
      /data\.folder: others could change it: data has mode 0775 .* run: chmod go-w data/,
    );
    rmSync(join(folder, "data"), { recursive: true });
    writeFileSync(join(folder, "data"), "");
    expect(mistakesOf(valid)).toContain("data.folder: data is not a folder: expected one that exists");
  });
});
