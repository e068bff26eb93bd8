import { existsSync, readdirSync } from "node:fs";
import { clearedForSure } from "../testing/cleared-for-sure.ts";
import { historyFolder } from "../testing/history-folder.ts";
import {
  accountOf,
  executionOf,
  instrumentOf,
  outcomeOf,
  plannedOrderOf,
  positionOf,
  reportOf,
  startedAt,
} from "../testing/history-sample.ts";
import { aSession as session } from "../testing/outcome-builder.ts";
import { instant, later } from "../trading/instant.ts";
import { money } from "../trading/money.ts";

const account = "DU1234567";
const history = historyFolder();

function csvFiles() {
  const names = readdirSync(history.path).filter((name) => name.endsWith(".csv"));
  return names.map((name) => [name, history.lines(name)]);
}

describe("runs", () => {
  it("are named by the second they begin in, and by a number when that second has one already", async () => {
    expect(await history.begin()).toEqual({
      id: "20220314T143500Z",
      startedAt,
      window: "2022031414",
      account,
    });
    expect((await history.begin()).id).toBe("20220314T143500Z-2");
    expect((await history.begin(later(startedAt, 999))).id).toBe("20220314T143500Z-3");
    expect((await history.begin(later(startedAt, 1000))).id).toBe("20220314T143501Z");
  });

  it("are on record from their first moment, with the program's version and settings (S19)", async () => {
    history.reopen({ version: "2.0.0", configDigest: "9f2c" });
    await history.begin();
    expect(
      history.query(
        "SELECT started_at, ended_at, verdict, account, window, version, config_digest FROM runs",
      ),
    ).toEqual([
      {
        started_at: "2022-03-14T14:35:00Z",
        ended_at: null,
        verdict: null,
        account,
        window: "2022031414",
        version: "2.0.0",
        config_digest: "9f2c",
      },
    ]);
  });

  it("end with verdict, findings with their data, and counts", async () => {
    const run = await history.begin();
    const order = plannedOrderOf(run);
    await history.store.recordIntents(
      run,
      clearedForSure([order, plannedOrderOf(run, { side: "sell", shares: 7 })]),
    );
    await history.store.book(run, [], [executionOf(order)]);
    await history.store.finish(
      outcomeOf(run, {
        verdict: "held",
        orderFile: "orders/20220314T143500Z.csv",
        findings: [
          { kind: "quote-crossed", symbol: "KO", bid: 60.5, ask: 60.4 },
          { kind: "margin-deficit", excessLiquidity: money("-12345678901234.000001", "USD") },
        ],
      }),
    );
    expect(
      history.query(
        "SELECT verdict, ended_at, session_on, orders, executions, findings, order_file FROM runs",
      ),
    ).toEqual([
      {
        verdict: "held",
        ended_at: "2022-03-14T14:35:42Z",
        session_on: "2022-03-14",
        orders: 2,
        executions: 1,
        findings: 2,
        order_file: "orders/20220314T143500Z.csv",
      },
    ]);
    expect(history.query("SELECT kind, detail FROM findings ORDER BY ordinal")).toEqual([
      { kind: "quote-crossed", detail: '{"symbol":"KO","bid":60.5,"ask":60.4}' },
      {
        kind: "margin-deficit",
        detail: '{"excessLiquidity":{"amount":"-12345678901234.000001","currency":"USD"}}',
      },
    ]);
  });

  it("without an account leave no equity row: not told is not zero", async () => {
    const run = await history.begin();
    await history.store.finish(outcomeOf(run, { verdict: "unreachable", account: undefined }));
    expect(history.query("SELECT verdict FROM runs")).toEqual([{ verdict: "unreachable" }]);
    expect(history.query("SELECT * FROM equity")).toEqual([]);
    expect(history.lines("equity.csv")).toHaveLength(1);
    expect(existsSync(history.file(`positions-${run.id}.csv`))).toBe(false);
  });

  it("with a flat account leave an equity row and an empty positions file: flat is told", async () => {
    const run = await history.begin();
    await history.store.finish(outcomeOf(run, { account: accountOf({ positions: [] }) }));
    expect(history.query("SELECT count(*) AS n FROM equity")).toEqual([{ n: 1 }]);
    expect(history.lines(`positions-${run.id}.csv`)).toHaveLength(1);
  });
});

