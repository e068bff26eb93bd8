import type { BrokerMessage } from "../trading/broker-message.ts";
import type { Finding, HistoryTrouble, UnreachableReason } from "../trading/finding.ts";
import { isoSecondsOf } from "../trading/instant.ts";
import { unreachable } from "../trading/invariant.ts";
import type { MarketDataFeed } from "../trading/quote.ts";
import type { BreakLook } from "../trading/reconciliation.ts";
import { kindOf } from "../trading/risk/check.ts";
import { adviceText, unknownCodeText } from "./advice-text.ts";
import { checkLabel, checkNumbers, checkRemedy, effectText } from "./check-text.ts";
import { durationText, factorPair, moneyText, percentText, priceOf, sharesText } from "./numbers.ts";
import { counted, fileName, listed, plainText } from "./plain-text.ts";

export interface FindingText {
  /** A few words, for a mail's subject: "forecast momentum.csv is truncated". */
  readonly title: string;
  /** What is wrong, with file, line and value. Begins with the title. */
  readonly what: string;
  /** What a person can do about it. */
  readonly remedy: string;
}

/**
 * A finding for a person with money at stake and no time. The only place where findings become words; a new kind stops
 * the build here. Texts that came from outside are shown on one line, without control characters.
 */
export function findingText(finding: Finding): FindingText {
  const { title, detail, remedy } = wordsOf(finding);
  const what = detail === "" ? title : `${title}: ${detail}`;
  return { title: plainText(title), what: plainText(what), remedy: plainText(remedy) };
}

interface Words {
  readonly title: string;
  readonly detail: string;
  readonly remedy: string;
}

const nextRunPlans = "The next run plans anew from the positions.";
const refusedAsAWhole = "The file is refused as a whole; the next run reads it again.";

