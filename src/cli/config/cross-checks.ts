import * as z from "zod";
import type { Mistake } from "./mistake.ts";
import { protectRules, protectsOwners } from "./protection.ts";
import { schema } from "./schema.ts";

/**
 * Rules between several keys. Each says what it needs to see and is left out when that much cannot be read, so that it
 * speaks in the same breath as the mistakes of other keys.
 */
export function crossCheck(
  raw: unknown,
  defaults: { readonly dryRunClientIdOffset: number },
): readonly Mistake[] {
  return [
    ...check(raw, z.looseObject({ account: z.string(), live: z.boolean().default(false) }), liveAccount),
    ...check(
      raw,
      z.looseObject({ strategy: z.array(z.looseObject({ capital_share: z.number() })) }),
      capitalShares,
    ),
    ...check(raw, z.looseObject({ strategy: z.array(z.looseObject({ name: z.string() })) }), ({ strategy }) =>
      duplicates(
        "strategy",
        "name",
        strategy.map(({ name }) => name),
      ),
    ),
    ...check(raw, z.looseObject({ listing: z.array(z.looseObject({ symbol: z.string() })) }), ({ listing }) =>
      duplicates(
        "listing",
        "symbol",
        listing.map(({ symbol }) => symbol),
      ),
    ),
    ...check(raw, z.looseObject({ group: z.array(z.looseObject({ name: z.string() })) }), ({ group }) =>
      duplicates(
        "group",
        "name",
        group.map(({ name }) => name),
      ),
    ),
    ...check(raw, drawdown, drawdownLevels),
    ...check(
      raw,
      z.looseObject({ instrument: z.array(z.looseObject({ symbol: z.string() })) }),
      ({ instrument }) =>
        duplicates(
          "instrument",
          "symbol",
          instrument.map(({ symbol }) => symbol),
        ),
    ),
    ...check(raw, z.looseObject({ portfolio }), ({ portfolio: written }) => portfolioRules(written)),
    ...check(raw, gateway, ({ gateway: { client_id, dry_run_client_id } }) =>
      (dry_run_client_id ?? client_id + defaults.dryRunClientIdOffset) === client_id
        ? [
            {
              path: ["gateway", "dry_run_client_id"],
              what: `expected another number than client_id, which is ${client_id} too`,
            },
          ]
        : [],
    ),
    ...check(raw, spares, ({ gateway: { client_id, dry_run_client_id, spare_client_ids } }) => {
      const dryRun = dry_run_client_id ?? client_id + defaults.dryRunClientIdOffset;
      return spare_client_ids.flatMap((id, index) => {
        const isTaken = id === client_id || id === dryRun || spare_client_ids.indexOf(id) < index;
        const what = `expected other numbers than client_id and dry_run_client_id, each once, not ${id}`;
        return isTaken ? [{ path: ["gateway", "spare_client_ids"], what }] : [];
      });
    }),
    ...check(raw, restarts, ({ gateway: { restart_at, reset_at, restart_zone } }) => {
      const isZoneMissing =
        (restart_at !== undefined || reset_at !== undefined) && restart_zone === undefined;
      const what = 'missing: expected the zone of the gateway\'s clock, such as "America/New_York"';
      return isZoneMissing ? [{ path: ["gateway", "restart_zone"], what }] : [];
    }),
    ...check(raw, executions, ({ execution, execution_rule }) => [
      ...limitOrdersOnly(execution, {}, ["execution"]),
      ...execution_rule.flatMap((rule, index) => limitOrdersOnly(rule, execution, ["execution_rule", index])),
    ]),
    ...check(raw, unfilled, slowStylesAreLeft),
    ...check(raw, repriced, stepsOnFreshPrices),
    ...check(raw, waves, ({ execution }) =>
      execution.waves_max !== undefined && execution.waves !== "within-run"
        ? [{ path: ["execution", "waves_max"], what: 'expected waves = "within-run" with it' }]
        : [],
    ),
    ...check(raw, protections, ({ protect }) => protectRules(protect)),
    ...check(raw, leftAlone, ({ protect }) => protectsOwners(protect)),
    ...check(raw, smtp, ({ mail: { smtp: server } }) => smtpLogin(server)),
  ];
}

const gateway = z.looseObject({
  gateway: z.looseObject({ client_id: z.number(), dry_run_client_id: z.number().optional() }),
});

const protections = z.looseObject({
  protect: z.array(schema.shape.protect.unwrap().element.partial().loose()),
});

const leftAlone = z.looseObject({
  portfolio: z.looseObject({ unlisted: z.literal("leave") }),
  protect: z.array(z.looseObject({ kind: z.string().optional(), symbols: z.unknown().optional() })),
});

const spares = z.looseObject({
  gateway: z.looseObject({
    client_id: z.number(),
    dry_run_client_id: z.number().optional(),
    spare_client_ids: z.array(z.number()),
  }),
});

