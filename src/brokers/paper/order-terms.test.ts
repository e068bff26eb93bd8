import { paperRig } from "../../testing/paper-rig.ts";
import { placeOrderMessage, plainPurchase } from "../../testing/raw-tws-client.ts";

const first = 1_376_327_563;

test("a bracket is held until its last order is transmitted; children name their parent", async () => {
  await using rig = await paperRig();
  const client = await rig.client(5);
  const exit = { ...plainPurchase, action: "SELL", parentId: 1, modelCode: "growth" };
  await expect(client.ask(placeOrderMessage({ ...plainPurchase, transmit: 0 }))).resolves.toEqual([]);
  const target = { ...exit, orderId: 2, lmtPrice: 210.5, transmit: 0 };
  await expect(client.ask(placeOrderMessage(target))).resolves.toEqual([]);
  const stop = { ...exit, orderId: 3, orderType: "STP", lmtPrice: "", auxPrice: 180.25, tif: "GTC" };
  const told = await client.ask(placeOrderMessage(stop));
  expect(told.map((message) => message.split("|").slice(0, 2).join(" "))).toEqual([
    "5 1",
    "3 1",
    "5 2",
    "3 2",
    "5 3",
    "3 3",
  ]);
  expect(told[4]).toContain(`|SELL|100|STP|0.0|180.25|GTC|${first}|DU1234567|`);
  expect(told[4]).toContain("|growth|");
  expect(told[5]).toBe(`3|3|PreSubmitted|0|100|0|${first + 2}|1|0|5||0|`);
  expect(rig.venue.order(first + 2)).toMatchObject({ parentPermId: first, ocaGroup: String(first) });
});

test("a change keeps the permId and is echoed; off the tick it is 110 and the old order lives (O06)", async () => {
  await using rig = await paperRig();
  const client = await rig.client(5);
  const ko = { ...plainPurchase, symbol: "KO", lmtPrice: 60.05 };
  await client.ask(placeOrderMessage(ko));
  const told = await client.ask(placeOrderMessage({ ...ko, lmtPrice: 61.1, totalQuantity: 70 }));
  expect(told[0]).toContain("|BUY|70|LMT|61.1|");
  expect(told[1]).toContain(`3|1|PreSubmitted|0|70|0|${first}|`);
  expect(await client.ask(placeOrderMessage({ ...ko, lmtPrice: 61.11 }))).toEqual([
    expect.stringContaining("|1|110|"),
  ]);
  expect(await client.ask(placeOrderMessage({ ...ko, totalQuantity: 1.5 }))).toEqual([
    expect.stringContaining("|1|10242|"),
  ]);
  expect(rig.venue.order(first)).toMatchObject({ limitPrice: 61.1, shares: 70, status: "PreSubmitted" });
});

test("a what-if answers margins before, change and after with a commission, uses its id and leaves no order", async () => {
  await using rig = await paperRig();
  const client = await rig.client(5);
  const told = await client.ask(placeOrderMessage({ ...plainPurchase, whatIf: 1 }));
  expect(told).toHaveLength(1);
  expect(told[0]).toContain(
    "|1|PreSubmitted|300.11|200.22|1000123.45|9826.0|4913.0|-1.0|10126.11|5113.22|1000122.45|1.0|",
  );
  expect(rig.venue.openOrders()).toEqual([]);
  await expect(client.ask("8|1|1|")).resolves.toEqual(["9|1|2|"]);
});

test.each([
  ["TRAIL", { auxPrice: 2.5, trailStopPrice: 190.1 }, "|TRAIL|0.0|2.5|DAY|", { trailAmount: 2.5 }],
  ["TRAIL", { trailingPercent: 3 }, "|TRAIL|0.0|0.0|DAY|", { trailPercent: 3 }],
  [
    "TRAIL LIMIT",
    { auxPrice: 2.5, trailStopPrice: 190.1, lmtPrice: 190.35 },
    "|TRAIL LIMIT|190.35|2.5|DAY|",
    { limitOffset: 0.25 },
  ],
  ["STP LMT", { auxPrice: 198.5, lmtPrice: 199 }, "|STP LMT|199.0|198.5|DAY|", { stopPrice: 198.5 }],
  ["MIDPRICE", { lmtPrice: 197 }, "|MIDPRICE|197.0|0.0|DAY|", { limitPrice: 197 }],
  ["LOC", { lmtPrice: 197 }, "|LOC|197.0|0.0|DAY|", { limitPrice: 197 }],
])("%s with %j is taken and echoed", async (orderType, prices, echo, booked) => {
  await using rig = await paperRig();
  const client = await rig.client(5);
  const told = await client.ask(placeOrderMessage({ ...plainPurchase, lmtPrice: "", ...prices, orderType }));
  expect(told[0]).toContain(echo);
  expect(rig.venue.order(first)).toMatchObject({ orderType, ...booked });
});
