import type { Instant } from "../trading/instant.ts";
import { add, type Money, subtract, zero } from "../trading/money.ts";
import { notional } from "../trading/price.ts";
import type { Books } from "./books.ts";
import type { MarkOf } from "./simulated-account.ts";
import type { VenueOrderRequest } from "./venue.ts";

/** What positions and working orders ask of an account. Exact sums: parts can be taken out of them again. */
export interface Claims {
  /** Positions at their marks, signed. */
  readonly positions: Money<"USD">;
  /** The most that positions can come to when working orders are filled that make them larger; unsigned. */
  readonly gross: Money<"USD">;
  /** What the buy orders need: what is left of each at its limit, or at the mark where that is higher. */
  readonly purchases: Money<"USD">;
}

/** An order as far as it can ask anything of an account. */
export type ClaimingOrder = Pick<VenueOrderRequest, "conId" | "side" | "shares" | "limitPrice"> & {
  readonly filledShares: number;
};

const nothing: Claims = { positions: zero("USD"), gross: zero("USD"), purchases: zero("USD") };
const msPerSecond = 1000;

/**
 * One account's claims, kept contract by contract: judging an order looks at its own contract, not at all positions and
 * orders. Marks move from second to second, so the first question of a second counts everything anew.
 */
export class AccountClaims {
  readonly #books: Books;
  readonly #ordersIn: (conId: number) => readonly ClaimingOrder[];
  readonly #markOf: MarkOf;
  readonly #byContract = new Map<number, Claims>();
  readonly #changed = new Set<number>();
  #sum = nothing;
  #second = Number.NaN;

  /** `ordersIn` are the account's working orders of a contract, without those that await a parent. */
  constructor(books: Books, ordersIn: (conId: number) => readonly ClaimingOrder[], markOf: MarkOf) {
    this.#books = books;
    this.#ordersIn = ordersIn;
    this.#markOf = markOf;
  }

  /** Position or orders of this contract are not what they were. */
  changed(conId: number): void {
    this.#changed.add(conId);
  }

  /** All claims, with some contracts' orders in place of those that work there. */
  with(orders: ReadonlyMap<number, readonly ClaimingOrder[]>, now: Instant): Claims {
    this.#bringUpToDate(now);
    let sum = this.#sum;
    for (const [conId, others] of orders)
      sum = plus(minus(sum, this.#byContract.get(conId) ?? nothing), this.#claimsIn(conId, others));
    return sum;
  }

  #bringUpToDate(now: Instant): void {
    const second = Math.floor(now / msPerSecond);
    if (second !== this.#second) {
      this.#second = second;
      for (const conId of [...this.#books.holdings.keys(), ...this.#byContract.keys()])
        this.#changed.add(conId);
    }
    for (const conId of this.#changed) {
      const claims = this.#claimsIn(conId, this.#ordersIn(conId));
      this.#sum = plus(minus(this.#sum, this.#byContract.get(conId) ?? nothing), claims);
      if (claims === nothing) this.#byContract.delete(conId);
      else this.#byContract.set(conId, claims);
    }
    this.#changed.clear();
  }

  #claimsIn(conId: number, orders: readonly ClaimingOrder[]): Claims {
    const shares = this.#books.sharesOf(conId);
    if (shares === 0 && orders.length === 0) return nothing;
    const mark = this.#markOf(conId);
    const ifBought = shares + pendingShares(orders, "buy");
    const ifSold = shares - pendingShares(orders, "sell");
    const most = Math.max(Math.abs(ifBought), Math.abs(ifSold));
    const purchases = orders
      .filter(({ side }) => side === "buy")
      .map((order) =>
        notional(order.shares - order.filledShares, Math.max(order.limitPrice ?? 0, mark), 1, "USD"),
      );
    return {
      positions: notional(shares, mark, 1, "USD"),
      gross: notional(most, mark, 1, "USD"),
      purchases: purchases.reduce((sum, cost) => add(sum, cost), nothing.purchases),
    };
  }
}

/** Shares of these orders on one side that have not been filled yet. */
export function pendingShares(orders: readonly ClaimingOrder[], side: ClaimingOrder["side"]): number {
  let pending = 0;
  for (const order of orders) if (order.side === side) pending += order.shares - order.filledShares;
  return pending;
}

function plus(a: Claims, b: Claims): Claims {
  return combined(add, a, b);
}

function minus(a: Claims, b: Claims): Claims {
  return combined(subtract, a, b);
}

function combined(by: typeof add<"USD">, a: Claims, b: Claims): Claims {
  return {
    positions: by(a.positions, b.positions),
    gross: by(a.gross, b.gross),
    purchases: by(a.purchases, b.purchases),
  };
}