function wordsOf(finding: Finding): Words {
  switch (finding.kind) {
    case "run-in-progress":
      return {
        title: "another run is in progress",
        detail: finding.by
          ? `process ${finding.by.pid} on ${finding.by.host} has worked in this data folder since ${finding.by.since}`
          : "another process works in this data folder; it did not leave its name",
        remedy:
          "Let it finish. If it hangs, end that process: the system frees the lock at once and the next run settles what it left behind.",
      };

    case "run-died":
      return {
        title: "an earlier run died",
        detail: `the run that began at ${isoSecondsOf(finding.startedAt)} never wrote its end${
          finding.ordersInDoubt === 0
            ? ""
            : `; ${counted(finding.ordersInDoubt, "order")} may have been leaving`
        }`,
        remedy:
          "This run has settled what it left behind. See the system's log for why: killed, out of memory, power lost.",
      };
    case "runs-missed":
      return {
        title: `${counted(finding.count, "hourly run")} did not happen`,
        detail: `none since ${isoSecondsOf(finding.lastRunAt)}`,
        remedy:
          "See whether cron and this machine were running, and whether the crontab's line is still there.",
      };
    case "halted":
      return {
        title: "trading is halted",
        detail: `"${finding.why}", by ${finding.by} since ${finding.since}`,
        remedy: "Nothing is sent until `trader resume`.",
      };
    case "interrupted":
      return {
        title: "the run was told to stop",
        detail: finding.signal,
        remedy: "What it had sent is on record; the next run goes on from there.",
      };

    case "broker-unreachable":
      return {
        title: "the gateway cannot be reached",
        detail: `${finding.host}:${finding.port} ${unreachableText(finding.reason)}${because(finding.detail)}`,
        remedy: unreachableRemedy(finding.reason),
      };
    case "client-id-in-use":
      return {
        title: `client id ${finding.clientId} is in use`,
        detail: "the gateway still holds a connection with this id",
        remedy:
          "Close the other program that uses the id, or wait for the gateway to drop the dead connection. Orders can only be cancelled under the id that placed them, so change gateway.client_id only when none of them works any more; restart the gateway if the id stays blocked.",
      };
    case "spare-client-id":
      return {
        title: `client id ${finding.spareFor} stayed in use`,
        detail: `this run had the spare id ${finding.clientId} instead`,
        remedy: `It traded only because nothing of ours works under ${finding.spareFor}. Close the program that uses that id, or restart the gateway if a dead connection keeps it; the next run takes it again.`,
      };
    case "account-not-managed":
      return {
        title: `account ${finding.account} is not among this login's accounts`,
        detail: `the gateway manages ${finding.managed.length > 0 ? listed(finding.managed, 10) : "none"}`,
        remedy: "Correct account in trader.toml, or log the gateway in as the user who owns the account.",
      };
    case "live-account-refused":
      return {
        title: `account ${finding.account} is live`,
        detail: "the configuration does not allow trading real money",
        remedy:
          "Set live = true in trader.toml only when this account is meant to be traded by this program.",
      };
    case "api-read-only":
      return {
        title: "the gateway's API is read-only",
        detail: `it refused ${finding.request} (321)`,
        remedy: 'In the gateway\'s API settings, take the tick out of "Read-Only API", then run again.',
      };
    case "clock-skew":
      return {
        title: "this host's clock is wrong",
        detail: `the broker's clock is ${durationText(Math.abs(finding.skewSeconds))} ${
          finding.skewSeconds < 0 ? "behind" : "ahead of"
        } it, at most ${durationText(finding.limitSeconds)} is allowed`,
        remedy: "Have the host's clock set by NTP. The limit is gateway.max_clock_skew_seconds.",
      };
    case "request-unanswered":
      return {
        title: `the gateway did not answer: ${finding.request}`,
        detail: `nothing came within ${durationText(finding.deadlineSeconds)}`,
        remedy:
          "Nothing is assumed in place of the answer. If the next run meets the same, restart the gateway: its link to the broker may hang.",
      };
    case "request-refused":
      return {
        title: `the gateway refused: ${finding.request}`,
        detail: `${finding.code} ${finding.text}`,
        remedy: adviceOn(finding),
      };
    case "connection-lost":
      return lostWords(finding);
    case "gateway-restarts":
      return {
        title: `the gateway restarts at ${finding.dailyAt}`,
        detail: `${finding.zone} time; nothing is sent or cancelled from ${counted(finding.minutesBefore, "minute")} before to ${counted(finding.minutesAfter, "minute")} after it`,
        remedy:
          "Nothing needs to be done: the next run trades. The times are gateway.restart_at and gateway.reset_at; let cron keep away from them.",
      };
    case "link-cut":
      return {
        title: "the gateway lost its link to the broker",
        detail: `during ${finding.during}; ${finding.isBack ? "it is back by now" : "it was not back in time"}`,
        remedy:
          "What a gateway tells while it is cut off is not believed; the next run asks again. If this lasts, look at the gateway's window and at your internet line.",
      };

    case "cancel-unconfirmed":
      return {
        title: `the cancel of the ${finding.symbol} order was not confirmed`,
        detail: `order ${finding.orderId} of client ${finding.clientId} (${finding.orderRef})${because(finding.detail)}`,
        remedy:
          "The order may still trade, so nothing new was sent. Cancel it by hand if it stays; the next run asks for it again.",
      };
    case "order-of-other-client":
      return {
        title: `our ${finding.symbol} order works under client id ${finding.clientId}`,
        detail: `order ${finding.orderId} (${finding.orderRef}) could not be cancelled with that id${because(finding.detail)}`,
        remedy: `Cancel it by hand, or free client id ${finding.clientId}: only the id that placed an order can cancel it.`,
      };

    case "forecast-unreadable":
      return {
        title: `forecast ${fileName(finding.file)} cannot be read`,
        detail: `${finding.file} of strategy ${finding.strategy}${because(finding.detail)}`,
        remedy: "Check that the forecast program has run, and the strategy's file in trader.toml.",
      };
    case "forecast-not-trusted":
      return {
        title: `forecast ${fileName(finding.file)} could be written by others`,
        detail: `${finding.file} of strategy ${finding.strategy}: ${finding.faults
          .map(({ path, mode, ownerUid }) => `${path} has mode ${mode} and owner ${ownerUid}`)
          .join(", ")}`,
        remedy: `Run "${finding.faults
          .map(({ remedy }) => remedy)
          .join(" && ")}": who can write it can trade the account.`,
      };
    case "forecast-malformed":
      return {
        title: `forecast ${fileName(finding.file)} is malformed`,
        detail: `${finding.file}:${finding.line} has "${finding.value}", expected ${finding.expected}`,
        remedy: `Correct the program that writes the file. ${refusedAsAWhole}`,
      };
    case "forecast-truncated":
      return {
        title: `forecast ${fileName(finding.file)} is truncated`,
        detail: `${finding.file}:${finding.line} declares ${counted(finding.declaredRows, "row")}, ${
          finding.foundRows
        } ${finding.foundRows === 1 ? "was" : "were"} found`,
        remedy: `Have the forecast program write a temporary file and rename it when it is complete. ${refusedAsAWhole}`,
      };
    case "forecast-stale":
      return {
        title: `forecast ${fileName(finding.file)} is stale`,
        detail: `${finding.file}:${finding.line} is ${minutes(finding.ageMinutes)} old, at most ${minutes(
          finding.limitMinutes,
        )} is allowed`,
        remedy:
          "See why the forecast program has not written a new one. The limit is the strategy's max_age_minutes.",
      };
    case "forecast-from-future":
      return {
        title: `forecast ${fileName(finding.file)} is stamped in the future`,
        detail: `${finding.file}:${finding.line} is ${minutes(finding.minutesAhead)} ahead, at most ${minutes(
          finding.limitMinutes,
        )} is allowed`,
        remedy: "Check the clock and the time zone of the program that writes the file.",
      };
    case "forecast-duplicate-symbol":
      return {
        title: `forecast ${fileName(finding.file)} names ${finding.symbol} twice`,
        detail: `${finding.file}:${finding.line} repeats line ${finding.firstLine}`,
        remedy: `Leave one of the two lines. ${refusedAsAWhole}`,
      };
    case "forecast-gross-exceeded": {
      const [gross, limit] = factorPair(finding.gross, finding.limit);
      return {
        title: `forecast ${fileName(finding.file)} weighs too much`,
        detail: `${finding.file}:${finding.line} the absolute weights add up to ${gross}, at most ${limit} is allowed`,
        remedy: "Correct the weights, or the strategy's gross_max if they are meant.",
      };
    }
    case "forecast-unknown-symbol":
      return {
        title: `forecast ${fileName(finding.file)} names an unknown symbol, ${finding.symbol}`,
        detail: `${finding.file}:${finding.line}${because(finding.detail)}`,
        remedy:
          "Correct the symbol (the broker writes BRK B, not BRK.B), or give its currency and exchange in a [[listing]] of trader.toml. It may have been renamed or delisted.",
      };
    case "forecast-ambiguous-symbol":
      return {
        title: `forecast ${fileName(finding.file)} names an ambiguous symbol, ${finding.symbol}`,
        detail: `${finding.file}:${finding.line} could be ${listed(finding.listings, 8)}`,
        remedy: "Say which one in a [[listing]] of trader.toml: primary_exchange and currency.",
      };

    case "account-value-missing":
      return {
        title: `the account's ${finding.tag} is missing`,
        detail: `the gateway answered "${finding.value}"`,
        remedy: "Nothing is calculated without it. If the next run meets the same, restart the gateway.",
      };
    case "account-currencies-disagree":
      return {
        title: `the account's ${finding.tag} comes in several currencies`,
        detail: listed(finding.currencies, 8),
        remedy: "Check the account's base currency at the broker; nothing is calculated on a guess.",
      };
    case "position-lists-disagree":
      return {
        title: `the broker's two position lists disagree on ${finding.symbol}`,
        detail: `the portfolio says ${sharesText(finding.portfolioShares)}, the positions say ${sharesText(
          finding.positionShares,
        )} (contract ${finding.conId})`,
        remedy:
          "Usually one list is late and the next run finds them equal. If not, compare with the broker's own screen and restart the gateway.",
      };
    case "exchange-rate-missing":
      return {
        title: `no exchange rate for ${finding.symbol}`,
        detail: `it is in ${finding.currency}, the account in ${finding.baseCurrency}`,
        remedy: `Hold some cash in ${finding.currency}, so that the broker tells its rate, or take the instrument out of the forecast.`,
      };
    case "net-liquidation-not-positive":
      return {
        title: "the account's net liquidation is not positive",
        detail: moneyText(finding.netLiquidation),
        remedy: "No target can be calculated. Look at the account at the broker at once.",
      };
    case "holding-unknown":
      return {
        title: `the holding ${finding.symbol} is not known to the broker`,
        detail: `contract ${finding.conId}${because(finding.detail)}`,
        remedy:
          "It may have been renamed, merged or delisted. Compare with the broker's own screen and deal with it by hand.",
      };
    case "margin-deficit":
      return {
        title: "the account is in a margin deficit",
        detail: `excess liquidity is ${moneyText(finding.excessLiquidity)}`,
        remedy:
          "The broker may liquidate positions at any moment. Add cash or reduce positions by hand; nothing is traded until it is positive.",
      };
    case "margin-called":
      return {
        title: "the broker warns that it will liquidate",
        detail: `${finding.code} ${finding.text}`,
        remedy:
          "Add cash or reduce positions by hand. Nothing is traded while the gateway says so: what the broker sells would be bought back.",
      };
    case "position-unexplained":
      return {
        title: `${finding.symbol} is frozen: its position is not explained`,
        detail: `the broker tells ${sharesText(finding.toldShares)}, our books expect ${sharesText(
          finding.expectedShares,
        )} (contract ${finding.conId}), and no execution explains it; found ${isoSecondsOf(finding.foundAt)}. ${lookText(
          finding.looksLike,
        )}`,
        remedy: `Look at the broker's statement. If ${sharesText(finding.toldShares)} is right: trader accept ${finding.symbol}`,
      };
    case "net-liquidation-jumped":
      return {
        title: "net liquidation has jumped",
        detail: `from ${moneyText(finding.expected)} to ${moneyText(finding.told)}, at most ${percentText(
          finding.limit,
        )} is allowed between two runs; found ${isoSecondsOf(finding.foundAt)}`,
        remedy:
          "Look at the broker's statement. A deposit or withdrawal: trader flow AMOUNT. Else, if it is right and no wrong price: trader accept net-liquidation. The limit is limits.max_nav_move.",
      };

    case "data-farm-down":
      return {
        title: "the broker's data server is down",
        detail: `${listed(finding.farms, 8)}; without data: ${listed(finding.symbols, 10)}`,
        remedy: adviceText("farm-down"),
      };
    case "quote-refused":
      return {
        title: `no quote for ${finding.symbol}`,
        detail: `the gateway refused it: ${finding.code} ${finding.text}`,
        remedy: adviceOn(finding),
      };
    case "quote-unanswered":
      return {
        title: `no quote for ${finding.symbol}`,
        detail: `nothing came within ${durationText(finding.deadlineSeconds)}`,
        remedy: "See whether the gateway's market data connection is up. The next run asks again.",
      };
    case "quote-not-live":
      return {
        title: `the quote for ${finding.symbol} is ${feedText(finding.feed)}`,
        detail: "only live quotes are traded on",
        remedy:
          "Subscribe to the exchange's market data for API use. On a paper account execution.allow_delayed_quotes = true may do.",
      };
    case "quote-side-missing":
      return {
        title: `the quote for ${finding.symbol} has no ${finding.side}`,
        detail: `the gateway gave "${finding.value}"`,
        remedy: "The instrument may be halted or hardly traded. The next run asks again.",
      };
    case "quote-crossed":
      return {
        title: `the quote for ${finding.symbol} is crossed`,
        detail: `bid ${priceOf(finding.bid)} is above ask ${priceOf(finding.ask)}`,
        remedy: "The two sides are not of one moment, or the feed is wrong. The next run asks again.",
      };
    case "feed-silent":
      return {
        title: "the price feed is silent",
        detail: `none of ${counted(finding.instruments, "instrument")} has traded for ${Math.floor(
          finding.ageMinutes,
        )} minutes, at most ${finding.limitMinutes} are allowed`,
        remedy:
          "The gateway's data connection may be frozen: look at it, restart it if need be. For stocks that trade rarely raise execution.feed_max_silence_minutes.",
      };
    case "quote-stale":
      return {
        title: `the quote for ${finding.symbol} is stale`,
        detail: `it is ${durationText(finding.ageSeconds)} old, at most ${durationText(finding.limitSeconds)} is allowed`,
        remedy: "The next run asks again. The limit is execution.quote_max_age_seconds.",
      };
    case "holding-not-priced":
      return {
        title: `the holding ${finding.symbol} has no price`,
        detail: "neither a quote nor the broker's mark",
        remedy: "Without it no weight is right. See at the broker whether it is halted or delisted.",
      };
    case "target-not-priced":
      return {
        title: `the target of ${finding.symbol} has no price`,
        detail: "a number of shares cannot be weighed against portfolio.gross_cap and net_cap",
        remedy: "The next run asks again. Where its market keeps other hours, write its target as a weight.",
      };
    case "plan-input-missing":
      return missingInputText(finding);
    case "limit-price-impossible":
      return {
        title: `no limit price for ${finding.symbol}`,
        detail: `nothing is left of a mid of ${priceOf(finding.mid)} to ${finding.side} at`,
        remedy: "Lower execution.collar_bps, or deal with the instrument by hand.",
      };

    case "check-failed": {
      const { check } = finding;
      const { value, present, limit } = checkNumbers(check);
      const told = present === undefined ? value : `${value} planned, ${present} now`;
      return {
        title: `a check failed: ${checkLabel(check)}`,
        detail: `${told}, ${limit}; ${effectText(kindOf(check.name).effect)}`,
        remedy: checkRemedy(check),
      };
    }

    case "file-not-written":
      return {
        title: `the file ${fileName(finding.file)} could not be written`,
        detail: `${finding.file}${because(finding.detail)}`,
        remedy:
          "Check the disk's free space and the folder's owner. Nothing is sent that is not on disk first.",
      };

    case "file-not-read":
      return {
        title: `the file ${fileName(finding.file)} could not be read`,
        detail: `${finding.file}${because(finding.detail)}`,
        remedy: "Put right what the message names: the file's or its folder's owner and mode, or the disk.",
      };
    case "history-unusable":
      return {
        title: `the history ${historyText(finding.trouble)}`,
        detail: `${finding.file}${because(finding.detail)}`,
        remedy: historyRemedy(finding.trouble),
      };

    case "order-unknown":
      return {
        title: `nobody knows whether the ${finding.symbol} order was accepted`,
        detail: `${finding.orderRef} was not acknowledged`,
        remedy:
          "Look for it at the broker; do not enter it again. The next run looks it up by its reference before it sends anything.",
      };
    case "order-rejected":
      return {
        title: `the ${finding.symbol} order was rejected`,
        detail: `${finding.code === 0 ? "" : `${finding.code} `}${finding.text} (${finding.orderRef})`,
        remedy: adviceOn(finding),
      };
    case "order-not-sent":
      return {
        title: `the ${finding.symbol} order was not sent`,
        detail: `${finding.code === 0 ? "" : `${finding.code} `}${finding.text} (${finding.orderRef})`,
        remedy: `Nothing of it has reached the broker. ${finding.advice === undefined ? nextRunPlans : adviceText(finding.advice)}`,
      };
    default:
      return unreachable(finding);
  }
}

