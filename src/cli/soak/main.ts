import { tableLines } from "../../reports/table.ts";
import { placeOrderMessage } from "../../testing/raw-tws-client.ts";
import { SoakClient } from "./soak-client.ts";
import { SoakGateway } from "./soak-gateway.ts";

/** As many as a real gateway takes at once. */
const clientsMax = 32;
/** What a real gateway reads of one client in a second. */
const realMessagesPerSecond = 50;
/** More would measure the day's records and nothing else. */
const ordersMaxPerClient = 3000;
/** Rounds of each client before measuring: every stock's day is in memory after them. */
const warmUpRounds = 500;

interface Phase {
  readonly name: string;
  readonly messagesInRound: number;
  readonly ask: (client: number, round: number) => readonly string[];
  readonly isEnd: (message: string) => boolean;
  readonly roundsMax?: number;
}

/** A real gateway takes 20 working orders of one side in one stock: each client has so many stocks to itself. */
const stocksOfClient = 15;

/** One share of one of the client's own stocks, far below the market: it works until it is changed or cancelled. */
function order(client: number, orderId: number, limitPrice = 0.5): string {
  const stockNumber = 1 + client * stocksOfClient + (orderId % stocksOfClient);
  const symbol = `S${String(stockNumber).padStart(4, "0")}`;
  const stock = { symbol, secType: "STK", exchange: "SMART", currency: "USD", transmit: 1 };
  const limit = { action: "BUY", totalQuantity: 1, orderType: "LMT", lmtPrice: limitPrice, tif: "GTC" };
  return placeOrderMessage({ ...stock, ...limit, orderId });
}

/** The order that a client changes again and again. */
const modifiedOrderId = 1_000_000;

const phases: readonly Phase[] = [
  {
    name: "quotes (a snapshot each)",
    messagesInRound: 1,
    ask: (client, round) => [
      `1|11|${round}|0|S${String(1 + ((client * 7 + round) % 500)).padStart(4, "0")}|STK||0|||SMART||USD|||0||1|0||`,
    ],
    isEnd: (message) => message.startsWith("57|"),
  },
  {
    name: "orders placed and cancelled",
    messagesInRound: 2,
    ask: (client, round) => [order(client, round + 1), `4|1|${round + 1}||`],
    isEnd: (message) => message.startsWith("4|") && message.includes("|202|"),
    roundsMax: ordersMaxPerClient,
  },
  {
    name: "one order of each client modified again and again",
    messagesInRound: 1,
    ask: (client, round) => [order(client, modifiedOrderId, 0.5 + (round % 40) / 100)],
    isEnd: (message) => message.startsWith("5|") || message.startsWith("4|"),
  },
];

/**
 * `npm run soak -- 600`: 32 clients at once for so many seconds of wall clock, a third of them each for quotes, orders and
 * modifications; what was sustained as ratios to the 50 messages a second that a real gateway reads of one client, and what
 * it cost in memory. Then what an order costs beside many others.
 */
async function soak(seconds: number): Promise<void> {
  const gateway = await SoakGateway.start();
  const clients = await Promise.all(
    Array.from({ length: clientsMax }, (_, at) => SoakClient.start(gateway.port, at + 1)),
  );
  const rows: string[][] = [];
  for (const phase of phases) {
    // What is compiled and cached once is no part of what grows.
    await run(phase, clients, 5, warmUpRounds);
    rows.push(await measured(phase, { gateway, clients, seconds: seconds / phases.length }));
  }
  print(
    [
      "phase",
      "s",
      "rounds",
      "rounds/s",
      "messages/s",
      "× 50/s",
      "heap before MB",
      "after MB",
      "bytes a round",
    ],
    rows,
  );
  for (const client of clients) client.end();
  const before = await gateway.heapBytes();
  await gateway.advance(24 * 3600);
  const next = await SoakClient.start(gateway.port, 90);
  await run(phases[1] as Phase, [next], 1, 1);
  process.stdout.write(
    `The day's records: ${megabytes(before)} MB on the heap before midnight, ${megabytes(await gateway.heapBytes())} MB after it.\n\n`,
  );
  next.end();
  gateway.end();
  await costBesideOthers();
}

async function measured(
  phase: Phase,
  { gateway, clients, seconds }: { gateway: SoakGateway; clients: readonly SoakClient[]; seconds: number },
): Promise<string[]> {
  const before = await gateway.heapBytes();
  const { rounds, elapsed } = await run(
    phase,
    clients,
    seconds,
    phase.roundsMax ?? Number.POSITIVE_INFINITY,
    warmUpRounds,
  );
  const after = await gateway.heapBytes();
  const messages = (rounds * phase.messagesInRound) / elapsed;
  return [
    phase.name,
    elapsed.toFixed(1),
    String(rounds),
    (rounds / elapsed).toFixed(0),
    messages.toFixed(0),
    (messages / realMessagesPerSecond).toFixed(0),
    megabytes(before),
    megabytes(after),
    ((after - before) / rounds).toFixed(1),
  ];
}

/** All clients at once; `from` numbers the first round, so that no order id is used twice. */
async function run(
  phase: Phase,
  clients: readonly SoakClient[],
  seconds: number,
  roundsMax: number,
  from = 0,
): Promise<{ readonly rounds: number; readonly elapsed: number }> {
  const began = process.hrtime.bigint();
  const elapsed = (): number => Number(process.hrtime.bigint() - began) / 1e9;
  const rounds = await Promise.all(
    clients.map((client, at) =>
      client.rounds({
        isOver: (begun) => elapsed() >= seconds || begun >= roundsMax,
        ask: (round) => phase.ask(at, from + round),
        isEnd: phase.isEnd,
      }),
    ),
  );
  return { rounds: rounds.reduce((sum, each) => sum + each, 0), elapsed: elapsed() };
}

/** What placing one more order costs when so many work already; positions in all 500 stocks are held all the time. */
async function costBesideOthers(): Promise<void> {
  const gateway = await SoakGateway.start();
  const clients = await Promise.all(
    Array.from({ length: clientsMax }, (_, at) => SoakClient.start(gateway.port, at + 1)),
  );
  const placing: Phase = {
    name: "placed",
    messagesInRound: 1,
    ask: (client, round) => [order(client, round + 1)],
    isEnd: (message) => message.startsWith("5|") && !message.includes("|Inactive|"),
  };
  await run(phases[1] as Phase, clients, 60, warmUpRounds);
  const costs: { readonly beside: number; readonly placed: number; readonly micros: number }[] = [];
  for (const ordersOfClient of [20, 40, 80, 140, 20]) {
    const beside = costs.reduce((sum, { placed }) => sum + placed, 0);
    const { rounds, elapsed } = await run(
      placing,
      clients,
      60,
      ordersOfClient,
      warmUpRounds + beside / clientsMax,
    );
    costs.push({ beside, placed: rounds, micros: (elapsed * 1e6) / rounds });
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
  for (const client of clients) client.end();
  gateway.end();
}

function print(titles: readonly string[], rows: readonly (readonly string[])[]): void {
  const columns = titles.map((title, at) => ({ title, align: at === 0 ? "left" : "right" }) as const);
  process.stdout.write(`${tableLines({ columns, rows }, 160).join("\n")}\n\n`);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

await soak(Number(process.argv[2] ?? 600));
