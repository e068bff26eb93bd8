import { nyseSession } from "../../trading/nyse-calendar.ts";
import { type PlannedOrder, windowOf } from "../../trading/order.ts";
import { dateIn } from "../../trading/session.ts";
import { sign } from "../../trading/side.ts";
import { type Inspected, isRebalance, type LimitWatch, sides, type Watch } from "./inspected.ts";
import { MarketNow } from "./market-now.ts";
import { beyondLimits, type SentOrder } from "./within-limits.ts";

/** Plans reckon without commissions: what is owed for them is no more than this share of net liquidation. */
const commissionWeight = 0.001;

interface Asked {
  readonly addedShares: number;
  /** It works already and gets new terms. */
  readonly isChange: boolean;
}

/** Does what a run sends, taken together with what works already, stay within the owner's limits? */
export class LimitInspector {
  readonly #inspected: Inspected;
  readonly #now: MarketNow;

  constructor(inspected: Inspected) {
    this.#inspected = inspected;
    this.#now = new MarketNow(inspected);
  }

  /** An order leaves, new or with new terms, that asks for so many shares more than what was at work or sent before. */
  counts(watch: Watch, order: PlannedOrder, { addedShares, isChange }: Asked): void {
    watch.limits ??= this.#before(watch);
    const { expected, orders, earlier } = watch.limits;
    const { side, shares, orderRef, instrument } = order;
    const { conId, symbol } = instrument;
    expected.set(conId, (expected.get(conId) ?? 0) + sign(side) * addedShares);
    const filled = this.#inspected.truth.orderOf(orderRef)?.filledShares ?? 0;
    const asksForMore = !isChange || addedShares > 0 || orders.get(orderRef)?.asksForMore === true;
    const reach = this.#now.reachWith(order);
    earlier.delete(orderRef);
    orders.set(orderRef, { conId, symbol, side, shares: shares - filled, reach, asksForMore });
    this.#paysWithCash(watch, order);
  }

  /**
   * What was sent until now was planned together and is judged together, whatever became of it. The next wave begins with what is
   * held and what still works: orders that the broker has ended or refused are in nobody's plan any more.
   */
  nextWave(watch: Watch): void {
    const { limits } = watch;
    if (!limits) return;
    this.areKept(watch);
    const { heldBefore, expectedBefore, expected } = this.#before(watch);
    const left = [...limits.orders].flatMap(([orderRef, order]): [string, number][] => {
      const shares = this.#leftWhenEnded(orderRef, order);
      return shares === undefined ? [] : [[orderRef, shares]];
    });
    const earlier = new Set(limits.orders.keys());
    watch.limits = { ...limits, heldBefore, expectedBefore, expected, earlier, cancelled: new Map(left) };
  }

  /** Shares that an order had left when it ended; undefined when it was filled or may still be. */
  #leftWhenEnded(orderRef: string, { conId, side, shares }: SentOrder): number | undefined {
    const { truth } = this.#inspected;
    const order = truth.orderOf(orderRef);
    if (order)
      return order.status === "Cancelled" || order.status === "Inactive"
        ? order.shares - order.filledShares
        : undefined;
    const isOnItsWay = truth.pendingShares(conId, side, (each) => each === orderRef) !== 0;
    return isOnItsWay ? undefined : shares;
  }

  /** Where this order stands in the place of one that the run sent and the broker has refused, that one counts no more. */
  forgetsRejected({ limits, sent }: Watch, { instrument: { conId } }: PlannedOrder): void {
    const earlier = sent.findLast((order) => order.instrument.conId === conId);
    const report = earlier && this.#inspected.truth.orderOf(earlier.orderRef);
    const isRejected = earlier !== undefined && (report === undefined || report.status === "Inactive");
    if (!limits || !isRejected) return;
    limits.orders.delete(earlier.orderRef);
    if (limits.cancelled.has(earlier.orderRef)) return;
    limits.expected.set(conId, (limits.expected.get(conId) ?? 0) - sign(earlier.side) * earlier.shares);
  }

  /** Where the owner borrows nothing, all buys of ours that may still fill are paid at their limits with cash that is there. */
  #paysWithCash({ startedAt, number }: Watch, order: PlannedOrder): void {
    const { truth, account, job } = this.#inspected;
    if (job.plan.borrowing || order.side === "sell") return;
    const { cash, netLiquidation } = truth.venue.balances(account);
    const spentByOthers = [...truth.executions.values()]
      .filter((each) => each.executedAt >= startedAt && !isRebalance(each.orderRef) && each.side === "buy")
      .reduce((sum, { shares, price }) => sum + shares * price, 0);
    const left = cash + spentByOthers - truth.pendingCost(isRebalance, order);
    if (left < -commissionWeight * netLiquidation)
      this.#inspected.violates(
        "cash is never owed where borrowing is off",
        `run ${number}: when ${order.orderRef} and all that works is filled, cash is ${left.toFixed(2)}`,
      );
  }

  #before({ startedAt, struckBefore }: Watch): LimitWatch {
    const { truth, gateway, account } = this.#inspected;
    const heldBefore = this.#now.sharesNow();
    const expected = truth.venue.contracts().map(({ conId }): [number, number] => {
      const pending = sides.map((side) => truth.pendingShares(conId, side, isRebalance));
      return [conId, pending.reduce((sum, shares) => sum + shares, heldBefore.get(conId) ?? 0)];
    });
    const openAt = nyseSession(dateIn(truth.venue.zone, truth.now))?.openAt ?? startedAt;
    const isToday = (orderRef: string): boolean => (orderRef.split(".")[2] ?? "") >= windowOf(openAt);
    const traded = [...truth.executions.values()].filter(
      (execution) =>
        execution.account === account && execution.executedAt >= openAt && execution.executedAt <= startedAt,
    );
    const isTold = gateway.trouble.struck === struckBefore;
    return {
      heldBefore,
      expectedBefore: new Map(expected),
      expected: new Map(expected),
      orders: new Map(),
      earlier: new Set(),
      cancelled: new Map(),
      ordersBefore: new Set([...truth.arrived].filter((each) => isRebalance(each) && isToday(each))),
      tradedBefore: isTold ? traded.reduce((sum, { shares, price }) => sum + shares * price, 0) : undefined,
    };
  }

  /** What a run sent, taken together, after it has ended. */
  areKept({ limits: sent, number }: Watch): void {
    if (!sent) return;
    const { truth, job, host } = this.#inspected;
    const symbols = new Map(truth.venue.contracts().map(({ conId, symbol }) => [conId, symbol]));
    const weights = (host.forecast?.rows ?? []).map(({ symbol }) => Math.abs(this.#now.targetWeight(symbol)));
    const market = {
      limits: job.limits,
      netLiquidation: this.#now.netLiquidation,
      midOf: (conId: number) => this.#now.midOf(conId),
      symbolOf: (conId: number) => symbols.get(conId) ?? "",
      forecastGross: weights.reduce((sum, weight) => sum + weight, 0),
    };
    for (const what of beyondLimits(sent, market))
      this.#inspected.violates("nothing goes beyond a limit", `run ${number}: ${what}`);
  }
}