function historyText(trouble: HistoryTrouble): string {
  switch (trouble) {
    case "damaged":
      return "is damaged";
    case "not-ours":
      return "is not this program's";
    case "empty":
      return "is empty";
    case "newer":
      return "was written by a newer version";
    case "locked":
      return "is locked by another process";
    case "behind":
      return "has lost what is newest";
    case "out-of-reach":
      return "cannot be used";
    default:
      return unreachable(trouble);
  }
}

function historyRemedy(trouble: HistoryTrouble): string {
  switch (trouble) {
    case "damaged":
    case "empty":
      return "Nothing was changed. Restore the newest backup as docs/restore.md says.";
    case "not-ours":
      return "Nothing was changed. Check data.folder in trader.toml and what put that file there.";
    case "newer":
      return "Update the program; the file was not touched.";
    case "locked":
      return "End the program that has it open for writing (a database browser, a copy in progress).";
    case "behind":
      return "The file was put back from an older copy, replaced, or copied without its -wal file. Put the newest back, or accept the loss as docs/restore.md says.";
    case "out-of-reach":
      return "Check the disk's free space, and the owner and mode of the file and its folder.";
    default:
      return unreachable(trouble);
  }
}

function lookText(look: BreakLook): string {
  switch (look) {
    case "split":
      return "It looks like a split.";
    case "new-holding":
      return "Our books have never had it: a transfer, a spin-off or a trade by hand before midnight?";
    case "gone":
      return "It is gone: sold by hand, renamed, merged or delisted?";
    case "moved":
      return "A trade by hand, or one whose execution was told before midnight?";
    default:
      return unreachable(look);
  }
}

