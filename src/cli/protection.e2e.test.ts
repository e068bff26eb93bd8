import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { type CronDesk, cronDesk, deskAccount } from "../testing/cron-desk.ts";

/**
 * The built program, the wire and the paper gateway: what protects positions rests at the broker, in step with them, and at no
 * moment can it close more than is held together with what else works.
 */
let desk: CronDesk;

jest.setTimeout(120_000);

afterEach(async () => {
  await desk[Symbol.asyncDispose]();
});

/** A stop in front of the limits of trader.toml. */
function protect(table: string): Record<string, string> {
  return { "[limits]": `[[protect]]\n${table}\n[limits]` };
}

function conIdOf(symbol: string): number {
  return desk.venue.contracts().find((contract) => contract.symbol === symbol)?.conId ?? 0;
}

function heldOf(symbol: string): number {
  return desk.venue.position(deskAccount, conIdOf(symbol))?.shares ?? 0;
}

/** Stops of a symbol that work at the broker. */
function stopsOf(symbol: string) {
  const conId = conIdOf(symbol);
  return desk.venue
    .openOrders()
    .filter((order) => order.conId === conId && /^(STP|TRAIL)/.test(order.orderType))
    .map((order) => ({
      side: order.side,
      shares: order.shares - order.filledShares,
      stop: order.trailStopPrice ?? order.stopPrice,
      type: order.orderType,
      timeInForce: order.timeInForce,
      orderId: order.orderId,
    }));
}

/** Watches every order and fill at the broker: by how many shares all that works could close more than is held. */
function watchExcess(): { readonly worst: () => number } {
  let worst = Number.NEGATIVE_INFINITY;
  desk.venue.subscribe((event) => {
    if (event.kind === "execution") return;
    for (const { conId, shares } of desk.venue.positions(deskAccount)) {
      if (shares === 0) continue;
      const side = shares > 0 ? "sell" : "buy";
      const atWork = desk.venue.openOrders().filter((order) => order.conId === conId && order.side === side);
      const closing = atWork.reduce((sum, order) => sum + order.shares - order.filledShares, 0);
      worst = Math.max(worst, closing - Math.abs(shares));
    }
  });
  return { worst: () => worst };
}

it("rests under what is held, survives the gateway's restart, and gives way to a sale before it is sent", async () => {
  desk = await cronDesk({
    positions: [{ symbol: "AAPL", shares: 900, averageCost: 140.25 }],
    config: protect('kind = "stop"\ndistance_bps = 1000'),
  });
  const excess = watchExcess();
  desk.writeForecast({ AAPL: 0.25 });
  const first = await desk.run();
  expect(first).toMatchObject({ code: 0, stderr: "" });
  // 10 % below 140.25 is 126.225: on the tick that loses less.
  expect(heldOf("AAPL")).toBeGreaterThan(800);
  expect(stopsOf("AAPL")).toEqual([
    {
      side: "sell",
      shares: heldOf("AAPL"),
      stop: 126.23,
      type: "STP",
      timeInForce: "GTC",
      orderId: expect.any(Number),
    },
  ]);
  const [{ orderId } = { orderId: 0 }] = stopsOf("AAPL");

  await desk.restartGateway(50);
  await desk.nextHour();
  desk.writeForecast({ AAPL: 0.1 });
  const before = heldOf("AAPL");
  const second = await desk.run();
  expect(second).toMatchObject({ code: 0, stderr: "" });
  expect(heldOf("AAPL")).toBeLessThan(before - 300);
  expect(stopsOf("AAPL")).toMatchObject([{ shares: heldOf("AAPL"), stop: 126.23, orderId }]);
  expect(excess.worst()).toBe(0);

  const lines = parse(readFileSync(join(desk.folder, "orders/latest-protection.csv")), { columns: true });
  expect(lines).toMatchObject([
    { symbol: "AAPL", act: "replace", action: "Sell", stop_price: "126.23", style: "stop" },
  ]);
  expect(
    desk.rows("SELECT role, time_in_force, life, stop_price FROM orders WHERE role = 'protect'"),
  ).toEqual([{ role: "protect", time_in_force: "GTC", life: "working", stop_price: 126.23 }]);
});
