import { paperRig } from "../../testing/paper-rig.ts";
import { ScriptedVenue } from "../../testing/scripted-venue.ts";
import { instant } from "../../trading/instant.ts";

const request = (id: number, { symbol = "TSLA", snapshot = 1, generic = "" } = {}): string =>
  `1|11|${id}|0|${symbol}|STK||0.0|||SMART||USD|||0|${generic}|${snapshot}|0||`;

const ticks = (id: number): readonly string[] => [
  `58|1|${id}|1|`,
  `81|${id}|0.01|9c0001|3|`,
  `1|6|${id}|1|196.48|300|0|`,
  `2|6|${id}|0|300|`,
  `1|6|${id}|2|196.52|700|0|`,
  `2|6|${id}|3|700|`,
  `46|6|${id}|45|1647266398|`,
  `1|6|${id}|4|196.5|100|0|`,
  `2|6|${id}|5|100|`,
  `45|6|${id}|49|0.0|`,
  `2|6|${id}|8|1234|`,
  `1|6|${id}|6|197.75|0|0|`,
  `1|6|${id}|7|194.25|0|0|`,
  `1|6|${id}|14|195.5|0|0|`,
  `1|6|${id}|9|195.97|0|0|`,
];

test("a snapshot: type, bid, ask and last each with its size, the last trade's time, the close, the end", async () => {
  await using rig = await paperRig();
  const client = await rig.client();
  await expect(client.ask(request(9))).resolves.toEqual([...ticks(9), "57|1|9|"]);
});

test("the first messages are those recorded from a real gateway: type, parameters, time and price of the last trade, no halt", async () => {
  await using rig = await paperRig();
  const client = await rig.client(1, "v100..173");
  // AAPL on 15 April 2025.
  const recorded = [
    "58|1|9000|1|",
    "81|9000|0.01|9c0001|3|",
    "46|6|9000|45|1744742857|",
    "1|6|9000|4|202.55|2|0|",
    "45|6|9000|49|0.0|",
  ];
  const told = (await client.ask(request(9000))).filter(
    (message) => !/^(2\|6|1\|6\|9000\|[12]\|)/.test(message),
  );
  expect(told.slice(0, 5)).toEqual(
    recorded.map((message) => message.replace("1744742857", "1647266398").replace("202.55|2", "196.5|100")),
  );
});

test("a currency pair has parameters of its own", async () => {
  await using rig = await paperRig();
  const client = await rig.client();
  const told = await client.ask("1|11|7|0|EUR|CASH||0|||IDEALPRO||USD|||0||1|0||");
  expect(told[1]).toBe("81|7|0.00005||0|");
});

test("its end comes so long after the request as was set, and its line is free then (D02)", async () => {
  await using rig = await paperRig({ snapshotEndsAfterMs: 60, marketDataLines: 2 });
  const client = await rig.client();
  await expect(client.ask(request(1))).resolves.toEqual(ticks(1));
  await expect(client.ask(request(2))).resolves.toEqual(ticks(2));
  await expect(client.ask(request(3))).resolves.toEqual([
    "4|2|3|101|Max number of tickers has been reached||",
  ]);
  await expect(client.ask("2|1|1|")).resolves.toEqual([]);
  await expect(client.ask(request(4))).resolves.toEqual(ticks(4));
  await client.until((message) => message === "57|1|4|");
  expect(client.messages).toEqual(["57|1|2|", "57|1|4|"]);
  await expect(client.ask(request(5))).resolves.toEqual(ticks(5));
});

test("lines are counted over all clients, and those of one that left are free", async () => {
  await using rig = await paperRig({ marketDataLines: 1 });
  const [one, two] = [await rig.client(1), await rig.client(2)];
  await one.ask(request(1, { snapshot: 0 }));
  await expect(two.ask(request(1))).resolves.toEqual([expect.stringContaining("|101|")]);
  await one.end();
  await expect(two.ask(request(2))).resolves.toHaveLength(16);
});

