import { sendAll } from "../testing/send-all.ts";
import type { ExecutionStyle } from "../trading/execution-style.ts";
import { later } from "../trading/instant.ts";
import { toNumber } from "../trading/money.ts";
import {
  cleared,
  lifeOf,
  marketOf,
  pause,
  required,
  sharesOf,
  type Trial,
  tick,
  valueOf,
} from "./testing/trial.ts";

/** What becomes of orders, and how they are found again. */
export function ordersContract(trial: Trial): void {
  test("acknowledges orders, fills what the market reaches, and shows it in the positions", async () => {
    const broker = await trial.connect();
    await broker.account();
    const [aapl, msft] = await marketOf(broker, "AAPL", "MSFT");
    const placed = await broker.place(
      cleared(
        { ...trial.buy(aapl, 25), shares: 25 },
        { ...trial.buy(msft, 100), side: "sell", limitPrice: tick(required(msft).bid * 0.99) },
      ),
      sendAll,
    );
    expect(placed.map(({ side, orderedShares }) => [side, orderedShares])).toEqual([
      ["buy", 25],
      ["sell", 100],
    ]);
    for (const { permId, orderId, state } of placed) {
      expect(permId).toBeGreaterThan(0);
      expect(orderId).toBeGreaterThan(0);
      expect(state.life).not.toBe("unknown");
    }
    await trial.advance(120_000);
    const { orders, executions } = broker.progress();
    expect(orders.map(lifeOf)).toEqual(["filled", "filled"]);
    expect(orders.map((order) => order.filledShares)).toEqual([25, 100]);
    for (const { side, price } of executions) {
      if (side === "buy") expect(price).toBeLessThanOrEqual(required(aapl).ask * 1.01);
      else expect(price).toBeGreaterThanOrEqual(tick(required(msft).bid * 0.99));
    }
    const after = valueOf(await broker.account());
    expect(Object.fromEntries(after.positions.map((position) => [position.symbol, position.shares]))).toEqual(
      {
        AAPL: 325,
        MSFT: -220,
      },
    );
  });

  test("refuses an order off the tick and says why", async () => {
    const broker = await trial.connect();
    const [aapl] = await marketOf(broker, "AAPL");
    const [report] = await broker.place(cleared({ ...trial.buy(aapl, 10), limitPrice: 100.001 }), sendAll);
    expect(required(report)).toMatchObject({
      state: { life: "done", status: "rejected" },
      filledShares: 0,
    });
    expect(required(report).messages[0]?.code).toBe(110);
  });

  test("takes every style of execution, each with its limit where it has one", async () => {
    const broker = await trial.connect();
    const [aapl] = await marketOf(broker, "AAPL");
    const endAt = later(broker.marketTime(), 30 * 60_000);
    const styles: readonly ExecutionStyle[] = [
      { kind: "adaptive", priority: "Urgent" },
      { kind: "limit" },
      { kind: "marketable-limit" },
      { kind: "midprice" },
      { kind: "twap", endAt },
      { kind: "vwap", endAt, volumePartMax: 0.1 },
      { kind: "market-on-close" },
    ];
    const limits = styles.map((_style, index) => tick(required(aapl).ask * 1.01 + index * 0.03));
    const placed = await broker.place(
      cleared(
        ...styles.map((style, index) => ({
          ...trial.buy(aapl, 60),
          orderRef: `trader.reb.c.AAPL.B60.${index + 1}.aaaa`,
          limitPrice: required(limits[index]),
          style,
        })),
      ),
      sendAll,
    );
    for (const { state, permId, messages } of placed) {
      expect(messages).toEqual([]);
      expect(permId).toBeGreaterThan(0);
      expect(state.life).not.toBe("unknown");
    }
    await trial.advance(60 * 60_000);
    const { orders, executions } = broker.progress();
    // The auction is hours away.
    expect(orders.map(lifeOf)).toEqual([...Array(6).fill("filled"), "pre-submitted"]);
    for (const { orderRef, price } of executions)
      expect(price).toBeLessThanOrEqual(required(limits[Number(orderRef.split(".")[5]) - 1]));
    const slices = (attempt: number) =>
      executions.filter(({ orderRef }) => orderRef.split(".")[5] === String(attempt));
    expect(slices(5).length).toBeGreaterThan(20);
  });

  test("ends an order that trades at once or not at all, and what the broker says is its end", async () => {
    const broker = await trial.connect();
    const [aapl] = await marketOf(broker, "AAPL");
    const far = tick(required(aapl).bid * 0.98);
    const [report] = await broker.place(
      cleared({ ...trial.buy(aapl, 60), limitPrice: far, style: { kind: "limit" }, timeInForce: "IOC" }),
      sendAll,
    );
    await trial.advance(1_000);
    expect(broker.progress().orders).toMatchObject([
      {
        orderRef: required(report).orderRef,
        state: { life: "done", status: "cancelled" },
        filledShares: 0,
      },
    ]);
  });

  test("fills a large order of a thin stock in parts; the rest can be cancelled", async () => {
    const broker = await trial.connect();
    await broker.account();
    const [rrc] = await marketOf(broker, "RRC");
    await broker.place(cleared(trial.buy(rrc, 30_000)), sendAll);
    await trial.advance(5_000);
    const [working] = broker.progress().orders;
    expect(required(working).state.life).toBe("working");
    expect(required(working).filledShares).toBeGreaterThan(0);
    expect(required(working).filledShares).toBeLessThan(30_000);

    const [ended] = valueOf(await broker.cancel([required(working)]));
    expect(required(ended)).toMatchObject({ state: { life: "done", status: "cancelled" } });
    expect(valueOf(await broker.openOrders())).toEqual([]);
    const executions = valueOf(await broker.executions());
    expect(sharesOf(executions)).toBe(required(ended).filledShares);
    const { positions } = valueOf(await broker.account());
    expect(positions.find((position) => position.symbol === "RRC")?.shares).toBe(
      required(ended).filledShares,
    );
  });

  test("tells an order of an earlier connection as open, cancels it, and then as completed", async () => {
    const first = await trial.connect();
    const [aapl] = await marketOf(first, "AAPL");
    const [placed] = await first.place(
      cleared({ ...trial.buy(aapl, 40), limitPrice: tick(required(aapl).bid * 0.5) }),
      sendAll,
    );
    await first[Symbol.asyncDispose]();
    await pause(50);

    const second = await trial.connect();
    const open = valueOf(await second.openOrders());
    const { orderRef, permId, orderId, clientId } = required(placed);
    expect(open).toMatchObject([
      { orderRef, permId, orderId, clientId, orderedShares: 40, state: { life: "working" } },
    ]);
    expect(valueOf(await second.cancel(open))).toMatchObject([
      { orderRef, state: { life: "done", status: "cancelled" } },
    ]);
    expect(await second.openOrders()).toEqual({ ok: true, value: [] });
    expect(valueOf(await second.completedOrders())).toMatchObject([
      { orderRef, permId, state: { life: "done", status: "cancelled" }, filledShares: 0 },
    ]);
  });

  test("does not cancel what another client id placed", async () => {
    const first = await trial.connect();
    const [aapl] = await marketOf(first, "AAPL");
    await first.place(
      cleared({ ...trial.buy(aapl, 40), limitPrice: tick(required(aapl).bid * 0.5) }),
      sendAll,
    );
    const other = await trial.connect({ clientId: trial.opened.request.clientId + 1 });
    const open = valueOf(await other.openOrders());
    expect(open).toHaveLength(1);
    expect(await other.cancel(open)).toMatchObject({
      ok: false,
      findings: [{ kind: "order-of-other-client" }],
    });
    expect(valueOf(await first.openOrders())).toHaveLength(1);
  });

  test("books executions once, heard live and asked for, with commissions, for every client", async () => {
    const broker = await trial.connect();
    const [aapl] = await marketOf(broker, "AAPL");
    const [placed] = await broker.place(cleared(trial.buy(aapl, 75)), sendAll);
    await trial.advance(60_000);
    const asked = valueOf(await broker.executions());
    expect(sharesOf(asked)).toBe(75);
    expect(broker.progress().executions).toEqual(asked);
    for (const execution of asked) {
      expect(execution).toMatchObject({
        orderRef: placed?.orderRef,
        side: "buy",
        symbol: "AAPL",
        currency: "USD",
      });
      expect(toNumber(required(execution.commission))).toBeGreaterThan(0);
      expect(execution.executedAt).toBeLessThanOrEqual(broker.marketTime() + 61_000);
    }
    const other = await trial.connect({ clientId: trial.opened.request.clientId + 1 });
    expect(valueOf(await other.executions()).map(({ execId }) => execId)).toEqual(
      asked.map(({ execId }) => execId),
    );
  });
}
