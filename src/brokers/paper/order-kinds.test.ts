import { placeOrderMessage, plainPurchase, type RawTwsClient } from "../../testing/raw-tws-client.ts";
import { orderLines, type SmallGateway, smallGateway } from "../../testing/small-gateway.ts";
import { account, contractNamed, newYork } from "../../testing/small-venue.ts";
import { later } from "../../trading/instant.ts";

/** 600 AAPL at 200, which is far above the market of some 150. */
const buy = { ...plainPurchase, symbol: "AAPL", totalQuantity: 600, lmtPrice: 200 };

test.each([
  ["MKT", "PreSubmitted"],
  ["LMT", "Submitted"],
])("%s is told first as %s, then its execution, then twice that it is filled", async (orderType, first) => {
  await using rig = await smallGateway();
  const client = await rig.client();
  const told = await client.ask(placeOrderMessage({ ...buy, orderType, totalQuantity: 100 }));
  expect(orderLines(told)).toEqual([
    `open 1 ${first}`,
    `status 1 ${first} 0/100`,
    "executed 1 100",
    "open 1 Filled",
    "status 1 Filled 100/0",
    "open 1 Filled",
  ]);
});

test("a market order that trades in parts is Submitted after its first part", async () => {
  await using rig = await smallGateway();
  const client = await rig.client();
  const order = { ...buy, symbol: "RRC", orderType: "MKT", totalQuantity: 30_000 };
  const lines = orderLines(await client.ask(placeOrderMessage(order)));
  expect(lines.slice(0, 2)).toEqual(["open 1 PreSubmitted", "status 1 PreSubmitted 0/30000"]);
  expect(lines.filter((line) => line.startsWith("status")).at(-1)).toMatch(/^status 1 Submitted \d+\/\d+$/);
});

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

const aapl = { symbol: "AAPL", secType: "STK", exchange: "SMART", currency: "USD", transmit: 1 };
const sell = { ...aapl, orderId: 1, action: "SELL", totalQuantity: 100 };
const cents = (price: number): number => Math.round(price * 100) / 100;
const holding = [{ symbol: "AAPL", shares: 900, averageCost: 140 }];
const withAapl = {
  accounts: [{ id: account, cash: 1_000_000, baseCurrency: "USD" as const, positions: holding }],
};

/** Advances second by second until something is said of an order, and answers with all of it. */
async function untilHeard(rig: SmallGateway, client: RawTwsClient): Promise<readonly string[]> {
  for (let second = 0; second < 3600; second += 1) {
    await rig.advanceTo(later(rig.venue.now(), 1000));
    const heard = await client.heard();
    if (orderLines(heard).length > 0) return heard;
  }
  throw new RangeError("nothing was said in an hour");
}

test("a trailing stop follows the market up, never down, and sells when the market has come back by its distance", async () => {
  await using rig = await smallGateway(withAapl);
  const client = await rig.client();
  const { conId } = contractNamed(rig.venue, "AAPL");
  const begins = rig.venue.quote(conId).last;
  const trail = { ...sell, orderType: "TRAIL", lmtPrice: "", auxPrice: 0.35 };
  const opened = await client.ask(placeOrderMessage(trail));
  expect(opened[0]).toContain("|SELL|100|TRAIL|0.0|0.35|");
  let highest = begins;
  const stop = () => rig.venue.orderOf(1, 1)?.trailStopPrice ?? 0;
  while (rig.venue.orderOf(1, 1)?.filledShares === 0) {
    expect(stop()).toBe(cents(highest - 0.35));
    await rig.advanceTo(later(rig.venue.now(), 1000));
    highest = Math.max(highest, rig.venue.quote(conId).last);
  }
  expect(highest).toBeGreaterThan(begins);
  expect(rig.venue.quote(conId).last).toBeLessThanOrEqual(stop());
  const lines = orderLines(await client.heard());
  expect(lines.slice(0, 4)).toEqual([
    "open 1 Submitted",
    "status 1 Submitted 0/100",
    "executed 1 100",
    "open 1 Filled",
  ]);
});

