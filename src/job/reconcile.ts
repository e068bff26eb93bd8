import type { Account } from "../trading/account.ts";
import type { Finding } from "../trading/finding.ts";
import {
  findingOf,
  netLiquidationBreak,
  type PositionBreak,
  positionBreaks,
} from "../trading/reconciliation.ts";
import { held, ok, type Result } from "../trading/result.ts";
import type { RiskRecord } from "../trading/risk/risk-record.ts";
import type { Desk } from "./desk.ts";

export interface Reconciled {
  /** As the broker told it last. */
  readonly account: Account;
  /** Contracts that are not traded, because what is held of them is not explained. */
  readonly frozen: ReadonlySet<number>;
  /** Why, for each of them. */
  readonly findings: readonly Finding[];
}

interface Needs extends Pick<Desk, "broker" | "books" | "maxNavMove"> {
  /** What net liquidation was, and what was paid in and out since. */
  readonly record: Pick<RiskRecord, "equity" | "flows">;
}

/**
 * The broker's positions against our own count. What differs is asked for once more, with the executions that may explain
 * it; what stays is a break: its symbol is frozen until a person accepts it. Net liquidation that jumped, a margin
 * deficit and the broker's warning of one hold the whole run.
 */
export async function reconcile(told: Account, desk: Needs): Promise<Result<Reconciled>> {
  const { books } = desk;
  if (!(await books.expectedPositions())) await books.openPositions(told.positions);
  const looked = await lookUntilExplained(told, desk);
  if (!looked.ok) return looked;
  const { account, unexplained } = looked.value;

  const now = desk.broker.marketTime();
  const jump = netLiquidationBreak(
    desk.record,
    { at: now, netLiquidation: account.netLiquidation },
    desk.maxNavMove,
  );
  const breaks = await books.keepBreaks([...unexplained, ...(jump ? [jump] : [])], now);
  const findings = breaks.map((open) => findingOf(open, desk.maxNavMove));
  const isDeficit = account.excessLiquidity.e6 < 0n;
  if (isDeficit) findings.push({ kind: "margin-deficit", excessLiquidity: account.excessLiquidity });
  const { marginCall } = desk.broker.progress();
  if (marginCall) findings.push({ kind: "margin-called", ...marginCall });
  const frozen = new Set(breaks.flatMap((open) => (open.kind === "position" ? [open.conId] : [])));
  return jump || isDeficit || marginCall ? held(...findings) : ok({ account, frozen, findings });
}

/** Where orders work, a fill may come between any two questions: so often the two are asked again. */
const looksAgain = 3;

/** A fill between the two questions is no break: its execution is asked for, and then the account again. */
async function lookUntilExplained(
  told: Account,
  { broker, books }: Needs,
): Promise<Result<{ readonly account: Account; readonly unexplained: readonly PositionBreak[] }>> {
  let account = told;
  for (let looks = 0; ; looks++) {
    const unexplained = positionBreaks((await books.expectedPositions()) ?? [], account.positions);
    if (unexplained.length === 0 || looks === looksAgain) return ok({ account, unexplained });
    const executions = await broker.executions();
    if (!executions.ok) return executions;
    await books.book(
      [],
      executions.value.filter((execution) => execution.account === broker.identity.account),
    );
    const latest = await broker.account();
    if (!latest.ok) return latest;
    account = latest.value;
    await books.book([], broker.progress().executions);
  }
}
