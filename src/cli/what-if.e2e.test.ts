import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { type CronDesk, cronDesk, type DeskSetup, deskAccount } from "../testing/cron-desk.ts";
import { impatient } from "../testing/small-config.ts";
import { readScenario } from "./scenario/read-scenario.ts";

/**
 * The built program, the wire and the paper gateway, whose margin account keeps a quarter of a long position's value: a plan
 * that is too large for the excess liquidity that must stay is cut, and the broker's books show it afterwards.
 */
let desk: CronDesk;

jest.setTimeout(60_000);

afterEach(async () => {
  await desk[Symbol.asyncDispose]();
});

const mustStay = 330_000;
const weights = { AAPL: 0.4, XOM: 0.3, JPM: 0.2, KO: 0.05 };

/** 400,000 of cash: what is wanted would take 95,000 of it as maintenance margin, and 70,000 may be taken. */
async function deskWith(portfolio: string, setup: DeskSetup = {}): Promise<CronDesk> {
  const settings = `initial_margin_rate = 0.5\n${portfolio}\ncurrency = "USD"\n`;
  return await cronDesk({
    positions: [],
    idleSeconds: 5,
    ...setup,
    config: { 'currency = "USD"\n': settings, ...setup.config },
  });
}

function orderLines(): Record<string, string>[] {
  return parse(readFileSync(desk.file("orders/latest.csv")), { columns: true });
}

const linesOf = (column: string) =>
  Object.fromEntries(orderLines().map((line) => [line["symbol"], line[column]]));

const ordersAtBroker = () => [...desk.venue.openOrders(), ...desk.venue.completedOrders()];
const excessLiquidity = () => desk.venue.balances(deskAccount).excessLiquidity;

it("a plan that takes too much is cut by what the broker says of each order, and the books show it", async () => {
  desk = await deskWith(`min_excess_liquidity = ${mustStay}\nwhat_if_max = 4`);
  desk.writeForecast(weights);
  const ran = await desk.run();
  expect(ran).toMatchObject({ code: 0, stderr: "" });
  expect(ran.stdout.match(/asked, not sent: buy /g)).toHaveLength(4);

  // Cut in proportion, and sent as they are in the file; what was asked about is none of them.
  for (const line of orderLines()) {
    expect(line).toMatchObject({ action: "Buy", margin_source: "broker" });
    expect(Number(line["quantity"]) / Number(line["preview_quantity"])).toBeCloseTo(0.7, 1);
    expect(line["reason"]).toMatch(/of the excess liquidity to take, 330,000.00 USD must stay/);
  }
  const sent = ordersAtBroker().map(({ orderRef, shares, filledShares }) => [orderRef, shares, filledShares]);
  const inFile = orderLines().map((line) => [
    line["order_ref"],
    Number(line["quantity"]),
    Number(line["quantity"]),
  ]);
  expect(new Set(sent)).toEqual(new Set(inFile));
  expect(desk.rows("SELECT count(*) AS orders FROM orders")).toEqual([{ orders: 4 }]);

  // What must stay stays, and little more: what the limits might have cost and did not.
  expect(excessLiquidity()).toBeGreaterThanOrEqual(mustStay);
  expect(excessLiquidity()).toBeLessThan(mustStay + 2_000);
  const last = orderLines().at(-1);
  expect(Number(last?.["excess_liquidity_after"])).toBeGreaterThanOrEqual(mustStay);
  const [check] = desk.rows("SELECT present, value, verdict FROM checks WHERE name = 'excess-liquidity'");
  expect(check).toMatchObject({
    present: 400_000,
    value: Number(last?.["excess_liquidity_after"]),
    verdict: "pass",
  });
});

it("what the broker is not asked about is estimated, which cuts deeper; reductions are not cut at all", async () => {
  const positions = [{ symbol: "MSFT", shares: 300, averageCost: 251.5 }];
  desk = await deskWith(`min_excess_liquidity = ${mustStay}\nwhat_if_max = 1`, { positions });
  desk.writeForecast({ ...weights, MSFT: 0 });
  expect(await desk.run()).toMatchObject({ code: 0, stderr: "" });
  expect(linesOf("margin_source")).toEqual({
    MSFT: "",
    AAPL: "broker",
    XOM: "estimate",
    JPM: "estimate",
    KO: "estimate",
  });
  expect(linesOf("action")["MSFT"]).toBe("Sell");
  expect(linesOf("quantity")["MSFT"]).toBe("300");
  expect(excessLiquidity()).toBeGreaterThanOrEqual(mustStay);
});

