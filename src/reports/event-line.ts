import type { RunEvent } from "../trading/event.ts";
import { stopPriceOf } from "../trading/execution-style.ts";
import { unreachable } from "../trading/invariant.ts";
import { type OrderReport, type PlannedOrder, sentLimitOf } from "../trading/order.ts";
import type { Plan } from "../trading/planner/plan.ts";
import type { Check } from "../trading/risk/check.ts";
import type { Review } from "../trading/risk/review.ts";
import { spokenTime } from "../trading/session.ts";
import { checkLabel } from "./check-text.ts";
import { findingText } from "./finding-text.ts";
import { previewText } from "./margin-table.ts";
import { durationText, factorText, moneyText, priceOf, sharesText } from "./numbers.ts";
import { fateText, limitText, orderName } from "./order-text.ts";
import { noPaint, type Paint } from "./paint.ts";
import { counted, listed, plainText } from "./plain-text.ts";
import { sessionText } from "./time-text.ts";
import { verdictText, verdictTone } from "./verdict-text.ts";
import { tradesText, waveReasonText } from "./wave-text.ts";

export interface EventLineOptions {
  /** IANA zone in which times are told. */
  readonly zone: string;
  readonly paint?: Paint;
}

/**
 * One line of progress for the terminal and the cron log, or undefined for an event that says nothing to a person. The
 * caller puts the time before it.
 */
export function eventLine(event: RunEvent, { zone, paint = noPaint }: EventLineOptions): string | undefined {
  switch (event.kind) {
    case "run-started": {
      const { session, nextSession, run } = event;
      const at = spokenTime(run.startedAt, zone);
      const day = session ? `, session ${sessionText(session, zone)}` : "";
      const next = !session && nextSession ? `, next session ${sessionText(nextSession, zone)}` : "";
      return paint("bold", `run ${run.id} of account ${plainText(run.account)}, ${at}${day}${next}`);
    }
    case "market-closed":
      return event.nextSession
        ? `the market is closed; next session ${sessionText(event.nextSession, zone)}`
        : "the market is closed";
    case "connected":
      return `connected to ${plainText(event.account)} as client ${event.clientId}; the broker's time is ${spokenTime(
        event.marketTimeAt,
        zone,
      )}`;
    case "broker-notice":
      return isNoise(event.code) ? undefined : `the gateway says: ${event.code} ${plainText(event.text)}`;
    case "order-settled":
      return `earlier order: ${orderName(event.order)}: ${fateText(event.order)}`;
    case "working-order-cancelled":
      return `working order taken back: ${orderName(event.order)}: ${fateText(event.order)}`;
    case "foreign-order-left-alone":
      return `not ours, left alone: ${orderName(event.order)}${limitText(event.order)}`;
    case "forecast-read": {
      const used = factorText(event.leverage);
      const written = factorText(event.leverageAsWritten);
      const leverage = used === written ? used : `${used} (${written} asked for)`;
      return `forecast ${plainText(event.strategy)}: ${counted(event.rows, "row")} as of ${spokenTime(
        event.asOf,
        zone,
      )}, leverage ${leverage}`;
    }
    case "account-read": {
      const { netLiquidation, cash, positions } = event.account;
      return `account: net liquidation ${moneyText(netLiquidation)}, cash ${moneyText(cash)}, ${counted(
        positions.filter(({ shares }) => shares !== 0).length,
        "position",
      )}`;
    }
    case "contracts-known":
      return event.asked === 0 ? undefined : `contracts: ${event.cached} known, ${event.asked} asked for`;
    case "quotes-read":
      return event.count === 0 ? undefined : `quotes: ${event.count} in ${durationText(event.seconds)}`;
    case "dropped-not-priced": {
      const why = event.because.map((finding) => findingText(finding, zone).what);
      const told = why.length > 0 ? `: ${listed(why, 3)}` : "";
      return paint(
        "warn",
        `no price of ${listed(event.symbols, 5)}, which a forecast has dropped; until there is one, what the strategy is worth is not known${told}`,
      );
    }
    case "order-previewed": {
      const { side, shares, instrument } = event.order;
      const asked = `${side} ${sharesText(shares)} ${plainText(instrument.symbol)}`;
      return `asked, not sent: ${asked} would take ${previewText(event.preview)}`;
    }
    case "wave-begins":
      return `wave ${event.number}: ${waveReasonText(event.because)}`;
    case "wave-put-off":
      return paint(
        "warn",
        `the account still tells ${moneyText(event.cash)} of cash, without the latest fills: what waits goes with the next run`,
      );
    case "planned":
      return `plan: ${planText(event.plan)}`;
    case "order-file-written":
      return `order file: ${plainText(event.file)}`;
    case "reviewed":
      return reviewText(event.review, event.cleared, paint);
    case "finding": {
      const { what } = findingText(event.finding, zone);
      return paint("bad", `! ${what}`);
    }
    case "order-sent":
    case "change-sent": {
      const { side, shares, instrument } = event.order;
      const what = event.kind === "order-sent" ? "sent" : "changed";
      const terms = priceTerms(event.order);
      return `${what}: ${side} ${sharesText(shares)} ${plainText(instrument.symbol)}, ${terms}`;
    }
    case "order-changed":
      return orderLine(event.order, paint);
    case "executed": {
      const { side, shares, symbol, price, currency, commission } = event.execution;
      const cost = commission ? `, commission ${moneyText(commission)}` : "";
      return `filled: ${side} ${sharesText(shares)} ${plainText(symbol)} at ${priceOf(price)} ${currency}${cost}`;
    }
    case "snapshot-saved": {
      const day = event.dayCommitted ? `; the day ${event.dayCommitted} is on record` : "";
      return `snapshot saved, ${counted(event.executions, "new execution")}${day}`;
    }
    case "mail-sent":
      return `mail sent: ${plainText(event.subject)} (${plainText(event.where)})`;
    case "mail-kept":
      return paint("warn", `mail trouble: ${plainText(event.subject)}: ${plainText(event.reason)}`);
    case "window-already-traded":
      return paint(
        "warn",
        `this hour (${event.window}, UTC) was traded by an earlier run: --again trades it once more`,
      );
    case "disconnected":
      return "disconnected";
    case "run-ended":
      return paint(
        verdictTone(event.verdict),
        `${verdictText(event.verdict)} (${durationText(event.seconds)})`,
      );
    default:
      return unreachable(event);
  }
}

