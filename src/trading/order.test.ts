import { instant } from "./instant.ts";
import { type OrderRefParts, orderRefOf, roleOf, windowOf } from "./order.ts";

const parts: OrderRefParts = {
  account: "DU1234567",
  window: "2022031414",
  role: "rebalance",
  symbol: "BRK B",
  side: "buy",
  shares: 120,
  attempt: 1,
};

describe("orderRefOf", () => {
  it("says window, symbol, side, shares and attempt, and fits the broker's field", () => {
    const ref = orderRefOf(parts);
    expect(ref).toMatch(/^trader\.reb\.2022031414\.BRK_B\.B120\.1\.[0-9a-f]{4}$/);
    expect(orderRefOf({ ...parts, shares: 1_000_000, attempt: 12 }).length).toBeLessThan(60);
  });

  it("is another one when any part of the order is another one", () => {
    const changes: Partial<OrderRefParts>[] = [
      { account: "DU7654321" },
      { window: "2022031415" },
      { role: "protect" },
      { symbol: "BRK.B" },
      { side: "sell" },
      { shares: 121 },
      { attempt: 2 },
    ];
    const refs = changes.map((change) => orderRefOf({ ...parts, ...change }));
    expect(new Set([orderRefOf(parts), ...refs]).size).toBe(changes.length + 1);
  });

  it("does not spell the account out", () => {
    expect(orderRefOf(parts)).not.toContain("1234567");
  });
});

describe("roleOf", () => {
  it("knows our orders from those of people and other programs (O30)", () => {
    expect(roleOf(orderRefOf(parts))).toBe("rebalance");
    expect(roleOf(orderRefOf({ ...parts, role: "protect" }))).toBe("protect");
    for (const ref of ["", "trader", "my trader.reb", "traders.reb.1", "trader.xyz.1"])
      expect(roleOf(ref)).toBeUndefined();
  });
});

describe("windowOf", () => {
  it("is the hour in UTC, so that the hour that daylight saving repeats has two names", () => {
    expect(windowOf(instant("2022-11-06T01:30:00-04:00"))).toBe("2022110605");
    expect(windowOf(instant("2022-11-06T01:30:00-05:00"))).toBe("2022110606");
  });
});
