import { paperRig } from "../../testing/paper-rig.ts";
import type { RawTwsClient } from "../../testing/raw-tws-client.ts";
import { ScriptedVenue } from "../../testing/scripted-venue.ts";
import { instant, tradingDate } from "../../trading/instant.ts";

const stock = "0|TSLA|STK||0|||SMART||USD|||0";
const request = (
  id: number,
  over: { end?: string; size?: string; length?: string; show?: string; format?: number; live?: number } = {},
): string => {
  const { end = "", size = "1 min", length = "1 D", show = "TRADES", format = 1, live = 0 } = over;
  return `20|${id}|${stock}|${end}|${size}|${length}|1|${show}|${format}|${live}||`;
};

const bar = {
  startAt: instant("2022-03-14T13:59:00Z"),
  on: tradingDate("2022-03-14"),
  open: 196.1,
  high: 197.5,
  low: 195.25,
  close: 196.5,
  volumeShares: 12_345,
  averagePrice: 196.4321,
  trades: 87,
};

async function withBars(): Promise<ScriptedVenue> {
  const venue = new ScriptedVenue();
  venue.laidBars = [{ ...bar, startAt: instant("2022-03-14T13:58:00Z") }, bar];
  return venue;
}

test("bars of trades: date, open, high, low, close, volume in lots, average, trades; the zone is told from 174 on", async () => {
  await using rig = await paperRig({ venue: await withBars() });
  const client = await rig.client();
  await expect(client.ask(request(9))).resolves.toEqual([
    "17|9|20220314 09:58:00 US/Eastern|20220314 10:00:00 US/Eastern|2|" +
      "20220314 09:58:00 US/Eastern|196.1000|197.5000|195.2500|196.5000|123.45|196.432|87|" +
      "20220314 09:59:00 US/Eastern|196.1000|197.5000|195.2500|196.5000|123.45|196.432|87|",
  ]);
  const older = await rig.client(2, "v100..173");
  const [told = ""] = await older.ask(request(10, { format: 2, show: "BID" }));
  expect(told).toContain("17|10|20220314  09:58:00|20220314  10:00:00|2|1647266280|");
  expect(told).toContain("|196.5000|-1|-1|-1|1647266340|");
});

test("daily bars are dated, and the venue is asked for what the client asked for", async () => {
  const venue = await withBars();
  await using rig = await paperRig({ venue });
  const client = await rig.client();
  const [told = ""] = await client.ask(
    request(9, { size: "1 day", length: "2 W", show: "MIDPOINT", format: 2 }),
  );
  expect(told).toContain("|2|20220314|196.1000|");
  expect(venue.barRequests).toEqual([
    {
      conId: 76792991,
      price: "midpoint",
      size: "day",
      length: { unit: "weeks", count: 2 },
      until: instant("2022-03-14T14:00:00Z"),
    },
  ]);
});

test.each([
  ["20220311 16:00:00", "2022-03-11T21:00:00Z"],
  ["20220311 16:00:00 Europe/Berlin", "2022-03-11T15:00:00Z"],
  ["20220311-21:00:00", "2022-03-11T21:00:00Z"],
])("an end at %p is %s (Z06)", async (end, at) => {
  const venue = await withBars();
  await using rig = await paperRig({ venue });
  const client = await rig.client();
  await client.ask(request(9, { end, length: "1800" }));
  expect(venue.barRequests[0]).toMatchObject({
    until: instant(at),
    length: { unit: "seconds", count: 1800 },
  });
});

