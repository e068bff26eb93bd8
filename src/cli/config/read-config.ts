import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parse, TomlError } from "smol-toml";
import { readTrusted } from "../../files/read-trusted.ts";
import { systemErrorCode, systemErrorText } from "../../files/system-error.ts";
import { faultsOf, followTrusted, ownFiles, type Trust, untrustedText } from "../../files/trust.ts";
import type { Job } from "../../job/job.ts";
import type { PlanPolicy } from "../../trading/planner/plan-policy.ts";
import type { RestartRule } from "../../trading/restarts.ts";
import type { Limits } from "../../trading/risk/limits.ts";
import type { Config, MailSettings, Paths, SmtpSettings } from "./config.ts";
import { crossCheck } from "./cross-checks.ts";
import { executionOf } from "./execution.ts";
import { places } from "./locate.ts";
import { ConfigError, type Mistake, mistakesText, withoutSecrets } from "./mistake.ts";
import { protectionOf } from "./protection.ts";
import { isZone, schema, type Written } from "./schema.ts";
import { schemaMistakes } from "./schema-mistakes.ts";
import { type Secret, secretFromEnv, secretFromFile } from "./secret.ts";
import { valueAt } from "./value-at.ts";

export type Env = Readonly<Record<string, string | undefined>>;

const dryRunClientIdOffset = 50;

/**
 * Reads and judges a trader.toml. Relative paths in it are relative to its folder. Throws ConfigError that names every
 * mistake with file, line and column; there is no configuration besides the one that was written (S18).
 */
export function readConfig(file: string, env: Env, trust: Trust = ownFiles): Config {
  const text = textOf(file, trust);
  const raw = parsed(file, text);
  const folder = dirname(resolve(file));
  const result = schema.safeParse(raw);
  const password = passwordOf(raw, folder, { env, trust });
  const mistakes = [
    ...(result.success ? [] : result.error.issues.flatMap((issue) => schemaMistakes(issue, raw))),
    ...crossCheck(raw, { dryRunClientIdOffset }),
    ...password.mistakes,
    ...dataFolderMistakes(raw, folder, trust),
  ];
  if (!result.success || mistakes.length > 0)
    throw new ConfigError(mistakesText(file, text, mistakes, places(text)));
  const digest = createHash("sha256").update(text).digest("hex").slice(0, 12);
  return configOf(result.data, { file: resolve(file), folder, digest, password: password.value, trust });
}

/**
 * Where the files of a configuration are, whatever else is wrong with it and whoever wrote it: to halt trading must work
 * when nothing else does, from any shell and by root. Throws ConfigError when not even that can be read.
 */
export function readPaths(file: string): Paths {
  const raw = parsed(file, textOf(file, { uid: undefined }));
  const folder = valueAt(raw, ["data", "folder"]);
  if (typeof folder !== "string") throw new ConfigError(`${file}: data.folder: missing: expected a folder`);
  const data = resolve(dirname(resolve(file)), folder);
  const why = whyNotDataFolder(data, { uid: undefined });
  if (why !== undefined) throw new ConfigError(`${file}: data.folder: ${why}`);
  return pathsIn(data);
}

/** In which zone `readPaths`' callers tell times: that of the mails where it can be read, else UTC. Throws ConfigError so too. */
export function readZone(file: string): string {
  const zone = valueAt(parsed(file, textOf(file, { uid: undefined })), ["mail", "zone"]);
  return typeof zone === "string" && isZone(zone) ? zone : "UTC";
}

const sizeMaxBytes = 1024 * 1024;

/** Who can write the configuration can trade the account and read its mails. */
function textOf(file: string, trust: Trust): string {
  const found = readTrusted(file, { trust, sizeMaxBytes });
  if (found.kind === "read") return found.bytes.toString("utf8").replace(/^\uFEFF/, "");
  const why = found.kind === "unreadable" ? found.why : untrustedText(found.faults);
  throw new ConfigError(`${file}: ${why}`);
}

function parsed(file: string, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const what = (error.message.split("\n")[0] ?? "").replace(/^Invalid TOML document: /, "not TOML: ");
    const line = withoutSecrets(text.split(/\r?\n/)[error.line - 1] ?? "").trim();
    throw new ConfigError(`${file}:${error.line}:${error.column}: ${what}\n    ${line}`);
  }
}

/** A folder that is not there is a mistyped one: made silently, it would begin an empty history. */
function dataFolderMistakes(raw: unknown, folder: string, trust: Trust): readonly Mistake[] {
  const path = ["data", "folder"];
  const value = valueAt(raw, path);
  if (typeof value !== "string" || !schema.shape.data.shape.folder.safeParse(value).success) return [];
  const data = resolve(folder, value);
  const why = whyNotDataFolder(data, trust);
  return why === undefined ? [] : [{ path, what: why }];
}

