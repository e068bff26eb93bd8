import { account, contractNamed, orderFor, smallVenue } from "../../testing/small-venue.ts";
import { later } from "../../trading/instant.ts";
import { Truth } from "./truth.ts";

const isOurs = (orderRef: string) => orderRef !== "";

describe("what is really so at the broker", () => {
  it("counts orders on their way as pending, and they arrive when time comes to them", () => {
    const truth = new Truth(smallVenue());
    const order = orderFor(truth.venue, { side: "sell", shares: 70, limitPrice: 300 });
    truth.arriveIn(5000, order);
    expect(truth.pendingShares(order.conId, "sell", isOurs)).toBe(-70);
    expect(truth.pendingShares(order.conId, "buy", isOurs)).toBe(0);
    truth.venue.advanceTo(later(truth.now, 4999));
    expect(truth.orderOf(order.orderRef)).toBeUndefined();
    truth.venue.advanceTo(later(truth.now, 1));
    expect(truth.orderOf(order.orderRef)).toMatchObject({ shares: 70, placedAt: truth.now });
    expect(truth.arrived).toContain(order.orderRef);
    expect(truth.pendingShares(order.conId, "sell", isOurs)).toBe(-70);
  });

  it("counts the larger of two sizes while a change is on its way, and it arrives before what is sent after it", () => {
    const truth = new Truth(smallVenue());
    const order = orderFor(truth.venue, { side: "sell", shares: 70, limitPrice: 300 });
    const { permId } = truth.venue.place(order);
    const isMeant = () => true;
    truth.changeIn(5000, permId, { ...order, shares: 90 });
    expect(truth.pendingShares(order.conId, "sell", isMeant)).toBe(-90);
    truth.venue.advanceTo(later(truth.now, 5000));
    expect(truth.orderOf(order.orderRef)).toMatchObject({ shares: 90 });

    truth.changeIn(5000, permId, { ...order, shares: 40 });
    expect(truth.pendingShares(order.conId, "sell", isMeant)).toBe(-90);
    truth.venue.modify(permId, { ...order, shares: 60 });
    truth.venue.advanceTo(later(truth.now, 6000));
    expect(truth.orderOf(order.orderRef)).toMatchObject({ shares: 60 });

    truth.changeIn(5000, permId, { ...order, shares: 30 });
    expect(truth.venue.cancel(permId)).toMatchObject({ shares: 30, status: "Cancelled" });
    truth.venue.advanceTo(later(truth.now, 6000));
    expect(truth.pendingShares(order.conId, "sell", isMeant)).toBe(0);
  });

  it("moves shares without an execution, and values them", () => {
    const truth = new Truth(smallVenue());
    const { conId } = contractNamed(truth.venue, "AAPL");
    truth.venue.place(orderFor(truth.venue, { shares: 100 }));
    const before = truth.venue.balances(account);
    const { last } = truth.venue.quote(conId);
    truth.move(conId, -130);
    const after = truth.venue.balances(account);
    expect(truth.sharesOf(account, conId)).toBe(-30);
    expect(after.netLiquidation - before.netLiquidation).toBeCloseTo(-130 * last, 4);
    expect(after.grossPositionValue).toBeCloseTo(30 * last, 4);
    expect(truth.executions.size).toBe(1);
  });

  it("corrects an execution: the same key, another id and price, told to whoever listens (S05)", () => {
    const truth = new Truth(smallVenue());
    truth.venue.place(orderFor(truth.venue, { shares: 100 }));
    const [execution] = truth.venue.executions();
    if (!execution) throw new Error("the order must be filled");
    const told: string[] = [];
    truth.venue.subscribe((event) => {
      if (event.kind === "execution") told.push(event.execution.execId);
    });
    truth.correct(execution, execution.price + 0.05);
    const corrected = { execId: execution.execId.replace(/01$/, "02"), price: execution.price + 0.05 };
    expect(told).toEqual([corrected.execId]);
    expect(truth.venue.executions()).toMatchObject([corrected]);
    expect([...truth.executions.values()]).toMatchObject([corrected]);
    expect([...truth.versions.keys()]).toEqual([execution.execId, corrected.execId]);
  });
});
