import type { Instant } from "../trading/instant.ts";

/** Trading in one symbol stands still: nobody quotes, nothing trades, orders wait. The end is not part of it. */
export interface Halt {
  readonly symbol: string;
  readonly from: Instant;
  readonly until: Instant;
}

/** Does one of these halts hold for a symbol at an instant? */
export function isHalted(halts: readonly Halt[], symbol: string, at: Instant): boolean {
  return halts.some((halt) => halt.symbol === symbol && halt.from <= at && at < halt.until);
}
