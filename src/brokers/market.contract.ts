import { toNumber } from "../trading/money.ts";
import { isOnTick } from "../trading/price.ts";
import { sessionOpenAt } from "../trading/session.ts";
import { marketOf, required, type Trial, valueOf } from "./testing/trial.ts";

/** What is told of the account, of contracts and of prices. */
export function marketContract(trial: Trial): void {
  test("has no open orders, executions or completed orders at first: empty answers, not missing ones", async () => {
    const broker = await trial.connect();
    expect(await broker.openOrders()).toEqual({ ok: true, value: [] });
    expect(await broker.executions()).toEqual({ ok: true, value: [] });
    expect(await broker.completedOrders()).toEqual({ ok: true, value: [] });
  });

  test("tells the account with long and short positions, and sums that fit together", async () => {
    const broker = await trial.connect();
    const account = valueOf(await broker.account());
    const shares = Object.fromEntries(
      account.positions.map((position) => [position.symbol, position.shares]),
    );
    expect(shares).toEqual({ AAPL: 300, MSFT: -120 });
    const values = account.positions.map((position) => toNumber(required(position.marketValue)));
    const stocks = values.reduce((sum, value) => sum + value, 0);
    const gross = values.reduce((sum, value) => sum + Math.abs(value), 0);
    expect(account.baseCurrency).toBe("USD");
    expect(toNumber(account.cash)).toBeCloseTo(1_000_000, 0);
    expect(toNumber(account.netLiquidation)).toBeCloseTo(1_000_000 + stocks, 0);
    expect(toNumber(account.grossPositionValue)).toBeCloseTo(gross, 0);
    expect(toNumber(account.initialMargin)).toBeGreaterThan(toNumber(account.maintenanceMargin));
    expect(toNumber(account.excessLiquidity)).toBeGreaterThan(toNumber(account.availableFunds));
    expect(account.exchangeRates.get("USD")).toBe(1);
  });

  test("finds contracts with their ticks and today's hours, and tells one that does not exist", async () => {
    const broker = await trial.connect();
    const answers = valueOf(
      await broker.contracts(["MSFT", "NOSUCH", "AAPL"].map((symbol) => ({ symbol, currency: "USD" }))),
    );
    expect(answers.map((answer) => answer.found)).toEqual([true, false, true]);
    const [msft, , aapl] = answers.map((answer) => (answer.found === true ? answer.instrument : undefined));
    expect(required(msft)).toMatchObject({
      symbol: "MSFT",
      currency: "USD",
      securityType: "STK",
      multiplier: 1,
    });
    expect(required(aapl).conId).not.toBe(required(msft).conId);
    expect(sessionOpenAt(required(aapl).sessions, broker.marketTime())).toBeDefined();
    expect(isOnTick(123.45, required(aapl).priceSteps)).toBe(true);
    expect(isOnTick(123.456, required(aapl).priceSteps)).toBe(false);
  });

  test("quotes bid under ask, live, each instrument its own", async () => {
    const broker = await trial.connect();
    const [aapl, msft] = await marketOf(broker, "AAPL", "MSFT");
    for (const { bid, ask, reading } of [required(aapl), required(msft)]) {
      expect(bid).toBeLessThan(ask);
      expect(reading.feed).toBe("live");
      expect(reading.receivedAt).toBeLessThanOrEqual(broker.marketTime());
      expect(required(reading.lastTradedAt)).toBeLessThanOrEqual(broker.marketTime());
    }
    expect(required(msft).bid).toBeGreaterThan(required(aapl).ask);
  });
}
