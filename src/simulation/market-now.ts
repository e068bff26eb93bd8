import type { Instant } from "../trading/instant.ts";
import { midOf } from "../trading/price.ts";
import { scheduledShares } from "./algo-schedule.ts";
import type { Books } from "./books.ts";
import { type ExchangeDay, phaseAt } from "./exchange-days.ts";
import type { Touch } from "./liquidity.ts";
import type { Listing } from "./listings.ts";
import type { Market } from "./market.ts";
import { isTrail, tradesIn } from "./order-kinds.ts";
import { secondOf } from "./second-of.ts";
import { afterLooking } from "./stop-trigger.ts";
import { TakenShares } from "./taken-shares.ts";
import type { VenueOrder } from "./venue.ts";

/** What the other side has for an order. */
export interface Offer {
  readonly from: keyof Touch;
  readonly price: number;
  readonly shares: number;
}

export interface MarketNowParts {
  readonly market: Market;
  readonly listings: ReadonlyMap<number, Listing>;
  readonly books: ReadonlyMap<string, Books>;
  readonly dayOf: (at: Instant) => ExchangeDay;
  readonly now: () => Instant;
}

/** The market as an order meets it in the present second: prices, what is left of the displayed sizes, stock to borrow. */
export class MarketNow {
  readonly #parts: MarketNowParts;
  readonly #taken = new TakenShares();

  constructor(parts: MarketNowParts) {
    this.#parts = parts;
  }

  get #now(): Instant {
    return this.#parts.now();
  }

  /** Bid and ask that an order can meet now. */
  touchFor(order: VenueOrder, listing: Listing): Touch | undefined {
    return tradesIn(phaseAt(this.#parts.dayOf(this.#now), this.#now), order)
      ? this.#parts.market.touch(listing, this.#now)
      : undefined;
  }

  /** Shares that orders have taken from one side of the touch in the present second. */
  takenShares(conId: number, from: keyof Touch): number {
    return this.#taken.of(conId, from, secondOf(this.#now));
  }

  /** What an order takes is gone for everybody until the next second. */
  take(conId: number, from: keyof Touch, shares: number): void {
    this.#taken.take(conId, from, secondOf(this.#now), shares);
  }

  /** Price, side of the touch and shares that an order meets. MIDPRICE meets the middle when others trade in this second. */
  offer(order: VenueOrder, listing: Listing, touch: Touch): Offer {
    const from = order.side === "buy" ? "ask" : "bid";
    const displayed = this.#parts.market.displayed(listing, from, this.#now);
    const shares = displayed - this.takenShares(order.conId, from);
    if (order.orderType !== "MIDPRICE") return { from, price: touch[from], shares };
    const { tradedAt } = this.#parts.market.lastTrade(listing, this.#now);
    const isTraded = secondOf(tradedAt) === secondOf(this.#now);
    return { from, price: midOf(touch.bid, touch.ask), shares: isTraded ? shares : 0 };
  }

  /** How many of its shares an order may have traded by now. */
  scheduled(order: VenueOrder, listing: Listing): number {
    const { session } = this.#parts.dayOf(this.#now);
    if (!order.schedule || !session) return order.shares;
    const volumeBefore = (at: Instant): number => this.#parts.market.volumeBefore(listing, at);
    return scheduledShares(order, { session, now: this.#now, volumeBefore });
  }

  /** Is there stock to deliver or to borrow for the whole order? */
  canDeliver(order: VenueOrder, listing: Listing): boolean {
    if (order.side === "buy" || listing.borrowableShares === undefined) return true;
    const held = this.#parts.books.get(order.account)?.sharesOf(order.conId) ?? 0;
    return held - (order.shares - order.filledShares) >= -listing.borrowableShares;
  }

  /** A short sale is held while its stock cannot be borrowed. */
  located(order: VenueOrder): VenueOrder {
    const listing = this.#parts.listings.get(order.conId);
    const whyHeld = listing && !this.canDeliver(order, listing) ? "locate" : "";
    return whyHeld === (order.whyHeld ?? "") ? order : { ...order, whyHeld };
  }

  /** A trailing stop has its place behind the market before anybody is told of it. */
  withStop(order: VenueOrder): VenueOrder {
    const listing = this.#parts.listings.get(order.conId);
    const isThere = !isTrail(order) || order.trailStopPrice !== undefined || order.awaitsParent === true;
    const touch = listing && !isThere ? this.touchFor(order, listing) : undefined;
    if (!listing || !touch) return order;
    const { trailStopPrice, limitPrice } = this.afterLooking(order, listing, touch);
    return { ...order, trailStopPrice, limitPrice };
  }

  /** The stop after it has seen these prices. */
  afterLooking(stop: VenueOrder, listing: Listing, touch: Touch): VenueOrder {
    const last = this.#parts.market.lastTrade(listing, this.#now).price;
    return afterLooking(stop, { ...touch, last, steps: listing.priceSteps });
  }
}