test("a stop limit order waits for its stop, then for its limit", async () => {
  await using rig = await smallGateway();
  const client = await rig.client();
  const { conId } = contractNamed(rig.venue, "AAPL");
  const { last } = rig.venue.quote(conId);
  // Reached at once, but its limit is below the market: from then on a limit order that works.
  const below = {
    ...buy,
    orderType: "STP LMT",
    totalQuantity: 40,
    auxPrice: cents(last - 1),
    lmtPrice: 90.25,
  };
  expect(orderLines(await client.ask(placeOrderMessage(below))).at(-1)).toBe("status 1 Submitted 0/40");
  const above = { ...below, orderId: 2, auxPrice: cents(last + 0.1), lmtPrice: cents(last + 5) };
  expect(orderLines(await client.ask(placeOrderMessage(above)))).toEqual([
    "open 2 PreSubmitted",
    "status 2 PreSubmitted 0/40",
  ]);
  const heard = orderLines(await untilHeard(rig, client));
  expect(rig.venue.quote(conId).last).toBeGreaterThanOrEqual(cents(last + 0.1));
  expect(heard).toEqual([
    "open 2 Submitted",
    "status 2 Submitted 0/40",
    "executed 2 40",
    "open 2 Filled",
    "status 2 Filled 40/0",
    "open 2 Filled",
  ]);
  expect(rig.venue.orderOf(1, 1)?.filledShares).toBe(0);
});

test("a midpoint order trades between bid and ask, and not beyond its worst midpoint", async () => {
  await using rig = await smallGateway();
  const client = await rig.client();
  const { conId } = contractNamed(rig.venue, "RRC");
  const midpoint = { ...buy, symbol: "RRC", orderType: "MIDPRICE", totalQuantity: 100 };
  await client.ask(placeOrderMessage({ ...midpoint, lmtPrice: 9.75 }));
  await client.ask(placeOrderMessage({ ...midpoint, orderId: 2, lmtPrice: "" }));
  while (rig.venue.orderOf(1, 2)?.endedAt === undefined) await rig.advanceTo(later(rig.venue.now(), 1000));
  const { bid = 0, ask = 0 } = rig.venue.quote(conId);
  expect(ask - bid).toBeGreaterThan(0.005);
  expect(rig.venue.orderOf(1, 2)?.lastFillPrice).toBeCloseTo((bid + ask) / 2, 9);
  expect(rig.venue.orderOf(1, 1)).toMatchObject({ filledShares: 0, endedAt: undefined });
});

test("a short sale without stock: 404 and whyHeld locate; it works once there is stock", async () => {
  await using rig = await smallGateway({ contracts: [{ symbol: "AAPL", borrowableShares: 50 }] });
  const client = await rig.client();
  const short = { ...sell, orderType: "LMT", lmtPrice: 190 };
  const held = await client.ask(placeOrderMessage(short));
  expect(orderLines(held)).toEqual(["open 1 PreSubmitted", "status 1 PreSubmitted 0/100", "error 1 404"]);
  expect(held[1]).toMatch(/^3\|1\|PreSubmitted\|0\|100\|.*\|1\|locate\|0\|$/);
  // 60 bought and 50 to borrow are enough for 100.
  await client.ask(placeOrderMessage({ ...buy, orderId: 2, totalQuantity: 60 }));
  await rig.advanceTo(newYork("10:00:01"));
  const told = await client.heard();
  expect(orderLines(told)).toEqual(["open 1 Submitted", "status 1 Submitted 0/100"]);
  expect(told.find((message) => message.startsWith("3|"))).toMatch(/\|1\|\|0\|$/);
});

test("GTD ends over the wire at its instant: status, then 202", async () => {
  await using rig = await smallGateway();
  const client = await rig.client();
  const order = { ...buy, lmtPrice: 90.5, tif: "GTD", goodTillDate: "20221122 10:30:00 US/Eastern" };
  const opened = await client.ask(placeOrderMessage(order));
  expect(opened[0]).toContain("|GTD|");
  expect(opened[0]).toContain("|20221122 10:30:00 US/Eastern|");
  await rig.advanceTo(newYork("10:29:59"));
  expect(orderLines(await client.heard())).toEqual([]);
  await rig.advanceTo(newYork("10:30:00"));
  expect(orderLines(await client.heard())).toEqual(["status 1 Cancelled 0/600", "error 1 202"]);
});

