import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type PaperRig, paperRig } from "../../testing/paper-rig.ts";
import { greeting, placeOrderMessage, RawTwsClient } from "../../testing/raw-tws-client.ts";
import { readScenario } from "./read-scenario.ts";

const folder = join(import.meta.dirname, "../../../scenarios");
const ids = readdirSync(folder)
  .filter((file) => file.endsWith(".toml"))
  .map((file) => file.replace(".toml", ""));

const firstPermId = 1_376_327_563;
const contract = "0|TSLA|STK||0|||SMART||USD||";
const order = { symbol: "TSLA", secType: "STK", exchange: "SMART", currency: "USD", orderRef: "ref-7" };
const buy = (orderId: number): string =>
  placeOrderMessage({
    ...order,
    transmit: 1,
    orderId,
    action: "BUY",
    orderType: "LMT",
    totalQuantity: 100,
    lmtPrice: 196.5,
  });

/** What a client does in one step; its number is the order's. */
const requests: Readonly<Record<string, string>> = {
  place1: buy(1),
  place2: buy(2),
  place3: buy(3),
  place4: buy(4),
  place5: buy(5),
  cancel1: "4|1|1||",
  openOrders: "16|1|",
  completed: "99|1|",
  executions: "7|3|4|||||||",
  positions: "61|1|",
  updates: "6|2|1|DU1234567|",
  summary: "62|1|5|All|NetLiquidation,TotalCashValue|",
  quote: `1|11|6|${contract}|0||1|0||`,
  stream: `1|11|7|${contract}|0||0|0||`,
  quoteKO: "1|11|8|0|KO|STK||0|||SMART||USD|||0||1|0||",
  contract: `9|8|9|${contract}|0||||`,
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
    5: () => `order ${f[1]} ${f[15]} ${f[23]}`,
    6: () => `value ${f[2]} ${f[3]} ${f[4]}`,
    7: () => `portfolio ${f[3]} ${f[13]}`,
    9: () => `next ${f[2]}`,
    10: () => `contract ${f[2]} ${f[13]}`,
    11: () => `execution ${f[2]} ${f[14]?.slice(-5)} ${f[19]} ${f[26]}`,
    59: () => `commission ${f[3]}`,
    61: () => `position ${f[4]} ${f[5]} ${f[14]}`,
    63: () => `summary ${f[4]} ${f[5]} ${f[6]}`,
  };
  return words[f[0] ?? ""]?.() ?? message;
}

/** What comes of one message: everything until the gateway answers a second one, or closes, or says nothing. */
async function turn(client: RawTwsClient, message: string | undefined): Promise<readonly string[]> {
  client.messages.splice(0);
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
  const heard = client.messages.splice(0).filter((line) => !line.startsWith("93|"));
  return [...heard.map((line) => brief(line)), ...(answered === "answered" ? [] : [String(answered)])];
}

/** A connection from its first byte to the notices, however far it gets. */
async function dial(rig: PaperRig): Promise<{ client: RawTwsClient; heard: readonly string[] }> {
  const client = new RawTwsClient(rig.gateway.port);
  client.socket.write(greeting("v100..178"));
  const greeted = await client
    .until((message) => message.startsWith("178|"))
    .then(
      () => true,
      () => false,
    );
  if (!greeted) return { client, heard: ["refused"] };
  client.send("71|2|7||");
  return { client, heard: await turn(client, undefined) };
}

