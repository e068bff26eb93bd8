import type { Advice } from "../trading/broker-message.ts";
import { unreachable } from "../trading/invariant.ts";

/** What a person can do about what the broker said: the only place where advice becomes words. */
export function adviceText(advice: Advice): string {
  switch (advice) {
    case "nothing-to-do":
      return "Nothing needs to be done.";
    case "ask-again":
      return "The next run asks again. If it meets the same, restart the gateway.";
    case "opens-later":
      return "The order waits for the market to open: see that cron and the exchange's hours agree.";
    case "locating-stock":
      return "The order waits until stock to borrow is found; the next run takes it back and plans anew.";
    case "ended-by-broker":
      return "See the reason at the broker. The next run plans anew from the positions.";
    case "already-ended":
      return "There was nothing left to cancel: what the order filled is looked up from the executions.";
    case "ids-used-by-another-program":
      return "Another program uses this client id: give this program a gateway.client_id of its own. The next run takes fresh order numbers.";
    case "price-off-step":
      return "The limit was not on the exchange's price step. The next run asks for the steps again.";
    case "over-precaution":
      return "The order is over a precautionary limit set in the gateway: raise it there under API, Precautions, or tick Bypass Order Precautions for API Orders.";
    case "size-not-accepted":
      return "The exchange takes other sizes of this instrument: trade it by hand or take it out of the forecast.";
    case "contract-not-found":
      return "It may have been renamed or delisted, or its symbol is ambiguous: name its exchange in a [[listing]] of trader.toml.";
    case "contract-not-tradable":
      return "The account cannot trade this instrument: ask for the permission at the broker, or take it out of the forecast.";
    case "margin-or-permission":
      return "See whether the account has the margin, the permission and, for a short sale, the stock to borrow.";
    case "account-on-order":
      return "Check account in trader.toml: the login manages several, or another one.";
    case "order-not-understood":
      return "The gateway did not understand the request: an update of the gateway may ask for an update of this program. Go back to the gateway version that it was tested with.";
    case "read-only-api":
      return 'In the gateway\'s API settings, take the tick out of "Read-Only API"; if it is not there, the request was malformed.';
    case "client-id-in-use":
      return "Close the other program that uses the id, or restart the gateway if the id stays blocked.";
    case "too-many-messages":
      return "Lower gateway.messages_per_second: the gateway disconnects a client that goes on.";
    case "market-data-not-subscribed":
      return "Subscribe to the exchange's market data for API use in the broker's client portal.";
    case "competing-session":
      return "The same user is logged in elsewhere and takes the market data. Log out there.";
    case "too-many-quotes":
      return "More quotes were asked at once than the account has lines: lower gateway.market_data_lines.";
    case "farm-down":
      return "The broker's data server is not reachable from the gateway. It usually comes back by itself; the next run asks again.";
    case "delayed-data":
      return "Subscribe to the exchange's market data for API use to trade on live prices.";
    case "link-down":
      return "The gateway has lost its link to the broker: look at its window and at your internet line. The next run asks again.";
    case "gateway-down":
      return "Check that the gateway runs and is logged in. What was sent before is looked up by the next run; nothing is sent twice.";
    case "version-mismatch":
      return "Check that gateway.port is the gateway's API port, and that the gateway is one that this version was tested with.";
    case "margin-call":
      return "Look at the account at the broker at once: it may begin to close positions itself.";
    default:
      return unreachable(advice);
  }
}

/** For a code that no adapter knows. */
export const unknownCodeText =
  "Look the code up in the broker's list of API messages. The next run plans anew from the positions.";
