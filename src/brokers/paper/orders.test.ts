import { paperRig } from "../../testing/paper-rig.ts";
import { placeOrderMessage, type RawTwsClient } from "../../testing/raw-tws-client.ts";
import { ScriptedVenue } from "../../testing/scripted-venue.ts";
import { instant } from "../../trading/instant.ts";

const first = 1_376_327_563;
const tesla = { symbol: "TSLA", secType: "STK", exchange: "SMART", currency: "USD", transmit: 1 };
const buy = {
  ...tesla,
  orderId: 1,
  action: "BUY",
  orderType: "LMT",
  totalQuantity: 100,
  lmtPrice: 196.52,
  orderRef: "DU1234567-ref",
};
type Fields = Parameters<typeof placeOrderMessage>[0];

/** "id code" of each error and the first fields of everything else, so that a test shows an order's life at a glance. */
function brief(messages: readonly string[]): readonly string[] {
  return messages.map((message) => {
    const fields = message.split("|");
    if (fields[0] === "4") return `error ${fields[2]} ${fields[3]}`;
    if (fields[0] === "3") return `status ${fields[1]} ${fields[2]} ${fields[3]}/${fields[4]}`;
    const state = /\|(PreSubmitted|Submitted|Filled|Inactive|Cancelled)\|1\.7976/.exec(message)?.[1];
    if (fields[0] === "5") return `open ${fields[1]} ${state}`;
    if (fields[0] === "11") return `executed ${fields[1]} ${fields[2]} ${fields[19]}@${fields[20]}`;
    if (fields[0] === "59") return `commission ${fields[2]?.slice(18)} ${fields[3]}`;
    return message;
  });
}
const place = async (client: RawTwsClient, fields: Fields): Promise<readonly string[]> =>
  brief(await client.ask(placeOrderMessage(fields)));

test("an Adaptive limit order in two parts: each execution, status, commission, and the echo of what was asked (O41)", async () => {
  await using rig = await paperRig();
  const client = await rig.client(5);
  const opened = await client.ask(
    placeOrderMessage({ ...buy, account: "DU1234567", tif: "DAY", adaptivePriority: "Patient" }),
  );
  expect(brief(opened)).toEqual(["open 1 PreSubmitted", "status 1 PreSubmitted 0/100"]);
  expect(opened[0]).toContain("|BUY|100|LMT|196.52|0.0|DAY||DU1234567||0|DU1234567-ref|5|1376327563|");
  expect(opened[0]).toContain("|Adaptive|1|adaptivePriority|Patient|0|0|PreSubmitted|");
  expect(rig.venue.order(first)).toMatchObject({
    clientId: 5,
    orderId: 1,
    conId: 76792991,
    side: "buy",
    shares: 100,
    limitPrice: 196.52,
    algoParams: [{ tag: "adaptivePriority", value: "Patient" }],
  });
  rig.venue.fill(first, 40, 196.5, 0.35);
  expect(brief(await client.heard())).toEqual([
    "executed -1 1 40@196.5",
    "open 1 Submitted",
    "status 1 Submitted 40/60",
    "commission 01.01 0.35",
  ]);
  rig.venue.fill(first, 60, 196.52, 0.65);
  const end = await client.heard();
  expect(brief(end)).toEqual([
    "executed -1 1 60@196.52",
    "open 1 Filled",
    "status 1 Filled 100/0",
    "open 1 Filled",
    "commission 02.01 0.65",
  ]);
  expect(end[1]).toContain("E308||||||0|0|0|None|");
  expect(end[3]).toContain("E308|1.0|||USD||0|0|0|None|");
  expect(end[2]).toBe("3|1|Filled|100|0|196.512|1376327563|0|196.52|5||0|");
});