describe("orders", () => {
  it("are unsettled from the intent on, and until the broker calls them done (S04)", async () => {
    const run = await history.begin();
    const buy = plannedOrderOf(run);
    const sell = plannedOrderOf(run, {
      side: "sell",
      shares: 7,
      instrument: instrumentOf({ symbol: "KO", conId: 8894 }),
    });
    await history.store.recordIntents(run, clearedForSure([buy, sell]));
    expect(await history.store.unsettledOrders(account)).toEqual([
      {
        orderRef: buy.orderRef,
        life: "planned",
        conId: 265598,
        permId: 0,
        symbol: "AAPL",
        side: "buy",
        orderedShares: 120,
        filledShares: 0,
        sentAt: startedAt,
      },
      {
        orderRef: sell.orderRef,
        life: "planned",
        conId: 8894,
        permId: 0,
        symbol: "KO",
        side: "sell",
        orderedShares: 7,
        filledShares: 0,
        sentAt: startedAt,
      },
    ]);
    expect(await history.store.unsettledOrders("DU7654321")).toEqual([]);

    await history.store.book(
      run,
      [reportOf(buy, { filledShares: 50 }), reportOf(sell, { state: { life: "unknown" } })],
      [executionOf(buy, { shares: 50 })],
    );
    expect(await history.store.unsettledOrders(account)).toMatchObject([
      { orderRef: buy.orderRef, permId: 1_234_567_890, filledShares: 50 },
      { orderRef: sell.orderRef },
    ]);
    await history.store.book(
      run,
      [reportOf(buy, { state: { life: "done", status: "cancelled" }, filledShares: 50 })],
      [],
    );
    await history.store.book(run, [reportOf(sell, { state: { life: "done", status: "rejected" } })], []);
    expect(await history.store.unsettledOrders(account)).toEqual([]);
  });

  it("count as filled only what was executed, whatever the status says (S03, S05)", async () => {
    const run = await history.begin();
    const order = plannedOrderOf(run);
    await history.store.recordIntents(run, clearedForSure([order]));
    await history.store.book(
      run,
      [reportOf(order, { state: { life: "done", status: "filled" }, filledShares: 120 })],
      [
        executionOf(order, {
          execId: "a.b.01.01",
          shares: 70,
          price: 150.7,
          commission: money("1.00", "USD"),
        }),
        executionOf(order, { execId: "a.b.02.01", shares: 30, price: 150.8, commission: undefined }),
      ],
    );
    const [row] = history.query<Record<string, unknown>>("SELECT * FROM orders");
    expect(row).toMatchObject({
      shares: 120,
      filled_shares: 100,
      reported_filled_shares: 120,
      // One of the two commissions is not told yet, so the sum is not known.
      commission: null,
      commission_currency: null,
    });
    expect(row?.["average_fill_price"]).toBeCloseTo(150.73, 10);
    expect(row?.["slippage_bps"]).toBeCloseTo(((150.73 - 150.65) / 150.65) * 1e4, 4);
  });

  it("have a slippage that is a cost for a sell below its decision price too", async () => {
    const run = await history.begin();
    const order = plannedOrderOf(run, { side: "sell" });
    await history.store.recordIntents(run, clearedForSure([order]));
    await history.store.book(run, [], [executionOf(order, { price: 150.5 })]);
    const [row] = history.query<Record<string, unknown>>("SELECT slippage_bps, commission FROM orders");
    expect(row?.["slippage_bps"]).toBeCloseTo(9.9569, 4);
    expect(row?.["commission"]).toBe(1);
  });

  it("stay done, and keep what is known of them, when a later report knows less", async () => {
    const run = await history.begin();
    const order = plannedOrderOf(run);
    await history.store.recordIntents(run, clearedForSure([order]));
    const messages = [
      { code: 201, text: "Order rejected - reason: margin" },
      { code: 399, text: "Warning" },
    ];
    await history.store.book(
      run,
      [reportOf(order, { state: { life: "done", status: "cancelled" }, filledShares: 20, messages })],
      [],
    );
    await history.store.book(
      run,
      [reportOf(order, { clientId: 0, orderId: 0, permId: 0, state: { life: "unknown" }, filledShares: 0 })],
      [],
    );
    expect(history.query("SELECT * FROM orders")).toMatchObject([
      {
        life: "done",
        status: "cancelled",
        reported_filled_shares: 20,
        client_id: 7,
        order_id: 41,
        perm_id: 1_234_567_890,
        broker_messages: "201: Order rejected - reason: margin\n399: Warning",
      },
    ]);
  });

  it("keep what was decided: prices, priority, window and the run", async () => {
    const run = await history.begin();
    await history.store.recordIntents(run, clearedForSure([plannedOrderOf(run)]));
    expect(history.query("SELECT * FROM orders")).toMatchObject([
      {
        order_ref: plannedOrderOf(run).orderRef,
        run_id: run.id,
        intended_at: "2022-03-14T14:35:00Z",
        account,
        role: "rebalance",
        symbol: "AAPL",
        con_id: 265598,
        side: "buy",
        shares: 120,
        currency: "USD",
        limit_price: 150.83,
        decision_price: 150.65,
        time_in_force: "DAY",
        adaptive_priority: "Normal",
        life: "planned",
        status: null,
        filled_shares: 0,
        window: "2022031414",
      },
    ]);
  });

  it("are never put on record twice under one name, and then none of the batch is (S10)", async () => {
    const run = await history.begin();
    const first = plannedOrderOf(run);
    await history.store.recordIntents(run, clearedForSure([first]));
    const other = plannedOrderOf(run, { side: "sell", shares: 9 });
    await expect(history.store.recordIntents(run, clearedForSure([other, first]))).rejects.toMatchObject({
      code: "SQLITE_CONSTRAINT_PRIMARYKEY",
    });
    expect(await history.store.orderRefsOf(run.window)).toEqual(new Set([first.orderRef]));
  });

  it("are found by the window they were decided in", async () => {
    const run = await history.begin();
    const next = await history.begin(later(startedAt, 3_600_000));
    await history.store.recordIntents(run, clearedForSure([plannedOrderOf(run)]));
    await history.store.recordIntents(
      next,
      clearedForSure([plannedOrderOf(next), plannedOrderOf(next, { attempt: 2 })]),
    );
    expect(await history.store.orderRefsOf("2022031414")).toEqual(new Set([plannedOrderOf(run).orderRef]));
    expect((await history.store.orderRefsOf("2022031415")).size).toBe(2);
    expect(await history.store.orderRefsOf("2022031416")).toEqual(new Set());
  });

  it("of ours that the history does not know are taken in, others' are not", async () => {
    const earlier = await history.begin(later(startedAt, -3_600_000));
    const run = await history.begin();
    const lost = reportOf(plannedOrderOf(earlier));
    await history.store.book(
      run,
      [lost, { ...lost, orderRef: "someone-else" }, { ...lost, orderRef: "" }],
      [],
    );
    expect(
      history.query("SELECT order_ref, run_id, window, limit_price, decision_price FROM orders"),
    ).toEqual([
      {
        order_ref: lost.orderRef,
        run_id: null,
        window: "2022031413",
        limit_price: 150.83,
        decision_price: null,
      },
    ]);
    expect(await history.store.orderRefsOf("2022031413")).toEqual(new Set([lost.orderRef]));
  });
});

