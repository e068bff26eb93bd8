import { anUntouched, aPlan } from "../testing/outcome-builder.ts";
import { planTable } from "./plan-table.ts";

it("gives every instrument its action, quantity, limit, weights and reason (D07)", () => {
  const lines = planTable(aPlan(), { width: 140 }).split("\n");
  expect(lines[0]?.trim().split(/ {2,}/)).toEqual([
    "Instrument",
    "Action",
    "Quantity",
    "Limit",
    "Now",
    "Target",
    "Reason",
  ]);
  expect(lines.slice(2).map((line) => line.split(/ {2,}/))).toEqual([
    ["MSFT", "Sell", "200", "276.41 USD", "13.66 %", "8.20 %", "reduce: 500 held, 13.66 %, target 8.2 %"],
    ["AAPL", "Buy", "120", "151.18 USD", "0.00 %", "1.80 %", "open: target 1.8 %, nothing held"],
    [
      "KO",
      "Do nothing",
      "-",
      "-",
      "0.20 %",
      "0.50 %",
      "within the no-trade band: 0.3 % off target, band 0.5 %",
    ],
  ]);
});

it("shows no target where no forecast names the instrument: none is not zero", () => {
  const untouched = [anUntouched({ reason: { kind: "not-in-any-forecast" }, targetWeight: 0 })];
  const line = planTable(aPlan({ trades: [], untouched }), { width: 140 })
    .split("\n")
    .at(-1);
  expect(line?.split(/ {2,}/).slice(1, 6)).toEqual(["Do nothing", "-", "-", "0.20 %", "-"]);
});

it("shows no target of what is left to its owner, and none of shares without a price", () => {
  const untouched = [
    anUntouched({ reason: { kind: "left-to-owner" }, targetWeight: 0 }),
    anUntouched({ reason: { kind: "market-closed" }, targetWeight: undefined }),
    anUntouched({ reason: { kind: "market-closed" }, targetWeight: 0 }),
  ];
  const lines = planTable(aPlan({ trades: [], untouched }), { width: 140 })
    .split("\n")
    .slice(2);
  expect(lines.map((line) => line.split(/ {2,}/)[5])).toEqual(["-", "-", "0.00 %"]);
});
