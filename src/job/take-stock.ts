import type { Account } from "../trading/account.ts";
import { all, type Result, valueOf, whenOk } from "../trading/result.ts";
import type { RiskRecord } from "../trading/risk/risk-record.ts";
import type { Desk } from "./desk.ts";
import { readAccount } from "./read-account.ts";
import { type Reconciled, reconcile } from "./reconcile.ts";

/** What the account holds: as the broker tells it, and as our own books explain it. */
export interface Stock {
  /** What it was worth before, and what was paid in and out since. */
  readonly record: RiskRecord;
  readonly reconciled: Result<Reconciled>;
  /** As told last, explained or not; undefined when the broker did not tell. */
  readonly account: Account | undefined;
}

/**
 * Net liquidation and positions, held against our own books once earlier orders are `settled`: until then nobody can say
 * what the books should hold. Every finding is noted.
 */
export async function takeStock(settled: Result<unknown>, desk: Desk): Promise<Stock> {
  const { broker, books, session, journal, findings } = desk;
  const told = findings.note(await readAccount(broker, journal));
  const record = await books.riskRecord(session);
  const reconciled = findings.note(
    await whenOk(all({ settled, told }), (known) => reconcile(known.told, { ...desk, record })),
  );
  findings.add(...(valueOf(reconciled)?.findings ?? []));
  return { record, reconciled, account: valueOf(reconciled)?.account ?? valueOf(told) };
}
