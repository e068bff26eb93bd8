import fc from "fast-check";
import { instant, later } from "../trading/instant.ts";
import { moneyFromNumber } from "../trading/money.ts";
import { AccountClaims, type ClaimingOrder } from "./account-claims.ts";
import { Books } from "./books.ts";

const now = instant("2022-11-22T15:00:00Z");
const noOrders: ReadonlyMap<number, readonly ClaimingOrder[]> = new Map();
const usd = (amount: number) => moneyFromNumber(amount, "USD");

test("a position and its orders: the worse side counts, buys cost their limit or the mark", () => {
  const books = new Books(0, [{ conId: 3, shares: -40, averageCost: 9.5 }]);
  const sell = { conId: 3, side: "sell", shares: 70, filledShares: 20, limitPrice: 11.25 } as const;
  const buy = { conId: 3, side: "buy", shares: 30, filledShares: 10, limitPrice: 9.75 } as const;
  const claims = new AccountClaims(
    books,
    () => [sell, buy],
    () => 10.01,
  );
  expect(claims.with(noOrders, now)).toEqual({
    positions: usd(-400.4),
    gross: usd(900.9),
    purchases: usd(200.2),
  });
  expect(claims.with(new Map([[3, [{ ...buy, limitPrice: 12.5 }]]]), now)).toEqual({
    positions: usd(-400.4),
    gross: usd(400.4),
    purchases: usd(250),
  });
});

test("whatever has changed, the kept sums are those of a count from the beginning", () => {
  const change = fc.record({
    conId: fc.integer({ min: 1, max: 4 }),
    side: fc.constantFrom("buy" as const, "sell" as const),
    shares: fc.integer({ min: 1, max: 900 }),
    limitPrice: fc.option(fc.integer({ min: 1, max: 4000 }), { nil: undefined }),
    act: fc.constantFrom("place", "cancel", "fill", "wait"),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
      const books = new Books(5000, [{ conId: 2, shares: 50, averageCost: 3 }]);
      const orders = new Map<number, ClaimingOrder[]>();
      let at = now;
      const of = () =>
        new AccountClaims(
          books,
          (conId) => orders.get(conId) ?? [],
          (conId) => conId * 7.03 + (at % 60_000) / 1e6,
        );
      const kept = of();
      for (const { act, conId, side, shares, limitPrice } of changes) {
        if (act === "wait") at = later(at, 700);
        else if (act === "cancel") orders.set(conId, (orders.get(conId) ?? []).slice(1));
        else if (act === "place")
          orders.set(conId, [
            ...(orders.get(conId) ?? []),
            { conId, side, shares, limitPrice, filledShares: 0 },
          ]);
        else books.book({ conId, side, shares, price: 5.05, commission: usd(1) });
        kept.changed(conId);
        const fresh = of();
        for (const known of [1, 2, 3, 4]) fresh.changed(known);
        at = later(at, -(at % 1000));
        expect(kept.with(noOrders, at)).toEqual(fresh.with(noOrders, at));
      }
    }),
    { seed: 11, numRuns: 200 },
  );
});

test("judging beside a thousand positions looks at one mark", () => {
  let marks = 0;
  const books = new Books(
    0,
    Array.from({ length: 1000 }, (_, conId) => ({ conId, shares: 10, averageCost: 5 })),
  );
  const claims = new AccountClaims(
    books,
    () => [],
    () => {
      marks += 1;
      return 5.25;
    },
  );
  claims.with(noOrders, now);
  expect(marks).toBe(1000);
  const one = { conId: 999, side: "buy", shares: 1, filledShares: 0, limitPrice: 5 } as const;
  claims.changed(998);
  expect(claims.with(new Map([[999, [one]]]), later(now, 999)).gross).toEqual(usd(10_001 * 5.25));
  expect(marks).toBe(1002);
});