describe("executions", () => {
  it("are booked once, and answered once (S02)", async () => {
    const run = await history.begin();
    const first = executionOf(plannedOrderOf(run), { execId: "a.b.01.01" });
    const second = executionOf(plannedOrderOf(run), { execId: "a.b.02.01", shares: 3 });
    expect(await history.store.book(run, [], [first])).toEqual([first]);
    expect(await history.store.book(run, [], [first, second, second])).toEqual([second]);
    expect(history.query("SELECT exec_id, revision, shares FROM executions")).toEqual([
      { exec_id: "a.b.01.01", revision: 1, shares: 120 },
      { exec_id: "a.b.02.01", revision: 1, shares: 3 },
    ]);
  });

  it("are replaced by a correction, and not by an older one that comes late", async () => {
    const run = await history.begin();
    const told = executionOf(plannedOrderOf(run), { execId: "a.b.01.09" });
    const corrected = { ...told, execId: "a.b.01.10", price: 150.69, shares: 119, commission: undefined };
    await history.store.book(run, [], [told]);
    expect(await history.store.book(run, [], [corrected])).toEqual([corrected]);
    expect(await history.store.book(run, [], [told])).toEqual([]);
    expect(history.query("SELECT exec_id, revision, shares, price, commission FROM executions")).toEqual([
      { exec_id: "a.b.01.10", revision: 10, shares: 119, price: 150.69, commission: null },
    ]);
  });

  it("get their commission later, and do not lose it", async () => {
    const run = await history.begin();
    const told = executionOf(plannedOrderOf(run));
    const silent = { ...told, commission: undefined, realizedPnl: undefined };
    await history.store.book(run, [], [silent]);
    expect(history.query("SELECT commission, realized_pnl FROM executions")).toEqual([
      { commission: null, realized_pnl: null },
    ]);
    const priced = { ...told, commission: money("-0.123456", "EUR"), realizedPnl: money("-7.5", "USD") };
    expect(await history.store.book(run, [], [priced])).toEqual([]);
    await history.store.book(run, [], [silent]);
    expect(
      history.query(
        "SELECT commission, commission_currency, realized_pnl, realized_pnl_currency FROM executions",
      ),
    ).toEqual([
      { commission: -0.123456, commission_currency: "EUR", realized_pnl: -7.5, realized_pnl_currency: "USD" },
    ]);
  });

  it("of others belong to the account, but to no order of ours", async () => {
    const run = await history.begin();
    const manual = executionOf(plannedOrderOf(run), { orderRef: "my-note", clientId: 0, orderId: -1 });
    expect(await history.store.book(run, [], [manual])).toEqual([manual]);
    expect(history.query("SELECT order_ref, client_id, order_id FROM executions")).toEqual([
      { order_ref: "", client_id: 0, order_id: -1 },
    ]);
  });

  it.each([
    ["another contract", { execId: "sim.2", conId: 8894 }],
    ["the other side", { execId: "sim.2", side: "sell" as const }],
    ["another size under the same revision", { shares: 121 }],
    ["another day under the same revision", { executedAt: instant("2022-03-15T14:35:07Z") }],
  ])(
    "with the id of one on record, but %s, stop the run and are not dropped as known",
    async (_what, other) => {
      const run = await history.begin();
      const told = executionOf(plannedOrderOf(run), { execId: "sim.1" });
      await history.store.book(run, [], [told]);
      await expect(history.store.book(run, [], [{ ...told, ...other }])).rejects.toThrow("to two executions");
      expect(history.query("SELECT exec_id FROM executions")).toEqual([{ exec_id: "sim.1" }]);
    },
  );

  it("and orders of one booking come together or not at all", async () => {
    const run = await history.begin();
    const order = plannedOrderOf(run);
    await history.store.recordIntents(run, clearedForSure([order]));
    const broken = executionOf(order, { execId: "a.b.02.01", price: Number.NaN });
    await expect(
      history.store.book(run, [reportOf(order)], [executionOf(order), broken]),
    ).rejects.toMatchObject({ code: "SQLITE_CONSTRAINT_NOTNULL" });
    expect(history.query("SELECT life FROM orders")).toEqual([{ life: "planned" }]);
    expect(history.query("SELECT * FROM executions")).toEqual([]);
  });
});