test.each([
  [
    request(9, { show: "YIELD" }),
    "4|2|9|321|Error validating request.-'bW' : cause - What to show field is missing",
  ],
  [
    request(9, { size: "7 mins" }),
    "4|2|9|321|Error validating request.-'bW' : cause - Historical data bar size",
  ],
  [request(9, { length: "1 F" }), "4|2|9|321|"],
  [request(9, { end: "yesterday" }), "4|2|9|321|"],
  [
    request(9, { end: "20220311 16:00:00", show: "ADJUSTED_LAST" }),
    "4|2|9|321|Error validating request.-'bW' : cause - End Date not",
  ],
  [
    request(9, { length: "40 Y" }),
    "4|2|9|162|Historical Market Data Service error message:Time length exceed max.",
  ],
  [
    request(9, { size: "30 secs", length: "7 D" }),
    "4|2|9|162|Historical Market Data Service error message:Time length exceed max.",
  ],
  [
    request(9, { size: "1 secs", length: "5001 S" }),
    "4|2|9|162|Historical Market Data Service error message:Time length exceed max.",
  ],
  [request(9).replace("TSLA", "NOPE"), "4|2|9|200|"],
  [request(9).replace("TSLA", "ABC"), "4|2|9|200|The contract description specified for ABC is ambiguous"],
  [
    request(9),
    "4|2|9|162|Historical Market Data Service error message:HMDS query returned no data: TSLA@SMART Trades|",
  ],
])("%s is refused", async (message, refusal) => {
  await using rig = await paperRig();
  const client = await rig.client();
  await expect(client.ask(message)).resolves.toEqual([expect.stringContaining(refusal)]);
});

test("bars that are kept up to date: the present one grows until it is cancelled; what is over cannot be cancelled", async () => {
  const venue = await withBars();
  await using rig = await paperRig({ venue });
  const client = await rig.client();
  await client.ask(request(9, { live: 1 }));
  venue.laidBars = [{ ...bar, high: 198.75, close: 198.5 }];
  await rig.gateway.advanceTo(instant("2022-03-14T14:00:05Z"));
  await expect(client.heard()).resolves.toEqual([
    "90|9|87|20220314 09:59:00 US/Eastern|196.1000|198.5000|198.7500|195.2500|196.432|123.45|",
  ]);
  await expect(client.ask("25|1|9|")).resolves.toEqual([
    "4|2|9|162|Historical Market Data Service error message:API historical data query cancelled: 9||",
  ]);
  await expect(client.ask("25|1|9|")).resolves.toEqual([
    "4|2|9|366|No historical data query found for ticker id:9||",
  ]);
});

test("head timestamps: text in UTC or seconds", async () => {
  await using rig = await paperRig();
  const client = await rig.client();
  const head = (format: number): string => `87|9|${stock}|1|TRADES|${format}|`;
  await expect(client.ask(head(1))).resolves.toEqual(["88|9|20210315-13:30:00|"]);
  await expect(client.ask(head(2))).resolves.toEqual(["88|9|1615815000|"]);
  await expect(client.ask("90|9|")).resolves.toEqual([]);
});

const violation = (id: number): string =>
  `4|2|${id}|162|Historical Market Data Service error message:Historical data request pacing violation||`;

/** Code of the answer: 17 bars, 162 a violation. */
async function asks(client: RawTwsClient, message: string): Promise<string> {
  const [first = ""] = await client.ask(message);
  return first.startsWith("17|") ? "bars" : (first.split("|")[3] ?? "");
}

test("small bars: the same again within 15 seconds is a pacing violation, for whichever client; a minute's bars never are", async () => {
  await using rig = await paperRig({ venue: await withBars(), pacing: "throttle" });
  const [client, other] = [await rig.client(), await rig.client(2)];
  const small = request(1, { size: "30 secs", length: "1800 S" });
  await expect(asks(client, small)).resolves.toBe("bars");
  await expect(other.ask(small.replace("20|1|", "20|9|"))).resolves.toEqual([violation(9)]);
  await expect(asks(client, request(2, { size: "30 secs", length: "3600 S" }))).resolves.toBe("bars");
  await expect(asks(client, request(3))).resolves.toBe("bars");
  await expect(asks(client, request(4))).resolves.toBe("bars");
  await rig.gateway.advanceTo(instant("2022-03-14T14:00:14.999Z"));
  await expect(asks(client, small)).resolves.toBe("162");
  await rig.gateway.advanceTo(instant("2022-03-14T14:00:15Z"));
  await expect(asks(client, small)).resolves.toBe("bars");
});

