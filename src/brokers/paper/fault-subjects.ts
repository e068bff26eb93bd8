import type { Venue, VenueOrder } from "../../simulation/venue.ts";
import { dateIn } from "../../trading/session.ts";
import { contractOf } from "./contract-lookup.ts";
import { messageName, namedValues } from "./fault-messages.ts";
import { compactDate } from "./wall-time.ts";

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

/** Requests and orders of one connection whose symbol is known: far more than can wait for an answer. */
const namesRemembered = 1000;

/** The oldest are forgotten: a client that asks or trades all day must not fill the memory. */
function remember(symbols: Map<string, string>, id: string, symbol: string): void {
  symbols.set(id, symbol);
  const [oldest] = symbols.keys();
  if (symbols.size > namesRemembered && oldest !== undefined) symbols.delete(oldest);
}

/**
 * What the messages of one connection are about: an answer names its request or order by number only, a scenario wants its
 * symbol.
 */
export class Subjects {
  readonly #venue: Venue;
  readonly #symbolOfRequest = new Map<string, string>();
  readonly #symbolOfOrder = new Map<string, string>();
  /** Requests whose quotes are delayed ones, and whether nothing says so. */
  readonly #delayed = new Map<string, boolean>();

  constructor(venue: Venue) {
    this.#venue = venue;
  }

  /** Notes the symbol of a request that names a contract. */
  note(fields: readonly string[]): void {
    const values = namedValues(messageName("client", fields) ?? "", fields);
    const { reqId, orderId, conId, symbol } = values;
    if (symbol === undefined) return;
    const name = symbol || this.#symbolOf(conId);
    if (reqId !== undefined) remember(this.#symbolOfRequest, reqId, name);
    else if (orderId !== undefined) remember(this.#symbolOfOrder, orderId, name);
  }

  /** The named values of a message, its symbol and its client among them, and what is known of its order. */
  valuesOf(
    from: "client" | "gateway",
    clientId: number,
    fields: readonly string[],
  ): Readonly<Record<string, string>> {
    const values = namedValues(messageName(from, fields) ?? "", fields);
    const { reqId = "", orderId = "", id = "" } = values;
    const order = this.#order(clientId, orderId);
    const symbol =
      values["symbol"] ||
      this.#symbolOf(values["conId"] ?? order?.conId.toFixed(0)) ||
      this.#symbolOfOrder.get(orderId || id) ||
      this.#symbolOfRequest.get(reqId || id) ||
      "";
    return {
      ...orderValues(order),
      // Only what asks for an order has both.
      ...(values["action"] !== undefined && from === "client" && { isChange: String(isWorking(order)) }),
      ...computed(values, this.#venue),
      ...values,
      symbol,
      clientId: String(clientId),
    };
  }

  /** From now on the quotes of this request are told as delayed ones. */
  delayQuotes(requestId: string, isSilent: boolean): void {
    this.#delayed.set(requestId, isSilent);
  }

  /** A message as it is told: a quote of a delayed request with its delayed types, without a word of it if it is silent. */
  told(fields: readonly string[]): readonly (readonly string[])[] {
    const name = messageName("gateway", fields) ?? "";
    const { reqId = "", type = "" } = namedValues(name, fields);
    const isSilent = this.#delayed.get(reqId);
    if (isSilent === undefined) return [fields];
    if (name === "marketDataType") return isSilent ? [] : [fields.with(3, "3")];
    const delayed = delayedTicks[type];
    return delayed !== undefined && /^tick(Price|Size|String)$/.test(name)
      ? [fields.with(3, delayed)]
      : [fields];
  }

  /** What the venue knows of the order of that number. */
  #order(clientId: number, orderId: string): VenueOrder | undefined {
    if (orderId === "") return undefined;
    const isIt = (order: VenueOrder): boolean =>
      order.clientId === clientId && String(order.orderId) === orderId;
    return this.#venue.openOrders().find(isIt) ?? this.#venue.completedOrders().findLast(isIt);
  }

  #symbolOf(conId: string | undefined): string {
    const number = Number(conId ?? "");
    if (!Number.isSafeInteger(number) || number <= 0) return "";
    const isKnown = this.#venue.contracts().some((contract) => contract.conId === number);
    return isKnown ? contractOf(this.#venue, number).symbol : "";
  }
}

function isWorking(order: VenueOrder | undefined): boolean {
  return order !== undefined && order.endedAt === undefined;
}

function orderValues(order: VenueOrder | undefined): Record<string, string> {
  if (!order) return {};
  return {
    permId: String(order.permId),
    account: order.account,
    shares: String(order.shares),
    filled: String(order.filledShares),
    remaining: String(order.shares - order.filledShares),
  };
}

/** Values that no field has as they are: only texts of scenarios use them. */
function computed({ execId, time }: Readonly<Record<string, string>>, venue: Venue): Record<string, string> {
  return {
    date: compactDate(dateIn(venue.zone, venue.now())),
    ...(execId !== undefined && { correctedExecId: nextCorrection(execId) }),
    ...(time !== undefined && { timeWithoutZone: time.split(" ").slice(0, 2).join(" ") }),
  };
}

/** A corrected execution repeats its id with the last segment one higher. */
function nextCorrection(execId: string): string {
  return execId.replace(/\d+$/, (segment) => String(Number(segment) + 1).padStart(segment.length, "0"));
}