test("a rejected order: 201, Inactive twice; a price off the tick (110) is only an error (O03)", async () => {
  await using rig = await paperRig();
  const client = await rig.client();
  const told = await client.ask(placeOrderMessage({ ...buy, totalQuantity: 100_001 }));
  expect(brief(told)).toEqual(["error 1 201", "open 1 Inactive", "status 1 Inactive 0/100001"]);
  expect(told[0]).toContain("Margin \\u2013 too small");
  const ko = { ...buy, symbol: "KO", lmtPrice: 60.01 };
  await expect(place(client, { ...ko, orderId: 2 })).resolves.toEqual(["error 2 110"]);
  const completed = (await client.ask("99|0|")).filter((message) => message.startsWith("101|"));
  expect(completed.map((message) => message.split("|")[2])).toEqual(["TSLA"]);
  await expect(place(client, { ...ko, orderId: 3, lmtPrice: 60.05 })).resolves.toContain(
    "open 3 PreSubmitted",
  );
  await expect(client.ask("5|1|")).resolves.toHaveLength(3);
});

test.each<[string, Fields, string]>([
  ["no such symbol", { symbol: "NOPE" }, "200"],
  ["two listings", { symbol: "ABC" }, "200"],
  ["a conId of another symbol", { conId: 8894 }, "200"],
  ["another currency", { currency: "EUR" }, "200"],
  ["an option", { secType: "OPT" }, "200"],
  ["no exchange", { exchange: "" }, "321"],
  ["routing past SMART", { exchange: "IEX" }, "201"],
  ["a side that is none", { action: "SSHORT" }, "321"],
  ["a foreign account", { account: "DU7654321" }, "321"],
  ["no shares", { totalQuantity: 0 }, "434"],
  ["shares left out", { totalQuantity: "" }, "434"],
  ["half a share", { totalQuantity: 0.5 }, "10243"],
  ["fewer than no shares", { totalQuantity: -5 }, "321"],
  ["shares that are no number", { totalQuantity: "many" }, "320"],
  ["an unknown type", { orderType: "REL", auxPrice: 0.5 }, "387"],
  ["a stop order without a stop", { orderType: "STP" }, "321"],
  ["a trailing order without a distance", { orderType: "TRAIL" }, "321"],
  ["a closing order until cancelled", { orderType: "LOC", tif: "GTC" }, "113"],
  ["a midpoint order at the open", { orderType: "MIDPRICE", tif: "OPG" }, "111"],
  ["a limit order without a limit", { lmtPrice: "1.7976931348623157E308" }, "321"],
  ["a limit of zero", { lmtPrice: 0 }, "321"],
  ["a time in force that is none", { tif: "SOON" }, "321"],
  ["until a time that is past", { tif: "GTD", goodTillDate: "20220314 09:59:59" }, "201"],
  ["a parent that is not there", { parentId: 7 }, "10006"],
  ["a later start", { goodAfterTime: "20220314 11:00:00 US/Eastern" }, "201"],
  ["an amount of cash", { cashQty: 1000 }, "201"],
  ["all or none", { allOrNone: 1 }, "201"],
  ["conditions", { conditionsCount: 1 }, "320"],
  ["a combination", { secType: "BAG" }, "320"],
  ["transmit that is neither yes nor no", { transmit: "maybe" }, "320"],
  ["an unknown priority", { adaptivePriority: "Now" }, "441"],
  ["Adaptive until cancelled", { adaptivePriority: "Normal", tif: "GTC" }, "442"],
])("%s is refused before anything is booked", async (_, change, code) => {
  await using rig = await paperRig();
  const client = await rig.client();
  await expect(place(client, { ...buy, ...change })).resolves.toEqual([`error 1 ${code}`]);
  expect(rig.venue.openOrders()).toEqual([]);
  expect(rig.venue.completedOrders()).toEqual([]);
});

