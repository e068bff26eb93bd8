import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { parse } from "csv-parse/sync";
import { doubles, untruths } from "../testing/books-agree.ts";
import { type CronDesk, cronDesk, type DeskSetup, deskAccount } from "../testing/cron-desk.ts";
import { add, type Money, money, moneyFromNumber, subtract, toNumber } from "../trading/money.ts";
import { notional } from "../trading/price.ts";
import { sign } from "../trading/side.ts";

/** The built program, the wire and the paper gateway: what a run's sells have brought is spent by the same run. */
let desk: CronDesk;

jest.setTimeout(60_000);

afterEach(async () => {
  await desk[Symbol.asyncDispose]();
});

const withoutLoan = 'borrowing = false\ncash_buffer = 0.01\ncurrency = "USD"\n';

/** 300 MSFT are some 84,000, and 6,000 are cash: a cash account whose excess liquidity is its cash. */
async function cashDesk(setup: DeskSetup = {}): Promise<CronDesk> {
  return await cronDesk({
    positions: [{ symbol: "MSFT", shares: 300, averageCost: 251.5 }],
    account: { kind: "cash", salesSettle: "at-once", cash: 6_000 },
    idleSeconds: 20,
    ...setup,
    config: {
      'currency = "USD"\n': withoutLoan,
      "settle_seconds = 4": 'settle_seconds = 4\nwaves = "within-run"',
      ...setup.config,
    },
  });
}

function orderLines(): Record<string, string>[] {
  return parse(readFileSync(desk.file("orders/latest.csv")), { columns: true });
}

const tradesIn = (wave: number) =>
  orderLines().filter((line) => line["wave"] === String(wave) && line["action"] !== "Do nothing");
const ordersAtBroker = () => [...desk.venue.completedOrders(), ...desk.venue.openOrders()];
const cashNow = () => desk.venue.balances(deskAccount).cash;

/** The least that the account's cash ever was, from now on. */
function leastCash(): () => number {
  let least = cashNow();
  desk.venue.subscribe(() => {
    least = Math.min(least, cashNow());
  });
  return () => least;
}