/** A connection that the gateway itself ended is told as its restart; each day at the same time it is one. */
function lostWords({ during, detail, reset }: Finding & { kind: "connection-lost" }): Words {
  const lookedUp = "What was sent before is looked up by the next run; nothing is sent twice.";
  if (!reset)
    return {
      title: "the connection to the gateway was lost",
      detail: `during ${during}${because(detail)}`,
      remedy: `Check that the gateway runs and is logged in. ${lookedUp}`,
    };
  const at = isoSecondsOf(reset.at);
  return reset.isExpected
    ? {
        title: "the gateway restarted in the middle of the run",
        detail: `at ${at}, during ${during}, as it does at this time of day${because(detail)}`,
        remedy: `${lookedUp} Let cron keep away from gateway.restart_at.`,
      }
    : {
        title: "the gateway went away in the middle of the run",
        detail: `at ${at}, during ${during}${because(detail)}`,
        remedy: `Check that the gateway runs and is logged in. If it goes at the same time every day, that is its restart: name the time in gateway.restart_at, and nothing is sent shortly before it. ${lookedUp}`,
      };
}

function because(detail: string): string {
  return detail === "" ? "" : `: ${detail}`;
}

function minutes(count: number): string {
  return durationText(count * 60);
}

function unreachableText(reason: UnreachableReason): string {
  switch (reason) {
    case "refused":
      return "refused the connection";
    case "no-answer":
      return "did not answer in time";
    case "closed":
      return "closed the connection at once";
    case "not-ready":
      return "answered, but is not ready";
    case "protocol":
      return "does not speak the expected protocol";
    default:
      return unreachable(reason);
  }
}