test("another algorithm than Adaptive is 439, another attribute of it 443", async () => {
  await using rig = await paperRig();
  const client = await rig.client();
  const adaptive = placeOrderMessage({ ...buy, adaptivePriority: "Urgent" });
  expect(brief(await client.ask(adaptive.replace("|Adaptive|", "|Pilot|")))).toEqual(["error 1 439"]);
  const second = adaptive.replace("3|1|", "3|2|").replace("adaptivePriority", "startTime");
  expect(brief(await client.ask(second))).toEqual(["error 2 443"]);
});

test("a field too few or too many is 320 on the order's id, and the connection lives on", async () => {
  await using rig = await paperRig();
  const client = await rig.client();
  const message = placeOrderMessage(buy);
  await expect(client.ask(message.slice(0, -1))).resolves.toEqual([
    expect.stringMatching(/^4\|2\|1\|320\|.*missing/),
  ]);
  await expect(client.ask(`${message}x|`)).resolves.toEqual([
    expect.stringMatching(/^4\|2\|1\|320\|.*too many/),
  ]);
  await expect(place(client, buy)).resolves.toContain("open 1 PreSubmitted");
});

test("clients print what they leave open in many ways; none of them is an attribute", async () => {
  await using rig = await paperRig();
  const client = await rig.client();
  const open = {
    auxPrice: "1.7976931348623157e+308",
    hidden: "0",
    parentId: 0,
    cashQty: "1.7976931348623157E308",
  };
  const more = { duration: "2147483647", trailStopPrice: "", dontUseAutoPriceForHedge: "0", conId: "0" };
  await expect(place(client, { ...buy, ...open, ...more, totalQuantity: "100.0" })).resolves.toContain(
    "open 1 PreSubmitted",
  );
});

test.each([
  [151, 109, true],
  [157, 109, true],
  [158, 110, true],
  [160, 111, true],
  [162, 112, true],
  [166, 113, true],
  [169, 114, true],
  [176, 114, true],
  [177, 114, false],
  [178, 114, false],
])(
  "at server version %i an order ends where that version's fields end",
  async (version, tail, hasProfile) => {
    await using rig = await paperRig();
    const client = await rig.client(1, `v100..${version}`);
    const fields = placeOrderMessage({ ...buy, adaptivePriority: "Urgent" }).split("|");
    // The three fields of the algorithm's attribute, then the NUL behind the last field.
    fields.splice(tail + 3, 114 - tail);
    if (hasProfile) fields.splice(42, 0, "");
    expect(brief(await client.ask(fields.join("|")))).toEqual([
      "open 1 PreSubmitted",
      "status 1 PreSubmitted 0/100",
    ]);
    const wrong = [...fields.slice(0, -1), "", ""].join("|").replace("3|1|", "3|2|");
    expect(brief(await client.ask(wrong))).toEqual(["error 2 320"]);
  },
);

test("times of executions: two blanks and no zone below 174, one blank and the zone from it on", async () => {
  for (const [version, time] of [
    [173, "|20220314  10:00:00|"],
    [174, "|20220314 10:00:00 US/Eastern|"],
  ] as const) {
    await using rig = await paperRig();
    const [owner, reader] = [await rig.client(1), await rig.client(2, `v100..${version}`)];
    await place(owner, buy);
    rig.venue.fill(first, 100, 196.5);
    expect((await reader.ask("7|3|9||||||||"))[0]).toContain(time);
  }
});

test("scale, hedge and delta-neutral groups are read to their end and refused, not misread", async () => {
  await using rig = await paperRig();
  const client = await rig.client();
  const fields = placeOrderMessage({ ...buy, scalePriceIncrement: 0.05, hedgeType: "D" }).split("|");
  fields.splice(77, 0, "hedge parameter");
  fields.splice(73, 0, "", "", "", "0", "", "", "0");
  const [answer] = await client.ask(fields.join("|"));
  expect(answer).toContain(
    "|1|201|Order rejected - reason:the paper gateway does not imitate scalePriceIncrement, hedgeType|",
  );
});

