import type { Instant } from "../trading/instant.ts";
import { invariant } from "../trading/invariant.ts";
import { AccountClaims, type ClaimingOrder } from "./account-claims.ts";
import type { BaseCurrency } from "./account-terms.ts";
import type { Books } from "./books.ts";
import type { ExchangeDay } from "./exchange-days.ts";
import { judgeAccount } from "./judge-account.ts";
import { isBound, judgeAuction } from "./judge-auction.ts";
import { judgeChange } from "./judge-change.ts";
import { judgeCount, judgeTerms, type Refusal } from "./judge-order.ts";
import type { Listing } from "./listings.ts";
import { groupOf } from "./oca.ts";
import { type BaseMoney, previewOf } from "./preview.ts";
import type { MarkOf } from "./simulated-account.ts";
import type { VenueOrder, VenueOrderRequest, VenuePreview } from "./venue.ts";
import type { WorkingOrders } from "./working-orders.ts";

export interface AdmissionParts {
  readonly dayOf: (at: Instant) => ExchangeDay;
  readonly markOf: MarkOf;
  readonly listings: ReadonlyMap<number, Listing>;
  readonly books: ReadonlyMap<string, Books>;
  /** Dollars for one unit of a base currency. */
  readonly dollarsPer: (currency: BaseCurrency) => number;
  readonly working: WorkingOrders;
  readonly now: () => Instant;
}

/** May an order be taken, changed, cancelled, and what would it do to its account? */
export class Admission {
  readonly #parts: AdmissionParts;
  readonly #claims: ReadonlyMap<string, AccountClaims>;

  constructor(parts: AdmissionParts) {
    this.#parts = parts;
    this.#claims = new Map(
      [...parts.books].map(([account, books]) => [
        account,
        new AccountClaims(books, (conId) => parts.working.active(account, conId), parts.markOf),
      ]),
    );
  }

  /** An order, or the position that it has made, is not what it was. */
  changed({ account, conId }: VenueOrder): void {
    this.#claims.get(account)?.changed(conId);
  }

  /** Why an order is refused; undefined when it is taken. */
  judge(request: VenueOrderRequest): Refusal | undefined {
    const { books, working, now } = this.#parts;
    if (!books.has(request.account)) return invalidAccount;
    const listing = this.#listingOf(request);
    return (
      judgeTerms(request, listing) ??
      judgeAuction(request, listing, this.#day(), now()) ??
      judgeCount(request, working.active(request.account, request.conId)) ??
      this.#judgeFunds(request)
    );
  }

  /** Why a working order is not given these terms. */
  judgeChange(order: VenueOrder, terms: VenueOrderRequest): Refusal | undefined {
    const { parentPermId, filledShares } = order;
    return (
      judgeChange(order, terms, this.#listingOf(order)) ??
      (this.isBound(order) ? boundToAuction : undefined) ??
      this.#judgeFunds({ ...terms, parentPermId, shares: terms.shares - filledShares }, order)
    );
  }

  /** Its auction takes no changes any more. */
  isBound(order: VenueOrder): boolean {
    return isBound(order, this.#listingOf(order), this.#day(), this.#parts.now());
  }

  /** What the order would do to the account's margins, or why it would be refused. */
  preview(request: VenueOrderRequest): VenuePreview | Refusal {
    const refusal = this.judge(request);
    const books = this.#parts.books.get(request.account);
    if (refusal || !books) return refusal ?? invalidAccount;
    return previewOf(request, books, this.#parts.markOf, this.#baseMoney(books));
  }

  /**
   * A child needs its funds only once its parent is filled, and a group's orders are not filled all of them. `replaced` is
   * the order that would have these terms.
   */
  #judgeFunds(request: VenueOrderRequest, replaced?: VenueOrder): Refusal | undefined {
    const { account, conId, parentPermId = 0 } = request;
    const { working, now } = this.#parts;
    if (working.get(parentPermId)) return undefined;
    const books = this.#parts.books.get(account);
    const claims = this.#claims.get(account);
    invariant(books && claims, `books of ${account}`);
    const group = groupOf(request);
    const inGroup = group === undefined ? [] : working.inGroup(group);
    const left = new Set([...inGroup, ...(replaced ? [replaced] : [])].map(({ permId }) => permId));
    const others = (id: number): readonly VenueOrder[] =>
      working.active(account, id).filter(({ permId }) => !left.has(permId));
    const orders = new Map<number, readonly ClaimingOrder[]>(
      inGroup.map((order) => [order.conId, others(order.conId)]),
    );
    const inContract = others(conId);
    orders.set(conId, [...inContract, { ...request, filledShares: 0 }]);
    return judgeAccount(request, {
      books,
      inContract,
      claims: claims.with(orders, now()),
      ...this.#baseMoney(books),
      now: now(),
    });
  }

  #baseMoney({ terms }: Books): BaseMoney {
    const dollarsPerBase = this.#parts.dollarsPer(terms.baseCurrency);
    return { otherDollars: terms.otherCash * dollarsPerBase, dollarsPerBase };
  }

  #day(): ExchangeDay {
    return this.#parts.dayOf(this.#parts.now());
  }

  #listingOf({ conId }: VenueOrderRequest): Listing | undefined {
    return this.#parts.listings.get(conId);
  }
}

const invalidAccount = { code: 321, text: "Error validating request.-'bW' : cause - Invalid account code." };
const boundToAuction = {
  code: 201,
  text: "Order rejected - reason:the auction takes no changes any more.",
};
