import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { type CronDesk, cronDesk, deskAccount } from "../testing/cron-desk.ts";
import { instant } from "../trading/instant.ts";

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
  const dry = await desk.run({ args: ["dry-run"] });
  expect(told(dry)).toMatch(new RegExp(`changed, was ${before} at 126.23`));
  expect(told(dry)).not.toMatch(/NOT PROTECTED|was not sent/);
  expect(dry.code).toBe(0);
  expect(stopsOf("AAPL")).toMatchObject([{ shares: before, stop: 126.23, orderId }]);
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

/** Lets the broker's time pass without any run: the machine is off. */
async function offUntil(iso: string): Promise<void> {
  await desk.gateway.advanceTo(instant(iso));
}

/** All that a person sees of a program's end. */
function told({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }): string {
  return `${stdout}${stderr}`;
}

it("is filled while the machine is off: the next run books it, says so, and neither sells again nor buys back", async () => {
  desk = await cronDesk({
    positions: [{ symbol: "XOM", shares: 500, averageCost: 60.4 }],
    config: protect('kind = "stop"\nreference = "price"\ndistance_bps = 300'),
  });
  desk.writeForecast({ XOM: 0.09 });
  await desk.run();
  const [stop] = stopsOf("XOM");
  const held = heldOf("XOM");
  expect(stop).toMatchObject({ side: "sell", shares: held });

  await offUntil("2022-03-15T10:35:00-04:00");
  expect(heldOf("XOM")).toBe(0);
  desk.writeForecast({ XOM: 0.09 });
  const next = await desk.run();
  expect(next.code).toBe(3);
  expect(told(next)).toContain("protection filled: XOM");
  expect(told(next)).toContain("rests since its protective order filled: 0 of 5 sessions");
  expect(heldOf("XOM")).toBe(0);
  expect(desk.venue.openOrders()).toEqual([]);
  expect(desk.rows("SELECT status, filled_shares FROM orders WHERE role = 'protect'")).toEqual([
    { status: "filled", filled_shares: held },
  ]);
  const alert = (await desk.mails()).find(({ subject }) => subject.includes("ATTENTION"));
  expect(alert?.text).toMatch(/protection filled: XOM: its stop was reached: sold \d+ at/i);

  // Known is not told again.
  await desk.nextHour();
  const later = await desk.run();
  expect(later).toMatchObject({ code: 0 });
  expect(told(later)).not.toContain("protection filled");
  expect(desk.venue.openOrders()).toEqual([]);
});

it("is filled on a day of which the broker tells no more: the position is frozen until a person accepts it", async () => {
  desk = await cronDesk({
    positions: [{ symbol: "XOM", shares: 500, averageCost: 60.4 }],
    config: protect('kind = "stop"\nreference = "price"\ndistance_bps = 300'),
  });
  desk.writeForecast({ XOM: 0.09 });
  await desk.run();
  await offUntil("2022-03-16T10:35:00-04:00");
  expect(heldOf("XOM")).toBe(0);
  desk.writeForecast({ XOM: 0.09 });
  const next = await desk.run();
  expect(next.code).toBe(3);
  expect(told(next)).toContain("a protective order of XOM is gone");
  expect(told(next)).toContain("trader accept");
  expect(heldOf("XOM")).toBe(0);
  expect(desk.venue.openOrders()).toEqual([]);

  expect(await desk.run({ args: ["accept", "XOM", "--note", "the stop"] })).toMatchObject({ code: 0 });
  await desk.nextHour();
  expect(await desk.run()).toMatchObject({ code: 0, stderr: "" });
  expect(heldOf("XOM")).toBeGreaterThan(0);
  expect(stopsOf("XOM")).toMatchObject([{ side: "sell", shares: heldOf("XOM") }]);
});

it("trails a short with a buy stop that the broker moves, and is withdrawn before the position is closed", async () => {
  desk = await cronDesk({
    positions: [{ symbol: "XOM", shares: -400, averageCost: 81.3 }],
    config: {
      ...protect('kind = "trailing-stop"\ndistance_bps = 900'),
      "no_trade_band = 0.002": 'no_trade_band = 0.9\nno_trade_band_choice = "wider"',
    },
  });
  const excess = watchExcess();
  desk.writeForecast({ XOM: -0.1 });
  expect(await desk.run()).toMatchObject({ code: 0, stderr: "" });
  const [first] = stopsOf("XOM");
  expect(first).toMatchObject({ side: "buy", shares: 400, type: "TRAIL", timeInForce: "GTC" });
  const mid = desk.venue.quote(conIdOf("XOM")).last;
  expect(first?.stop).toBeGreaterThan(mid * 1.07);

  // It falls, and the stop with it; the next run leaves it where the broker has taken it.
  await offUntil("2022-03-15T11:35:00-04:00");
  const [moved] = stopsOf("XOM");
  expect(moved?.stop).toBeLessThan(first?.stop ?? 0);
  desk.writeForecast({ XOM: -0.1 });
  expect(told(await desk.run())).toContain("trailing stop, 9.0 %");
  expect(stopsOf("XOM")[0]?.stop).toBeLessThanOrEqual(moved?.stop ?? 0);
  expect(desk.rows("SELECT count(*) AS n FROM order_changes")).toEqual([{ n: 0 }]);

  await desk.nextHour();
  desk.writeForecast({ XOM: 0 });
  expect(await desk.run()).toMatchObject({ code: 0, stderr: "" });
  expect(heldOf("XOM")).toBe(0);
  expect(desk.venue.openOrders()).toEqual([]);
  expect(excess.worst()).toBeLessThanOrEqual(0);
});

