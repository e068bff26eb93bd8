import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Instant, instant } from "../trading/instant.ts";
import type { RecordedIntent, UnsettledOrder } from "../trading/order.ts";
import type { ExpectedPosition, OpenBreak } from "../trading/reconciliation.ts";
import type { Override } from "../trading/risk/check.ts";
import type { CashFlow } from "../trading/risk/equity.ts";
import type { RiskRecord } from "../trading/risk/risk-record.ts";
import type { AcceptedStrategy, StrategyRecord } from "../trading/risk/strategy-value.ts";
import type { Session } from "../trading/session.ts";
import { openBreaks } from "./sqlite/breaks.ts";
import { lastProtectionFills, lastTrades } from "./sqlite/executions.ts";
import { isOfThisFormat } from "./sqlite/open-database.ts";
import { intentsOf, isSentIn, unsettledOrders } from "./sqlite/orders.ts";
import { expectedPositions } from "./sqlite/position-ledger.ts";
import { flowsOf, overridesOf, riskRecord } from "./sqlite/risk.ts";
import { gapsBefore } from "./sqlite/runs.ts";
import { Database } from "./sqlite/sqlite.ts";
import { acceptedStrategies, strategiesOf } from "./sqlite/strategies.ts";

/** The history of a data folder, looked at and not touched, also while a run writes it. */
export interface ReadableHistory {
  lastRun(account: string): LastRun | undefined;
  unsettledOrders(account: string): readonly UnsettledOrder[];
  isSentIn(account: string, window: string): boolean;
  lastTrades(account: string, since: Instant): ReadonlyMap<number, Instant>;
  lastProtectionFills(account: string, since: Instant): ReadonlyMap<number, Instant>;
  gapsBefore(account: string): ReadonlySet<string>;
  acceptedStrategies(account: string): readonly AcceptedStrategy[];
  intentsOf(orderRefs: readonly string[]): ReadonlyMap<string, RecordedIntent>;
  expectedPositions(account: string): readonly ExpectedPosition[] | undefined;
  riskRecord(account: string, session: Session | undefined): RiskRecord;
  overrides(account: string): readonly Override[];
  flows(account: string): readonly CashFlow[];
  openBreaks(account: string): readonly OpenBreak[];
  /** What the strategies that may be stopped were worth at the last look. */
  strategies(account: string): readonly StrategyRecord[];
  close(): void;
}

export interface LastRun {
  readonly id: string;
  readonly startedAt: Instant;
  /** Undefined while it has not ended: it works now, or it died. */
  readonly verdict: string | undefined;
}

/** Undefined when there is no history yet, or one of an older format: the next run makes it or brings it up to date. */
export function openHistoryToRead(folder: string): ReadableHistory | undefined {
  const file = join(folder, "history.db");
  if (!existsSync(file)) return undefined;
  const db = new Database(file, { readonly: true });
  db.defaultSafeIntegers(true);
  if (!isOfThisFormat(db)) {
    db.close();
    return undefined;
  }
  return {
    lastRun(account) {
      const row = db
        .prepare<[string], { run_id: string; started_at: string; verdict: string | null }>(
          "SELECT run_id, started_at, verdict FROM run_record WHERE account = ? ORDER BY started_at DESC, run_id DESC LIMIT 1",
        )
        .get(account);
      return row && { id: row.run_id, startedAt: instant(row.started_at), verdict: row.verdict ?? undefined };
    },
    unsettledOrders: (account) => unsettledOrders(db, account),
    isSentIn: (account, window) => isSentIn(db, account, window),
    lastTrades: (account, since) => lastTrades(db, account, since),
    lastProtectionFills: (account, since) => lastProtectionFills(db, account, since),
    acceptedStrategies: (account) => acceptedStrategies(db, account),
    gapsBefore: (account) => gapsBefore(db, account),
    intentsOf: (orderRefs) => intentsOf(db, orderRefs),
    expectedPositions: (account) => expectedPositions(db, account),
    riskRecord: (account, session) => db.transaction(() => riskRecord(db, account, session))(),
    overrides: (account) => overridesOf(db, account),
    flows: (account) => flowsOf(db, account),
    openBreaks: (account) => openBreaks(db, account),
    strategies: (account) => strategiesOf(db, account),
    close: () => db.close(),
  };
}
