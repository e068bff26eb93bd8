import { placeOrderMessage } from "../../testing/raw-tws-client.ts";
import { orderLines, smallGateway } from "../../testing/small-gateway.ts";
import { contractNamed, newYork } from "../../testing/small-venue.ts";

/** 600 AAPL at 200, which is far above the market of some 150. */
const buy = {
  symbol: "AAPL",
  secType: "STK",
  exchange: "SMART",
  currency: "USD",
  transmit: 1,
  orderId: 1,
  action: "BUY",
  orderType: "LMT",
  totalQuantity: 600,
  lmtPrice: 200,
};

test("Twap is taken, echoed as it was sent, and trades a slice a minute over its window", async () => {
  await using rig = await smallGateway();
  const client = await rig.client();
  const params = {
    strategyType: "Marketable",
    startTime: "10:01:00 US/Eastern",
    endTime: "20221122-15:07:00",
    allowPastEndTime: "0",
  };
  const opened = await client.ask(placeOrderMessage(buy, { strategy: "Twap", params }));
  expect(opened[0]).toContain(
    "|Twap|4|strategyType|Marketable|startTime|10:01:00 US/Eastern|endTime|20221122-15:07:00|allowPastEndTime|0|",
  );
  await rig.advanceTo(newYork("10:00:59"));
  expect(orderLines(await client.heard())).toEqual([]);
  await rig.advanceTo(newYork("10:03:30"));
  const executed = (lines: readonly string[]) => lines.filter((line) => line.startsWith("executed"));
  expect(executed(orderLines(await client.heard()))).toEqual(Array(3).fill("executed 1 100"));
  await rig.advanceTo(newYork("10:07:00"));
  expect(orderLines(await client.heard()).at(-2)).toBe("status 1 Filled 600/0");
});

test("Vwap is taken, echoed, and stays below its part of the volume; without leave to go on its rest is cancelled", async () => {
  await using rig = await smallGateway();
  const client = await rig.client();
  const { conId } = contractNamed(rig.venue, "RRC");
  const volume = () => rig.venue.today(conId)?.volumeShares ?? 0;
  const before = volume();
  const params = { maxPctVol: "0.02", startTime: "", endTime: "10:02:00 US/Eastern", noTakeLiq: "0" };
  const order = { ...buy, symbol: "RRC", lmtPrice: 60, totalQuantity: 9000 };
  const opened = await client.ask(placeOrderMessage(order, { strategy: "Vwap", params }));
  expect(opened[0]).toContain("|Vwap|4|maxPctVol|0.02|startTime||endTime|10:02:00 US/Eastern|noTakeLiq|0|");
  await rig.advanceTo(newYork("10:02:00"));
  const lines = orderLines(await client.heard());
  const filled = Number(/Cancelled (\d+)\//.exec(lines.at(-2) ?? "")?.[1]);
  expect(filled).toBeGreaterThan(100);
  expect(filled).toBeLessThanOrEqual(0.02 * (volume() - before));
  expect(lines.at(-1)).toBe("error 1 202");
});

test("a window that is over, ends before it begins or cannot be read is refused with 441", async () => {
  await using rig = await smallGateway();
  const client = await rig.client();
  const refused = async (orderId: number, startTime: string, endTime: string) =>
    orderLines(
      await client.ask(
        placeOrderMessage({ ...buy, orderId }, { strategy: "Twap", params: { startTime, endTime } }),
      ),
    );
  await expect(refused(1, "", "09:59:00 US/Eastern")).resolves.toEqual(["error 1 441"]);
  await expect(refused(2, "12:00:00 US/Eastern", "11:00:00 US/Eastern")).resolves.toEqual(["error 2 441"]);
  await expect(refused(3, "", "12:00:00 Nowhere/City")).resolves.toEqual(["error 3 441"]);
});

test("a closing order is cancelled until 15:50; after that 10148, also of a global cancel, and it trades", async () => {
  await using rig = await smallGateway();
  const client = await rig.client();
  const closing = { ...buy, orderType: "MOC", lmtPrice: "" };
  await client.ask(placeOrderMessage(closing));
  await client.ask(placeOrderMessage({ ...closing, orderId: 2 }));
  await rig.advanceTo(newYork("15:49:59"));
  expect(orderLines(await client.ask("4|1|1||"))).toEqual(["status 1 Cancelled 0/600", "error 1 202"]);
  await rig.advanceTo(newYork("15:50:00"));
  await expect(client.ask("4|1|2||")).resolves.toEqual([
    "4|2|2|10148|OrderId 2 that needs to be cancelled cannot be cancelled, state: PreSubmitted.||",
  ]);
  expect(orderLines(await client.ask("58|1|"))).toEqual(["error 2 10148"]);
  expect(orderLines(await client.ask(placeOrderMessage({ ...closing, orderId: 3 })))).toEqual([
    "open 3 PreSubmitted",
    "status 3 PreSubmitted 0/600",
  ]);
  await rig.advanceTo(newYork("15:55:00"));
  expect(orderLines(await client.ask(placeOrderMessage({ ...closing, orderId: 4 })))).toEqual([
    "error 4 201",
    "open 4 Inactive",
    "status 4 Inactive 0/600",
  ]);
  await rig.advanceTo(newYork("16:00:00"));
  expect(orderLines(await client.heard())).toEqual(
    expect.arrayContaining(["status 2 Filled 600/0", "status 3 Filled 600/0"]),
  );
});
