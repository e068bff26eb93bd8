import { tableLines } from "../../reports/table.ts";
import { SoakClient, secondsSince } from "./soak-client.ts";
import { SoakGateway } from "./soak-gateway.ts";
import { type Kind, kinds, type Round, Work } from "./work.ts";

/** As many as a real gateway takes at once. */
const clientsMax = 32;
/** What a real gateway reads of one client in a second. */
const realMessagesPerSecond = 50;
/** The long run is told in so many parts, each a day of the gateway. */
const parts = 10;
/** A client's last 1000 requests and orders are remembered by their symbols: that memory is full after so many. */
const warmUpRounds = 1200;
/** A message may cost the gateway's processor so much more in the last parts than in the first ones. */
const dearerMax = 0.2;
/** What the heap may have grown by when the days' records are gone: by a share of the first day's end, or so many bytes. */
const growthMax = { share: 0.05, bytes: 1e6 };

interface Desk {
  readonly gateway: SoakGateway;
  readonly clients: readonly { readonly socket: SoakClient; readonly work: Work }[];
}

interface Sum {
  readonly elapsed: number;
  readonly rounds: Readonly<Record<Kind, number>>;
  readonly slowestMs: number;
  /** Of the gateway's processor: other programs on the machine do not count in it. */
  readonly cpuMs: number;
}

/**
 * `npm run soak -- 600`: 32 clients at once for so many seconds of wall clock, which ask for quotes, place, cancel and change
 * orders, all at the same time; how much was sustained from the first minutes to the last, and what stayed in memory. Before
 * it each kind of work alone; behind it what an order costs beside many others. Only answers are counted, each to its own
 * question. Exit code 1 when an answer is missing, when a message costs more at the end than at the beginning, or when memory has grown.
 */
async function soak(seconds: number): Promise<void> {
  const desk = await openDesk();
  // What is compiled, cached and loaded once is no part of what grows.
  for (const kind of ["quote", "order", "change"] as const)
    await Promise.all(
      desk.clients.map(({ socket, work }) => socket.rounds(times(warmUpRounds, () => work.next(kind)))),
    );
  await alone(desk, Math.min(20, seconds / 6));
  const passed = await together(desk, seconds);
  closeDesk(desk);
  await costBesideOthers();
  process.exitCode = passed ? 0 : 1;
}

async function openDesk(): Promise<Desk> {
  const gateway = await SoakGateway.start();
  const clients = await Promise.all(
    Array.from({ length: clientsMax }, async (_, at) => ({
      socket: await SoakClient.start(gateway.port, at + 1),
      work: new Work(at),
    })),
  );
  // The order that a client changes has the lowest of its ids.
  for (const { socket, work } of clients) await socket.rounds(once(() => work.next("change")));
  return { gateway, clients };
}

function closeDesk({ gateway, clients }: Desk): void {
  for (const { socket } of clients) socket.end();
  gateway.end();
}

/** All clients at once, each with these kinds of work in turn, for so many seconds. */
async function run({ gateway, clients }: Desk, seconds: number, turns: readonly Kind[]): Promise<Sum> {
  const cpuBefore = await gateway.cpuMs();
  const began = process.hrtime.bigint();
  const rounds: Record<Kind, number> = { quote: 0, order: 0, change: 0 };
  const counts = await Promise.all(
    clients.map(({ socket, work }) => {
      let turn = 0;
      return socket.rounds(() => {
        if (secondsSince(began) >= seconds) return undefined;
        const kind = turns[turn++ % turns.length] ?? "quote";
        rounds[kind] += 1;
        return work.next(kind);
      });
    }),
  );
  const answered = counts.reduce((sum, count) => sum + count.answered, 0);
  const asked = Object.values(rounds).reduce((sum, count) => sum + count, 0);
  if (answered !== asked) throw new Error(`${asked} rounds and ${answered} answers`);
  const elapsed = secondsSince(began);
  return {
    elapsed,
    rounds,
    slowestMs: Math.max(...counts.map(({ slowestMs }) => slowestMs)),
    cpuMs: (await gateway.cpuMs()) - cpuBefore,
  };
}

/** So many quotes of each client have every stock's new day in memory. */
const quotesOfNewDay = 60;

/** The heap of a gateway that has let go of the day's records. */
async function heapOfNewDay(desk: Desk): Promise<number> {
  await desk.gateway.nextDay();
  // The first order of a day is what lets the last day's records go.
  for (const { socket, work } of desk.clients) {
    await socket.rounds(once(() => work.next("order")));
    await socket.rounds(times(quotesOfNewDay, () => work.next("quote")));
  }
  return await desk.gateway.heapBytes();
}

async function alone(desk: Desk, seconds: number): Promise<void> {
  const rows: string[][] = [];
  for (const kind of Object.keys(kinds) as Kind[]) {
    const before = await heapOfNewDay(desk);
    const sum = await run(desk, seconds, [kind]);
    const grown = (await desk.gateway.heapBytes()) - before;
    const perSecond = sum.rounds[kind] / sum.elapsed;
    rows.push([
      kinds[kind].name,
      sum.elapsed.toFixed(1),
      String(sum.rounds[kind]),
      perSecond.toFixed(0),
      ...messageRate(perSecond * kinds[kind].messagesInRound),
      (grown / sum.rounds[kind]).toFixed(1),
      sum.slowestMs.toFixed(0),
    ]);
  }
  print(
    ["alone", "s", "answered", "a second", "messages/s", "× 50/s", "bytes each, that day", "slowest ms"],
    rows,
  );
}