test("order ids: above all used and all shown, 103 and 104 below, a change of what works; nextValidId rises only with orders (C01)", async () => {
  await using rig = await paperRig();
  const [one, two] = [await rig.client(1), await rig.client(2)];
  await expect(one.ask("8|1|1|")).resolves.toEqual(["9|1|1|"]);
  await expect(place(one, { ...buy, orderId: 50 })).resolves.toContain("open 50 PreSubmitted");
  await expect(one.ask("8|1||")).resolves.toEqual(["9|1|51|"]);
  await expect(two.ask("8|1|1|")).resolves.toEqual(["9|1|1|"]);
  await expect(place(one, { ...buy, orderId: 50, lmtPrice: 195 })).resolves.toContain("open 50 PreSubmitted");
  expect(rig.venue.order(first).limitPrice).toBe(195);
  await expect(place(one, { ...buy, orderId: 49 })).resolves.toEqual(["error 49 103"]);
  rig.venue.fill(first, 100, 196.5);
  await one.heard();
  await expect(place(one, { ...buy, orderId: 50 })).resolves.toEqual(["error 50 104"]);
  await place(one, { ...buy, orderId: 60 });
  await two.ask("16|1|");
  await expect(two.ask("8|1|1|")).resolves.toEqual(["9|1|61|"]);
  await one.end();
  const again = await rig.client(1);
  expect(again.messages).toContain("9|1|61|");
});

test("a what-if under the number of a working order previews it and changes nothing (O44)", async () => {
  await using rig = await paperRig();
  const client = await rig.client();
  await place(client, buy);
  const [preview] = await client.ask(
    placeOrderMessage({ ...buy, totalQuantity: 900, lmtPrice: 200.5, whatIf: 1 }),
  );
  expect(preview).toContain("|1|PreSubmitted|300.11|");
  expect(rig.venue.order(first)).toMatchObject({ shares: 100, limitPrice: 196.52 });
});

test("a change with transmit off leaves the working order as it is", async () => {
  await using rig = await paperRig();
  const client = await rig.client();
  await place(client, buy);
  await expect(place(client, { ...buy, lmtPrice: 199.25, transmit: 0 })).resolves.toEqual([]);
  expect(rig.venue.order(first).limitPrice).toBe(196.52);
  await place(client, { ...buy, lmtPrice: 199.25 });
  expect(rig.venue.order(first).limitPrice).toBe(199.25);
});

test("with transmit off or left out an order is kept, unseen; the same id with transmit on sends it", async () => {
  await using rig = await paperRig();
  const client = await rig.client();
  await expect(place(client, { ...buy, transmit: "" })).resolves.toEqual([]);
  await expect(place(client, { ...buy, orderId: 2, transmit: 0 })).resolves.toEqual([]);
  await expect(client.ask("16|1|")).resolves.toEqual(["53|1|"]);
  expect(rig.venue.openOrders()).toEqual([]);
  await expect(place(client, buy)).resolves.toContain("open 1 PreSubmitted");
  expect(brief(await client.ask("4|1|2||"))).toEqual(["status 2 Cancelled 0/0", "error 2 202"]);
  await expect(place(client, { ...buy, orderId: 2 })).resolves.toEqual(["error 2 103"]);
});

test("cancelling: by the placing client only; 10148 names the state once, then 10147 (O-family)", async () => {
  await using rig = await paperRig();
  const [one, two] = [await rig.client(1), await rig.client(2)];
  await place(one, buy);
  await place(one, { ...buy, orderId: 2 });
  await expect(two.ask("4|1|1||")).resolves.toEqual([
    "4|2|1|10147|OrderId 1 that needs to be cancelled is not found.||",
  ]);
  expect(brief(await one.ask("4|1|1||"))).toEqual(["status 1 Cancelled 0/100", "error 1 202"]);
  rig.venue.fill(first + 1, 100, 196.5);
  await one.heard();
  await expect(one.ask("4|1|2||")).resolves.toEqual([
    "4|2|2|10148|OrderId 2 that needs to be cancelled cannot be cancelled, state: Filled.||",
  ]);
  expect(brief(await one.ask("4|1|2||"))).toEqual(["error 2 10147"]);
  expect(brief(await one.ask("4|1|1||"))).toEqual(["error 1 10148"]);
  expect(brief(await one.ask("4|1|99||"))).toEqual(["error 99 10147"]);
});