describe("snapshots", () => {
  it("keep each amount in its own column, in both views and files", async () => {
    const run = await history.begin();
    await history.store.finish(outcomeOf(run));
    expect(history.query("SELECT * FROM equity")).toEqual([
      {
        run_id: run.id,
        taken_at: "2022-03-14T14:35:42Z",
        account,
        currency: "USD",
        net_liquidation: 1000000.25,
        cash: 977407.25,
        gross_position_value: 22593,
        leverage_used: 22593 / 1000000.25,
        initial_margin: 5648.25,
        maintenance_margin: 5083.43,
        available_funds: 994352,
        excess_liquidity: 994916.82,
      },
    ]);
    expect(history.lines("equity.csv")).toEqual([
      "run_id,taken_at,account,currency,net_liquidation,cash,gross_position_value,leverage_used,initial_margin,maintenance_margin,available_funds,excess_liquidity",
      "20220314T143500Z,2022-03-14T14:35:42Z,DU1234567,USD,1000000.25,977407.25,22593.00,0.022593,5648.25,5083.43,994352.00,994916.82",
    ]);
    expect(history.lines("positions-20220314T143500Z.csv")).toEqual([
      "symbol,con_id,security_type,currency,shares,average_cost,market_price,market_value,unrealized_pnl,weight",
      "AAPL,265598,STK,USD,150,148.23456789,150.62,22593.00,357.814817,0.022593",
    ]);
  });

  it("keep two currencies, a short, and a position without a mark", async () => {
    const run = await history.begin();
    const positions = [
      positionOf(),
      positionOf({
        conId: 29612193,
        symbol: "SAP, SE",
        currency: "EUR",
        shares: -12.5,
        averageCost: 99.1,
        marketPrice: 100.2,
        marketValue: money("-1252.5", "EUR"),
        unrealizedPnl: money("-13.75", "EUR"),
      }),
      positionOf({
        conId: 1,
        symbol: "ZZZ",
        marketPrice: undefined,
        marketValue: undefined,
        unrealizedPnl: undefined,
      }),
    ];
    const twoCurrencies = accountOf({
      positions,
      cashByCurrency: [money("977407.25", "USD"), money("-20.5", "EUR"), money("3000", "JPY")],
      exchangeRates: new Map([
        ["EUR", 1.0945],
        ["CHF", 1.07],
      ]),
    });
    await history.store.finish(outcomeOf(run, { account: twoCurrencies }));
    expect(history.query("SELECT currency, cash, exchange_rate FROM currencies ORDER BY currency")).toEqual([
      { currency: "CHF", cash: null, exchange_rate: 1.07 },
      { currency: "EUR", cash: -20.5, exchange_rate: 1.0945 },
      { currency: "JPY", cash: 3000, exchange_rate: null },
      { currency: "USD", cash: 977407.25, exchange_rate: 1 },
    ]);
    const rows = history.query(
      "SELECT symbol, currency, shares, market_value, weight FROM positions ORDER BY symbol",
    );
    expect(rows).toMatchObject([
      { symbol: "AAPL", currency: "USD", shares: 150, market_value: 22593 },
      { symbol: "SAP, SE", currency: "EUR", shares: -12.5, market_value: -1252.5 },
      { symbol: "ZZZ", market_value: null, weight: null },
    ]);
    expect((rows[1] as { weight: number }).weight).toBeCloseTo((-1252.5 * 1.0945) / 1000000.25, 12);
    expect(history.lines(`positions-${run.id}.csv`).slice(2)).toEqual([
      '"SAP, SE",29612193,STK,EUR,-12.5,99.10,100.20,-1252.50,-13.75,-0.001371',
      "ZZZ,1,STK,USD,150,148.23456789,,,,",
    ]);
  });

  it("refuse an amount in a currency that its column does not promise", async () => {
    const run = await history.begin();
    const mixed = accountOf({ cash: money("5", "EUR") });
    await expect(history.store.finish(outcomeOf(run, { account: mixed }))).rejects.toThrow(
      "EUR in a column of USD",
    );
    expect(history.query("SELECT verdict FROM runs")).toEqual([{ verdict: null }]);
  });

  it("keep the last millionth of amounts far beyond 2^53", async () => {
    const run = await history.begin();
    const big = accountOf({
      netLiquidation: money("9000000000000.000001", "USD"),
      cash: money("-9000000000000.000003", "USD"),
    });
    await history.store.finish(outcomeOf(run, { account: big }));
    expect(history.lines("equity.csv")[1]).toContain(",9000000000000.000001,-9000000000000.000003,");
    expect(history.query("SELECT CAST(net_liquidation_e6 AS TEXT) AS e6 FROM equity_record")).toEqual([
      { e6: "9000000000000000001" },
    ]);
  });

  it("give no leverage when there is nothing to lever", async () => {
    const run = await history.begin();
    await history.store.finish(
      outcomeOf(run, { account: accountOf({ netLiquidation: money("-5", "USD") }) }),
    );
    expect(history.query("SELECT leverage_used FROM equity")).toEqual([{ leverage_used: null }]);
    expect(history.lines("equity.csv")[1]).toContain(",22593.00,,5648.25,");
  });
});