test.each([
  [1, "a fill cancels the others", ["status 2 Cancelled 0/200", "error 2 202"]],
  [2, "a fill takes its part from the others, one at a time", ["open 2 Submitted", "status 2 Submitted 0/"]],
  [3, "a fill takes its part from the others", ["open 2 Submitted", "status 2 Submitted 0/"]],
])("OCA type %i: %s", async (ocaType, _, expected) => {
  await using rig = await smallGateway();
  const client = await rig.client();
  const group = { ...buy, symbol: "RRC", ocaGroup: "either", ocaType, totalQuantity: 200 };
  await client.ask(placeOrderMessage({ ...group, orderId: 2, lmtPrice: 9.5 }));
  // So many that one second's display fills a part only.
  const [first = "", ...rest] = await client.ask(
    placeOrderMessage({ ...group, orderId: 3, lmtPrice: 60, totalQuantity: 30_000 }),
  );
  expect(first).toContain("|either|DU1234567|");
  expect(first).toContain(`|2147483647|0|0|0||${ocaType}|0|0||0|`);
  const filled = rig.venue.orderOf(1, 3)?.filledShares ?? 0;
  expect(filled).toBeGreaterThan(0);
  expect(filled).toBeLessThan(30_000);
  const left = 200 - Math.round((200 * filled) / 30_000);
  const told = orderLines(rest).filter((line) => / 2 /.test(line) && !line.includes("executed"));
  expect(told).toEqual(expected.map((line) => (line.endsWith("/") ? `${line}${left}` : line)));
});

test("what an account cannot carry is refused in the words of Regulation T, of cash, and of the count (A10)", async () => {
  const refusal = async (rig: SmallGateway, over: Parameters<typeof placeOrderMessage>[0]) => {
    const client = await rig.client();
    const [text = ""] = await client.ask(placeOrderMessage({ ...buy, ...over }));
    return text.split("|").slice(2, 5).join(" ");
  };
  await using margin = await smallGateway({ cash: 20_000.5 });
  await expect(refusal(margin, { totalQuantity: 400, lmtPrice: 100 })).resolves.toMatch(
    /^1 201 Order rejected - reason:YOUR ORDER IS NOT ACCEPTED\. In order to obtain the desired position your Equity with Loan Value \[20000\.50 USD\] must exceed the new total Initial Margin of \[\d{5}\.\d\d USD\]\.$/,
  );
  const kind = "cash" as const;
  const cash = { accounts: [{ id: account, cash: 5000, baseCurrency: "USD" as const, kind, positions: [] }] };
  await using settled = await smallGateway(cash);
  await expect(refusal(settled, { totalQuantity: 40 })).resolves.toBe(
    "1 201 Order rejected - reason:Available settled cash converted to base: 5000.00 USD Cash needed for this order and other pending orders: <br>8000.00 USD",
  );
  await using short = await smallGateway(cash);
  await expect(refusal(short, { action: "SELL" })).resolves.toBe(
    "1 201 Order rejected - reason:This account may not hold short stock positions.",
  );
});

test("whoever runs the gateway reads a line for each order and each fill, and one only", async () => {
  const lines: string[] = [];
  await using gateway = await smallGateway({}, { log: (line) => lines.push(line) });
  const client = await gateway.client(7);
  await client.ask(placeOrderMessage({ ...buy, symbol: "AAPL", totalQuantity: 30, lmtPrice: 200.5 }));
  await client.ask(
    placeOrderMessage({ ...buy, symbol: "AAPL", orderId: 2, totalQuantity: 20, lmtPrice: 90.25 }),
  );
  await client.ask(
    placeOrderMessage({ ...buy, symbol: "AAPL", orderId: 2, totalQuantity: 25, lmtPrice: 90.25 }),
  );
  expect(lines.filter((line) => line.includes("order "))).toEqual([
    "client 7 order 1: BUY 30 AAPL LMT 200.5",
    expect.stringMatching(/^client 7 order 1: BUY 30 AAPL filled at \d+\.\d+, 30 so far$/),
    "client 7 order 2: BUY 20 AAPL LMT 90.25",
  ]);
});
