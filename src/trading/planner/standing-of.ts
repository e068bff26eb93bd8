import type { Standing, Trade } from "./plan.ts";

/** Where a trade's instrument stands and should stand, without the order and what belongs to it. */
export function standingOf(trade: Trade): Standing {
  const {
    order: _order,
    value: _value,
    reason: _reason,
    marginUse: _use,
    previewed: _told,
    ...standing
  } = trade;
  return standing;
}
