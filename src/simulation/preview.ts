import { toNumber } from "../trading/money.ts";
import { notional } from "../trading/price.ts";
import { sign } from "../trading/side.ts";
import type { Books } from "./books.ts";
import { orderCommission } from "./commission.ts";
import { type Exposure, initialMargin, maintenanceMargin } from "./margin.ts";
import type { MarkOf } from "./simulated-account.ts";
import type { VenueMargins, VenueOrderRequest, VenuePreview } from "./venue.ts";

/** An account's cash that is no dollars, and what a unit of its base currency is worth in dollars. */
export interface BaseMoney {
  readonly otherDollars: number;
  readonly dollarsPerBase: number;
}

/**
 * Margins before an order and after it, in the base currency, were it filled whole at the mark; its commission, in dollars,
 * comes out of the equity.
 */
export function previewOf(
  request: VenueOrderRequest,
  books: Books,
  markOf: MarkOf,
  { otherDollars, dollarsPerBase }: BaseMoney,
): VenuePreview {
  const { conId, shares } = request;
  const mark = markOf(conId);
  const commission = toNumber(
    orderCommission(shares, notional(shares, request.limitPrice ?? mark, 1, "USD")),
  );
  const before = new Map([...books.holdings].map(([held, holding]) => [held, holding.shares]));
  const after = new Map(before).set(conId, books.sharesOf(conId) + sign(request.side) * shares);
  const equity = [...before].reduce(
    (sum, [held, heldShares]) => sum + heldShares * markOf(held),
    toNumber(books.cash) + otherDollars,
  );
  return {
    before: marginsOf(before, equity, markOf, dollarsPerBase),
    after: marginsOf(after, equity - commission, markOf, dollarsPerBase),
    commission,
  };
}

function marginsOf(
  holdings: ReadonlyMap<number, number>,
  equityWithLoan: number,
  markOf: MarkOf,
  dollarsPerBase: number,
): VenueMargins {
  const exposures: Exposure[] = [...holdings].map(([conId, shares]) => ({ shares, price: markOf(conId) }));
  return {
    initialMargin: initialMargin(exposures) / dollarsPerBase,
    maintenanceMargin: maintenanceMargin(exposures) / dollarsPerBase,
    equityWithLoan: equityWithLoan / dollarsPerBase,
  };
}
