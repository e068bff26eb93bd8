import type { Instant } from "./instant.ts";

/** One invocation of the job. Market time comes from the broker once connected, before that from the host. */
export interface Run {
  /** "20220314T143500Z", with "-2" behind it when that second already had a run. */
  readonly id: string;
  readonly startedAt: Instant;
  /** The market hour in UTC, "2022031414": part of every order reference. */
  readonly window: string;
  readonly account: string;
}

/** A run that never wrote its end: the process or the machine died under it. */
export interface DeadRun {
  readonly id: string;
  readonly startedAt: Instant;
  /** Of its orders, those of which nobody knew more than that they were leaving when it died. */
  readonly ordersInDoubt: number;
}
