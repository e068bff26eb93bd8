import type { Broker } from "../ports.ts";
import type { Account } from "../trading/account.ts";
import type { Finding } from "../trading/finding.ts";
import { findingOf, netLiquidationBreak, positionBreaks } from "../trading/reconciliation.ts";
import { held, ok, type Result } from "../trading/result.ts";
import type { Bookkeeper } from "./bookkeeper.ts";

export interface Reconciled {
  /** As the broker told it last. */
  readonly account: Account;
  /** Contracts that are not traded, because what is held of them is not explained. */
  readonly frozen: ReadonlySet<number>;
  /** Why, for each of them. */
  readonly findings: readonly Finding[];
}

interface Desk {
  readonly broker: Broker;
  readonly books: Bookkeeper;
  /** By how much net liquidation may move between two runs; 0.2 is 20 %. */
  readonly maxNavMove: number;
}

/**
 * The broker's positions against our own count. What differs is asked for once more, with the executions that may explain
 * it; what stays is a break: its symbol is frozen until a person accepts it. Net liquidation that jumped, and a margin
 * deficit, hold the whole run.
 */
export async function reconcile(told: Account, desk: Desk): Promise<Result<Reconciled>> {
  const { books } = desk;
  const opened = await books.expectedPositions();
  if (!opened) await books.openPositions(told.positions);
  const differs = opened !== undefined && positionBreaks(opened, told.positions).length > 0;
  const latest = differs ? await lookAgain(desk) : ok(told);
  if (!latest.ok) return latest;
  const account = latest.value;

  const expected = (await books.expectedPositions()) ?? [];
  const known = await books.openBreaks();
  const netLiquidationBefore =
    known.find((open) => open.kind === "net-liquidation")?.expected ?? (await books.lastNetLiquidation());
  const jump = netLiquidationBreak(netLiquidationBefore, account, desk.maxNavMove);
  const breaks = await books.keepBreaks(
    [...positionBreaks(expected, account.positions), ...(jump ? [jump] : [])],
    desk.broker.marketTime(),
  );
  const findings = breaks.map((open) => findingOf(open, desk.maxNavMove));
  const isDeficit = account.excessLiquidity.e6 < 0n;
  if (isDeficit) findings.push({ kind: "margin-deficit", excessLiquidity: account.excessLiquidity });
  const frozen = new Set(breaks.flatMap((open) => (open.kind === "position" ? [open.conId] : [])));
  return jump || isDeficit ? held(...findings) : ok({ account, frozen, findings });
}

/** A fill between the two questions is no break: its execution is asked for, and then the account again. */
async function lookAgain({ broker, books }: Desk): Promise<Result<Account>> {
  const executions = await broker.executions();
  if (!executions.ok) return executions;
  await books.book(
    [],
    executions.value.filter(({ account }) => account === broker.identity.account),
  );
  return await broker.account();
}
