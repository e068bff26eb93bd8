import { connect, type Socket } from "node:net";
import { framed, greeting } from "../../testing/raw-tws-client.ts";

/** Rounds under way at a time in each client: enough to keep the gateway busy, few enough that no queue grows. */
const roundsInFlight = 8;

/** A client that asks the next as soon as it is answered, and keeps nothing of what it hears but counts. */
export class SoakClient {
  readonly #socket: Socket;
  #bytes: Buffer = Buffer.alloc(0);
  #onMessage: (message: string) => void = () => {};
  received = 0;

  private constructor(port: number) {
    this.#socket = connect(port, "127.0.0.1");
    this.#socket.setNoDelay(true);
    this.#socket.on("data", (chunk) => this.#onBytes(chunk));
  }

  static async start(port: number, clientId: number): Promise<SoakClient> {
    const client = new SoakClient(port);
    const ready = client.#next((message) => message.startsWith("9|"));
    client.#socket.write(Buffer.concat([greeting("v100..178"), framed(`71|2|${clientId}||`)]));
    await ready;
    return client;
  }

  /**
   * Rounds until the time is over: `ask` gives the messages of a round, `isEnd` knows the answer that ends one. Answers
   * with the number of rounds that ended, and waits for those under way.
   */
  async rounds(options: {
    readonly isOver: (begun: number) => boolean;
    readonly ask: (round: number) => readonly string[];
    readonly isEnd: (message: string) => boolean;
  }): Promise<number> {
    const { isOver, ask, isEnd } = options;
    let begun = 0;
    let ended = 0;
    return await new Promise((resolve) => {
      const begin = (): void => {
        if (isOver(begun)) return;
        this.#socket.write(Buffer.concat(ask(begun).map(framed)));
        begun += 1;
      };
      this.#onMessage = (message) => {
        if (!isEnd(message)) return;
        ended += 1;
        begin();
        if (ended === begun) resolve(ended);
      };
      for (let at = 0; at < roundsInFlight; at += 1) begin();
      if (begun === 0) resolve(0);
    });
  }

  end(): void {
    this.#socket.destroy();
  }

  #next(isIt: (message: string) => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#onMessage = (message) => {
        if (isIt(message)) resolve();
      };
    });
  }

  #onBytes(chunk: Buffer): void {
    let bytes: Buffer = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    while (bytes.length >= 4) {
      const end = 4 + bytes.readUInt32BE(0);
      if (bytes.length < end) break;
      this.received += 1;
      this.#onMessage(bytes.toString("latin1", 4, end).replaceAll("\0", "|"));
      bytes = bytes.subarray(end);
    }
    this.#bytes = bytes;
  }
}