test("a closed market quotes −1 on both sides and still tells the last trade (D01)", async () => {
  await using rig = await paperRig({ venue: new ScriptedVenue("2022-03-14T21:00:00Z") });
  const client = await rig.client();
  const told = await client.ask(request(9));
  expect(told.slice(2, 6)).toEqual(["1|6|9|1|-1|0|0|", "2|6|9|0|0|", "1|6|9|2|-1|0|0|", "2|6|9|3|0|"]);
  expect(told[7]).toBe("1|6|9|4|196.5|100|0|");
  await client.ask("59|1|2|");
  // Frozen: the bid and the ask with which the session ended.
  const frozen = await client.ask(request(10));
  expect(frozen[0]).toBe("58|1|10|2|");
  expect([frozen[2], frozen[4]]).toEqual(["1|6|10|1|196.25|0|0|", "1|6|10|2|196.75|0|0|"]);
});

test("a stream of frozen quotes is live until the market closes, and again when it opens", async () => {
  const venue = new ScriptedVenue("2022-03-14T19:59:58Z");
  await using rig = await paperRig({ venue });
  const client = await rig.client();
  await client.ask("59|1|2|");
  const told = await client.ask(request(9, { snapshot: 0 }));
  expect(told[0]).toBe("58|1|9|1|");
  await rig.gateway.advanceTo(instant("2022-03-14T20:00:00Z"));
  const closed = await client.heard();
  expect([closed[0], closed[1]]).toEqual(["58|1|9|2|", "1|6|9|1|196.25|0|0|"]);
  await rig.gateway.advanceTo(instant("2022-03-15T13:30:00Z"));
  expect((await client.heard())[0]).toBe("58|1|9|1|");
});

test("a stream tells only what changed, until it is cancelled", async () => {
  const venue = new ScriptedVenue();
  await using rig = await paperRig({ venue });
  const client = await rig.client();
  await expect(client.ask(request(9, { snapshot: 0 }))).resolves.toEqual(ticks(9));
  await rig.gateway.advanceTo(instant("2022-03-14T14:00:05Z"));
  await expect(client.heard()).resolves.toEqual([]);
  const quote = venue.quote(76792991);
  venue.quotes.set(76792991, { ...quote, ask: 196.55 });
  await rig.gateway.advanceTo(instant("2022-03-14T14:00:10Z"));
  await expect(client.heard()).resolves.toEqual(["1|6|9|2|196.55|700|0|", "2|6|9|3|700|"]);
  await expect(client.ask("2|2|9|")).resolves.toEqual([]);
  venue.quotes.set(76792991, { ...quote, bid: 196.4 });
  await rig.gateway.advanceTo(instant("2022-03-14T14:00:15Z"));
  await expect(client.heard()).resolves.toEqual([]);
});

test("an unknown symbol, an ambiguous one, an id twice, a cancel of nothing, a type that is none", async () => {
  await using rig = await paperRig();
  const client = await rig.client();
  await expect(client.ask(request(1, { symbol: "NOPE" }))).resolves.toEqual([
    "4|2|1|200|No security definition has been found for the request||",
  ]);
  await expect(client.ask(request(2, { symbol: "ABC" }))).resolves.toEqual([
    "4|2|2|200|The contract description specified for ABC is ambiguous||",
  ]);
  await client.ask(request(3, { snapshot: 0 }));
  await expect(client.ask(request(3))).resolves.toEqual([expect.stringContaining("|3|322|")]);
  await expect(client.ask("2|1|77|")).resolves.toEqual(["4|2|77|300|Can't find EId with tickerId:77||"]);
  await expect(client.ask("59|1|9|")).resolves.toEqual([expect.stringContaining("|320|")]);
});