it("a dry run asks the broker only when it is told to, and shows what each order takes", async () => {
  desk = await deskWith(`min_excess_liquidity = ${mustStay}`);
  desk.writeForecast(weights);
  const silent = await desk.run({ args: ["dry-run"] });
  expect(silent).toMatchObject({ code: 0, stderr: "" });
  expect(silent.stdout).not.toContain("asked, not sent");
  expect(silent.stdout).toMatch(/buy [\d,]+ AAPL .*our estimate/);
  expect(silent.stdout).toContain("dry-run --what-if asks too");

  const asking = await desk.run({ args: ["dry-run", "--what-if"] });
  expect(asking).toMatchObject({ code: 0, stderr: "" });
  expect(asking.stdout.match(/asked, not sent: buy /g)).toHaveLength(3);
  expect(asking.stdout).toMatch(/buy [\d,]+ AAPL .*the broker, of [\d,]+: initial/);
  expect(asking.stdout).toMatch(/buy [\d,]+ KO .*our estimate/);
  expect(ordersAtBroker()).toEqual([]);
});

it("a dry run that is told to asks also where runs do not, and its plan stays theirs", async () => {
  desk = await cronDesk({ positions: [] });
  desk.writeForecast(weights);
  const asking = await desk.run({ args: ["dry-run", "--what-if", "--json"] });
  expect(asking).toMatchObject({ code: 0, stderr: "" });
  const outcome = JSON.parse(asking.stdout.trim().split("\n").at(-1) ?? "");
  expect(outcome.plan.trades.map((trade: { previewed?: unknown }) => trade.previewed !== undefined)).toEqual([
    true,
    true,
    true,
    false,
  ]);
  expect(outcome.plan.trades[0].adjustments).toEqual([]);
});

it.each([
  ["leave", { AAPL: "Do nothing", XOM: "Do nothing", JPM: "Do nothing", KO: "Buy" }],
  ["estimate", { AAPL: "Buy", XOM: "Buy", JPM: "Buy", KO: "Buy" }],
])("answers without margins (O44) are none: what_if_failed = %s", async (whatIfFailed, actions) => {
  desk = await deskWith(`min_excess_liquidity = ${mustStay}\nwhat_if_failed = "${whatIfFailed}"`, {
    config: impatient,
    scenario: readScenario(join(import.meta.dirname, "../../scenarios/O44.toml")),
  });
  desk.writeForecast(weights);
  const ran = await desk.run();
  expect(ran.code).toBe(3);
  expect(ran.stdout).toMatch(/did not say what the AAPL order would take: .*had no margins in it/);
  expect(linesOf("action")).toEqual(actions);
  expect(excessLiquidity()).toBeGreaterThanOrEqual(mustStay);
});

it("a what-if whose flag is lost on the way is an order: it is withdrawn at once, and nothing else is sent", async () => {
  desk = await deskWith(`min_excess_liquidity = ${mustStay}`, { overWire: true, config: impatient });
  desk.writeForecast(weights);
  const whatIf = 84;
  desk.wire.script([
    {
      on: { from: "client", id: 3, every: true, where: (fields) => fields[whatIf] === "1" },
      act: { kind: "change", field: whatIf, to: "0" },
    },
  ]);
  const ran = await desk.run();
  expect(ran.code).toBe(3);
  expect(ran.stdout).toContain("THE BROKER TOOK A QUESTION FOR AN ORDER in AAPL");
  expect(desk.venue.openOrders()).toEqual([]);
  expect(ordersAtBroker().map(({ status, filledShares }) => [status, filledShares])).toEqual(
    Array.from({ length: 3 }, () => ["Cancelled", 0]),
  );
  expect(desk.rows("SELECT count(*) AS orders FROM orders")).toEqual([{ orders: 0 }]);
  expect((await desk.mails()).map(({ subject }) => subject).join()).toMatch(/QUESTION FOR AN ORDER/);
});

it("in waves each plan is asked about anew: what the sale really freed is spent by the second", async () => {
  const positions = [{ symbol: "MSFT", shares: 1200, averageCost: 251.5 }];
  desk = await deskWith(`min_excess_liquidity = ${mustStay + 300_000}\nwhat_if_max = 4`, {
    positions,
    config: { "[execution]\n": '[execution]\nwaves = "within-run"\n' },
  });
  desk.writeForecast({ ...weights, MSFT: 0 });
  const ran = await desk.run();
  expect(ran).toMatchObject({ code: 0, stderr: "" });
  expect(ran.stdout.match(/asked, not sent: buy /g)).toHaveLength(8);
  expect(ordersAtBroker()).toHaveLength(5);
  expect(excessLiquidity()).toBeGreaterThanOrEqual(mustStay + 300_000);
  // As planned: an order may still work when the run ends.
  const planned = orderLines().flatMap(({ wave, action, excess_liquidity_after: after }) =>
    wave === "2" && action === "Buy" ? [Number(after)] : [],
  );
  expect(planned.at(-1)).toBeLessThan(mustStay + 302_500);
});
