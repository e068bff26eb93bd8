import { connect } from "node:net";
import { tableLines } from "../../reports/table.ts";
import { framed, greeting } from "../../testing/raw-tws-client.ts";
import { SoakGateway } from "./soak-gateway.ts";

/** Connections at the same time. */
const lanes = 16;
/** What is compiled, cached and pooled once is no part of what grows. */
const warmUp = 2000;
/** A connection may cost so much for ever: less than the smallest object that could be forgotten for each. */
const bytesMaxPerConnection = 32;

/** Whole numbers that look random and are the same at every run. */
class Noise {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * limit);
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }
}

type Ending = "reset" | "goodbye";

/** What a connection says before it ends, and how it ends. */
interface Visit {
  readonly bytes: Buffer;
  readonly ending: Ending;
}

const hello = greeting("v100..178");
const start = (clientId: number): Buffer => Buffer.concat([hello, framed(`71|2|${clientId}||`)]);
const stock = "0|S0001|STK||0|||SMART||USD|||0";
/** Subscriptions of every kind, which nobody cancels. */
const subscriptions = [
  `1|11|5|${stock}||0|0||`,
  "6|2|1|DU1234567|",
  "62|1|6|All|NetLiquidation,$LEDGER:ALL|",
  "61|1|",
  "74|1|7|DU1234567||",
  "76|1|8|DU1234567||1|",
  "92|9|DU1234567||",
  `20|10|${stock}||30 secs|300 S|1|TRADES|1|1||`,
];

/** Kinds of bad visitors, each with the bytes of its nth visit. */
const kinds: readonly {
  readonly name: string;
  readonly share?: number;
  readonly visit: (noise: Noise, lane: number) => Visit;
}[] = [
  {
    name: "garbage instead of a greeting",
    visit: (noise) => ({ bytes: noise.bytes(1 + noise.below(300)), ending: "goodbye" }),
  },
  {
    name: "a greeting cut off",
    visit: (noise) => ({ bytes: hello.subarray(0, noise.below(hello.length)), ending: "reset" }),
  },
  { name: "gone after the version", visit: () => ({ bytes: hello, ending: "goodbye" }) },
  {
    name: "garbage instead of frames",
    visit: (noise, lane) => ({
      bytes: Buffer.concat([start(lane), noise.bytes(1 + noise.below(300))]),
      ending: "reset",
    }),
  },
  {
    name: "a frame of 16 MB of which little comes",
    visit: (noise, lane) => ({
      bytes: Buffer.concat([start(lane), Buffer.from([0, 255, 255, 255]), noise.bytes(2000)]),
      ending: "reset",
    }),
  },
  {
    name: "requests with any id and any fields",
    visit: (noise, lane) => {
      const requests = Array.from({ length: 10 }, () => {
        const id = noise.below(2) === 0 ? noise.below(120) : noise.below(1e9);
        return framed(`${id}|${noise.below(9)}|${noise.below(1e9)}|${noise.bytes(9).toString("latin1")}|`);
      });
      return { bytes: Buffer.concat([start(lane), ...requests]), ending: "goodbye" };
    },
  },
  {
    name: "gone with all its subscriptions, in the middle of a message",
    // Each of them is told 500 positions three times.
    share: 0.1,
    visit: (noise, lane) => {
      const all = Buffer.concat([start(lane), ...subscriptions.map(framed), framed("49|1|")]);
      return { bytes: all.subarray(0, all.length - noise.below(20)), ending: "reset" };
    },
  },
];

/** One connection: says what it has to say, hears something or is hung up on, and ends. */
function visit(port: number, { bytes, ending }: Visit): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("close", () => resolve());
    // Some are reset by the gateway while they still write: that is an end as well.
    socket.on("error", () => socket.destroy());
    socket.resume();
    socket.write(bytes, () =>
      setImmediate(() => (ending === "reset" ? socket.resetAndDestroy() : socket.end())),
    );
  });
}

async function visits(
  port: number,
  kind: (typeof kinds)[number],
  count: number,
  noise: Noise,
): Promise<void> {
  let begun = 0;
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      for (; begun < count; begun += 1) await visit(port, kind.visit(noise, lane + 1));
    }),
  );
}

/**
 * `npm run fuzz-memory -- 5000`: so many connections of each kind that say nonsense, stop in the middle, or leave everything
 * open; what each of them has left behind in the gateway's process. Exits with 1 when that is more than nothing.
 */
async function fuzzMemory(count: number): Promise<void> {
  const gateway = await SoakGateway.start();
  const noise = new Noise(178);
  const rows: string[][] = [];
  let isFlat = true;
  for (const kind of kinds) {
    await visits(gateway.port, kind, warmUp, noise);
    const before = await gateway.heapBytes();
    await visits(gateway.port, kind, count, noise);
    const after = await gateway.heapBytes();
    const each = (after - before) / count;
    isFlat &&= each <= bytesMaxPerConnection;
    rows.push([
      kind.name,
      String(count),
      (before / 1e6).toFixed(1),
      (after / 1e6).toFixed(1),
      each.toFixed(1),
    ]);
  }
  const columns = ["connections that ended badly", "number", "before MB", "after MB", "bytes each"].map(
    (title, at) => ({ title, align: at === 0 ? "left" : "right" }) as const,
  );
  process.stdout.write(`${tableLines({ columns, rows }, 160).join("\n")}\n`);
  gateway.end();
  if (!isFlat) process.exitCode = 1;
}

await fuzzMemory(Number(process.argv[2] ?? 5000));