/**
 * The lines of one run, one after the other. The end of an order that an earlier run has sent and this one takes back is
 * told by the line that says so, not by the broker's word of it as well.
 */
export function eventLines(): typeof eventLine {
  const sent = new Set<string>();
  return (event, options) => {
    if (event.kind === "order-sent" || event.kind === "change-sent") sent.add(event.order.orderRef);
    const isTakenBack =
      event.kind === "order-changed" && isCancelled(event.order) && !sent.has(event.order.orderRef);
    return isTakenBack ? undefined : eventLine(event, options);
  };
}

function isCancelled({ state }: OrderReport): boolean {
  return state.life === "done" && state.status === "cancelled";
}

/** "limit 185.18 USD", "stop 140.22 USD, limit 139.50 USD", "at the closing auction". */
function priceTerms(order: PlannedOrder): string {
  const { currency } = order.instrument;
  const [stop, limit] = [stopPriceOf(order.style), sentLimitOf(order)];
  const terms = [
    ...(stop === undefined ? [] : [`stop ${priceOf(stop)} ${currency}`]),
    ...(limit === undefined ? [] : [`limit ${priceOf(limit)} ${currency}`]),
  ];
  return terms.length === 0 ? "at the closing auction" : terms.join(", ");
}

/** Market-data and history connections that come and go in good order: 2104, 2106, 2158 "is OK", 2107, 2108 "inactive but available", 2119 "is connecting". */
function isNoise(code: number): boolean {
  return [2104, 2106, 2107, 2108, 2119, 2158].includes(code);
}

/** "3 orders (1 sell, 2 buys, 12,345.00 USD), 17 instruments left alone" */
function planText(plan: Plan): string {
  return `${tradesText(plan)}, ${counted(plan.untouched.length, "instrument")} left alone`;
}

function reviewText({ checks, judged }: Review, cleared: boolean, paint: Paint): string {
  const number = (verdict: Check["verdict"]) => checks.filter((check) => check.verdict === verdict).length;
  const named = (verdict: Check["verdict"]) =>
    listed(
      checks.filter((check) => check.verdict === verdict).map((check) => checkLabel(check)),
      5,
    );
  const all = counted(judged, "check");
  if (number("fail") > 0) return paint("bad", `risk: ${number("fail")} of ${all} failed: ${named("fail")}`);
  const end = cleared ? "" : "; nothing is sent";
  if (number("warn") > 0)
    return paint("warn", `risk: ${all}, none failed, near or over: ${named("warn")}${end}`);
  return `risk: ${all}, none failed${end}`;
}

/** An order that goes its usual way is told by what was sent and filled; only its end and its troubles are news. */
function orderLine(order: OrderReport, paint: Paint): string | undefined {
  const { state } = order;
  const line = `${orderName(order)}: ${fateText(order)}`;
  if (state.life === "unknown") return paint("bad", line);
  if (state.life === "working")
    return state.status === "waiting-for-locate" ? paint("warn", line) : undefined;
  return state.status === "rejected" || state.status === "not-sent" ? paint("bad", line) : line;
}
