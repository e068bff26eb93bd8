// What a demo left behind must tell one story: order files, history, CSV files, mails and logs against each other.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import PostalMime from "postal-mime";
import { Database } from "../dist/storage/sqlite/sqlite.js";

const folder = process.argv[2] ?? "demo";
const db = new Database(join(folder, "snapshots", "history.db"), { readonly: true });
const rows = (sql, ...values) => db.prepare(sql).all(...values);
const csv = (...path) => parse(readFileSync(join(folder, ...path)), { columns: true });
const files = (...path) => readdirSync(join(folder, ...path)).toSorted(byText);

const byText = (a, b) => (String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0);

const checks = {
  "eight runs connected; one of them was held and the next one was done": () => {
    const verdicts = rows("SELECT verdict FROM runs ORDER BY started_at").map((row) => row.verdict);
    assert.deepEqual(verdicts, ["done", "done", "done", "held", "done", "done", "done", "closed"]);
    assert.deepEqual(rows("SELECT kind FROM findings").map((row) => row.kind), ["forecast-truncated"]);
  },
  "every order file is the intent of the orders on record": () => {
    const written = files("orders").filter((name) => name !== "latest.csv");
    assert.equal(written.length, 6);
    let orders = 0;
    for (const name of written) {
      for (const line of csv("orders", name)) {
        assert.match(line.action, /^(Buy|Sell|Do nothing)$/);
        assert.ok(line.reason.length > 10, `${name}: ${line.symbol} has no reason`);
        if (line.action === "Do nothing") continue;
        const [order] = rows("SELECT * FROM orders WHERE order_ref = ?", line.order_ref);
        assert.equal(order.side, line.action.toLowerCase());
        assert.equal(order.shares, Number(line.quantity));
        assert.equal(order.limit_price, Number(line.limit_price));
        assert.equal(`${order.run_id}.csv`, name);
        orders += 1;
      }
    }
    assert.equal(orders, rows("SELECT count(*) AS n FROM orders")[0].n);
    assert.ok(orders > 15);
  },
  "all orders have ended: filled, and one partly filled and cancelled": () => {
    const open = rows("SELECT * FROM orders WHERE life <> 'done'");
    assert.deepEqual(open, []);
    const partly = rows("SELECT * FROM orders WHERE status = 'cancelled'");
    assert.equal(partly.length, 1);
    assert.ok(partly[0].filled_shares > 0 && partly[0].filled_shares < partly[0].shares);
    assert.deepEqual(rows("SELECT * FROM orders WHERE status = 'filled' AND filled_shares <> shares"), []);
  },
  "no fill is worse than its order's limit": () => {
    const worse = rows(`SELECT * FROM executions e JOIN orders o USING (order_ref)
      WHERE (e.side = 'buy' AND e.price > o.limit_price) OR (e.side = 'sell' AND e.price < o.limit_price)`);
    assert.deepEqual(worse, []);
  },
  "trades.csv and the history have the same executions": () => {
    const told = csv("snapshots", "trades.csv").map((line) => [line.exec_id, Number(line.shares), Number(line.price)]);
    const booked = rows("SELECT exec_id, shares, price FROM executions").map((e) => [e.exec_id, e.shares, e.price]);
    assert.deepEqual(told.toSorted(byText), booked.toSorted(byText));
    assert.ok(booked.length > 50);
  },
  "what is held at the end is what was held plus what was traded": () => {
    const first = { XOM: 1100, PFE: 1600, GE: 450, CVX: 300 };
    const traded = rows("SELECT symbol, sum(CASE side WHEN 'buy' THEN shares ELSE -shares END) AS shares FROM executions GROUP BY symbol");
    for (const { symbol, shares } of traded) first[symbol] = (first[symbol] ?? 0) + shares;
    const [{ run_id: last }] = rows("SELECT max(run_id) AS run_id FROM positions");
    const held = rows("SELECT symbol, shares FROM positions WHERE run_id = ? AND shares <> 0", last);
    assert.deepEqual(
      Object.fromEntries(held.map(({ symbol, shares }) => [symbol, shares])),
      Object.fromEntries(Object.entries(first).filter(([, shares]) => shares !== 0)),
    );
    const inFile = csv("snapshots", `positions-${last}.csv`).filter((line) => Number(line.shares) !== 0);
    assert.equal(inFile.length, held.length);
  },
  "equity has a row for every run and the day is on record": () => {
    assert.equal(csv("snapshots", "equity.csv").length, 8);
    assert.equal(rows("SELECT count(*) AS n FROM equity")[0].n, 8);
    assert.deepEqual(rows("SELECT session_on FROM days").map((row) => row.session_on), ["2022-11-10"]);
  },
  "three updates and one alert are in the outbox, in text and HTML": async () => {
    const mails = await Promise.all(
      files("mail", "outbox").map((name) => PostalMime.parse(readFileSync(join(folder, "mail", "outbox", name)))),
    );
    assert.equal(mails.length, 4);
    const subjects = mails.map((mail) => mail.subject).join("\n");
    for (const word of ["open update", "middle update", "close update", "HELD"]) assert.ok(subjects.includes(word), word);
    for (const mail of mails) assert.ok(mail.text.length > 300 && mail.html.includes("<table"));
  },
  "nine logs, each a run from its start to its end": () => {
    const logs = files("logs");
    assert.equal(logs.length, 9);
    for (const name of logs) {
      const kinds = readFileSync(join(folder, "logs", name), "utf8").trim().split("\n").map((line) => JSON.parse(line).kind);
      assert.equal(kinds.at(-1), "run-ended");
    }
  },
};

let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    console.log(`ok      ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}\n${error.message}`);
  }
}
process.exitCode = failed === 0 ? 0 : 1;