/** The steps one after the other, and what is heard at each. */
async function played(rig: PaperRig, steps: readonly string[]): Promise<readonly string[]> {
  let { client, heard } = await dial(rig);
  const lines = [...heard];
  for (const step of steps) {
    lines.push(`-- ${step}`);
    if (step === "dial") {
      ({ client, heard } = await dial(rig));
      lines.push(...heard);
      continue;
    }
    if (step === "fill1") rig.venue.fill(firstPermId, 60, 196.5);
    if (step === "fill2") rig.venue.fill(firstPermId, 40, 196.5);
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

/** Prices of a quote, as request 6 and 7 are told them. */
const prices = ["price 6 1 196.48", "price 6 2 196.52", "price 6 4 196.5", "price 6 9 195.97"];

/** A case: its steps; lines that must be heard, in this order; and lines that must not be. */
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
  C10: { steps: "positions positions", hears: ["-- positions", "-- positions", "62|1|"] },
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
  C16: { steps: "stream time", hears: ["price 7 1 196.48", "-- time", "error -1 1101"] },
  C17: {
    steps: "quote",
    hears: ["error -1 2103", "error -1 2105", "error -1 2157", "57|1|6|"],
    never: /^(price|2\|)/,
  },
  C18: { steps: "positions dial dial dial", hears: ["closed", "refused", "refused", ...welcome()] },
  C19: { steps: "quote", hears: ["error 6 10197"], never: /^(price|57)/ },
  C21: {
    steps: "place1 place2 openOrders",
    hears: ["-- openOrders", "53|1|"],
    never: /^(order|status|error \d)/,
  },
  C22: { steps: "place1", hears: ["-- place1"], never: /^(order|status|error \d)/ },
  C23: { steps: "place1 place2", hears: ["error 1 10268", "error 2 10268"], never: /^order/ },
  C25: { steps: "place1", hears: ["error 1 201", "status 1 Inactive 0"] },
  C26: {
    steps: "place1 cancel1 openOrders",
    hears: ["error 1 321", "error 1 321", "53|1|"],
    never: /^order/,
  },
  O01: { steps: "place1 place2", hears: ["error 1 103", "order 2 LMT ref-7"] },
  O03: { steps: "place1", hears: ["error 1 110"], never: /^(order|status)/ },
  O05: { steps: "contract", hears: ["contract TSLA 0.05"] },
  O07: { steps: "place1", hears: ["error 1 321"], never: /^(order|status)/ },
  O08: { steps: "place1 cancel1 cancel1", hears: ["error 1 10148", "-- cancel1", "error 1 10147"] },
  O09: { steps: "cancel1", hears: ["error 1 10147"] },
  O10: {
    steps: "place1 cancel1 fill1",
    hears: ["status 1 PendingCancel 0", "status 1 Cancelled 0", "error 1 202", "execution 1 01.01 60 ref-7"],
  },
  O11: { steps: "place1 cancel1 openOrders", hears: ["-- cancel1", "-- openOrders", "order 1 LMT ref-7"] },
  O12: { steps: "place1 openOrders", hears: ["-- place1", "-- openOrders", "order 1 LMT ref-7", "53|1|"] },
  O13: { steps: "place1", hears: ["error 1 10349", "order 1 LMT ref-7", "status 1 PreSubmitted 0"] },
  O15: { steps: "place1", hears: ["error 1 404", "order 1 LMT ref-7", "status 1 PreSubmitted 0 locate"] },
  O16: { steps: "place1", hears: ["order 1 LMT ref-7", "status 1 Inactive 0"], never: /^error \d/ },
  O17: { steps: "place1", hears: ["status 1 Cancelled 0"], never: /^(order|error \d)/ },
  O18: { steps: "place1", hears: ["error -1 201"], never: /^(order|status)/ },
  O19: { steps: "place1 place2", hears: ["error 1 200", "error 2 460"], never: /^(order|status)/ },
  O20: { steps: "place1 place2", hears: ["error 1 451", "error 2 383"], never: /^(order|status)/ },
  O21: { steps: "place1", hears: ["error 1 201", "status 1 Inactive 0"] },
  O22: { steps: "place1", hears: ["error 1 201", "status 1 Inactive 0"] },
  O23: { steps: "place1", hears: ["order 1 IBALGO ref-7"], never: /^order 1 LMT/ },
  O27: { steps: "place1 place1", hears: ["status 1 PreSubmitted 0", "-- place1", "error 1 104"] },
  O32: { steps: "place1 fill1", hears: ["status 1 Submitted 60", "status 1 Submitted 0"] },
  O33: {
    steps: "fillsAtOnce place1",
    hears: ["-- place1", "execution 1 01.01 100 ref-7", "status 1 PreSubmitted 0", "status 1 Filled 100"],
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
  O39: { steps: "place1 fill1 executions", hears: ["-- executions", "55|1|4|"] },
  O43: { steps: "place1 fill1", hears: ["order 1 LMT ", "execution 1 01.01 60 "], never: /ref-7/ },
  D01: { steps: "quote", hears: ["price 6 1 -1", "price 6 2 -1", "price 6 4 -1", "57|1|6|"] },
  D02: { steps: "quote", hears: [...prices], never: /^57/ },
  D04: { steps: "quote", hears: ["error 6 10167", "58|1|6|3|", "price 6 66 196.48", "price 6 67 196.52"] },
  D05: { steps: "quote", hears: ["error 6 354"], never: /^(price|57)/ },
  D06: { steps: "quote quoteKO", hears: [...prices, "57|1|6|", "57|1|8|"], never: /^price 8/ },
  D08: {
    steps: "contract contract contract",
    hears: ["error -1 100", "contract TSLA 0.01", "error -1 100", "error -1 100", "closed"],
  },
  D09: { steps: "history", hears: ["error 10 162"] },
  D12: { steps: "contract contract", hears: ["error 9 200", "contract TSLA 0.01"] },
  D14: { steps: "contract", hears: ["error 9 200"], never: /^(contract|52)/ },
  D17: { steps: "positions", hears: ["position BTC CRYPTO 0.25", "62|1|"] },
  D18: { steps: "place1 fill1 positions", hears: ["position TSLA STK 60", "position TSLA STK 60", "62|1|"] },
  A01: {
    steps: "summary",
    hears: ["summary NetLiquidation 1000123.45 USD", "summary NetLiquidation 1520187.65 AUD"],
  },
  A04: { steps: "summary", hears: ["summary NetLiquidation 1000123.45 ", "64|1|5|"], never: /^summary.*USD/ },
  A05: {
    steps: "updates updates",
    hears: [
      "value AccountReady false ",
      "value NetLiquidation 0.00 USD",
      "value TotalCashValue  USD",
      "value AccountReady true ",
      "value NetLiquidation 1000123.45 USD",
      "value TotalCashValue 1000000.50 USD",
    ],
  },
  A06: { steps: "place1 fill1 updates positions", hears: ["position TSLA STK 60"], never: /^portfolio/ },
  A07: { steps: "positions", hears: ["-- positions"], never: /^62/ },
  A08: { steps: "summary", hears: ["summary NetLiquidation 1250123.45 USD"] },
  A10: { steps: "place1", hears: ["error 1 201", "status 1 Inactive 0"] },
  A11: { steps: "dial", hears: ["error -1 2148"] },
  Z07: { steps: "time", hears: ["49|1|1647266520|"] },
  S02: { steps: "place1 fill1", hears: Array<string>(8).fill("execution 1 01.01 60 ref-7") },
  S05: { steps: "place1 fill1 fill2", hears: ["status 1 Filled 0"], never: /Filled [1-9]/ },
};

test("every scenario has a case, and a line in the table", () => {
  expect(Object.keys(cases).toSorted()).toEqual(ids.toSorted());
  const table = readFileSync(join(folder, "README.md"), "utf8");
  for (const id of ids)
    expect(table).toContain(`| [${id}](${id}.toml) | ${readScenario(join(folder, `${id}.toml`)).about} |`);
});

test.each(Object.entries(cases))("%s at the wire", async (id, { steps, hears, never }) => {
  await using rig = await paperRig({ scenario: readScenario(join(folder, `${id}.toml`)) });
  const heard = await played(rig, steps.split(" "));
  let from = 0;
  for (const line of hears) {
    const at = heard.indexOf(line, from);
    if (at === -1) expect(heard.slice(from)).toContain(line);
    from = at + 1;
  }
  expect(never === undefined ? [] : heard.filter((line) => never.test(line))).toEqual([]);
});
