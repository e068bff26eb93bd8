import { sendAll } from "../testing/send-all.ts";
import { excessOf } from "../trading/margin.ts";
import { toNumber } from "../trading/money.ts";
import { below, cleared, marketOf, required, sharesOf, type Trial, valueOf } from "./testing/trial.ts";

/** What the broker says of orders that are only looked at. */
export function previewsContract(trial: Trial): void {
  describe("a preview", () => {
    test("says what each order would do to the margins, a purchase and a short sale, and what it costs", async () => {
      const broker = await trial.connect();
      const [aapl, msft] = await marketOf(broker, "AAPL", "MSFT");
      const account = valueOf(await broker.account());
      const orders = [
        trial.buy(aapl, 200),
        { ...trial.buy(msft, 80), side: "sell", limitPrice: below(msft, 0.99) },
      ] as const;
      const [bought, sold] = (await broker.preview(orders, "USD")).map(valueOf);
      for (const [preview, market, shares, rates] of [
        [required(bought), aapl, 200, { initial: 0.5, maintenance: 0.25 }],
        [required(sold), msft, 80, { initial: 0.5, maintenance: 0.3 }],
      ] as const) {
        const { before, after, commission } = preview;
        const value = shares * ((required(market).bid + required(market).ask) / 2);
        const rise = (of: "initialMargin" | "maintenanceMargin") =>
          toNumber(after[of]) - toNumber(before[of]);
        expect(toNumber(before.initialMargin)).toBeCloseTo(toNumber(account.initialMargin), -1);
        expect(toNumber(excessOf(before))).toBeCloseTo(toNumber(account.excessLiquidity), -1);
        expect(rise("initialMargin") / (rates.initial * value)).toBeCloseTo(1, 2);
        expect(rise("maintenanceMargin") / (rates.maintenance * value)).toBeCloseTo(1, 2);
        const cost = toNumber(before.equityWithLoan) - toNumber(after.equityWithLoan);
        expect(cost).toBeGreaterThan(0);
        expect(cost).toBeCloseTo(toNumber(required(commission).most), 1);
        expect(toNumber(required(commission).least)).toBeLessThanOrEqual(toNumber(required(commission).most));
      }
    });

    test("is no order: nothing works, nothing fills, nothing is on any list, however long it is waited", async () => {
      const broker = await trial.connect();
      const before = valueOf(await broker.account());
      const [aapl] = await marketOf(broker, "AAPL");
      const previews = await broker.preview([trial.buy(aapl, 200), trial.buy(aapl, 300)], "USD");
      expect(previews.map(({ ok }) => ok)).toEqual([true, true]);
      await trial.advance(600_000);
      expect(broker.progress()).toMatchObject({ orders: [], executions: [] });
      expect(await broker.openOrders()).toEqual({ ok: true, value: [] });
      expect(await broker.completedOrders()).toEqual({ ok: true, value: [] });
      expect(await broker.executions()).toEqual({ ok: true, value: [] });
      const after = valueOf(await broker.account());
      expect(after.cash).toEqual(before.cash);
      expect(after.positions.map(({ shares }) => shares)).toEqual(
        before.positions.map(({ shares }) => shares),
      );
    });

    test("of what the broker would not take is its refusal, and takes no other answer along", async () => {
      const broker = await trial.connect();
      const [aapl, msft] = await marketOf(broker, "AAPL", "MSFT");
      const orders = [trial.buy(aapl, 400_000), trial.buy(msft, 10)];
      const [tooMuch, fine] = await broker.preview(orders, "USD");
      const asked = { symbol: "AAPL", side: "buy", shares: 400_000 };
      expect(tooMuch).toMatchObject({ findings: [{ kind: "preview-refused", ...asked, code: 201 }] });
      expect(required(fine).ok).toBe(true);
    });

    test("has a number of its own: the order that follows is another one, under its own", async () => {
      const broker = await trial.connect();
      const [aapl] = await marketOf(broker, "AAPL");
      const order = trial.buy(aapl, 30);
      await broker.preview([order], "USD");
      const [placed] = await broker.place(cleared(order), sendAll);
      await broker.preview([order], "USD");
      await trial.advance(60_000);
      expect(broker.progress().orders).toMatchObject([
        { orderRef: order.orderRef, orderId: required(placed).orderId, state: { status: "filled" } },
      ]);
      expect(sharesOf(broker.progress().executions)).toBe(30);
    });
  });
}
