import type { Instant } from "./instant.ts";
import type { Money } from "./money.ts";
import type { Side } from "./side.ts";

/** One report of shares traded at a price. Unique by `execId`; a correction repeats it with another last segment. */
export interface Execution {
  readonly execId: string;
  readonly orderRef: string;
  readonly permId: number;
  readonly clientId: number;
  readonly orderId: number;
  readonly account: string;
  readonly conId: number;
  readonly symbol: string;
  readonly currency: string;
  readonly exchange: string;
  readonly side: Side;
  readonly shares: number;
  readonly price: number;
  readonly executedAt: Instant;
  /** Arrives separately and later; undefined is "not told yet", never zero (O38). Negative is a rebate. */
  readonly commission: Money | undefined;
  readonly realizedPnl: Money | undefined;
}

/**
 * An execution id without its last segment, which counts corrections: "0000e0d5.6225a1b1.01.02" is revision 2 of
 * "0000e0d5.6225a1b1.01". An id of another form is its own key.
 */
export function splitExecId(execId: string): { readonly key: string; readonly revision: bigint } {
  const [, key, last] = /^(.+)\.(\d+)$/.exec(execId) ?? [];
  return key === undefined || last === undefined
    ? { key: execId, revision: 0n }
    : { key, revision: BigInt(last) };
}
