import type { Account } from "./account.ts";
import type { Execution } from "./execution.ts";
import type { Finding } from "./finding.ts";
import type { Instant } from "./instant.ts";
import type { MarginPreview } from "./margin.ts";
import type { Money } from "./money.ts";
import type { OrderReport, PlannedOrder } from "./order.ts";
import type { Verdict } from "./outcome.ts";
import type { WaveReason } from "./planner/next-wave.ts";
import type { Plan } from "./planner/plan.ts";
import type { Review } from "./risk/review.ts";
import type { Run } from "./run.ts";
import type { Session } from "./session.ts";

/** Every significant act of a run, as it happens. Terminal, `--json`, the log and later views all read these. */
export type RunEvent =
  | { kind: "run-started"; run: Run; session: Session | undefined; nextSession: Session | undefined }
  | { kind: "market-closed"; nextSession: Session | undefined }
  | { kind: "window-already-traded"; window: string }
  | {
      kind: "connected";
      account: string;
      clientId: number;
      serverVersion: number;
      marketTimeAt: Instant;
      skewSeconds: number;
    }
  | { kind: "broker-notice"; code: number; text: string }
  | { kind: "order-settled"; order: OrderReport }
  | { kind: "working-order-cancelled"; order: OrderReport }
  | { kind: "foreign-order-left-alone"; order: OrderReport }
  | {
      kind: "forecast-read";
      strategy: string;
      file: string;
      asOf: Instant;
      rows: number;
      leverage: number;
      leverageAsWritten: number;
    }
  | { kind: "account-read"; account: Account }
  | { kind: "contracts-known"; cached: number; asked: number }
  | { kind: "quotes-read"; count: number; seconds: number }
  /** What strategies are still measured by, though no forecast names it any more, has no price: their value is not known. */
  | { kind: "dropped-not-priced"; symbols: readonly string[]; because: readonly Finding[] }
  /** What the broker says that an order would do; it was not sent. */
  | { kind: "order-previewed"; order: PlannedOrder; preview: MarginPreview }
  /** The run plans again, after its orders have settled. */
  | { kind: "wave-begins"; number: number; because: WaveReason }
  /** The account's cash does not show the fills yet: what waits goes with the next run. */
  | { kind: "wave-put-off"; cash: Money }
  | { kind: "planned"; plan: Plan }
  | { kind: "order-file-written"; file: string }
  | { kind: "reviewed"; review: Review; cleared: boolean }
  | { kind: "finding"; finding: Finding }
  | { kind: "order-sent"; order: PlannedOrder }
  /** New terms for an order that works. */
  | { kind: "change-sent"; order: PlannedOrder }
  | { kind: "order-changed"; order: OrderReport }
  | { kind: "executed"; execution: Execution }
  | { kind: "snapshot-saved"; executions: number; dayCommitted: string | undefined }
  | { kind: "mail-sent"; key: string; subject: string; where: string }
  | { kind: "mail-kept"; key: string; subject: string; reason: string }
  | { kind: "disconnected" }
  | { kind: "run-ended"; verdict: Verdict; seconds: number };
