import type {
  Venue,
  VenueEvent,
  VenueExecution,
  VenueOrder,
  VenueOrderRequest,
  VenuePosition,
} from "../../simulation/venue.ts";
import { type Instant, later } from "../../trading/instant.ts";
import type { PlannedOrder } from "../../trading/order.ts";
import { sign } from "../../trading/side.ts";

/**
 * What really is so at the broker, whoever knows of it: the venue with what happens to it from outside, and a record of
 * everything that was sent to it. Happenings that were put on its timeline take place when time comes to them.
 */
export class Truth {
  readonly venue: Venue;
  /** Every execution of the week by its id without the last part, as it is now. */
  readonly executions = new Map<string, VenueExecution>();
  /** Every version of them that there has been, by the whole id. */
  readonly versions = new Map<string, VenueExecution>();
  /** References of orders that have arrived at the broker. */
  readonly arrived = new Set<string>();
  /** Shares that moved without an execution: where, how many, and when. */
  readonly moves: Move[] = [];
  readonly #inner: Venue;
  readonly #listeners = new Set<(event: VenueEvent) => void>();
  readonly #offsets = new Map<number, number>();
  readonly #corrections = new Map<string, VenueExecution>();
  #timeline: { readonly at: Instant; readonly act: () => void }[] = [];
  readonly #inTheAir = new Set<VenueOrderRequest>();
  /** New terms on their way, by permId. */
  readonly #changes = new Map<number, VenueOrderRequest>();

  constructor(inner: Venue) {
    this.#inner = inner;
    inner.subscribe((event) => this.#hear(event));
    this.venue = {
      ...inner,
      advanceTo: (at) => this.#advanceTo(at),
      modify: (permId, terms) => {
        this.#arriveNow(permId);
        return inner.modify(permId, terms);
      },
      cancel: (permId) => {
        this.#arriveNow(permId);
        return inner.cancel(permId);
      },
      subscribe: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
      executions: () => inner.executions().map((told) => this.#corrections.get(told.execId) ?? told),
      positions: (account) => this.#positions(account),
      balances: (account) => {
        const moved = [...this.#offsets].map(([conId, shares]) => shares * this.#mark(conId));
        const value = moved.reduce((sum, amount) => sum + amount, 0);
        const told = inner.balances(account);
        const gross = this.#positions(account).map(({ shares, marketPrice }) =>
          Math.abs(shares * marketPrice),
        );
        return {
          ...told,
          netLiquidation: told.netLiquidation + value,
          stockMarketValue: told.stockMarketValue + value,
          grossPositionValue: gross.reduce((sum, amount) => sum + amount, 0),
        };
      },
    };
  }

  get now(): Instant {
    return this.#inner.now();
  }

  inMs(ms: number, act: () => void): void {
    this.#timeline.push({ at: later(this.now, ms), act });
    this.#timeline = this.#timeline.toSorted((a, b) => a.at - b.at);
  }

  /** The order's bytes are on their way and reach the broker so much later. */
  arriveIn(ms: number, order: VenueOrderRequest): void {
    this.inMs(ms, this.onItsWay(order));
  }

  /** The order's bytes have left; it reaches the broker when the answer is called. */
  onItsWay(order: VenueOrderRequest): () => void {
    this.#inTheAir.add(order);
    return () => {
      if (this.#inTheAir.delete(order)) this.#inner.place(order);
    };
  }

  /**
   * New terms for a working order are on their way and reach the broker so much later: before anything else that is sent of
   * the same order, because what is sent of one order stays in its order.
   */
  changeIn(ms: number, permId: number, terms: VenueOrderRequest): void {
    this.#changes.set(permId, terms);
    this.inMs(ms, () => {
      if (this.#changes.get(permId) === terms) this.#arriveNow(permId);
    });
  }

  #arriveNow(permId: number): void {
    const terms = this.#changes.get(permId);
    this.#changes.delete(permId);
    const works = this.#inner.openOrders().some((order) => order.permId === permId);
    if (terms && works) this.#inner.modify(permId, terms);
  }

  /** Shares that move without an execution: a split, a transfer. */
  move(conId: number, shares: number): void {
    this.moves.push({ conId, shares, at: this.now });
    this.#offsets.set(conId, (this.#offsets.get(conId) ?? 0) + shares);
  }

  /** Another price for an execution of today: the same id with a higher last part (S05). */
  correct(execution: VenueExecution, price: number): void {
    const corrected = { ...execution, price, execId: execution.execId.replace(/\.\d+$/, ".02") };
    this.#corrections.set(execution.execId, corrected);
    this.#note(corrected);
    for (const listener of this.#listeners) listener({ kind: "execution", execution: corrected });
  }

  sharesOf(account: string, conId: number): number {
    return this.#positions(account).find((position) => position.conId === conId)?.shares ?? 0;
  }

  /** Signed shares of one side that may still be traded, of orders so named: working, or on their way. */
  pendingShares(conId: number, side: "buy" | "sell", isMeant: (orderRef: string) => boolean): number {
    const working = this.#inner.openOrders().map((order) => {
      const shares = Math.max(order.shares, this.#changes.get(order.permId)?.shares ?? 0);
      return { ...order, shares: shares - order.filledShares };
    });
    return [...working, ...this.#inTheAir]
      .filter((order) => order.conId === conId && order.side === side && isMeant(order.orderRef))
      .reduce((sum, order) => sum + sign(side) * order.shares, 0);
  }

  /** What all buys so named may still cost at their limits, and this one with them, new or with new terms. */
  pendingCost(isMeant: (orderRef: string) => boolean, order: PlannedOrder): number {
    const working = this.#inner.openOrders().map((each) => {
      const change = this.#changes.get(each.permId) ?? each;
      const costs = [each, change].map(({ shares, limitPrice }) =>
        costOf(shares - each.filledShares, limitPrice),
      );
      return { ...each, cost: Math.max(...costs) };
    });
    const onTheirWay = [...this.#inTheAir].map((each) => ({
      ...each,
      cost: costOf(each.shares, each.limitPrice),
    }));
    const own = order.shares - (this.orderOf(order.orderRef)?.filledShares ?? 0);
    return [...working, ...onTheirWay]
      .filter(({ side, orderRef }) => side === "buy" && isMeant(orderRef) && orderRef !== order.orderRef)
      .reduce((sum, { cost }) => sum + cost, costOf(own, order.limitPrice));
  }

