import { setTimeout as pause } from "node:timers/promises";
import { later } from "../trading/instant.ts";
import type { PaperRig } from "./paper-rig.ts";
import { greeting, placeOrderMessage, RawTwsClient } from "./raw-tws-client.ts";

const tesla = 76792991;
const firstPermId = 1_376_327_563;
const contract = "0|TSLA|STK||0|||SMART||USD||";
const order = { symbol: "TSLA", secType: "STK", exchange: "SMART", currency: "USD", orderRef: "ref-7" };
const limit = { ...order, transmit: 1, action: "BUY", orderType: "LMT", totalQuantity: 100, lmtPrice: 196.5 };
const buy = (orderId: number, over: Parameters<typeof placeOrderMessage>[0] = {}): string =>
  placeOrderMessage({ ...limit, orderId, ...over });

/** What a client does in one step; its number is the order's. */
const requests: Readonly<Record<string, string>> = {
  place1: buy(1),
  place2: buy(2),
  place3: buy(3),
  place4: buy(4),
  place5: buy(5),
  change1: buy(1, { lmtPrice: 195.25 }),
  echo1: buy(1, { ocaGroup: "echo-1" }),
  placeKO: buy(1, { symbol: "KO" }),
  placeAt99: buy(1, { lmtPrice: 99.03 }),
  placeAt100: buy(2, { lmtPrice: 100.03 }),
  placeAdaptive: buy(1, { adaptivePriority: "Normal" }),
  placeOpening: buy(1, { tif: "OPG" }),
  whatIf: buy(1, { whatIf: 1 }),
  cancel0: "4|1|0||",
  cancel1: "4|1|1||",
  ownOrders: "5|1|",
  openOrders: "16|1|",
  completed: "99|1|",
  executions: "7|3|4||||||||",
  positions: "61|1|",
  updates: "6|2|1|DU1234567|",
  summary: "62|1|5|All|NetLiquidation,TotalCashValue|",
  quote: `1|11|6|${contract}|0||1|0||`,
  stream: `1|11|7|${contract}|0||0|0||`,
  quoteKO: "1|11|8|0|KO|STK||0|||SMART||USD|||0||1|0||",
  contract: `9|8|9|${contract}|0||||`,
  contractDotted: "9|8|9|0|BRK.B|STK||0|||SMART||USD|||0||||",
  rule: "91|27|",
  history: `20|10|${contract}|0||1 day|5 D|1|TRADES|1|0||`,
  time: "49|1|",
};

/** One message in a few words: enough to see what a scenario changes. */
function brief(message: string): string {
  const f = message.split("|");
  const words: Readonly<Record<string, () => string>> = {
    1: () => `price ${f[2]} ${f[3]} ${f[4]}`,
    3: () => `status ${f[1]} ${f[2]} ${f[3]}${f[10] ? ` ${f[10]}` : ""}`,
    4: () => `error ${f[2]} ${f[3]}`,
    5: () => (f.length < 30 ? message : orderInWords(f)),
    6: () => `value ${f[2]} ${f[3]} ${f[4]}`,
    7: () => `portfolio ${f[3]} ${f[13]}`,
    9: () => `next ${f[2]}`,
    10: () => `contract ${f[2]} ${f[13]} ${f[27]}`,
    11: () =>
      `execution ${f[2]} ${f[14]?.slice(-5)} ${f[19]} ${f[26]}${hasZone(f[15]) ? "" : ` at ${f[15]}`}`,
    17: () => `bars ${f[4]} ${f[5]} ${Number(f[7])} ${f[10]} ${f.at(-9)}`,
    46: () => `text ${f[2]} ${f[3]} ${f[4]}`,
    59: () => `commission ${f[3]}`,
    61: () => `position ${f[4]} ${f[5]} ${f[14]}`,
    63: () => `summary ${f[4]} ${f[5]} ${f[6]}`,
  };
  return words[f[0] ?? ""]?.() ?? message;
}

function hasZone(time = ""): boolean {
  return time.endsWith("US/Eastern");
}

/** Its type, reference and algorithm; of a what-if what it would change. */
function orderInWords(f: readonly string[]): string {
  const algorithm = f.includes("Adaptive") ? " Adaptive" : "";
  const asked = f.findIndex((field, index) => index > 60 && field === "PreSubmitted");
  return f[asked - 1] === "1"
    ? `what-if ${f[asked + 4]} ${f[asked + 10]} ${f[asked + 13]}`
    : `order ${f[1]} ${f[15]} ${f[23]}${algorithm}${f[19] ? ` in ${f[19]}` : ""}`;
}

/** What comes of one message: everything until the gateway answers a second one, or closes, or says nothing. */
async function turn(client: RawTwsClient, message: string | undefined): Promise<readonly string[]> {
  if (message !== undefined) client.send(message);
  client.send("91|26|");
  const end = await endOfTurn(client);
  const heard = client.messages.splice(0).filter((line) => !line.startsWith("93|26|"));
  return [...heard.map((line) => brief(line)), ...(end === "answered" ? [] : [end])];
}

/** Silence is counted in looks, not in one span: whoever is kept waiting by a busy machine has not been left unanswered. */
async function endOfTurn(client: RawTwsClient): Promise<"answered" | "closed" | "silence"> {
  for (let look = 0; look < 30; look += 1) {
    if (client.messages.some((line) => line.startsWith("93|26|"))) return "answered";
    if (client.ended) return "closed";
    await pause(2);
  }
  return "silence";
}

/** A connection from its first byte to the notices, however far it gets. */
async function dial(
  rig: PaperRig,
  clientId = 7,
): Promise<{ client: RawTwsClient; heard: readonly string[] }> {
  const client = new RawTwsClient(rig.gateway.port);
  client.socket.write(greeting("v100..178"));
  const greeted = await client
    .until((message) => message.startsWith("178|"))
    .then(
      () => true,
      () => false,
    );
  if (!greeted) return { client, heard: ["refused"] };
  client.send(`71|2|${clientId}||`);
  return { client, heard: await turn(client, undefined) };
}

function fillFirst({ venue }: PaperRig, shares: number): void {
  if (venue.openOrders().some(({ permId }) => permId === firstPermId)) venue.fill(firstPermId, shares, 196.5);
}

/** The steps one after the other, and what is heard at each. */
export async function played(rig: PaperRig, steps: readonly string[]): Promise<readonly string[]> {
  let { client, heard } = await dial(rig);
  const lines = [...heard];
  for (const step of steps) {
    lines.push(`-- ${step}`);
    if (step === "dial" || step === "dialAs8") {
      ({ client, heard } = await dial(rig, step === "dial" ? 7 : 8));
      lines.push(...heard);
      continue;
    }
    if (step === "fill1") fillFirst(rig, 60);
    if (step === "fill2") fillFirst(rig, 40);
    if (step === "moves")
      rig.venue.quotes.set(tesla, { ...rig.venue.quote(tesla), bid: 196.25, ask: 196.75 });
    if (step === "minute") await rig.gateway.advanceTo(later(rig.venue.now(), 60_000));
    if (step === "waits") await pause(300);
    if (step.startsWith("trigger-")) await rig.tell(`trigger ${step.slice("trigger-".length)}`);
    if (step === "fillsAtOnce") {
      rig.venue.subscribe((event) => {
        if (event.kind === "order" && event.order.filledShares === 0)
          rig.venue.fill(event.order.permId, 100, 196.5);
      });
      continue;
    }
    lines.push(...(await turn(client, requests[step])));
  }
  return lines;
}