test("a partly filled order that the broker ends: status, 202 with the reason, and a completed order with what was left", async () => {
  await using rig = await paperRig();
  const client = await rig.client();
  await place(client, { ...buy, action: "SELL", modelCode: "Blue chips" });
  rig.venue.fill(first, 30, 196.55);
  expect((await client.heard())[0]).toContain("|SLD|30|196.55|");
  rig.venue.expire(first, { code: 202, text: "End of day" });
  const told = await client.heard();
  expect(brief(told)).toEqual(["status 1 Cancelled 30/70", "error 1 202"]);
  expect(told[1]).toContain("|Order Canceled - reason:End of day|");
  const [completed = ""] = await client.ask("99|1|");
  expect(completed).toContain("|DU1234567||0|DU1234567-ref|1376327563|0|0|0|||||Blue chips||");
  expect(completed).toContain("|SELL|70|LMT|196.52|");
  expect(completed).toContain("||30|2147483647|");
  expect(completed).toContain("|End of day|");
});

test("events go to the client that placed the order and to nobody else; lists tell of every client", async () => {
  await using rig = await paperRig();
  const [zero, one, two] = [await rig.client(0), await rig.client(1), await rig.client(2)];
  await place(one, buy);
  rig.venue.fill(first, 10, 196.5);
  expect(brief(await one.heard())).toContain("executed -1 1 10@196.5");
  await expect(two.heard()).resolves.toEqual(
    expect.not.arrayContaining([expect.stringMatching(/^(3|5|11|59)\|/)]),
  );
  expect((await zero.heard()).filter((message) => /^(3|5|11|59)\|/.test(message))).toEqual([]);
  expect(brief(await two.ask("5|1|"))).toEqual(["53|1|"]);
  expect(brief(await two.ask("16|1|"))).toEqual(["open 1 Submitted", "status 1 Submitted 10/90", "53|1|"]);
  expect(brief(await two.ask("7|3|9||||||||"))).toEqual([
    "executed 9 1 10@196.5",
    "commission 01.01 1.0",
    "55|1|9|",
  ]);
  await expect(two.ask("15|1|1|")).resolves.toEqual([expect.stringContaining("|-1|327|")]);
  await expect(zero.ask("15|1|1|")).resolves.toEqual([]);
});

test("the master client hears of every client's orders, and their errors stay with who caused them (O29)", async () => {
  await using rig = await paperRig({ masterClientId: 9 });
  const [master, owner] = [await rig.client(9), await rig.client(3)];
  await master.heard();
  await place(owner, { ...buy, orderId: 40, modelCode: "Growth" });
  await place(owner, { ...buy, orderId: 41, totalQuantity: 100_001 });
  await place(owner, { ...buy, orderId: 42, symbol: "KO", lmtPrice: 60.01 });
  await place(owner, { ...buy, orderId: 43 });
  await owner.ask("4|1|43||");
  rig.venue.fill(first, 100, 196.5, 0.75);
  const told = await master.heard();
  expect(brief(told)).toEqual([
    "open 40 PreSubmitted",
    "status 40 PreSubmitted 0/100",
    "open 41 Inactive",
    "status 41 Inactive 0/100001",
    "open 43 PreSubmitted",
    "status 43 PreSubmitted 0/100",
    "status 43 Cancelled 0/100",
    "executed -1 40 100@196.5",
    "open 40 Filled",
    "status 40 Filled 100/0",
    "open 40 Filled",
    "commission 01.01 0.75",
  ]);
  expect(told.find((message) => message.startsWith("11|"))).toMatch(
    /\|1376327563\|3\|0\|100\|196\.5\|DU1234567-ref\|\|\|Growth\|0\|0\|$/,
  );
  expect(brief(await owner.heard())).toContain("commission 01.01 0.75");
  // It was shown 43 last, so its own orders begin above.
  await expect(master.ask("8|1|1|")).resolves.toEqual(["9|1|44|"]);
  await expect(place(master, { ...buy, orderId: 43 })).resolves.toEqual(["error 43 103"]);
  // It hears of its own once, and may not cancel another's.
  await place(owner, { ...buy, orderId: 44 });
  await master.heard();
  expect(brief(await master.ask("4|1|44||"))).toEqual(["error 44 10147"]);
  await expect(place(master, { ...buy, orderId: 50 })).resolves.toEqual([
    "open 50 PreSubmitted",
    "status 50 PreSubmitted 0/100",
  ]);
  await expect(owner.heard()).resolves.toEqual([]);
});

