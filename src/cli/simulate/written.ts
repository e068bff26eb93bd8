import type { Db } from "../../storage/sqlite/sqlite.ts";
import { type Instant, isoSecondsOf } from "../../trading/instant.ts";
import type { Side } from "../../trading/side.ts";

/** An execution as the history has it. */
export interface ExecutionRow {
  readonly exec_id: string;
  readonly side: Side;
  readonly shares: number;
  readonly price: number;
  readonly order_ref: string;
  readonly commission: bigint | null;
}

/** What the program has written down, read past its own code. */
export class Written {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /** What the record of an order says. */
  order(orderRef: string): { readonly shares: number; readonly life: string } | undefined {
    return this.#db
      .prepare<[string], { shares: number; life: string }>(
        "SELECT shares, life FROM order_record WHERE order_ref = ?",
      )
      .get(orderRef);
  }

  /** The last new terms on record for an order, and the shares that it may work for by its own record. */
  change(orderRef: string): { readonly shares: number; readonly mayWorkFor: number } | undefined {
    return this.#db
      .prepare<[string], { shares: number; mayWorkFor: number }>(
        `SELECT c.shares, o.shares AS mayWorkFor FROM order_change_record AS c JOIN order_record AS o USING (order_ref)
         WHERE order_ref = ? ORDER BY change DESC LIMIT 1`,
      )
      .get(orderRef);
  }

  executions(): readonly ExecutionRow[] {
    return this.#db
      .prepare<[], ExecutionRow>(
        "SELECT exec_id, side, shares, price, order_ref, commission_e6 AS commission FROM execution_record",
      )
      .all();
  }

  /** Shares by conId in a run's snapshot, in the order of the conIds. */
  positionsOf(runId: string): readonly (readonly [conId: number, shares: number])[] {
    return this.#db
      .prepare<[string], { con_id: bigint; shares: number }>(
        "SELECT con_id, shares FROM position_record WHERE run_id = ? ORDER BY con_id",
      )
      .all(runId)
      .map(({ con_id, shares }) => [Number(con_id), shares]);
  }

  /** What the program counts as held, by conId. */
  countedShares(): ReadonlyMap<number, number> {
    const rows = this.#db
      .prepare<[], { con_id: bigint; shares: number }>(
        "SELECT con_id, total(shares) AS shares FROM position_entry_record GROUP BY con_id",
      )
      .all();
    return new Map(rows.map(({ con_id, shares }) => [Number(con_id), shares]));
  }

  /** Contracts with a break that is not settled; net liquidation's is 0. */
  openBreaks(): ReadonlySet<number> {
    const open = this.#db
      .prepare<[], { con_id: bigint }>("SELECT con_id FROM break_record WHERE settled_at IS NULL")
      .all();
    return new Set(open.map(({ con_id }) => Number(con_id)));
  }

  /** Was a break found since, or known already, or did our count begin later? */
  hasBreakSince(conId: number, at: Instant): boolean {
    const iso = isoSecondsOf(at);
    const opened = this.#db
      .prepare<[], { first: string | null }>(
        `SELECT min(started_at) AS first FROM run_record JOIN position_entry_record USING (run_id)
         WHERE reason = 'opening'`,
      )
      .get();
    const found = this.#db
      .prepare<[number, string, string]>(
        `SELECT 1 FROM break_record
         WHERE con_id = ? AND (found_at >= ? OR settled_at IS NULL OR settled_at >= ?)`,
      )
      .get(conId, iso, iso);
    return found !== undefined || (opened?.first ?? iso) >= iso;
  }
}
