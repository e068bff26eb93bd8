import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { type CronDesk, cronDesk } from "../testing/cron-desk.ts";

/** The built program, the wire and the paper gateway: orders are worked as trader.toml says, and the broker has them so. */
let desk: CronDesk;

jest.setTimeout(60_000);

afterEach(async () => {
  await desk[Symbol.asyncDispose]();
});

function orderLines(): Record<string, string>[] {
  return parse(readFileSync(join(desk.folder, "orders/latest.csv")), { columns: true });
}

/** What the broker has had of our orders, by symbol. */
function venueOrders() {
  const symbols = new Map(desk.venue.contracts().map(({ conId, symbol }) => [conId, symbol]));
  const orders = [...desk.venue.openOrders(), ...desk.venue.completedOrders()];
  return orders.map((order) => ({ ...order, symbol: symbols.get(order.conId) ?? "" }));
}

it("sends each style as what it is, by rules for symbols and sizes", async () => {
  const rules = `
[[execution_rule]]
symbols = ["AAPL"]
style = "twap"
algo_minutes = 30
[[execution_rule]]
symbols = ["XOM"]
style = "vwap"
max_volume_part = 0.2
[[execution_rule]]
symbols = ["PFE"]
style = "market-on-close"
[[execution_rule]]
min_order_value = 20_000
style = "midprice"
[[execution_rule]]
min_order_value = 8_000
style = "marketable-limit"
collar_bps = 40
`;
  desk = await cronDesk({ positions: [], config: { "[limits]": `${rules}[limits]` } });
  desk.writeForecast({ AAPL: 0.1, XOM: 0.1, PFE: 0.05, MSFT: 0.06, JPM: 0.03, KO: 0.01 });
  const ran = await desk.run();
  expect(ran).toMatchObject({ code: 0, stderr: "" });

  const had = Object.fromEntries(
    venueOrders().map((order) => [
      order.symbol,
      [order.orderType, order.algoStrategy, order.limitPrice === undefined ? "any price" : "limit"],
    ]),
  );
  expect(had).toEqual({
    AAPL: ["LMT", "Twap", "limit"],
    XOM: ["LMT", "Vwap", "limit"],
    PFE: ["MOC", "", "any price"],
    MSFT: ["MIDPRICE", "", "limit"],
    JPM: ["LMT", "", "limit"],
    KO: ["LMT", "Adaptive", "limit"],
  });
  const lines = Object.fromEntries(
    orderLines().map((line) => [line["symbol"], [line["style"], line["order_type"], line["algo"]]]),
  );
  expect(lines).toEqual({
    AAPL: ["twap", "LMT", "Twap"],
    XOM: ["vwap", "LMT", "Vwap"],
    PFE: ["market-on-close", "MOC", ""],
    MSFT: ["midprice", "MIDPRICE", ""],
    JPM: ["marketable-limit", "LMT", ""],
    KO: ["adaptive", "LMT", "Adaptive"],
  });
  const styles = desk.rows("SELECT symbol, style FROM orders").map(({ symbol, style }) => [symbol, style]);
  expect(Object.fromEntries(styles)).toEqual(
    Object.fromEntries(orderLines().map((line) => [line["symbol"], line["style"]])),
  );
});

it("goes to the collar under one number, on record before each step, and leaves nothing at work", async () => {
  const settings = `[execution]
style = "limit"
price_reference = "bid"
reprice_steps = 3
reprice_seconds = 1
unfilled = "cancel"
`;
  const rule = `
[[execution_rule]]
symbols = ["KO"]
collar_bps = 0
`;
  desk = await cronDesk({
    positions: [],
    idleSeconds: 5,
    config: {
      "[execution]\n": settings,
      "collar_bps = 25": "collar_bps = 5",
      "settle_seconds = 4": "settle_seconds = 2",
      "[limits]": `${rule}[limits]`,
    },
  });
  desk.writeForecast({ AAPL: 0.1, KO: 0.05 });
  // Cancelled as the owner wants it: no rejection, nothing for a person to look at.
  expect(await desk.run()).toMatchObject({ code: 0, stderr: "" });

  const [apple, coke] = ["AAPL", "KO"].map((symbol) =>
    orderLines().find((line) => line["symbol"] === symbol),
  );
  const changes = desk.rows("SELECT order_ref, shares, limit_price FROM order_changes ORDER BY change");
  const steps = changes.filter((row) => row["order_ref"] === apple?.["order_ref"]);
  const limits = [apple?.["first_limit_price"], ...steps.map((row) => row["limit_price"])].map(Number);
  expect(limits.length).toBeGreaterThan(1);
  expect(limits).toEqual([...new Set(limits)].toSorted((a, b) => a - b));
  expect(Math.max(...limits)).toBeLessThanOrEqual(Number(apple?.["limit_price"]));
  expect(coke?.["first_limit_price"]).toBe(coke?.["limit_price"]);
  expect(changes.filter((row) => row["order_ref"] === coke?.["order_ref"])).toEqual([]);

  // One order each, whatever became of its terms.
  expect(desk.venue.openOrders()).toEqual([]);
  const had = venueOrders();
  expect(had.map(({ symbol }) => symbol).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(["AAPL", "KO"]);
  const ours = had.find(({ symbol }) => symbol === "AAPL");
  expect(ours).toMatchObject({ orderRef: apple?.["order_ref"], limitPrice: limits.at(-1) });
  expect(ours?.shares).toBe(Number(apple?.["quantity"]));
});

it("changes what the last hour left working, under the number that it has (O23)", async () => {
  const settings = `[execution]
on_open_orders = "modify"
price_reference = "close"
`;
  desk = await cronDesk({
    positions: [{ symbol: "AAPL", shares: 900, averageCost: 140.25 }],
    config: {
      "[execution]\n": settings,
      // Sold at the last session's close or not at all: this session never comes back to it.
      "collar_bps = 25": "collar_bps = 0",
      "settle_seconds = 4": "settle_seconds = 1",
    },
  });
  desk.writeForecast({ AAPL: 0.2 });
  expect(await desk.run()).toMatchObject({ code: 0, stderr: "" });
  const [first] = venueOrders();
  const close = desk.venue.quote(first?.conId ?? 0).previousClose;
  expect(first).toMatchObject({ side: "sell", limitPrice: close, filledShares: 0, endedAt: undefined });

  await desk.nextHour();
  desk.writeForecast({ AAPL: 0.1 });
  expect(await desk.run()).toMatchObject({ code: 0, stderr: "" });
  const had = venueOrders();
  expect(had).toHaveLength(1);
  expect(had[0]).toMatchObject({
    permId: first?.permId,
    orderId: first?.orderId,
    orderRef: first?.orderRef,
    algoStrategy: "Adaptive",
    algoParams: [{ tag: "adaptivePriority", value: "Urgent" }],
    limitPrice: close,
  });
  const shares = Number(orderLines()[0]?.["quantity"]);
  expect(shares).toBeGreaterThan(Number(first?.shares));
  expect(had[0]?.shares).toBe(shares);
  expect(desk.rows("SELECT order_ref, shares FROM order_changes")).toEqual([
    { order_ref: first?.orderRef, shares },
  ]);
  expect(desk.rows("SELECT shares, life FROM orders")).toEqual([{ shares, life: "working" }]);
});
