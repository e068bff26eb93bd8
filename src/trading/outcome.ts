import type { Account } from "./account.ts";
import type { Execution } from "./execution.ts";
import type { Finding } from "./finding.ts";
import type { Instant } from "./instant.ts";
import { unreachable } from "./invariant.ts";
import type { OrderReport } from "./order.ts";
import type { WaveReason } from "./planner/next-wave.ts";
import type { Plan } from "./planner/plan.ts";
import type { ProtectionDone } from "./protection/protection-plan.ts";
import type { Review } from "./risk/review.ts";
import type { AcceptedStrategy } from "./risk/strategy-value.ts";
import type { Run } from "./run.ts";
import type { Session } from "./session.ts";

/**
 * How a run ended. `idle`: market closed and nothing owed, so it did not connect. `closed`: no orders, but snapshot and
 * mails. `repeated`: so too, because an earlier run has sent the window's orders. `held`: something is unknown or over a limit, nothing was sent. `attention`: orders were sent and one of them
 * is unknown or rejected. `busy`: another run holds the lock.
 */
export type Verdict =
  | "done"
  | "closed"
  | "repeated"
  | "idle"
  | "held"
  | "attention"
  | "unreachable"
  | "busy"
  | "crashed";

/** The market was closed, or an earlier run had sent the window's orders. */
export type LookedOn = Extract<Verdict, "closed" | "repeated">;

/** A plan whose orders were sent, and why the run planned again after they had settled. */
export interface Wave {
  readonly plan: Plan;
  readonly nextBecause: WaveReason;
}

/** Everything a run learnt and did, for the store, the mails, the terminal and scripts. */
export interface Outcome {
  readonly run: Run;
  readonly verdict: Verdict;
  readonly endedAt: Instant;
  /** The trading session that the run belongs to: open now, or the last one that began. */
  readonly session: Session | undefined;
  readonly nextSession: Session | undefined;
  readonly findings: readonly Finding[];
  /** Stopped strategies that persons have let trade again since the run that looked at them last. */
  readonly accepted: readonly AcceptedStrategy[];
  /** Orders of earlier runs that this run settled or cancelled, with how they ended. */
  readonly settledOrders: readonly OrderReport[];
  /** Working orders of a person or another program, left alone. */
  readonly foreignOrders: readonly OrderReport[];
  /** That of the last wave. */
  readonly plan: Plan | undefined;
  /** Why the run only looked on and planned nothing, whatever it found then; undefined for one that was there to trade. */
  readonly lookedOn: LookedOn | undefined;
  /** Plans of the waves before it, the first one first; empty for the usual run of one wave. */
  readonly earlierWaves: readonly Wave[];
  readonly review: Review | undefined;
  /** The orders of this run, as far as the broker has told. */
  readonly orders: readonly OrderReport[];
  /** Orders that rest at the broker to protect positions; undefined when nobody looked. */
  readonly protection: ProtectionDone | undefined;
  /** Executions that were not on record before this run. */
  readonly executions: readonly Execution[];
  /** The account at the end of the run; undefined when the broker did not tell. */
  readonly account: Account | undefined;
  readonly orderFile: string | undefined;
  /** What broke, when the verdict is `crashed`. */
  readonly crash: string | undefined;
}

/** 0 done, 1 crash, 3 held, 4 broker not reachable, 5 another run in progress. 2, usage or configuration, has no run. */
export function exitCodeOf(verdict: Verdict): 0 | 1 | 3 | 4 | 5 {
  switch (verdict) {
    case "done":
    case "closed":
    case "repeated":
    case "idle":
      return 0;
    case "crashed":
      return 1;
    case "held":
    case "attention":
      return 3;
    case "unreachable":
      return 4;
    case "busy":
      return 5;
    default:
      return unreachable(verdict);
  }
}
