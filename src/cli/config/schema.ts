import * as z from "zod";

const zoneHint = 'expected a time zone such as "America/New_York"';

/** How an order is priced and worked: of [execution], and of an [[execution_rule]] that changes some of it. */
const execution = {
  style: oneOf(["adaptive", "limit", "marketable-limit", "midprice", "vwap", "twap", "market-on-close"]),
  adaptive_priority: oneOf(["Urgent", "Normal", "Patient"]),
  price_reference: oneOf(["mid", "bid", "ask", "last", "close"]),
  collar_bps: between(0, 1_000),
  collar_ticks: whole(0, 1_000),
  max_spread_bps: between(0.01, 10_000),
  reprice_steps: whole(0, 10),
  time_in_force: oneOf(["DAY", "IOC"]),
  outside_regular_hours: yesOrNo(),
  algo_minutes: between(1, 390),
  max_volume_part: between(0.01, 0.5),
  minutes_after_open: between(0, 390),
  minutes_before_close: between(0, 390),
};

/**
 * The keys of trader.toml, as they are written there. Units are in the names; amounts are in the account's base
 * currency. Numbers that decide how much is risked have no default: the owner says them. A test keeps
 * trader.example.toml, which explains every key, complete.
 */
export const schema = z.strictObject({
  account: text(/^[A-Z]{1,4}\d{3,}$/, "an account id such as DU1234567 (paper) or U1234567 (live)"),
  live: yesOrNo().default(false),
  gateway: z.strictObject({
    host: text(/^[^\s/@]+$/, "a host name or address such as 127.0.0.1"),
    port: whole(1, 65_535),
    client_id: whole(1, 999_999),
    dry_run_client_id: whole(1, 999_999).optional(),
    spare_client_ids: z
      .array(whole(1, 999_999), { error: "expected a list of client ids such as [27, 28]" })
      .optional(),
    connect_deadline_seconds: between(1, 600).default(30),
    request_deadline_seconds: between(1, 600).default(15),
    messages_per_second: whole(1, 45).default(40),
    market_data_lines: whole(1, 10_000).default(90),
    max_clock_skew_seconds: between(0.1, 300).default(5),
    trust_host_clock: yesOrNo().default(true),
    restart_at: timeOfDay().optional(),
    reset_at: timeOfDay().optional(),
    restart_zone: timeZone().optional(),
    restart_minutes_before: between(0, 120).default(5),
    restart_minutes_after: between(0, 120).default(5),
  }),
  data: z.strictObject({ folder: path("the folder for orders, snapshots, mail, logs and state") }),
  strategy: z
    .array(
      z.strictObject({
        name: text(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$/, "a name of letters, digits, blanks and . _ -"),
        file: path("the forecast file that the strategy's program writes"),
        capital_share: between(0.000_001, 1),
        max_age_minutes: between(1, 527_040),
        future_tolerance_minutes: between(0, 60).default(1),
        gross_max: between(0.000_001, 100),
        stop_loss: between(0.001, 1).optional(),
        take_profit: between(0.001, 1_000).optional(),
      }),
      { error: "expected [[strategy]] tables, at least one" },
    )
    .min(1, { error: "expected [[strategy]] tables, at least one" }),
  portfolio: z.strictObject({
    leverage_max: between(0.000_001, 20),
    gross_cap: between(0.000_001, 20).optional(),
    net_cap: between(0, 20).optional(),
    unlisted: oneOf(["report", "close", "leave"]).default("report"),
    no_trade_band: between(0, 1),
    no_trade_band_of_target: between(0, 10).optional(),
    no_trade_band_choice: oneOf(["wider", "narrower"]).default("wider"),
    no_trade_band_hard: between(0, 1).optional(),
    trade_to: tradeTo().default("target"),
    cooldown_sessions: whole(0, 1_000).default(0),
    off_target_max: between(0, 1).default(0),
    min_order_value: between(0, 1e12),
    min_order_shares: whole(1, 1_000_000_000).default(1),
    max_order_value: between(0.000_001, 1e12).optional(),
    max_turnover_per_run: between(0, 100).optional(),
    max_turnover_per_day: between(0, 100).optional(),
    max_volume_share: between(0.000_001, 1).optional(),
    borrowing: yesOrNo().default(true),
    initial_margin_rate: between(0.01, 2).optional(),
    min_excess_liquidity: between(0, 1e12).optional(),
    what_if_max: whole(0, 20).default(3),
    what_if_failed: oneOf(["leave", "estimate"]).default("leave"),
    scarce: oneOf(["in-proportion", "greedy"]).default("in-proportion"),
    cash_buffer: between(0, 1).default(0),
    cash_buffer_band: between(0, 1).default(0),
    currency: currency(),
  }),
  instrument: z
    .array(
      z.strictObject({
        symbol: symbol(),
        mode: oneOf(["trade", "buy-only", "sell-only", "reduce-only", "do-not-trade", "close"]).default(
          "trade",
        ),
        board_lot: whole(1, 1_000_000).default(1),
        average_daily_volume: between(1, 1e12).optional(),
      }),
    )
    .default([]),
  listing: z
    .array(
      z.strictObject({
        symbol: symbol(),
        primary_exchange: text(/^[A-Z0-9.]{1,16}$/, "an exchange's name such as NASDAQ").optional(),
        currency: currency().optional(),
      }),
    )
    .default([]),
  execution: z.strictObject({
    style: execution.style.default("adaptive"),
    adaptive_priority: execution.adaptive_priority,
    price_reference: execution.price_reference.default("mid"),
    collar_bps: execution.collar_bps,
    collar_ticks: execution.collar_ticks.default(0),
    max_spread_bps: execution.max_spread_bps.optional(),
    reprice_steps: execution.reprice_steps.default(0),
    time_in_force: execution.time_in_force.default("DAY"),
    outside_regular_hours: execution.outside_regular_hours.default(false),
    algo_minutes: execution.algo_minutes.default(45),
    max_volume_part: execution.max_volume_part.default(0.1),
    minutes_after_open: execution.minutes_after_open.default(0),
    minutes_before_close: execution.minutes_before_close.default(0),
    reprice_seconds: between(1, 600).default(10),
    unfilled: oneOf(["leave", "cancel"]).default("leave"),
    on_open_orders: oneOf(["cancel", "modify", "keep"]).default("cancel"),
    replace_rejected: yesOrNo().default(false),
    settle_seconds: between(0, 3_000).default(30),
    waves: oneOf(["across-runs", "within-run"]).default("across-runs"),
    waves_max: whole(2, 10).optional(),
    void_after_minutes: between(1, 1_440).default(10),
    allow_delayed_quotes: yesOrNo().default(false),
    quote_max_age_seconds: between(1, 3_600).default(60),
    feed_max_silence_minutes: between(1, 600).default(15),
  }),
  execution_rule: z
    .array(
      z.strictObject({
        symbols: z
          .array(symbol(), { error: 'expected a list of symbols such as ["AAPL", "MSFT"]' })
          .min(1, { error: "expected at least one symbol" })
          .optional(),
        min_order_value: between(0, 1e12).default(0),
        ...z.strictObject(execution).partial().shape,
      }),
    )
    .default([]),
  protect: z
    .array(
      z.strictObject({
        symbols: z
          .array(symbol(), { error: 'expected a list of symbols such as ["AAPL", "MSFT"]' })
          .min(1, { error: "expected at least one symbol" })
          .optional(),
        kind: oneOf(["stop", "trailing-stop", "none"]),
        distance_bps: between(1, 9_999).optional(),
        reference: oneOf(["average-cost", "price"]).optional(),
        limit_offset_bps: between(0, 9_999).optional(),
        outside_regular_hours: yesOrNo().default(false),
        rest_sessions: whole(0, 1_000).default(5),
      }),
    )
    .default([]),
  limits: z.strictObject({
    gross_leverage: between(0.000_001, 20),
    weight_per_instrument: between(0.000_001, 20),
    order_value: between(0.000_001, 1e12),
    orders_per_run: whole(1, 100_000),
    max_nav_move: between(0.001, 10).default(0.2),
    net_leverage: between(0.000_001, 20).optional(),
    weight_per_strategy: between(0.000_001, 20).optional(),
    orders_per_day: whole(1, 1_000_000).optional(),
    turnover_per_run: between(0.000_001, 100).optional(),
    turnover_per_day: between(0.000_001, 1_000).optional(),
    price_jump: between(0.001, 10).default(0.3),
    spread_bps: between(0.1, 10_000).default(200),
    excess_liquidity: between(0, 1e12).default(0),
    cushion: between(0, 1).optional(),
    daily_loss: between(0.001, 1).default(0.1),
    drawdown_warn: between(0.001, 1).default(0.1),
    drawdown_de_risk: between(0.001, 1).default(0.2),
    de_risk_factor: between(0, 1).default(0.5),
    drawdown_halt: between(0.001, 1).default(0.3),
    warn_at: between(0.1, 1).default(0.9),
  }),
  group: z
    .array(
      z.strictObject({
        name: text(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$/, "a name of letters, digits, blanks and . _ -"),
        symbols: z.array(symbol(), { error: "expected a list of symbols" }).min(1, {
          error: "expected at least one symbol",
        }),
        weight_max: between(0.000_001, 20),
      }),
    )
    .default([]),
  mail: z.strictObject({
    from: mailbox(),
    to: z.array(mailbox(), { error: "expected a list of mail addresses" }).min(1, {
      error: "expected at least one mail address",
    }),
    zone: timeZone(),
    smtp: z
      .strictObject({
        host: text(/^[^\s/@:]+$/, "a host name such as smtp.example.com"),
        port: whole(1, 65_535),
        security: oneOf(["tls", "starttls", "none"]),
        user: text(/^\S+$/, "a user name").optional(),
        password_env: text(
          /^[A-Z_][A-Z0-9_]*$/,
          "the NAME of an environment variable, in capitals",
        ).optional(),
        password_file: path("the file that holds the password").optional(),
      })
      .optional(),
  }),
});

