import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import {
  amountText,
  averagePriceOf,
  changeText,
  moneyText,
  percentText,
  sharesText,
} from "../../reports/numbers.ts";
import { fateText, orderName } from "../../reports/order-text.ts";
import { nothing } from "../../reports/plan-table.ts";
import { reasonText } from "../../reports/reason-text.ts";
import { left, right, tableLines } from "../../reports/table.ts";
import type { Execution } from "../../trading/execution.ts";
import { absolute, add, type Money, ratio, subtract, toNumber, zero } from "../../trading/money.ts";
import type { Outcome } from "../../trading/outcome.ts";
import type { Trade } from "../../trading/planner/plan.ts";
import { notional } from "../../trading/price.ts";
import type { Host } from "../host.ts";
import { paintOn } from "../show-run.ts";

/** The end of the demo, for somebody who sees the program for the first time. */
export function demoSummary(outcomes: readonly Outcome[], folder: string, host: Host): string {
  const paint = paintOn(host.stdout, host);
  const title = (text: string) => `\n${paint("bold", text)}`;
  return `${[
    title("What was traded"),
    ...indented(tableLines({ columns: tradedColumns, rows: tradedRows(outcomes) }, 98, paint)),
    title("What did not go smoothly"),
    ...indented(roughLines(outcomes)),
    title("What was left alone at the last plan, and why"),
    ...indented(leftAlone(outcomes)),
    title("How the account did"),
    ...indented(accountLines(outcomes)),
    title("Where everything is"),
    ...indented(places(folder, host)),
    title("What to type next"),
    ...indented(nextSteps(folder, host)),
  ].join("\n")}\n`;
}

const indented = (lines: readonly string[]) => lines.map((line) => `  ${line}`);

const tradedColumns = [
  left("Instrument"),
  right("Bought"),
  right("at"),
  right("Sold"),
  right("at"),
  right("Commission"),
  right("Held now"),
  left("Last reason"),
];

function tradedRows(outcomes: readonly Outcome[]): string[][] {
  const executions = outcomes.flatMap((outcome) => outcome.executions);
  const trades = outcomes.flatMap((outcome) => outcome.plan?.trades ?? []);
  const positions = outcomes.findLast((outcome) => outcome.account)?.account?.positions ?? [];
  return [...new Set(executions.map(({ symbol }) => symbol))].toSorted().map((symbol) => {
    const own = executions.filter((execution) => execution.symbol === symbol);
    const traded = (side: Execution["side"]) => {
      const ones = own.filter((execution) => execution.side === side);
      const shares = sum(ones.map((execution) => execution.shares));
      const value = sum(ones.map((execution) => execution.shares * execution.price));
      return shares === 0 ? [nothing, nothing] : [sharesText(shares), averagePriceOf(value / shares)];
    };
    const reason = trades.findLast((trade) => trade.symbol === symbol);
    return [
      symbol,
      ...traded("buy"),
      ...traded("sell"),
      amountText(
        own.reduce<Money>((total, { commission }) => add(total, commission ?? zero("USD")), zero("USD")),
      ),
      sharesText(positions.find((position) => position.symbol === symbol)?.shares ?? 0),
      reason ? lastReason(reason) : "",
    ];
  });
}

function lastReason({ reason, targetWeight }: Trade): string {
  return targetWeight === 0 || targetWeight === undefined
    ? reason
    : `${reason}, target ${percentText(targetWeight)}`;
}

/** Orders that did not fill at once, and the run that was held. */
function roughLines(outcomes: readonly Outcome[]): string[] {
  const taken = outcomes
    .flatMap((outcome) => outcome.settledOrders)
    .map((order) =>
      order.state.life === "done" && order.state.status === "filled"
        ? `${orderName(order)}: was filled only after its run had ended; the next run found that out.`
        : `${orderName(order)}: ${fateText(order)}; the rest was planned anew.`,
    );
  const held = outcomes
    .filter((outcome) => outcome.verdict === "held")
    .map(
      (outcome) =>
        `Run ${outcome.run.id} was held and sent nothing; the next one found the file whole again.`,
    );
  return [...taken, ...held];
}

function leftAlone(outcomes: readonly Outcome[]): string[] {
  const plan = outcomes.findLast((outcome) => outcome.plan)?.plan;
  return (plan?.untouched ?? []).map((line) => `${line.symbol.padEnd(5)} ${reasonText(line)}`);
}

function accountLines(outcomes: readonly Outcome[]): string[] {
  const accounts = outcomes.flatMap((outcome) => (outcome.account ? [outcome.account] : []));
  const [first, last] = [accounts[0], accounts.at(-1)];
  if (!first || !last) return [];
  const change = subtract(last.netLiquidation, first.netLiquidation);
  const executions = outcomes.flatMap((outcome) => outcome.executions);
  const turnover = executions.reduce(
    (total, { shares, price }) => add(total, absolute(notional(shares, price, 1, "USD"))),
    zero<string>("USD"),
  );
  const commission = executions.reduce<Money>(
    (total, e) => add(total, e.commission ?? zero("USD")),
    zero("USD"),
  );
  return [
    `Net liquidation ${moneyText(last.netLiquidation)}, ${changeText(ratio(change, first.netLiquidation))} since the first run of the session.`,
    `${executions.length} executions worth ${moneyText(turnover)}; commission ${moneyText(commission)} (${((toNumber(commission) / toNumber(turnover)) * 10_000).toFixed(1)} bps).`,
  ];
}

function places(folder: string, host: Host): string[] {
  const path = (...parts: string[]) => relative(host.cwd, join(folder, ...parts)) || ".";
  const mails = readdirSync(join(folder, "mail", "outbox")).length;
  return [
    `order files   ${path("orders")}  (one per run; the latest again as latest.csv)`,
    `snapshots     ${path("snapshots")}  (positions-*.csv, trades.csv, equity.csv)`,
    `history       ${path("snapshots", "history.db")}  (SQLite; snapshots/README.md describes the tables)`,
    `mails         ${path("mail", "outbox")}  (${mails} mails: open, middle and close update, and one alert)`,
    `logs          ${path("logs")}  (one per run: every event as a line of JSON)`,
    `configuration ${path("trader.toml")} and ${path("forecasts")}`,
  ];
}

function nextSteps(folder: string, host: Host): string[] {
  const path = (...parts: string[]) => relative(host.cwd, join(folder, ...parts)) || ".";
  return [
    `cat ${path("orders", "latest.csv")}`,
    `sqlite3 -header -column ${path("snapshots", "history.db")} "select * from equity"    # apt install sqlite3, if need be`,
    "npx trader gateway --at 2022-11-10T15:40    # your own paper gateway, an empty account; in another terminal:",
    `npx trader dry-run --config ${path("own.toml")}    # what a run would do there; trader run does it`,
    "less docs/going-live.md    # from here to your own account, safely",
  ];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
