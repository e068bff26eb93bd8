import type { UnreachableReason } from "../../trading/finding.ts";
import { unreachable } from "../../trading/invariant.ts";
import { spokenTime } from "../../trading/session.ts";
import { durationText } from "../numbers.ts";
import { counted, listed } from "../plain-text.ts";
import { because, type FindingOf, type FindingWords, type Words } from "./words.ts";

/** The way to the gateway and on to the broker. */
export const connectionWords = {
  "broker-unreachable": (finding) => ({
    title: "the gateway cannot be reached",
    detail: `${finding.host}:${finding.port} ${unreachableText(finding.reason)}${because(finding.detail)}`,
    remedy: unreachableRemedy(finding.reason),
  }),
  "client-id-in-use": (finding) => ({
    title: `client id ${finding.clientId} is in use`,
    detail: "the gateway still holds a connection with this id",
    remedy:
      "Close the other program that uses the id, or wait for the gateway to drop the dead connection. Orders can only be cancelled under the id that placed them, so change gateway.client_id only when none of them works any more; restart the gateway if the id stays blocked.",
  }),
  "spare-client-id": (finding) => ({
    title: `client id ${finding.spareFor} stayed in use`,
    detail: `this run had the spare id ${finding.clientId} instead`,
    remedy: `It traded only because nothing of ours works under ${finding.spareFor}. Close the program that uses that id, or restart the gateway if a dead connection keeps it; the next run takes it again.`,
  }),
  "account-not-managed": (finding) => ({
    title: `account ${finding.account} is not among this login's accounts`,
    detail: `the gateway manages ${finding.managed.length > 0 ? listed(finding.managed, 10) : "none"}`,
    remedy: "Correct account in trader.toml, or log the gateway in as the user who owns the account.",
  }),
  "live-account-refused": (finding) => ({
    title: `account ${finding.account} is live`,
    detail: "the configuration does not allow trading real money",
    remedy: "Set live = true in trader.toml only when this account is meant to be traded by this program.",
  }),
  "clock-skew": (finding) => ({
    title: "this host's clock is wrong",
    detail: `the broker's clock is ${durationText(Math.abs(finding.skewSeconds))} ${
      finding.skewSeconds < 0 ? "behind" : "ahead of"
    } it, at most ${durationText(finding.limitSeconds)} is allowed`,
    remedy: "Have the host's clock set by NTP. The limit is gateway.max_clock_skew_seconds.",
  }),
  "connection-lost": lostWords,
  "gateway-restarts": (finding) => ({
    title: `the gateway restarts at ${finding.dailyAt}`,
    detail: `${finding.zone} time; nothing is sent or cancelled from ${counted(finding.minutesBefore, "minute")} before to ${counted(finding.minutesAfter, "minute")} after it`,
    remedy:
      "Nothing needs to be done: the next run trades. The times are gateway.restart_at and gateway.reset_at; let cron keep away from them.",
  }),
  "link-cut": (finding) => ({
    title: "the gateway lost its link to the broker",
    detail: `during ${finding.during}; ${finding.isBack ? "it is back by now" : "it was not back in time"}`,
    remedy:
      "What a gateway tells while it is cut off is not believed; the next run asks again. If this lasts, look at the gateway's window and at your internet line.",
  }),
} satisfies Partial<FindingWords>;

/** A connection that the gateway itself ended is told as its restart; each day at the same time it is one. */
function lostWords({ during, detail, reset }: FindingOf["connection-lost"], zone: string): Words {
  const lookedUp = "What was sent before is looked up by the next run; nothing is sent twice.";
  if (!reset)
    return {
      title: "the connection to the gateway was lost",
      detail: `during ${during}${because(detail)}`,
      remedy: `Check that the gateway runs and is logged in. ${lookedUp}`,
    };
  const at = spokenTime(reset.at, zone);
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
