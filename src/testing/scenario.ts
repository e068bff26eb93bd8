import type { Account, Position } from "../trading/account.ts";
import { adaptiveWithin } from "../trading/execution-policy.ts";
import type { Forecast, Target } from "../trading/forecast.ts";
import { type Instant, instant, tradingDate } from "../trading/instant.ts";
import type { Instrument } from "../trading/instrument.ts";
import { unreachable } from "../trading/invariant.ts";
import type { MarginPreview, Margins } from "../trading/margin.ts";
import { money } from "../trading/money.ts";
import type { OrderReport } from "../trading/order.ts";
import type { AtWork } from "../trading/planner/at-work.ts";
import type { Adjustment, Plan } from "../trading/planner/plan.ts";
import type { PlanInputs, Previewed } from "../trading/planner/plan-inputs.ts";
import { type PlanPolicy, plainRules } from "../trading/planner/plan-policy.ts";
import { planRebalance } from "../trading/planner/plan-rebalance.ts";
import { midOf, notional, type PriceStep, priceText } from "../trading/price.ts";
import type { TargetAmount } from "../trading/quantity.ts";
import type { Quote } from "../trading/quote.ts";
import type { Result } from "../trading/result.ts";
import { sessionOn } from "../trading/session.ts";
import { accountWorth } from "./account-worth.ts";

/** 10:30 in New York on a Monday, one day after daylight saving began there and two weeks before it does in Europe. */
export const scenarioNow: Instant = instant("2022-03-14T14:30:00Z");

export const scenarioPolicy: PlanPolicy = {
  ...plainRules,
  execution: adaptiveWithin(10),
  bandWeight: 0.005,
  minOrderValue: 500,
  unlisted: "close",
};

const centSteps: readonly PriceStep[] = [{ lowEdge: 0, increment: 0.01 }];

/** A US stock that trades on 2022-03-14. */
export function stock(symbol: string, known: Partial<Instrument> = {}): Instrument {
  return {
    conId: Array.from(symbol).reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 1_000_000,
    symbol,
    securityType: "STK",
    primaryExchange: "NASDAQ",
    currency: "USD",
    multiplier: 1,
    priceSteps: centSteps,
    timeZone: "US/Eastern",
    sessions: [sessionOn(tradingDate("2022-03-14"), "09:30", "16:00", "America/New_York")],
    hoursKnownThrough: "2022-03-19",
    ...known,
  };
}

/**
 * Reads a scenario and plans it. One line a fact, in any order:
 *
 *     account  1,000,000 USD
 *     hold     MSFT  200
 *     quote    AAPL  184.90 185.10
 *     target   AAPL  50%          or  1500 shares  or  20,000 USD, the account's currency
 *     cash     120,000            the account's amount unless told
 *     margin   80,000             available funds, so too
 *     excess   90,000             excess liquidity, so too
 *     preview  AAPL  100 2,500    the broker's: so many shares take so much excess liquidity; or "refused", "unanswered"
 *     others   AAPL  3 17         orders of others at work: to buy, to sell
 *     traded   5,000              in this session before
 *     ordered  9,000              by this run's earlier waves
 *     works    AAPL  buy 300 185.10   an order that the plan may keep; or "uncertain", or "this-run" behind it
 *     rested   MSFT  2            sessions since it was traded
 *     volume   AAPL  4,000,000    shares of an average day
 *     rate     EUR   1.10
 *     listing  SAP   EUR
 *     closed   IBM
 *
 * A held instrument without a quote is marked at 100.
 */
export function planScenario(text: string, policy: Partial<PlanPolicy> = {}): Result<Plan> {
  return planRebalance(scenarioInputs(text), { ...scenarioPolicy, ...policy });
}

