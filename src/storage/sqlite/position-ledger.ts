import type { Position } from "../../trading/account.ts";
import type { Execution } from "../../trading/execution.ts";
import type { ExpectedPosition } from "../../trading/reconciliation.ts";
import type { Run } from "../../trading/run.ts";
import { sign } from "../../trading/side.ts";
import type { Db } from "./sqlite.ts";

/** Our own count of what the account holds: entries that are only ever added, and whose sum is what we expect. */

/** An execution that was not on record. Inside the transaction that books it. */
export function enterExecution(db: Db, run: Run, execution: Execution, key: string): void {
  const shares = sign(execution.side) * execution.shares;
  enter(db, run, { ...execution, shares, reason: "execution", key });
}

/** A correction changes the count by as much as it changes the execution. Inside the transaction that books it. */
export function enterCorrection(
  db: Db,
  run: Run,
  execution: Execution,
  { key, sharesBefore }: { readonly key: string; readonly sharesBefore: number },
): void {
  const shares = sign(execution.side) * (execution.shares - sharesBefore);
  if (shares !== 0) enter(db, run, { ...execution, shares, reason: "correction", key });
}

/** Not of any contract: says that the account was looked at, also when it held nothing. */
const openingMark = { conId: 0, symbol: "", shares: 0 };

/** The first look at an account: whatever it holds, and we cannot account for, is where our count begins. */
export function enterOpening(db: Db, run: Run, positions: readonly Position[]): void {
  const counted = new Map(sums(db, run.account).map(({ conId, shares }) => [conId, shares]));
  for (const { conId, symbol, shares } of [openingMark, ...positions]) {
    const missing = { conId, symbol, shares: shares - (counted.get(conId) ?? 0) };
    enter(db, run, { ...missing, account: run.account, reason: "opening" });
  }
}

/** A person says that what the broker tells is right, whatever the reason. */
export function enterAccepted(
  db: Db,
  account: string,
  { conId, symbol, shares }: { readonly conId: number; readonly symbol: string; readonly shares: number },
): void {
  enter(db, undefined, { account, conId, symbol, shares, reason: "accepted" });
}

/** What we expect the account to hold; undefined when nobody has looked at it yet. */
export function expectedPositions(db: Db, account: string): readonly ExpectedPosition[] | undefined {
  const isOpened = db
    .prepare("SELECT 1 FROM position_entry_record WHERE account = ? AND con_id = 0 LIMIT 1")
    .get(account);
  return isOpened === undefined ? undefined : sums(db, account).filter(({ shares }) => shares !== 0);
}

function sums(db: Db, account: string): readonly ExpectedPosition[] {
  interface Row {
    con_id: bigint;
    symbol: string;
    shares: number;
  }
  return db
    .prepare<[string], Row>(
      `SELECT con_id, symbol, total(shares) AS shares FROM position_entry_record WHERE account = ? GROUP BY con_id`,
    )
    .all(account)
    .map(({ con_id, symbol, shares }) => ({ conId: Number(con_id), symbol, shares }));
}

interface Entry {
  readonly account: string;
  readonly conId: number;
  readonly symbol: string;
  readonly shares: number;
  readonly reason: "opening" | "execution" | "correction" | "accepted";
  readonly key?: string;
}

function enter(db: Db, run: Run | undefined, { account, conId, symbol, shares, reason, key }: Entry): void {
  db.prepare(
    `INSERT INTO position_entry_record (account, con_id, symbol, shares, reason, execution_key, run_id)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  ).run(account, conId, symbol, shares, reason, key ?? null, run?.id ?? null);
}
