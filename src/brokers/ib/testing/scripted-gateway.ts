import { type AddressInfo, createServer, type Socket } from "node:net";
import { sendPortfolio, sendPosition, sendValues } from "./account-messages.ts";
import { account, type Field, marketAt, type Peer } from "./peer.ts";

/**
 * A TCP server that greets like a gateway and otherwise says exactly what a test tells it to: for the faults that a
 * well-behaved gateway never shows. Its frames follow the wire's published layout at server version 178.
 */

type Answer = (fields: readonly string[], peer: Peer) => void;

export interface Script {
  readonly serverVersion?: number;
  /** Instead of the usual greeting (accounts, then the next order id). */
  readonly greet?: (peer: Peer) => void;
  /** Answers by message id; they replace the usual ones. */
  readonly on?: Readonly<Record<number, Answer>>;
  /** Takes the connection and never says a word. */
  readonly silent?: boolean;
}

export interface ScriptedGateway {
  readonly port: number;
  /** Every message received, handshake left out. */
  readonly received: (readonly string[])[];
  /** Messages with this id. */
  got(id: number): readonly (readonly string[])[];
  /** The latest connection. */
  peer(): Peer;
  openSockets(): number;
  close(): Promise<void>;
}

export async function scriptedGateway(script: Script = {}): Promise<ScriptedGateway> {
  const received: (readonly string[])[] = [];
  const sockets = new Set<Socket>();
  let latest: Peer | undefined;
  const answers: Readonly<Record<number, Answer>> = { ...usualAnswers, ...script.on };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    if (script.silent) {
      socket.resume();
      return;
    }
    let pending = Buffer.alloc(0);
    let isGreeted = false;
    let clientId = 0;
    const peer: Peer = {
      get clientId() {
        return clientId;
      },
      send: (...fields) => {
        if (!socket.destroyed) socket.write(frame(fields));
      },
      destroy: () => socket.destroy(),
    };
    latest = peer;
    socket.on("data", (data) => {
      pending = Buffer.concat([pending, data]);
      if (!isGreeted && pending.length >= 8) {
        const length = pending.readInt32BE(4);
        if (pending.length < 8 + length) return;
        pending = pending.subarray(8 + length);
        isGreeted = true;
        peer.send(script.serverVersion ?? 178, "20220314 09:35:00 US/Eastern");
      }
      if (!isGreeted) return;
      while (pending.length >= 4 && pending.length >= 4 + pending.readInt32BE(0)) {
        const length = pending.readInt32BE(0);
        const fields = pending
          .subarray(4, 4 + length)
          .toString("utf8")
          .split("\0")
          .slice(0, -1);
        pending = pending.subarray(4 + length);
        received.push(fields);
        if (fields[0] === "71") {
          clientId = Number(fields[2]);
          (script.greet ?? greet)(peer);
        } else answers[Number(fields[0])]?.(fields, peer);
      }
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    received,
    got: (id) => received.filter((fields) => fields[0] === String(id)),
    peer: () => {
      if (!latest) throw new Error("nobody has connected");
      return latest;
    },
    openSockets: () => sockets.size,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

function frame(fields: readonly Field[]): Buffer {
  const payload = Buffer.from(fields.map((field) => `${field}\0`).join(""), "utf8");
  const length = Buffer.alloc(4);
  length.writeInt32BE(payload.length);
  return Buffer.concat([length, payload]);
}

export function greet(peer: Peer): void {
  peer.send(15, 1, `${account},`);
  peer.send(9, 1, 41);
  peer.send(4, 2, -1, 2104, "Market data farm connection is OK:usfarm", "");
}

/** What a healthy gateway with one position says to each request. */
const usualAnswers: Readonly<Record<number, Answer>> = {
  49: (_fields, peer) => peer.send(49, 1, marketAt / 1000),
  6: (_fields, peer) => {
    sendValues(peer);
    sendPortfolio(peer, { conId: 265598, symbol: "AAPL", shares: 300 });
    peer.send(8, 1, "09:35");
    peer.send(54, 1, account);
  },
  61: (_fields, peer) => {
    sendPosition(peer, { conId: 265598, symbol: "AAPL", shares: 300 });
    peer.send(62, 1);
  },
  16: (_fields, peer) => peer.send(53, 1),
  99: (_fields, peer) => peer.send(102),
  7: (fields, peer) => peer.send(55, 1, fields[2] ?? ""),
  91: (fields, peer) => peer.send(93, fields[1] ?? "", 2, 0, 0.0001, 1, 0.01),
};
