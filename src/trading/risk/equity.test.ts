import fc from "fast-check";
import { instant, instantFromMs } from "../instant.ts";
import { money, moneyFromNumber } from "../money.ts";
import {
  type CashFlow,
  drawdownOf,
  type EquityPoint,
  growthOf,
  lossSince,
  netLiquidationMove,
} from "./equity.ts";

const hour = (n: number) => instantFromMs(instant("2022-03-14T10:00:00Z") + n * 3_600_000);
const point = (n: number, amount: string, currency = "USD"): EquityPoint => ({
  at: hour(n),
  netLiquidation: money(amount, currency),
});
const flow = (n: number, amount: string, currency = "USD"): CashFlow => ({
  at: hour(n),
  amount: money(amount, currency),
  note: "",
});

describe("drawdown", () => {
  const of = (points: readonly EquityPoint[], flows: readonly CashFlow[] = []) =>
    drawdownOf(growthOf(points, flows));

  it.each([
    ["the first look has none", [point(0, "1000")], [], 0],
    ["from the highest, not from the first", [point(0, "1000"), point(1, "1250"), point(2, "1000")], [], 0.2],
    ["none at a new high", [point(0, "1000"), point(1, "900"), point(2, "1001")], [], 0],
    ["a withdrawal is none", [point(0, "1000"), point(2, "400")], [flow(1, "-600")], 0],
    ["a deposit hides none", [point(0, "1000"), point(1, "800"), point(3, "1800")], [flow(2, "1000")], 0.2],
    // 5 % down, then nine tenths are taken out: still 5 % down, and not a third of what is left.
    [
      "a withdrawal does not make it larger",
      [point(0, "100"), point(1, "95"), point(3, "10")],
      [flow(2, "-85")],
      0.05,
    ],
    [
      "a flow before the first look is in it already",
      [point(1, "1000"), point(2, "900")],
      [flow(0, "500")],
      0.1,
    ],
    ["a flow counts in the look that sees it", [point(0, "1000"), point(1, "1500")], [flow(1, "500")], 0],
    ["and not in the one before", [point(0, "1000"), point(1, "1500")], [flow(2, "500")], 0],
    [
      "all taken out, and begun anew",
      [point(0, "1000"), point(2, "0"), point(4, "500"), point(5, "450")],
      [flow(1, "-1000"), flow(3, "500")],
      0.1,
    ],
    ["all lost", [point(0, "1000"), point(1, "-50")], [], 1],
    [
      "another currency is another book",
      [point(0, "9000", "EUR"), point(1, "1000"), point(2, "900")],
      [flow(2, "70", "EUR")],
      0.1,
    ],
  ] as const)("%s", (_, points, flows, expected) => {
    expect(of(points, flows)).toBeCloseTo(expected, 12);
  });

  it("is not known without a look", () => {
    expect(of([])).toBeUndefined();
  });

  it("is the same whatever is paid in and out, as long as it is declared", () => {
    const returns = fc.array(fc.double({ min: -0.3, max: 0.3, noNaN: true }), {
      minLength: 1,
      maxLength: 12,
    });
    const paid = fc.array(fc.integer({ min: -400, max: 900 }), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(returns, paid, (changes, amounts) => {
        const without: EquityPoint[] = [point(0, "1000000")];
        const withFlows: EquityPoint[] = [point(0, "1000000")];
        const flows: CashFlow[] = [];
        let [a, b] = [1e6, 1e6];
        for (const [n, change] of changes.entries()) {
          const amount = Math.max((amounts[n] ?? 0) * 1000, -b * 0.9);
          a *= 1 + change;
          b = (b + amount) * (1 + change);
          const at = hour(n + 1);
          flows.push({ at, amount: moneyFromNumber(amount, "USD"), note: "" });
          without.push({ at, netLiquidation: moneyFromNumber(a, "USD") });
          withFlows.push({ at, netLiquidation: moneyFromNumber(b, "USD") });
        }
        expect(of(withFlows, flows)).toBeCloseTo(of(without) ?? Number.NaN, 6);
      }),
    );
  });
});

describe("a move of net liquidation", () => {
  it.each<[string, EquityPoint | undefined, readonly CashFlow[], number | undefined]>([
    ["is not known without a look before", undefined, [], undefined],
    ["is not known in another currency", point(0, "1000", "EUR"), [], undefined],
    ["is not known from nothing", point(0, "0"), [], undefined],
    ["is not known from a debt", point(0, "-50"), [], undefined],
    ["is measured from what was paid in where there was nothing", point(0, "0"), [flow(1, "1000")], 0.25],
    ["is measured from what was paid in beside a debt", point(0, "-50"), [flow(1, "1050")], 0.25],
    ["is the smaller of that with a deposit and that without", point(0, "800"), [flow(1, "200")], 0.25],
    ["of a deposit that is not there yet is none", point(0, "1250"), [flow(1, "500")], 0],
  ])("%s", (_, before, flows, expected) => {
    const move = netLiquidationMove(before, flows, point(2, "1250"));
    expect(move === undefined ? undefined : Math.round(move * 1e9) / 1e9).toBe(expected);
  });
});

describe("the loss since the session before", () => {
  it.each([
    [
      "from the last look before the open",
      [point(-20, "800"), point(-1, "1000"), point(1, "990"), point(2, "950")],
      0.05,
    ],
    ["from a look at the open itself", [point(-1, "800"), point(0, "1000"), point(2, "950")], 0.05],
    ["from the first look where none came before", [point(1, "1000"), point(2, "970")], 0.03],
    ["a gain is negative", [point(-1, "1000"), point(2, "1100")], -0.1],
  ] as const)("%s", (_, points, expected) => {
    expect(lossSince(growthOf(points, []), hour(0))).toBeCloseTo(expected, 12);
  });

  it("is not known where all was lost before", () => {
    const growth = growthOf([point(-2, "1000"), point(-1, "-50"), point(2, "500")], []);
    expect(lossSince(growth, hour(0))).toBeUndefined();
  });

  it("knows no withdrawal, and nothing without a look", () => {
    const growth = growthOf([point(-1, "1000"), point(2, "450")], [flow(1, "-500")]);
    expect(lossSince(growth, hour(0))).toBeCloseTo(0.1, 12);
    expect(lossSince([], hour(0))).toBeUndefined();
  });
});
