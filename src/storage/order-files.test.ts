import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { instrumentOf, plannedOrderOf, planOf, runOf, tradeOf } from "../testing/history-sample.ts";
import { aPreview } from "../testing/scenario.ts";
import { money } from "../trading/money.ts";
import type { Untouched } from "../trading/planner/plan.ts";
import { orderFilesIn } from "./order-files.ts";

let folder = "";
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "trader-orders-")), "orders");
});
afterEach(() => rmSync(join(folder, ".."), { recursive: true }));

const run = runOf();
const sell = plannedOrderOf(run, {
  side: "sell",
  shares: 7,
  limitPrice: 0.5123,
  decisionPrice: 0.515,
  style: { kind: "adaptive", priority: "Urgent" },
  instrument: instrumentOf({ symbol: "BRK B", conId: 72063691, currency: "EUR" }),
});
const untouched: Untouched = {
  conId: 8894,
  symbol: "KO",
  currency: "USD",
  currentShares: -40,
  targetShares: -41,
  currentWeight: -0.00245,
  targetWeight: -0.0025,
  plannedWeight: -0.0000001,
  price: undefined,
  adjustments: [],
  reason: { kind: "within-band", drift: 0.00005, band: 0.005 },
};
const plan = planOf(
  [
    tradeOf(sell, {
      reason: "close-unlisted",
      targetShares: 0,
      currentShares: 7,
      value: money("3.927", "USD"),
    }),
    tradeOf(plannedOrderOf(run, { approach: [150.6601, 150.75] }), {
      marginUse: { amount: money("3600.25", "USD"), source: "broker" },
      previewed: { shares: 150, preview: aPreview("4500") },
    }),
  ],
  { untouched: [untouched], excessLiquidity: money("41000.5", "USD") },
);

function orderFiles() {
  return orderFilesIn(folder, {
    reasonText: ({ reason }) => (typeof reason === "string" ? `${reason}, because` : `"${reason.kind}"`),
  });
}

it("writes a line per instrument: what is sent in its order, then what is left alone", async () => {
  const file = join(folder, "20220314T143500Z.csv");
  expect(await orderFiles().write(run, [plan])).toEqual({ ok: true, value: file });
  const text = readFileSync(file, "utf8");
  expect(text.split("\n")).toEqual([
    "symbol,action,quantity,limit_price,order_type,time_in_force,current_shares,target_shares,current_weight,target_weight,reason,order_ref,currency,con_id,price,planned_weight,algo,adaptive_priority,decision_price,value,value_currency,style,algo_parameters,outside_regular_hours,first_limit_price,margin_use,margin_source,excess_liquidity_before,excess_liquidity_after,preview_quantity,preview_initial_margin_before,preview_initial_margin_after,preview_maintenance_margin_before,preview_maintenance_margin_after,wave,changed_from_quantity,changed_from_limit,filled_before",
    `BRK B,Sell,7,0.5123,LMT,DAY,7,0,0.004520,0.022700,"close-unlisted, because",${sell.orderRef},EUR,72063691,0.515,0.022598,Adaptive,Urgent,0.515,3.927,USD,adaptive,adaptivePriority=Urgent,no,0.5123,,,41000.50,41000.50,,,,,,1,,,`,
    `AAPL,Buy,120,150.83,LMT,DAY,30,150,0.004520,0.022700,"increase, because",${plannedOrderOf(run).orderRef},USD,265598,150.65,0.022598,Adaptive,Normal,150.65,18078.00,USD,adaptive,adaptivePriority=Normal,no,150.6601,3600.25,broker,41000.50,37400.25,150,300000.00,309000.00,200000.00,203000.00,1,,,`,
    'KO,Do nothing,0,,,,-40,-41,-0.002450,-0.002500,"""within-band""",,USD,8894,,0.000000,,,,,,,,,,,,,,,,,,,1,,,',
    "",
  ]);
  expect(readFileSync(join(folder, "latest.csv"), "utf8")).toBe(text);
  expect(readdirSync(folder).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
    "20220314T143500Z.csv",
    "latest.csv",
  ]);
});

it("tells of a working order that gets new terms what it was before, so that nobody takes its size for what is traded", async () => {
  const changes = { orderedShares: 90, filledShares: 40, limitPrice: 150.61 };
  await orderFiles().write(run, [planOf([{ ...tradeOf(sell), changes }])]);
  const [, line = ""] = readFileSync(join(folder, "latest.csv"), "utf8").split("\n");
  expect(line.split(",").slice(-4)).toEqual(["1", "90", "150.61", "40"]);
});

it("has the waves of a run behind each other, each with its number", async () => {
  await orderFiles().write(run, [plan]);
  await orderFiles().write(run, [plan, planOf([tradeOf(sell)])]);
  const [, ...lines] = readFileSync(join(folder, "latest.csv"), "utf8").trim().split("\n");
  expect(lines.map((line) => [line.split(",")[0], line.split(",").at(-4)])).toEqual([
    ["BRK B", "1"],
    ["AAPL", "1"],
    ["KO", "1"],
    ["BRK B", "2"],
  ]);
});

it("keeps each run's file, and the latest one's text as latest.csv", async () => {
  await orderFiles().write(run, [plan]);
  await orderFiles().write(runOf({ id: "20220314T153500Z" }), [planOf([])]);
  expect(readFileSync(join(folder, "20220314T143500Z.csv"), "utf8").split("\n")).toHaveLength(5);
  const latest = readFileSync(join(folder, "latest.csv"), "utf8");
  expect(latest).toBe(readFileSync(join(folder, "20220314T153500Z.csv"), "utf8"));
  expect(latest.split("\n")).toHaveLength(2);
});

it("answers with a finding that names the file when it cannot be written", async () => {
  writeFileSync(folder, "a file where the folder should be");
  const file = join(folder, "20220314T143500Z.csv");
  expect(await orderFiles().write(run, [plan])).toMatchObject({
    ok: false,
    findings: [{ kind: "file-not-written", file, detail: expect.stringMatching(/EEXIST|ENOTDIR/) }],
  });
});

it("answers with a finding too when only latest.csv cannot be written: a reader of it must not see the last hour's", async () => {
  mkdirSync(join(folder, "latest.csv"), { recursive: true });
  expect(await orderFiles().write(run, [plan])).toMatchObject({
    ok: false,
    findings: [{ kind: "file-not-written", file: join(folder, "latest.csv") }],
  });
});