test("a master that is away misses nothing that it could not ask for; without the setting nobody is master", async () => {
  await using rig = await paperRig({ masterClientId: 9 });
  const owner = await rig.client(3);
  await place(owner, buy);
  rig.venue.fill(first, 30, 196.5);
  const master = await rig.client(9);
  expect(brief(await master.ask("7|3|9||||||||"))).toContain("executed 9 1 30@196.5");
  rig.venue.fill(first, 70, 196.5);
  expect(brief(await master.heard()).filter((line) => /^(exec|comm)/.test(line))).toEqual([
    "executed -1 1 70@196.5",
    "commission 02.01 1.0",
  ]);
});

test("a master that came after an order and hears of its end alone goes on above its number", async () => {
  await using rig = await paperRig({ masterClientId: 9 });
  const owner = await rig.client(3);
  await place(owner, { ...buy, orderId: 70 });
  const master = await rig.client(9);
  await master.heard();
  await owner.ask("4|1|70||");
  expect(brief(await master.heard())).toEqual(["status 70 Cancelled 0/100"]);
  await expect(master.ask("8|1|1|")).resolves.toEqual(["9|1|71|"]);
});

test("orders of a client that left go on working; it hears of them by asking", async () => {
  await using rig = await paperRig();
  const client = await rig.client(4);
  await place(client, buy);
  await client.end();
  rig.venue.fill(first, 25, 196.5);
  const again = await rig.client(4);
  expect(brief(await again.heard()).filter((line) => /^(open|executed|commission)/.test(line))).toEqual([]);
  expect(brief(await again.ask("5|1|"))).toEqual(["open 1 Submitted", "status 1 Submitted 25/75", "53|1|"]);
  expect(brief(await again.ask("7|3|9||||||||"))).toEqual([
    "executed 9 1 25@196.5",
    "commission 01.01 1.0",
    "55|1|9|",
  ]);
  rig.venue.fill(first, 75, 196.5);
  expect(brief(await again.heard()).at(-1)).toBe("commission 02.01 1.0");
});

test("a client that came back changes and cancels what it placed before; one with another id does neither (O29)", async () => {
  await using rig = await paperRig();
  const client = await rig.client(4);
  await place(client, { ...buy, orderId: 20 });
  await client.end();
  const [again, other] = [await rig.client(4), await rig.client(5)];
  await expect(place(again, { ...buy, orderId: 20, lmtPrice: 196.25 })).resolves.toEqual([
    "open 20 PreSubmitted",
    "status 20 PreSubmitted 0/100",
  ]);
  expect(rig.venue.order(first).limitPrice).toBe(196.25);
  expect(brief(await other.ask("4|1|20||"))).toEqual(["error 20 10147"]);
  // The same number of another client is another order.
  await place(other, { ...buy, orderId: 20, lmtPrice: 190 });
  expect(rig.venue.order(first).limitPrice).toBe(196.25);
  expect(brief(await again.ask("4|1|20||"))).toEqual(["status 20 Cancelled 0/100", "error 20 202"]);
  expect(rig.venue.openOrders()).toMatchObject([{ clientId: 5, orderId: 20 }]);
});

