import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clearedForSure } from "../testing/cleared-for-sure.ts";
import { historyFolder } from "../testing/history-folder.ts";
import {
  accountOf,
  executionOf,
  instrumentOf,
  outcomeOf,
  plannedOrderOf,
  planOf,
  positionOf,
  reportOf,
  runOf,
} from "../testing/history-sample.ts";
import { aSession as session } from "../testing/outcome-builder.ts";
import { aCheck, aMeasuredStrategy } from "../testing/risk-builder.ts";
import { instant, later, tradingDate } from "../trading/instant.ts";
import { money } from "../trading/money.ts";
import { sessionOn } from "../trading/session.ts";
import { orderFilesIn } from "./order-files.ts";

const root = join(import.meta.dirname, "../..");
const snapshots = readFileSync(join(root, "snapshots/README.md"), "utf8");
const history = historyFolder();

/** Sections by the name in their heading: "### `runs`". */
const sections = new Map(
  snapshots
    .split(/^### /m)
    .slice(1)
    .map((text) => [/^`(\w+)`/.exec(text)?.[1] ?? "", text]),
);
const queries = [...snapshots.matchAll(/```sql\n([\s\S]*?)```/g)].map(([, sql = ""]) => sql);

/** The names in the first column of a Markdown table. */
function columnsIn(text: string): string[] {
  return [...text.matchAll(/^\| `(\w+)` \|/gm)].map(([, name = ""]) => name);
}

/** Two days of a short life: a held run, orders filled and open, two currencies, a short. */
async function live(): Promise<void> {
  const { store } = history;
  const days = [session, sessionOn(tradingDate("2022-03-15"), "09:30", "16:00", "America/New_York")];
  for (const [n, day] of days.entries()) {
    const run = await history.begin(later(day.openAt, 300_000));
    const buy = plannedOrderOf(run);
    const sell = plannedOrderOf(run, {
      side: "sell",
      instrument: instrumentOf({ symbol: "KO", conId: 8894 }),
    });
    await store.recordIntents(run, clearedForSure([buy, sell]));
    const executions = [
      executionOf(buy, { execId: `a.${n}.1.01`, executedAt: later(day.openAt, 301_000) }),
      executionOf(sell, { execId: `a.${n}.2.01`, executedAt: later(day.openAt, 302_000), shares: 20 }),
    ];
    await store.markSending(sell.orderRef, later(day.openAt, 300_000));
    await store.markChanging(run, sell, later(day.openAt, 301_500));
    await store.book(
      run,
      [reportOf(buy, { state: { life: "done", status: "filled" } }), reportOf(sell)],
      executions,
    );
    await store.finish(outcomeOf(run, { executions, orders: [reportOf(sell)] }));

    const closing = await history.begin(later(day.closeAt, 300_000));
    const account = accountOf({
      netLiquidation: money(`${1_000_000 + n * 2_500}`, "USD"),
      positions: [
        positionOf(),
        positionOf({
          conId: 8894,
          symbol: "KO",
          shares: -20,
          marketValue: money("-1200", "EUR"),
          unrealizedPnl: money("3", "EUR"),
          currency: "EUR",
        }),
      ],
      cashByCurrency: [money("977407.25", "USD"), money("-55", "EUR")],
      exchangeRates: new Map([["EUR", 1.0945]]),
    });
    store.declareFlow("DU1234567", {
      at: day.openAt,
      amount: money("-2500.5", "USD"),
      note: "tax",
      declaredAt: day.closeAt,
      by: "owner",
    });
    const override = {
      name: "weight",
      subject: "KO",
      givenAt: day.openAt,
      untilAt: day.closeAt,
      why: "split",
      by: "owner",
    } as const;
    store.giveOverride("DU1234567", override);
    const outcome = outcomeOf(closing, {
      verdict: "held",
      account,
      review: { checks: [aCheck({ subject: "KO", verdict: "warn", override })], judged: 21, overrides: [] },
      findings: [{ kind: "holding-not-priced", symbol: "KO" }],
    });
    if (n === 0) await store.openPositions(closing, account.positions);
    const moved = {
      kind: "position",
      conId: 8894,
      symbol: "KO",
      expectedShares: -20,
      toldShares: -40,
    } as const;
    await store.keepBreaks(closing, [moved], day.closeAt);
    await store.keepStrategies(closing, [aMeasuredStrategy(day.closeAt)], day.closeAt);
    store.resetStrategy("DU1234567", { strategy: "value", at: day.closeAt, note: "looked" });
    await store.finish(outcome);
    await store.commitDay(outcome, day);
  }
}

it("has a section for each view that the database has, and for no other", () => {
  const views = history.query<{ name: string }>(
    "SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name",
  );
  expect([...sections.keys()].toSorted((a, b) => (a < b ? -1 : 1))).toEqual(views.map(({ name }) => name));
});

it.each([...sections])("names each column of %s, in its order", (view, text) => {
  const columns = history.query<{ name: string }>(`SELECT name FROM pragma_table_info('${view}')`);
  expect(columnsIn(text)).toEqual(columns.map(({ name }) => name));
});

it("has a query for each view", () => {
  expect(queries.length).toBe(sections.size);
});

it.each(queries)("has a query that runs and finds something: %s", async (sql) => {
  await live();
  expect(history.query(sql).length).toBeGreaterThan(0);
});

it("gives answers that are right", async () => {
  await live();
  const [, , , portfolio = "", , , days = ""] = queries.filter((sql) => !sql.includes("FROM findings"));
  expect(history.query(days)).toEqual([
    { session_on: "2022-03-14", net_liquidation: 1_000_000, net_liquidation_change: null, percent: null },
    { session_on: "2022-03-15", net_liquidation: 1_002_500, net_liquidation_change: 2_500, percent: 0.25 },
  ]);
  expect(history.query(portfolio)).toMatchObject([
    { symbol: "AAPL", shares: 150, market_value: 22593, currency: "USD", percent: 2.25 },
    { symbol: "KO", shares: -20, market_value: -1200, currency: "EUR", percent: -0.13 },
  ]);
});

it("names each column of the CSV files, in its order", async () => {
  const run = await history.begin(instant("2022-03-14T20:05:00Z"));
  await history.store.finish(outcomeOf(run));
  for (const [file, pattern] of [
    ["trades.csv", "trades.csv"],
    ["equity.csv", "equity.csv"],
    [`positions-${run.id}.csv`, "positions-<run id>.csv"],
  ] as const) {
    const row = snapshots.split("\n").find((line) => line.startsWith(`| \`${pattern}\``));
    const columns = [...(row?.split("|")[3] ?? "").matchAll(/`(\w+)`/g)].map(([, name]) => name);
    expect(columns).toEqual(history.lines(file)[0]?.split(","));
  }
});

it("names each column of the order files, in its order", async () => {
  const folder = mkdtempSync(join(tmpdir(), "trader-orders-"));
  try {
    const files = orderFilesIn(folder, { reasonText: () => "" });
    await files.write(runOf(), [planOf([])]);
    await files.writeProtection(runOf(), []);
    const [ofPlans = "", ofProtection = ""] = readFileSync(join(root, "orders/README.md"), "utf8").split(
      "## Protective orders",
    );
    const header = (name: string) => readFileSync(join(folder, name), "utf8").trim().split(",");
    expect(columnsIn(ofPlans)).toEqual(header("latest.csv"));
    expect(columnsIn(ofProtection)).toEqual(header("latest-protection.csv"));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
