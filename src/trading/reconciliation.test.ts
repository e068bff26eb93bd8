import fc from "fast-check";
import type { Position } from "./account.ts";
import { instant } from "./instant.ts";
import { money } from "./money.ts";
import { type ExpectedPosition, lookOf, netLiquidationBreak, positionBreaks } from "./reconciliation.ts";

const expected = (conId: number, symbol: string, shares: number): ExpectedPosition => ({
  conId,
  symbol,
  shares,
});
const told = (conId: number, symbol: string, shares: number) => ({ conId, symbol, shares }) as Position;

it("finds what differs, by contract and not by symbol, in both directions", () => {
  const ours = [
    expected(1, "AAA", 100),
    expected(2, "BBB", -40),
    expected(3, "CCC", 7),
    expected(4, "DDD", 5),
  ];
  const theirs = [
    told(1, "AAA", 100),
    told(2, "BBB", 40),
    told(4, "DDD.OLD", 5),
    told(5, "CCC", 7),
    told(6, "EEE", 0),
  ];
  expect(positionBreaks(ours, theirs)).toEqual([
    { kind: "position", conId: 2, symbol: "BBB", expectedShares: -40, toldShares: 40 },
    { kind: "position", conId: 3, symbol: "CCC", expectedShares: 7, toldShares: 0 },
    { kind: "position", conId: 5, symbol: "CCC", expectedShares: 0, toldShares: 7 },
  ]);
});

it("takes no rounding of fractions for a break", () => {
  expect(positionBreaks([expected(1, "AAA", 0.1 + 0.2)], [told(1, "AAA", 0.3)])).toEqual([]);
  expect(positionBreaks([expected(1, "AAA", 0.3)], [told(1, "AAA", 0.3001)])).toHaveLength(1);
});

it("finds nothing between equal lists, and one break per contract between any two", () => {
  const book = fc.uniqueArray(fc.record({ conId: fc.integer({ min: 1, max: 9 }), shares: fc.integer() }), {
    selector: ({ conId }) => conId,
  });
  fc.assert(
    fc.property(book, book, (ours, theirs) => {
      const [a, b] = [
        ours.map((p) => expected(p.conId, "X", p.shares)),
        theirs.map((p) => told(p.conId, "X", p.shares)),
      ];
      expect(
        positionBreaks(
          a,
          a.map((p) => told(p.conId, "X", p.shares)),
        ),
      ).toEqual([]);
      const breaks = positionBreaks(a, b);
      expect(new Set(breaks.map(({ conId }) => conId)).size).toBe(breaks.length);
      // Accepting what is told leaves nothing to find.
      const accepted = b.map((p) => expected(p.conId, "X", p.shares));
      expect(positionBreaks(accepted, b)).toEqual([]);
    }),
  );
});

it.each([
  [0, 50, "new-holding"],
  [50, 0, "gone"],
  [100, 200, "split"],
  [100, 25, "split"],
  [-30, -90, "split"],
  // A reverse split leaves whole shares; the rest is paid out.
  [101, 10, "split"],
  [100, 173, "moved"],
  [100, -100, "moved"],
] as const)("sees what %p becoming %p looks like: %s", (expectedShares, toldShares, look) => {
  expect(lookOf({ kind: "position", conId: 1, symbol: "A", expectedShares, toldShares })).toBe(look);
});

describe("net liquidation", () => {
  const before = money("1000000", "USD");
  const at = (iso: string, text: string, currency = "USD") => ({
    at: instant(iso),
    netLiquidation: money(text, currency),
  });
  const now = (text: string, currency?: string) => at("2022-03-14T15:30:00Z", text, currency);
  const flow = (iso: string, text: string) => ({ at: instant(iso), amount: money(text, "USD"), note: "" });
  const record = { equity: [at("2022-03-14T14:30:00Z", "1000000")], flows: [] };

  it.each([
    ["800000.01", false],
    ["799999.99", true],
    ["1199999.99", false],
    ["1200000.01", true],
    ["0", true],
    ["-5", true],
  ])("of 1,000,000 that becomes %s has jumped by more than 20 %%: %p (A08)", (text, isJump) => {
    const found = netLiquidationBreak(record, now(text), 0.2);
    expect(found).toEqual(
      isJump ? { kind: "net-liquidation", expected: before, told: money(text, "USD") } : undefined,
    );
  });

  it("is not compared with nothing, nor across currencies", () => {
    expect(netLiquidationBreak({ equity: [], flows: [] }, now("5"), 0.2)).toBeUndefined();
    expect(netLiquidationBreak(record, now("5", "EUR"), 0.2)).toBeUndefined();
  });

  it.each([
    ["a deposit since", "2022-03-14T15:00:00Z", "500000", "1500000", false],
    ["a withdrawal since", "2022-03-14T15:00:00Z", "-500000", "500000", false],
    ["one that is not there yet", "2022-03-14T15:00:00Z", "500000", "1000000", false],
    ["more than was declared", "2022-03-14T15:00:00Z", "500000", "1900000", true],
    ["an older one", "2022-03-14T14:30:00Z", "500000", "1500000", true],
    ["one that is yet to come", "2022-03-14T15:30:01Z", "500000", "1500000", true],
  ])("is explained by declared flows: %s", (_, iso, amount, text, isJump) => {
    const flows = [flow(iso, amount)];
    expect(netLiquidationBreak({ ...record, flows }, now(text), 0.2) !== undefined).toBe(isJump);
  });
});
