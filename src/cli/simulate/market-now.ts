import type { PlannedOrder } from "../../trading/order.ts";
import { midOf } from "../../trading/price.ts";
import { sign } from "../../trading/side.ts";
import { type Inspected, isRebalance } from "./inspected.ts";

/** What is so at the broker now, and what the forecast wants of it. */
export class MarketNow {
  readonly #inspected: Inspected;

  constructor(inspected: Inspected) {
    this.#inspected = inspected;
  }

  get netLiquidation(): number {
    const { truth, account } = this.#inspected;
    return truth.venue.balances(account).netLiquidation;
  }

  sharesNow(): ReadonlyMap<number, number> {
    const { truth, account } = this.#inspected;
    return new Map(truth.venue.positions(account).map(({ conId, shares }) => [conId, shares]));
  }

  midOf(conId: number): number {
    const { bid, ask, last } = this.#inspected.truth.venue.quote(conId);
    return bid === undefined || ask === undefined ? last : midOf(bid, ask);
  }

  /** Signed shares when this order, new or with new terms, and all others of its side are filled. */
  reachWith({ orderRef, instrument, side, shares }: PlannedOrder): number {
    const { truth, account } = this.#inspected;
    const { conId } = instrument;
    const others = truth.pendingShares(conId, side, (ref) => isRebalance(ref) && ref !== orderRef);
    const filled = truth.orderOf(orderRef)?.filledShares ?? 0;
    return truth.sharesOf(account, conId) + others + sign(side) * Math.max(0, shares - filled);
  }

  /** What the forecast asks for, leverage included, as a share of net liquidation. */
  targetWeight(symbol: string): number {
    const { forecast } = this.#inspected.host;
    const leverage = Math.min(forecast?.leverage ?? 0, this.#inspected.job.leverageMax);
    const row = forecast?.rows.find((each) => each.symbol === symbol);
    return leverage * (row && "weight" in row ? row.weight : 0);
  }

  targetShares({ symbol, conId }: { readonly symbol: string; readonly conId: number }): number {
    return (this.targetWeight(symbol) * this.netLiquidation) / this.midOf(conId);
  }
}