describe("finishing a run again", () => {
  it("with the same outcome changes nothing", async () => {
    const run = await history.begin();
    const order = plannedOrderOf(run);
    const outcome = outcomeOf(run, {
      executions: [executionOf(order)],
      findings: [{ kind: "holding-not-priced", symbol: "KO" }],
    });
    await history.store.finish(outcome);
    const before = csvFiles();
    await history.store.finish(outcome);
    expect(csvFiles()).toEqual(before);
    expect(history.query("SELECT findings, executions FROM runs")).toEqual([{ findings: 1, executions: 1 }]);
    expect(history.query("SELECT count(*) AS n FROM equity")).toEqual([{ n: 1 }]);
  });

  it("with another outcome replaces the first, in the files too", async () => {
    const run = await history.begin();
    await history.store.finish(outcomeOf(run, { findings: [{ kind: "holding-not-priced", symbol: "KO" }] }));
    const next = await history.begin(later(startedAt, 5_000));
    await history.store.finish(outcomeOf(next));
    await history.store.finish(
      outcomeOf(run, {
        verdict: "attention",
        account: accountOf({ cash: money("1.5", "USD"), positions: [] }),
      }),
    );
    expect(history.query("SELECT verdict, findings FROM runs WHERE run_id = '20220314T143500Z'")).toEqual([
      { verdict: "attention", findings: 0 },
    ]);
    expect(history.lines("equity.csv").map((line) => line.split(",")[5])).toEqual([
      "cash",
      "1.50",
      "977407.25",
    ]);
    expect(history.lines(`positions-${run.id}.csv`)).toHaveLength(1);
  });

  it("is possible for a run that was never begun here", async () => {
    await history.store.finish(
      outcomeOf({ id: "20220314T143500Z", startedAt, window: "2022031414", account }),
    );
    expect(history.query("SELECT run_id, verdict FROM runs")).toEqual([
      { run_id: "20220314T143500Z", verdict: "done" },
    ]);
  });
});

