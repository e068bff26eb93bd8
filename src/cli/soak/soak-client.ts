import { connect, type Socket } from "node:net";
import { framed, greeting } from "../../testing/raw-tws-client.ts";
import { answerIn, isUnexpected, type Round } from "./work.ts";

/** Rounds under way at a time in each client: enough to keep the gateway busy, few enough that no queue grows. */
const roundsInFlight = 8;
/** A round that is not answered in this time is lost. */
const lostAfterSeconds = 30;

/** What came of some rounds. */
export interface RoundCounts {
  /** Rounds whose own answer came. */
  readonly answered: number;
  /** The longest that one took. */
  readonly slowestMs: number;
}

/** A client that asks the next as soon as it is answered, and keeps nothing of what it hears but counts. */
export class SoakClient {
  readonly #socket: Socket;
  #bytes: Buffer = Buffer.alloc(0);
  #onMessage: (message: string) => void = () => {};
  #onEnd: (why: string) => void = () => {};

  private constructor(port: number) {
    this.#socket = connect(port, "127.0.0.1");
    this.#socket.setNoDelay(true);
    this.#socket.on("data", (chunk) => this.#onBytes(chunk));
    this.#socket.on("close", () => this.#onEnd("the gateway closed the connection"));
  }

  static async start(port: number, clientId: number): Promise<SoakClient> {
    const client = new SoakClient(port);
    const ready = new Promise<void>((resolve) => {
      client.#onMessage = (message) => {
        if (message.includes("|2158|")) resolve();
      };
    });
    client.#socket.write(Buffer.concat([greeting("v100..178"), framed(`71|2|${clientId}||`)]));
    await ready;
    return client;
  }

  /**
   * Rounds until `next` has none. Rejects when one is not answered, when the gateway says an error that is no answer, and
   * when it hangs up: what is counted has been done.
   */
  async rounds(next: () => Round | undefined): Promise<RoundCounts> {
    const underWay = new Map<string, bigint>();
    let answered = 0;
    let slowest = 0n;
    let watch: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        const begin = (): void => {
          const round = next();
          if (!round) return;
          underWay.set(round.answer, process.hrtime.bigint());
          this.#socket.write(Buffer.concat(round.messages.map(framed)));
        };
        this.#onEnd = (why) => reject(new Error(why));
        this.#onMessage = (message) => {
          if (isUnexpected(message)) return reject(new Error(`not an answer: ${message}`));
          const answer = answerIn(message);
          const begun = answer === undefined ? undefined : underWay.get(answer);
          if (answer === undefined || begun === undefined) return;
          underWay.delete(answer);
          answered += 1;
          const took = process.hrtime.bigint() - begun;
          if (took > slowest) slowest = took;
          begin();
          if (underWay.size === 0) resolve();
        };
        watch = setInterval(() => {
          for (const [answer, begun] of underWay)
            if (secondsSince(begun) > lostAfterSeconds) reject(new Error(`never answered: ${answer}`));
        }, 1000);
        for (let at = 0; at < roundsInFlight; at += 1) begin();
        if (underWay.size === 0) resolve();
      });
    } finally {
      clearInterval(watch);
      this.#onEnd = () => {};
    }
    return { answered, slowestMs: Number(slowest) / 1e6 };
  }

  end(): void {
    this.#onEnd = () => {};
    this.#socket.destroy();
  }

  #onBytes(chunk: Buffer): void {
    let bytes: Buffer = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    while (bytes.length >= 4) {
      const end = 4 + bytes.readUInt32BE(0);
      if (bytes.length < end) break;
      this.#onMessage(bytes.toString("latin1", 4, end).replaceAll("\0", "|"));
      bytes = bytes.subarray(end);
    }
    this.#bytes = bytes;
  }
}

export function secondsSince(begun: bigint): number {
  return Number(process.hrtime.bigint() - begun) / 1e9;
}