test("execution filters: client, account, time in the gateway's zone, symbol, side", async () => {
  await using rig = await paperRig();
  const [one, two] = [await rig.client(1), await rig.client(2)];
  await place(one, buy);
  await place(two, { ...buy, action: "SELL", symbol: "KO", lmtPrice: 40.01 });
  rig.venue.fill(first, 100, 196.5);
  await rig.gateway.advanceTo(instant("2022-03-14T14:30:00Z"));
  rig.venue.fill(first + 1, 100, 40.02);
  await one.heard();
  const symbols = async (filter: string): Promise<readonly string[]> =>
    (await one.ask(`7|3|9|${filter}|`)).filter((m) => m.startsWith("11|")).map((m) => m.split("|")[4] ?? "");
  await expect(symbols("||||||")).resolves.toEqual(["TSLA", "KO"]);
  await expect(symbols("0||||||")).resolves.toEqual(["TSLA", "KO"]);
  await expect(symbols("2||||||")).resolves.toEqual(["KO"]);
  await expect(symbols("|DU7654321|||||")).resolves.toEqual([]);
  await expect(symbols("||20220314 10:15:00||||")).resolves.toEqual(["KO"]);
  await expect(symbols("||20220314 10:30:00||||")).resolves.toEqual(["KO"]);
  await expect(symbols("||20220314-10:30:01||||")).resolves.toEqual([]);
  await expect(symbols("||20220314 14:15:00 UTC||||")).resolves.toEqual(["KO"]);
  await expect(symbols("|||TSLA|STK||")).resolves.toEqual(["TSLA"]);
  await expect(symbols("||||||SELL")).resolves.toEqual(["KO"]);
  await expect(one.ask("7|3|9||| yesterday|||||")).resolves.toEqual([expect.stringContaining("|9|320|")]);
});

test("outside hours: the order lives, and warning 399 names the next opening in the exchange's zone (Z01)", async () => {
  // Saturday before daylight saving begins; the next session opens after it.
  await using rig = await paperRig({ venue: new ScriptedVenue("2022-03-12T15:00:00Z") });
  const client = await rig.client();
  const told = await client.ask(
    placeOrderMessage({ ...buy, action: "SELL", totalQuantity: 12, outsideRth: 1 }),
  );
  expect(brief(told)).toEqual(["open 1 PreSubmitted", "status 1 PreSubmitted 0/12", "error 1 399"]);
  expect(told[2]).toContain(
    "Order Message:\nSELL 12 TSLA NASDAQ.NMS\nWarning: your order will not be placed at the exchange until 2022-03-14 09:30:00 US/Eastern|",
  );
});

test("reqGlobalCancel cancels the orders of every client", async () => {
  await using rig = await paperRig();
  const [one, two] = [await rig.client(1), await rig.client(2)];
  await place(one, buy);
  await place(two, { ...buy, symbol: "KO", lmtPrice: 40.01 });
  expect(brief(await two.ask("58|1|"))).toEqual(["status 1 Cancelled 0/100", "error 1 202"]);
  expect(brief(await one.heard())).toContain("status 1 Cancelled 0/100");
  expect(rig.venue.openOrders()).toEqual([]);
});

test("two accounts: one must be named", async () => {
  await using rig = await paperRig({ venue: new ScriptedVenue("2022-03-14T14:00:00Z", ["DU1", "DU2"]) });
  const client = await rig.client();
  expect(client.messages).toContain("15|1|DU1,DU2|");
  await expect(place(client, buy)).resolves.toEqual(["error 1 435"]);
  await expect(place(client, { ...buy, orderId: 2, account: "DU2" })).resolves.toContain(
    "open 2 PreSubmitted",
  );
  expect(rig.venue.order(first).account).toBe("DU2");
});