describe("days", () => {
  it("are committed once per session and account", async () => {
    const run = await history.begin(instant("2022-03-14T20:05:00Z"));
    await history.store.finish(outcomeOf(run));
    expect(await history.store.commitDay(outcomeOf(run), session)).toBe(true);
    const again = outcomeOf(run, { account: accountOf({ netLiquidation: money("5", "USD") }) });
    expect(await history.store.commitDay(again, session)).toBe(false);
    expect(
      await history.store.commitDay(outcomeOf(run, { account: accountOf({ id: "DU2" }) }), session),
    ).toBe(true);
    expect(history.query(`SELECT * FROM days WHERE account = '${account}'`)).toEqual([
      {
        account,
        session_on: "2022-03-14",
        open_at: "2022-03-14T13:30:00Z",
        close_at: "2022-03-14T20:00:00Z",
        run_id: run.id,
        committed_at: "2022-03-14T20:05:42Z",
        currency: "USD",
        net_liquidation: 1000000.25,
        cash: 977407.25,
        gross_position_value: 22593,
        leverage_used: 22593 / 1000000.25,
        net_liquidation_change: null,
      },
    ]);
    expect(await history.store.history()).toEqual({
      firstRunAt: run.startedAt,
      lastRunAt: run.startedAt,
      committedDays: new Set(["2022-03-14"]),
    });
  });

  it("wait when the broker did not tell the account", async () => {
    const run = await history.begin();
    expect(await history.store.commitDay(outcomeOf(run, { account: undefined }), session)).toBe(false);
    expect(await history.store.history()).toMatchObject({ committedDays: new Set() });
  });

  it("have no history before the first run", async () => {
    expect(await history.store.history()).toEqual({ firstRunAt: undefined, committedDays: new Set() });
  });
});

it("knows when each contract of the account was last traded, by anybody, since an instant", async () => {
  const run = await history.begin();
  const order = plannedOrderOf(run);
  const other = { conId: 272093, symbol: "MSFT", orderRef: "" };
  await history.store.book(
    run,
    [],
    [
      executionOf(order, { execId: "a.01", executedAt: instant("2022-03-10T14:35:07Z") }),
      executionOf(order, { execId: "b.01", executedAt: instant("2022-03-11T20:59:59Z") }),
      executionOf(order, { ...other, execId: "c.01", executedAt: instant("2022-03-14T14:35:07Z") }),
    ],
  );
  const lastTrades = (since: string, of = account) => history.store.lastTrades(of, instant(since));
  const conId = order.instrument.conId;
  expect([...(await lastTrades("2022-03-10T00:00:00Z"))]).toEqual([
    [conId, instant("2022-03-11T20:59:59Z")],
    [272093, instant("2022-03-14T14:35:07Z")],
  ]);
  expect([...(await lastTrades("2022-03-12T00:00:00Z")).keys()]).toEqual([272093]);
  expect([...(await lastTrades("2022-03-10T00:00:00Z", "DU7654321"))]).toEqual([]);
});
