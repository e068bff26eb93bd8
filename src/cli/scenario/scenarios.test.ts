import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Scenario } from "../../brokers/paper/fault.ts";
import { type PaperRig, paperRig } from "../../testing/paper-rig.ts";
import { greeting, placeOrderMessage, RawTwsClient } from "../../testing/raw-tws-client.ts";
import { instant, later, tradingDate } from "../../trading/instant.ts";
import { readScenario } from "./read-scenario.ts";

const folder = join(import.meta.dirname, "../../../scenarios");
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".toml"))
  .map((file) => file.replace(".toml", ""));

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
  const answered = await Promise.race([
    client
      .until((line) => line.startsWith("93|26|"))
      .then(
        () => "answered",
        () => "closed",
      ),
    new Promise((resolve) => setTimeout(() => resolve("silence"), 60)),
  ]);
  const heard = client.messages.splice(0).filter((line) => !line.startsWith("93|26|"));
  return [...heard.map((line) => brief(line)), ...(answered === "answered" ? [] : [String(answered)])];
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
async function played(rig: PaperRig, steps: readonly string[]): Promise<readonly string[]> {
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
    if (step === "waits") await new Promise((resolve) => setTimeout(resolve, 300));
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

const farms = ["error -1 2104", "error -1 2107", "error -1 2158"];
const welcome = (next = 1): readonly string[] => ["15|1|DU1234567|", `next ${next}`, ...farms];

const unset = "1.7976931348623157E308";
/** Of the scripted week, from its Monday on. */
const hours =
  "20220314:0930-20220314:1600;20220315:0930-20220315:1600;20220316:0930-20220316:1300;20220317:CLOSED;20220318:0930-20220318:1600;20220319:CLOSED";

/** Prices of a quote, as request 6 and 7 are told them. */
const prices = ["price 6 1 196.48", "price 6 2 196.52", "price 6 4 196.5", "price 6 9 195.97"];

/** A case: its steps; lines that must be heard, in this order; and what must not be, in a line or in several. */
interface Case {
  readonly steps: string;
  readonly hears: readonly string[];
  readonly never?: RegExp;
}

const cases: Readonly<Record<string, Case>> = {
  C01: { steps: "place1 place2 place3 place4 place5 dial", hears: ["closed", "-- dial", ...welcome(2)] },
  C02: {
    steps: "place1 place2 dial dial",
    hears: ["closed", "-- dial", "refused", ...welcome()],
    never: /^status/,
  },
  C03: {
    steps: "place1 fill1 fill2",
    hears: ["error -1 1100", "execution 1 01.01 60 ref-7", "error -1 1102", "execution 1 02.01 40 ref-7"],
  },
  C04: { steps: "dial", hears: ["silence", "-- dial", "silence"], never: /^next/ },
  C06: { steps: "dial dial", hears: ["error -1 326", "closed", "error -1 326", "closed", ...welcome()] },
  C07: { steps: "place1 dial", hears: ["silence", "-- dial", "error -1 326", "closed"] },
  C08: { steps: "dial", hears: ["closed", "-- dial", "closed"], never: /^(next|error)/ },
  C10: { steps: "positions positions", hears: ["-- positions", "-- positions", "62|1|"], never: /^62.*\n--/ },
  C11: { steps: "completed openOrders", hears: ["-- completed", "-- openOrders", "53|1|"], never: /^102/ },
  C12: { steps: "executions openOrders", hears: ["-- executions", "-- openOrders", "53|1|"], never: /^55/ },
  C13: {
    steps: "contract openOrders",
    hears: ["-- contract", "-- openOrders", "53|1|"],
    never: /^(contract|52)/,
  },
  C14: {
    steps: "openOrders time",
    hears: ["-- openOrders", "silence", "-- time", "silence"],
    never: /^(53|closed)/,
  },
  C15: { steps: "place1 dial openOrders", hears: ["closed", "-- openOrders", "53|1|"], never: /^order/ },
  C16: {
    steps: "stream time moves minute stream",
    hears: ["price 7 1 196.48", "-- time", "error -1 1101", "-- minute", "-- stream", "price 7 1 196.25"],
    never: /^error 7/,
  },
  C17: {
    steps: "quote",
    hears: ["error -1 2103", "error -1 2105", "error -1 2157", "57|1|6|"],
    never: /^(price|2\|)/,
  },
  C18: {
    steps: "positions dial dial dial",
    hears: ["error -1 1100", "error -1 1100", "error -1 2110", "closed", "refused", "refused", ...welcome()],
  },
  C19: { steps: "quote", hears: ["error 6 10197"], never: /^(price|57)/ },
  C21: {
    steps: "place1 place2 openOrders",
    hears: ["-- openOrders", "53|1|"],
    never: /^(order|status|error \d)/,
  },
  C20: {
    steps: "quote stream",
    hears: ["error 6 10197", "-- stream", "price 7 1 196.48"],
    never: /^(price 6|57)/,
  },
  C22: {
    steps: "place1 openOrders trigger-clicked place2",
    hears: [
      "-- place1",
      "-- openOrders",
      "53|1|",
      "-- trigger-clicked",
      "order 1 LMT ref-7",
      "status 1 PreSubmitted 0",
      "-- place2",
      "order 2 LMT ref-7",
    ],
  },
  C23: { steps: "place1 place2", hears: ["error 1 10268", "error 2 10268"], never: /^order/ },
  C24: { steps: "place1 place2", hears: ["5|1|8894|", "status 1 PreSubmitted 0", "order 2 LMT ref-7"] },
  C25: { steps: "place1", hears: ["error 1 201", "status 1 Inactive 0"] },
  C26: {
    steps: "place1 cancel1 openOrders",
    hears: ["error 1 321", "error 1 321", "53|1|"],
    never: /^order/,
  },
  O01: { steps: "place1 place2", hears: ["error 1 103", "order 2 LMT ref-7"] },
  O02: { steps: "place1 place2 dialAs8", hears: ["-- dialAs8", ...welcome(1)] },
  O03: { steps: "place1", hears: ["error 1 110"], never: /^(order|status)/ },
  O04: {
    steps: "rule placeAt99 placeAt100",
    hears: ["93|27|2|0|0.01|100|0.05|", "order 1 LMT ref-7", "-- placeAt100", "error 2 110"],
    never: /^order 2/,
  },
  O05: { steps: "contract", hears: [`contract TSLA 0.05 ${hours}`] },
  O06: {
    steps: "place1 change1 openOrders",
    hears: ["-- change1", "error 1 110", "-- openOrders", "order 1 LMT ref-7", "status 1 PreSubmitted 0"],
  },
  O07: { steps: "place1", hears: ["error 1 321"], never: /^(order|status)/ },
  O08: { steps: "place1 cancel1 cancel1", hears: ["error 1 10148", "-- cancel1", "error 1 10147"] },
  O09: { steps: "place1 cancel1", hears: ["error 1 10147"], never: /Cancelled/ },
  O10: {
    steps: "place1 cancel1 fill1",
    hears: ["status 1 PendingCancel 0", "status 1 Cancelled 0", "error 1 202", "execution 1 01.01 60 ref-7"],
  },
  O11: { steps: "place1 cancel1 openOrders", hears: ["-- cancel1", "-- openOrders", "order 1 LMT ref-7"] },
  O12: {
    steps: "place1 openOrders",
    hears: ["-- place1", "-- openOrders", "order 1 LMT ref-7", "53|1|"],
    never: /^-- place1\n(order|status)/,
  },
  O13: { steps: "place1", hears: ["error 1 10349", "order 1 LMT ref-7", "status 1 PreSubmitted 0"] },
  O14: {
    steps: "place1 change1 openOrders",
    hears: ["-- change1", "error 1 2109", "order 1 LMT ref-7", "-- openOrders", "order 1 LMT ref-7", "53|1|"],
  },
  O15: { steps: "place1", hears: ["error 1 404", "order 1 LMT ref-7", "status 1 PreSubmitted 0 locate"] },
  O16: { steps: "place1", hears: ["order 1 LMT ref-7", "status 1 Inactive 0"], never: /^error \d/ },
  O17: { steps: "place1", hears: ["status 1 Cancelled 0"], never: /^(order|error \d)/ },
  O18: { steps: "place1", hears: ["error -1 201"], never: /^(order|status)/ },
  O19: { steps: "place1 place2", hears: ["error 1 200", "error 2 460"], never: /^(order|status)/ },
  O20: { steps: "place1 place2", hears: ["error 1 451", "error 2 383"], never: /^(order|status)/ },
  O21: { steps: "place1", hears: ["error 1 201", "status 1 Inactive 0"] },
  O22: { steps: "place1", hears: ["error 1 201", "status 1 Inactive 0"] },
  O23: { steps: "place1", hears: ["order 1 IBALGO ref-7"], never: /^order 1 LMT/ },
  O24: {
    steps: "place1 echo1 change1",
    hears: [
      "order 1 LMT ref-7 in echo-1",
      "-- echo1",
      "error 1 105",
      "-- change1",
      "order 1 LMT ref-7 in echo-1",
    ],
  },
  O26: {
    steps: "place1 change1 change1 change1 openOrders",
    hears: ["error 1 2102", "error 1 2102", "error 1 2102", "-- openOrders", "order 1 LMT ref-7"],
  },
  O27: { steps: "place1 place1", hears: ["status 1 PreSubmitted 0", "-- place1", "error 1 104"] },
  O29: {
    steps: "place1 dialAs8 ownOrders openOrders",
    hears: ["-- ownOrders", "53|1|", "-- openOrders", "order 1 LMT ref-7", "53|1|"],
  },
  O30: {
    steps: "openOrders cancel0 openOrders",
    hears: ["order 0 LMT ", "53|1|", "-- cancel0", "error 0 10147", "order 0 LMT ", "53|1|"],
  },
  O31: {
    steps: "place1 openOrders",
    hears: ["status 1 PendingSubmit 0", "-- openOrders", "53|1|"],
    never: /^(order|status 1 [^P])/,
  },
  O32: { steps: "place1 fill1", hears: ["status 1 Submitted 60", "status 1 Submitted 0"] },
  O33: {
    steps: "fillsAtOnce place1",
    hears: ["-- place1", "execution 1 01.01 100 ref-7", "status 1 PreSubmitted 0", "status 1 Filled 100"],
    never: /^-- place1\norder/,
  },
  O34: {
    steps: "place1 fill1 fill2",
    hears: ["status 1 Submitted 60", "status 1 Submitted 60"],
    never: /Filled/,
  },
  O35: {
    steps: "place1 fill1",
    hears: ["order 1 LMT ref-7", "status 1 Submitted 60", "commission 1.0", "execution 1 01.01 60 ref-7"],
  },
  O37: { steps: "place1 fill1 fill2", hears: ["status 1 PendingSubmit 0"], never: /Filled/ },
  O38: { steps: "place1 fill1 fill2", hears: ["commission 1.7976931348623157E308", "commission -0.25"] },
  O39: {
    steps: "place1 fill1 executions",
    hears: ["execution 1 01.01 60 ref-7", "-- executions", "55|1|4|"],
    never: /^-- executions\nexecution/,
  },
  O41: {
    steps: "placeAdaptive openOrders",
    hears: ["order 1 LMT ref-7", "53|1|"],
    never: /^order.*Adaptive/,
  },
  O42: { steps: "placeOpening place2", hears: ["error 1 201", "status 1 Inactive 0", "order 2 LMT ref-7"] },
  O43: { steps: "place1 fill1", hears: ["order 1 LMT ", "execution 1 01.01 60 "], never: /ref-7/ },
  O44: { steps: "whatIf", hears: [`what-if ${unset} ${unset} `], never: /what-if \d+\.\d+ / },
  D01: { steps: "quote", hears: ["price 6 1 -1", "price 6 2 -1", "price 6 4 -1", "57|1|6|"] },
  D02: { steps: "quote waits", hears: [...prices, "-- waits", "57|1|6|"] },
  D04: {
    steps: "quote stream",
    hears: ["error 6 10167", "58|1|6|3|", "price 6 66 196.48", "-- stream", "price 7 66 196.48"],
    never: /^(58\|1\|7|error 7|price 7 1 )/,
  },
  D05: { steps: "quote", hears: ["error 6 354"], never: /^(price|57)/ },
  D06: { steps: "quote quoteKO", hears: [...prices, "57|1|6|", "57|1|8|"], never: /^(price 8|2\|6\|8)/ },
  D08: {
    steps: "contract contract contract",
    hears: ["error -1 100", `contract TSLA 0.01 ${hours}`, "error -1 100", "error -1 100", "closed"],
  },
  D09: {
    steps: "history history history",
    hears: ["error 10 162", "error 10 162", "bars 1 20220311 59 700 20220311"],
  },
  D10: { steps: "history", hears: ["bars 2 20220310 59.5 151200 20220311"] },
  D11: { steps: "history", hears: ["bars 3 20220310 585.5 151200 20991231"] },
  D12: { steps: "contract contract", hears: ["error 9 200", `contract TSLA 0.01 ${hours}`] },
  D13: { steps: "contractDotted", hears: ["error 9 200"] },
  D14: { steps: "contract", hears: ["error 9 200"], never: /^(contract|52)/ },
  D15: {
    steps: "placeKO fill1 positions dialAs8 positions quoteKO updates",
    hears: [
      "position KO STK 60",
      "-- dialAs8",
      "position KO STK 240",
      "price 8 1 49.12",
      "price 8 2 49.13",
      "price 8 4 49.125",
      "price 8 9 195.97",
      "portfolio KO 240",
    ],
  },
  D16: {
    steps: "placeKO fill1 positions dialAs8 positions executions updates",
    hears: [
      "position KO STK 60",
      "position KO STK 6",
      "execution 0 01.01 0.4 ",
      "execution 1 01.01 60 ref-7",
      "portfolio KO 6",
    ],
  },
  D17: { steps: "positions", hears: ["position BTC CRYPTO 0.25", "62|1|"] },
  D18: {
    steps: "place1 fill1 positions updates",
    hears: [
      "position TSLA STK 60",
      "position TSLA STK 60",
      "62|1|",
      "-- updates",
      "portfolio TSLA 60",
      "portfolio TSLA 60",
    ],
  },
  D19: { steps: "quoteKO", hears: ["price 8 1 196.48", "text 8 45 1647007198", "price 8 4 176.85"] },
  A01: {
    steps: "summary updates",
    hears: [
      "summary NetLiquidation 1000123.45 USD",
      "summary NetLiquidation 1520187.65 AUD",
      "value NetLiquidation 1000123.45 USD",
      "value NetLiquidation 1520187.65 AUD",
    ],
  },
  A02: {
    steps: "summary updates",
    hears: ["summary NetLiquidation 1520187.644 AUD", "value NetLiquidation 1520187.644 AUD"],
    never: /NetLiquidation .*USD/,
  },
  A04: {
    steps: "summary updates",
    hears: ["summary NetLiquidation 1000123.45 ", "64|1|5|", "value NetLiquidation 1000123.45 USD"],
    never: /^(summary.*USD|value Currency)/,
  },
  A05: {
    steps: "updates updates summary summary",
    hears: [
      "value AccountReady false ",
      "value NetLiquidation 0.00 USD",
      "value TotalCashValue  USD",
      "value AccountReady true ",
      "value NetLiquidation 1000123.45 USD",
      "value TotalCashValue 1000000.50 USD",
      "summary NetLiquidation 0.00 USD",
      "summary NetLiquidation 1000123.45 USD",
    ],
  },
  A06: { steps: "place1 fill1 updates positions", hears: ["position TSLA STK 60"], never: /^portfolio/ },
  A07: { steps: "positions", hears: ["-- positions"], never: /^62/ },
  A08: {
    steps: "summary updates",
    hears: ["summary NetLiquidation 1250123.45 USD", "value NetLiquidation 1250123.45 USD"],
  },
  A10: { steps: "place1", hears: ["error 1 201", "status 1 Inactive 0"] },
  A11: {
    steps: "openOrders fill1 executions positions",
    hears: ["error -1 2148", "order 0 MKT ", "execution 0 01.01 60 ", "position KO STK -60"],
  },
  Z02: { steps: "contract", hears: ["contract TSLA 0.01 20220314:0930-20220314:1600"] },
  Z06: { steps: "place1 fill1", hears: ["execution 1 01.01 60 ref-7 at 20220314 10:00:00"] },
  Z07: { steps: "time quote", hears: ["49|1|1647266520|", "text 6 45 1647266518"] },
  S02: { steps: "place1 fill1", hears: Array<string>(8).fill("execution 1 01.01 60 ref-7") },
  S22: {
    steps: "place1 fill1 executions positions",
    hears: ["status 1 Submitted 60", "-- executions", "55|1|4|", "position TSLA STK 60"],
    never: /^(execution|commission)/,
  },
  "corrected-execution": {
    steps: "place1 fill1",
    hears: ["execution 1 01.01 60 ref-7", "execution 1 01.02 60 ref-7"],
  },
  "kept-through-1100": {
    steps: "place1 trigger-lost place2 cancel1 openOrders trigger-back openOrders",
    hears: [
      "error -1 1100",
      "-- place2",
      "-- cancel1",
      "-- openOrders",
      "order 1 LMT ref-7",
      "53|1|",
      "error -1 1102",
      "order 2 LMT ref-7",
      "status 1 Cancelled 0",
      "-- openOrders",
      "order 2 LMT ref-7",
      "53|1|",
    ],
  },
  "nonsense-prices": {
    steps: "quote",
    hears: ["price 6 1 206.304", "price 6 2 196.52", "price 6 4 1965", "price 6 9 0"],
  },
  "port-reset": { steps: "positions dial", hears: ["error -1 1300", "closed", ...welcome()] },
  S05: { steps: "place1 fill1 fill2", hears: ["status 1 Filled 0"], never: /Filled [1-9]/ },
};

/** Every case that is known: how many there are of each letter. */
const incidents = Object.entries({ C: 27, O: 44, D: 19, A: 14, Z: 8, S: 25 }).flatMap(([letter, count]) =>
  Array.from({ length: count }, (_, index) => `${letter}${String(index + 1).padStart(2, "0")}`),
);

/** The rows of the table of incidents: id, its file when it is linked, and where it begins. */
function verdicts(): readonly { readonly id: string; readonly file: string; readonly begins: string }[] {
  const table = readFileSync(join(folder, "README.md"), "utf8");
  return [...table.matchAll(/^\| (?:\[)?([A-Z]\d\d)(?:\]\((.+)\))? \| (\w+) \| .+ \|$/gm)].map(
    ([, id = "", file = "", begins = ""]) => ({ id, file, begins }),
  );
}

test("every incident has its verdict, in order, and a scenario exactly if it begins in the gateway", () => {
  expect(incidents).toHaveLength(137);
  expect(verdicts().map(({ id }) => id)).toEqual(incidents);
  const wrong = verdicts().filter(({ id, file, begins }) =>
    begins === "gateway"
      ? file !== `${id}.toml` || !names.includes(id)
      : file !== "" || names.includes(id) || !/^(program|host|person)$/.test(begins),
  );
  expect(wrong).toEqual([]);
});

test("every scenario has a case, and its sentence in the table", () => {
  expect(Object.keys(cases).toSorted()).toEqual(names.toSorted());
  const table = readFileSync(join(folder, "README.md"), "utf8").replaceAll(" gateway |", "");
  for (const name of names)
    expect(table).toContain(
      `| [${name}](${name}.toml) | ${readScenario(join(folder, `${name}.toml`)).about} |`,
    );
});

/** What is missing, or heard and should not be; the whole conversation beside it. */
function wrongWith(heard: readonly string[], { hears, never }: Case): readonly string[] {
  let from = 0;
  for (const line of hears) {
    const at = heard.indexOf(line, from);
    if (at === -1) return [`missing: ${line}`, ...heard];
    from = at + 1;
  }
  const forbidden = never && new RegExp(never.source, "m").exec(heard.join("\n"));
  return forbidden ? [`heard: ${forbidden[0]}`, ...heard] : [];
}

const bar = {
  startAt: instant("2022-03-11T14:30:00Z"),
  on: tradingDate("2022-03-11"),
  open: 58.25,
  high: 59,
  low: 57.5,
  close: 58,
  volumeShares: 70_000,
  averagePrice: 58.125,
  trades: 321,
};

async function playedWith(scenario: Scenario, steps: string): Promise<readonly string[]> {
  await using rig = await paperRig({ scenario });
  rig.venue.laidBars = [bar];
  return await played(rig, steps.split(" "));
}

test.each(Object.entries(cases))("%s at the wire, and not without any of its faults", async (name, it) => {
  const scenario = readScenario(join(folder, `${name}.toml`));
  expect(wrongWith(await playedWith(scenario, it.steps), it)).toEqual([]);
  const idle: string[] = [];
  for (const fault of scenario.faults) {
    const faults = scenario.faults.filter((other) => other !== fault);
    const heard = await playedWith({ ...scenario, faults }, it.steps);
    if (wrongWith(heard, it).length === 0) idle.push(`${fault.when.on} ${fault.act.do}`);
  }
  expect(idle).toEqual([]);
});