/** trader.toml with its defaults filled in. */
export type Written = z.infer<typeof schema>;

function text(pattern: RegExp, allowed: string) {
  const error = `expected ${allowed}`;
  return z.string({ error }).regex(pattern, { error });
}

function path(what: string) {
  const error = `expected a path: ${what}`;
  return z.string({ error }).regex(/^[^\0]*\S[^\0]*$/, { error });
}

function mailbox() {
  return text(
    /^(?:[^<>@\r\n]+<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/,
    'an address such as "desk@example.com"',
  );
}

function symbol() {
  return text(/^[A-Z0-9][A-Z0-9 .*&+/'-]{0,31}$/, "a symbol in capital letters, as in the forecast files");
}

function tradeTo() {
  const error = 'expected "target", "edge", or how far from the edge to the target: a number from 0 to 1';
  return z.union([z.enum(["target", "edge"]), z.number({ error }).min(0, { error }).max(1, { error })], {
    error,
  });
}

function currency() {
  return text(/^[A-Z]{3}$/, "a currency such as USD");
}

function timeZone() {
  return z.string({ error: zoneHint }).refine(isZone, { error: zoneHint });
}

function timeOfDay() {
  return text(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as "23:45"');
}

function yesOrNo() {
  return z.boolean({ error: "expected true or false" });
}

function oneOf<const T extends readonly [string, ...string[]]>(values: T) {
  return z.enum(values, { error: `expected one of ${values.map((value) => `"${value}"`).join(", ")}` });
}

function whole(min: number, max: number) {
  const error = `expected a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

function between(min: number, max: number) {
  const error = `expected a number from ${min} to ${max}`;
  return z.number({ error }).min(min, { error }).max(max, { error });
}

/** Is it an IANA zone that this host knows? Intl also takes offsets such as "+01:00"; those know no daylight saving. */
export function isZone(zone: string): boolean {
  if (!/^[A-Z]/.test(zone)) return false;
  try {
    Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