const restarts = z.looseObject({
  gateway: z.looseObject({
    restart_at: z.unknown().optional(),
    reset_at: z.unknown().optional(),
    restart_zone: z.unknown().optional(),
  }),
});

const worked = z.looseObject({
  style: z.string().optional(),
  time_in_force: z.string().optional(),
  outside_regular_hours: z.boolean().optional(),
});

const executions = z.looseObject({ execution: worked, execution_rule: z.array(worked).default([]) });

/** With the schema's defaults. */
const repriced = z.looseObject({
  execution: schema.shape.execution
    .pick({ reprice_steps: true, reprice_seconds: true, quote_max_age_seconds: true })
    .loose(),
  execution_rule: z.array(z.looseObject({ reprice_steps: z.number().optional() })).default([]),
});

const unfilled = z.looseObject({
  execution: worked.extend({ unfilled: z.literal("cancel") }),
  execution_rule: z.array(worked).default([]),
});

const waves = z.looseObject({
  execution: z.looseObject({ waves: z.unknown().optional(), waves_max: z.unknown().optional() }),
});

/** With the schema's defaults: who sets one level sets it against those of the others. */
const drawdown = z.looseObject({
  limits: schema.shape.limits
    .pick({ drawdown_warn: true, drawdown_de_risk: true, drawdown_halt: true })
    .loose(),
});

function drawdownLevels({
  limits: { drawdown_warn, drawdown_de_risk, drawdown_halt },
}: z.infer<typeof drawdown>): readonly Mistake[] {
  if (drawdown_warn <= drawdown_de_risk && drawdown_de_risk <= drawdown_halt) return [];
  const levels = `${drawdown_warn}, ${drawdown_de_risk}, ${drawdown_halt}`;
  const what = `expected drawdown_warn, drawdown_de_risk and drawdown_halt in rising order, not ${levels}`;
  return [{ path: ["limits", drawdown_warn <= drawdown_de_risk ? "drawdown_halt" : "drawdown_warn"], what }];
}

const portfolio = z.looseObject({
  no_trade_band: z.number().optional(),
  no_trade_band_hard: z.number().optional(),
  cooldown_sessions: z.number().optional(),
  min_order_value: z.number().optional(),
  max_order_value: z.number().optional(),
  borrowing: z.boolean().optional(),
  initial_margin_rate: z.number().optional(),
  min_excess_liquidity: z.number().optional(),
  cash_buffer: z.number().optional(),
  cash_buffer_band: z.number().optional(),
});

const smtp = z.looseObject({
  mail: z.looseObject({
    smtp: z.looseObject({
      host: z.string().optional(),
      security: z.string().optional(),
      user: z.unknown().optional(),
      password_env: z.unknown().optional(),
      password_file: z.unknown().optional(),
    }),
  }),
});

function check<T>(
  raw: unknown,
  needed: z.ZodType<T>,
  judge: (value: T) => readonly Mistake[],
): readonly Mistake[] {
  const read = needed.safeParse(raw);
  return read.success ? judge(read.data) : [];
}

function liveAccount({ account, live }: { account: string; live: boolean }): readonly Mistake[] {
  const isLiveAccount = /^[A-Z]/.test(account) && !account.startsWith("D");
  if (!isLiveAccount || live) return [];
  const what = `${account} is a live account (paper accounts begin with D): expected live = true with it, to say that real money may be traded`;
  return [{ path: ["account"], what }];
}

function capitalShares({ strategy }: { strategy: readonly { capital_share: number }[] }): readonly Mistake[] {
  const sum = strategy.reduce((total, { capital_share }) => total + capital_share, 0);
  if (!(sum > 1 + 1e-9)) return [];
  const shares = strategy.map(({ capital_share }) => capital_share).join(" + ");
  const path = ["strategy", strategy.length - 1, "capital_share"];
  return [
    { path, what: `the capital shares add up to ${Number(sum.toFixed(9))} (${shares}): expected 1 at most` },
  ];
}

function inPortfolio(key: string, what: string): Mistake {
  return { path: ["portfolio", key], what };
}

