import { readFileSync } from "node:fs";
import { join } from "node:path";
import { paperRig } from "../../testing/paper-rig.ts";
import { placeOrderMessage } from "../../testing/raw-tws-client.ts";
import { ScriptedVenue } from "../../testing/scripted-venue.ts";

interface Recording {
  readonly frame: string;
  readonly src: string;
}
const recordings = JSON.parse(
  readFileSync(join(import.meta.dirname, "fixtures/tws-recorded-frames.json"), "utf8"),
) as readonly Recording[];

/** A recorded frame by where it was found. */
function recordedAt(source: string): string {
  const frame = recordings.find(({ src }) => src === source)?.frame;
  if (frame === undefined) throw new RangeError(`no recording ${source}`);
  return frame;
}

/** One of those that were joined from lines and so ended in one NUL too many. */
function recordedLine(source: string): string {
  return recordedAt(source).slice(0, -1);
}

const orderMessages = (line: number): string => recordedLine(`v1.0.0:src/orders/tests.rs:${line}`);
const tesla = { symbol: "TSLA", secType: "STK", exchange: "SMART", currency: "USD", transmit: 1 };
const market = { ...tesla, action: "BUY", orderType: "MKT", totalQuantity: 100 };
const recordedClientId = 100;

test("a filled market order is told message by message as a real gateway was recorded to tell it (server 169)", async () => {
  await using rig = await paperRig();
  const client = await rig.client(recordedClientId, "v100..169");
  const message = placeOrderMessage({ ...market, orderId: 13 }).split("|");
  // Below 177 the advisor's profile stands behind his percentage.
  message.splice(42, 0, "");
  await expect(client.ask(message.join("|"))).resolves.toEqual([orderMessages(17), orderMessages(18)]);
  rig.venue.fill(1_376_327_563, 100, 196.52);
  const execution = orderMessages(19)
    .replace("20230224  12:04:56", "20220314  10:00:00")
    // Whether liquidity was taken is not simulated.
    .replace(/\|2\|$/, "|0|");
  await expect(client.heard()).resolves.toEqual([
    execution,
    ...[20, 21, 22, 23].map((line) => orderMessages(line)),
  ]);
  const completed = recordedAt("v1.0.0:src/orders/tests.rs:384")
    .replaceAll("AAPL", "TSLA")
    .replace("265598", "76792991")
    .replace("1824933227", "1376327563")
    .replace("20230306 12:28:30 America/Los_Angeles", "20220314 10:00:00 US/Eastern");
  await expect(client.ask("99|0|")).resolves.toEqual([completed, "102|"]);
});

test("openOrder at server 173, with the fields that came at 170", async () => {
  await using rig = await paperRig();
  const client = await rig.client(recordedClientId, "v100..173");
  const message = placeOrderMessage({ ...market, orderId: 5 }).split("|");
  message.splice(42, 0, "");
  const recorded = recordedAt("v1.2.2:src/transport/connection/tests.rs:212")
    .replaceAll("AAPL", "TSLA")
    .replace("265598", "76792991")
    .replaceAll("600745656", "1376327563");
  const [openOrder, status] = await client.ask(message.join("|"));
  expect(openOrder).toBe(recorded);
  expect(status).toBe(
    recordedAt("v1.2.2:src/transport/connection/tests.rs:213").replace("600745656", "1376327563"),
  );
});

test("openOrder loses exactly one field at 177, the advisor's profile, and gains one each at 158, 160, 162", async () => {
  const lengths: Record<number, number> = {};
  for (const version of [151, 157, 160, 162, 170, 176, 177, 178]) {
    await using rig = await paperRig();
    const client = await rig.client(1, `v100..${version}`);
    rig.venue.place({
      account: "DU1234567",
      clientId: 1,
      orderId: 1,
      orderRef: "",
      conId: 8894,
      side: "sell",
      shares: 7,
      orderType: "LMT",
      limitPrice: 60.05,
      timeInForce: "GTC",
      algoStrategy: "",
      algoParams: [],
    });
    const openOrder = await client.until((message) => message.startsWith("5|"));
    lengths[version] = openOrder.split("|").length - 1;
  }
  expect(lengths).toEqual({ 151: 128, 157: 128, 160: 130, 162: 131, 170: 136, 176: 136, 177: 135, 178: 135 });
});