describe("in a cash account", () => {
  it("sells fill, buys follow in the same run, and there is never less than nothing", async () => {
    desk = await cashDesk();
    const least = leastCash();
    desk.writeForecast({ MSFT: 0.2, AAPL: 0.4, KO: 0.3 });
    const ran = await desk.run();
    expect(ran).toMatchObject({ code: 0, stderr: "" });

    expect(tradesIn(1).map((line) => line["action"])).toContain("Sell");
    expect(tradesIn(2).map((line) => [line["symbol"], line["action"]])).toEqual([
      ["AAPL", "Buy"],
      ["KO", "Buy"],
    ]);
    expect(ran.stdout).toContain("wave 2: fills have brought money that orders were cut for want of");
    expect(ran.stdout).toMatch(/Done, 5 orders filled in 2 waves/);
    expect(least()).toBeGreaterThanOrEqual(0);
    // 90 % are wanted, and all of it is there: nothing of it waits for the next hour.
    const { grossPositionValue, netLiquidation } = desk.venue.balances(deskAccount);
    expect(grossPositionValue / netLiquidation).toBeGreaterThan(0.895);
    expect([...doubles(desk), ...untruths(desk)]).toEqual([]);
    const [mail] = await desk.mails();
    expect(mail?.text).toMatch(
      /Waves\s+1: 3 orders \(1 sell, 2 buys, [\d,.]+ USD\); then fills have brought/,
    );

    // The hour is traded, whatever more might be wanted.
    const again = await desk.run();
    expect(again.stdout).toContain("was traded by an earlier run");
    expect(ordersAtBroker()).toHaveLength(5);
  });

  it("a sale that is filled in part brings a part of the buys", async () => {
    const twap = '[[execution_rule]]\nsymbols = ["MSFT"]\nstyle = "twap"\nalgo_minutes = 5\n';
    // A fifth of the sale is let go at once; the clock does not come to the second.
    desk = await cashDesk({ idleSeconds: 5, config: { "[limits]\n": `${twap}[limits]\n` } });
    const least = leastCash();
    desk.writeForecast({ MSFT: 0.2, AAPL: 0.4, KO: 0.3 });
    expect(await desk.run()).toMatchObject({ code: 0, stderr: "" });

    const sale = ordersAtBroker().find(({ side }) => side === "sell");
    expect(sale).toMatchObject({ endedAt: undefined });
    const [sold = 0, wanted = 0] = [sale?.filledShares, sale?.shares];
    expect(sold).toBeGreaterThan(0);
    expect(sold).toBeLessThan(wanted / 2);
    // What was there, less the buffer, and what the sold part has brought; not what the rest may bring.
    const bought = desk.venue
      .executions()
      .filter(({ side }) => side === "buy")
      .reduce((sum, { shares, price }) => sum + shares * price, 0);
    const brought = sold * (sale?.averageFillPrice ?? 0);
    expect(tradesIn(2).map((line) => line["action"])).toEqual(["Buy", "Buy"]);
    expect(bought).toBeGreaterThan(brought);
    expect(bought).toBeLessThan(6_000 + brought);
    expect(least()).toBeGreaterThanOrEqual(0);
    expect([...doubles(desk), ...untruths(desk)]).toEqual([]);
  });

  it("whose broker holds back what has not settled, nothing is bought with it, and nothing is refused (A10)", async () => {
    desk = await cashDesk({ account: { kind: "cash", cash: 6_000 } });
    desk.writeForecast({ MSFT: 0.2, AAPL: 0.4, KO: 0.3 });
    expect(await desk.run()).toMatchObject({ code: 0, stderr: "" });
    await desk.nextHour();
    expect(await desk.run()).toMatchObject({ code: 0, stderr: "" });
    const refused = ordersAtBroker().filter(({ status }) => status !== "Filled");
    expect(refused).toEqual([]);
    expect(
      orderLines()
        .map((line) => line["reason"])
        .join(),
    ).toMatch(/made available by the broker/);
    expect(cashNow()).toBeGreaterThan(50_000);
    expect(desk.venue.balances(deskAccount).settledCash).toBeGreaterThan(0);
  });

  it("a run that dies in its second wave is recovered by the next, and trades nothing twice", async () => {
    desk = await cashDesk();
    desk.writeForecast({ MSFT: 0.2, AAPL: 0.4, KO: 0.3 });
    const started = desk.start();
    while (ordersAtBroker().length < 4) await pause(5);
    started.process.kill("SIGKILL");
    expect(await started.ended).toMatchObject({ signal: "SIGKILL" });
    expect(tradesIn(2)).toHaveLength(2);

    const same = await desk.run();
    expect(same.stdout).toContain("was traded by an earlier run");
    // The death is told once; then nothing is left to tell.
    expect(same.code).toBe(3);
    await desk.nextHour();
    expect(await desk.run()).toMatchObject({ code: 0, stderr: "" });
    expect([...doubles(desk), ...untruths(desk)]).toEqual([]);
    const { grossPositionValue, netLiquidation } = desk.venue.balances(deskAccount);
    expect(grossPositionValue / netLiquidation).toBeGreaterThan(0.89);
  });
});

it("a long becomes short in one run of a margin account", async () => {
  desk = await cronDesk({
    idleSeconds: 20,
    config: { "settle_seconds = 4": 'settle_seconds = 4\nwaves = "within-run"' },
  });
  desk.writeForecast({ MSFT: -0.1 });
  expect(await desk.run()).toMatchObject({ code: 0, stderr: "" });
  expect([1, 2].map((wave) => tradesIn(wave).map((line) => [line["action"], line["quantity"]]))).toEqual([
    [["Sell", "300"]],
    [["Sell", expect.stringMatching(/^\d+$/)]],
  ]);
  const [short] = desk.venue.positions(deskAccount);
  expect(short?.shares).toBe(-Number(tradesIn(2)[0]?.["quantity"]));
  expect([...doubles(desk), ...untruths(desk)]).toEqual([]);
});

