import { paperRig } from "../../testing/paper-rig.ts";
import { placeOrderMessage } from "../../testing/raw-tws-client.ts";

/** TSLA is quoted at 196.48 to 196.52 there. */
const buy = {
  symbol: "TSLA",
  secType: "STK",
  exchange: "SMART",
  currency: "USD",
  transmit: 1,
  action: "BUY",
  orderType: "LMT",
  totalQuantity: 500,
  lmtPrice: 200,
};
const precautions = { sizeMax: 1500, valueMax: 100_000, percentMax: 3 };
const told = (orderId: number, code: number, text: string): readonly string[] => [
  `4|2|${orderId}|${code}|${text}||`,
];
const presets = "Restriction is specified in Precautionary Settings of Global Configuration/Presets.";

test("an order beyond the size, the value or the percentage of the presets is refused before it leaves", async () => {
  await using rig = await paperRig({ precautions });
  const client = await rig.client();
  const place = (orderId: number, over: Parameters<typeof placeOrderMessage>[0]) =>
    client.ask(placeOrderMessage({ ...buy, orderId, ...over }));
  await expect(place(1, { totalQuantity: 1501, lmtPrice: 1 })).resolves.toEqual(
    told(1, 383, `The following order "ID:1" size exceeds the Size Limit of 1,500. ${presets}`),
  );
  await expect(place(2, { totalQuantity: 501, lmtPrice: 200.5 })).resolves.toEqual(
    told(
      2,
      451,
      `The following order "ID:2" value estimate of 100,450.50 USD exceeds the Total Value Limit of 100,000 USD. ${presets}`,
    ),
  );
  // Without a limit the side that it meets is the estimate: 196.48 a share.
  const sale = await place(3, { action: "SELL", orderType: "MKT", lmtPrice: "", totalQuantity: 510 });
  expect(sale[0]).toContain('|3|451|The following order "ID:3" value estimate of 100,204.80 USD');
  const percentage =
    "The price specified would violate the percentage constraint specified in the default order settings.";
  await expect(place(4, { totalQuantity: 10, lmtPrice: 202.42 })).resolves.toEqual(told(4, 163, percentage));
  await expect(place(5, { action: "SELL", totalQuantity: 10, lmtPrice: 190.58 })).resolves.toEqual(
    told(5, 163, percentage),
  );
  expect(rig.venue.openOrders()).toEqual([]);
  // At the limits themselves, and far from the market on the safe side, orders work.
  await place(6, { totalQuantity: 500, lmtPrice: 200 });
  await place(7, { totalQuantity: 10, lmtPrice: 202.41 });
  await place(8, { action: "SELL", totalQuantity: 10, lmtPrice: 260 });
  expect(rig.venue.openOrders().map(({ orderId }) => orderId)).toEqual([6, 7, 8]);
  // A change is judged too, and the old order stays; a preview sends nothing.
  expect((await place(6, { totalQuantity: 1600 }))[0]).toContain("|6|383|");
  expect(rig.venue.openOrders()[0]?.shares).toBe(500);
  expect((await place(9, { totalQuantity: 1600, whatIf: 1 }))[0]).toMatch(/^5\|9\|/);
});

test("so many ticks through the market, of the tick that holds there, are refused with 382", async () => {
  await using rig = await paperRig({ precautions: { ticksMax: 12 } });
  // KO ticks in nickels above 50.
  const quote = rig.venue.quote(8894);
  rig.venue.quotes.set(8894, { ...quote, bid: 60.05, ask: 60.15 });
  const client = await rig.client();
  const place = (orderId: number, over: Parameters<typeof placeOrderMessage>[0]) =>
    client.ask(placeOrderMessage({ ...buy, symbol: "KO", orderId, totalQuantity: 10, ...over }));
  await expect(place(1, { lmtPrice: 60.8 })).resolves.toEqual(
    told(
      1,
      382,
      "The price specified would violate the number of ticks constraint specified in the default order settings.",
    ),
  );
  expect((await place(2, { action: "SELL", lmtPrice: 59.4 }))[0]).toContain("|2|382|");
  expect((await place(3, { lmtPrice: 60.75 }))[0]).toMatch(/^5\|3\|/);
  expect((await place(4, { action: "SELL", lmtPrice: 59.45 }))[0]).toMatch(/^5\|4\|/);
  expect((await place(5, { symbol: "TSLA", lmtPrice: 196.65 }))[0]).toContain("|5|382|");
});

test("without precautions nothing is held back", async () => {
  await using rig = await paperRig();
  const client = await rig.client();
  const order = { ...buy, orderId: 1, totalQuantity: 90_000, lmtPrice: 400 };
  expect((await client.ask(placeOrderMessage(order)))[0]).toMatch(/^5\|1\|/);
});