function unreachableRemedy(reason: UnreachableReason): string {
  switch (reason) {
    case "refused":
      return "Start the gateway and log in, and check gateway.host and gateway.port: 4001 live, 4002 paper, 7496 and 7497 for TWS.";
    case "no-answer":
      return "Check that the gateway runs, that no window of it waits for an answer, and that no firewall is in between.";
    case "closed":
      return "Add this host to the gateway's trusted addresses, and check gateway.client_id and that the gateway is logged in.";
    case "not-ready":
      return "Log the gateway in (its weekly restart asks for a second factor) and wait until it is connected to the broker.";
    case "protocol":
      return "Check that gateway.port is the gateway's API port, and that the gateway is one that this version was tested with.";
    default:
      return unreachable(reason);
  }
}

function feedText(feed: MarketDataFeed): string {
  switch (feed) {
    case "live":
      return "live";
    case "frozen":
      return "frozen at the last close";
    case "delayed":
      return "delayed";
    case "delayed-frozen":
      return "delayed and frozen";
    default:
      return unreachable(feed);
  }
}

/** What the broker's own code asks for; findings of old records, and codes that nobody knows, carry no advice. */
function adviceOn({ advice }: BrokerMessage): string {
  return advice === undefined ? unknownCodeText : adviceText(advice);
}

function missingInputText({ input, symbol }: Extract<Finding, { kind: "plan-input-missing" }>): Words {
  const history = "Look at what else this run found: the history could not be asked.";
  switch (input) {
    case "turnover-today":
      return {
        title: "what was traded today is not known",
        detail: "portfolio.max_turnover_per_day needs it",
        remedy: history,
      };
    case "last-trades":
      return {
        title: "when instruments were last traded is not known",
        detail: "portfolio.cooldown_sessions needs it",
        remedy: history,
      };
    case "average-volume":
      return {
        title: `how much of ${symbol ?? "an instrument"} an average day trades is not known`,
        detail: "portfolio.max_volume_share needs it",
        remedy: "Write its average_daily_volume in an [[instrument]] of trader.toml.",
      };
    default:
      return unreachable(input);
  }
}
