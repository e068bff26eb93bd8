import { later } from "../../trading/instant.ts";
import type { PlannedOrder } from "../../trading/order.ts";
import { sign } from "../../trading/side.ts";
import { bandWeight, minOrderValue } from "./draw-job.ts";
import { type Inspected, isProtective, isRebalance, runMinutesMax, sides, type Watch } from "./inspected.ts";
import { MarketNow } from "./market-now.ts";

/** Between plan and wire a price moves a little; a second order for the same shares is beyond the band, which is more. */
const driftWeight = 0.006;

/** Are orders as large as the forecast wants them, and no larger? */
export class SizeInspector {
  readonly #inspected: Inspected;
  readonly #now: MarketNow;

  constructor(inspected: Inspected) {
    this.#inspected = inspected;
    this.#now = new MarketNow(inspected);
  }

  /** What is held is what is counted, unless it was traded in the last minutes. */
  isExplained({ instrument, orderRef, shares }: PlannedOrder): void {
    const { truth, account } = this.#inspected;
    const { conId } = instrument;
    // A stop that is larger than what is held is cut to it, whoever has traded.
    if (isProtective(orderRef) && shares < (truth.orderOf(orderRef)?.shares ?? 0)) return;
    const counted = this.#inspected.written.countedShares().get(conId) ?? 0;
    const held = truth.sharesOf(account, conId);
    if (counted === held || truth.tradedSince(conId, later(truth.now, -runMinutesMax * 60_000))) return;
    this.#inspected.violates(
      "what is not explained is not traded",
      `${orderRef}: ${held} held, ${counted} counted`,
    );
  }

  /** What is held and everything that may still fill comes to no more than what the forecast asks for. */
  staysWithinTarget(order: PlannedOrder): void {
    const { instrument, side, orderRef } = order;
    const reach = this.#now.reachWith(order);
    const target = this.#now.targetShares(instrument);
    if (sign(side) * (reach - target) > this.#driftShares(instrument.conId))
      this.#inspected.violates(
        "filled and pending shares stay within what the run wanted",
        `${orderRef} takes ${instrument.symbol} to ${reach} shares, wanted are ${Math.round(target)}`,
      );
  }

  /**
   * No more may be sold of a position than there is, or bought back of a short one, by orders that close it and by those that
   * protect it together, however they fill.
   */
  leavesRoomForProtection({ instrument, side, shares, orderRef }: PlannedOrder): void {
    const { truth, account } = this.#inspected;
    const { conId, symbol } = instrument;
    const filled = truth.orderOf(orderRef)?.filledShares ?? 0;
    const others = (isMeant: (ref: string) => boolean): number =>
      Math.abs(truth.pendingShares(conId, side, (ref) => isMeant(ref) && ref !== orderRef));
    const own = shares - filled;
    const protecting = others(isProtective) + (isProtective(orderRef) ? own : 0);
    const closing = others(isRebalance) + (isProtective(orderRef) ? 0 : own);
    const held = Math.max(0, -sign(side) * truth.sharesOf(account, conId));
    if (protecting > 0 && protecting + closing > held)
      this.#inspected.violates(
        "closing and protective orders take no more than is held",
        `${orderRef}: ${closing} and ${protecting} shares of ${symbol}, ${held} are held`,
      );
  }

  /** After a run that heard all it asked for and may send: no stop is left that would open a position. */
  leavesStopsInStep(run: string): void {
    const { truth, account } = this.#inspected;
    for (const { conId, symbol } of truth.venue.contracts())
      for (const side of sides) {
        const protecting = Math.abs(truth.pendingShares(conId, side, isProtective));
        const working = protecting + Math.abs(truth.pendingShares(conId, side, isRebalance));
        const held = Math.max(0, -sign(side) * truth.sharesOf(account, conId));
        const hasJustTraded = truth.tradedSince(conId, later(truth.now, -runMinutesMax * 60_000));
        if (protecting > 0 && working > held && !hasJustTraded)
          this.#inspected.violates(
            "closing and protective orders take no more than is held",
            `after ${run} ${side} orders of ${working} shares of ${symbol}, ${protecting} of them protective, ${held} are held`,
          );
      }
  }

  /** The size of a changed order is that of the whole order: what has filled, and all that is still wanted. */
  asksForAll(order: PlannedOrder): void {
    const { instrument, side, orderRef, shares } = order;
    const { truth, account, job } = this.#inspected;
    if (!job.plan.borrowing) return; // The cash at hand may not suffice for all.
    const reach = this.#now.reachWith(order);
    const missing = sign(side) * (this.#now.targetShares(instrument) - reach);
    // A position that turns is closed first.
    const isClosed = Math.abs(reach) <= 1 && truth.sharesOf(account, instrument.conId) !== 0;
    const hasEnded = truth.orderOf(orderRef)?.endedAt !== undefined;
    // What a stop has sold since the plan is not bought back by an order that the plan had made before.
    const sinceAt = later(truth.now, -runMinutesMax * 60_000);
    const isStopped = truth.tradedSince(instrument.conId, sinceAt, isProtective);
    if (missing > this.#driftShares(instrument.conId) && !isClosed && !hasEnded && !isStopped)
      this.#inspected.violates(
        "a changed order asks for all that the run wanted",
        `${orderRef} for ${shares} takes ${instrument.symbol} to ${reach} shares, ${Math.round(missing)} are missing`,
      );
  }

  /** After a run that calls itself done, what works goes no further than what it wanted. */
  leavesNothingTooLarge(run: string): void {
    const { truth, account } = this.#inspected;
    for (const contract of truth.venue.contracts())
      for (const side of sides) {
        const { conId, symbol } = contract;
        const pending = truth.pendingShares(conId, side, isRebalance);
        const reach = truth.sharesOf(account, conId) + pending;
        const target = this.#now.targetShares(contract);
        if (pending !== 0 && sign(side) * (reach - target) > this.#driftShares(conId))
          this.#inspected.violates(
            "filled and pending shares stay within what the run wanted",
            `${run} is done and leaves orders that take ${symbol} to ${reach} shares, wanted are ${Math.round(target)}`,
          );
      }
  }

  /** What the last run wanted is held, or works: nothing that was asked for is lost. */
  hasWhatIsWanted({ limits }: Watch): void {
    const { truth, account, job, host, written } = this.#inspected;
    // What a stop has sold is not bought again at once; cash may not suffice for all; what was not filled may have been cancelled; what is kept may be too little.
    const isLeftAtWork =
      job.protection.length === 0 &&
      job.plan.borrowing &&
      job.unfilled.afterSettle === "leave" &&
      job.onOpenOrders !== "keep";
    const breaks = written.openBreaks();
    for (const contract of truth.venue.contracts()) {
      const { conId, symbol } = contract;
      const isNamed = host.forecast?.rows.some((row) => row.symbol === symbol) ?? false;
      if (!isLeftAtWork || !isNamed || breaks.has(conId)) continue;
      const held = truth.sharesOf(account, conId);
      const pending = sides.map((side) => truth.pendingShares(conId, side, isRebalance));
      const reach = pending.reduce((sum, shares) => sum + shares, held);
      const target = this.#now.targetShares(contract);
      // A position that turns is closed by one run and opened by the next, or by the next wave.
      const turns = target * (limits?.heldBefore.get(conId) ?? held) < 0;
      const isOpened = job.wavesMax > 1 && reach * target > 0;
      const goal = turns && !isOpened ? 0 : target;
      const band = (bandWeight * this.#now.netLiquidation + minOrderValue) / this.#now.midOf(conId);
      if (Math.abs(reach - goal) > band + this.#driftShares(conId))
        this.#inspected.violates(
          "what is wanted is held or at work when faults have stopped",
          `${reach} shares of ${symbol} are held or at work, wanted are ${Math.round(goal)}`,
        );
    }
  }

  /** By so much plan and truth may differ at the moment of sending. */
  #driftShares(conId: number): number {
    return (driftWeight * this.#now.netLiquidation) / this.#now.midOf(conId) + 1;
  }
}