it("is placed by a run after the close for what the day has left", async () => {
  desk = await cronDesk({
    positions: [{ symbol: "AAPL", shares: 300, averageCost: 140.25 }],
    config: protect('kind = "stop"\ndistance_bps = 1000\nlimit_offset_bps = 200'),
  });
  desk.writeForecast({ AAPL: 0.09 });
  await offUntil("2022-03-14T16:40:00-04:00");
  const closing = await desk.run();
  expect(closing).toMatchObject({ code: 0, stderr: "" });
  expect(stopsOf("AAPL")).toMatchObject([{ shares: 300, stop: 126.23, type: "STP LMT" }]);
  expect(told(closing)).toContain("stop, 10.0 % from average cost, limit 2.0 % behind");

  // Nothing is owed that night: a stop that rests is no reason to look.
  const status = await desk.run({ args: ["status"] });
  expect(status).toMatchObject({ code: 0 });
  expect(status.stdout).toContain("sell 300 AAPL, stop 126.23");
  const dry = await desk.run({ args: ["dry-run"] });
  expect(dry.stdout).toContain("rests at the broker");
});

it.each(["changed: sell", "sent: sell"])(
  "is put right by the next run when one dies at the words %p",
  async (words) => {
    desk = await cronDesk({
      positions: [{ symbol: "AAPL", shares: 900, averageCost: 140.25 }],
      idleSeconds: 5,
      config: protect('kind = "stop"\ndistance_bps = 1000'),
    });
    const excess = watchExcess();
    desk.writeForecast({ AAPL: 0.25 });
    await desk.run();
    await desk.nextHour();
    desk.writeForecast({ AAPL: 0.1 });
    const started = desk.start();
    let output = "";
    started.process.stdout?.on("data", (bytes: Buffer) => {
      output += bytes.toString();
      if (output.includes(words)) started.process.kill("SIGKILL");
    });
    const ended = await started.ended;
    expect(ended.signal).toBe("SIGKILL");

    await desk.nextHour();
    const next = await desk.run();
    expect(told(next)).toContain("died");
    const closing = desk.venue.openOrders().filter(({ orderType }) => orderType === "LMT");
    const atWork = closing.reduce((sum, order) => sum + order.shares - order.filledShares, 0);
    expect(stopsOf("AAPL")).toMatchObject([{ shares: heldOf("AAPL") - atWork, stop: 126.23 }]);
    expect(excess.worst()).toBeLessThanOrEqual(0);
  },
);

it("gives way to a sale that is changed while it works, and leaves to it what it may still sell", async () => {
  desk = await cronDesk({
    positions: [{ symbol: "AAPL", shares: 900, averageCost: 120.25 }],
    config: {
      ...protect('kind = "stop"\ndistance_bps = 1000'),
      // Sold at the last session's close or not at all: this session never comes back to it.
      "[execution]\n": '[execution]\non_open_orders = "modify"\nprice_reference = "close"\n',
      "collar_bps = 25": "collar_bps = 0",
      "settle_seconds = 4": "settle_seconds = 1",
    },
  });
  const excess = watchExcess();
  const saleOf = () => desk.venue.openOrders().find(({ orderType }) => orderType === "LMT")?.shares ?? 0;
  desk.writeForecast({ AAPL: 0.2 });
  expect(await desk.run()).toMatchObject({ code: 0, stderr: "" });
  const before = saleOf();
  expect(before).toBeGreaterThan(0);
  expect(stopsOf("AAPL")).toMatchObject([{ shares: 900 - before, stop: 108.23 }]);

  await desk.nextHour();
  desk.writeForecast({ AAPL: 0.1 });
  expect(await desk.run()).toMatchObject({ code: 0, stderr: "" });
  expect(saleOf()).toBeGreaterThan(before);
  expect(stopsOf("AAPL")).toMatchObject([{ shares: 900 - saleOf(), stop: 108.23 }]);
  expect(excess.worst()).toBe(0);
});

it("protects what a later wave has bought, and gave way to what paid for it", async () => {
  desk = await cronDesk({
    positions: [
      { symbol: "AAPL", shares: 2_600, averageCost: 140.25 },
      { symbol: "MSFT", shares: 20, averageCost: 251.5 },
    ],
    config: {
      ...protect('kind = "stop"\ndistance_bps = 1000'),
      "[execution]\n": '[execution]\nwaves = "within-run"\n',
      "[portfolio]\n": "[portfolio]\nborrowing = false\n",
    },
  });
  const excess = watchExcess();
  desk.writeForecast({ AAPL: 0.49 });
  await desk.run();
  await desk.nextHour();
  desk.writeForecast({ AAPL: 0.05, MSFT: 0.9 });
  const waved = await desk.run();
  expect(told(waved)).toMatch(/wave 2/i);
  expect(stopsOf("AAPL")).toMatchObject([{ shares: heldOf("AAPL") }]);
  expect(stopsOf("MSFT")).toMatchObject([{ shares: heldOf("MSFT") }]);
  expect(excess.worst()).toBeLessThanOrEqual(0);
});