test("an ambiguous symbol has as many contract details as listings; an exchange, a primary one or the conId decides (D12)", async () => {
  await using rig = await paperRig();
  const client = await rig.client();
  const conIds = async (spec: string): Promise<readonly string[]> =>
    (await client.ask(`9|8|5|${spec}|||0|||`)).map((message) =>
      message.startsWith("10|") ? (message.split("|")[12] ?? "") : message,
    );
  await expect(conIds("0|ABC|STK||0|||SMART||USD")).resolves.toEqual(["11", "12", "52|1|5|"]);
  await expect(conIds("0|ABC|STK||0|||SMART|NYSE|USD")).resolves.toEqual(["12", "52|1|5|"]);
  await expect(conIds("11||||||||||")).resolves.toEqual(["11", "52|1|5|"]);
  await expect(conIds("11|ABC|STK||0|||MOON||USD")).resolves.toEqual([expect.stringContaining("|5|200|")]);
  await expect(conIds("0||STK||0|||SMART||USD")).resolves.toEqual([expect.stringContaining("|5|200|")]);
});

test("contract details tell six days from the present one on: a half day, a closed day, and tomorrow others (Z02)", async () => {
  await using rig = await paperRig({ venue: new ScriptedVenue("2022-03-15T14:00:00Z") });
  const client = await rig.client();
  const hours = async (): Promise<readonly string[]> =>
    ((await client.ask("9|8|5|8894||||||||||||0|||"))[0] ?? "").split("|").slice(26, 28);
  await expect(hours()).resolves.toEqual([
    "20220315:0400-20220315:2000;20220316:0400-20220316:1700;20220317:CLOSED;20220318:0400-20220318:2000;20220319:CLOSED;20220320:CLOSED",
    "20220315:0930-20220315:1600;20220316:0930-20220316:1300;20220317:CLOSED;20220318:0930-20220318:1600;20220319:CLOSED;20220320:CLOSED",
  ]);
  // Four in the morning UTC: midnight in New York, where the next day begins.
  await rig.gateway.advanceTo(instant("2022-03-16T03:59:59Z"));
  expect((await hours())[1]).toMatch(/^20220315:0930/);
  await rig.gateway.advanceTo(instant("2022-03-16T04:00:00Z"));
  expect((await hours())[1]).toMatch(/^20220316:0930-20220316:1300;/);
});

const delayedTicks = (id: number): readonly string[] => [
  `4|2|${id}|10167|Requested market data is not subscribed. Displaying delayed market data.||`,
  `58|1|${id}|3|`,
  `81|${id}|0.01|9c0001|3|`,
  `1|6|${id}|66|195.48|300|0|`,
  `2|6|${id}|69|300|`,
  `1|6|${id}|67|195.52|700|0|`,
  `2|6|${id}|70|700|`,
  `46|6|${id}|88|1647266398|`,
  `1|6|${id}|68|195.5|100|0|`,
  `2|6|${id}|71|100|`,
  `2|6|${id}|74|987|`,
  `1|6|${id}|72|196.75|0|0|`,
  `1|6|${id}|73|193.25|0|0|`,
  `1|6|${id}|76|194.5|0|0|`,
  `1|6|${id}|75|194.97|0|0|`,
];