interface Part {
  readonly messagesPerSecond: number;
  readonly cpuMicrosPerMessage: number;
  /** After its day. */
  readonly heapBytes: number;
}

async function together(desk: Desk, seconds: number): Promise<boolean> {
  const done: Part[] = [];
  const rows: string[][] = [];
  let before = await heapOfNewDay(desk);
  for (let part = 1; part <= parts; part += 1) {
    const sum = await run(desk, seconds / parts, ["quote", "order", "change"]);
    const full = await desk.gateway.heapBytes();
    const heapBytes = await heapOfNewDay(desk);
    const messagesPerSecond = messagesIn(sum) / sum.elapsed;
    const cpuMicrosPerMessage = (sum.cpuMs * 1000) / messagesIn(sum);
    done.push({ messagesPerSecond, cpuMicrosPerMessage, heapBytes });
    rows.push([
      String(part),
      sum.elapsed.toFixed(1),
      ...(Object.keys(kinds) as Kind[]).map((kind) => (sum.rounds[kind] / sum.elapsed).toFixed(0)),
      ...messageRate(messagesPerSecond),
      cpuMicrosPerMessage.toFixed(0),
      sum.slowestMs.toFixed(0),
      megabytes(full),
      megabytes(heapBytes),
      ((full - before) / sum.rounds.order).toFixed(0),
    ]);
    before = heapBytes;
  }
  print(
    [
      "together",
      "s",
      "quotes/s",
      "orders/s",
      "changes/s",
      "messages/s",
      "× 50/s",
      "CPU µs each",
      "slowest ms",
      "heap MB",
      "after midnight",
      "bytes an order, that day",
    ],
    rows,
  );
  return isSteady(done);
}

/** The last fifth beside the first. */
function isSteady(done: readonly Part[]): boolean {
  const few = parts / 5;
  const ratioOf = (figure: (part: Part) => number): number => {
    const sum = (some: readonly Part[]): number => some.reduce((total, part) => total + figure(part), 0);
    return sum(done.slice(-few)) / sum(done.slice(0, few));
  };
  const cost = ratioOf(({ cpuMicrosPerMessage }) => cpuMicrosPerMessage);
  const rate = ratioOf(({ messagesPerSecond }) => messagesPerSecond);
  const [first, last] = [done[0], done.at(-1)];
  if (!first || !last) throw new RangeError("nothing was done");
  const growth = last.heapBytes - first.heapBytes;
  const isCheap = cost <= 1 + dearerMax;
  const isFlat = growth <= Math.max(growthMax.bytes, growthMax.share * first.heapBytes);
  process.stdout.write(
    [
      `${isCheap ? "pass" : "FAIL"}  a message of the last fifth cost the processor ${(cost * 100).toFixed(0)} % of one of the first`,
      `      (messages a second: ${(rate * 100).toFixed(0)} %, in which the machine's other work counts)`,
      `${isFlat ? "pass" : "FAIL"}  the heap after midnight went from ${megabytes(first.heapBytes)} to ${megabytes(last.heapBytes)} MB`,
      "pass  every question had its own answer, and no other error came\n\n",
    ].join("\n"),
  );
  return isCheap && isFlat;
}

function messagesIn({ rounds }: Sum): number {
  return (Object.keys(kinds) as Kind[]).reduce(
    (sum, kind) => sum + rounds[kind] * kinds[kind].messagesInRound,
    0,
  );
}

function messageRate(perSecond: number): readonly [string, string] {
  return [perSecond.toFixed(0), (perSecond / realMessagesPerSecond).toFixed(0)];
}

/** What placing one more order costs when so many work already; positions in all 500 stocks are held all the time. */
async function costBesideOthers(): Promise<void> {
  const desk = await openDesk();
  await run(desk, 2, ["order"]);
  const costs: { readonly beside: number; readonly placed: number; readonly micros: number }[] = [];
  for (const ordersOfClient of [20, 40, 80, 125, 20]) {
    const beside = costs.reduce((sum, { placed }) => sum + placed, 0);
    const began = process.hrtime.bigint();
    const counts = await Promise.all(
      desk.clients.map(({ socket, work }) => socket.rounds(times(ordersOfClient, () => work.standing()))),
    );
    const placed = counts.reduce((sum, { answered }) => sum + answered, 0);
    costs.push({ beside, placed, micros: (secondsSince(began) * 1e6) / placed });
  }
  print(
    ["orders working", "placed", "µs an order"],
    costs.map(({ beside, placed, micros }) => [String(beside), String(placed), micros.toFixed(0)]),
  );
  const [first, last] = [costs[0], costs.at(-1)];
  if (first && last)
    process.stdout.write(
      `An order beside ${last.beside} others costs ${(last.micros / first.micros).toFixed(2)} times what it costs beside none.\n`,
    );
  closeDesk(desk);
}

function times(count: number, next: () => Round): () => Round | undefined {
  let left = count;
  return () => (left-- > 0 ? next() : undefined);
}

function once(next: () => Round): () => Round | undefined {
  return times(1, next);
}

function print(titles: readonly string[], rows: readonly (readonly string[])[]): void {
  const columns = titles.map((title, at) => ({ title, align: at === 0 ? "left" : "right" }) as const);
  process.stdout.write(`${tableLines({ columns, rows }, 160).join("\n")}\n\n`);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

await soak(Number(process.argv[2] ?? 600));
