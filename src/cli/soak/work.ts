import { placeOrderMessage } from "../../testing/raw-tws-client.ts";

/** Messages that a client sends together, and what must come back for them. */
export interface Round {
  readonly messages: readonly string[];
  /** As `answerIn` names it. */
  readonly answer: string;
}

/** What a client does all day. */
export const kinds = {
  quote: { name: "snapshots of quotes", messagesInRound: 1 },
  order: { name: "orders placed and cancelled", messagesInRound: 2 },
  change: { name: "an order changed again and again", messagesInRound: 1 },
} as const;

export type Kind = keyof typeof kinds;

/** A real gateway takes 20 working orders of one side in one stock: each client has so many stocks to itself. */
const stocksOfClient = 15;
const stocks = 500;
/** The order that a client changes; those that it cancels have higher ids. */
const changedOrderId = 1;

/** The work of one client: every round is another one, and none of its ids is used twice. */
export class Work {
  readonly #client: number;
  readonly #done: Record<Kind, number> = { quote: 0, order: 0, change: 0 };

  constructor(client: number) {
    this.#client = client;
  }

  next(kind: Kind): Round {
    this.#done[kind] += 1;
    const count = this.#done[kind];
    if (kind === "quote") return this.#quote(count);
    if (kind === "change") return this.#place(changedOrderId, (50 + (count % 40)) / 100);
    const orderId = changedOrderId + count;
    const { messages } = this.#place(orderId, 0.5);
    return { messages: [...messages, `4|1|${orderId}||`], answer: `cancelled ${orderId}` };
  }

  /** An order that stays. */
  standing(): Round {
    this.#done.order += 1;
    const orderId = changedOrderId + this.#done.order;
    return { ...this.#place(orderId, 0.5), answer: `working ${orderId}` };
  }

  #quote(reqId: number): Round {
    const symbol = symbolOf(1 + ((this.#client * 7 + reqId) % stocks));
    return {
      messages: [`1|11|${reqId}|0|${symbol}|STK||0|||SMART||USD|||0||1|0||`],
      answer: `snapshot ${reqId}`,
    };
  }

  /** One share of one of the client's own stocks, far below the market: it works until it is changed or cancelled. */
  #place(orderId: number, limitPrice: number): Round {
    const symbol = symbolOf(1 + this.#client * stocksOfClient + (orderId % stocksOfClient));
    const stock = { symbol, secType: "STK", exchange: "SMART", currency: "USD", transmit: 1 };
    const limit = { action: "BUY", totalQuantity: 1, orderType: "LMT", lmtPrice: limitPrice, tif: "GTC" };
    return {
      messages: [placeOrderMessage({ ...stock, ...limit, orderId })],
      answer: `changed ${limitPrice}`,
    };
  }
}

function symbolOf(number: number): string {
  return `S${String(number).padStart(4, "0")}`;
}

/** Which answer a message is, if it is one that ends a round. */
export function answerIn(message: string): string | undefined {
  const id = message.slice(0, message.indexOf("|"));
  if (id === "57") return `snapshot ${message.split("|", 3)[2]}`;
  if (id === "5" && message.startsWith(`5|${changedOrderId}|`))
    return `changed ${Number(message.split("|", 17)[16])}`;
  if (id === "3") {
    const [, orderId, status = ""] = message.split("|", 3);
    return status.endsWith("Submitted") ? `working ${orderId}` : undefined;
  }
  const [, , orderId, code] = message.split("|", 4);
  return id === "4" && code === "202" ? `cancelled ${orderId}` : undefined;
}

/** An error that nobody asked for: a round that ends with one has not been done. */
export function isUnexpected(message: string): boolean {
  return message.startsWith("4|") && message.split("|", 4)[3] !== "202";
}