/** Settings that say nothing, or the contrary of each other, together. */
function portfolioRules(written: z.infer<typeof portfolio>): readonly Mistake[] {
  const { no_trade_band: band, no_trade_band_hard: hard, borrowing = true } = written;
  const { min_order_value: least, max_order_value: most } = written;
  const mistakes: Mistake[] = [];
  if (hard !== undefined && band !== undefined && hard < band)
    mistakes.push(inPortfolio("no_trade_band_hard", `expected no less than no_trade_band, which is ${band}`));
  if (hard !== undefined && (written.cooldown_sessions ?? 0) === 0)
    mistakes.push(
      inPortfolio("no_trade_band_hard", "expected cooldown_sessions with it: it ends a cooldown"),
    );
  if (most !== undefined && least !== undefined && most < least)
    mistakes.push(inPortfolio("max_order_value", `expected no less than min_order_value, which is ${least}`));
  for (const key of ["cash_buffer", "cash_buffer_band"] as const)
    if (borrowing && (written[key] ?? 0) > 0)
      mistakes.push(inPortfolio(key, "expected borrowing = false with it: a loan needs no cash"));
  if (!borrowing && written.initial_margin_rate !== undefined)
    mistakes.push(
      inPortfolio("initial_margin_rate", "expected borrowing = true with it: cash needs no margin"),
    );
  if (written.min_excess_liquidity !== undefined && written.initial_margin_rate === undefined)
    mistakes.push(
      inPortfolio(
        "min_excess_liquidity",
        "expected an initial_margin_rate with it: the broker is asked about few orders, the others are estimated",
      ),
    );
  return mistakes;
}

function duplicates(table: string, key: string, values: readonly string[]): readonly Mistake[] {
  return values.flatMap((value, index) => {
    const first = values.indexOf(value);
    const what = `"${value}" is the ${key} of [[${table}]] number ${first + 1} already: expected each once`;
    return first === index ? [] : [{ path: [table, index, key], what }];
  });
}

/** IB takes IOC and trading outside regular hours for plain limit orders, not for algorithms and auctions. */
function limitOrdersOnly(
  rule: z.infer<typeof worked>,
  usual: z.infer<typeof worked>,
  path: readonly PropertyKey[],
): readonly Mistake[] {
  const { style = "adaptive", time_in_force, outside_regular_hours } = { ...usual, ...rule };
  if (style === "limit" || style === "marketable-limit") return [];
  const what = (key: string) => `${key} needs the style "limit" or "marketable-limit", not "${style}"`;
  const key = (name: keyof typeof rule) => [...path, name in rule ? name : "style"];
  return [
    ...(time_in_force === "IOC" ? [{ path: key("time_in_force"), what: what('time_in_force = "IOC"') }] : []),
    ...(outside_regular_hours === true
      ? [{ path: key("outside_regular_hours"), what: what("outside_regular_hours = true") }]
      : []),
  ];
}

/** On older prices no step is taken: the last ones would never come. */
function stepsOnFreshPrices({ execution, execution_rule }: z.infer<typeof repriced>): readonly Mistake[] {
  const { reprice_steps, reprice_seconds, quote_max_age_seconds } = execution;
  const steps = Math.max(reprice_steps, ...execution_rule.map((rule) => rule.reprice_steps ?? 0));
  if (steps * reprice_seconds < quote_max_age_seconds) return [];
  const what = `expected less than quote_max_age_seconds for all steps: ${steps} of ${reprice_seconds} seconds are not within ${quote_max_age_seconds}`;
  return [{ path: ["execution", "reprice_seconds"], what }];
}

/** They take as long as they take: cancelled after settle_seconds, a closing order would never get to its auction. */
const slowStyles: readonly string[] = ["vwap", "twap", "market-on-close"];

function slowStylesAreLeft({ execution, execution_rule }: z.infer<typeof unfilled>): readonly Mistake[] {
  return [
    { style: execution.style, path: ["execution", "style"] },
    ...execution_rule.map(({ style }, index) => ({ style, path: ["execution_rule", index, "style"] })),
  ].flatMap(({ style = "adaptive", path }) =>
    slowStyles.includes(style)
      ? [
          {
            path,
            what: `expected unfilled = "leave" in [execution] with "${style}": "cancel" would end its orders after settle_seconds`,
          },
        ]
      : [],
  );
}

const at = (key: string) => ["mail", "smtp", key];

function smtpLogin(server: z.infer<typeof smtp>["mail"]["smtp"]): readonly Mistake[] {
  const has = (key: "user" | "password_env" | "password_file") => server[key] !== undefined;
  const mistakes: Mistake[] = [];
  if (has("password_env") && has("password_file"))
    mistakes.push({
      path: at("password_file"),
      what: "expected either password_env or password_file, not both",
    });
  const hasPassword = has("password_env") || has("password_file");
  if (has("user") && !hasPassword)
    mistakes.push({
      path: at("user"),
      what: "expected password_env or password_file with it: where the password is",
    });
  if (hasPassword && !has("user"))
    mistakes.push({
      path: at(has("password_env") ? "password_env" : "password_file"),
      what: "expected user with it",
    });
  const isLoopback = /^(localhost|127(\.\d+){3}|\[?::1\]?)$/.test(server.host ?? "localhost");
  if (server.security === "none" && !isLoopback)
    mistakes.push({
      path: at("security"),
      what: `expected "tls" or "starttls": "none" is for this machine's own mail server`,
    });
  return mistakes;
}