test("delayed data: to who asks for it, with a notice and ticks of their own; to nobody else (D04, D05)", async () => {
  await using rig = await paperRig({ marketData: "delayed", marketDataLines: 1 });
  const client = await rig.client();
  const refused = (id: number): readonly string[] => [
    `4|2|${id}|10089|Requested market data requires additional subscription for API. See link in 'Market Data Connections' dialog for more details.Delayed market data is available.TSLA NASDAQ.NMS/TOP/ALL||`,
  ];
  await expect(client.ask(request(1))).resolves.toEqual(refused(1));
  await client.ask("59|1|2|");
  await expect(client.ask(request(2))).resolves.toEqual(refused(2));
  for (const type of [3, 4]) {
    await client.ask(`59|1|${type}|`);
    await expect(client.ask(request(type))).resolves.toEqual([...delayedTicks(type), `57|1|${type}|`]);
  }
  await expect(client.ask(request(5, { snapshot: 0 }))).resolves.toEqual(delayedTicks(5));
  // What closed a quarter of an hour ago: type 4 has the last quotes of the session, type 3 none.
  await rig.gateway.advanceTo(instant("2022-03-14T21:00:00Z"));
  const closed = await client.heard();
  expect(closed.slice(0, 2)).toEqual(["58|1|5|4|", "1|6|5|66|195.25|0|0|"]);
  await client.ask("2|2|5|");
  await client.ask("59|1|3|");
  const [, type, , bid] = await client.ask(request(6));
  expect([type, bid]).toEqual(["58|1|6|3|", "1|6|6|66|-1|0|0|"]);
});

test("no subscription at all: 354, and 10168 to who asks for delayed data (D05)", async () => {
  await using rig = await paperRig({ marketData: "none" });
  const client = await rig.client();
  const [live = "", ...more] = await client.ask(request(1, { symbol: "KO" }));
  expect(live).toMatch(
    /^4\|2\|1\|354\|Requested market data is not subscribed\. Check .*\.KO NYSE\/TOP\/ALL\|\|$/,
  );
  expect(more).toEqual([]);
  await client.ask("59|1|3|");
  await expect(client.ask(request(2))).resolves.toEqual([
    "4|2|2|10168|Requested market data is not subscribed. Delayed market data is not enabled.||",
  ]);
});

test.each(["delayed", "none"] as const)(
  "currencies are live whatever is subscribed to: %s",
  async (marketData) => {
    await using rig = await paperRig({ marketData });
    const client = await rig.client();
    const told = await client.ask("1|11|7|0|EUR|CASH||0|||IDEALPRO||USD|||0||1|0||");
    expect([told[0], told.at(-1)]).toEqual(["58|1|7|1|", "57|1|7|"]);
  },
);

test("delayed data that are not needed: who asks for them is given live ones", async () => {
  await using rig = await paperRig();
  const client = await rig.client();
  await client.ask("59|1|3|");
  await expect(client.ask(request(9))).resolves.toEqual([...ticks(9), "57|1|9|"]);
});

test("a halt: no bid, no ask, and a tick that says so; another one when it is over", async () => {
  const venue = new ScriptedVenue();
  await using rig = await paperRig({ venue });
  const client = await rig.client();
  await client.ask(request(9, { snapshot: 0 }));
  const quote = venue.quote(76792991);
  venue.quotes.set(76792991, { ...quote, bid: undefined, ask: undefined, halt: "volatility" });
  await rig.gateway.advanceTo(instant("2022-03-14T14:00:05Z"));
  await expect(client.heard()).resolves.toEqual([
    "1|6|9|1|-1|0|0|",
    "2|6|9|0|0|",
    "1|6|9|2|-1|0|0|",
    "2|6|9|3|0|",
    "45|6|9|49|2.0|",
  ]);
  const snapshot = await client.ask(request(10));
  expect(snapshot).toContain("45|6|10|49|2.0|");
  venue.quotes.set(76792991, quote);
  await rig.gateway.advanceTo(instant("2022-03-14T14:00:10Z"));
  await expect(client.heard()).resolves.toContain("45|6|9|49|0.0|");
});

test("a snapshot has no generic ticks (321); a stream may ask for some", async () => {
  await using rig = await paperRig();
  const client = await rig.client();
  await expect(client.ask(request(9, { generic: "233" }))).resolves.toEqual([
    "4|2|9|321|Error validating request.-'bW' : cause - Snapshot market data subscription is not applicable to generic ticks||",
  ]);
  const [first] = await client.ask(request(9, { generic: "233", snapshot: 0 }));
  expect(first).not.toContain("|321|");
});
