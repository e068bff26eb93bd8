import { later } from "../../trading/instant.ts";
import type { PlannedOrder } from "../../trading/order.ts";
import { midOf } from "../../trading/price.ts";
import { sign } from "../../trading/side.ts";
import { type Inspected, isOurs, runMinutesMax, type Watch } from "./inspected.ts";

/** Between plan and wire a price moves a little; a second order for the same shares is beyond the band, which is more. */
const driftWeight = 0.006;
/** Prices move while a run is at work. */
const tolerance = 1.02;

/** Are orders as large as they may be: within what the forecast wants and the owner allows? */
export class SizeInspector {
  readonly #inspected: Inspected;

  constructor(inspected: Inspected) {
    this.#inspected = inspected;
  }

  sharesNow(): ReadonlyMap<number, number> {
    const { truth, account } = this.#inspected;
    return new Map(truth.venue.positions(account).map(({ conId, shares }) => [conId, shares]));
  }

  /** What is held is what is counted, unless it was traded in the last minutes. */
  isExplained({ instrument, orderRef }: PlannedOrder): void {
    const { truth, account } = this.#inspected;
    const { conId } = instrument;
    const counted = this.#inspected.written.countedShares().get(conId) ?? 0;
    const held = truth.sharesOf(account, conId);
    if (counted === held || truth.tradedSince(conId, later(truth.now, -runMinutesMax * 60_000))) return;
    this.#inspected.violates(
      "what is not explained is not traded",
      `${orderRef}: ${held} held, ${counted} counted`,
    );
  }

  /** What is held and everything that may still fill comes to no more than what the forecast asks for. */
  staysWithinTarget({ instrument, side, shares, orderRef }: PlannedOrder): void {
    const { truth } = this.#inspected;
    const { conId, symbol } = instrument;
    const held = truth.sharesOf(this.#inspected.account, conId);
    const reach = held + truth.pendingShares(conId, side, isOurs) + sign(side) * shares;
    const netLiquidation = truth.venue.balances(this.#inspected.account).netLiquidation;
    const mid = this.#midOf(conId);
    const target = (this.#targetWeight(symbol) * netLiquidation) / mid;
    const beyond = sign(side) * (reach - target);
    if (beyond > (driftWeight * netLiquidation) / mid + 1)
      this.#inspected.violates(
        "filled and pending shares stay within what the run wanted",
        `${orderRef} takes ${symbol} to ${reach} shares, wanted are ${Math.round(target)}`,
      );
  }

  /** What a run sent, taken together, after it has ended. */
  staysWithinLimits({ sent, sharesBefore, number }: Watch): void {
    if (sent.length === 0 || !sharesBefore) return;
    const { limits } = this.#inspected.job;
    const { truth, account } = this.#inspected;
    const { netLiquidation } = truth.venue.balances(account);
    const beyond = (what: string): void =>
      this.#inspected.violates("nothing goes beyond a limit", `run ${number}: ${what}`);
    const after = new Map(sharesBefore);
    let isAnyIncrease = false;
    for (const { instrument, side, shares } of sent) {
      const { conId, symbol } = instrument;
      const before = after.get(conId) ?? 0;
      const then = before + sign(side) * shares;
      after.set(conId, then);
      const isReduction = Math.abs(then) <= Math.abs(before) && then * before >= 0;
      if (isReduction) continue;
      isAnyIncrease = true;
      const value = shares * this.#midOf(conId);
      if (value > limits.orderValueMax * tolerance) beyond(`an order of ${value} in ${symbol}`);
      const weight = (Math.abs(then) * this.#midOf(conId)) / netLiquidation;
      if (weight > limits.weightMax * tolerance) beyond(`${symbol} at ${weight} of net liquidation`);
    }
    if (isAnyIncrease && sent.length > limits.ordersPerRunMax) beyond(`${sent.length} orders`);
    const gross = this.#grossOf(after) / netLiquidation;
    const grossBefore = this.#grossOf(sharesBefore) / netLiquidation;
    if (gross > Math.max(limits.grossLeverageMax, grossBefore) * tolerance) beyond(`gross leverage ${gross}`);
  }

  #grossOf(shares: ReadonlyMap<number, number>): number {
    return [...shares].reduce((sum, [conId, held]) => sum + Math.abs(held) * this.#midOf(conId), 0);
  }

  #midOf(conId: number): number {
    const { bid, ask, last } = this.#inspected.truth.venue.quote(conId);
    return bid === undefined || ask === undefined ? last : midOf(bid, ask);
  }

  #targetWeight(symbol: string): number {
    const { forecast } = this.#inspected.host;
    const leverage = Math.min(forecast?.leverage ?? 0, this.#inspected.job.leverageMax);
    const row = forecast?.rows.find((each) => each.symbol === symbol);
    return leverage * (row && "weight" in row ? row.weight : 0);
  }
}