describe("the gateway's books after a run agree with the plan's prediction to the cent", () => {
  const held = [{ symbol: "MSFT", shares: 300, averageCost: 251.5 }];
  const short = [{ symbol: "JPM", shares: -200, averageCost: 138.25 }];
  it.each<[string, DeskSetup, Readonly<Record<string, number>>]>([
    [
      "cash account, buying",
      { account: { kind: "cash", cash: 90_000 }, positions: [] },
      { AAPL: 0.4, KO: 0.3 },
    ],
    ["cash account, selling", { account: { kind: "cash", cash: 6_000 }, positions: held }, { MSFT: 0.25 }],
    ["margin account, long with a loan", { positions: held }, { MSFT: 0.5, AAPL: 0.4, XOM: 0.25 }],
    ["margin account, short", { positions: [...held, ...short] }, { MSFT: -0.2, JPM: -0.3, KO: -0.1 }],
  ])("%s", async (_what, setup, weights) => {
    desk = await cronDesk({
      idleSeconds: 60,
      ...setup,
      config: {
        "[limits]\n": "[limits]\ncushion = 0\n",
        "settle_seconds = 4": 'settle_seconds = 4\nwaves = "within-run"',
        ...(setup.account && { 'currency = "USD"\n': withoutLoan }),
        "leverage_max = 1.0": "leverage_max = 1.2",
        "gross_max = 1.0": "gross_max = 1.2",
      },
    });
    const before = desk.venue.balances(deskAccount).cash;
    const sharesBefore = sharesHeld();
    desk.writeForecast(weights);
    expect(await desk.run()).toMatchObject({ code: 0, stderr: "" });

    // Every order of the file, at what its fills and their commissions came to.
    const planned = orderLines().filter((line) => line["action"] !== "Do nothing");
    expect(planned.length).toBeGreaterThan(0);
    let cash: Money = moneyFromNumber(before, "USD");
    const shares = new Map(sharesBefore);
    for (const line of planned) {
      const side = line["action"] === "Buy" ? "buy" : "sell";
      const fills = desk.venue.executions().filter(({ orderRef }) => orderRef === line["order_ref"]);
      const filled = fills.reduce((sum, fill) => sum + fill.shares, 0);
      expect(filled).toBe(Number(line["quantity"]));
      for (const fill of fills) {
        cash = subtract(cash, notional(sign(side) * fill.shares, fill.price, 1, "USD"));
        cash = subtract(cash, moneyFromNumber(fill.commission, "USD"));
      }
      shares.set(line["symbol"] ?? "", Number(line["target_shares"]));
    }
    const marks = new Map(
      desk.venue.positions(deskAccount).map(({ conId, marketPrice }) => [symbolOf(conId), marketPrice]),
    );
    const valueOf = (unsigned: boolean) =>
      [...shares]
        .filter(([, count]) => count !== 0)
        .map(([symbol, count]) =>
          notional(unsigned ? Math.abs(count) : count, marks.get(symbol) ?? 0, 1, "USD"),
        )
        .reduce<Money>(add, money("0", "USD"));

    const there = desk.venue.balances(deskAccount);
    expect(new Map([...shares].filter(([, count]) => count !== 0))).toEqual(sharesHeld());
    toTheCent(there.cash, cash);
    toTheCent(there.grossPositionValue, valueOf(true));
    toTheCent(there.netLiquidation, add(cash, valueOf(false)));
    // What the program was told and has kept is the same.
    const [kept] = desk.rows("SELECT cash, net_liquidation, gross_position_value FROM equity");
    toTheCent(Number(kept?.["cash"]), cash);
    const positions = desk.rows("SELECT symbol, shares FROM positions");
    expect(new Map(positions.map((row) => [row["symbol"], row["shares"]]))).toEqual(sharesHeld());
    expect([...doubles(desk), ...untruths(desk)]).toEqual([]);
  });
});

/** A sum that is told over the wire has been rounded to the cent. */
function toTheCent(told: number, predicted: Money): void {
  expect(Math.abs(told - toNumber(predicted))).toBeLessThan(0.005001);
}

function symbolOf(conId: number): string {
  return desk.venue.contracts().find((contract) => contract.conId === conId)?.symbol ?? "";
}

function sharesHeld(): Map<string, number> {
  return new Map(desk.venue.positions(deskAccount).map(({ conId, shares }) => [symbolOf(conId), shares]));
}