  /** Was the contract, or any, traded at this instant or later, by any order or by those that are meant? */
  tradedSince(
    conId: number | undefined,
    at: Instant,
    isMeant: (orderRef: string) => boolean = () => true,
  ): boolean {
    for (const { executedAt, conId: traded, orderRef } of this.executions.values())
      if (executedAt >= at && (conId === undefined || traded === conId) && isMeant(orderRef)) return true;
    return false;
  }

  /** An order of today by its reference, working or ended; undefined when it has not arrived. */
  orderOf(orderRef: string): VenueOrder | undefined {
    return [...this.#inner.openOrders(), ...this.#inner.completedOrders()].find(
      (order) => order.orderRef === orderRef,
    );
  }

  #advanceTo(at: Instant): void {
    for (let next = this.#timeline[0]; next && next.at <= at; next = this.#timeline[0]) {
      this.#timeline.shift();
      this.#inner.advanceTo(next.at);
      next.act();
    }
    this.#inner.advanceTo(at);
  }

  #hear(event: VenueEvent): void {
    if (event.kind === "execution") this.#note(event.execution);
    else if (event.kind === "order") this.arrived.add(event.order.orderRef);
    for (const listener of this.#listeners) listener(event);
  }

  #note(execution: VenueExecution): void {
    this.executions.set(keyOf(execution.execId), execution);
    this.versions.set(execution.execId, execution);
  }

  #positions(account: string): readonly VenuePosition[] {
    const told = this.#inner.positions(account);
    if (this.#offsets.size === 0) return told;
    const conIds = new Set([...told.map(({ conId }) => conId), ...this.#offsets.keys()]);
    return [...conIds].flatMap((conId) => {
      const known = told.find((position) => position.conId === conId);
      const shares = (known?.shares ?? 0) + (this.#offsets.get(conId) ?? 0);
      const marketPrice = this.#mark(conId);
      if (shares === 0) return [];
      return [{ conId, averageCost: marketPrice, marketPrice, realizedPnl: 0, ...known, shares }];
    });
  }

  #mark(conId: number): number {
    return this.#inner.quote(conId).last;
  }
}

export interface Move {
  readonly conId: number;
  /** Signed. */
  readonly shares: number;
  readonly at: Instant;
}

/** An execution's id without its last part, which counts corrections. */
export function keyOf(execId: string): string {
  return execId.slice(0, execId.lastIndexOf("."));
}

function costOf(shares: number, limitPrice: number | undefined): number {
  return Math.max(0, shares) * (limitPrice ?? 0);
}