export function scenarioInputs(text: string): PlanInputs {
  const facts = text
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([verb]) => verb);
  const of = (verb: string) => facts.filter(([first]) => first === verb).map(([, ...rest]) => rest);
  const listing = new Map(of("listing").map(([symbol = "", currency = ""]) => [symbol, currency]));
  const closed = new Set(of("closed").flat());
  const tick = new Map(of("tick").map(([symbol = "", increment = ""]) => [symbol, Number(increment)]));

  const instrumentOf = (symbol: string) =>
    stock(symbol, {
      currency: listing.get(symbol) ?? "USD",
      ...(closed.has(symbol) ? { sessions: [] } : {}),
      ...(tick.has(symbol) ? { priceSteps: [{ lowEdge: 0, increment: tick.get(symbol) ?? 0.01 }] } : {}),
    });
  const quotes = new Map(
    of("quote").map(([symbol = "", bid = "", ask = ""]): [string, Quote] => {
      const { conId } = instrumentOf(symbol);
      const mid = midOf(Number(bid), Number(ask));
      return [symbol, { conId, bid: Number(bid), ask: Number(ask), mid, receivedAt: scenarioNow }];
    }),
  );
  const held = of("hold").map(([symbol = "", shares = "", ...rest]): Position => {
    const { conId, currency } = instrumentOf(symbol);
    const marketPrice = quotes.get(symbol)?.mid ?? 100;
    const unpriced = rest.includes("unpriced");
    return {
      conId,
      symbol,
      securityType: rest.includes("option") ? "OPT" : "STK",
      currency,
      shares: Number(shares),
      averageCost: 90,
      marketPrice: unpriced ? undefined : marketPrice,
      marketValue: unpriced ? undefined : notional(Number(shares), marketPrice, 1, currency),
      unrealizedPnl: undefined,
    };
  });
  const targets = of("target").map(([symbol = "", ...amount], line): Target => {
    return { symbol, ...targetAmount(amount), file: "f.csv", line: line + 3 };
  });
  const symbols = new Set([...targets.map((t) => t.symbol), ...held.map((p) => p.symbol)]);
  const [[amount = "0", currency = "USD"] = []] = of("account");
  const sumOf = ([[told] = [""]]: readonly string[][]) => (told ? money(plain(told), currency) : undefined);
  const byConId = (verb: string) =>
    new Map(of(verb).map(([symbol = "", count = ""]) => [instrumentOf(symbol).conId, Number(plain(count))]));
  return {
    run: { id: "20220314T143000Z", startedAt: scenarioNow, window: "2022031414", account: "DU1234567" },
    now: scenarioNow,
    account: {
      ...accountOf(plain(amount), currency, held, of("rate")),
      cash: sumOf(of("cash")) ?? money(plain(amount), currency),
      availableFunds: sumOf(of("margin")) ?? money(plain(amount), currency),
      excessLiquidity: sumOf(of("excess")) ?? money(plain(amount), currency),
    },
    frozen: new Set(of("frozen").flatMap(([symbol = ""]) => instrumentOf(symbol).conId)),
    halted: new Set(),
    resting: new Map(
      of("stopped").map(([symbol = "", sessions = "", restSessions = ""]) => [
        instrumentOf(symbol).conId,
        sessions === "filling"
          ? sessions
          : { sessions: Number(sessions), restSessions: Number(restSessions) },
      ]),
    ),
    forecast: forecastOf(targets),
    instruments: [...symbols].map(instrumentOf),
    quotes: new Map([...quotes.values()].map((quote) => [quote.conId, quote])),
    usedOrderRefs: new Set(of("used").flat()),
    atWork: of("works").map((words, index) => atWorkOf(words, index, instrumentOf)),
    tried: new Set(of("tried").flatMap(([symbol = ""]) => instrumentOf(symbol).conId)),
    orderedBefore: sumOf(of("ordered")) ?? money("0", currency),
    turnoverToday: sumOf(of("traded")),
    averageDailyVolumes: byConId("volume"),
    sessionsSinceTrade: byConId("rested"),
    ordersOfOthers: new Map(
      of("others").map(([symbol = "", buy = "", sell = ""]) => [
        instrumentOf(symbol).conId,
        { buy: Number(buy), sell: Number(sell) },
      ]),
    ),
    previews: previewsOf(of("preview"), currency, instrumentOf),
  };
}

/**
 * The plan as lines of "side symbol shares limit reason", with what was changed on the way, such as "cash-cut 120" where
 * 120 shares were wanted; trades first, then what is left alone with its reason.
 */
export function spoken(plan: Result<Plan>): string[] {
  if (!plan.ok) return plan.findings.map((finding) => `held ${finding.kind}`);
  const trades = plan.value.trades.map(({ order, symbol, reason, adjustments }) =>
    [
      `${order.side} ${symbol} ${order.shares} limit ${priceText(order.limitPrice)} ${reason}`,
      ...adjustments.map(spokenAdjustment),
    ].join(" "),
  );
  const untouched = plan.value.untouched.map(({ symbol, reason }) =>
    ["leave", symbol, reason.kind, ...(reason.kind === "no-room" ? [reason.by.kind] : [])].join(" "),
  );
  return [...trades, ...untouched];
}