test("small bars: the sixth of one contract, exchange and kind within two seconds is a violation; BID_ASK counts twice", async () => {
  await using rig = await paperRig({ venue: await withBars(), pacing: "throttle" });
  const client = await rig.client();
  const small = (length: number, show: string): string =>
    request(1, { size: "5 secs", length: `${length} S`, show });
  for (let length = 60; length < 65; length += 1)
    await expect(asks(client, small(length, "TRADES"))).resolves.toBe("bars");
  await expect(asks(client, small(65, "TRADES"))).resolves.toBe("162");
  await expect(asks(client, small(60, "BID_ASK"))).resolves.toBe("bars");
  await expect(asks(client, small(61, "BID_ASK"))).resolves.toBe("bars");
  await expect(asks(client, small(62, "BID_ASK"))).resolves.toBe("162");
  await expect(asks(client, small(60, "BID").replace("TSLA", "KO"))).resolves.toBe("bars");
  await rig.gateway.advanceTo(instant("2022-03-14T14:00:02Z"));
  await expect(asks(client, small(66, "TRADES"))).resolves.toBe("bars");
});

test("a head timestamp counts like small bars", async () => {
  await using rig = await paperRig({ pacing: "reject" });
  const client = await rig.client();
  const head = `87|9|${stock}|1|TRADES|1|`;
  await expect(client.ask(head)).resolves.toEqual([expect.stringMatching(/^88\|9\|/)]);
  await expect(client.ask(head)).resolves.toEqual([violation(9)]);
});

test("longer bars are answered more slowly after 60 within ten minutes, one by one; one that waits can be cancelled", async () => {
  await using rig = await paperRig({ venue: await withBars(), pacing: "throttle" });
  const [client, other, third] = [await rig.client(1), await rig.client(2), await rig.client(3)];
  for (let id = 1; id <= 20; id += 1) for (const each of [client, other, third]) await each.ask(request(id));
  client.messages.splice(0);
  const startedMs = performance.now();
  for (const id of [61, 62, 63]) client.send(request(id));
  await expect(other.ask(request(31))).resolves.toEqual([]);
  await expect(other.ask("25|1|31|")).resolves.toEqual([
    "4|2|31|162|Historical Market Data Service error message:API historical data query cancelled: 31||",
  ]);
  third.send(request(32));
  await third.end();
  await client.until((message) => message.startsWith("17|61|"));
  client.send(request(64));
  await client.until((message) => message.startsWith("17|64|"));
  const order = client.messages.map((message) => message.split("|")[1]);
  expect(order).toEqual(["61", "62", "63", "64"]);
  expect(performance.now() - startedMs).toBeGreaterThan(1950);
  expect(performance.now() - startedMs).toBeLessThan(3500);
});

test("50 questions may be open at a time: the next that wants to be kept up to date is refused until one is cancelled", async () => {
  await using rig = await paperRig({ venue: await withBars() });
  const client = await rig.client();
  for (let id = 1; id <= 50; id += 1) await client.ask(request(id, { live: 1 }));
  const refusal =
    "322|Error processing request.-'bW' : cause - Only 50 simultaneous API historical data requests allowed.||";
  await expect(client.ask(request(51, { live: 1 }))).resolves.toEqual([`4|2|51|${refusal}`]);
  await client.ask("25|1|7|");
  await expect(asks(client, request(51, { live: 1 }))).resolves.toBe("bars");
});

test("while a long answer is found others are served; its own client hears it first, and a cancelled client nothing", async () => {
  const venue = await withBars();
  venue.isSearching = true;
  await using rig = await paperRig({ venue });
  const client = await rig.client();
  const other = await rig.client(2);
  client.send(request(9, { length: "40 Y", size: "1 day" }));
  client.send("49|1|");
  await other.heard();
  const gone = await rig.client(3);
  gone.send(request(10, { length: "40 Y", size: "1 day" }));
  await other.heard();
  await gone.end();
  venue.isSearching = false;
  client.messages.splice(0);
  await client.until((message) => message.startsWith("49|"));
  expect(client.messages.map((message) => message.split("|")[0])).toEqual(["17", "49"]);
  expect(gone.messages.filter((message) => message.startsWith("17|"))).toEqual([]);
});

test("an answer may have more fields than a call may have arguments", async () => {
  const venue = new ScriptedVenue();
  venue.laidBars = Array.from({ length: 30_000 }, () => bar);
  await using rig = await paperRig({ venue });
  const client = await rig.client();
  const [told = ""] = await client.ask(request(9, { length: "1 Y", format: 2 }));
  expect(told.split("|")).toHaveLength(5 + 8 * 30_000 + 1);
  expect(told.endsWith("|196.5000|123.45|196.432|87|")).toBe(true);
});
