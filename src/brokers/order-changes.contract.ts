import type { BeforeSend } from "../ports.ts";
import { sendAll } from "../testing/send-all.ts";
import type { PlannedOrder } from "../trading/order.ts";
import {
  below,
  cleared,
  lifeOf,
  marketOf,
  openTerms,
  pause,
  required,
  sharesOf,
  type Trial,
  tick,
  valueOf,
} from "./testing/trial.ts";

/** What becomes of a working order that gets new terms. */
export function orderChangesContract(trial: Trial): void {
  describe("a working order with new terms", () => {
    test("keeps its numbers and its name, and fills at the new terms alone", async () => {
      const broker = await trial.connect();
      const [aapl] = await marketOf(broker, "AAPL");
      const order = { ...trial.buy(aapl, 40), limitPrice: below(aapl, 0.5) };
      const [placed] = await broker.place(cleared(order), sendAll);
      const { orderId, permId, orderRef } = required(placed);
      const asked: string[] = [];
      const terms = { shares: 55, limitPrice: below(aapl, 0.6) };
      const [modified] = valueOf(
        await broker.modify(cleared({ ...order, ...terms }), async ({ orderRef: ref }) => {
          asked.push(ref);
          return undefined;
        }),
      );
      const known = { orderId, permId, orderRef, orderedShares: 55, limitPrice: terms.limitPrice };
      expect(required(modified)).toMatchObject({ ...known, state: { life: "working" } });
      expect(asked).toEqual([orderRef]);
      expect(await openTerms(broker)).toEqual([known]);

      const bid = tick(required(aapl).ask * 1.01);
      valueOf(await broker.modify(cleared({ ...order, shares: 55, limitPrice: bid }), sendAll));
      await trial.advance(60_000);
      const { orders, executions } = broker.progress();
      expect(orders.map(lifeOf)).toEqual(["filled"]);
      expect(sharesOf(executions)).toBe(55);
      expect(new Set(executions.map((execution) => execution.permId))).toEqual(new Set([permId]));
    });

    test("is changed by a later connection of its client id, and by no other id", async () => {
      const first = await trial.connect();
      const [aapl] = await marketOf(first, "AAPL");
      const order = { ...trial.buy(aapl, 40), limitPrice: below(aapl, 0.5) };
      await first.place(cleared(order), sendAll);
      const before = await openTerms(first);
      await first[Symbol.asyncDispose]();
      await pause(50);
      const other = await trial.connect({ clientId: trial.opened.request.clientId + 1 });
      await other.openOrders();
      const terms = { ...order, shares: 33, limitPrice: below(aapl, 0.55) };
      expect(await other.modify(cleared(terms), sendAll)).toMatchObject({
        ok: false,
        findings: [{ kind: "order-of-other-client", orderRef: order.orderRef }],
      });
      expect(await openTerms(other)).toEqual(before);

      const second = await trial.connect();
      await second.openOrders();
      valueOf(await second.modify(cleared(terms), sendAll));
      const changed = { orderedShares: 33, limitPrice: terms.limitPrice };
      expect(await openTerms(second)).toEqual(before.map((open) => ({ ...open, ...changed })));
    });

    test.each<[string, (order: PlannedOrder) => PlannedOrder, BeforeSend]>([
      ["the broker refuses the price (O06)", (order) => ({ ...order, limitPrice: 71.003 }), sendAll],
      [
        "the broker refuses another algorithm",
        (order) => ({ ...order, style: { kind: "adaptive", priority: "Urgent" } }),
        sendAll,
      ],
      [
        "the last word is no",
        (order) => ({ ...order, shares: 33 }),
        async () => ({ code: 0, text: "Not sent: halted." }),
      ],
    ])("is cancelled when %s: the old terms do not work on", async (_why, change, beforeSend) => {
      const broker = await trial.connect();
      const [aapl] = await marketOf(broker, "AAPL");
      const order = { ...trial.buy(aapl, 40), limitPrice: below(aapl, 0.5) };
      await broker.place(cleared(order), sendAll);
      const [ended] = valueOf(await broker.modify(cleared(change(order)), beforeSend));
      expect(required(ended)).toMatchObject({
        state: { life: "done", status: "cancelled" },
        orderedShares: 40,
        filledShares: 0,
      });
      expect(await openTerms(broker)).toEqual([]);
    });

    test("counts what is filled: never more than the whole order's new size, and cancelled when that is reached", async () => {
      const broker = await trial.connect();
      await broker.account();
      const [rrc] = await marketOf(broker, "RRC");
      const order = trial.buy(rrc, 30_000);
      await broker.place(cleared(order), sendAll);
      await trial.advance(5_000);
      const filled = required(broker.progress().orders[0]).filledShares;
      expect(filled).toBeGreaterThan(0);
      const more = { ...order, shares: filled + 100 };
      expect(valueOf(await broker.modify(cleared(more), sendAll))).toMatchObject([
        { orderedShares: filled + 100, state: { life: "working" } },
      ]);
      const less = { ...order, shares: filled };
      const [ended] = valueOf(await broker.modify(cleared(less), sendAll));
      expect(required(ended).state.life).toBe("done");
      await trial.advance(600_000);
      const shares = sharesOf(valueOf(await broker.executions()));
      expect(shares).toBeGreaterThanOrEqual(filled);
      expect(shares).toBeLessThanOrEqual(filled + 100);
      const { positions } = valueOf(await broker.account());
      expect(positions.find(({ symbol }) => symbol === "RRC")?.shares).toBe(shares);
    });

    test("that was filled before they could reach it stays filled", async () => {
      const broker = await trial.connect();
      const [aapl] = await marketOf(broker, "AAPL");
      const order = trial.buy(aapl, 75);
      await broker.place(cleared(order), sendAll);
      await trial.advance(60_000);
      const [report] = valueOf(await broker.modify(cleared({ ...order, shares: 90 }), sendAll));
      expect(required(report)).toMatchObject({
        state: { life: "done", status: "filled" },
        orderedShares: 75,
        filledShares: 75,
      });
      await trial.advance(60_000);
      expect(sharesOf(valueOf(await broker.executions()))).toBe(75);
    });
  });
}
