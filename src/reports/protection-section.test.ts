import { orderReport } from "../testing/order-report.ts";
import { aPlannedOrder } from "../testing/outcome-builder.ts";
import type { ProtectionTerms } from "../trading/protection/protection-policy.ts";
import { protectionSection } from "./protection-section.ts";

const terms: ProtectionTerms = {
  kind: "stop",
  reference: "average-cost",
  distanceBps: 1_500,
  limitOffsetBps: undefined,
  outsideRegularHours: false,
};
const resting = orderReport({
  orderRef: "trader.pro.1",
  symbol: "RRC",
  side: "sell",
  orderedShares: 500,
  filledShares: 20,
  stopPrice: 21.25,
});
const stop = aPlannedOrder({
  orderRef: "trader.pro.2",
  role: "protect",
  side: "buy",
  shares: 70,
  style: { kind: "trailing-stop", stopPrice: 163.2, trailBps: 750 },
  protection: { ...terms, kind: "trailing-stop", distanceBps: 750 },
});

it("says what rests, what was done for it, and first what is not protected", () => {
  const section = protectionSection({
    resting: [
      { report: resting, protection: { ...terms, limitOffsetBps: 100 } },
      { report: { ...resting, orderRef: stop.orderRef }, protection: terms },
      {
        report: { ...resting, orderRef: "trader.pro.9", symbol: "PG", stopPrice: undefined },
        protection: undefined,
      },
    ],
    decisions: [
      {
        kind: "withdraw",
        report: { ...resting, orderRef: "trader.pro.3", symbol: "KO" },
        because: "all-being-closed",
      },
      { kind: "new", order: stop },
      {
        kind: "replace",
        report: { ...resting, orderRef: "trader.pro.4", symbol: "MSFT" },
        order: aPlannedOrder({
          orderRef: "trader.pro.4",
          side: "sell",
          shares: 320,
          style: { kind: "stop", stopPrice: 22.5 },
          protection: { ...terms, reference: "price" },
        }),
      },
    ],
    gaps: [
      { conId: 1, symbol: "XOM", shares: 33, reason: "no-price" },
      { conId: 2, symbol: "KO", shares: 12, reason: "being-closed" },
    ],
  });
  expect(section).toMatchObject({ kind: "table", title: "Protection" });
  expect(section?.kind === "table" && section.table.rows).toEqual([
    ["XOM", "-", "33", "-", "-", "NOT PROTECTED: no price is known by which its stop could be set"],
    ["KO", "-", "12", "-", "-", "orders that work close them already"],
    ["KO", "Sell", "480", "21.25", "-", "withdrawn: orders of the run close the position"],
    ["AAPL", "Buy", "70", "163.20", "trailing stop, 7.5 %", "new"],
    ["AAPL", "Sell", "300", "22.50", "stop, 15.0 % from the price", "changed, was 500 at 21.25"],
    [
      "RRC",
      "Sell",
      "480",
      "21.25",
      "stop, 15.0 % from average cost, limit 1.0 % behind",
      "rests at the broker",
    ],
    ["PG", "Sell", "480", "-", "unknown", "rests at the broker"],
  ]);
});

it("says nothing where nobody asked for protection, or nothing is held", () => {
  expect(protectionSection(undefined)).toBeUndefined();
  expect(protectionSection({ resting: [], decisions: [], gaps: [] })).toBeUndefined();
});
