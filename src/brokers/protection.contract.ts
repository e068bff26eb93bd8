import { sendAll } from "../testing/send-all.ts";
import type { ProtectiveStyle } from "../trading/execution-style.ts";
import type { PlannedOrder } from "../trading/order.ts";
import {
  below,
  cleared,
  lifeOf,
  marketOf,
  pause,
  type Quoted,
  required,
  type Trial,
  tick,
  valueOf,
} from "./testing/trial.ts";

/** Orders that rest at the broker to close a position when the market reaches their stop. */
export function protectionContract(trial: Trial): void {
  const account = (): string => trial.opened.request.account;

  /** Sells the 300 AAPL of the account. */
  function protective(
    market: Quoted | undefined,
    style: ProtectiveStyle,
    limitPrice = style.stopPrice,
  ): PlannedOrder {
    const { instrument, bid } = required(market);
    return {
      orderRef: "trader.pro.c.AAPL.S300.1.aaaa",
      role: "protect",
      account: account(),
      instrument,
      side: "sell",
      shares: 300,
      limitPrice,
      decisionPrice: bid,
      style,
      timeInForce: "GTC",
      outsideRegularHours: false,
    };
  }

  describe("a protective order", () => {
    test.each(["stop", "stop-limit", "trailing-stop"] as const)(
      "that is a %s rests over the night, and a later connection finds it where it stands",
      async (kind) => {
        const broker = await trial.connect();
        const [aapl] = await marketOf(broker, "AAPL");
        const stopPrice = below(aapl, 0.6);
        const style = kind === "trailing-stop" ? { kind, stopPrice, trailBps: 4_000 } : { kind, stopPrice };
        const order = protective(aapl, style, below(aapl, 0.59));
        const [placed] = await broker.place(cleared(order), sendAll);
        expect(required(placed)).toMatchObject({ state: { life: "working" }, filledShares: 0 });
        expect(required(placed).limitPrice).toBe(kind === "stop-limit" ? below(aapl, 0.59) : undefined);
        await broker[Symbol.asyncDispose]();
        await trial.advance(22 * 3_600_000);

        const next = await trial.connect();
        const [found] = valueOf(await next.openOrders());
        const { orderRef, side, shares } = order;
        expect(required(found)).toMatchObject({
          orderRef,
          side,
          orderedShares: shares,
          permId: placed?.permId,
        });
        const stands = required(required(found).stopPrice);
        // The market may have drawn a trailing one nearer; nothing draws it away.
        expect(stands).toBeGreaterThanOrEqual(stopPrice);
        if (kind !== "trailing-stop") expect(stands).toBe(stopPrice);
      },
    );

    test("gets another size and another stop under the numbers that it has", async () => {
      const first = await trial.connect();
      const [aapl] = await marketOf(first, "AAPL");
      const order = protective(aapl, { kind: "stop", stopPrice: below(aapl, 0.6) });
      const [placed] = await first.place(cleared(order), sendAll);
      await first[Symbol.asyncDispose]();
      await pause(50);
      const broker = await trial.connect();
      await broker.openOrders();
      const stopPrice = below(aapl, 0.7);
      const changed = { ...order, shares: 180, style: { kind: "stop", stopPrice } as const };
      const [modified] = valueOf(await broker.modify(cleared(changed), sendAll));
      const { orderId, permId } = required(placed);
      const terms = { orderId, permId, orderedShares: 180, stopPrice, state: { life: "working" } };
      expect(required(modified)).toMatchObject(terms);
      expect(valueOf(await broker.openOrders())).toMatchObject([terms]);
    });

    test("trails from where it is told to, behind by another distance once that is changed", async () => {
      const broker = await trial.connect();
      const [aapl] = await marketOf(broker, "AAPL");
      const style = { kind: "trailing-stop", stopPrice: below(aapl, 0.6), trailBps: 4_000 } as const;
      const order = protective(aapl, style);
      await broker.place(cleared(order), sendAll);
      const nearer = { ...order, style: { ...style, stopPrice: below(aapl, 0.8), trailBps: 1_950 } };
      expect(valueOf(await broker.modify(cleared(nearer), sendAll))).toMatchObject([
        { state: { life: "working" } },
      ]);
      await trial.advance(60_000);
      const [found] = valueOf(await broker.openOrders());
      const { bid } = required(aapl);
      expect(required(required(found).stopPrice) / bid).toBeCloseTo(0.805, 2);
      expect(required(found).trailBps).toBe(1_950);
    });

    test("is withdrawn when its change is refused", async () => {
      const broker = await trial.connect();
      const [aapl] = await marketOf(broker, "AAPL");
      const order = protective(aapl, { kind: "stop", stopPrice: below(aapl, 0.6) });
      await broker.place(cleared(order), sendAll);
      const offTick = { ...order, style: { kind: "stop", stopPrice: 71.003 } as const };
      const [ended] = valueOf(await broker.modify(cleared(offTick), sendAll));
      expect(lifeOf(required(ended))).toBe("cancelled");
      expect(valueOf(await broker.openOrders())).toEqual([]);
    });

    test("is taken while the market is closed, where a day order stays", async () => {
      const broker = await trial.connect();
      const [aapl] = await marketOf(broker, "AAPL");
      await trial.advance(10 * 3_600_000);
      const evening = await trial.connect({ clientId: trial.opened.request.clientId + 3 });
      const order = protective(aapl, { kind: "stop", stopPrice: below(aapl, 0.6) });
      const [rests, stays] = await evening.place(cleared(order, trial.buy(aapl, 10)), sendAll);
      expect(required(rests).state.life).toBe("working");
      expect(lifeOf(required(stays))).toBe("not-sent");
      expect(valueOf(await evening.openOrders())).toMatchObject([{ orderRef: order.orderRef }]);
    });

    test("takes any price once its stop is reached", async () => {
      const broker = await trial.connect();
      const [aapl] = await marketOf(broker, "AAPL");
      const above = tick(required(aapl).ask * 1.02);
      await broker.place(cleared(protective(aapl, { kind: "stop", stopPrice: above })), sendAll);
      await trial.advance(120_000);
      expect(broker.progress().orders.map(lifeOf)).toEqual(["filled"]);
      expect(broker.progress().executions[0]?.price).toBeLessThan(above);
      const held = valueOf(await broker.account()).positions.map(({ symbol, shares }) => [symbol, shares]);
      expect(held).toEqual([["MSFT", -120]]);
    });
  });
}