function spokenAdjustment(adjustment: Adjustment): string {
  switch (adjustment.kind) {
    case "scaled":
      return `${adjustment.cap}-scaled ${Number(adjustment.factor.toFixed(4))}`;
    case "mode":
      return adjustment.mode;
    case "leverage-cut":
      return `leverage-cut ${adjustment.strategy}`;
    case "strategy-stopped":
      return `without ${adjustment.strategies.map(({ strategy }) => strategy).join(" ")}`;
    case "trade-to":
      return `trade-to ${adjustment.tradeTo}`;
    case "rest-waits":
      return `rest-waits ${adjustment.shares}`;
    case "cut":
      return `${adjustment.by.kind}-cut ${Math.abs(adjustment.fromShares)}`;
    default:
      return unreachable(adjustment);
  }
}

/** What the broker said of orders, by contract. */
function previewsOf(
  told: readonly string[][],
  currency: string,
  instrumentNamed: (symbol: string) => Instrument,
): ReadonlyMap<number, Previewed> {
  return new Map(
    told.map(([symbol = "", shares = "", use = "0"]): [number, Previewed] => {
      const { conId } = instrumentNamed(symbol);
      if (shares === "unanswered") return [conId, { kind: "unanswered" }];
      if (shares === "refused") return [conId, { kind: "refused", code: 201, text: "too much" }];
      return [conId, { kind: "told", shares: Number(shares), preview: aPreview(plain(use), currency) }];
    }),
  );
}

/** The broker's preview of an order that takes so much excess liquidity: two thirds of it margin, a third equity. */
export function aPreview(use: string, currency = "USD"): MarginPreview {
  const taken = money(use, currency).e6;
  const margins = (e6: bigint): Margins => ({
    initialMargin: { currency, e6: 300_000_000_000n + e6 * 2n },
    maintenanceMargin: { currency, e6: 200_000_000_000n + (e6 - e6 / 3n) },
    equityWithLoan: { currency, e6: 900_000_000_000n - e6 / 3n },
  });
  return { before: margins(0n), after: margins(taken), commission: undefined, warning: "" };
}

function atWorkOf(
  [symbol = "", side = "", shares = "", limit = "", how = ""]: readonly string[],
  index: number,
  instrumentOf: (symbol: string) => Instrument,
): AtWork {
  const report: OrderReport = {
    orderRef: `trader.reb.2022031413.${symbol}.${side === "buy" ? "B" : "S"}${shares}.${index + 1}.0000`,
    clientId: 11,
    orderId: 7 + index,
    permId: 7007 + index,
    account: "DU1234567",
    conId: instrumentOf(symbol).conId,
    symbol,
    side: side === "buy" ? "buy" : "sell",
    orderedShares: Number(plain(shares)),
    limitPrice: Number(limit),
    state: { life: "working", status: how === "uncertain" ? "pending-cancel" : "submitted" },
    filledShares: 0,
    averageFillPrice: undefined,
    messages: [],
  };
  return {
    report,
    sentBy: how === "this-run" ? how : "earlier-run",
    isUncertain: how === "uncertain",
    isWithdrawable: how === "",
  };
}

function plain(amount: string): string {
  return amount.replaceAll(",", "");
}

function targetAmount([amount = "0", unit = ""]: readonly string[]): TargetAmount {
  const value = Number(plain(amount).replace("%", ""));
  const none = { weight: 0, notional: 0, shares: 0 };
  if (amount.endsWith("%")) return { ...none, weight: value / 100 };
  return unit === "shares" ? { ...none, shares: value } : { ...none, notional: value };
}

function accountOf(
  amount: string,
  currency: string,
  positions: readonly Position[],
  rates: readonly string[][],
): Account {
  return accountWorth(money(amount, currency), {
    exchangeRates: new Map(rates.map(([code = "", rate = ""]) => [code, Number(rate)])),
    positions,
  });
}

function forecastOf(targets: Forecast["targets"]): Forecast {
  return {
    asOf: scenarioNow,
    targets,
    targetLeverage: targets.reduce((sum, target) => sum + Math.abs(target.weight), 0),
    parts: [],
    capped: [],
  };
}
