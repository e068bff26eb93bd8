import { unreachable } from "../trading/invariant.ts";
import { moneyFromNumber } from "../trading/money.ts";
import { type Check, type CheckEffect, type CheckName, kindOf } from "../trading/risk/check.ts";
import {
  durationText,
  factorPair,
  factorText,
  moneyText,
  percentPair,
  percentText,
  wholeMoneyText,
} from "./numbers.ts";
import { plainText } from "./plain-text.ts";

interface CheckWords {
  /** What is measured: "gross leverage". */
  readonly label: string;
  /** The key of trader.toml that sets the limit; undefined where nobody sets it. */
  readonly setting: string | undefined;
  /** What a person can do about it. */
  readonly remedy: string;
}

const seeForecasts = "Look at the forecasts for a wrong weight or a sudden change.";
const seeLosses = "Look at the positions and the strategies before you let it go on.";
const addMoney = "Close positions or add money; reductions are sent as usual.";

const words: Readonly<Record<CheckName, CheckWords>> = {
  "gross-leverage": { label: "gross leverage", setting: "limits.gross_leverage", remedy: seeForecasts },
  "net-leverage": { label: "net leverage", setting: "limits.net_leverage", remedy: seeForecasts },
  weight: { label: "weight", setting: "limits.weight_per_instrument", remedy: seeForecasts },
  "group-weight": { label: "weight of group", setting: "the group's weight_max", remedy: seeForecasts },
  "strategy-weight": {
    label: "weight asked for by strategy",
    setting: "limits.weight_per_strategy",
    remedy: seeForecasts,
  },
  "order-value": {
    label: "order value",
    setting: "limits.order_value",
    remedy: `${seeForecasts} With a portfolio.max_order_value orders are cut to it, and the next run orders the rest.`,
  },
  "orders-per-run": { label: "orders in the run", setting: "limits.orders_per_run", remedy: seeForecasts },
  "orders-per-day": {
    label: "orders in the session",
    setting: "limits.orders_per_day",
    remedy: seeForecasts,
  },
  "turnover-per-run": {
    label: "turnover of the run",
    setting: "limits.turnover_per_run",
    remedy: seeForecasts,
  },
  "turnover-per-day": {
    label: "turnover of the session",
    setting: "limits.turnover_per_day",
    remedy: seeForecasts,
  },
  "price-jump": {
    label: "price against the last known",
    setting: "limits.price_jump",
    remedy: "Compare the price with another source: a wrong quote, a split, news?",
  },
  spread: { label: "spread", setting: "limits.spread_bps", remedy: "The next run looks again." },
  "quote-age": {
    label: "age of the quote",
    setting: "execution.quote_max_age_seconds",
    remedy: "The next run asks again.",
  },
  "trading-halt": { label: "trading halt", setting: undefined, remedy: "The next run looks again." },
  "session-hours": {
    label: "hours outside the exchange's calendar",
    setting: undefined,
    remedy:
      "Compare with the exchange's own hours; delete state/contracts.json to have the broker's asked for anew.",
  },
  "forecast-age": {
    label: "age of the forecast",
    setting: "the strategy's max_age_minutes",
    remedy: "See why the forecast program has not written a new one.",
  },
  "nav-jump": {
    label: "net liquidation since the last run",
    setting: "limits.max_nav_move",
    remedy: "A deposit or withdrawal: trader flow. Else, if it is right: trader accept net-liquidation.",
  },
  "excess-liquidity": { label: "excess liquidity", setting: "limits.excess_liquidity", remedy: addMoney },
  cushion: { label: "cushion", setting: "limits.cushion", remedy: addMoney },
  "daily-loss": { label: "loss since the session before", setting: "limits.daily_loss", remedy: seeLosses },
  "drawdown-de-risk": {
    label: "drawdown",
    setting: "limits.drawdown_de_risk",
    remedy: `Risk is being taken off. ${seeLosses}`,
  },
  "drawdown-halt": { label: "drawdown, halt", setting: "limits.drawdown_halt", remedy: seeLosses },
  "strategy-loss": {
    label: "fall of strategy",
    setting: "the strategy's stop_loss",
    remedy: "What it asks for counts as nothing until a person says otherwise: trader accept strategy NAME.",
  },
  "strategy-profit": {
    label: "rise of strategy",
    setting: "the strategy's take_profit",
    remedy: "What it asks for counts as nothing until a person says otherwise: trader accept strategy NAME.",
  },
};