test("a cancelled order: its status, then 202", async () => {
  await using rig = await paperRig();
  const client = await rig.client(recordedClientId);
  await client.ask(placeOrderMessage({ ...market, orderId: 41 }));
  await expect(client.ask("4|1|41||")).resolves.toEqual([
    orderMessages(306).replace("71270927", "1376327563"),
    recordedAt("v1.0.0:src/orders/tests.rs:307"),
  ]);
  const completed = recordedAt("v2.0.0:src/orders/async.rs:499");
  const [ours = ""] = await client.ask("99|1|");
  // The recording is of 173 and has the advisor's profile; ours is of 178.
  expect(ours.split("|")).toHaveLength(completed.split("|").length - 1);
  expect(ours).toContain("|Cancelled|0|0|0|");
  expect(ours).toMatch(/\|Cancelled by Trader\|{6}$/);
});

test("position, and the filled position of updatePortfolio: A09, unrealized before realized", async () => {
  await using rig = await paperRig();
  const client = await rig.client();
  await client.ask(placeOrderMessage({ ...market, orderId: 1, totalQuantity: 500 }));
  rig.venue.fill(1_376_327_563, 500, 196.77);
  await client.heard();
  await expect(client.ask("61|1|")).resolves.toEqual([
    recordedAt("v1.0.0:src/accounts/decoders/tests.rs:5"),
    "62|1|",
  ]);
  const portfolio = (await client.ask("6|2|1|DU1234567|")).find((message) => message.startsWith("7|"));
  expect(portfolio).toBe(
    "7|8|76792991|TSLA|STK||0|0||NASDAQ|USD|TSLA|NMS|500|197.25|98625.00|196.77|240.00|3.50|DU1234567|",
  );
  const example = recordedAt("v2.0.0:src/accounts/common/stream_decoders.rs:410");
  expect(portfolio?.split("|")).toHaveLength(example.split("|").length);
});

test("contract details of a stock at 173, but for the lists of order types, exchanges, industry and ISIN", async () => {
  await using rig = await paperRig({ venue: new ScriptedVenue("2022-03-14T14:00:00Z") });
  const client = await rig.client(1, "v100..173");
  const recorded = recordedLine("v1.0.0:src/contracts/tests.rs:12").split("|");
  const [ours = "", end] = await client.ask("9|8|9001|0|TSLA|STK||0|||SMART||USD|||0|||");
  const fields = ours.split("|");
  // 10, request, symbol … multiplier: the same.
  expect(fields.slice(0, 15)).toEqual(recorded.slice(0, 15));
  // priceMagnifier, underConId, name, primary exchange, contract month.
  expect(fields.slice(17, 22)).toEqual(recorded.slice(17, 22));
  expect(fields[25]).toBe(recorded[25]);
  expect(recorded[30]).toBe("1");
  expect(fields[30]).toBe("0");
  // Without the one ISIN that the recording has, two fields fewer; from there to the end the same but for the rules' list.
  const [ourTail, theirTail] = [fields.slice(31), recorded.slice(33)];
  ourTail[3] = theirTail[3] ?? "";
  expect(ourTail).toEqual(theirTail);
  expect(fields[34]?.split(",")).toHaveLength(fields[16]?.split(",").length ?? 0);
  expect(end).toBe("52|1|9001|");
});

const detailsAt = async (version: number): Promise<readonly string[]> => {
  await using rig = await paperRig();
  const client = await rig.client(1, `v100..${version}`);
  const [details = ""] = await client.ask("9|8|7|0|AKE|STK||0|||SMART||USD|||0|||");
  return details.split("|");
};

test("what changed below 164: a version, a size multiplier, no sizes; at 163 a smallest size", async () => {
  const [at151, at163, at164] = [await detailsAt(151), await detailsAt(163), await detailsAt(164)];
  expect(at151.slice(0, 4)).toEqual(["10", "8", "7", "AKE"]);
  expect(at164.slice(0, 3)).toEqual(["10", "7", "AKE"]);
  expect(at151).toContain("ÅKE €");
  expect(at163).toContain("\\u00c5KE \\u20ac");
  expect(at151.slice(-2)).toEqual(["", ""]);
  expect(at163.slice(-3)).toEqual(["COMMON", "1", ""]);
  expect(at164.slice(-5)).toEqual(["COMMON", "1", "1", "100", ""]);
});

test("account summary and market rule have the recorded shape", async () => {
  await using rig = await paperRig();
  const client = await rig.client();
  const [accountType, netLiquidation] = await client.ask("62|1|9000|All|AccountType,NetLiquidation|");
  const example = recordedAt("v1.2.2:src/testdata/responses.rs:10");
  expect(accountType).toBe(example.replace("FA", "INDIVIDUAL"));
  expect(netLiquidation).toBe("63|1|9000|DU1234567|NetLiquidation|1000123.45|USD|");
  await expect(client.ask("91|26|")).resolves.toEqual(["93|26|1|0|0.01|"]);
  await expect(client.ask("91|27|")).resolves.toEqual(["93|27|2|0|0.01|50|0.05|"]);
});
