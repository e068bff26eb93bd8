import { paperRig } from "../../testing/paper-rig.ts";
import { placeOrderMessage } from "../../testing/raw-tws-client.ts";
import { orderLines } from "../../testing/small-gateway.ts";
import { foreignOrder } from "./foreign-order.ts";

const first = 1_376_327_563;
const byHand = { symbol: "TSLA", side: "sell", shares: 30, limitPrice: 197.25 } as const;
const change = {
  symbol: "TSLA",
  secType: "STK",
  exchange: "SMART",
  currency: "USD",
  transmit: 1,
  action: "SELL",
  orderType: "LMT",
  totalQuantity: 30,
};

test("client 0 hears of orders by hand under number 0, and can do nothing with that number", async () => {
  await using rig = await paperRig();
  const [zero, one] = [await rig.client(0), await rig.client(1)];
  await Promise.all([zero.heard(), one.heard()]);
  rig.venue.place(foreignOrder(rig.venue, byHand));
  expect(orderLines(await zero.heard())).toEqual(["open 0 PreSubmitted", "status 0 PreSubmitted 0/30"]);
  await expect(one.heard()).resolves.toEqual([]);
  expect(orderLines(await zero.ask("4|1|0||"))).toEqual(["error 0 10147"]);
  expect(orderLines(await zero.ask(placeOrderMessage({ ...change, orderId: 0, lmtPrice: 198 })))).toEqual([
    "error 0 103",
  ]);
  expect(orderLines(await one.ask("16|1|"))).toEqual(["open 0 PreSubmitted", "status 0 PreSubmitted 0/30"]);
  await expect(one.ask("8|1|1|")).resolves.toEqual(["9|1|1|"]);
});

test("with reqAutoOpenOrders they are bound: orderBound, then a number by which client 0 changes and cancels them", async () => {
  await using rig = await paperRig();
  const zero = await rig.client(0);
  await zero.ask("15|1|1|");
  rig.venue.place(foreignOrder(rig.venue, byHand));
  rig.venue.place(foreignOrder(rig.venue, { ...byHand, limitPrice: 199.5 }));
  const told = await zero.heard();
  expect(told.filter((message) => message.startsWith("100|"))).toEqual([
    `100|${first}|0|1|`,
    `100|${first + 1}|0|2|`,
  ]);
  expect(orderLines(told)).toEqual([
    "open 1 PreSubmitted",
    "status 1 PreSubmitted 0/30",
    "open 2 PreSubmitted",
    "status 2 PreSubmitted 0/30",
  ]);
  await zero.ask(placeOrderMessage({ ...change, orderId: 1, lmtPrice: 198 }));
  expect(rig.venue.order(first).limitPrice).toBe(198);
  expect(orderLines(await zero.ask("4|1|2||"))).toEqual(["status 2 Cancelled 0/30", "error 2 202"]);
  await expect(zero.ask("8|1|1|")).resolves.toEqual(["9|1|3|"]);
  // Until it is taken back or the client leaves.
  await zero.ask("15|1|0|");
  rig.venue.place(foreignOrder(rig.venue, byHand));
  expect(orderLines(await zero.heard())[0]).toBe("open 0 PreSubmitted");
  await zero.ask("15|1|1|");
  await zero.end();
  const again = await rig.client(0);
  await again.heard();
  rig.venue.place(foreignOrder(rig.venue, byHand));
  expect(orderLines(await again.heard())[0]).toBe("open 0 PreSubmitted");
});

test("client 0 binds what was given before by asking for its open orders; completed orders leave them out on demand", async () => {
  await using rig = await paperRig();
  rig.venue.place(foreignOrder(rig.venue, byHand));
  rig.venue.place(foreignOrder(rig.venue, { ...byHand, symbol: "KO", limitPrice: 40.05 }));
  rig.venue.expire(first, { code: 202, text: "End of day" });
  const zero = await rig.client(0);
  await zero.heard();
  const told = await zero.ask("5|1|");
  expect(told[0]).toBe(`100|${first + 1}|0|1|`);
  expect(told.at(-2)).toMatch(/^3\|1\|PreSubmitted\|/);
  expect((await zero.ask("99|1|")).map((message) => message.split("|")[0])).toEqual(["102"]);
  expect((await zero.ask("99|0|")).map((message) => message.split("|")[0])).toEqual(["101", "102"]);
});
