import type { Instant } from "./instant.ts";
import type { Money } from "./money.ts";

/** What all runs of a session came to until now, as it is on record: an owner asks for the day, not for the last hour. */
export interface SessionSoFar {
  readonly runs: {
    readonly count: number;
    readonly held: number;
    readonly attention: number;
    readonly crashed: number;
    readonly unreachable: number;
    /** Begun, and no end on record: killed, or its end could not be written. */
    readonly interrupted: number;
  };
  /** Each order that was sent is counted once in what became of it. */
  readonly orders: {
    readonly sent: number;
    readonly filled: number;
    /** Ended, cancelled or rejected, with some of its shares traded. */
    readonly partlyFilled: number;
    /** Ended without a share. */
    readonly cancelled: number;
    /** Ended without a share. */
    readonly rejected: number;
    readonly unknown: number;
    readonly working: number;
  };
  /** Everything that the account traded, a person's executions too; each sum once per currency. */
  readonly executions: {
    readonly count: number;
    readonly bought: readonly Money[];
    readonly sold: readonly Money[];
    readonly commission: readonly Money[];
    /** Executions whose commission is not told yet: it is missing in the sum (O38). */
    readonly withoutCommission: number;
  };
  /** What the session's changes are measured from; undefined when no run of it has seen the account. */
  readonly firstSnapshot:
    | { readonly runId: string; readonly takenAt: Instant; readonly netLiquidation: Money }
    | undefined;
}