/** What is remembered there decides what is traded: contracts, and orders that may still be on their way. */
function whyNotDataFolder(data: string, trust: Trust): string | undefined {
  try {
    const { target, faults } = followTrusted(data, trust);
    const found = statSync(target);
    if (!found.isDirectory()) return `${data} is not a folder: expected one that exists`;
    const all = [...faults, ...faultsOf(target, found, trust)];
    return all.length > 0 ? untrustedText(all) : undefined;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    return code === "ENOENT"
      ? `there is no folder ${data}: expected one that exists; make it first`
      : `${data}: ${systemErrorText(error)}`;
  }
}

interface Password {
  readonly value: string | undefined;
  readonly mistakes: readonly Mistake[];
}

/** Looked up whatever else is wrong; a name or path that is itself malformed has its mistake already. */
function passwordOf(
  raw: unknown,
  folder: string,
  { env, trust }: { readonly env: Env; readonly trust: Trust },
): Password {
  const read = (key: string, secretOf: (value: string) => Secret): Password | undefined => {
    const path = ["mail", "smtp", key];
    const value = valueAt(raw, path);
    const wellFormed = schema.shape.mail.shape.smtp.unwrap().shape;
    const form = key === "password_env" ? wellFormed.password_env : wellFormed.password_file;
    if (typeof value !== "string" || !form.safeParse(value).success) return undefined;
    const secret = secretOf(value);
    return secret.ok
      ? { value: secret.value, mistakes: [] }
      : { value: undefined, mistakes: [{ path, what: secret.why }] };
  };
  return (
    read("password_env", (name) => secretFromEnv(env, name)) ??
    read("password_file", (path) => secretFromFile(resolve(folder, path), trust)) ?? {
      value: undefined,
      mistakes: [],
    }
  );
}

interface Origin {
  readonly file: string;
  readonly folder: string;
  readonly digest: string;
  readonly password: string | undefined;
  readonly trust: Trust;
}

function configOf(written: Written, origin: Origin): Config {
  const strategies = written.strategy.map((strategy) => ({
    strategy: strategy.name,
    file: resolve(origin.folder, strategy.file),
    maxAgeMinutes: strategy.max_age_minutes,
    futureToleranceMinutes: strategy.future_tolerance_minutes,
    grossMax: strategy.gross_max,
  }));
  const { gateway } = written;
  return {
    file: origin.file,
    digest: origin.digest,
    job: jobOf(written),
    dryRunClientId: gateway.dry_run_client_id ?? gateway.client_id + dryRunClientIdOffset,
    paths: pathsIn(resolve(origin.folder, written.data.folder)),
    strategies,
    mail: mailOf(written, origin.password),
    trust: origin.trust,
  };
}

function jobOf(written: Written): Job {
  const { account, live, gateway, strategy, portfolio, instrument, listing, execution, limits, group } =
    written;
  return {
    connection: {
      host: gateway.host,
      port: gateway.port,
      clientId: gateway.client_id,
      account,
      live,
      maxClockSkewSeconds: gateway.max_clock_skew_seconds,
      connectDeadlineSeconds: gateway.connect_deadline_seconds,
      requestDeadlineSeconds: gateway.request_deadline_seconds,
      messagesPerSecond: gateway.messages_per_second,
      marketDataLines: gateway.market_data_lines,
      ...(gateway.spare_client_ids && { spareClientIds: gateway.spare_client_ids }),
      ...restartsOf(gateway),
    },
    trustHostClock: gateway.trust_host_clock,
    strategies: strategy.map(({ name, capital_share, max_age_minutes, stop_loss, take_profit }) => ({
      strategy: name,
      capitalShare: capital_share,
      maxAgeMinutes: max_age_minutes,
      stopLoss: stop_loss,
      takeProfit: take_profit,
    })),
    leverageMax: portfolio.leverage_max,
    currency: portfolio.currency,
    listings: listing.map(({ symbol, primary_exchange, currency }) => ({
      symbol,
      primaryExchange: primary_exchange,
      currency,
    })),
    quotes: {
      allowDelayedQuotes: execution.allow_delayed_quotes,
      quoteMaxAgeSeconds: execution.quote_max_age_seconds,
      feedMaxSilenceMinutes: execution.feed_max_silence_minutes,
    },
    plan: planOf(written),
    whatIf: {
      purpose: portfolio.min_excess_liquidity === undefined ? "none" : "fit",
      max: portfolio.what_if_max,
      onSilence: portfolio.what_if_failed,
    },
    averageDailyVolumes: new Map(
      instrument.flatMap(({ symbol, average_daily_volume: shares }) =>
        shares === undefined ? [] : [[symbol, shares] as const],
      ),
    ),
    limits: limitsOf(limits, group, portfolio),
    protection: protectionOf(written.protect),
    maxNavMove: limits.max_nav_move,
    voidAfterMinutes: execution.void_after_minutes,
    again: false,
    settleSeconds: execution.settle_seconds,
    wavesMax: execution.waves === "within-run" ? (execution.waves_max ?? 3) : 1,
    unfilled: {
      repriceSeconds: execution.reprice_seconds,
      afterSettle: execution.unfilled,
      replacesRejected: execution.replace_rejected,
    },
    onOpenOrders: execution.on_open_orders,
    world: account.startsWith("D") ? "paper" : "live",
  };
}

