import { connect, type Socket } from "node:net";

/**
 * A client of the TWS wire that knows bytes and fields and nothing else: it shares no code with the gateway that it tests. A
 * message is its fields joined and ended by "|", as recordings write them.
 */
export class RawTwsClient {
  readonly messages: string[] = [];
  readonly socket: Socket;
  ended = false;
  #bytes = Buffer.alloc(0);
  readonly #changed: (() => void)[] = [];

  constructor(port: number) {
    this.socket = connect(port, "127.0.0.1");
    this.socket.setNoDelay(true);
    this.socket.on("data", (chunk) => this.#onBytes(chunk));
    this.socket.on("error", () => this.socket.destroy());
    this.socket.on("close", () => {
      this.ended = true;
      this.#wake();
    });
  }

  /** A client that has introduced itself: its first message is the agreed version, the last the third notice of data farms. */
  static async start(port: number, clientId = 1, versions = "v100..178"): Promise<RawTwsClient> {
    const client = new RawTwsClient(port);
    client.socket.write(greeting(versions));
    await client.until((message) => /^\d+\|\d{8} /.test(message));
    client.send(`71|2|${clientId}||`);
    await client.until((message) => message.includes("|2158|"));
    return client;
  }

  send(message: string): void {
    this.socket.write(framed(message));
  }

  /** Resolves with the first message, past or to come, that satisfies; rejects when the gateway ends the connection before. */
  async until(isIt: (message: string) => boolean): Promise<string> {
    for (;;) {
      const found = this.messages.find((message) => isIt(message));
      if (found !== undefined) return found;
      if (this.ended) throw new RangeError(`the gateway closed; it had said: ${this.messages.join(" ")}`);
      await this.#change();
    }
  }

  /** Everything that the gateway says until it has answered all that was sent before. */
  async heard(): Promise<readonly string[]> {
    this.send("49|1|");
    await this.until((message) => message.startsWith("49|1|"));
    return this.messages.splice(0).filter((message) => !message.startsWith("49|1|"));
  }

  /** Sends and answers with what the gateway says to it. */
  async ask(message: string): Promise<readonly string[]> {
    this.messages.splice(0);
    this.send(message);
    return this.heard();
  }

  async closed(): Promise<void> {
    while (!this.ended) await this.#change();
  }

  async end(): Promise<void> {
    this.socket.end();
    await this.closed();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#changed.push(resolve);
    });
  }
  #wake(): void {
    for (const resolve of this.#changed.splice(0)) resolve();
  }

  #onBytes(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    while (this.#bytes.length >= 4) {
      const end = 4 + this.#bytes.readUInt32BE(0);
      if (this.#bytes.length < end) break;
      this.messages.push(this.#bytes.toString("utf8", 4, end).replaceAll("\0", "|"));
      this.#bytes = this.#bytes.subarray(end);
    }
    this.#wake();
  }
}

/** The bytes of a message in a frame. */
export function framed(message: string): Buffer {
  const payload = Buffer.from(message.replaceAll("|", "\0"), "utf8");
  const length = Buffer.alloc(4);
  length.writeUInt32BE(payload.length);
  return Buffer.concat([length, payload]);
}

/** "API", and the versions the client knows. */
export function greeting(versions: string): Buffer {
  return Buffer.concat([Buffer.from("API\0"), framed(versions)]);
}

/** Positions of placeOrder's fields at server versions 177 and 178, for a stock order without optional groups. */
const placeOrderFields = {
  orderId: 1,
  conId: 2,
  symbol: 3,
  secType: 4,
  exchange: 9,
  primaryExch: 10,
  currency: 11,
  localSymbol: 12,
  action: 16,
  totalQuantity: 17,
  orderType: 18,
  lmtPrice: 19,
  auxPrice: 20,
  tif: 21,
  ocaGroup: 22,
  account: 23,
  orderRef: 26,
  transmit: 27,
  parentId: 28,
  triggerMethod: 32,
  outsideRth: 33,
  hidden: 34,
  goodAfterTime: 37,
  goodTillDate: 38,
  modelCode: 42,
  exemptCode: 45,
  ocaType: 46,
  allOrNone: 49,
  trailStopPrice: 68,
  trailingPercent: 69,
  scalePriceIncrement: 72,
  hedgeType: 76,
  algoStrategy: 82,
  whatIf: 84,
  conditionsCount: 89,
  lmtPriceOffset: 92,
  cashQty: 100,
  dontUseAutoPriceForHedge: 105,
  duration: 109,
} as const;

const placeOrderLength = 114;

/** A purchase of 100 TSLA at 196.52, in the fields of placeOrder. */
export const plainPurchase = {
  symbol: "TSLA",
  secType: "STK",
  exchange: "SMART",
  currency: "USD",
  transmit: 1,
  orderId: 1,
  action: "BUY",
  orderType: "LMT",
  totalQuantity: 100,
  lmtPrice: 196.52,
} as const;

/** placeOrder with the named fields set, and an Adaptive priority or another algorithm's attributes if they are given. */
export function placeOrderMessage(
  set: Partial<Record<keyof typeof placeOrderFields | "adaptivePriority", string | number>>,
  algo?: { readonly strategy: string; readonly params: Readonly<Record<string, string>> },
): string {
  const { adaptivePriority, ...named } = set;
  const fields = Array<string>(placeOrderLength).fill("");
  fields[0] = "3";
  fields[placeOrderFields.exemptCode] = "-1";
  fields[placeOrderFields.conditionsCount] = "0";
  fields[81] = "0";
  for (const [name, value] of Object.entries(named))
    fields[placeOrderFields[name as keyof typeof placeOrderFields]] = String(value);
  const { strategy, params } =
    adaptivePriority === undefined
      ? (algo ?? { strategy: "", params: {} })
      : { strategy: "Adaptive", params: { adaptivePriority: String(adaptivePriority) } };
  if (strategy !== "") {
    const entries = Object.entries(params);
    fields[placeOrderFields.algoStrategy] = strategy;
    fields.splice(placeOrderFields.algoStrategy + 1, 0, String(entries.length), ...entries.flat());
  }
  return `${fields.join("|")}|`;
}
