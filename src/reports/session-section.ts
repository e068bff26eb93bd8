import { ratio, subtract } from "../trading/money.ts";
import type { Outcome } from "../trading/outcome.ts";
import { spokenTime } from "../trading/session.ts";
import type { SessionSoFar } from "../trading/session-so-far.ts";
import { changeText, moneyListText, moneyText } from "./numbers.ts";
import { commissionText, type Fact, type Section } from "./outcome-report.ts";
import { counted } from "./plain-text.ts";

/** All that the session's runs came to, so that nobody adds up hourly mails. */
export function sessionSection(soFar: SessionSoFar, outcome: Outcome, zone: string): Section {
  const { runs, orders, executions } = soFar;
  const facts: Fact[] = [
    ["Runs", runsText(runs)],
    ["Orders", orders.sent === 0 ? "none" : `${orders.sent}: ${fatesOf(orders).join(", ")}`],
    ["Executions", executions.count === 0 ? "none" : String(executions.count)],
    ...turnoverFacts(executions),
    ...changeFacts(soFar, outcome, zone),
  ];
  return { kind: "facts", title: "The session so far", facts };
}

/**
 * "24 orders, 1 UNKNOWN, 142 executions, 1 run was held": the session in a subject. Cancelled and partly filled orders are
 * every day's business and are told in the section alone.
 */
export function sessionWords({ runs, orders, executions }: SessionSoFar): string {
  const open = { working: orders.working, rejected: orders.rejected, UNKNOWN: orders.unknown };
  return [
    orders.sent === 0 ? "no orders" : counted(orders.sent, "order"),
    ...some(open),
    executions.count === 0 ? "no executions" : counted(executions.count, "execution"),
    ...troublesOf(runs),
  ].join(", ");
}

/**
 * "+0.42 %" since the session's first snapshot; undefined when there is none to compare with, or it is this run's own.
 * Deposits and withdrawals are in it: it is the change of what the account is worth, not a return.
 */
export function sessionChange(
  { firstSnapshot }: SessionSoFar,
  { account, run }: Outcome,
): string | undefined {
  if (!account || !firstSnapshot || firstSnapshot.runId === run.id) return undefined;
  const { netLiquidation: before } = firstSnapshot;
  const { netLiquidation: now } = account;
  if (before.e6 <= 0n || before.currency !== now.currency) return undefined;
  return changeText(ratio(subtract(now, before), before));
}

function changeFacts(soFar: SessionSoFar, outcome: Outcome, zone: string): readonly Fact[] {
  const change = sessionChange(soFar, outcome);
  if (change === undefined || !soFar.firstSnapshot) return [];
  const { takenAt, netLiquidation } = soFar.firstSnapshot;
  const since = `${change} since ${spokenTime(takenAt, zone)}, when it was ${moneyText(netLiquidation)}`;
  return [["Net liquidation", `${since} (deposits and withdrawals included)`]];
}

function runsText(runs: SessionSoFar["runs"]): string {
  const troubles = troublesOf(runs);
  return troubles.length === 0 ? String(runs.count) : `${runs.count} (${troubles.join(", ")})`;
}

function turnoverFacts(executions: SessionSoFar["executions"]): readonly Fact[] {
  if (executions.count === 0) return [];
  const { bought, sold, commission, withoutCommission } = executions;
  return [
    ["Bought", bought.length === 0 ? "nothing" : moneyListText(bought)],
    ["Sold", sold.length === 0 ? "nothing" : moneyListText(sold)],
    ["Commission", commissionText(commission, withoutCommission)],
  ];
}

function fatesOf(orders: SessionSoFar["orders"]): readonly string[] {
  return some({
    filled: orders.filled,
    "partly filled": orders.partlyFilled,
    cancelled: orders.cancelled,
    rejected: orders.rejected,
    UNKNOWN: orders.unknown,
    working: orders.working,
  });
}

function troublesOf(runs: SessionSoFar["runs"]): readonly string[] {
  const troubles = [
    [runs.held, "run was held", "runs were held"],
    [runs.attention, "run asked for attention", "runs asked for attention"],
    [runs.crashed, "run crashed", "runs crashed"],
    [runs.unreachable, "run did not reach the broker", "runs did not reach the broker"],
    [runs.interrupted, "run was interrupted", "runs were interrupted"],
  ] as const;
  return troubles.flatMap(([count, one, many]) => (count === 0 ? [] : [counted(count, one, many)]));
}

/** "17 filled", "1 UNKNOWN": those of which there are any. */
function some(counts: Readonly<Record<string, number>>): readonly string[] {
  return Object.entries(counts).flatMap(([what, count]) => (count === 0 ? [] : [`${count} ${what}`]));
}
