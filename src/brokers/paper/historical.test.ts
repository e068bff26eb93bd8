import { paperRig } from "../../testing/paper-rig.ts";
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
