import { simulatedVenue } from "../../simulation/simulated-venue.ts";
import { paperRig } from "../../testing/paper-rig.ts";
import { RawTwsClient } from "../../testing/raw-tws-client.ts";
import { smallHistory } from "../../testing/small-venue.ts";
import { instant } from "../../trading/instant.ts";
import { startPaperGateway } from "./gateway.ts";

const pair = "0|EUR|CASH||0|||IDEALPRO||USD";

test("EUR.USD: details with their own tick, rule and hours", async () => {
  await using rig = await paperRig();
  const client = await rig.client();
  const [details = "", end] = await client.ask(`9|8|5|${pair}|||0|||`);
  const fields = details.split("|");
  expect(fields.slice(0, 14)).toEqual([
    "10",
    "5",
    "EUR",
    "CASH",
    "",
    "0",
    "",
    "IDEALPRO",
    "USD",
    "EUR.USD",
    "EUR.USD",
    "EUR.USD",
    "12087792",
    "0.00005",
  ]);
  expect(details).toContain("|20220313:1715-20220314:1700;");
  const [stock = ""] = await client.ask("9|8|6|8894||||||||||||0|||");
  expect(fields).toHaveLength(stock.split("|").length);
  expect(end).toBe("52|1|5|");
  await expect(client.ask("91|239|")).resolves.toEqual(["93|239|1|0|0.00005|"]);
});

test.each([
  ["0|EUR|CASH||0|||IDEALPRO||GBP", "another currency"],
  ["0||CASH||0|||IDEALPRO||USD", "no symbol"],
  ["0|EUR|CASH||0|||SMART||USD", "another route"],
])("%s is no pair: %s", async (spec) => {
  await using rig = await paperRig();
  const client = await rig.client();
  await expect(client.ask(`1|11|7|${spec}|||0||1|0||`)).resolves.toEqual([
    "4|2|7|200|No security definition has been found for the request||",
  ]);
});

test("it is quoted a tick wide at every hour, at the rate that accounts in euros are counted at", async () => {
  const account = { id: "DU7654321", cash: 5000, baseCurrency: "EUR", positions: [] } as const;
  const startAt = instant("2022-11-22T03:00:00-05:00");
  const venue = simulatedVenue({ history: smallHistory(), startAt, seed: 42, accounts: [account] });
  const quote = venue.quote(12_087_792);
  const rate = venue.balances("DU7654321").ledgers.find(({ currency }) => currency === "USD")?.exchangeRate;
  expect(1 / (rate ?? 0)).toBeGreaterThanOrEqual(quote.bid ?? Number.NaN);
  expect(1 / (rate ?? 0)).toBeLessThan(quote.ask ?? Number.NaN);
  expect((quote.ask ?? 0) - (quote.bid ?? 0)).toBeCloseTo(0.00005, 10);
  expect(venue.today(12_087_792)).toBeUndefined();
});

const bars = (id: number, show: string, over = pair): string =>
  `20|${id}|${over}|||0||1 hour|7200 S|0|${show}|1|0||`;

test("bars of EUR.USD: middle, bid and ask, none of trades; when they begin", async () => {
  const startAt = instant("2022-11-22T10:20:00-05:00");
  const account = { id: "DU7654321", cash: 5000, baseCurrency: "USD", positions: [] } as const;
  const venue = simulatedVenue({ history: smallHistory(), startAt, seed: 42, accounts: [account] });
  const quietly = { clock: { kind: "stepped" }, snapshotEndsAfterMs: 0, pacing: "off" } as const;
  const gateway = await startPaperGateway({ venue, port: 0, ...quietly, log: () => {} });
  const client = await RawTwsClient.start(gateway.port, 1);
  const { bid = 0, ask = 0 } = venue.quote(12_087_792);
  const closes: string[] = [];
  for (const show of ["BID", "MIDPOINT", "ASK"]) {
    const [told = ""] = await client.ask(bars(9, show));
    const fields = told.split("|");
    expect(fields.slice(0, 2)).toEqual(["17", "9"]);
    expect([fields[4], fields[5], fields[13]]).toEqual([
      "2",
      "20221122 09:00:00 US/Eastern",
      "20221122 10:00:00 US/Eastern",
    ]);
    expect(fields.slice(-4)).toEqual(["-1", "-1", "-1", ""]);
    closes.push(fields.at(-5) ?? "");
  }
  expect(closes.map(Number)).toEqual([bid, expect.closeTo((bid + ask) / 2, 9), ask]);
  await expect(client.ask(bars(9, "TRADES"))).resolves.toEqual([
    "4|2|9|162|Historical Market Data Service error message:HMDS query returned no data: EUR.USD@IDEALPRO Trades||",
  ]);
  await expect(client.ask(bars(9, "BID", pair.replace("USD", "GBP")))).resolves.toEqual([
    expect.stringContaining("|9|200|"),
  ]);
  await expect(client.ask(`87|9|${pair}|||0|0|MIDPOINT|1|`)).resolves.toEqual(["88|9|20221003-21:15:00|"]);
  await client.end();
  await gateway.close();
});

test("a snapshot of EUR.USD", async () => {
  await using rig = await paperRig();
  const client = await rig.client();
  const told = await client.ask(`1|11|7|${pair}|||0||1|0||`);
  expect(told[0]).toBe("58|1|7|1|");
  expect(told.at(-1)).toBe("57|1|7|");
});