/** Nothing when no time is written: then any time of day will do. */
function restartsOf(gateway: Written["gateway"]): { restarts?: RestartRule } {
  const { restart_zone: zone, restart_minutes_before, restart_minutes_after } = gateway;
  const dailyAt = [gateway.restart_at, gateway.reset_at].filter((time) => time !== undefined);
  if (dailyAt.length === 0 || zone === undefined) return {};
  const minutes = { minutesBefore: restart_minutes_before, minutesAfter: restart_minutes_after };
  return { restarts: { dailyAt, zone, ...minutes } };
}

/** A cash account's excess liquidity is its cash: who borrows nothing may have it all invested. */
function cushionOf({ cushion }: Written["limits"], { borrowing }: Written["portfolio"]): number {
  return cushion ?? (borrowing ? 0.05 : 0);
}

function limitsOf(
  limits: Written["limits"],
  groups: Written["group"],
  portfolio: Written["portfolio"],
): Limits {
  const { gross_leverage, orders_per_run } = limits;
  return {
    grossLeverageMax: gross_leverage,
    netLeverageMax: limits.net_leverage ?? gross_leverage,
    weightMax: limits.weight_per_instrument,
    groups: groups.map(({ name, symbols, weight_max }) => ({
      name,
      symbols: new Set(symbols),
      weightMax: weight_max,
    })),
    strategyWeightMax: limits.weight_per_strategy ?? gross_leverage,
    orderValueMax: limits.order_value,
    ordersPerRunMax: orders_per_run,
    ordersPerDayMax: limits.orders_per_day ?? 5 * orders_per_run,
    turnoverPerRunMax: limits.turnover_per_run ?? 2 * gross_leverage,
    turnoverPerDayMax: limits.turnover_per_day ?? 4 * gross_leverage,
    priceJumpMax: limits.price_jump,
    spreadBpsMax: limits.spread_bps,
    excessLiquidityMin: limits.excess_liquidity,
    cushionMin: cushionOf(limits, portfolio),
    dailyLossMax: limits.daily_loss,
    drawdown: {
      warnAt: limits.drawdown_warn,
      deRiskAt: limits.drawdown_de_risk,
      deRiskFactor: limits.de_risk_factor,
      haltAt: limits.drawdown_halt,
    },
    warnAt: limits.warn_at,
  };
}

function planOf({ portfolio, instrument, execution, execution_rule, limits }: Written): PlanPolicy {
  const hasEstimate = portfolio.initial_margin_rate !== undefined;
  return {
    execution: executionOf(execution, execution_rule),
    grossCap: portfolio.gross_cap,
    netCap: portfolio.net_cap,
    unlisted: portfolio.unlisted,
    instruments: new Map(
      instrument.map(({ symbol, mode, board_lot }) => [symbol, { mode, boardLot: board_lot }]),
    ),
    bandWeight: portfolio.no_trade_band,
    bandOfTarget: portfolio.no_trade_band_of_target,
    bandChoice: portfolio.no_trade_band_choice,
    hardBandWeight: portfolio.no_trade_band_hard,
    tradeTo: tradeToOf(portfolio.trade_to),
    cooldownSessions: portfolio.cooldown_sessions,
    offTargetMax: portfolio.off_target_max,
    minOrderValue: portfolio.min_order_value,
    minOrderShares: portfolio.min_order_shares,
    maxOrderValue: portfolio.max_order_value,
    maxTurnoverPerRun: portfolio.max_turnover_per_run,
    maxTurnoverPerDay: portfolio.max_turnover_per_day,
    maxVolumeShare: portfolio.max_volume_share,
    borrowing: portfolio.borrowing,
    initialMarginRate: portfolio.initial_margin_rate,
    // Where margins are estimated at all the plan keeps what the gate asks for, else the gate would hold it.
    excessLiquidityMin: hasEstimate
      ? Math.max(portfolio.min_excess_liquidity ?? 0, limits.excess_liquidity)
      : undefined,
    cushionMin: hasEstimate ? cushionOf(limits, portfolio) : undefined,
    scarce: portfolio.scarce,
    cashBuffer: portfolio.cash_buffer,
    cashBufferBand: portfolio.cash_buffer_band,
  };
}

function tradeToOf(written: "target" | "edge" | number): number {
  if (typeof written === "number") return written;
  return written === "target" ? 1 : 0;
}

function pathsIn(data: string): Paths {
  const below = (name: string) => join(data, name);
  return {
    data,
    orders: below("orders"),
    snapshots: below("snapshots"),
    database: below("snapshots/history.db"),
    mail: below("mail"),
    logs: below("logs"),
    state: below("state"),
  };
}

function mailOf({ mail }: Written, password: string | undefined): MailSettings {
  return { from: mail.from, to: mail.to, zone: mail.zone, smtp: mail.smtp && smtpOf(mail.smtp, password) };
}

function smtpOf(
  { host, port, security, user }: NonNullable<Written["mail"]["smtp"]>,
  password: string | undefined,
): SmtpSettings {
  const login = user !== undefined && password !== undefined ? { user, password } : undefined;
  return { host, port, security, login };
}
