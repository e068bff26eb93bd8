import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import type { VenueExecution } from "../simulation/venue.ts";
import { type CronDesk, cronDesk, deskAccount } from "../testing/cron-desk.ts";
import { instant, later } from "../trading/instant.ts";

/**
 * The built program as cron starts it: an empty environment, another working folder, no terminal, a host on the other
 * side of the world. It meets the paper gateway over TCP; afterwards its order file, CSV files, history and mails must
 * tell the same story as the gateway's books.
 */
const account = deskAccount;

let desk: CronDesk;
let folder = "";
let gateway: CronDesk["gateway"];
let writeForecast: CronDesk["writeForecast"];
let rows: CronDesk["rows"];

jest.setTimeout(60_000);

beforeEach(async () => {
  desk = await cronDesk({
    positions: [
      { symbol: "MSFT", shares: 300, averageCost: 251.5 },
      { symbol: "GE", shares: 120, averageCost: 80.25 },
      { symbol: "KO", shares: -250, averageCost: 55.1 },
    ],
  });
  ({ folder, gateway, writeForecast, rows } = desk);
});
afterEach(async () => {
  await desk[Symbol.asyncDispose]();
});

describe("trader run under cron", () => {
  it("tells the gateway's story in order file, history, CSV files and mail alike", async () => {
    writeForecast({ AAPL: 0.2, XOM: 0.15, MSFT: 0.05, KO: -0.03, PFE: 0.0001 });
    const ran = await cron();
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout).not.toContain("\u001b[");

    const booked = gateway.venue.executions();
    const orders = csv("orders/latest.csv");
    expect(orders.map((line) => [line["symbol"], line["action"]])).toEqual([
      ["MSFT", "Sell"],
      ["AAPL", "Buy"],
      ["XOM", "Buy"],
      ["KO", "Do nothing"],
      ["PFE", "Do nothing"],
      ["GE", "Do nothing"],
    ]);
    const sent = orders.filter((line) => line["action"] !== "Do nothing");
    for (const line of sent) {
      const own = booked.filter((execution) => execution.orderRef === line["order_ref"]);
      const [filled, wanted] = [sharesOf(own), Number(line["quantity"])];
      expect([line["symbol"], filled]).toEqual([line["symbol"], wanted]);
      const limit = Number(line["limit_price"]);
      for (const { side, price } of own) expect(side === "buy" ? price <= limit : price >= limit).toBe(true);
      expect([line["order_type"], line["time_in_force"]]).toEqual(["LMT", "DAY"]);
      expect(Number(line["target_shares"]) - Number(line["current_shares"])).toBe(
        line["action"] === "Buy" ? wanted : -wanted,
      );
    }

    const told = booked.map(({ execId, side, shares, price, commission, orderRef }) => {
      return { exec_id: execId, side, shares, price, commission, order_ref: orderRef };
    });
    const columns = "exec_id, side, shares, price, commission, order_ref";
    expect(rows(`SELECT ${columns} FROM executions ORDER BY exec_id`)).toEqual(inOrder(told));
    expect(
      csv("snapshots/trades.csv").map((line) => [
        line["exec_id"],
        Number(line["shares"]),
        Number(line["price"]),
      ]),
    ).toEqual(told.map(({ exec_id, shares, price }) => [exec_id, shares, price]));

    const positions = gateway.venue.positions(account);
    const symbolOf = new Map(gateway.venue.contracts().map(({ conId, symbol }) => [conId, symbol]));
    const held = positions.map(({ conId, shares }) => ({ symbol: symbolOf.get(conId), shares }));
    const bySymbol = held.toSorted((a, b) => byText(a.symbol ?? "", b.symbol ?? ""));
    expect(rows("SELECT symbol, shares FROM positions ORDER BY symbol")).toEqual(bySymbol);
    const [file = ""] = readdirSync(join(folder, "snapshots")).filter((name) =>
      name.startsWith("positions-"),
    );
    const inFile = csv(`snapshots/${file}`).map((line) => ({
      symbol: line["symbol"],
      shares: Number(line["shares"]),
    }));
    expect(inFile.toSorted((a, b) => byText(a.symbol ?? "", b.symbol ?? ""))).toEqual(bySymbol);

    const [equity] = rows("SELECT cash, net_liquidation FROM equity");
    expect(equity?.["cash"]).toBeCloseTo(gateway.venue.balances(account).cash, 2);
    expect(csv("snapshots/equity.csv")).toHaveLength(1);

    const [mail] = await desk.mails();
    expect(mail?.subject).toContain("open update 2022-03-14");
    expect(mail?.text).toContain(amount(Number(equity?.["net_liquidation"])));
    for (const { symbol } of bySymbol) expect(mail?.text).toContain(symbol);
  });

  it("run again at once leaves the hour as it was traded; with --again it finds everything on target (S04)", async () => {
    writeForecast({ AAPL: 0.2, XOM: 0.15 });
    await cron();
    const before = gateway.venue.executions().length;
    expect(before).toBeGreaterThan(0);
    expect(await cron()).toMatchObject({ code: 0, stderr: "" });
    expect(await cron("--again")).toMatchObject({ code: 0, stderr: "" });
    expect(gateway.venue.executions()).toHaveLength(before);
    expect(rows("SELECT verdict, orders FROM runs ORDER BY started_at, run_id")).toEqual([
      { verdict: "done", orders: 2 },
      { verdict: "repeated", orders: 0 },
      { verdict: "done", orders: 0 },
    ]);
    expect(await desk.mails()).toHaveLength(1);
  });

  it("takes back what an earlier run left working, and books what that filled", async () => {
    writeForecast({ RRC: 0.6 });
    await cron();
    const [first] = rows("SELECT life, shares, filled_shares, order_ref FROM orders");
    expect(first?.["life"]).toBe("working");
    await gateway.advanceTo(later(gateway.venue.now(), 300_000));
    writeForecast({ RRC: 0 });
    expect(await cron("--again")).toMatchObject({ code: 0 });

    expect(gateway.venue.openOrders().filter((order) => order.orderRef === first?.["order_ref"])).toEqual([]);
    const booked = gateway.venue
      .executions()
      .filter((execution) => execution.orderRef === first?.["order_ref"]);
    expect(sharesOf(booked)).toBeGreaterThan(Number(first?.["filled_shares"]));
    const [after] = rows(
      `SELECT life, filled_shares FROM orders WHERE order_ref = '${String(first?.["order_ref"])}'`,
    );
    expect(after).toEqual({ life: "done", filled_shares: sharesOf(booked) });
  });

  it("is held by a truncated forecast: exit 3, an alert, no order (S07)", async () => {
    writeForecast({ AAPL: 0.2, XOM: 0.15 }, 3);
    const { code, stderr } = await cron();
    expect(code).toBe(3);
    expect(stderr).toMatch(/momentum\.csv:3 declares 3\s+rows, 2 were found/);
    expect(gateway.venue.executions()).toEqual([]);
    expect((await desk.mails()).map((mail) => mail.subject ?? "").toSorted(byText)).toEqual([
      expect.stringContaining("HELD"),
      expect.stringContaining("open update"),
    ]);
    expect(rows("SELECT verdict FROM runs")).toEqual([{ verdict: "held" }]);
  });

  it("days on which cron did not run are counted and mailed by the next run, and not again (S16)", async () => {
    writeForecast({ AAPL: 0.2 });
    expect(await cron()).toMatchObject({ code: 0 });
    const mailsBefore = (await desk.mails()).length;
    await gateway.advanceTo(instant("2022-03-17T10:35:00-04:00"));
    writeForecast({ AAPL: 0.2 });
    const back = await cron();
    // The rest of Monday, two whole days, and nothing of the hour in which Thursday opens.
    const words = `${5 + 6 + 6} hourly runs did not happen`;
    expect([back.code, back.stderr.replace(/\s+/g, " ")]).toEqual([3, expect.stringContaining(words)]);
    const alerts = (await desk.mails()).slice(mailsBefore).filter(({ text }) => text.includes(words));
    expect(alerts.map(({ subject }) => subject)).toContainEqual(expect.stringContaining("ATTENTION"));
    expect(alerts[0]?.text).toContain("none since 2022-03-14 10:35 EDT");
    await desk.nextHour();
    expect(await cron()).toMatchObject({ code: 0, stderr: "" });
  });

  it("a forecast that nobody renews is traded on until its age limit, and no hour longer (S24)", async () => {
    writeForecast({ AAPL: 0.2 });
    expect(await cron()).toMatchObject({ code: 0 });
    await gateway.advanceTo(instant("2022-03-14T11:35:00-04:00"));
    expect(await cron()).toMatchObject({ code: 0, stderr: "" });
    const before = gateway.venue.executions().length;
    await gateway.advanceTo(instant("2022-03-14T12:35:00-04:00"));
    const held = await cron();
    expect([held.code, held.stderr.replace(/\s+/g, " ")]).toEqual([
      3,
      expect.stringMatching(/HELD.*momentum\.csv/),
    ]);
    expect((await desk.mails()).map(({ subject }) => subject)).toContainEqual(
      expect.stringContaining("HELD"),
    );
    expect(gateway.venue.executions()).toHaveLength(before);
  });

  it("says in one line each what is wrong when it cannot start or connect", async () => {
    writeFileSync(join(folder, "trader.toml"), desk.configText.replace("collar_bps = 25", "collar_bp = 25"));
    const wrong = await cron();
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(/trader\.toml:\d+:\d+: .*collar_bp/);

    writeFileSync(join(folder, "trader.toml"), desk.configText);
    writeForecast({ AAPL: 0.2 });
    await gateway.close();
    const unreachable = await cron();
    expect(unreachable.code).toBe(4);
    expect(unreachable.stderr).toContain(`127.0.0.1:${gateway.port}`);
  });

  it("lets only one run work in a data folder: the second exits 5 and says who holds it", async () => {
    writeForecast({ RRC: 0.6 });
    const first = cron();
    await until(() => gateway.messages.received > 0);
    const second = await cron();
    expect(second.code).toBe(5);
    expect(second.stderr).toMatch(/process \d+|pid \d+/);
    expect((await first).code).toBe(0);
  });
});

const cron = (...options: string[]) => desk.run({ args: ["run", ...options] });

function csv(file: string): Record<string, string>[] {
  return parse(readFileSync(join(folder, file)), { columns: true }) as Record<string, string>[];
}

function sharesOf(executions: readonly VenueExecution[]): number {
  return executions.reduce((sum, execution) => sum + execution.shares, 0);
}

function inOrder<T extends { exec_id: string }>(list: readonly T[]): T[] {
  return list.toSorted((a, b) => byText(a.exec_id, b.exec_id));
}

/** "412,345.67": as mails write amounts. */
function amount(value: number): string {
  return value.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
