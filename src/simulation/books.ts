import type { Instant } from "../trading/instant.ts";
import {
  add,
  divideHalfEven,
  type Money,
  moneyFromNumber,
  subtract,
  toNumber,
  zero,
} from "../trading/money.ts";
import { notional } from "../trading/price.ts";
import { type Side, sign } from "../trading/side.ts";
import { type AccountTerms, usualTerms } from "./account-terms.ts";

/** Shares of one contract, signed, and what the open position cost, commissions included; a short's cost is negative. */
export interface Holding {
  readonly shares: number;
  readonly cost: Money<"USD">;
}

export interface Fill {
  readonly conId: number;
  readonly side: Side;
  readonly shares: number;
  readonly price: number;
  readonly commission: Money<"USD">;
  /** When the money of a sale is there; at once when not said. */
  readonly settlesAt?: Instant;
}

const flat: Holding = { shares: 0, cost: { currency: "USD", e6: 0n } };

/**
 * One account's cash and holdings, exact to the millionth. Costs are averages: closing a part of a position takes the same
 * part of its cost. At every time cash + costs − realized P&L is what it was at the beginning.
 */
export class Books {
  #cash: Money<"USD">;
  readonly #holdings = new Map<number, Holding>();
  readonly terms: AccountTerms;
  /** What sales have brought that is not paid yet, by when it will be. */
  readonly #unsettled = new Map<Instant, Money<"USD">>();

  constructor(
    cash: number,
    positions: readonly { readonly conId: number; readonly shares: number; readonly averageCost: number }[],
    terms: AccountTerms = usualTerms,
  ) {
    this.terms = terms;
    this.#cash = moneyFromNumber(cash, "USD");
    for (const { conId, shares, averageCost } of positions)
      this.#set(conId, { shares, cost: notional(shares, averageCost, 1, "USD") });
  }

  /** Negative is a loan. */
  get cash(): Money<"USD"> {
    return this.#cash;
  }

  /** Cash without what sales have brought and what has not been paid at this instant. */
  settledCash(at: Instant): Money<"USD"> {
    for (const settlesAt of this.#unsettled.keys()) if (settlesAt <= at) this.#unsettled.delete(settlesAt);
    return [...this.#unsettled.values()].reduce((cash, sales) => subtract(cash, sales), this.#cash);
  }

  /** Holdings that are not flat, by conId. */
  get holdings(): ReadonlyMap<number, Holding> {
    return this.#holdings;
  }

  /** Signed; 0 is flat. */
  sharesOf(conId: number): number {
    return this.#holdings.get(conId)?.shares ?? 0;
  }

  /** Books a fill. Answers with the realized P&L after commission; undefined when it closes nothing. */
  book(fill: Fill): Money<"USD"> | undefined {
    const { conId, side, shares, price, commission } = fill;
    const held = this.#holdings.get(conId) ?? flat;
    const signedShares = sign(side) * shares;
    const value = notional(signedShares, price, 1, "USD");
    this.#cash = subtract(subtract(this.#cash, value), commission);
    if (side === "sell" && fill.settlesAt !== undefined && this.terms.salesSettle === "later") {
      const before = this.#unsettled.get(fill.settlesAt) ?? zero("USD");
      this.#unsettled.set(fill.settlesAt, subtract(before, value));
    }
    const closing = Math.sign(held.shares) === -sign(side) ? Math.min(shares, Math.abs(held.shares)) : 0;
    if (closing === 0) {
      this.#set(conId, {
        shares: held.shares + signedShares,
        cost: add(add(held.cost, value), commission),
      });
      return undefined;
    }
    // A fill that goes through flat closes with one part of its commission and opens with the other.
    const closedCost = part(held.cost, closing, Math.abs(held.shares));
    const closingCommission = part(commission, closing, shares);
    const closingValue = part(value, closing, shares);
    const openingCost = add(subtract(value, closingValue), subtract(commission, closingCommission));
    this.#set(conId, {
      shares: held.shares + signedShares,
      cost: add(subtract(held.cost, closedCost), openingCost),
    });
    return subtract({ currency: "USD", e6: -closingValue.e6 - closedCost.e6 }, closingCommission);
  }

  #set(conId: number, holding: Holding): void {
    if (holding.shares === 0) this.#holdings.delete(conId);
    else this.#holdings.set(conId, holding);
  }
}

/** Per share, commissions included. */
export function averageCostOf({ shares, cost }: Holding): number {
  return toNumber(cost) / shares;
}

function part(whole: Money<"USD">, shares: number, ofShares: number): Money<"USD"> {
  return { currency: "USD", e6: divideHalfEven(whole.e6 * BigInt(shares), BigInt(ofShares)) };
}