/** "weight AAPL", "weight of group tech", "gross leverage". */
export function checkLabel({ name, subject }: Pick<Check, "name" | "subject">): string {
  return plainText(subject === "" ? words[name].label : `${words[name].label} ${subject}`);
}

/** What is measured, without a subject. */
export function checkTitle(name: CheckName): string {
  return words[name].label;
}

/** What a failed check keeps from happening. */
export function effectText(effect: CheckEffect): string {
  switch (effect) {
    case "hold":
      return "nothing is sent";
    case "reduce":
      return "only reductions are sent";
    case "skip":
      return "it is left alone";
    case "stop":
      return "its targets count as nothing";
    default:
      return unreachable(effect);
  }
}

export interface CheckNumbers {
  /** In the check's unit; undefined where the plan changes nothing. */
  readonly present: string | undefined;
  readonly value: string;
  /** "at most 25.0 %", "at least 50,000.00 USD", "no limit". */
  readonly limit: string;
}

/** A check's numbers in its unit; value and limit with as many places as it takes to tell them apart. */
export function checkNumbers(check: Check): CheckNumbers {
  const { name, present, value, limit } = check;
  const { unit, bound } = kindOf(name);
  const [valueText, limitText] =
    value === undefined || !Number.isFinite(limit)
      ? [numberText(check, value), numberText(check, limit)]
      : unit === "ratio"
        ? percentPair(value, limit)
        : unit === "factor"
          ? factorPair(value, limit)
          : unit === "amount"
            ? amountPair(check, value)
            : [numberText(check, value), numberText(check, limit)];
  return {
    present: present === undefined ? undefined : numberText(check, present),
    value: isGain(check) ? `up ${percentText(-(value ?? 0))}` : valueText,
    limit: !Number.isFinite(limit)
      ? "no limit"
      : unit === "yes-no"
        ? limitText
        : `at ${bound === "max" ? "most" : "least"} ${limitText}`,
  };
}

/** In whole units of money, or in hundredths where those alone tell them apart. */
function amountPair(check: Check, value: number): readonly [string, string] {
  const [valueText, limitText] = [numberText(check, value), numberText(check, check.limit)];
  if (valueText !== limitText || value === check.limit) return [valueText, limitText];
  return [amountWith(value, check.currency), amountWith(check.limit, check.currency)];
}

function amountWith(amount: number, currency: string): string {
  return moneyText(moneyFromNumber(amount, currency)).trimEnd();
}

/** Nobody reads a loss of -4 % at first sight. */
function isGain({ name, value }: Check): boolean {
  return name === "daily-loss" && value !== undefined && value < 0;
}

function numberText({ name, currency }: Check, value: number | undefined): string {
  if (value === undefined) return "not known";
  const { unit } = kindOf(name);
  switch (unit) {
    case "factor":
      return factorText(value);
    case "ratio":
      return percentText(value);
    case "amount":
      if (!Number.isFinite(value)) return String(value);
      return Math.abs(value) < 1000
        ? amountWith(value, currency)
        : wholeMoneyText(moneyFromNumber(value, currency)).trimEnd();
    case "count":
      return String(value);
    case "bps":
      return `${value.toFixed(1)} bps`;
    case "seconds":
      return durationText(value);
    case "minutes":
      return `${Math.round(value * 10) / 10} min`;
    case "yes-no":
      return value === 0 ? "no" : "yes";
    default:
      return unreachable(unit);
  }
}

/** A check's subject as it is written in a command. */
export function asArgument(subject: string): string {
  return /^[\w.-]+$/.test(subject) ? subject : `"${subject}"`;
}

/** What to do about a failed check: what it may mean, then the setting and the override, where there are such. */
export function checkRemedy({ name, subject }: Pick<Check, "name" | "subject">): string {
  const { remedy: doing, setting } = words[name];
  const limit = setting === undefined ? "" : ` The limit is ${setting}.`;
  const quoted = asArgument(subject);
  const remedy = doing.replace("NAME", quoted);
  const what = subject === "" ? name : `${name} ${quoted}`;
  const override = kindOf(name).canBeOverridden
    ? ` To take it on for a time: trader override ${what} --until 2h --why "…".`
    : "";
  return `${remedy}${limit}${override}`;
}
