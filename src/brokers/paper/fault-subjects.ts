import type { Venue } from "../../simulation/venue.ts";
import { contractOf } from "./contract-lookup.ts";
import { messageName, namedValues } from "./fault-messages.ts";

/** Tick types of live quotes and the ones that delayed quotes come with. */
const delayedTicks: Readonly<Record<string, string>> = {
  0: "69",
  1: "66",
  2: "67",
  3: "70",
  4: "68",
  5: "71",
  6: "72",
  7: "73",
  8: "74",
  9: "75",
  14: "76",
  45: "88",
};

/** Requests of one connection whose symbol is known: far more than can wait for an answer. */
const requestsRemembered = 1000;

/**
 * What the messages of one connection are about: an answer names its request or order by number only, a scenario wants its
 * symbol.
 */
export class Subjects {
  readonly #venue: Venue;
  readonly #symbolOfRequest = new Map<string, string>();
  readonly #symbolOfOrder = new Map<string, string>();
  readonly #delayed = new Set<string>();

  constructor(venue: Venue) {
    this.#venue = venue;
  }

  /** Notes the symbol of a request that names a contract. */
  note(fields: readonly string[]): void {
    const values = namedValues(messageName("client", fields) ?? "", fields);
    const { reqId, orderId, conId, symbol } = values;
    if (symbol === undefined) return;
    const name = symbol || this.#symbolOf(conId);
    if (reqId !== undefined) this.#noteRequest(reqId, name);
    else if (orderId !== undefined) this.#symbolOfOrder.set(orderId, name);
  }

  /** The oldest are forgotten: a client that asks all day must not fill the memory. */
  #noteRequest(requestId: string, symbol: string): void {
    this.#symbolOfRequest.set(requestId, symbol);
    const [oldest] = this.#symbolOfRequest.keys();
    if (this.#symbolOfRequest.size > requestsRemembered && oldest !== undefined)
      this.#symbolOfRequest.delete(oldest);
  }

  /** The named values of a message, its symbol and its client among them, and what is known of its order. */
  valuesOf(
    from: "client" | "gateway",
    clientId: number,
    fields: readonly string[],
  ): Readonly<Record<string, string>> {
    const values = namedValues(messageName(from, fields) ?? "", fields);
    const { reqId = "", orderId = "", id = "" } = values;
    const symbol =
      values["symbol"] ||
      this.#symbolOf(values["conId"]) ||
      this.#symbolOfOrder.get(orderId || id) ||
      this.#symbolOfRequest.get(reqId || id) ||
      "";
    const corrected =
      values["execId"] === undefined ? {} : { correctedExecId: nextCorrection(values["execId"]) };
    return {
      ...this.#orderValues(clientId, orderId),
      ...corrected,
      ...values,
      symbol,
      clientId: String(clientId),
    };
  }

  /** From now on the quotes of this request are told as delayed ones. */
  delayQuotes(requestId: string): void {
    this.#delayed.add(requestId);
  }

  /** A message as it is told: a quote of a delayed request with its delayed types. */
  told(fields: readonly string[]): readonly string[] {
    const name = messageName("gateway", fields);
    const { reqId = "", type = "" } = namedValues(name ?? "", fields);
    if (!this.#delayed.has(reqId)) return fields;
    const at3 = name === "marketDataType" ? "3" : delayedTicks[type];
    return at3 !== undefined && name !== undefined && /^(tick(Price|Size|String)|marketDataType)$/.test(name)
      ? fields.with(3, at3)
      : fields;
  }

  /** What the venue knows of the order of that number. */
  #orderValues(clientId: number, orderId: string): Record<string, string> {
    if (orderId === "") return {};
    const order = this.#venue.orderOf(clientId, Number(orderId));
    if (!order) return {};
    return {
      permId: String(order.permId),
      account: order.account,
      shares: String(order.shares),
      filled: String(order.filledShares),
      remaining: String(order.shares - order.filledShares),
    };
  }

  #symbolOf(conId: string | undefined): string {
    const number = Number(conId ?? "");
    if (!Number.isSafeInteger(number) || number <= 0) return "";
    const isKnown = this.#venue.contracts().some((contract) => contract.conId === number);
    return isKnown ? contractOf(this.#venue, number).symbol : "";
  }
}

/** A corrected execution repeats its id with the last segment one higher. */
function nextCorrection(execId: string): string {
  return execId.replace(/\d+$/, (segment) => String(Number(segment) + 1).padStart(segment.length, "0"));
}
